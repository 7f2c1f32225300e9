"""The queue of an office: its open cases by the next day that presses it, in three statements at any size.

The scope table carries the day for each office, so that no page counts dates; a page continues after the last row it
showed. Counts stop at 1,001.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from mobility import calendars
from mobility.domain.access import Actor
from mobility.domain.calendars import CalendarSource
from mobility.domain.cases import CaseStatus
from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.references import is_reference, parse_reference
from mobility.domain.stages import Side, StageKind, StageStatus, side_awaited
from mobility.services.case_files import office_day
from mobility.services.cases.clock_views import days_left, lamp_of, status_on, working_days_left
from mobility.services.cases.parts import office_views
from mobility.services.cases.views import (
    DeskClock,
    DeskCounts,
    DeskFilters,
    DeskGroup,
    DeskPage,
    DeskRow,
    OfficeView,
    PersonView,
)
from mobility.storage.queries.cases import OFFICE_COLUMNS, list_people_of_offices
from mobility.storage.queries.queue import QueueQuery, count_queue, list_queue, list_queue_clocks
from mobility.storage.scope import NO_DATE

ONE_DAY = timedelta(days=1)
MOST_ROWS = 200
_MOST_KEPT = 2000


def list_desk(
    session: Session,
    actor: Actor,
    office_id: int,
    *,
    filters: DeskFilters | None = None,
    now: datetime,
    after: str | None = None,
    limit: int = 50,
) -> DeskPage:
    """Return one page of an office's queue; NotFound unless the actor sits there, InvalidInput for a broken `after`."""
    if actor.seat_at(office_id) is None:
        raise NotFound(office=office_id)
    filters = filters or DeskFilters()
    seat_zone = next(seat.time_zone for seat in actor.seats if seat.office_id == office_id)
    today = office_day(now, seat_zone)
    office, counts = _head(session, office_id, today)
    query = _query(office_id, filters, actor, today, after, max(1, min(limit, MOST_ROWS)))
    found = list_queue(session, query)
    stages: dict[int, list[Any]] = {}  # in the order of the page
    for row in found:
        stages.setdefault(row.case_id, []).append(row)
    ids = list(stages)[: query.limit]
    clocks: dict[int, Any] = {}
    for clock in list_queue_clocks(session, office_id, ids):
        clocks.setdefault(clock.case_id, clock)
    source = calendars.source()
    return DeskPage(
        office=office,
        today=today,
        rows=tuple(
            [_row(tuple(stages[case_id]), clocks.get(case_id), office.calendar, source, today) for case_id in ids]
        ),
        next_after=_cursor(stages[ids[-1]][0]) if len(stages) > query.limit else None,
        counts=counts,
    )


def list_officers(session: Session, actor: Actor, office_id: int) -> list[PersonView]:
    """Return who sits at an office, to filter by or to assign to; NotFound unless the actor sits there too."""
    if actor.seat_at(office_id) is None:
        raise NotFound(office=office_id)
    return [PersonView(**row._mapping) for row in list_people_of_offices(session, [office_id])]


def list_desks(session: Session, actor: Actor) -> list[OfficeView]:
    """Return the offices at which somebody sits, by id."""
    return list(office_views(session, {seat.office_id for seat in actor.seats}).values())


def _head(session: Session, office_id: int, today: date) -> tuple[OfficeView, DeskCounts]:
    row = count_queue(session, office_id, today, week_end(today))
    if row is None:
        raise NotFound(office=office_id)
    values = row._asdict()
    office = OfficeView(**{name: values[name] for name in OFFICE_COLUMNS})
    return office, DeskCounts(**{name: value for name, value in values.items() if name not in OFFICE_COLUMNS})


def week_end(today: date) -> date:
    """Return the Sunday of the week."""
    return today + timedelta(days=6 - today.weekday())


def group_of(due_on: date, today: date, *, is_stopped: bool) -> DeskGroup:
    """Return the part of the queue a case stands in."""
    if due_on == NO_DATE:
        return DeskGroup.STOPPED if is_stopped else DeskGroup.UNDATED
    if due_on < today:
        return DeskGroup.LATE
    if due_on == today:
        return DeskGroup.DUE_TODAY
    return DeskGroup.THIS_WEEK if due_on <= week_end(today) else DeskGroup.LATER


def _query(
    office_id: int, filters: DeskFilters, actor: Actor, today: date, after: str | None, limit: int
) -> QueueQuery:
    first_on, last_on, is_stopped = _days_of(filters.state, today)
    text = filters.text.strip()
    named = is_reference(text)
    return QueueQuery(
        office_id=office_id,
        first_on=first_on,
        last_on=last_on,
        is_stopped=is_stopped,
        stage=filters.stage or "",
        status=filters.status or "",
        sending=filters.sending,
        receiving=filters.receiving,
        name="" if named else text[:100],
        reference=str(parse_reference(text)) if named else "",
        officer_id=_officer(filters.assigned, actor),
        unassigned=filters.assigned == "nobody",
        after=_after(after),
        limit=limit,
    )


def _days_of(state: DeskGroup | None, today: date) -> tuple[date | None, date | None, bool | None]:
    """Return first day, last day and whether stopped, for a part of the queue."""
    match state:
        case DeskGroup.LATE:
            return None, today - ONE_DAY, None
        case DeskGroup.DUE_TODAY:
            return today, today, None
        case DeskGroup.THIS_WEEK:
            return today + ONE_DAY, week_end(today), None
        case DeskGroup.LATER:
            return week_end(today) + ONE_DAY, NO_DATE - ONE_DAY, None
        case DeskGroup.STOPPED:
            return NO_DATE, NO_DATE, True
        case DeskGroup.UNDATED:
            return NO_DATE, NO_DATE, False
    return None, None, None


def _officer(assigned: str, actor: Actor) -> int | None:
    if assigned == "mine":
        return actor.person_id
    return int(assigned) if assigned.isascii() and assigned.isdigit() and len(assigned) < 16 else None


def _cursor(row: Any) -> str:
    return f"{row.due_on.isoformat()}.{row.case_id}"


def _after(text: str | None) -> tuple[date, int] | None:
    if not text:
        return None
    day, _, number = text.partition(".")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        raise InvalidInput(field="after", reason="wrong_type", value=text) from None


@lru_cache(maxsize=_MOST_KEPT)
def _row(stages: tuple[Any, ...], clock: Any, calendar: str, source: CalendarSource, today: date) -> DeskRow:
    """Return a case in the queue: the same object as long as what was read of it is the same.

    It is made of nothing but its arguments, and most of a queue is read again unchanged; what is made of it in turn
    (its markup) can be kept under it.
    """
    row, stage = stages[0], _stage_of(clock, stages)
    return DeskRow(
        case_id=row.case_id,
        reference=row.reference,
        name=row.applicant_name,
        name_language=row.applicant_name_language,
        name_latin=row.applicant_name_latin,
        sending=row.sending,
        receiving=row.receiving,
        host_city=row.host_city,
        status=CaseStatus(row.status),
        planned_arrival_on=row.planned_arrival_on,
        next_due_on=None if row.due_on == NO_DATE else row.due_on,
        group=group_of(row.due_on, today, is_stopped=clock is not None and clock.state == "paused"),
        clock=_clock(clock, calendar, source, today) if clock is not None else None,
        stage=StageKind(stage.stage_kind) if stage is not None else None,
        stage_status=StageStatus(stage.stage_status) if stage is not None else None,
        stage_row_version=stage.stage_row_version if stage is not None else None,
        officer_id=stage.officer_id if stage is not None else None,
        officer_name=(stage.officer_name or "") if stage is not None else "",
        waiting_for=_waiting_for(row, stage),
    )


def _stage_of(clock: Any, stages: tuple[Any, ...]) -> Any:
    """Return the stage that the pressing clock runs in, else the office's first that is not ended."""
    if stages[0].stage_kind is None:
        return None
    return next((stage for stage in stages if clock is not None and stage.stage_kind == clock.stage_kind), stages[0])


def _waiting_for(row: Any, stage: Any) -> str:
    """A question that is open waits for the applicant; else the stage's table, or the post before admission."""
    if row.is_asked:
        return str(Side.APPLICANT)
    if row.status in (CaseStatus.SUBMITTED, CaseStatus.COMPLETED):
        return str(Side.OFFICE)
    if row.status == CaseStatus.RETURNED:
        return str(Side.APPLICANT)
    side = side_awaited(StageKind(stage.stage_kind), StageStatus(stage.stage_status)) if stage is not None else None
    return str(side) if side is not None else ""


def _clock(row: Any, calendar: str, source: CalendarSource, today: date) -> DeskClock:
    status = status_on(row.state, row.kind, row.latest_on, today)
    return DeskClock(
        id=row.id,
        provision=row.provision,
        article=row.article,
        instrument_title=row.instrument_title,
        owes=row.owes,
        state=row.state,
        lamp=lamp_of(status, today=today, earliest_on=row.earliest_on, latest_on=row.latest_on),
        earliest_on=row.earliest_on,
        latest_on=row.latest_on,
        days_left=days_left(row.earliest_on, row.latest_on, today),
        working_days_left=working_days_left(source, row.calendar or calendar, row.earliest_on, row.latest_on, today),
        paused_since=row.paused_since,
    )
