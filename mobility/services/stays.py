"""What really happened: arrival, departure, the report; and the plan, when it changes before.

The applicant or the receiving post records a day, as it was; a day that lies ahead or before the arrival is refused.
A recorded day is corrected, never silently kept: the flow that reciprocity counts follows it at once.
"""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.cases import STEP_EVENTS, CaseStatus, CaseStep, next_case_status
from mobility.domain.errors import InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.domain.events import EventCode
from mobility.domain.stays import check_actual, check_stay
from mobility.services.audit import record_event
from mobility.services.case_files import CASE, check_version, find_seat, get_case, office_day, seat_for, set_status
from mobility.services.clocks import Happening, record_case_events
from mobility.services.threads import post_message
from mobility.storage.models.cases import CaseFile, Stay
from mobility.storage.models.clocks import CaseEvent
from mobility.storage.models.reciprocity import Flow

CHANGEABLE: Final = frozenset(
    {CaseStatus.SUBMITTED, CaseStatus.ADMISSIBLE, CaseStatus.IN_PROGRESS, CaseStatus.READY, CaseStatus.APPEALED}
)


def record_arrival(session: Session, actor: Actor, case_id: int, *, arrived_on: date, now: datetime) -> Stay:
    """Record the first day in the receiving state; the planned flow becomes an actual one, without an end yet.

    Called again while the person is there, it corrects the day.
    """
    case, today = _load(session, actor, case_id, now)
    check_actual("arrived_on", arrived_on, today=today)
    stay = session.scalars(select(Stay).where(Stay.case_id == case.id)).one_or_none()
    if stay is None:
        set_status(session, case, next_case_status(CaseStatus(case.status), CaseStep.RECORD_ARRIVAL), now)
        stay = Stay(case_id=case.id, arrived_on=arrived_on, recorded_at=now)
        session.add(stay)
    else:
        _check_correctable(case)
        check_stay(arrived_on, stay.departed_on or today)
        stay.arrived_on, stay.recorded_at = arrived_on, now
    _follow_flow(session, case, stay)
    _record(session, actor, case, STEP_EVENTS[CaseStep.RECORD_ARRIVAL], "arrival_recorded", arrived_on, now)
    return stay


def record_departure(
    session: Session, actor: Actor, case_id: int, *, departed_on: date, row_version: int, now: datetime
) -> Stay:
    """Record the last day; both days count. `row_version` is the stay's. Called again it corrects the day."""
    case, today = _load(session, actor, case_id, now)
    stay = session.scalars(select(Stay).where(Stay.case_id == case.id)).one_or_none()
    if stay is None:
        raise TransitionNotPermitted(status=case.status, step=CaseStep.RECORD_DEPARTURE)
    check_version(stay, row_version)
    check_actual("departed_on", departed_on, today=today)
    check_stay(stay.arrived_on, departed_on)
    if stay.departed_on is None:
        set_status(session, case, next_case_status(CaseStatus(case.status), CaseStep.RECORD_DEPARTURE), now)
    else:
        _check_correctable(case)
    stay.departed_on, stay.recorded_at = departed_on, now
    _follow_flow(session, case, stay)
    _record(session, actor, case, STEP_EVENTS[CaseStep.RECORD_DEPARTURE], "departure_recorded", departed_on, now)
    return stay


def change_plan(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    arrival_on: date,
    departure_on: date,
    row_version: int,
    now: datetime,
) -> CaseFile:
    """Move the planned stay before the arrival; clocks that count back from it move with it. For the receiving post."""
    case = get_case(session, case_id, lock=True)
    seat_for(actor, case.route.receiving_office_id, CASE)
    check_version(case, row_version)
    if CaseStatus(case.status) not in CHANGEABLE:
        raise TransitionNotPermitted(status=case.status, step="change_plan")
    stay = check_stay(arrival_on, departure_on)
    if arrival_on <= office_day(now, case.route.receiving_office.time_zone):
        raise InvalidInput(field="arrival_on", reason="arrival_past", value=arrival_on)
    before = {"arrival": case.planned_arrival_on.isoformat(), "departure": case.planned_departure_on.isoformat()}
    case.planned_arrival_on, case.planned_departure_on = stay.first_on, stay.last_on
    flow = session.scalars(select(Flow).where(Flow.case_id == case.id)).one_or_none()
    if flow is not None:
        flow.start_on, flow.end_on = stay.first_on, stay.last_on
    happenings = [
        Happening(stage=CASE, code=EventCode.PLANNED_ARRIVAL, on=stay.first_on),
        Happening(stage=CASE, code=EventCode.PLANNED_DEPARTURE, on=stay.last_on),
    ]
    recorded = record_case_events(session, actor, case, happenings, now)
    after = {"arrival": stay.first_on.isoformat(), "departure": stay.last_on.isoformat()}
    _log(session, actor, case, "plan_changed", {"from": before, "to": after} | recorded.as_data(), now)
    return case


def submit_report(session: Session, actor: Actor, case_id: int, *, text: str, now: datetime) -> CaseFile:
    """Send the report after the stay: it stands in the thread, and what waits for it starts or ends. Once only."""
    case = get_case(session, case_id, lock=True)
    if actor.person_id != case.person_id:
        raise NotPermitted(case=case_id)
    if case.status not in (CaseStatus.TRAVELLING, CaseStatus.COMPLETED):
        raise TransitionNotPermitted(status=case.status, step="submit_report")
    if has_report(session, case):
        raise TransitionNotPermitted(status=case.status, step="submit_report", reason="sent_already")
    post_message(session, actor, case_id, text=text, now=now)
    day = office_day(now, case.route.receiving_office.time_zone)
    _record(session, actor, case, EventCode.REPORT_SUBMITTED, "report_submitted", day, now)
    return case


def has_report(session: Session, case: CaseFile) -> bool:
    """Say whether the report has been sent."""
    query = select(CaseEvent.id).where(CaseEvent.case_id == case.id, CaseEvent.code == EventCode.REPORT_SUBMITTED.value)
    return session.scalars(query).first() is not None


def _load(session: Session, actor: Actor, case_id: int, now: datetime) -> tuple[CaseFile, date]:
    """Return the case and the receiving office's day, for its applicant or somebody of that office."""
    case = get_case(session, case_id, lock=True)
    office = case.route.receiving_office
    if actor.person_id != case.person_id and find_seat(actor, office.id, CASE) is None:
        raise NotPermitted(office=office.id, competence=CASE)
    return case, office_day(now, office.time_zone)


def _check_correctable(case: CaseFile) -> None:
    """A day may be corrected until the case is closed."""
    if case.status not in (CaseStatus.TRAVELLING, CaseStatus.COMPLETED):
        raise TransitionNotPermitted(status=case.status, step="correct_stay")


def _follow_flow(session: Session, case: CaseFile, stay: Stay) -> None:
    flow = session.scalars(select(Flow).where(Flow.case_id == case.id)).one_or_none()
    if flow is None:
        raise NotFound(flow=case.id)
    flow.status, flow.start_on, flow.end_on = "actual", stay.arrived_on, stay.departed_on


def _record(
    session: Session, actor: Actor, case: CaseFile, event: EventCode, code: str, day: date, now: datetime
) -> None:
    recorded = record_case_events(session, actor, case, [Happening(stage=CASE, code=event, on=day)], now)
    _log(session, actor, case, code, {"on": day.isoformat(), "case_status": case.status} | recorded.as_data(), now)


def _log(session: Session, actor: Actor, case: CaseFile, code: str, parameters: dict[str, Any], now: datetime) -> None:
    record_event(session, actor, code, at=now, subject=CASE, subject_id=case.id, case_id=case.id, parameters=parameters)
