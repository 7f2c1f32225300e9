"""Working days as one question needs them: the right calendars, seen through its law, loaded year by year.

A question rarely knows beforehand which years it will touch, and a year without data must only be an error if it
matters. So the calendar starts with the years asked for and grows by one year whenever a day outside is needed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from mobility.domain.calendars import (
    Calendar,
    CalendarMissing,
    CalendarSource,
    CalendarView,
    saturday_sunday,
    union,
)
from mobility.domain.time_limits.arithmetic import Interval, shift_days
from mobility.domain.time_limits.errors import DateOutOfRange

Value = TypeVar("Value")
Skipped = list[list[str]]

_DAYS_PER_YEAR = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplicitHolidays:
    """A calendar source for a list of holidays that is complete for the days that matter."""

    days: tuple[date, ...]

    def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
        """Return those holidays with the weekend on Saturday and Sunday."""
        return Calendar(
            code=code,
            first_year=first_year,
            last_year=last_year,
            weekend=saturday_sunday,
            holidays=dict.fromkeys(self.days, ""),
            package="explicit",
        )


@dataclass(slots=True, kw_only=True)
class WorkingDays:
    """The calendar of one question; `codes` are joined (a day works only if it works on all)."""

    source: CalendarSource
    codes: tuple[str, ...]
    view: CalendarView = field(default_factory=CalendarView)
    instead_of_suspension: bool = False
    _calendar: Calendar | None = None
    _unviewed: Calendar | None = None

    @property
    def code(self) -> str:
        """The code a reader is told: the most particular of the calendars."""
        return self.codes[-1]

    @property
    def loaded(self) -> Calendar | None:
        """The calendar as far as it was needed; None if no day was ever asked."""
        return self._calendar

    def _load(self, first_year: int, last_year: int) -> Calendar:
        if not 1 <= first_year <= last_year <= date.max.year:
            raise DateOutOfRange(year=first_year if first_year < 1 else last_year)
        members = [self.source.calendar(code, first_year, last_year) for code in self.codes]
        if self.instead_of_suspension:
            members = [member.otherwise or member for member in members]
        self._unviewed = union(members)
        self._calendar = self._unviewed.viewed(self.view)
        return self._calendar

    def weekend_differs(self) -> bool:
        """Return whether the calendar's own weekend, before any view, is not Saturday and Sunday."""
        return self._unviewed is not None and not self._unviewed.rests_on_saturday_and_sunday()

    def _ask(self, day: date, question: Callable[[Calendar], Value], ahead: int = 0) -> Value:
        """Answer from the loaded years; grow by the year that turns out to be missing.

        `ahead` is a number of days that the answer is certain to be away, so that long counts load at once.
        """
        calendar = self._calendar
        if calendar is None or not calendar.covers(day):
            calendar = self._reach(day.year)
        if abs(ahead) > _DAYS_PER_YEAR:
            calendar = self._reach(shift_days(day, ahead).year)
        while True:
            try:
                return question(calendar)
            except CalendarMissing as missing:
                year = missing.parameters.get("year")
                if not isinstance(year, int) or calendar.first_year <= year <= calendar.last_year:
                    raise
                calendar = self._reach(year)

    def _reach(self, year: int) -> Calendar:
        calendar = self._calendar
        if calendar is None:
            return self._load(year, year)
        if calendar.first_year <= year <= calendar.last_year:
            return calendar
        return self._load(min(calendar.first_year, year), max(calendar.last_year, year))

    def is_working(self, day: date) -> bool:
        """Return whether the day is a working day."""
        return self._ask(day, lambda calendar: calendar.is_working(day))

    def next(self, day: date) -> date:
        """Return the day itself or the next working day."""
        return self._ask(day, lambda calendar: calendar.roll_forward(day))

    def previous(self, day: date) -> date:
        """Return the day itself or the working day before it."""
        return self._ask(day, lambda calendar: calendar.roll_backward(day))

    def nth(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`; before it, if n is negative."""
        return self._ask(day, lambda calendar: calendar.nth_working_day(day, n), ahead=n)

    def between(self, first: date, last: date) -> int:
        """Return the number of working days from `first` to `last`, both included."""
        if last < first:
            return 0
        self._ask(first, lambda calendar: calendar.is_working(first))
        return self._ask(last, lambda calendar: calendar.working_days_between(first, last))

    def nth_outside(self, day: date, n: int, left_out: Iterable[Interval]) -> date:
        """Return the n-th working day after `day` that lies in none of the intervals (in order of their start)."""
        for first, last in left_out:
            if first > day:
                free = self.between(shift_days(day, 1), shift_days(first, -1))
                if free >= n:
                    break
                n -= free
            day = max(day, last)
        return self.nth(day, n)

    def skipped(self, first: date, last: date) -> Skipped:
        """Return the days from `first` to `last` that are not working days, with reason and name."""
        result: Skipped = []
        day = first
        while day <= last:
            reason = self.closure(day)
            if reason:
                result.append([day.isoformat(), reason, self.name(day)])
            if day == date.max:
                break
            day = shift_days(day, 1)
        return result

    def closure(self, day: date) -> str:
        """Return why the day is not a working day; empty for a working day."""
        return self._ask(day, lambda calendar: calendar.closure(day))

    def name(self, day: date) -> str:
        """Return the holiday's English name, or nothing."""
        return self._ask(day, lambda calendar: calendar.holiday_name(day)) or ""

    def reach_if_known(self, day: date) -> None:
        """Load the years up to that of `day` for the sake of names; years without data stay unloaded."""
        try:
            self._reach(day.year)
        except CalendarMissing:
            return

    def holidays_among(self, first: date, last: date) -> Skipped:
        """Return the holidays from `first` to `last` as far as their years are loaded; loads nothing."""
        if self._calendar is None:
            return []
        found = self._calendar.holidays_between(first, last)
        return [[day.isoformat(), "holiday", name] for day, name in found]
