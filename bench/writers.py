"""Goal 15: eight writers on one SQLite file, each thinking between changes: nobody is locked out or waits long.

A change is a message in a case's thread: row, letter to the other side and entry in the log, in one write unit.
"""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import perf_counter

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bench.browsing import busiest_desk, opened_session
from bench.figures import Figure, percentile, settled
from bench.instances import installation, sizes
from mobility.clock import utc_now
from mobility.domain.access import Actor
from mobility.services.people import find_known_person
from mobility.services.threads import post_message
from mobility.storage.db import db, write_unit
from mobility.storage.scope import CaseScope

WRITERS = 8
CHANGES = 40
THINK_SECONDS = (0.1, 0.4)
P99_GOAL_MS = 10


def measure() -> Iterator[Figure]:
    """Let the writers write into a copy of the small installation."""
    instance = installation("sqlite", sizes()[0])
    with tempfile.TemporaryDirectory(dir=instance.folder) as folder:
        shutil.copy(instance.folder / "mobility.sqlite", folder)
        with settled(), replace(instance, folder=Path(folder)).app() as app:
            seconds, locked = _write_all(app)
    yield Figure(name="lock_errors_eight_writers", value=locked, unit="errors", goal=0)
    yield Figure(name="write_p99_eight_writers", value=percentile(seconds, 0.99) * 1000, unit="ms", goal=P99_GOAL_MS)


def _write_all(app: Flask) -> tuple[list[float], int]:
    with opened_session(app) as session:
        desk = busiest_desk(session)
        known = find_known_person(session, desk.officer_id)
        assert known is not None
        query = select(CaseScope.case_id).where(CaseScope.principal == f"o:{desk.office_id}", CaseScope.is_open)
        cases = list(session.scalars(query.order_by(CaseScope.case_id).limit(WRITERS * CHANGES)))
    taken: list[float] = []
    locked: list[str] = []
    threads = [
        Thread(target=_write, args=(app, known.actor, cases[number::WRITERS], number, taken, locked))
        for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, len(locked)


def _write(app: Flask, actor: Actor, cases: list[int], number: int, taken: list[float], locked: list[str]) -> None:
    chance = random.Random(number)
    for place in range(CHANGES):
        time.sleep(chance.uniform(*THINK_SECONDS))
        with opened_session(app) as session:
            started = perf_counter()
            try:
                with write_unit(session):
                    post_message(
                        session, actor, cases[place % len(cases)], text="A line.", now=utc_now(), internal=True
                    )
            except OperationalError as error:
                locked.append(str(error))
            if place:
                taken.append(perf_counter() - started)
            db.session.remove()
