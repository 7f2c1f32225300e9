"""Notices put off: an officer wants to hear nothing of one date until a day, and says why.

It silences warnings only: what is due today or late comes all the same, and the head of the office sees every one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from mobility.domain.access import Actor, Role
from mobility.domain.errors import InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.services.audit import record_event
from mobility.services.case_files import get_case, office_day
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.notices import Snooze
from mobility.storage.models.offices import Office
from mobility.storage.models.reminders import Reminder
from mobility.storage.models.treaties import ProvisionVersionRow

LONGEST: Final = timedelta(days=60)
LONGEST_REASON: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozedClock:
    """A clock as the form shows it; `until_on` and `reason` where the actor put its notices off already."""

    clock_id: int
    reference: str
    stage_kind: str
    owes: str
    article: str
    earliest_on: date
    today: date  # at the office that the date is counted for
    latest_until: date
    until_on: date | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeLine:
    """One line of the list that the head of an office sees."""

    clock_id: int
    reference: str
    stage_kind: str
    owes: str
    earliest_on: date
    until_on: date
    reason: str
    name: str
    name_language: str
    name_latin: str
    snoozed_at: datetime
    office_names: Mapping[str, Any]
    is_own: bool


def get_clock(session: Session, actor: Actor, clock_id: int, now: datetime) -> SnoozedClock:
    """Return a running clock of one of the actor's desks; raises NotFound, TransitionNotPermitted for one that does
    not run or is due."""
    row = session.execute(
        select(Clock, CaseFile.reference, ProvisionVersionRow.terms, ProvisionVersionRow.article)
        .join(CaseFile, CaseFile.id == Clock.case_id)
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .where(Clock.id == clock_id)
    ).one_or_none()
    if row is None or row.Clock.office_id is None or actor.seat_at(row.Clock.office_id) is None:
        raise NotFound(clock=clock_id)
    clock, today = row.Clock, office_day(now, row.Clock.time_zone)
    if clock.state != "running" or clock.earliest_on <= today:
        raise TransitionNotPermitted(clock=clock_id, state=clock.state)
    mine = _find(session, clock_id, actor.person_id)
    return SnoozedClock(
        clock_id=clock_id,
        reference=row.reference,
        stage_kind=clock.stage_kind,
        owes=str(row.terms["owes"]),
        article=row.article,
        earliest_on=clock.earliest_on,
        today=today,
        latest_until=min(clock.earliest_on, today + LONGEST),
        until_on=mine.until_on if mine else None,
        reason=mine.reason if mine else "",
    )


def snooze(session: Session, actor: Actor, clock_id: int, *, until_on: date, reason: str, now: datetime) -> None:
    """Put off the actor's notices about a clock until that morning, at the latest that of its last day.

    Raises InvalidInput (field `until_on` or `reason`), and what `get_clock` raises. Needs a write unit.
    """
    clock = get_clock(session, actor, clock_id, now)
    if until_on <= clock.today or until_on > clock.latest_until:
        raise InvalidInput(field="until_on", reason="out_of_range", latest=clock.latest_until.isoformat())
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise InvalidInput(field="reason", reason="missing" if not words else "too_long", most=LONGEST_REASON)
    case_id = _case_of(session, clock.reference)
    row = _find(session, clock_id, actor.person_id)
    if row is None:
        row = Snooze(clock_id=clock_id, case_id=case_id, person_id=actor.person_id)
        session.add(row)
    row.until_on, row.reason, row.snoozed_at = until_on, words, now
    session.flush()
    parameters = {"until": until_on.isoformat(), "stage": clock.stage_kind}
    _note(session, actor, "notices_put_off", clock_id, now, parameters)


def end_snooze(session: Session, actor: Actor, clock_id: int, now: datetime) -> None:
    """Let the actor's notices about a clock come again; raises NotFound where they were not put off."""
    row = _find(session, clock_id, actor.person_id)
    if row is None:
        raise NotFound(snooze=clock_id)
    session.delete(row)
    session.execute(
        update(Reminder)
        .where(
            Reminder.clock_id == clock_id,
            Reminder.recipient_id == actor.person_id,
            Reminder.state == "planned",
            Reminder.reason == "snoozed",
        )
        .values(next_at=now, reason="")
        .execution_options(synchronize_session=False)
    )
    _note(session, actor, "notices_taken_up", clock_id, now, {})


def list_snoozes(session: Session, actor: Actor, today: date) -> list[SnoozeLine]:
    """Return what is put off: at desks that the actor heads by anybody, elsewhere by the actor; the next day first."""
    headed = sorted({seat.office_id for seat in actor.seats if seat.role is Role.HEAD})
    rows = session.execute(
        select(
            Snooze.clock_id,
            CaseFile.reference,
            Clock.stage_kind,
            ProvisionVersionRow.terms,
            Clock.earliest_on,
            Snooze.until_on,
            Snooze.reason,
            Person.name,
            Person.name_language,
            Person.name_latin,
            Snooze.snoozed_at,
            Snooze.person_id,
            Office.names,
        )
        .join(Clock, Clock.id == Snooze.clock_id)
        .join(CaseFile, CaseFile.id == Snooze.case_id)
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .join(Person, Person.id == Snooze.person_id)
        .join(Office, Office.id == Clock.office_id)
        .where(Clock.state == "running", Clock.earliest_on >= today, Snooze.until_on >= today)
        .where(or_(Snooze.person_id == actor.person_id, Clock.office_id.in_(headed)))
        .order_by(Clock.earliest_on, Snooze.id)
        .limit(200)
    )
    return [_line(row, actor) for row in rows]


def _line(row: Any, actor: Actor) -> SnoozeLine:
    return SnoozeLine(
        clock_id=row.clock_id,
        reference=row.reference,
        stage_kind=row.stage_kind,
        owes=str(row.terms["owes"]),
        earliest_on=row.earliest_on,
        until_on=row.until_on,
        reason=row.reason,
        name=row.name,
        name_language=row.name_language,
        name_latin=row.name_latin,
        snoozed_at=row.snoozed_at,
        office_names=row.names,
        is_own=row.person_id == actor.person_id,
    )


def _find(session: Session, clock_id: int, person_id: int) -> Snooze | None:
    return session.scalars(
        select(Snooze).where(Snooze.clock_id == clock_id, Snooze.person_id == person_id)
    ).one_or_none()


def _case_of(session: Session, reference: str) -> int:
    case_id = session.scalar(select(CaseFile.id).where(CaseFile.reference == reference))
    if case_id is None:
        raise NotPermitted(case=reference)
    return int(get_case(session, case_id).id)  # from now on this session may add rows to the case


def _note(session: Session, actor: Actor, code: str, clock_id: int, now: datetime, parameters: dict[str, Any]) -> None:
    """Note it under the clock, not the case: the history of a case is read by its applicant as well."""
    record_event(session, actor, code, at=now, subject="clock", subject_id=clock_id, parameters=parameters)
