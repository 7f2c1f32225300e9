"""What stands in a calendar: the dates of a person or a desk, each with reference, step and legal basis, nothing more.

An event keeps its identity for ever; its number rises whenever anything about it changed, so that a program that
has it moves it. What is done or called off is told as cancelled for a while, then it is gone.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.treaty_life import LifeDate, LifeKind
from mobility.services.life_dates import list_own_dates
from mobility.services.notices import CASE_PATH, DESK_PATH
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow
from mobility.storage.site import site_of

MOST_EVENTS: Final = 2000
_TOLD_FOR: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One day; `kind` is empty for a clock and a LifeKind elsewhere, `facts` make its words."""

    uid: str
    sequence: int
    on: date
    is_cancelled: bool
    kind: str
    path: str
    facts: dict[str, Any]


def list_events(session: Session, actor: Actor, office_id: int | None, now: datetime) -> list[CalendarEvent]:
    """Return the dates of a person, or of one desk of theirs, soonest first; the scope must be the person's."""
    today, host = now.date(), site_of(session).mail_host
    wanted = _of_desk(office_id) if office_id is not None else _of_person(actor)
    clocks = session.execute(
        _clocks().where(wanted, _is_told(today)).order_by(Clock.earliest_on, Clock.id).limit(MOST_EVENTS)
    )
    events = [_clock_event(row, actor, host) for row in clocks]
    if office_id is None:
        events += [_life_event(each, host) for each in list_own_dates(session, actor, today)]
    return sorted(events, key=lambda each: (each.on, each.uid))


def _clocks() -> Any:
    return (
        select(
            Clock.id,
            Clock.row_version,
            Clock.state,
            Clock.stage_kind,
            Clock.owed_by,
            Clock.earliest_on,
            Clock.latest_on,
            CaseFile.reference,
            CaseFile.person_id,
            ProvisionVersionRow.article,
            ProvisionVersionRow.terms,
            InstrumentRow.short_title,
        )
        .join(CaseFile, CaseFile.id == Clock.case_id)
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .join(ProvisionRow, ProvisionRow.id == ProvisionVersionRow.provision_id)
        .join(InstrumentRow, InstrumentRow.id == ProvisionRow.instrument_id)
        .outerjoin(Stage, and_(Stage.case_id == Clock.case_id, Stage.kind == Clock.stage_kind))
    )


def _of_person(actor: Actor) -> ColumnElement[bool]:
    """Their own cases, and what their desks owe where it is theirs to do or nobody's."""
    own = CaseFile.person_id == actor.person_id
    desks = sorted({seat.office_id for seat in actor.seats})
    if not desks:
        return own
    is_mine = or_(Stage.officer_id == actor.person_id, Stage.officer_id.is_(None))
    return or_(own, and_(Clock.office_id.in_(desks), Clock.owed_by == "office", is_mine))


def _of_desk(office_id: int) -> ColumnElement[bool]:
    return Clock.office_id == office_id


def _is_told(today: date) -> ColumnElement[bool]:
    """What runs or stands still; what ended only as long as a program may still have it."""
    ended = and_(Clock.state.in_(("met", "lapsed", "superseded")), Clock.earliest_on >= today - _TOLD_FOR)
    return or_(Clock.state.in_(("running", "paused")), ended)


def _clock_event(row: Any, actor: Actor, host: str) -> CalendarEvent:
    path = CASE_PATH if row.person_id == actor.person_id else DESK_PATH
    return CalendarEvent(
        uid=f"clock-{row.id}@{host}",
        sequence=row.row_version,
        on=row.earliest_on,
        is_cancelled=row.state != "running",
        kind="",
        path=path.format(reference=row.reference),
        facts={
            "reference": row.reference,
            "stage_kind": row.stage_kind,
            "owes": row.terms["owes"],
            "instrument": row.short_title,
            "article": row.article,
            "latest_on": row.latest_on if row.latest_on != row.earliest_on else None,
            "is_paused": row.state == "paused",
        },
    )


def _life_event(each: LifeDate, host: str) -> CalendarEvent:
    """What recurs is another event each time; what has one day keeps its identity when that moves."""
    recurs = each.kind not in (LifeKind.VALIDITY, LifeKind.CALL, LifeKind.DRAFT)
    name = each.occasion.replace(":", "-") + (f"-{each.on.isoformat()}" if recurs else "")
    return CalendarEvent(
        uid=f"{name}@{host}",
        sequence=each.revision,
        on=each.on,
        is_cancelled=False,
        kind=each.kind.value,
        path=str(each.facts["path"]),
        facts=dict(each.facts),
    )
