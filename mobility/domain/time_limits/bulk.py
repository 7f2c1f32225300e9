"""Many triggers of one question at once: what is asked when a calendar or a wording has changed.

Triggers repeat, because there are more clocks than days: each different day is counted once, on prefix sums where the
period can be prepared and by the engine where it cannot, and after that an answer is one look into a table.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from mobility.domain.calendars import CalendarMissing, CalendarSource
from mobility.domain.time_limits.answers import day_of
from mobility.domain.time_limits.engine import compute
from mobility.domain.time_limits.pieces import Years
from mobility.domain.time_limits.prepared import Bounds, NotPreparable, OutsidePreparedYears, PreparedPeriod, prepare
from mobility.domain.time_limits.questions import TimeLimit
from mobility.domain.time_limits.rule_sets import RuleSet

Found = TypeVar("Found")


class _Table(dict[date, Found]):
    """Answers by day; a day that was not asked before is asked once."""

    def __init__(self, ask: Callable[[date], Found]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, start: date) -> Found:
        found = self[start] = self._ask(start)
        return found


class ManyStarts:
    """One question, whose own start is any day of the years, for as many days as there are."""

    def __init__(
        self, question: TimeLimit, *, years: Years, rule_sets: Mapping[str, RuleSet], calendars: CalendarSource
    ) -> None:
        """Prepare for triggers and ends within the years, if possible; other days cost more and are as right."""
        self._question, self._rule_sets, self._calendars = question, rule_sets, calendars
        self.prepared = self._prepared(years)
        self._bounds: _Table[Bounds] = _Table(self._ask)
        self._last_days: _Table[date] = _Table(lambda start: self._bounds[start][0])

    def _prepared(self, years: Years) -> PreparedPeriod | None:
        try:
            return prepare(self._question, years=years, rule_sets=self._rule_sets, calendars=self._calendars)
        except (NotPreparable, CalendarMissing):
            return None  # a year without data is an error only for the days that need it

    def _ask(self, start: date) -> Bounds:
        if self.prepared is not None:
            try:
                return self.prepared.bounds(start)
            except OutsidePreparedYears:
                pass
        question = replace(self._question, start=start)
        answer = compute(question, rule_sets=self._rule_sets, calendars=self._calendars)
        return day_of(answer.last_day), day_of(answer.earliest), day_of(answer.latest)

    def bounds(self, start: date) -> Bounds:
        """Return last, earliest and latest day; raises the engine's errors for a day that it refuses."""
        return self._bounds[start]

    def bounds_of(self, starts: Iterable[date]) -> list[Bounds]:
        """Return the bounds of each day, in the order given."""
        table = self._bounds
        return [table[start] for start in starts]

    def last_days_of(self, starts: Iterable[date]) -> list[date]:
        """Return the last day under the default reading of each day, in the order given."""
        table = self._last_days
        return [table[start] for start in starts]
