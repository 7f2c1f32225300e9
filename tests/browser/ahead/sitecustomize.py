"""Put first on the path of a site under test: its clock is ahead by as many whole days as a file says.

A story takes months, a test seconds. Only `mobility.clock` reads the time, and the scheduler the database's: these two
places are moved. The file is read at each question, because days pass while the site runs.
"""

import os
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mobility import clock

_FILE = os.environ.get("BROWSER_TEST_DAYS_AHEAD", "")
_real_now = clock.utc_now


def _ahead() -> timedelta:
    return timedelta(days=int(Path(_FILE).read_text(encoding="ascii")))


def _utc_now() -> datetime:
    return _real_now() + _ahead()


def _today_in(time_zone: str) -> date:
    return _utc_now().astimezone(ZoneInfo(time_zone)).date()


def _move_database_clock() -> None:
    from mobility.storage.queries import leases  # of no use to a process without a scheduler

    real = leases.database_now

    def database_now(session: Any) -> datetime:
        return real(session) + _ahead()

    leases.database_now = database_now


if _FILE:
    clock.utc_now = _utc_now
    clock.today_in = _today_in
    if {"run", "scheduler"} & set(sys.orig_argv):  # `run` forks its scheduler
        _move_database_clock()
