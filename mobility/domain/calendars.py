"""Which days somebody works: one calendar per country, subdivision or institution, over whole years.

A calendar is built once from its weekend (a function of the date, because weekends change), its holidays, its
make-up working days and local overrides; after that every question is answered from prefix sums. Where the
days come from (packages, files, overrides entered by an administrator) is the business of `mobility.calendars`.
A year that was not loaded is an error, never a year without holidays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple, Protocol

from mobility.domain.errors import DomainError

Weekend = Callable[[date], bool]
Season = tuple[tuple[int, int], tuple[int, int]]

SATURDAY = 5


class CalendarMissing(DomainError):
    """There are no data for that calendar or year; `reason` says what is missing."""

    code = "calendar_missing"


class CalendarSource(Protocol):
    """Hands out calendars; asks for whole years, both included."""

    def calendar(self, code: str, first_year: int, last_year: int) -> "Calendar":
        """Return the calendar, or raise CalendarMissing when a part of it has no data."""
        ...


def saturday_sunday(day: date) -> bool:
    """Return whether the day is a Saturday or a Sunday, the weekend that Regulation 1182/71 Art 2(2) fixes."""
    return day.weekday() >= SATURDAY


def dated_weekends(spans: Sequence[tuple[date, frozenset[int]]]) -> Weekend:
    """Return a weekend that changes over time: pairs of the first day and the weekdays (Monday is 0).

    The pairs are in order of their first day; before the first of them its weekdays apply as well.
    """
    if not spans or any(later[0] <= earlier[0] for earlier, later in pairwise(spans)):
        raise ValueError("dated weekends need at least one span, in order of their first day")

    def is_weekend(day: date) -> bool:
        weekdays = spans[0][1]
        for first, others in spans[1:]:
            if day < first:
                break
            weekdays = others
        return day.weekday() in weekdays

    return is_weekend


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One day that an administrator opened or closed, with the reason and the person who answers for it."""

    calendar: str
    day: date
    working: bool
    name: str = ""
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    """How a body of law looks at a calendar: its own weekend, Saturdays, and seasons when offices are shut."""

    fixed_weekend: bool = False
    saturday: str = "calendar"
    closed: tuple[Season, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        return not self.fixed_weekend and self.saturday == "calendar" and not self.closed


class Tables(NamedTuple):
    """What arithmetic without questions needs: day number d is `date.fromordinal(first + d)`.

    `before[d]` is the number of working days before day d, `working[k]` the number of the k-th working day, `closed`
    the other days in order as triples of ISO date, reason and name. `holidays` are such triples too, also those on
    weekends, and `holiday_numbers` their days.
    """

    first: int
    before: list[int]
    working: list[int]
    closed: list[list[str]]
    holidays: list[list[str]]
    holiday_numbers: list[int]


class Calendar:
    """The working days of one country, subdivision or institution from `first_year` to `last_year`."""

    __slots__ = (
        "_closed",
        "_first",
        "_holidays",
        "_make_up",
        "_prefix",
        "_tables",
        "_views",
        "_weekend",
        "_working",
        "code",
        "estimated",
        "first_year",
        "flags",
        "last_year",
        "otherwise",
        "overrides",
        "package",
        "package_version",
    )

    def __init__(
        self,
        *,
        code: str,
        first_year: int,
        last_year: int,
        weekend: Weekend,
        holidays: Mapping[date, str],
        make_up: frozenset[date] = frozenset(),
        estimated: frozenset[date] = frozenset(),
        closed: Sequence[Season] = (),
        overrides: Iterable[Override] = (),
        otherwise: "Calendar | None" = None,
        flags: frozenset[str] = frozenset(),
        package: str = "",
        package_version: str = "",
    ) -> None:
        """Build the tables.

        `make_up` are weekend days that were declared working days. `closed` are seasons of the year, given as
        month and day of both ends, on which offices are shut besides holidays. `otherwise` is the same calendar
        as it would be if its suspension by emergency law did not apply. `flags` are cautions about the data.
        """
        if not 1 <= first_year <= last_year <= 9999:
            raise CalendarMissing(calendar=code, first_year=first_year, last_year=last_year, reason="range")
        self.code = code
        self.first_year = first_year
        self.last_year = last_year
        self.estimated = estimated
        self.overrides = tuple(overrides)
        self.otherwise = otherwise
        self.flags = flags
        self.package = package
        self.package_version = package_version
        self._weekend = weekend
        self._holidays = dict(holidays)
        self._make_up = make_up
        self._closed = tuple(closed)
        self._views: dict[CalendarView, Calendar] = {}
        self._tables: Tables | None = None
        self._fill()

    def _fill(self) -> None:
        self._first = date(self.first_year, 1, 1).toordinal()
        last = date(self.last_year, 12, 31).toordinal()
        self._prefix = [0]
        self._working: list[int] = []
        for ordinal in range(self._first, last + 1):
            if not self._reason(date.fromordinal(ordinal)):
                self._working.append(ordinal)
            self._prefix.append(len(self._working))

    def _reason(self, day: date) -> str:
        if self._in_closed_season(day):
            return "closed"
        if self._weekend(day):
            return "" if day in self._make_up else "weekend"
        return "holiday" if day in self._holidays else ""

    def _in_closed_season(self, day: date) -> bool:
        here = (day.month, day.day)
        return any(
            first <= here <= last if first <= last else here >= first or here <= last for first, last in self._closed
        )

    def _index(self, day: date) -> int:
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarMissing(calendar=self.code, year=day.year, reason="year_not_loaded")
        return day.toordinal() - self._first

    def _nth(self, position: int) -> date:
        if position < 0:
            raise CalendarMissing(calendar=self.code, year=self.first_year - 1, reason="year_not_loaded")
        if position >= len(self._working):
            raise CalendarMissing(calendar=self.code, year=self.last_year + 1, reason="year_not_loaded")
        return date.fromordinal(self._working[position])

    def covers(self, day: date) -> bool:
        """Return whether the year of that day was loaded."""
        return self.first_year <= day.year <= self.last_year

    def is_working(self, day: date) -> bool:
        """Return whether the day is a working day; raises CalendarMissing outside the years loaded."""
        index = self._index(day)
        return self._prefix[index + 1] > self._prefix[index]

    def closure(self, day: date) -> str:
        """Return why the day is not a working day: holiday, weekend, closed; empty for a working day.

        A holiday that falls on a weekend is called a holiday, because that is what a reader looks for.
        """
        if self.is_working(day):
            return ""
        return "holiday" if day in self._holidays else self._reason(day)

    def is_weekend(self, day: date) -> bool:
        """Return whether the day belongs to the weekend, make-up working days included."""
        self._index(day)
        return self._weekend(day)

    def holiday_name(self, day: date) -> str | None:
        """Return the holiday's English name, also where it falls on a weekend; None on any other day."""
        self._index(day)
        return self._holidays.get(day)

    def holidays_between(self, first: date, last: date) -> list[tuple[date, str]]:
        """Return the holidays from `first` to `last`, both included, in order, as far as years are loaded."""
        return sorted((day, name) for day, name in self._holidays.items() if first <= day <= last)

    def is_estimated(self, day: date) -> bool:
        """Return whether the day is a holiday whose date is not certain yet."""
        self._index(day)
        return day in self.estimated

    def roll_forward(self, day: date) -> date:
        """Return the day itself if it is a working day, otherwise the next working day."""
        return self._nth(self._prefix[self._index(day)])

    def roll_backward(self, day: date) -> date:
        """Return the day itself if it is a working day, otherwise the working day before it."""
        return self._nth(self._prefix[self._index(day) + 1] - 1)

    def nth_working_day(self, day: date, n: int) -> date:
        """Return the n-th working day after `day` (before it, if n is negative); `day` itself never counts.

        n = 0 gives the day itself or the next working day.
        """
        index = self._index(day)
        if n == 0:
            return self._nth(self._prefix[index])
        if n > 0:
            return self._nth(self._prefix[index + 1] + n - 1)
        return self._nth(self._prefix[index] + n)

    def working_days_between(self, first: date, last: date) -> int:
        """Return the number of working days from `first` to `last`, both included; 0 if they are reversed."""
        if last < first:
            return 0
        return self._prefix[self._index(last) + 1] - self._prefix[self._index(first)]

    def tables(self) -> Tables:
        """Return the days as tables, for whoever counts many periods on them; made once, not to be changed."""
        if self._tables is None:
            first = self._first
            working = [ordinal - first for ordinal in self._working]
            open_days = set(working)
            closed = [self._closed_day(first + n) for n in range(len(self._prefix) - 1) if n not in open_days]
            named = sorted((day, name) for day, name in self._holidays.items() if self.covers(day))
            holidays = [[day.isoformat(), "holiday", name] for day, name in named]
            numbers = [day.toordinal() - first for day, _ in named]
            self._tables = Tables(first, self._prefix, working, closed, holidays, numbers)
        return self._tables

    def _closed_day(self, ordinal: int) -> list[str]:
        day = date.fromordinal(ordinal)
        return [day.isoformat(), self.closure(day), self.holiday_name(day) or ""]

    def rests_on_saturday_and_sunday(self) -> bool:
        """Return whether the weekend is Saturday and Sunday on each day of the years loaded."""
        start, stop = self._first, self._first + len(self._prefix) - 1
        days = map(date.fromordinal, range(start, stop))
        return self._weekend is saturday_sunday or all(self._weekend(day) == saturday_sunday(day) for day in days)

    def viewed(self, view: CalendarView) -> "Calendar":
        """Return the calendar as a body of law looks at it; the result is kept for the next question.

        A law that fixes the weekend fixes it against make-up working days as well.
        """
        if view.changes_nothing:
            return self
        if view not in self._views:
            self._views[view] = self._as_viewed(view)
        return self._views[view]

    def _as_viewed(self, view: CalendarView) -> "Calendar":
        return Calendar(
            code=self.code,
            first_year=self.first_year,
            last_year=self.last_year,
            weekend=_with_saturday(saturday_sunday if view.fixed_weekend else self._weekend, view.saturday),
            holidays=self._holidays,
            make_up=frozenset() if view.fixed_weekend else self._make_up,
            estimated=self.estimated,
            closed=(*self._closed, *view.closed),
            overrides=self.overrides,
            otherwise=self.otherwise.viewed(view) if self.otherwise else None,
            flags=self.flags,
            package=self.package,
            package_version=self.package_version,
        )


def _with_saturday(weekend: Weekend, saturday: str) -> Weekend:
    if saturday == "working":
        return lambda day: day.weekday() != SATURDAY and weekend(day)
    if saturday == "non_working":
        return lambda day: day.weekday() == SATURDAY or weekend(day)
    return weekend


def union(calendars: Sequence[Calendar]) -> Calendar:
    """Return the calendar on which a day works only if it works in all of them.

    It covers the years that all of them cover; raises CalendarMissing when there are none.
    """
    if not calendars:
        raise ValueError("a union needs at least one calendar")
    if len(calendars) == 1:
        return calendars[0]
    first_year = max(calendar.first_year for calendar in calendars)
    last_year = min(calendar.last_year for calendar in calendars)
    code = "+".join(calendar.code for calendar in calendars)
    if first_year > last_year:
        raise CalendarMissing(calendar=code, first_year=first_year, last_year=last_year, reason="range")
    versions = dict.fromkeys((calendar.package, calendar.package_version) for calendar in calendars)
    return Calendar(
        code=code,
        first_year=first_year,
        last_year=last_year,
        weekend=lambda day: any(each.closure(day) in ("weekend", "closed") for each in calendars),
        holidays=_joined_holidays(calendars, first_year, last_year),
        estimated=frozenset().union(*(calendar.estimated for calendar in calendars)),
        overrides=[override for calendar in calendars for override in calendar.overrides],
        flags=frozenset().union(*(calendar.flags for calendar in calendars)),
        package="+".join(package for package, _ in versions),
        package_version="+".join(version for _, version in versions),
    )


def _joined_holidays(calendars: Sequence[Calendar], first_year: int, last_year: int) -> dict[date, str]:
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    names: dict[date, dict[str, None]] = {}
    for calendar in calendars:
        for day, name in calendar.holidays_between(first, last):
            if not calendar.is_working(day):
                names.setdefault(day, {})[name] = None
    return {day: "; ".join(texts) for day, texts in names.items()}
