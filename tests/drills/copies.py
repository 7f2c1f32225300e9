"""Many readers with a case and a running clock each, copied from one that the product made; and notices about them."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.scope import CaseScope
from tests.factories import columns_of, make_case, make_clock, make_office, make_officer

START = datetime(2027, 3, 22, 9, 0, tzinfo=UTC)  # a Monday; Europe changes its clocks on the Sunday after
FIRST_COPY = 1_000_000
_AT_ONCE = 2_000


def make_copies(
    unit: Session, count: int, chance: random.Random, *, zones: Sequence[str], days: tuple[int, int]
) -> list[int]:
    """Make them and return their ids, which are the reader's, the case's and the clock's alike; the outbox is emptied.

    Each clock ends on one of the `days` after START, each reader lives in one of the zones.
    """
    first_id = FIRST_COPY + (unit.scalar(select(func.max(Clock.id))) or 0)
    make_officer(unit, make_office(unit))
    case = make_case(unit)
    clock = make_clock(unit, case, owed_by="applicant")
    scopes = unit.scalars(select(CaseScope).where(CaseScope.case_id == case.id)).all()
    templates = [columns_of(row) for row in (unit.get_one(Person, case.person_id), case, clock)]
    scope_rows = [columns_of(scope) for scope in scopes if scope.principal.startswith("o:")]
    unit.execute(delete(OutboxMessage))
    ids = range(first_id, first_id + count)
    for first in range(0, count, _AT_ONCE):
        _insert_copies(unit, ids[first : first + _AT_ONCE], templates, scope_rows, chance, zones, days)
    return list(ids)


def _insert_copies(
    unit: Session,
    ids: range,
    templates: Sequence[dict[str, Any]],
    scopes: Sequence[dict[str, Any]],
    chance: random.Random,
    zones: Sequence[str],
    days: tuple[int, int],
) -> None:
    person, case, clock = templates
    people = [person | {"id": n, "email": f"reader{n}@ok.example", "time_zone": chance.choice(zones)} for n in ids]
    unit.execute(insert(Person), people)
    unit.execute(insert(CaseFile), [case | {"id": n, "person_id": n, "reference": f"DRILL-{n}"} for n in ids])
    if scopes:
        unit.execute(insert(CaseScope), [scope | {"case_id": n} for n in ids for scope in scopes])
    unit.execute(insert(Clock), [_clock(clock, n, chance.randrange(*days)) for n in ids])


def _clock(template: dict[str, Any], number: int, days: int) -> dict[str, Any]:
    on = START.date() + timedelta(days=days)
    dates = {"trigger_on": START.date(), "due_on": on, "earliest_on": on, "latest_on": on}
    return template | dates | {"id": number, "case_id": number, "state": "running"}


def insert_notices(unit: Session, notices: Iterable[tuple[int, datetime]]) -> None:
    """Plan one notice for each of these copies, due at that moment."""
    about = dict(unit.execute(select(Clock.id, Clock.earliest_on)).all())
    rows = [_notice(number, about[number], instant) for number, instant in notices]
    for first in range(0, len(rows), _AT_ONCE):
        unit.execute(insert(Reminder), rows[first : first + _AT_ONCE])


def _notice(number: int, about_on: Any, instant: datetime) -> dict[str, Any]:
    values = {"key": f"{number}:before_7:1:due", "clock_id": number, "case_id": number, "rule": "before_7"}
    values |= {"due_version": 1, "recipient_id": number, "about_on": about_on, "due_at": instant, "next_at": instant}
    return values | {"planned_at": START, "state": "planned", "occasion": "", "reason": "", "message_key": ""}
