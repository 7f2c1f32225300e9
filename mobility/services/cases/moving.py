"""Steps of a case as a whole: admitted, returned, found ineligible, withdrawn, appealed, closed; whose it is.

The receiving state's post takes them, the applicant withdraws and appeals. What follows from the stages happens by
itself in `services/stages`; arrival and departure are recorded in `services/stays`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.case_grounds import CASE_GROUNDS
from mobility.domain.cases import STEP_EVENTS, CaseStatus, CaseStep, next_case_status
from mobility.domain.errors import DomainError, InvalidInput, NotFound, TransitionNotPermitted
from mobility.domain.stages import StageKind, StageStatus
from mobility.services.audit import record_event
from mobility.services.case_files import (
    CASE,
    check_applicant,
    check_version,
    find_stage,
    follow_stages,
    get_case,
    office_day,
    required_text,
    seat_for,
    set_status,
)
from mobility.services.clocks import Happening, Recorded, is_kept_by_somebody, record_case_events
from mobility.services.notices import list_people_of, tell_applicant, tell_office
from mobility.services.stages import open_stages
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import CaseFile, Request, Stage
from mobility.storage.queries.clocks import list_clocks

LONGEST_TEXT: Final = 4000
_UNSETTLED: Final = frozenset({StageStatus.SIGNED, StageStatus.PAYING, StageStatus.RECLAIMING})


class CaseNotReadyToClose(DomainError):
    """Something is still owed in the case; `reasons` are codes: open_requests, running_clocks, money_unsettled."""

    code = "case_not_ready_to_close"


def declare_admissible(session: Session, actor: Actor, case_id: int, *, row_version: int, now: datetime) -> CaseFile:
    """Admit a case: the stages that wait for nothing open, and clocks that run from admission start."""
    case = _for_post(session, actor, case_id, row_version)
    today = _today(case, now)
    set_status(session, case, next_case_status(CaseStatus(case.status), CaseStep.ADMIT), now)
    happenings = [Happening(stage=CASE, code=STEP_EVENTS[CaseStep.ADMIT], on=today), *open_stages(session, case, today)]
    happenings += _follow(session, case, today, now)
    recorded = record_case_events(session, actor, case, happenings, now)
    seq = _log(session, actor, case, "case_admitted", recorded, now)
    extra = {"due_on": case.next_due_on.isoformat()} if case.next_due_on else {}
    tell_applicant(session, case, "case_admissible", f"admitted-{seq}", now, **extra)
    return case


def return_case(
    session: Session, actor: Actor, case_id: int, *, ground: str, reasons: str, row_version: int, now: datetime
) -> CaseFile:
    """Hand the application back to be put right: it can be edited and sent again."""
    case = _for_post(session, actor, case_id, row_version)
    facts = _ground(CaseStep.RETURN, ground, reasons)
    application = session.get(Application, case.application_id) if case.application_id else None
    if application is not None:
        application.status, application.submitted_at = "draft", None
    return _turn_down(session, actor, case, CaseStep.RETURN, "case_returned", facts, now)


def declare_ineligible(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    ground: str,
    legal_basis: str,
    reasons: str = "",
    row_version: int,
    now: datetime,
) -> CaseFile:
    """Decide that the application cannot be admitted; a ground and its legal basis are required."""
    case = _for_post(session, actor, case_id, row_version)
    facts = _ground(CaseStep.DECLARE_INELIGIBLE, ground, reasons, needs_reasons=False)
    facts["legal_basis"] = required_text("legal_basis", legal_basis, LONGEST_TEXT)
    return _turn_down(session, actor, case, CaseStep.DECLARE_INELIGIBLE, "case_declared_ineligible", facts, now)


def withdraw_case(session: Session, actor: Actor, case_id: int, *, row_version: int, now: datetime) -> CaseFile:
    """End the case at the applicant's wish; every clock ends with it."""
    case = _for_applicant(session, actor, case_id, row_version)
    recorded = _move(session, actor, case, CaseStep.WITHDRAW, now)
    seq = _log(session, actor, case, "case_withdrawn", recorded, now)
    for office_id in sorted({case.route.receiving_office_id, *(stage.office_id for stage in case.stages)}):
        tell_office(session, case, office_id, "case_closed", f"withdrawn-{seq}", now, status=case.status)
    return case


def appeal_case(
    session: Session, actor: Actor, case_id: int, *, statement: str, row_version: int, now: datetime
) -> CaseFile:
    """Object to a decision on the case as a whole; a refused stage is appealed in that stage."""
    case = _for_applicant(session, actor, case_id, row_version)
    if case.status != CaseStatus.INELIGIBLE:
        raise TransitionNotPermitted(status=case.status, step=CaseStep.APPEAL)
    facts = {"statement": required_text("statement", statement, LONGEST_TEXT)}
    recorded = _move(session, actor, case, CaseStep.APPEAL, now)
    _keep_facts(case, "appeal", facts)
    _log(session, actor, case, "case_appealed", recorded, now)
    return case


def decide_appeal(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    upheld: bool,
    ground: str = "",
    legal_basis: str = "",
    reasons: str = "",
    row_version: int,
    now: datetime,
) -> CaseFile:
    """Decide an appeal against ineligibility: upheld, the case is admitted; dismissed, it needs ground and basis."""
    case = _for_post(session, actor, case_id, row_version)
    if any(stage.status == StageStatus.APPEALED for stage in case.stages):
        raise TransitionNotPermitted(status=case.status, step=CaseStep.UPHOLD_APPEAL)  # it is decided in that stage
    if not upheld:
        facts = _ground(CaseStep.CONFIRM_INELIGIBILITY, ground, reasons, needs_reasons=False)
        facts["legal_basis"] = required_text("legal_basis", legal_basis, LONGEST_TEXT)
        return _turn_down(session, actor, case, CaseStep.CONFIRM_INELIGIBILITY, "appeal_dismissed", facts, now)
    today = _today(case, now)
    set_status(session, case, next_case_status(CaseStatus(case.status), CaseStep.UPHOLD_APPEAL), now)
    event = Happening(stage=CASE, code=STEP_EVENTS[CaseStep.UPHOLD_APPEAL], on=today)
    happenings = [event, *open_stages(session, case, today), *_follow(session, case, today, now)]
    recorded = record_case_events(session, actor, case, happenings, now)
    seq = _log(session, actor, case, "appeal_upheld", recorded, now)
    tell_applicant(session, case, "case_admissible", f"upheld-{seq}", now)
    return case


def close_case(session: Session, actor: Actor, case_id: int, *, row_version: int, now: datetime) -> CaseFile:
    """Close a case after the departure; raises CaseNotReadyToClose with the reasons while anything is owed."""
    case = _for_post(session, actor, case_id, row_version)
    next_case_status(CaseStatus(case.status), CaseStep.CLOSE)
    reasons = list_open_ends(session, case)
    if reasons:
        raise CaseNotReadyToClose(reasons=reasons)
    recorded = _move(session, actor, case, CaseStep.CLOSE, now)
    seq = _log(session, actor, case, "case_closed", recorded, now)
    tell_applicant(session, case, "case_closed", f"closed-{seq}", now, status=case.status)
    return case


def list_open_ends(session: Session, case: CaseFile) -> list[str]:
    """Return codes of what keeps a case from being closed."""
    asked = select(func.count(Request.id)).where(
        Request.case_id == case.id, Request.answered_at.is_(None), Request.withdrawn_at.is_(None)
    )
    clocks = [clock for clock in list_clocks(session, case.id) if clock.state in ("running", "paused")]
    return [
        code
        for code, holds in (
            ("open_requests", bool(session.scalar(asked))),
            ("running_clocks", any(is_kept_by_somebody(clock) for clock in clocks)),
            ("money_unsettled", any(stage.status in _UNSETTLED for stage in case.stages)),
        )
        if holds
    ]


def assign_officer(
    session: Session,
    actor: Actor,
    case_id: int,
    stage_kind: StageKind | str,
    officer_id: int | None,
    *,
    row_version: int,
    now: datetime,
) -> Stage:
    """Give a stage to somebody of its office, or to nobody; `row_version` is the stage's."""
    case = get_case(session, case_id, lock=True)
    stage = find_stage(case, stage_kind)
    seat_for(actor, stage.office_id, stage.kind)
    check_version(stage, row_version)
    if officer_id is not None and officer_id not in {person.id for person in list_people_of(session, stage.office_id)}:
        raise NotFound(person=officer_id, office=stage.office_id)
    stage.officer_id = officer_id
    record_event(
        session,
        actor,
        "stage_assigned",
        at=now,
        subject="stage",
        subject_id=stage.id,
        case_id=case.id,
        parameters={"stage": stage.kind, "officer": officer_id},
    )
    return stage


def _for_post(session: Session, actor: Actor, case_id: int, row_version: int) -> CaseFile:
    case = get_case(session, case_id, lock=True)
    seat_for(actor, case.route.receiving_office_id, CASE)
    check_version(case, row_version)
    return case


def _for_applicant(session: Session, actor: Actor, case_id: int, row_version: int) -> CaseFile:
    case = get_case(session, case_id, lock=True)
    check_applicant(actor, case)
    check_version(case, row_version)
    return case


def _today(case: CaseFile, now: datetime) -> date:
    return office_day(now, case.route.receiving_office.time_zone)


def _move(session: Session, actor: Actor, case: CaseFile, step: CaseStep, now: datetime) -> Recorded:
    """Take a step that touches no stage: status, event, clocks."""
    set_status(session, case, next_case_status(CaseStatus(case.status), step), now)
    event = Happening(stage=CASE, code=STEP_EVENTS[step], on=_today(case, now))
    return record_case_events(session, actor, case, [event], now)


def _follow(session: Session, case: CaseFile, today: date, now: datetime) -> Sequence[Happening]:
    event = follow_stages(session, case, now)
    return [Happening(stage=CASE, code=event, on=today)] if event is not None else []


def _turn_down(
    session: Session, actor: Actor, case: CaseFile, step: CaseStep, code: str, facts: dict[str, str], now: datetime
) -> CaseFile:
    """Take a step against the applicant; ground, basis and reasons stay with the case."""
    recorded = _move(session, actor, case, step, now)
    _keep_facts(case, "decision", facts)
    seq = _log(session, actor, case, code, recorded, now, ground=facts["ground"])
    tell_applicant(
        session,
        case,
        "decision_made",
        f"{code}-{seq}",
        now,
        stage_kind=CASE,
        status=case.status,
        office_names=dict(case.route.receiving_office.names),
    )
    return case


def _ground(step: CaseStep, ground: str, reasons: str, *, needs_reasons: bool = True) -> dict[str, str]:
    if ground not in CASE_GROUNDS[step]:
        raise InvalidInput(field="ground", reason="not_a_choice" if ground else "missing", value=ground)
    text = required_text("reasons", reasons, LONGEST_TEXT) if needs_reasons else reasons.strip()
    return {"ground": ground, "reasons": text}


def _keep_facts(case: CaseFile, name: str, facts: dict[str, str]) -> None:
    """What was decided on the case as a whole, and what was said against it, stand beside the answers."""
    case.answers = {**case.answers, name: facts}


def _log(
    session: Session, actor: Actor, case: CaseFile, code: str, recorded: Recorded, now: datetime, **parameters: Any
) -> int:
    entry = record_event(
        session,
        actor,
        code,
        at=now,
        subject=CASE,
        subject_id=case.id,
        case_id=case.id,
        parameters={"case_status": case.status} | parameters | recorded.as_data(),
    )
    return entry.seq
