"""Counts a period on dates: from the event to the end before any roll, forward or backward.

Each step of a composite period runs from the unrolled end of the step before. Days on which the clock was stopped
and days of a standstill are left out here, because they belong to the counting and not to the end.
"""

from datetime import date

from mobility.domain.time_limits.arithmetic import (
    Interval,
    intervals_from,
    merged,
    nth_counted_day,
    shift_days,
    shift_months,
    span_months,
    standstill_interval,
)
from mobility.domain.time_limits.lengths import Length
from mobility.domain.time_limits.rule_sets import Direction, MonthEnd, RuleSet, Standstill, Start, Unit
from mobility.domain.time_limits.run import Run

_WEEK = 7
LISTED_DAYS = 100


def count_forward(run: Run, event: date, lengths: tuple[Length, ...], pauses: list[Interval]) -> date:
    """Return the end of the steps counted one after the other from `event`, before any roll."""
    end = event
    for position, length in enumerate(lengths):
        first_day_counts = position == 0 and run.rules.start is Start.FIRST_DAY_COUNTS
        end = _count_one(run, end, length, pauses, first_day_counts=first_day_counts)
    return end


def _count_one(run: Run, start: date, length: Length, pauses: list[Interval], *, first_day_counts: bool) -> date:
    if counts_working_days(run.rules, length):
        return _working_days_after(run, start, length, pauses, first_day_counts=first_day_counts)
    if length.unit is Unit.DAYS and run.rules.standstills:
        return _days_outside_standstill(run, start, length, pauses)
    if first_day_counts:
        end = _span(start, length)
        _note_period(run, length, end)
    else:
        end = _plain(run, start, length)
    return _add_pauses(run, start, end, pauses)


def counts_working_days(rules: RuleSet, length: Length) -> bool:
    """Return whether that step is counted on working days: by its unit, or because the period is so short."""
    short = length.unit is Unit.DAYS and not length.of_month and length.count <= rules.working_days_up_to
    return length.unit is Unit.WORKING_DAYS or short


def _plain(run: Run, start: date, length: Length) -> date:
    if length.unit is Unit.MONTHS:
        end = shift_months(start, length.count, run.rules.month_end)
        _note_period(run, length, end)
        _note_month_end(run, start, end)
        return end
    end = shift_days(start, length.count * (_WEEK if length.unit is Unit.WEEKS else 1))
    _note_period(run, length, end)
    return end


def _span(first: date, length: Length) -> date:
    if length.unit is Unit.MONTHS:
        return span_months(first, length.count)
    return shift_days(first, length.count * (_WEEK if length.unit is Unit.WEEKS else 1) - 1)


def _note_period(run: Run, length: Length, end: date) -> None:
    if length.of_month:
        run.note("fraction_counted", end, count=length.count)
        return
    run.note("period_counted", end, count=length.count, unit=length.unit.value, direction=run.asked.direction.value)


def _note_month_end(run: Run, start: date, end: date) -> None:
    if end.day == start.day:
        return
    overflowed = run.rules.month_end is MonthEnd.OVERFLOW
    run.note("month_overflowed" if overflowed else "month_clamped", end, missing_day=start.day)


def _working_days_after(
    run: Run, start: date, length: Length, pauses: list[Interval], *, first_day_counts: bool
) -> date:
    run.watch(start)
    before = shift_days(start, -1) if first_day_counts else start
    end = run.days.nth_outside(before, length.count, iter(pauses)) if pauses else run.days.nth(before, length.count)
    _note_working_days(run, shift_days(before, 1), end, length, paused=_paused(pauses, before, end))
    return end


def _note_working_days(
    run: Run, first: date, last: date, length: Length, paused: list[list[str]] | None = None
) -> None:
    brief = (last - first).days <= LISTED_DAYS
    skipped = run.days.skipped(first, last) if brief else run.days.holidays_among(first, last)
    run.note(
        "working_days_counted",
        last if run.asked.direction is not Direction.BACKWARD else first,
        count=length.count,
        direction=run.asked.direction.value,
        skipped=skipped,
        paused=paused or [],
        calendar=run.days.code,
    )


def _paused(pauses: list[Interval], start: date, end: date) -> list[list[str]]:
    return [[first.isoformat(), last.isoformat()] for first, last in pauses if last > start and first <= end]


def _days_outside_standstill(run: Run, start: date, length: Length, pauses: list[Interval]) -> date:
    left_out = intervals_from(start, run.rules.standstills, pauses)
    end = nth_counted_day(start, length.count, left_out)
    _note_period(run, length, end)
    for first, last in standstills_between(run.rules.standstills, start, end):
        run.note("standstill_left_out", None, first=first.isoformat(), last=last.isoformat())
    for first, last in pauses:
        if last > start and first <= end:
            run.note("pause_left_out", None, first=first.isoformat(), last=last.isoformat())
    return end


def standstills_between(standstills: tuple[Standstill, ...], start: date, end: date) -> list[Interval]:
    """Return the standstills that hold a day after `start` and not after `end`, in order."""
    years = range(max(start.year - 1, 1), min(end.year + 1, date.max.year))
    found = sorted(standstill_interval(each, year) for year in years for each in standstills)
    return [(first, last) for first, last in found if last > start and first <= end]


def _add_pauses(run: Run, start: date, end: date, pauses: list[Interval]) -> date:
    """Move the end by the paused days that lie after the start and not after the moving end."""
    for first, last in pauses:
        begin = max(first, shift_days(start, 1))
        if last < begin:
            continue
        if begin > end:
            break
        days = (last - begin).days + 1
        end = shift_days(end, days)
        run.note("pause_added", end, first=begin.isoformat(), last=last.isoformat(), days=days)
    return end


def pauses_of(run: Run) -> list[Interval]:
    """Return the suspended intervals in order, each day once, the first day left in where that is the reading."""
    intervals = list(run.asked.parameters.suspensions)
    if run.rules.first_suspended_day_counts:
        intervals = [(shift_days(first, 1), last) for first, last in intervals if first < last]
    return merged(intervals)


def count_backward(run: Run, event: date, lengths: tuple[Length, ...]) -> date:
    """Return the day that lies the steps before `event`, before any shift or roll."""
    end = event
    for length in lengths:
        if counts_working_days(run.rules, length):
            run.watch(end)
            start, end = end, run.days.nth(end, -length.count)
            _note_working_days(run, end, shift_days(start, -1), length)
        elif length.unit is Unit.MONTHS:
            end = _months_back(run, end, length)
        else:
            end = shift_days(end, -length.count * (_WEEK if length.unit is Unit.WEEKS else 1))
            _note_period(run, length, end)
    return end


def _months_back(run: Run, start: date, length: Length) -> date:
    end = shift_months(start, -length.count, run.rules.month_end)
    _note_period(run, length, end)
    _note_month_end(run, start, end)
    if run.rules.clamped_window_opens_day_after and end.day != start.day:
        end = shift_days(end, 1)
        run.note("opens_after_clamped_day", end)
    return end


def in_standstill(rules: RuleSet, day: date) -> Interval | None:
    """Return the standstill that holds the day, or None."""
    for first, last in standstills_between(rules.standstills, shift_days(day, -1), day):
        if first <= day <= last:
            return first, last
    return None
