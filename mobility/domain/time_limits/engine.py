"""The engine: finds the rules, runs the default reading and the others, and puts the answer together."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product

from mobility.domain.calendars import CalendarSource
from mobility.domain.time_limits.answers import Answer, Step, day_of
from mobility.domain.time_limits.combinations import best_of_candidates, candidate_direction
from mobility.domain.time_limits.errors import (
    CalendarNotGiven,
    NotComputedByItself,
    ParameterNotCovered,
    RuleSetInvalid,
    UnknownRuleSet,
)
from mobility.domain.time_limits.hours import end_of_day_elsewhere
from mobility.domain.time_limits.periods import end_of_period
from mobility.domain.time_limits.questions import Asked, TimeLimit, read
from mobility.domain.time_limits.rule_sets import (
    CompositeOrder,
    Direction,
    Procedure,
    Reading,
    RuleSet,
    Unit,
)
from mobility.domain.time_limits.run import Run
from mobility.domain.time_limits.terms import end_of_notice
from mobility.domain.time_limits.windows import end_of_window

_ROLLING = re.compile(r"ROLL([0-9]{1,3})_([0-9]{1,4})", re.ASCII)
_ROLLING_TEMPLATE = "ROLLp_q"
_LONGEST_WINDOW = 3660
_ESTIMATE_MARGIN_DAYS = 2

_PROCEDURES: Mapping[Procedure, Callable[[Run], date | datetime]] = {
    Procedure.PERIOD: end_of_period,
    Procedure.WINDOW: end_of_window,
    Procedure.TERM: end_of_notice,
    Procedure.COMBINATION: best_of_candidates,
    Procedure.END_OF_DAY: end_of_day_elsewhere,
}
_ONLY_IN = {
    "stays": Procedure.WINDOW,
    "candidates": Procedure.COMBINATION,
    "renewal": Procedure.TERM,
    "notice": Procedure.TERM,
    "reference_date": Procedure.TERM,
}
_ORDER_AS_WRITTEN = Reading(question="order", changes={"composite_order": CompositeOrder.AS_WRITTEN})

Outcome = tuple[Run, date | datetime]


def compute(question: TimeLimit, *, rule_sets: Mapping[str, RuleSet], calendars: CalendarSource) -> Answer:
    """Return the last day, its bounds over the defensible readings, and the derivation.

    Raises a TimeLimitRefused or CalendarMissing that names the offending value; never answers approximately.
    """
    rules = find_rules(question, rule_sets)
    asked = with_parameters(read(question, rules))
    default = _run(asked, asked.rules, calendars, asked.calendar)
    outcomes = [((), default), *_other_outcomes(asked, default[0], calendars)]
    return _answer(asked, outcomes)


def find_rules(question: TimeLimit, rule_sets: Mapping[str, RuleSet]) -> RuleSet:
    """Return the rule set that answers the question: its own, or the one it refers to for that direction or unit.

    Raises UnknownRuleSet, or NotComputedByItself for codes that only say where a period comes from.
    """
    rules = rule_sets.get(question.rule_set) or _rolling(question.rule_set, rule_sets)
    if rules is None:
        raise UnknownRuleSet(rule_set=question.rule_set)
    if rules.procedure is Procedure.NONE:
        raise NotComputedByItself(rule_set=rules.code, reason=rules.reason)
    other = ""
    if question.unit == Unit.WORKING_DAYS and rules.working_day_rules:
        other = rules.working_day_rules
    elif question.direction == Direction.BACKWARD and rules.backward_rules:
        other = rules.backward_rules
    if not other:
        return rules
    if other not in rule_sets:
        raise RuleSetInvalid(rule_set=rules.code, key="rules", value=other)
    return rule_sets[other]


def _rolling(code: str, rule_sets: Mapping[str, RuleSet]) -> RuleSet | None:
    match = _ROLLING.fullmatch(code)
    template = rule_sets.get(_ROLLING_TEMPLATE)
    if match is None or template is None:
        return None
    limit, window = int(match[1]), int(match[2])
    if not 1 <= limit < window <= _LONGEST_WINDOW:
        return None
    return replace(template, code=code, limit=limit, window=window)


def with_parameters(asked: Asked) -> Asked:
    """Return the question with the rule set's parameters that the question itself settles."""
    parameters, rules = asked.parameters, asked.rules
    for name, procedure in _ONLY_IN.items():
        if getattr(parameters, name) and rules.procedure is not procedure:
            raise ParameterNotCovered(rule_set=rules.code, parameter=name)
    if parameters.saturday:
        rules = replace(rules, saturday=parameters.saturday)
    if parameters.suspension_model is not None:
        rules = replace(rules, suspension=parameters.suspension_model)
    if parameters.extension_model is not None:
        rules = replace(rules, extension=parameters.extension_model)
    return replace(asked, rules=rules)


def asked_under(asked: Asked, rules: RuleSet) -> Asked:
    """Return the question as another reading's rules order its steps."""
    if rules.composite_order is asked.rules.composite_order:
        return asked
    return replace(read(asked.question, rules), rules=rules)


def _run(asked: Asked, rules: RuleSet, calendars: CalendarSource, calendar: str, *, instead: bool = False) -> Outcome:
    asked = asked_under(asked, rules)
    run = Run(asked=asked, rules=rules, source=calendars, calendar=calendar, instead_of_suspension=instead)
    if asked.question.rule_set != asked.rules.code:
        run.note("counted_as", None, rule_set=asked.rules.code, law=asked.rules.law)
    return run, _PROCEDURES[rules.procedure](run)


def _other_outcomes(asked: Asked, default: Run, calendars: CalendarSource) -> Iterator[tuple[tuple[str, ...], Outcome]]:
    """Run every combination of the other readings that arise for this question."""
    for questions, rules, calendar in other_readings(asked, weekend_differs=default.weekend_differs()):
        try:
            outcome = _run(asked, rules, calendars, calendar)
        except CalendarNotGiven:
            default.flags.add("calendar_not_given")
            continue
        yield questions, outcome
    used = default.used_calendar
    if used is not None and used.otherwise is not None:
        yield ("D12",), _run(asked, asked.rules, calendars, asked.calendar, instead=True)


def other_readings(asked: Asked, *, weekend_differs: bool) -> Iterator[tuple[tuple[str, ...], RuleSet, str]]:
    """Return every combination of other readings that arise: its questions of law, its rules and its calendar."""
    by_question: dict[str, list[Reading | None]] = {}
    situation = _Situation.of(asked, weekend_differs=weekend_differs)
    for reading in _readings(asked):
        if situation.raises(reading):
            by_question.setdefault(reading.question, [None]).append(reading)
    for combination in product(*by_question.values()):
        chosen = [reading for reading in combination if reading is not None]
        if not chosen:
            continue
        rules, calendar = asked.rules, asked.calendar
        for reading in chosen:
            rules = rules.under(reading)
            calendar = asked.parameters.host_country if reading.calendar == "host" else calendar
        yield tuple(reading.question for reading in chosen), rules, calendar


def _readings(asked: Asked) -> tuple[Reading, ...]:
    unspecified = asked.rules.composite_order is CompositeOrder.UNSPECIFIED
    if unspecified and len(asked.lengths) > 1:
        return (*asked.rules.readings, _ORDER_AS_WRITTEN)
    return asked.rules.readings


@dataclass(frozen=True, slots=True)
class _Situation:
    """What decides whether another reading arises, looked up once per question."""

    asked: Asked
    directions: frozenset[str]
    country: str
    count: int
    weekend_differs: bool

    @classmethod
    def of(cls, asked: Asked, *, weekend_differs: bool) -> "_Situation":
        directions = {asked.direction.value}
        for candidate in asked.parameters.candidates:
            if candidate.day is None:
                directions.add(candidate_direction(candidate, asked.rules.code).value)
        return cls(
            asked=asked,
            directions=frozenset(directions),
            country=asked.calendar.partition("-")[0],
            count=asked.lengths[0].count if len(asked.lengths) == 1 else 0,
            weekend_differs=weekend_differs,
        )

    def raises(self, reading: Reading) -> bool:
        """Return whether the reading is one to think about here."""
        question, given = self.asked.question, self.asked.parameters.given
        orders_steps = "composite_order" in reading.changes
        return not (
            (reading.directions and not self.directions & reading.directions)
            or (reading.units and question.unit not in reading.units)
            or (reading.kinds and question.kind not in reading.kinds)
            or (reading.countries and self.country not in reading.countries)
            or (reading.parameter and reading.parameter not in given)
            or (reading.unless_parameter and reading.unless_parameter in given)
            or (reading.longest is not None and self.count > reading.longest)
            or (reading.shortest is not None and self.count < reading.shortest)
            or (reading.where_weekend_differs and not self.weekend_differs)
            or (orders_steps and len(self.asked.lengths) == 1)
        )


def _answer(asked: Asked, outcomes: list[tuple[tuple[str, ...], Outcome]]) -> Answer:
    run, last_day = outcomes[0][1]
    results = [outcome[1] for _, outcome in outcomes]
    calendars = [each.used_calendar for _, (each, _) in outcomes if each.used_calendar is not None]
    calendar = calendars[0] if calendars else None
    return Answer(
        rule_set=asked.question.rule_set,
        last_day=last_day,
        earliest=min(results),
        latest=max(results),
        steps=(*run.steps, *_other_readings(outcomes)),
        flags=_flags(outcomes, min(results), max(results)),
        calendar_code=calendar.code if calendar else "",
        calendar_package=calendar.package if calendar else "",
        calendar_package_version=calendar.package_version if calendar else "",
        time_zone=_zone_of(asked, last_day),
    )


def _flags(
    outcomes: list[tuple[tuple[str, ...], Outcome]], earliest: date | datetime, latest: date | datetime
) -> frozenset[str]:
    """Return the cautions of every reading: a bound that rests on an estimate is as uncertain as the default."""
    runs = [run for _, (run, _) in outcomes]
    flags: set[str] = set().union(*(run.flags | run.calendar_flags() for run in runs))
    if earliest != latest:
        flags.add("debatable")
    if runs[0].rules.confidence == "recalled":
        flags.add("rule_recalled")
    if any(_rests_on_estimate(run, day_of(latest)) for run in runs):
        flags.add("estimated_holiday")
    return frozenset(flags)


def _other_readings(outcomes: list[tuple[tuple[str, ...], Outcome]]) -> Iterator[Step]:
    """Return a step for the earliest and for the latest day, with the fewest questions that lead there."""
    default = outcomes[0][1][1]
    results = [result for _, (_, result) in outcomes]
    bounds = (min(results), max(results))
    shown: dict[date | datetime, tuple[str, ...]] = {}
    for questions, (_, result) in outcomes[1:]:
        if result != default and result in bounds and len(questions) < len(shown.get(result, (*questions, ""))):
            shown[result] = questions
    for result, questions in sorted(shown.items(), key=lambda pair: str(pair[0])):
        arguments: dict[str, str | int | list[str]] = {"questions": list(questions)}
        if isinstance(result, datetime):
            arguments["time"] = result.strftime("%H:%M")
        yield Step(code="other_reading", day=day_of(result), arguments=arguments)


def _rests_on_estimate(run: Run, latest: date) -> bool:
    calendar, first = run.used_calendar, run.watched
    if calendar is None or not calendar.estimated or first is None:
        return False
    return any(
        (first - day).days <= _ESTIMATE_MARGIN_DAYS and (day - latest).days <= _ESTIMATE_MARGIN_DAYS
        for day in calendar.estimated
    )


def _zone_of(asked: Asked, last_day: date | datetime) -> str:
    if isinstance(last_day, datetime) and asked.parameters.display_zone:
        return asked.parameters.display_zone
    return asked.parameters.time_zone
