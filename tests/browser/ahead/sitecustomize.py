"""Put first on the path of a site under test: its clock is ahead by as many whole days as a file says.

A story takes months, a test seconds. Only `mobility.clock` reads the time, so this is the one place to move it; the
file is read at each question, because days pass while the site runs.
"""

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mobility import clock

_FILE = os.environ.get("BROWSER_TEST_DAYS_AHEAD", "")
_real_now = clock.utc_now


def _utc_now() -> datetime:
    return _real_now() + timedelta(days=int(Path(_FILE).read_text(encoding="ascii") or 0))


def _today_in(time_zone: str) -> date:
    return _utc_now().astimezone(ZoneInfo(time_zone)).date()


if _FILE:
    clock.utc_now = _utc_now
    clock.today_in = _today_in
