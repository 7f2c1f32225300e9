"""Whose turn it is in a case, and what comes next.

The answer is the first line of every case page, so it is decided in one place: from the questions that are open, the
stages and the clocks that run. A question to the applicant comes first, because the case may stand still for it; the
rest goes by the earliest defensible day. What is said to whom is made from these codes in `mobility.i18n`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mobility.domain.cases import CaseStatus, is_open
from mobility.domain.stages import Side, StageKind, StageStatus, side_awaited


class TurnReason(StrEnum):
    """Why it is somebody's turn; with `stage` the words also depend on the stage's status."""

    SEND_APPLICATION = "send_application"
    CORRECT_APPLICATION = "correct_application"
    CHECK_APPLICATION = "check_application"
    ANSWER_REQUEST = "answer_request"
    STAGE = "stage"
    TIME_LIMIT = "time_limit"
    OPEN_STAGES = "open_stages"
    TRAVEL = "travel"
    GO_HOME = "go_home"
    CLOSE_CASE = "close_case"
    DECIDE_APPEAL = "decide_appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """A question to the applicant that nobody has answered or taken back."""

    request_id: int
    office_id: int
    answer_by: date | None = None
    stage: StageKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePosition:
    """Where a stage stands and which office is competent for it."""

    kind: StageKind
    status: StageStatus
    office_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningClock:
    """A clock that has not ended. `owed_by` None: a party or nobody in this case has to act. `stage` None: the case."""

    clock_id: int
    earliest_on: date
    owed_by: Side | None
    office_id: int | None = None
    stage: StageKind | None = None
    is_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing somebody has to do. `due_on` is the earliest defensible day, None where no clock runs for it.

    `office_id` is the office that acts, or that waits for the applicant; None where it is the case's own office.
    """

    who: Side
    reason: TurnReason
    office_id: int | None = None
    stage: StageKind | None = None
    status: StageStatus | None = None
    due_on: date | None = None
    clock_id: int | None = None
    request_id: int | None = None


_CASE_TURNS: dict[CaseStatus, tuple[Side, TurnReason]] = {
    CaseStatus.DRAFT: (Side.APPLICANT, TurnReason.SEND_APPLICATION),
    CaseStatus.RETURNED: (Side.APPLICANT, TurnReason.CORRECT_APPLICATION),
    CaseStatus.SUBMITTED: (Side.OFFICE, TurnReason.CHECK_APPLICATION),
    CaseStatus.ADMISSIBLE: (Side.OFFICE, TurnReason.OPEN_STAGES),
    CaseStatus.READY: (Side.APPLICANT, TurnReason.TRAVEL),
    CaseStatus.TRAVELLING: (Side.APPLICANT, TurnReason.GO_HOME),
    CaseStatus.COMPLETED: (Side.OFFICE, TurnReason.CLOSE_CASE),
    CaseStatus.APPEALED: (Side.OFFICE, TurnReason.DECIDE_APPEAL),
}

_STAGES_ACT = frozenset(
    {
        CaseStatus.ADMISSIBLE,
        CaseStatus.IN_PROGRESS,
        CaseStatus.READY,
        CaseStatus.TRAVELLING,
        CaseStatus.COMPLETED,
        CaseStatus.APPEALED,
    }
)
_ENDED = frozenset(status for status in CaseStatus if not is_open(status))
_SAID_BY_STAGES = frozenset({TurnReason.OPEN_STAGES, TurnReason.DECIDE_APPEAL})


def list_turns(
    *,
    case_status: CaseStatus,
    requests: Iterable[OpenRequest] = (),
    stages: Sequence[StagePosition] = (),
    clocks: Sequence[RunningClock] = (),
) -> tuple[Turn, ...]:
    """Return everything somebody has to do, the most pressing first.

    Open requests to the applicant come first, then the earliest day, then what has no day; in equal cases the stages
    keep the order given. A case that has ended has no turns left.
    """
    if case_status in _ENDED:
        return ()
    asked = sorted(map(_for_request, requests), key=lambda turn: (turn.due_on or date.max, turn.request_id or 0))
    turns = list(_stage_turns(stages, clocks)) if case_status in _STAGES_ACT else []
    own = _case_turn(case_status, clocks)
    if own is not None and not (turns and own.reason in _SAID_BY_STAGES):
        turns.append(own)
    turns += _clock_turns(turns, clocks)
    return (*asked, *sorted(turns, key=lambda turn: turn.due_on or date.max))


def whose_turn(
    *,
    case_status: CaseStatus,
    requests: Iterable[OpenRequest] = (),
    stages: Sequence[StagePosition] = (),
    clocks: Sequence[RunningClock] = (),
) -> Turn | None:
    """Return the most pressing turn; None where nobody has to do anything."""
    turns = list_turns(case_status=case_status, requests=requests, stages=stages, clocks=clocks)
    return turns[0] if turns else None


def _for_request(request: OpenRequest) -> Turn:
    return Turn(
        who=Side.APPLICANT,
        reason=TurnReason.ANSWER_REQUEST,
        office_id=request.office_id,
        stage=request.stage,
        due_on=request.answer_by,
        request_id=request.request_id,
    )


def _case_turn(status: CaseStatus, clocks: Iterable[RunningClock]) -> Turn | None:
    """Return the turn that the case's own status gives; a clock of the case that the same side owes gives the day."""
    if status not in _CASE_TURNS:
        return None
    who, reason = _CASE_TURNS[status]
    clock = _first(clock for clock in clocks if clock.stage is None and clock.owed_by is who)
    return _timed(Turn(who=who, reason=reason), clock)


def _stage_turns(stages: Iterable[StagePosition], clocks: Sequence[RunningClock]) -> Iterator[Turn]:
    for position in stages:
        who = side_awaited(position.kind, position.status)
        if who is None:
            continue
        turn = Turn(
            who=who,
            reason=TurnReason.STAGE,
            office_id=position.office_id,
            stage=position.kind,
            status=position.status,
        )
        yield _timed(turn, _first(c for c in clocks if c.stage is position.kind and c.owed_by is who))


def _clock_turns(turns: Iterable[Turn], clocks: Iterable[RunningClock]) -> list[Turn]:
    """Return the clocks that no turn speaks for yet: of the case itself, or running against the other side."""
    spoken_for = {(turn.stage, turn.who) for turn in turns}
    return [
        _timed(Turn(who=clock.owed_by, reason=TurnReason.TIME_LIMIT, stage=clock.stage), clock)
        for clock in clocks
        if clock.owed_by is not None and not clock.is_paused and (clock.stage, clock.owed_by) not in spoken_for
    ]


def _first(clocks: Iterable[RunningClock]) -> RunningClock | None:
    running = (clock for clock in clocks if not clock.is_paused)
    return min(running, key=lambda clock: (clock.earliest_on, clock.clock_id), default=None)


def _timed(turn: Turn, clock: RunningClock | None) -> Turn:
    if clock is None:
        return turn
    return Turn(
        who=turn.who,
        reason=turn.reason,
        office_id=turn.office_id if turn.office_id is not None else clock.office_id,
        stage=turn.stage,
        status=turn.status,
        due_on=clock.earliest_on,
        clock_id=clock.clock_id,
    )
