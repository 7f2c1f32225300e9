"""The calendar plate: one cell a day, the counted days on a line that a stop breaks, both last days, today.

Drawn twice: months as rows for a wide page, weeks as rows for a narrow one and for paper. A long period shows only
the months in which something happens; a line in words stands for each run of months between them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from mobility.domain.time_limits.arithmetic import first_of_month
from mobility.web.clocks.plate_days import DayKind, PlateDays
from mobility.web.shared.shapes import Figure, Sheet
from mobility.web.shared.text_width import SMALL, shortened

SHOWN_MONTHS: Final = 8
MOST_MONTHS: Final = 14
_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_MARGIN: Final = 1.5
_WIDE, _NARROW = 1056, 352
_STANDING: Final = frozenset({DayKind.COUNTED, DayKind.EARLIEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateWords:
    """The words around the cells; `weekdays` begin on Monday, `first_weekday` is 0 where the week begins then."""

    title: str
    desc: str
    month: Callable[[date, bool], str]
    weekdays: Sequence[str]
    gap: Callable[[date, date], str]
    holiday: Callable[[date, str], str]
    first_weekday: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Months that follow each other: drawn day by day, or told in a line."""

    months: tuple[date, ...]
    is_drawn: bool


def plate_figures(plate: PlateDays, words: PlateWords, *, rtl: bool = False) -> tuple[Figure, ...]:
    """Return the wide and the narrow drawing; none where even the condensed picture would be too long."""
    parts = _parts(plate)
    if sum(len(part.months) for part in parts if part.is_drawn) > MOST_MONTHS:
        return ()
    return _wide(plate, words, parts, rtl=rtl), _narrow(plate, words, parts, rtl=rtl)


def drawn_months(plate: PlateDays) -> frozenset[date]:
    """Return the first day of every month that the picture shows day by day."""
    return frozenset(month for part in _parts(plate) if part.is_drawn for month in part.months)


def _parts(plate: PlateDays) -> list[_Part]:
    months = list(_months(plate.first_on, plate.last_on))
    if len(months) <= SHOWN_MONTHS:
        return [_Part(months=tuple(months), is_drawn=True)]
    kept = {day.replace(day=1) for day in _eventful(plate)}
    return [_Part(months=tuple(run), is_drawn=drawn) for drawn, run in groupby(months, key=lambda month: month in kept)]


def _eventful(plate: PlateDays) -> Iterator[date]:
    """Days whose month is shown: the ends, the skipped, where a stop begins or ends, and today within the period."""
    yield from (plate.first_on, plate.last_on)
    if plate.today is not None and plate.first_on <= plate.today <= plate.last_on:
        yield plate.today
    for day, kind in plate.kinds.items():
        is_edge = kind is DayKind.STOPPED and {plate.kind(day - _DAY), plate.kind(day + _DAY)} != {DayKind.STOPPED}
        if is_edge or kind in (DayKind.SKIPPED, DayKind.EARLIEST, DayKind.LAST, DayKind.TRIGGER):
            yield day


def _months(first_on: date, last_on: date) -> Iterator[date]:
    month = first_on.replace(day=1)
    while month <= last_on:
        yield month
        month = first_of_month(month, 1)


def _shown_days(plate: PlateDays, words: PlateWords) -> tuple[date, date]:
    """Whole weeks around the period, so that it stands in its place."""
    before = (plate.first_on.weekday() - words.first_weekday) % _WEEK
    after = (words.first_weekday - 1 - plate.last_on.weekday()) % _WEEK
    return plate.first_on - before * _DAY, plate.last_on + after * _DAY


def _wide(plate: PlateDays, words: PlateWords, parts: Sequence[_Part], *, rtl: bool) -> Figure:
    x0, cell, row = 124, 24, 36
    first_shown, last_shown = _shown_days(plate, words)
    heights = [_wide_height(plate, part, row) for part in parts]
    sheet = Sheet(name="plate-w", width=_WIDE, height=round(sum(heights)) + 8, rtl=rtl, cls="m-w", hatch_cls="rule")
    y, is_first = 4.0, True
    for part in parts:
        if not part.is_drawn:
            sheet.text(x0, y + 18, words.gap(part.months[0], part.months[-1]), "t3")
            y, is_first = y + row, True
            continue
        for month in part.months:
            sheet.text(0, y + 18, words.month(month, is_first or month.month == 1), "tb")
            is_first = False
            for day in _days_of(month, first_shown, last_shown):
                x = x0 + (day.day - 1) * cell
                _cell(sheet, x, y, cell, 28, day, plate)
                if (day.weekday() + 1) % _WEEK == words.first_weekday:
                    sheet.line(x + cell, y + 2, x + cell, y + 26, "hair")
            _holiday_names(sheet, x0 + 31 * cell + 16, y, plate, words, month)
            y += _month_height(plate, month, row)
    return sheet.finish(words.title, words.desc)


def _wide_height(plate: PlateDays, part: _Part, row: float) -> float:
    return sum(_month_height(plate, month, row) for month in part.months) if part.is_drawn else row


def _month_height(plate: PlateDays, month: date, row: float) -> float:
    return max(row, 16 * len(_holidays_of(plate, month)) + 4)


def _holidays_of(plate: PlateDays, month: date) -> list[tuple[date, str]]:
    return [(day, name) for day, name in sorted(plate.holidays.items()) if day.replace(day=1) == month]


def _holiday_names(sheet: Sheet, x: float, y: float, plate: PlateDays, words: PlateWords, month: date) -> None:
    found = _holidays_of(plate, month)
    top = y + (18 if len(found) == 1 else 11)
    for number, (day, name) in enumerate(found):
        sheet.text(x, top + 16 * number, shortened(words.holiday(day, name), _WIDE - x, SMALL), "t3")


def _days_of(month: date, first_shown: date, last_shown: date) -> Iterator[date]:
    day = max(month, first_shown)
    last = min(first_of_month(month, 1) - _DAY, last_shown)
    while day <= last:
        yield day
        day += _DAY


def _narrow(plate: PlateDays, words: PlateWords, parts: Sequence[_Part], *, rtl: bool) -> Figure:
    row, first_shown, last_shown = 27, *_shown_days(plate, words)
    weeks = [_weeks(part, words, first_shown, last_shown) for part in parts]
    rows = sum(len(each) if part.is_drawn else 1 for part, each in zip(parts, weeks, strict=True))
    sheet = Sheet(name="plate-n", width=_NARROW, height=rows * row + 28, rtl=rtl, cls="m-n m-m", hatch_cls="rule")
    for place in range(_WEEK):
        name = words.weekdays[(words.first_weekday + place) % _WEEK]
        sheet.text(66 + place * 40 + 20, 14, shortened(name, 40, SMALL), "t3", "middle")
    y = 22.0
    for part, rows_of_part in zip(parts, weeks, strict=True):
        if not part.is_drawn:
            sheet.text(0, y + 18, shortened(words.gap(part.months[0], part.months[-1]), _NARROW, SMALL), "t3")
            y += row
            continue
        for week in rows_of_part:
            _narrow_week(sheet, y, week, plate, words)
            y += row
    return sheet.finish(words.title, words.desc)


def _weeks(part: _Part, words: PlateWords, first_shown: date, last_shown: date) -> list[list[date]]:
    """Return the days of the part in weeks; a month begins a new row only where a gap stands before it."""
    first = max(part.months[0], first_shown)
    last = min(first_of_month(part.months[-1], 1) - _DAY, last_shown)
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    begin = words.first_weekday
    return [list(week) for _, week in groupby(days, key=lambda day: day.toordinal() - (day.weekday() - begin) % _WEEK)]


def _narrow_week(sheet: Sheet, y: float, week: Sequence[date], plate: PlateDays, words: PlateWords) -> None:
    named = next((day for day in week if day.day == 1), None)
    if named is None and week[0] == _shown_days(plate, words)[0]:
        named = week[0]
    if named is not None:
        sheet.text(0, y + 18, shortened(words.month(named, False), 62, bold=True), "tb")
        if (named.month == 1 or week[0] == _shown_days(plate, words)[0]) and y + 38 < sheet.height:
            sheet.number(0, y + 34, str(named.year), "t3")
    for day in week:
        place = (day.weekday() - words.first_weekday) % _WEEK
        x = 66 + place * 40
        _cell(sheet, x, y, 40, 26, day, plate)
        if day.day == 1:
            sheet.line(x, y, 346, y, "ink2")
            if place:
                sheet.line(x, y, x, y + 27, "ink2")
                sheet.line(66, y + 27, x, y + 27, "ink2")


def _cell(sheet: Sheet, x: float, y: float, width: float, height: float, day: date, plate: PlateDays) -> None:
    kind = plate.kind(day)
    first, last, top, tall = x + _MARGIN, x + width - _MARGIN, y + _MARGIN, height - 2 * _MARGIN
    if kind in _STANDING:
        sheet.rect(first, last, top, tall, "f-paper2")
    if kind in _STANDING or (kind is DayKind.LAST and _ends_the_line(plate)):
        sheet.line(x, y + height + 0.5, x + width, y + height + 0.5, "ink", 1.5)
    if kind is DayKind.STOPPED:
        sheet.hatch(first, last, top, tall)
    elif kind is DayKind.NOT_COUNTED:
        sheet.rect(first + 1, last - 1, top + 1, tall - 2, "hair", stroke=1)
    elif kind is DayKind.TRIGGER:
        sheet.rect(first, last, top, tall, "f-paper acc dot", stroke=2)
    elif kind is DayKind.EARLIEST:
        sheet.rect(first + 0.5, last - 0.5, top + 0.5, tall - 1, "f-paper acc", stroke=2.5)
    elif kind is DayKind.LAST:
        sheet.rect(first, last, top, tall, "f-acc")
    sheet.number(x + width / 2, y + height / 2 + 4.5, str(day.day), _CLASSES.get(kind, ""), "middle")
    if kind is DayKind.SKIPPED:
        sheet.line(x + 4, y + height - 4, x + width - 4, y + 4, "ink", 1.3)
    if day in plate.holidays and kind is not DayKind.LAST:
        sheet.rect(x + width / 2 - 5, x + width / 2 + 5, y + height - 5, 2, "f-ink")
    if day == plate.today:
        sheet.line(
            x + 4, y + height - 3, x + width - 4, y + height - 3, "s-paper" if kind is DayKind.LAST else "acc", 2
        )


def _ends_the_line(plate: PlateDays) -> bool:
    return not plate.number(DayKind.SKIPPED)


_CLASSES: Final = {
    DayKind.STOPPED: "t2 halo",
    DayKind.TRIGGER: "ta",
    DayKind.EARLIEST: "ta",
    DayKind.LAST: "tp",
    DayKind.OUTSIDE: "t3",
    DayKind.NOT_COUNTED: "t2",
}
