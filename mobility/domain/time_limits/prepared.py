"""A period prepared once and counted for many trigger days: the fast path beside `compute`.

`prepare` reads a question and looks up its rules, readings and calendars one time; what is left for each day is
arithmetic on prefix sums (`pieces`). Covered are forward periods in days and more whose law leaves nothing to the
single case: no pauses, extensions, hours, candidates or standstill. Everything else is refused; `bulk` then asks
`compute`. Days and bounds equal those of `compute`, to which the tests hold it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from mobility.domain.calendars import Calendar, CalendarSource
from mobility.domain.errors import DomainError
from mobility.domain.time_limits.engine import asked_under, find_rules, other_readings, with_parameters
from mobility.domain.time_limits.errors import CalendarNotGiven
from mobility.domain.time_limits.pieces import Pieces, Years, axis, pieces_of
from mobility.domain.time_limits.questions import Asked, TimeLimit, read
from mobility.domain.time_limits.rule_sets import Direction, Procedure, RuleSet, Unit
from mobility.domain.time_limits.run import Run
from mobility.domain.time_limits.trails import Told, Trail, teller

_NOT_COVERED = ("suspensions", "extensions", "stays", "candidates", "renewal", "notice", "after", "holidays")

Readings = tuple[Callable[[date], date], ...]
Bounds = tuple[date, date, date]
"""The last day under the default reading, the earliest and the latest defensible one."""


class NotPreparable(DomainError):
    """The question needs the whole engine; `because` says why."""

    code = "not_preparable"


class OutsidePreparedYears(LookupError):
    """The trigger or the end lies outside the years that were prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPeriod:
    """One period under one law and calendar; everything asked of it raises OutsidePreparedYears beyond its years.

    `day` gives the last day under the default reading; `explained` the same with what led to it, whose `steps()` are
    those of `compute`; `bounds` the last day with the earliest and the latest one.
    """

    day: Callable[[date], date]
    explained: Callable[[date], Trail]
    readings: Readings

    def bounds(self, start: date) -> Bounds:
        """Return the last day with the earliest and the latest one."""
        day = self.day(start)
        if not self.readings:
            return day, day, day
        found = [day, *(reading(start) for reading in self.readings)]
        return day, min(found), max(found)


def _by_date(pieces: Pieces, years: Years) -> Callable[[date], date]:
    """Return the count from date to date: closures, because they are asked a million times."""
    first, days, _ = axis(years)
    direct = pieces.direct()
    if direct is not None and pieces.tables is not None:
        return _straight(first, direct, pieces.tables.before, [days[number] for number in pieces.tables.working])
    count = pieces.composed()

    def last_day(start: date) -> date:
        number = start.toordinal() - first
        if number >= 0:
            try:
                return days[count(number, start)]
            except IndexError:
                pass
        raise OutsidePreparedYears(start)

    return last_day


def _straight(
    first: int, direct: tuple[int, int], before: list[int], working_days: list[date]
) -> Callable[[date], date]:
    ahead, further = direct[0] - first, direct[1]

    def last_day(start: date) -> date:
        ordinal = start.toordinal()
        if ordinal >= first:
            try:
                return working_days[before[ordinal + ahead] + further]
            except IndexError:
                pass
        raise OutsidePreparedYears(start)

    return last_day


def _explained(day: Callable[[date], date], tell: Told) -> Callable[[date], Trail]:
    return lambda start: Trail(tell, start, day(start))


def prepare(
    question: TimeLimit, *, years: Years, rule_sets: Mapping[str, RuleSet], calendars: CalendarSource
) -> PreparedPeriod:
    """Return the question's period for triggers and ends within the years; its own start is any day of them.

    Raises NotPreparable where the fast path does not reach, and the engine's errors for what the engine refuses.
    """
    rules = find_rules(question, rule_sets)
    asked = with_parameters(read(question, rules))
    _check_covered(asked, years)
    run = Run(asked=asked, rules=asked.rules, source=calendars, calendar=asked.calendar)
    pieces = pieces_of(run, years)
    used = run.used_calendar
    if used is not None and used.otherwise is not None:
        raise NotPreparable(because="calendar_suspended_by_law", calendar=used.code)
    readings = _readings(asked, years, calendars, weekend_differs=_weekend_differs(asked, used, years, calendars))
    day = _by_date(pieces, years)
    return PreparedPeriod(day=day, explained=_explained(day, teller(run, pieces, axis(years)[0])), readings=readings)


def _readings(asked: Asked, years: Years, calendars: CalendarSource, *, weekend_differs: bool) -> Readings:
    found: list[Callable[[date], date]] = []
    for _, rules, calendar in other_readings(asked, weekend_differs=weekend_differs):
        run = Run(asked=asked_under(asked, rules), rules=rules, source=calendars, calendar=calendar)
        try:
            found.append(_by_date(pieces_of(run, years), years))
        except CalendarNotGiven:
            continue
    return tuple(found)


def _check_covered(asked: Asked, years: Years) -> None:
    rules, units = asked.rules, {length.unit for length in asked.lengths}
    if rules.procedure is not Procedure.PERIOD or asked.direction is not Direction.FORWARD:
        raise NotPreparable(because="procedure", rule_set=rules.code, direction=asked.direction.value)
    for name in _NOT_COVERED:
        if name in asked.parameters.given:
            raise NotPreparable(because="parameter", parameter=name)
    if not units or Unit.HOURS in units or (Unit.DAYS in units and rules.standstills):
        raise NotPreparable(because="unit", unit=asked.question.unit)
    if asked.event.instant is not None:
        raise NotPreparable(because="instant")
    begins_later = rules.valid_from is not None and rules.valid_from > date(years[0], 1, 1)
    ends_earlier = rules.valid_to is not None and rules.valid_to < date(years[1], 12, 31)
    if begins_later or ends_earlier:
        raise NotPreparable(because="validity", rule_set=rules.code)


def _weekend_differs(asked: Asked, used: Calendar | None, years: Years, calendars: CalendarSource) -> bool:
    """Say whether the calendar's own weekend differs; where that changes over the years, each day needs the engine."""
    if used is None or not any(reading.where_weekend_differs for reading in asked.rules.readings):
        return False
    own = (calendars.calendar(asked.calendar, year, year) for year in range(years[0], years[1] + 1))
    found = {not calendar.rests_on_saturday_and_sunday() for calendar in own}
    if len(found) > 1:
        raise NotPreparable(because="weekend_changes", calendar=asked.calendar)
    return found.pop()
