"""What a person may do to a stage now: the lines of its table, seen from the seat they sit at.

The table knows statuses and sides; here are the case it belongs to, the office, and what other services do instead:
questions go through `services/requests`, payments through `services/funding`, opening happens by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mobility.domain.access import Actor
from mobility.domain.cases import CaseStatus
from mobility.domain.errors import NotPermitted, TransitionNotPermitted
from mobility.domain.stages import (
    TABLES,
    FactField,
    Outcome,
    Side,
    StageKind,
    StageStatus,
    StageStep,
    Transition,
    get_transition,
    outcome_of,
)
from mobility.services.case_files import find_seat
from mobility.storage.models.cases import CaseFile, Stage

DONE_ELSEWHERE: Final = frozenset({StageStep.OPEN, StageStep.REQUEST_DOCUMENTS, StageStep.PAY})

_WORKED_ON: Final = frozenset(
    {
        CaseStatus.ADMISSIBLE,
        CaseStatus.IN_PROGRESS,
        CaseStatus.READY,
        CaseStatus.TRAVELLING,
        CaseStatus.COMPLETED,
        CaseStatus.APPEALED,
    }
)
_AFTER_THE_END: Final = frozenset({CaseStatus.REFUSED, CaseStatus.LAPSED})
_REOPENING: Final = frozenset({StageStep.APPEAL, StageStep.RETAKE})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOffer:
    """A step that may be taken: where it leads, what it asks for, whether a second person must confirm it."""

    step: StageStep
    target: StageStatus
    fields: tuple[FactField, ...]
    needs_second: bool
    is_adverse: bool


def permitted(actor: Actor, case: CaseFile, stage: Stage) -> tuple[StepOffer, ...]:
    """Return what the actor may do to a stage now, in the order of its table; nothing while a step awaits another."""
    kind, status = StageKind(stage.kind), StageStatus(stage.status)
    lines = [line for line in TABLES[kind].transitions if line.source is status]
    sides = _sides_of(actor, case, stage)
    return tuple(
        _offer(kind, line)
        for line in lines
        if line.by & sides and line.step not in DONE_ELSEWHERE and _fits_case(case, line.step)
    )


def check_step(actor: Actor, case: CaseFile, stage: Stage, step: StageStep) -> Transition:
    """Return the line of the table; raises NotPermitted for the wrong person, TransitionNotPermitted otherwise."""
    kind, status = StageKind(stage.kind), StageStatus(stage.status)
    sides = _sides_of(actor, case, stage)
    if not sides:
        raise NotPermitted(office=stage.office_id, competence=stage.kind)
    line = get_transition(kind, status, step)
    if not line.by & sides:
        raise NotPermitted(office=stage.office_id, competence=stage.kind, step=step)
    if not _fits_case(case, step):
        raise TransitionNotPermitted(kind=kind, status=status, step=step, case=case.status)
    return line


def waits_for(stage: Stage, stages: Iterable[Stage], after: Iterable[str]) -> tuple[StageKind, ...]:
    """Return the stages this one still waits for, by the order of its programme."""
    if stage.status != StageStatus.WAITING:
        return ()
    by_kind = {each.kind: each for each in stages}
    return tuple(
        StageKind(kind)
        for kind in after
        if kind in by_kind and outcome_of(StageKind(kind), StageStatus(by_kind[kind].status)) is not Outcome.WELL
    )


def _sides_of(actor: Actor, case: CaseFile, stage: Stage) -> frozenset[Side]:
    sides = set()
    if actor.person_id == case.person_id:
        sides.add(Side.APPLICANT)
    elif find_seat(actor, stage.office_id, stage.kind) is not None:
        sides.add(Side.OFFICE)
    return frozenset(sides)


def _fits_case(case: CaseFile, step: StageStep) -> bool:
    """A stage moves while its case is worked on; after a refusal only the ways back are open."""
    status = CaseStatus(case.status)
    if status is CaseStatus.APPEALED:
        return any(stage.status == StageStatus.APPEALED for stage in case.stages)
    if status in _WORKED_ON:
        return True
    return status in _AFTER_THE_END and step in _REOPENING


def _offer(kind: StageKind, line: Transition) -> StepOffer:
    return StepOffer(
        step=line.step,
        target=line.target,
        fields=line.facts,
        needs_second=line.second_person,
        is_adverse=outcome_of(kind, line.target) is Outcome.BADLY,
    )
