"""The derivation of a prepared period: day numbers while counting, the engine's own steps when somebody reads it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date

from mobility.domain.calendars import SATURDAY, Tables
from mobility.domain.time_limits.answers import Step
from mobility.domain.time_limits.counting import LISTED_DAYS as LISTED_WORKING_DAYS
from mobility.domain.time_limits.counting import counts_working_days
from mobility.domain.time_limits.ending import LISTED_DAYS
from mobility.domain.time_limits.lengths import Length
from mobility.domain.time_limits.pieces import Pieces
from mobility.domain.time_limits.rule_sets import MonthEnd, Result, RollTo, Start, Unit
from mobility.domain.time_limits.run import Run

Told = Callable[[date], tuple[Step, ...]]


class Trail:
    """The last day of one trigger; what led there is told when somebody asks."""

    __slots__ = ("_start", "_tell", "day")

    def __init__(self, tell: Told, start: date, day: date) -> None:
        self.day = day
        self._start = start
        self._tell = tell

    def steps(self) -> tuple[Step, ...]:
        """Return the derivation as `compute` gives it for the default reading."""
        return self._tell(self._start)


def teller(run: Run, pieces: Pieces, first: int) -> Told:
    """Return what tells the steps for a trigger; `first` is the ordinal of day number 0."""

    def tell(start: date) -> tuple[Step, ...]:
        return tuple(_Teller(run, pieces).told(pieces.numbers(start.toordinal() - first, start)))

    return tell


class _Teller:
    """Writes the steps of one trail with the articles of its rule set."""

    def __init__(self, run: Run, pieces: Pieces) -> None:
        self._pieces, self._rules, self._kind = pieces, run.rules, run.asked.kind
        self._run = Run(asked=run.asked, rules=run.rules, source=run.source, calendar=run.calendar)
        self._code = run.calendar

    def told(self, numbers: tuple[int, ...]) -> list[Step]:
        first_counts = self._rules.start is Start.FIRST_DAY_COUNTS
        if self._run.asked.question.rule_set != self._rules.code:
            self._note("counted_as", None, rule_set=self._rules.code, law=self._rules.law)
        self._note("first_day_counts" if first_counts else "event_excluded", numbers[0])
        *ends, shifted, rolled, last = numbers
        for place, length in enumerate(self._pieces.lengths):
            self._tell_length(length, ends[place], ends[place + 1], first_in=first_counts and not place)
        self._tell_shift(ends[-1], shifted)
        if self._pieces.roll is None:
            self._tell_not_moved(shifted)
        else:
            self._tell_inside(ends[0], ends[-1])
            self._tell_roll(shifted, rolled)
        if last != rolled:
            self._tell_minimum(ends[0], rolled, last)
        return self._run.steps

    def _note(self, code: str, number: int | None, /, **arguments: str | int | list[object]) -> None:
        self._run.note(code, None if number is None else self._pieces.days[number], **arguments)

    def _tell_length(self, length: Length, start: int, end: int, *, first_in: bool) -> None:
        if counts_working_days(self._rules, length):
            self._tell_working_days(length, start + (not first_in), end)
            return
        if length.of_month:
            self._note("fraction_counted", end, count=length.count)
        else:
            self._note("period_counted", end, count=length.count, unit=length.unit.value, direction="forward")
        missing = self._pieces.days[start].day
        if length.unit is Unit.MONTHS and not first_in and self._pieces.days[end].day != missing:
            overflow = self._rules.month_end is MonthEnd.OVERFLOW
            self._note("month_overflowed" if overflow else "month_clamped", end, missing_day=missing)

    def _tell_working_days(self, length: Length, first: int, last: int) -> None:
        brief = last - first <= LISTED_WORKING_DAYS
        skipped = self._closed(first, last) if brief else self._holidays(first, last)
        self._note(
            "working_days_counted",
            last,
            count=length.count,
            direction="forward",
            skipped=skipped,
            paused=[],
            calendar=self._code,
        )

    def _tell_shift(self, raw: int, shifted: int) -> None:
        rules, end = self._rules, raw
        if rules.days_after_end:
            end += rules.days_after_end
            self._note("day_added", end, days=rules.days_after_end)
        if self._kind in rules.forward_full_days:
            end += 1
            self._note("both_ends_excluded", end)
        if rules.result is not Result.LAST_DAY:
            self._note(rules.result.value, shifted)

    def _tell_not_moved(self, end: int) -> None:
        """Say that a day nobody works stays where it is; without a calendar only the usual weekend is known."""
        in_working_days = any(counts_working_days(self._rules, length) for length in self._pieces.lengths)
        tables, day = self._pieces.tables, self._pieces.days[end]
        known = in_working_days and tables is not None
        if (not self._works(end)) if known else day.weekday() >= SATURDAY:
            self._note("not_moved", end, reason="kind" if self._rules.rolls else "never", kind=self._kind.value)

    def _tell_inside(self, event: int, raw: int) -> None:
        in_working_days = any(counts_working_days(self._rules, length) for length in self._pieces.lengths)
        if in_working_days or raw - event > LISTED_DAYS:
            return
        found = self._holidays(event + 1, raw - 1)
        if found:
            self._note("holidays_inside", None, holidays=found, calendar=self._code)

    def _tell_roll(self, end: int, moved: int) -> None:
        if moved == end:
            return
        back = self._rules.roll_to is RollTo.PREVIOUS
        skipped = self._closed(moved + 1, end) if back else self._closed(end, moved - 1)
        self._note("rolled_back" if back else "rolled", moved, skipped=skipped, calendar=self._code)

    def _tell_minimum(self, event: int, rolled: int, last: int) -> None:
        before = self._tables.before
        missing = self._pieces.minimum - (before[rolled + 1] - before[event + 1])
        self._note("minimum_working_days", last, minimum=self._pieces.minimum, added=missing)

    @property
    def _tables(self) -> Tables:
        assert self._pieces.tables is not None, "asked only where a calendar was opened"
        return self._pieces.tables

    def _works(self, number: int) -> bool:
        before = self._tables.before
        return before[number + 1] > before[number]

    def _closed(self, first: int, last: int) -> list[object]:
        tables = self._tables
        return list(tables.closed[first - tables.before[first] : last + 1 - tables.before[last + 1]])

    def _holidays(self, first: int, last: int) -> list[object]:
        numbers = self._tables.holiday_numbers
        found = slice(bisect_left(numbers, first), bisect_right(numbers, last))
        return list(self._tables.holidays[found])
