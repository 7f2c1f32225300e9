"""The time axis of the corridor and its map frame: black and white segments are weeks, names are months.

Decides where a day lies on the drawing. Days before the axis begins and after the arrival lie on its ends.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mobility.domain.time_limits.arithmetic import first_of_month
from mobility.web.shared.shapes import Sheet
from mobility.web.shared.text_width import text_width

USUAL_MONTHS: Final = 6
LONGEST_MONTHS: Final = 24
"""A clock that began earlier is drawn from the edge: with more weeks the frame could not be read."""

_STEPS: Final = (1, 2, 3, 6, 12)
_WEEK: Final = 7
_FRAME: Final = 5

MonthName = Callable[[date, bool], str]
"""A month in a word or two, with its year or without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From one day to another across part of a drawing; x grows from the start side."""

    opens_on: date
    ends_on: date
    x0: float
    x1: float

    def at(self, day: date) -> float:
        """Return the x of the beginning of a day."""
        inside = min(max(day, self.opens_on), self.ends_on)
        return self.x0 + (self.x1 - self.x0) * (inside - self.opens_on).days / (self.ends_on - self.opens_on).days

    def is_beyond(self, day: date) -> bool:
        """Say whether the day lies after the end of the axis."""
        return day > self.ends_on


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, the 28th at the latest, so that it exists in every month."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(max(years, 1), month + 1, min(day.day, 28))


def axis_start(arrival_on: date, today: date, first_days: Iterable[date]) -> date:
    """Return the first day of the axis: six months before the arrival, earlier where a clock or today is."""
    earliest = min([months_before(arrival_on, USUAL_MONTHS), today, *first_days])
    return max(earliest, months_before(arrival_on, LONGEST_MONTHS))


def draw_frame(sheet: Sheet, axis: Axis, top: float, bottom: float, month: MonthName, *, with_years: bool) -> None:
    """Draw the neatline above and below, the month lines and their names above it."""
    _months(sheet, axis, top, bottom, month, with_years=with_years)
    for edge in (top - _FRAME, bottom):
        sheet.rect(axis.x0, axis.x1, edge, _FRAME, "f-paper")
        for first, last in _dark_weeks(axis):
            sheet.rect(axis.at(first), axis.at(last), edge, _FRAME, "f-ink")
        sheet.rect(axis.x0, axis.x1, edge, _FRAME, "ink", stroke=1)
    sheet.line(axis.x0, top, axis.x0, bottom, "ink")


def _dark_weeks(axis: Axis) -> Iterator[tuple[date, date]]:
    """Every second week, Monday to Monday, the first and last cut by the ends of the axis."""
    monday = axis.opens_on - timedelta(days=axis.opens_on.weekday())
    while (monday := monday + timedelta(days=_WEEK)) < axis.ends_on:
        yield monday, min(monday + timedelta(days=_WEEK), axis.ends_on)
        monday += timedelta(days=_WEEK)


def _first_of_months(axis: Axis) -> list[date]:
    found = [axis.opens_on]
    while (following := first_of_month(found[-1], 1)) < axis.ends_on:
        found.append(following)
    return found


def _months(sheet: Sheet, axis: Axis, top: float, bottom: float, month: MonthName, *, with_years: bool) -> None:
    firsts = _first_of_months(axis)
    for first in firsts[1:]:
        x = axis.at(first)
        sheet.line(x, top - _FRAME, x, bottom, "hair")
    every, taken = _every(axis, month), list[tuple[float, float]]()
    named = [first for first in firsts if every == 1 or first.month % every == 1]
    if len(named) > 1 and axis.at(named[0]) + 9 + text_width(month(named[0], with_years)) > axis.at(named[1]) + 5:
        named = named[1:]  # the axis begins near the end of a month, which has no room for its name
    # where names are dense those that carry a year have the first choice of place
    for first in sorted(named, key=lambda day: (day.month != 1, day != named[0], day)):
        words = month(first, with_years and (first == named[0] or first.month == 1))
        begin = axis.at(first) + 5
        end = begin + text_width(words)
        if end <= axis.x1 - 10 and all(end + 4 <= other or begin >= last + 4 for other, last in taken):
            taken.append((begin, end))
            sheet.text(begin, top - 11, words, "t2 halo")


def _every(axis: Axis, month: MonthName) -> int:
    """Return how many months apart names can stand."""
    widest = max(text_width(month(date(2026, number, 1), False)) for number in range(1, 13)) + 8
    one = (axis.x1 - axis.x0) / ((axis.ends_on - axis.opens_on).days / 30.4)
    return next((step for step in _STEPS if step * one >= widest), _STEPS[-1])
