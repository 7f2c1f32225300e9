"""The case file as every service on it needs it: found within the scope, locked while it changes, and its standing.

The status of a case follows its stages (`mobility.domain.cases`), its flow follows the status. Which step somebody
may take is decided in `services/stages` and `services/cases`; clocks are the matter of `services/clocks`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from mobility.domain.access import Actor, OfficeSeat
from mobility.domain.cases import CaseStatus, StageStanding, derive_case_status, is_open
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted
from mobility.domain.events import EventCode
from mobility.domain.references import is_reference, parse_reference
from mobility.domain.stages import StageKind, StageStatus
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.reciprocity import Flow
from mobility.storage.prepared import Statement, prepared
from mobility.storage.scope import remember_case

CASE: Final = "case"
"""Where a stage kind stands: what concerns the case as a whole."""

STATUS_EVENTS: Final = {
    CaseStatus.READY: EventCode.CASE_READY,
    CaseStatus.REFUSED: EventCode.CASE_REFUSED,
    CaseStatus.LAPSED: EventCode.CASE_LAPSED,
    CaseStatus.WITHDRAWN: EventCode.CASE_WITHDRAWN,
}
_NO_FLOW: Final = {CaseStatus.WITHDRAWN, CaseStatus.REFUSED, CaseStatus.LAPSED, CaseStatus.INELIGIBLE}


def get_case(session: Session, case_id_or_reference: int | str, *, lock: bool = False) -> CaseFile:
    """Return the case with its stages; NotFound outside the scope, which is never told apart from absence.

    `lock` makes a second writer wait until this unit ends (PostgreSQL; SQLite's write unit does so by itself), so
    that what it then reads is what the first one left.
    """
    wanted: int | str = case_id_or_reference
    if isinstance(wanted, str):
        if not is_reference(wanted):
            raise NotFound(case=wanted)
        wanted = str(parse_reference(wanted))
    query = _case("id" if isinstance(wanted, int) else "reference", lock)
    case: CaseFile | None = session.scalars(query, {"wanted": wanted}).one_or_none()
    if case is None:
        raise NotFound(case=case_id_or_reference)
    remember_case(session, case.id)
    return case


@prepared
def _case(key: str, lock: bool) -> Statement:
    query = select(CaseFile).options(selectinload(CaseFile.stages)).execution_options(populate_existing=True)
    query = query.where(getattr(CaseFile, key) == bindparam("wanted"))
    return query.with_for_update(of=CaseFile) if lock else query


def find_stage(case: CaseFile, kind: StageKind | str) -> Stage:
    """Return the stage of that kind; NotFound where the programme does not require it."""
    stage = next((stage for stage in case.stages if stage.kind == kind), None)
    if stage is None:
        raise NotFound(case=case.id, stage=str(kind))
    return stage


def check_version(row: Any, row_version: int) -> None:
    """Raise ChangedMeanwhile, naming what and its present version, if the form was opened on another one."""
    if row.row_version != row_version:
        raise ChangedMeanwhile(what=type(row).__tablename__, id=row.id, opened=row_version, current=row.row_version)


def seat_for(actor: Actor, office_id: int, competence: str) -> OfficeSeat:
    """Return the actor's seat at an office that may decide this; raises NotPermitted naming both."""
    seat = find_seat(actor, office_id, competence)
    if seat is None:
        raise NotPermitted(office=office_id, competence=competence)
    return seat


def find_seat(actor: Actor, office_id: int, competence: str) -> OfficeSeat | None:
    """Return the actor's seat at an office that may decide this, or None."""
    seats = (seat for seat in actor.seats if seat.office_id == office_id)
    return next((seat for seat in seats if competence in seat.competences), None)


def check_applicant(actor: Actor, case: CaseFile) -> None:
    """Raise NotPermitted unless the case is the actor's own."""
    if actor.person_id != case.person_id:
        raise NotPermitted(case=case.id)


def office_day(now: datetime, time_zone: str) -> date:
    """Return the civil date in a zone at an instant: an office's day decides its dates."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def standings(stages: Iterable[Stage]) -> list[StageStanding]:
    """Return what the status of a case depends on; every stage a programme lists is required."""
    return [StageStanding(kind=StageKind(stage.kind), status=StageStatus(stage.status)) for stage in stages]


def follow_stages(session: Session, case: CaseFile, now: datetime) -> EventCode | None:
    """Bring the case to the status its stages give; returns the event that makes known, or None."""
    derived = derive_case_status(standings(case.stages), current=CaseStatus(case.status))
    if derived == case.status:
        return None
    set_status(session, case, derived, now)
    return STATUS_EVENTS.get(derived)


def set_status(session: Session, case: CaseFile, status: CaseStatus, now: datetime) -> None:
    """Write a status with what follows from it: open or not, and the planned flow."""
    case.status = status
    case.is_open = is_open(status)
    case.closed_at = None if case.is_open else now
    flow = session.scalars(select(Flow).where(Flow.case_id == case.id)).one_or_none()
    if flow is not None and flow.status != "actual":
        flow.status = "cancelled" if status in _NO_FLOW else "planned"


def required_text(field: str, text: str, most: int) -> str:
    """Return a text without blanks around it; raises InvalidInput with reason missing or too_long."""
    words = text.strip()
    if not words:
        raise InvalidInput(field=field, reason="missing")
    if len(words) > most:
        raise InvalidInput(field=field, reason="too_long", most=most)
    return words
