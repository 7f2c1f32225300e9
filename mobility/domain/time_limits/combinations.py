"""Whichever is earlier, whichever is later: the extreme of complete results, themselves never rolled."""

from dataclasses import replace
from datetime import date

from mobility.domain.time_limits.answers import day_of
from mobility.domain.time_limits.errors import DirectionNotCovered, ParameterMissing, UnknownDirection
from mobility.domain.time_limits.lengths import read_lengths
from mobility.domain.time_limits.parameters import Candidate, Parameters
from mobility.domain.time_limits.periods import end_of_period
from mobility.domain.time_limits.questions import Event
from mobility.domain.time_limits.rule_sets import Direction
from mobility.domain.time_limits.run import Run


def best_of_candidates(run: Run) -> date:
    """Return the earliest or latest of the period itself and of the further candidates."""
    candidates = run.asked.parameters.candidates
    if not candidates:
        raise ParameterMissing(rule_set=run.rules.code, parameter="candidates")
    days = [day_of(end_of_period(run))]
    run.note("candidate", days[0], number=1)
    for number, candidate in enumerate(candidates, start=2):
        days.append(_candidate_day(run, candidate))
        run.note("candidate", days[-1], number=number)
    chosen = max(days) if run.rules.latest_of_candidates else min(days)
    run.note("latest_taken" if run.rules.latest_of_candidates else "earliest_taken", chosen)
    return chosen


def _candidate_day(run: Run, candidate: Candidate) -> date:
    if candidate.day is not None:
        return candidate.day
    if candidate.start is None:
        raise ParameterMissing(rule_set=run.rules.code, parameter="candidates.start")
    asked = replace(
        run.asked,
        event=Event(day=candidate.start),
        lengths=read_lengths(candidate.period, candidate.unit, run.rules),
        direction=candidate_direction(candidate, run.rules.code),
        parameters=Parameters(),
    )
    other = replace(run, asked=asked, steps=run.steps)
    return day_of(end_of_period(other))


def candidate_direction(candidate: Candidate, rule_set: str) -> Direction:
    """Return whether the candidate counts forward or backward; raises for anything else."""
    try:
        direction = Direction(candidate.direction)
    except ValueError:
        raise UnknownDirection(direction=candidate.direction) from None
    if direction not in (Direction.FORWARD, Direction.BACKWARD):
        raise DirectionNotCovered(rule_set=rule_set, direction=direction.value)
    return direction
