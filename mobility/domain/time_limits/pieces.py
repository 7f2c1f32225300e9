"""One reading of a forward period as arithmetic on day numbers: each length, what follows its end, roll, minimum.

Day number 0 is the first of January of the first year that was prepared; see `calendars.Tables`. A number beyond the
last year is an IndexError, which `prepared` turns into its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mobility.domain.calendars import Tables
from mobility.domain.time_limits.counting import counts_working_days
from mobility.domain.time_limits.ending import needs_minimum
from mobility.domain.time_limits.lengths import Length
from mobility.domain.time_limits.rule_sets import MonthEnd, Result, RollTo, RuleSet, Start, Unit
from mobility.domain.time_limits.run import Run

_WEEK = 7
_MONTHS = 12

Years = tuple[int, int]
Count = Callable[[int, date], int]
"""From a day, as number and date, to the number of the day on which a period from it ends."""

Move = Callable[[int], int]
"""From the number of an end to the number to which the law moves it."""


@lru_cache(maxsize=64)
def axis(years: Years) -> tuple[int, list[date], list[int]]:
    """Return the ordinal of day number 0, the day of each number, and the number with which each month begins."""
    first = date(years[0], 1, 1).toordinal()
    days = [date.fromordinal(ordinal) for ordinal in range(first, date(years[1], 12, 31).toordinal() + 1)]
    months = [number for number, day in enumerate(days) if day.day == 1]
    return first, days, [*months, len(days)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """What happens from the trigger to the last day, in this order; `tables` is None where no calendar matters.

    `distance` is the number of days from trigger to end where nothing but the roll can change it.
    """

    lengths: tuple[Length, ...]
    counts: tuple[Count, ...]
    tables: Tables | None
    shift: Move | None
    roll: Move | None
    roll_to: RollTo
    minimum: int
    distance: int | None
    first_in: bool
    days: list[date]

    def direct(self) -> tuple[int, int] | None:
        """Return `a, b` where the last day is simply the working day number `before[trigger + a] + b`; else None."""
        length = self.lengths[0]
        if self.tables is None or self.minimum or self.shift is not None or len(self.lengths) > 1:
            return None
        if self.distance is not None:
            return (self.distance, 0) if self.roll is not None and self.roll_to is RollTo.NEXT else None
        in_working_days = length.unit is not Unit.MONTHS and self.roll is None
        return (1 - self.first_in, length.count - 1) if in_working_days else None

    def numbers(self, number: int, start: date) -> tuple[int, ...]:
        """Return the numbers of the trigger, of the end of each length, and of the day after shift, roll, minimum."""
        ends, at = [number], start
        for count in self.counts:
            ends.append(count(ends[-1], at))
            at = self.days[ends[-1]]
        shifted = ends[-1] if self.shift is None else self.shift(ends[-1])
        last = rolled = shifted if self.roll is None else self.roll(shifted)
        if self.minimum and self.tables is not None:
            last = max(rolled, self.tables.working[self.tables.before[number + 1] + self.minimum - 1])
        return (*ends, shifted, rolled, last)

    def composed(self) -> Count:
        """Return all of it as one count, in as few calls as this period allows."""
        count = self.counts[0] if len(self.counts) == 1 else _chained(self.counts, self.days)
        if self.shift is not None:
            count = _moved(count, self.shift)
        if self.tables is None:
            return count
        return self._rolled(count, self.tables) if self.roll is not None else self._with_minimum(count, self.tables)

    def _rolled(self, count: Count, tables: Tables) -> Count:
        if self.roll_to is not RollTo.NEXT:
            assert self.roll is not None
            return self._with_minimum(_moved(count, self.roll), tables)
        before, working, missing = tables.before, tables.working, self.minimum - 1
        if self.minimum:
            # the place of the rolled end among the working days, or that of the last one that the minimum asks for
            return lambda number, start: working[max(before[count(number, start)], before[number + 1] + missing)]
        distance = self.distance
        if distance is not None:
            return lambda number, start: working[before[number + distance]]
        return lambda number, start: working[before[count(number, start)]]

    def _with_minimum(self, count: Count, tables: Tables) -> Count:
        """Go on until so many working days lie after the trigger, the end included."""
        if not self.minimum:
            return count
        before, working, missing = tables.before, tables.working, self.minimum - 1

        def enough(number: int, start: date) -> int:
            end, least = count(number, start), working[before[number + 1] + missing]
            return end if end >= least else least

        return enough


def pieces_of(run: Run, years: Years) -> Pieces:
    """Return the pieces of a run's period; opens its calendar for all the years if one is needed.

    Raises CalendarMissing and CalendarNotGiven.
    """
    rules, lengths = run.rules, run.asked.lengths
    rolls, minimum = run.asked.kind in rules.rolls, _minimum(run, lengths)
    needed = rolls or minimum or any(counts_working_days(rules, length) for length in lengths)
    tables = _open(run, years) if needed else None
    first_in = rules.start is Start.FIRST_DAY_COUNTS
    shift = _shift(run, years)
    counts = [
        _of_length(rules, each, tables, years, first_in=first_in and not place) for place, each in enumerate(lengths)
    ]
    return Pieces(
        lengths=lengths,
        counts=tuple(counts),
        tables=tables,
        shift=shift,
        roll=_roll(rules, tables) if rolls and tables is not None else None,
        roll_to=rules.roll_to,
        minimum=minimum,
        distance=_distance(rules, lengths[0], first_in=first_in) if len(lengths) == 1 and shift is None else None,
        first_in=first_in,
        days=axis(years)[1],
    )


def _minimum(run: Run, lengths: tuple[Length, ...]) -> int:
    """Return the minimum of working days if this period has one; of steps, one of them is at least that long."""
    event = date(2000, 1, 1)
    long_enough = date(2001, 1, 1)
    return run.rules.minimum_working_days if needs_minimum(run, event, long_enough, lengths) else 0


def _open(run: Run, years: Years) -> Tables:
    """Load the calendar for all the years at once; a year without data is an error here, not a closed day."""
    run.days.is_working(date(years[1], 12, 31))
    run.days.is_working(date(years[0], 1, 1))
    assert run.used_calendar is not None, "a calendar that answered is loaded"
    return run.used_calendar.tables()


def _of_length(rules: RuleSet, length: Length, tables: Tables | None, years: Years, *, first_in: bool) -> Count:
    if tables is not None and counts_working_days(rules, length):
        before, working, place = tables.before, tables.working, length.count - 1
        if first_in:
            return lambda number, start: working[before[number] + place]
        return lambda number, start: working[before[number + 1] + place]
    if length.unit is Unit.MONTHS:
        return _span(length.count, years) if first_in else _months(rules, length.count, years)
    distance = _distance(rules, length, first_in=first_in)
    assert distance is not None, "only days and weeks are left"
    return lambda number, start: number + distance


def _distance(rules: RuleSet, length: Length, *, first_in: bool) -> int | None:
    """Return how many days a length in days or weeks is; None where the calendar decides."""
    if length.unit is Unit.MONTHS or counts_working_days(rules, length):
        return None
    return length.count * (_WEEK if length.unit is Unit.WEEKS else 1) - first_in


def _months(rules: RuleSet, count: int, years: Years) -> Count:
    """Count months: the same day number, else what the law makes of a day that is missing."""
    begins, zero = axis(years)[2], years[0] * _MONTHS + 1 - count
    short = rules.month_end is not MonthEnd.OVERFLOW

    def same_number(number: int, start: date) -> int:
        month = start.year * _MONTHS + start.month - zero
        end, following = begins[month] + start.day - 1, begins[month + 1]
        return end if end < following else following - short

    return same_number


def _span(count: int, years: Years) -> Count:
    """Count months whose first day counts (BGB 188(2), (3)); see `arithmetic.span_months`."""
    begins, zero = axis(years)[2], years[0] * _MONTHS + 1 - count

    def before_same_number(number: int, start: date) -> int:
        month = start.year * _MONTHS + start.month - zero
        begin, day = begins[month], start.day
        length = begins[month + 1] - begin
        return begin + day - 2 if day <= length else begin + min(day - 1, length) - 1

    return before_same_number


def _chained(counts: tuple[Count, ...], days: list[date]) -> Count:
    """Return steps one after the other, each from the unrolled end of the one before."""

    def chained(number: int, start: date) -> int:
        for count in counts:
            number = count(number, days[number])
        return number

    return chained


def _moved(count: Count, move: Move) -> Count:
    return lambda number, start: move(count(number, start))


def _shift(run: Run, years: Years) -> Move | None:
    """Return what the law adds after the end: days, or the step to the first or last day of a month."""
    rules = run.rules
    added = rules.days_after_end + (run.asked.kind in rules.forward_full_days) + (rules.result is Result.DAY_AFTER)
    if rules.result in (Result.LAST_DAY, Result.DAY_AFTER):
        return (lambda end: end + added) if added else None
    _, days, begins = axis(years)
    next_month = int(rules.result is not Result.FIRST_OF_MONTH)
    back = int(rules.result is Result.LAST_OF_MONTH)
    zero = years[0] * _MONTHS + 1 - next_month

    def in_month(end: int) -> int:
        day = days[end + added]
        return begins[day.year * _MONTHS + day.month - zero] - back

    return in_month


def _roll(rules: RuleSet, tables: Tables) -> Move:
    before, working = tables.before, tables.working
    if rules.roll_to is RollTo.NEXT:
        return lambda end: working[before[end]]

    def previous(end: int) -> int:
        place = before[end + 1] - 1
        if place < 0:
            raise IndexError(place)
        return working[place]

    return previous
