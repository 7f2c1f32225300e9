"""Taking a step in a stage: who, in which state, with which facts, and by how many people.

One command for every step. The second of two people who act at once finds the stage changed and decides again. A
step about money is proposed by one person of the office and takes effect when another confirms it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from mobility.domain.access import Actor
from mobility.domain.errors import NotFound, TransitionNotPermitted
from mobility.domain.stages import (
    FactType,
    StageKind,
    StageStatus,
    StageStep,
    Transition,
    check_facts,
    check_second_person,
    get_transition,
)
from mobility.services.audit import record_event
from mobility.services.case_files import check_version, find_stage, get_case, office_day, seat_for
from mobility.services.stages.effects import Taken, event_day, stored_facts, take_effect
from mobility.services.stages.offers import DONE_ELSEWHERE, check_step
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.cases import StageStep as StageStepRow


class StepAwaitsConfirmation(TransitionNotPermitted):
    """A step of this stage was proposed and waits for the second person; nothing else moves before."""

    code = "step_awaits_confirmation"


def take_step(
    session: Session,
    actor: Actor,
    case_id: int,
    stage_kind: StageKind | str,
    step: StageStep,
    facts: Mapping[str, object],
    *,
    row_version: int,
    now: datetime,
    on_day: date | None = None,
) -> Stage:
    """Take a step, or propose it where a second person must confirm; `row_version` is the stage's.

    Raises NotFound, NotPermitted, ChangedMeanwhile, TransitionNotPermitted, StepAwaitsConfirmation, InvalidInput.
    """
    case = get_case(session, case_id, lock=True)
    stage = find_stage(case, stage_kind)
    check_version(stage, row_version)
    line = check_step(actor, case, stage, step)
    if step in DONE_ELSEWHERE:
        raise TransitionNotPermitted(kind=stage.kind, status=stage.status, step=step)
    if find_pending(session, stage) is not None:
        raise StepAwaitsConfirmation(kind=stage.kind, status=stage.status, step=step)
    check_facts(line, facts)
    day = event_day(line, facts, on_day, office_day(now, stage.office.time_zone))
    row = _record(session, actor, case, stage, line, facts, day, now)
    if line.second_person:
        _propose(session, actor, case, stage, row, now)
    else:
        take_effect(session, actor, case, stage, row, Taken(line=line, facts=row.facts, on=day), now)
    return stage


def take_step_for(
    session: Session,
    actor: Actor,
    case: CaseFile,
    stage: Stage,
    taken: Taken,
    now: datetime,
    *,
    proposed_by: int | None = None,
) -> StageStepRow:
    """Take a step on behalf of another service, which has checked who may: a question, an answer, a payment."""
    row = StageStepRow(
        case_id=case.id,
        stage_id=stage.id,
        step=taken.line.step.value,
        facts=dict(taken.facts),
        taken_on=taken.on,
        proposed_by=proposed_by or actor.person_id,
        proposed_at=now,
        confirmed_by=actor.person_id,
        confirmed_at=now,
        needs_second=taken.line.second_person,
    )
    session.add(row)
    session.flush()
    take_effect(session, actor, case, stage, row, taken, now)
    return row


def confirm_step(
    session: Session, actor: Actor, case_id: int, step_id: int, *, row_version: int, now: datetime
) -> Stage:
    """Let a proposed step take effect; raises SecondPersonRequired for its proposer."""
    case, stage, row = _pending(session, actor, case_id, step_id, row_version)
    kind, status = StageKind(stage.kind), StageStatus(stage.status)
    line = get_transition(kind, status, StageStep(row.step))
    check_second_person(line, proposed_by=row.proposed_by, confirmed_by=actor.person_id)
    row.confirmed_by, row.confirmed_at = actor.person_id, now
    facts = _facts_of(line, row.facts)
    day = event_day(line, facts, None, office_day(now, stage.office.time_zone))
    take_effect(session, actor, case, stage, row, Taken(line=line, facts=row.facts, on=day), now)
    return stage


def reject_step(
    session: Session, actor: Actor, case_id: int, step_id: int, *, row_version: int, now: datetime
) -> Stage:
    """Take a proposal off the table; its proposer may do so too."""
    case, stage, row = _pending(session, actor, case_id, step_id, row_version)
    row.rejected_at = now
    flag_modified(stage, "facts")  # the stage reads differently now: forms that were open on it are stale
    _log(session, actor, case, stage, row, "stage_step_rejected", now)
    return stage


def find_pending(session: Session, stage: Stage) -> StageStepRow | None:
    """Return the proposal of a stage that nobody has confirmed or rejected, or None."""
    query = select(StageStepRow).where(
        StageStepRow.stage_id == stage.id,
        StageStepRow.needs_second,
        StageStepRow.confirmed_at.is_(None),
        StageStepRow.rejected_at.is_(None),
    )
    return session.scalars(query.order_by(StageStepRow.id)).first()


def _pending(
    session: Session, actor: Actor, case_id: int, step_id: int, row_version: int
) -> tuple[CaseFile, Stage, StageStepRow]:
    case = get_case(session, case_id, lock=True)
    row = session.scalars(
        select(StageStepRow).where(StageStepRow.id == step_id, StageStepRow.case_id == case.id)
    ).one_or_none()
    if row is None:
        raise NotFound(case=case_id, step=step_id)
    stage = next(stage for stage in case.stages if stage.id == row.stage_id)
    seat_for(actor, stage.office_id, stage.kind)
    check_version(stage, row_version)
    if not row.needs_second or row.confirmed_at or row.rejected_at:
        raise TransitionNotPermitted(kind=stage.kind, status=stage.status, step=row.step)
    return case, stage, row


def _record(
    session: Session,
    actor: Actor,
    case: CaseFile,
    stage: Stage,
    line: Transition,
    facts: Mapping[str, object],
    day: date,
    now: datetime,
) -> StageStepRow:
    row = StageStepRow(
        case_id=case.id,
        stage_id=stage.id,
        step=line.step.value,
        facts=stored_facts(facts),
        taken_on=day,
        proposed_by=actor.person_id,
        proposed_at=now,
        needs_second=line.second_person,
    )
    session.add(row)
    session.flush()
    return row


def _propose(session: Session, actor: Actor, case: CaseFile, stage: Stage, row: StageStepRow, now: datetime) -> None:
    flag_modified(stage, "facts")  # as in reject_step
    _log(session, actor, case, stage, row, "stage_step_proposed", now)


def _log(
    session: Session, actor: Actor, case: CaseFile, stage: Stage, row: StageStepRow, code: str, now: datetime
) -> None:
    session.flush()
    record_event(
        session,
        actor,
        code,
        at=now,
        subject="stage_step",
        subject_id=row.id,
        case_id=case.id,
        parameters={"stage": stage.kind, "step": row.step},
    )


def _facts_of(line: Transition, stored: Mapping[str, Any]) -> dict[str, object]:
    """Return stored facts with their days as days again."""
    days = {field.code for field in line.facts if field.type is FactType.DATE}
    return {code: date.fromisoformat(value) if code in days else value for code, value in stored.items()}
