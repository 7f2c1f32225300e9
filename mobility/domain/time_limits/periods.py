"""The main procedure: a period from an event, with suspensions, extensions, its end, and series of periods."""

from datetime import date, datetime

from mobility.domain.time_limits.arithmetic import Interval, shift_days, shift_months
from mobility.domain.time_limits.counting import count_backward, count_forward, pauses_of
from mobility.domain.time_limits.ending import end_backward, end_forward
from mobility.domain.time_limits.errors import (
    ParameterMissing,
    ParameterNotCovered,
    PeriodMissing,
    SuspensionInvalid,
    UnitNotCovered,
)
from mobility.domain.time_limits.hours import end_in_hours
from mobility.domain.time_limits.lengths import Length, need_lengths, read_lengths
from mobility.domain.time_limits.rule_sets import Direction, Extension, Kind, RuleSet, Start, Suspension, Unit
from mobility.domain.time_limits.run import Run

_AVERAGE_MONTH_DAYS = 31
_WEEK = 7


def end_of_period(run: Run) -> date | datetime:
    """Return the last day of the period, or its last instant where it is in hours."""
    asked = run.asked
    if any(length.unit is Unit.HOURS for length in asked.lengths):
        _refuse_changes(run, "suspensions", "extensions")
        return end_in_hours(run)
    _note_event(run)
    if asked.direction is Direction.PERIODIC:
        _refuse_changes(run, "suspensions", "extensions")
        return _next_in_series(run)
    if asked.direction is Direction.BACKWARD:
        _refuse_changes(run, "suspensions", "extensions")
        return _backward(run)
    return _forward(run)


def _note_event(run: Run) -> None:
    event = run.asked.event
    if event.instant is not None:
        zone = run.asked.parameters.time_zone
        run.note("event_in_zone", event.day, time_zone=zone, time=event.instant.strftime("%H:%M"))
    starts_with_day = run.rules.start is Start.FIRST_DAY_COUNTS
    run.note("first_day_counts" if starts_with_day else "event_excluded", event.day)


def _refuse_changes(run: Run, *names: str) -> None:
    for name in names:
        if getattr(run.asked.parameters, name):
            raise ParameterNotCovered(rule_set=run.rules.code, parameter=name, direction=run.asked.direction.value)


def _backward(run: Run) -> date:
    event, lengths = run.asked.event.day, run.asked.lengths
    if not lengths and not _may_be_empty(run):
        raise PeriodMissing(rule_set=run.rules.code, period="")
    raw = count_backward(run, event, lengths)
    return end_backward(run, event, raw, lengths) if lengths else raw


def _may_be_empty(run: Run) -> bool:
    return run.rules.empty_period_is_same_day or run.asked.kind is Kind.FIXED_DATE


def _forward(run: Run) -> date:
    lengths, extensions, named = _with_extensions(run)
    if not lengths and not _may_be_empty(run):
        raise PeriodMissing(rule_set=run.rules.code, period="")
    event, pauses = _start_and_pauses(run)
    if named is not None:
        run.note("new_date_named", named)
        return named
    raw = count_forward(run, event, lengths, pauses)
    for extension in extensions:
        if run.rules.extension is Extension.ROLLED_END:
            raw = end_forward(run, event, raw, lengths)
        run.note("extension_runs", raw)
        raw = count_forward(run, raw, extension, pauses)
    return end_forward(run, event, raw, lengths)


def _with_extensions(run: Run) -> tuple[tuple[Length, ...], list[tuple[Length, ...]], date | None]:
    """Return the period, what is added to it, and the day that an authority named instead, if any."""
    asked, rules = run.asked, run.rules
    spans = asked.parameters.extensions
    if not spans:
        return asked.lengths, [], None
    if spans[-1].new_date is not None:
        return asked.lengths, [], spans[-1].new_date
    if rules.extension is Extension.NONE:
        raise ParameterNotCovered(rule_set=rules.code, parameter="extensions")
    added = [_span_lengths(span.period, span.unit, rules) for span in spans if span.new_date is None]
    if rules.extension is Extension.NEW_TOTAL:
        run.note("new_total", None, period=spans[-1].period, unit=spans[-1].unit)
        return added[-1], [], None
    return asked.lengths, added, None


def _span_lengths(period: str, unit: str, rules: RuleSet) -> tuple[Length, ...]:
    lengths = need_lengths(read_lengths(period, unit, rules), rules)
    if any(length.unit is Unit.HOURS for length in lengths):
        raise UnitNotCovered(rule_set=rules.code, unit=Unit.HOURS.value)
    return lengths


def _start_and_pauses(run: Run) -> tuple[date, list[Interval]]:
    """Return the day from which the count runs and the intervals to leave out of it."""
    event = run.asked.event.day
    pauses = pauses_of(run)
    if not pauses:
        return event, []
    if run.rules.suspension is Suspension.NONE:
        raise ParameterNotCovered(rule_set=run.rules.code, parameter="suspensions")
    if run.rules.suspension is Suspension.STOP_AND_RESUME:
        return event, pauses
    last = pauses[-1][1]
    if last < event:
        raise SuspensionInvalid(last_day=last.isoformat(), start=event.isoformat())
    restarted = run.rules.suspension is Suspension.RESTART
    run.note("restarted" if restarted else "started_on_completion", last)
    return last, []


def _next_in_series(run: Run) -> date:
    """Return the first member of start, start + 1 period, start + 2 periods … after `params.after`."""
    start, after = run.asked.event.day, run.asked.parameters.after
    lengths = need_lengths(run.asked.lengths, run.rules)
    if after is None:
        raise ParameterMissing(rule_set=run.rules.code, parameter="after")
    if len(lengths) > 1 or lengths[0].unit is Unit.WORKING_DAYS:
        raise UnitNotCovered(rule_set=run.rules.code, unit=run.asked.question.unit, direction="periodic")
    length = lengths[0]
    number = max((after - start).days // _longest_days(length), 0)
    while (member := _member(run, start, length, number)) <= after:
        number += 1
    run.note("series_member", member, number=number, after=after.isoformat())
    return member


def _longest_days(length: Length) -> int:
    per_unit = {Unit.MONTHS: _AVERAGE_MONTH_DAYS, Unit.WEEKS: _WEEK}.get(length.unit, 1)
    return length.count * per_unit


def _member(run: Run, start: date, length: Length, number: int) -> date:
    if length.unit is Unit.MONTHS:
        return shift_months(start, number * length.count, run.rules.month_end)
    return shift_days(start, number * _longest_days(length))
