"""What may be done to a stage now, where it leads, and what it needs: the questions the tables answer.

Who of the officers is competent is decided in `mobility.domain.access` and the services; here it is only which
side a step belongs to, and that money is decided by two people.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from mobility.domain.errors import NotPermitted, TransitionNotPermitted
from mobility.domain.stages.funding import FUNDING
from mobility.domain.stages.language import LANGUAGE
from mobility.domain.stages.recognition import RECOGNITION
from mobility.domain.stages.visa import VISA
from mobility.domain.stages.vocabulary import (
    Outcome,
    Side,
    StageKind,
    StageStatus,
    StageStep,
    StageTable,
    Transition,
)

INITIAL_STATUS: Final = StageStatus.WAITING


class SecondPersonRequired(NotPermitted):
    """The person who proposed a decision about money may not be the one who confirms it."""

    code = "second_person_required"


def _tables(tables: Iterable[StageTable]) -> dict[StageKind, StageTable]:
    return {table.kind: table for table in tables}


def _lines(tables: Iterable[StageTable]) -> dict[tuple[StageKind, StageStatus, StageStep], Transition]:
    lines: dict[tuple[StageKind, StageStatus, StageStep], Transition] = {}
    for table in tables:
        for line in table.transitions:
            key = (table.kind, line.source, line.step)
            if key in lines:
                raise ValueError(f"two lines for {key}")
            lines[key] = line
    return lines


TABLES: Final[Mapping[StageKind, StageTable]] = _tables((VISA, RECOGNITION, FUNDING, LANGUAGE))
_LINES: Final = _lines(TABLES.values())


def get_transition(kind: StageKind, status: StageStatus, step: StageStep) -> Transition:
    """Return the line of the table; raises TransitionNotPermitted with kind, status and step."""
    try:
        return _LINES[kind, status, step]
    except KeyError:
        raise TransitionNotPermitted(kind=kind, status=status, step=step) from None


def apply_step(kind: StageKind, status: StageStatus, step: StageStep) -> StageStatus:
    """Return the status after the step; raises TransitionNotPermitted."""
    return get_transition(kind, status, step).target


def permitted_steps(kind: StageKind, status: StageStatus, *, side: Side | None = None) -> tuple[StageStep, ...]:
    """Return the steps that lead on from a status, in the order of the table; all sides' unless one is named."""
    return tuple(
        line.step for line in TABLES[kind].transitions if line.source is status and (side is None or side in line.by)
    )


def outcome_of(kind: StageKind, status: StageStatus) -> Outcome:
    """Say whether the stage is open in this status, or has ended well or badly for the case."""
    return TABLES[kind].outcomes.get(status, Outcome.OPEN)


def side_awaited(kind: StageKind, status: StageStatus) -> Side | None:
    """Return who has to act next in this status; None where the stage waits for nobody."""
    return TABLES[kind].awaits.get(status)


def check_second_person(transition: Transition, *, proposed_by: int | str, confirmed_by: int | str) -> None:
    """Refuse a confirmation by the proposer; a step for one person passes whoever takes it."""
    if transition.second_person and proposed_by == confirmed_by:
        raise SecondPersonRequired(step=transition.step, proposed_by=proposed_by)
