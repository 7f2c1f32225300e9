"""Goal 12: one new holiday among a million running clocks: what is looked at, and what writing the moved ones takes.

The clocks stand in a SQLite file of their own: ten in each of 100,000 cases, three kinds of period, triggers spread
over three years; ten thousand of them, in as many cases, end on one day. What is looked at is measured for a holiday
on a day like any other, against a full recheck of every clock by the same bulk path; what writing takes, for a holiday
on the day on which ten thousand end: those that count working days over it move as well, and of all that move the
first ten thousand are written. MOBILITY_BENCH_CLOCKS changes the number.
"""

import os
import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from bench.browsing import opened_session
from bench.figures import Figure, median_of, settled
from mobility.app import create_app
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.calendars import Override
from mobility.domain.law_codes import PeriodUnit
from mobility.services.recompute import Change, Recount, apply_to, in_chunks
from mobility.services.reminder_recipients import recipients_of_many
from mobility.services.reminders import plan_for_clocks
from mobility.settings import load_settings
from mobility.storage.db import db, write_unit
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.offices import CalendarOverride, Office
from mobility.storage.models.programmes import Route
from mobility.storage.models.reminders import Reminder
from mobility.storage.schema import Base
from mobility.storage.scope import ALL, CaseScope, set_scope
from tests.factories import columns_of, make_case, make_clock, make_officer, make_person, make_provision

CLOCKS = int(os.environ.get("MOBILITY_BENCH_CLOCKS", "1000000"))
PER_CASE = 10
MOVED = min(10_000, CLOCKS // (2 * PER_CASE))
RATIO_GOAL = 1 / 20
WRITE_GOAL_SECONDS = 20
DAY = date(2027, 5, 4)  # a Tuesday without any holiday near it
FIRST_DAY, DAYS = date(2026, 1, 1), 3 * 365
ORDINARY_DAY = date(2027, 6, 15)  # on which no more end than on any other Tuesday
PERIODS = (("15", PeriodUnit.CALENDAR_DAYS), ("1", PeriodUnit.MONTHS), ("20", PeriodUnit.WORKING_DAYS))
ORDINARY = Override(calendar="DE", day=ORDINARY_DAY, working=False, name="A new holiday", reason="Decreed")
HOLIDAY = Override(calendar="DE", day=DAY, working=False, name="A new holiday", reason="Decreed")


def measure() -> Iterator[Figure]:
    """Build the clocks, look at the touched and at all, then write the moved."""
    with tempfile.TemporaryDirectory() as folder, settled():
        app = create_app(load_settings(instance=Path(folder), environment="production", secret_key="b" * 40))
        with app.app_context():
            Base.metadata.create_all(db.engine)
        _fill(app)
        yield from _figures(app)
        with app.app_context():
            db.engine.dispose()


def _figures(app: Flask) -> Iterator[Figure]:
    now = utc_now()
    with opened_session(app) as session:
        set_scope(session, ALL)
        touched = median_of(lambda: _look(session, Change.entering(ORDINARY)), samples=3)
        started = perf_counter()
        _look(session, Change(planned=ORDINARY))
        everything = perf_counter() - started
        yield Figure(name="recheck_touched_over_everything", value=touched / everything, unit="times", goal=RATIO_GOAL)
        _enter_holiday(session)
        seconds, moved = _write(session, Change(calendar="DE", day=DAY), now)
        yield Figure(name=f"moving_{moved}_clocks", value=seconds, unit="s", goal=WRITE_GOAL_SECONDS)


def _look(session: Session, change: Change) -> int:
    found = Recount(session, change, utc_now()).difference(session)
    session.rollback()
    return found.looked_at


def _write(session: Session, change: Change, now: Any) -> tuple[float, int]:
    """Write what moves: events, days, notices, letters and the log; returns seconds and of how many clocks."""
    recount = Recount(session, change, now)
    ids = [move.clock_id for move in recount.difference(session).moves][:MOVED]
    started, moved = perf_counter(), 0
    for some in in_chunks(ids):
        with write_unit(session):
            moved += apply_to(session, SYSTEM, recount, some).moved
        session.expunge_all()
    return perf_counter() - started, moved


def _enter_holiday(session: Session) -> None:
    author = make_person(session, name="Mei Tan")
    with write_unit(session):
        session.add(
            CalendarOverride(
                calendar="DE",
                day=DAY,
                is_working=False,
                name=HOLIDAY.name,
                reason=HOLIDAY.reason,
                entered_by=author.id,
                entered_at=utc_now(),
            )
        )


def _fill(app: Flask) -> None:
    """Make one case with a clock of each period, copy it, and plan the notices of those that will move."""
    with opened_session(app) as session:
        set_scope(session, ALL)
        case = make_case(session)
        make_officer(session, session.get_one(Office, session.get_one(Route, case.route_id).receiving_office_id))
        templates = [_template(session, case, period, unit) for period, unit in PERIODS]
        case_row, scopes = (
            columns_of(case),
            session.scalars(select(CaseScope).where(CaseScope.case_id == case.id)).all(),
        )
        scope_rows = [columns_of(scope) for scope in scopes]
        answers = _answers(session, templates)
        with write_unit(session):
            session.execute(update(Clock).values(state="met"))
        chance = random.Random(12)
        for first in range(2, CLOCKS // PER_CASE + 2, 5_000):
            with write_unit(session):
                _copy(
                    session,
                    range(first, min(first + 5_000, CLOCKS // PER_CASE + 2)),
                    case_row,
                    scope_rows,
                    answers,
                    chance,
                )
        _plan(session)


def _template(session: Session, case: CaseFile, period: str, unit: PeriodUnit) -> dict[str, Any]:
    rule_set = "WORKDAYS" if unit is PeriodUnit.WORKING_DAYS else "EU1182"
    provision = make_provision(session, period=period, unit=unit, rule_set=rule_set, calendar="actor")
    clock = make_clock(session, case, provision=provision, calendar="DE", state="met")
    return columns_of(clock)


Answers = list[tuple[dict[str, Any], dict[date, tuple[date, date, date]], list[date]]]


def _answers(session: Session, templates: list[dict[str, Any]]) -> Answers:
    """Return each template with the days of every trigger, and the triggers that end on the day."""
    recount = Recount(session, Change(), utc_now())
    found: Answers = []
    for template in templates:
        wording = recount.wordings[template["provision_version_id"]]
        many = recount.table_of(wording, "DE", FIRST_DAY, FIRST_DAY + timedelta(days=DAYS + 60))
        days = {start: many.bounds(start) for start in (FIRST_DAY + timedelta(days=n) for n in range(DAYS))}
        found.append((template, days, [start for start, bounds in days.items() if bounds[0] == DAY]))
    return found


def _copy(
    session: Session,
    cases: range,
    case_row: dict[str, Any],
    scopes: list[dict[str, Any]],
    answers: Answers,
    chance: random.Random,
) -> None:
    session.execute(insert(CaseFile), [case_row | {"id": n, "reference": f"EG-DE-2027-{n:06d}-X"} for n in cases])
    session.execute(insert(CaseScope), [scope | {"case_id": n} for n in cases for scope in scopes])
    clocks = [_clock(n, place, answers, chance) for n in cases for place in range(PER_CASE)]
    session.execute(insert(Clock), clocks)
    events = [
        {"clock_id": each["id"], "case_id": each["case_id"], "seq": 1, "kind": "started", "on_day": each["trigger_on"],
         "recorded_at": utc_now(), "data": {}}
        for each in clocks
    ]  # fmt: skip
    session.execute(insert(ClockEventRow), events)


def _clock(case_id: int, place: int, answers: Answers, chance: random.Random) -> dict[str, Any]:
    template, days, ending = answers[(case_id + place) % len(answers)]
    ends_on_the_day = place == 0 and case_id < MOVED + 2
    start = chance.choice(ending) if ends_on_the_day else _other_start(days, chance)
    due_on, earliest_on, latest_on = days[start]
    return template | {
        "id": 1_000 + case_id * PER_CASE + place,
        "case_id": case_id,
        "state": "running",
        "trigger_on": start,
        "due_on": due_on,
        "earliest_on": earliest_on,
        "latest_on": latest_on,
    }


def _other_start(days: dict[date, tuple[date, date, date]], chance: random.Random) -> date:
    while days[start := FIRST_DAY + timedelta(days=chance.randrange(DAYS))][0] == DAY:
        pass
    return start


def _plan(session: Session) -> None:
    """Plan the notices of the clocks that will move, as they were planned when these started."""
    ids = session.scalars(select(Clock.id).where(Clock.due_on == DAY, Clock.state == "running")).all()
    for some in in_chunks(ids):
        with write_unit(session):
            clocks = session.scalars(select(Clock).where(Clock.id.in_(some))).all()
            plan_for_clocks(session, clocks, recipients_of_many(session, clocks), utc_now())
        session.expunge_all()
    assert session.scalar(select(Reminder.id).limit(1)) is not None, "moved clocks have notices to be replanned"
