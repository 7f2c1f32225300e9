"""Where a case stands: its statuses, the steps between them, and the status that follows from its stages.

A case moves by steps somebody takes (submit, admit, record the arrival) and, between admission and departure, by
what its stages have come to. What a stage may do is decided in `mobility.domain.stages`; which stages a programme
requires, and in which order they open, in `mobility.domain.plan`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mobility.domain.errors import TransitionNotPermitted
from mobility.domain.events import EventCode
from mobility.domain.stages import INITIAL_STATUS, Outcome, StageKind, StageStatus, outcome_of


class CaseStatus(StrEnum):
    """Where a case stands. The values are stored."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ADMISSIBLE = "admissible"
    RETURNED = "returned"
    INELIGIBLE = "ineligible"
    IN_PROGRESS = "in_progress"
    READY = "ready"
    TRAVELLING = "travelling"
    COMPLETED = "completed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    LAPSED = "lapsed"
    APPEALED = "appealed"


class CaseStep(StrEnum):
    """What somebody, or the outcome of the stages, can do to a case."""

    SUBMIT = "submit"
    ADMIT = "admit"
    RETURN = "return"
    DECLARE_INELIGIBLE = "declare_ineligible"
    BEGIN = "begin"
    MAKE_READY = "make_ready"
    REOPEN = "reopen"
    REFUSE = "refuse"
    APPEAL = "appeal"
    UPHOLD_APPEAL = "uphold_appeal"
    DISMISS_APPEAL = "dismiss_appeal"
    CONFIRM_INELIGIBILITY = "confirm_ineligibility"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    RECORD_ARRIVAL = "record_arrival"
    REVOKE_ARRIVAL = "revoke_arrival"
    RECORD_DEPARTURE = "record_departure"
    REVOKE_DEPARTURE = "revoke_departure"
    CLOSE = "close"


_S, _Do = CaseStatus, CaseStep

CASE_TRANSITIONS: Final[Mapping[tuple[CaseStatus, CaseStep], CaseStatus]] = MappingProxyType(
    {
        (_S.DRAFT, _Do.SUBMIT): _S.SUBMITTED,
        (_S.DRAFT, _Do.WITHDRAW): _S.WITHDRAWN,
        (_S.DRAFT, _Do.LAPSE): _S.LAPSED,
        (_S.SUBMITTED, _Do.ADMIT): _S.ADMISSIBLE,
        (_S.SUBMITTED, _Do.RETURN): _S.RETURNED,
        (_S.SUBMITTED, _Do.DECLARE_INELIGIBLE): _S.INELIGIBLE,
        (_S.SUBMITTED, _Do.WITHDRAW): _S.WITHDRAWN,
        (_S.SUBMITTED, _Do.LAPSE): _S.LAPSED,
        (_S.RETURNED, _Do.SUBMIT): _S.SUBMITTED,
        (_S.RETURNED, _Do.WITHDRAW): _S.WITHDRAWN,
        (_S.RETURNED, _Do.LAPSE): _S.LAPSED,
        (_S.ADMISSIBLE, _Do.BEGIN): _S.IN_PROGRESS,
        (_S.ADMISSIBLE, _Do.MAKE_READY): _S.READY,
        (_S.ADMISSIBLE, _Do.REFUSE): _S.REFUSED,
        (_S.ADMISSIBLE, _Do.WITHDRAW): _S.WITHDRAWN,
        (_S.ADMISSIBLE, _Do.LAPSE): _S.LAPSED,
        (_S.IN_PROGRESS, _Do.MAKE_READY): _S.READY,
        (_S.IN_PROGRESS, _Do.REFUSE): _S.REFUSED,
        (_S.IN_PROGRESS, _Do.WITHDRAW): _S.WITHDRAWN,
        (_S.IN_PROGRESS, _Do.LAPSE): _S.LAPSED,
        (_S.READY, _Do.REOPEN): _S.IN_PROGRESS,
        (_S.READY, _Do.REFUSE): _S.REFUSED,
        (_S.READY, _Do.WITHDRAW): _S.WITHDRAWN,
        (_S.READY, _Do.LAPSE): _S.LAPSED,
        (_S.READY, _Do.RECORD_ARRIVAL): _S.TRAVELLING,
        # a date typed into the wrong case must be undone without losing what was right
        (_S.TRAVELLING, _Do.REVOKE_ARRIVAL): _S.READY,
        (_S.TRAVELLING, _Do.RECORD_DEPARTURE): _S.COMPLETED,
        (_S.COMPLETED, _Do.REVOKE_DEPARTURE): _S.TRAVELLING,
        (_S.COMPLETED, _Do.CLOSE): _S.CLOSED,
        (_S.INELIGIBLE, _Do.APPEAL): _S.APPEALED,
        (_S.REFUSED, _Do.APPEAL): _S.APPEALED,
        (_S.LAPSED, _Do.APPEAL): _S.APPEALED,
        # upheld, the file is admissible again; its stages then say how far it has come
        (_S.APPEALED, _Do.UPHOLD_APPEAL): _S.ADMISSIBLE,
        (_S.APPEALED, _Do.DISMISS_APPEAL): _S.REFUSED,
        (_S.APPEALED, _Do.CONFIRM_INELIGIBILITY): _S.INELIGIBLE,
        (_S.APPEALED, _Do.WITHDRAW): _S.WITHDRAWN,
    }
)

STEP_EVENTS: Final[Mapping[CaseStep, EventCode]] = MappingProxyType(
    {
        _Do.SUBMIT: EventCode.APPLICATION_SUBMITTED,
        _Do.ADMIT: EventCode.CASE_ADMISSIBLE,
        _Do.RETURN: EventCode.CASE_RETURNED,
        _Do.DECLARE_INELIGIBLE: EventCode.CASE_INELIGIBLE,
        _Do.MAKE_READY: EventCode.CASE_READY,
        _Do.REFUSE: EventCode.CASE_REFUSED,
        _Do.APPEAL: EventCode.APPEAL_LODGED,
        _Do.UPHOLD_APPEAL: EventCode.APPEAL_DECIDED,
        _Do.DISMISS_APPEAL: EventCode.APPEAL_DECIDED,
        _Do.CONFIRM_INELIGIBILITY: EventCode.APPEAL_DECIDED,
        _Do.WITHDRAW: EventCode.CASE_WITHDRAWN,
        _Do.LAPSE: EventCode.CASE_LAPSED,
        _Do.RECORD_ARRIVAL: EventCode.ARRIVED,
        _Do.RECORD_DEPARTURE: EventCode.DEPARTED,
        _Do.CLOSE: EventCode.CASE_CLOSED,
    }
)
"""What each step makes known; `begin`, `reopen` and the two corrections start and end no clock."""

NEED_GROUND: Final = frozenset(
    {
        CaseStep.RETURN,
        CaseStep.DECLARE_INELIGIBLE,
        CaseStep.REFUSE,
        CaseStep.LAPSE,
        CaseStep.DISMISS_APPEAL,
        CaseStep.CONFIRM_INELIGIBILITY,
    }
)
"""Steps against the person: they carry a ground and a legal basis, and open an appeal where the law gives one."""

_ENDED: Final = frozenset(
    {_S.INELIGIBLE, _S.CLOSED, _S.WITHDRAWN, _S.REFUSED, _S.LAPSED},
)
_FOLLOWS_STAGES: Final = frozenset({_S.ADMISSIBLE, _S.IN_PROGRESS, _S.READY, _S.REFUSED, _S.LAPSED, _S.APPEALED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStanding:
    """What a case must know of one of its stages."""

    kind: StageKind
    status: StageStatus
    is_required: bool = True

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.kind, self.status)


def next_case_status(status: CaseStatus, step: CaseStep) -> CaseStatus:
    """Return the status after a step; raises TransitionNotPermitted with status and step."""
    try:
        return CASE_TRANSITIONS[status, step]
    except KeyError:
        raise TransitionNotPermitted(status=status, step=step) from None


def permitted_case_steps(status: CaseStatus) -> tuple[CaseStep, ...]:
    """Return the steps that lead on from a status, in the order of the table."""
    return tuple(step for source, step in CASE_TRANSITIONS if source is status)


def is_open(status: CaseStatus) -> bool:
    """Say whether somebody still has to do something; a case refused or ineligible opens again by appeal."""
    return status not in _ENDED


def derive_case_status(
    stages: Iterable[StageStanding], *, current: CaseStatus, decided_itself: bool = False
) -> CaseStatus:
    """Return the status that follows from the stages.

    Only statuses from admissible to ready, and those that a stage brought about, follow the stages: a person who
    has arrived does not leave the road because a payment is reclaimed. `decided_itself` says that the present
    status (refused, lapsed, under appeal) was decided on the case as a whole; then no stage changes it. An
    optional stage never refuses a case. A case that requires no stage is ready once it is admissible.
    """
    if decided_itself or current not in _FOLLOWS_STAGES:
        return current
    standings = list(stages)
    required = [stage for stage in standings if stage.is_required]
    if any(stage.status is StageStatus.APPEALED for stage in required):
        return CaseStatus.APPEALED
    ended = _ended_badly(required)
    if ended is not None:
        return ended
    if all(stage.outcome is Outcome.WELL for stage in required):
        return CaseStatus.READY
    if all(stage.status is INITIAL_STATUS for stage in standings):
        return CaseStatus.ADMISSIBLE
    return CaseStatus.IN_PROGRESS


def _ended_badly(required: Iterable[StageStanding]) -> CaseStatus | None:
    """A refusal weighs more than a withdrawal, a withdrawal more than a lapse."""
    bad = {stage.status for stage in required if stage.outcome is Outcome.BADLY}
    if not bad:
        return None
    if bad == {StageStatus.LAPSED}:
        return CaseStatus.LAPSED
    if bad <= {StageStatus.LAPSED, StageStatus.WITHDRAWN, StageStatus.DECLINED}:
        return CaseStatus.WITHDRAWN
    return CaseStatus.REFUSED
