"""One pass through the engine under one reading: the rules in force, the calendar, and the steps taken so far."""

from dataclasses import dataclass, field
from datetime import date

from mobility.domain.calendars import Calendar, CalendarSource, CalendarView
from mobility.domain.time_limits.answers import Argument, Step
from mobility.domain.time_limits.errors import CalendarNotGiven
from mobility.domain.time_limits.questions import Asked
from mobility.domain.time_limits.rule_sets import Direction, RuleSet, SubdivisionHolidays
from mobility.domain.time_limits.working_days import ExplicitHolidays, WorkingDays


@dataclass(slots=True, kw_only=True)
class Run:
    """The working state of one reading; `watched` is the first day whose holidays can change the result."""

    asked: Asked
    rules: RuleSet
    source: CalendarSource
    calendar: str
    instead_of_suspension: bool = False
    steps: list[Step] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    watched: date | None = None
    _days: WorkingDays | None = None

    @property
    def days(self) -> WorkingDays:
        """The working days of whoever must act; raises CalendarNotGiven if nobody said whose they are."""
        if self._days is None:
            self._days = self._open_calendar()
        return self._days

    @property
    def used_calendar(self) -> Calendar | None:
        """The calendar, if a day of it was needed."""
        return self._days.loaded if self._days else None

    def weekend_differs(self) -> bool:
        """Whether a calendar was used whose own weekend is not Saturday and Sunday."""
        return self._days is not None and self._days.weekend_differs()

    def calendar_flags(self) -> frozenset[str]:
        """The cautions of the calendar; where a subdivision was joined to its country, none is missing."""
        if self._days is None or self._days.loaded is None:
            return frozenset()
        joined = len(self._days.codes) > 1
        return self._days.loaded.flags - ({"subdivision_missing"} if joined else frozenset())

    def _open_calendar(self) -> WorkingDays:
        explicit = self.asked.parameters.holidays
        if explicit is not None and self.calendar == self.asked.calendar:
            return WorkingDays(source=ExplicitHolidays(days=explicit), codes=(self.calendar,), view=self._view())
        if not self.calendar:
            raise CalendarNotGiven(rule_set=self.rules.code, calendar="")
        return WorkingDays(
            source=self.source,
            codes=self._codes(),
            view=self._view(),
            instead_of_suspension=self.instead_of_suspension,
        )

    def _codes(self) -> tuple[str, ...]:
        country, _, subdivision = self.calendar.partition("-")
        if self.rules.subdivision_holidays is SubdivisionHolidays.REPLACE or not subdivision:
            return (self.calendar,)
        if self.asked.direction is Direction.BACKWARD:
            return (country,)
        return (country, self.calendar)

    def _view(self) -> CalendarView:
        return CalendarView(
            fixed_weekend=self.rules.fixed_weekend, saturday=self.rules.saturday, closed=self.rules.closed
        )

    def note(self, code: str, day: date | None = None, /, **arguments: Argument) -> None:
        """Record a step, with the article that the rule set names for it."""
        article = self.rules.articles.get(code)
        if article:
            arguments["article"] = article
        self.steps.append(Step(code=code, day=day, arguments=arguments))

    def watch(self, day: date) -> None:
        """Remember that a holiday on or after `day` can change the result."""
        if self.watched is None or day < self.watched:
            self.watched = day
