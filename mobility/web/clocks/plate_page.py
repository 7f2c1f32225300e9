"""The calendar of one date for a page: its drawings, its key, the period in a sentence, and its holidays by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from mobility.domain.calendars import Calendar, CalendarMissing, CalendarSource, union
from mobility.domain.time_limits import Answer, day_of
from mobility.i18n import current_code, language_of
from mobility.i18n.corridor_words import month_name
from mobility.i18n.holiday_names import holiday_in_words
from mobility.i18n.plate_words import (
    KEY,
    counted_sentence,
    first_weekday,
    gap_words,
    holiday_line,
    holiday_words,
    plate_description,
    plate_title,
    too_long_sentence,
    weekday_names,
)
from mobility.services.deadlines import holiday_in_current_language
from mobility.web.clocks.plate import PlateWords, drawn_months, plate_figures
from mobility.web.clocks.plate_days import DayKind, PlateDays, read_plate
from mobility.web.shared.shapes import Figure, Sheet

_WIDTH, _HEIGHT = 36, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateDrawn:
    """What the page shows; without figures the sentence says why there are none."""

    figures: tuple[Figure, ...]
    sentence: str
    key: tuple[tuple[Figure, str], ...] = ()
    holidays: tuple[str, ...] = ()


def plate_of(answer: Answer, source: CalendarSource, today: date) -> PlateDrawn | None:
    """Return the calendar of an answer; None where no single period of days was counted."""
    calendar = _calendar(answer, source)
    plate = read_plate(answer, calendar=calendar, today=today)
    if plate is None:
        return None
    rtl = language_of(current_code()).direction == "rtl"
    sentence = counted_sentence(plate.counted, plate.number(DayKind.STOPPED), plate.number(DayKind.SKIPPED))
    plate = _named(plate, answer.calendar_code)
    figures = plate_figures(plate, _words(plate, answer, sentence), rtl=rtl)
    if not figures:
        return PlateDrawn(figures=(), sentence=f"{sentence} {too_long_sentence()}")
    return PlateDrawn(
        figures=figures,
        sentence=sentence,
        key=tuple((_key_figure(sign, rtl=rtl), str(KEY[sign])) for sign in _signs(plate, answer)),
        holidays=tuple(holiday_words(day, name) for day, name in sorted(plate.holidays.items())),
    )


def _calendar(answer: Answer, source: CalendarSource) -> Calendar | None:
    """Return the calendar that the answer used, over its years; None where a part of it has no data any more."""
    starts = [step.day.year for step in answer.steps if step.day is not None]
    years = [*starts, day_of(answer.earliest).year, day_of(answer.latest).year]
    if not answer.calendar_code:
        return None
    try:
        codes = answer.calendar_code.split("+")
        return union([source.calendar(code, min(years), max(years)) for code in codes])
    except CalendarMissing:
        return None


def _named(plate: PlateDays, code: str) -> PlateDays:
    """The holidays that are shown, under their names in the reader's language where those are known."""
    shown = drawn_months(plate)
    names = {
        day: holiday_in_current_language(code, day) or holiday_in_words(name)
        for day, name in plate.holidays.items()
        if day.replace(day=1) in shown
    }
    return PlateDays(
        kinds=plate.kinds,
        first_on=plate.first_on,
        last_on=plate.last_on,
        holidays=names,
        today=plate.today,
        counted=plate.counted,
        trigger_counts=plate.trigger_counts,
    )


def _words(plate: PlateDays, answer: Answer, sentence: str) -> PlateWords:
    return PlateWords(
        title=plate_title(plate.first_on, plate.last_on),
        desc=plate_description(sentence, day_of(answer.earliest), day_of(answer.latest)),
        month=month_name,
        weekdays=weekday_names(),
        gap=gap_words,
        holiday=holiday_line,
        first_weekday=first_weekday(),
    )


def _signs(plate: PlateDays, answer: Answer) -> Iterator[str]:
    """Only the signs that this picture uses."""
    kinds = set(plate.kinds.values())
    yield "trigger_counts" if plate.trigger_counts else "trigger"
    for sign in (DayKind.COUNTED, DayKind.STOPPED, DayKind.NOT_COUNTED, DayKind.SKIPPED):
        if sign in kinds:
            yield sign.value
    if plate.holidays:
        yield "holiday"
    yield from ("earliest", "last") if day_of(answer.earliest) != day_of(answer.latest) else ("only",)
    if plate.today is not None and plate.first_on <= plate.today <= plate.last_on:
        yield "today"


def _key_figure(sign: str, *, rtl: bool) -> Figure:
    sheet = Sheet(name=f"key-{sign}", width=_WIDTH, height=_HEIGHT, rtl=rtl, hatch_cls="ink2")
    _DRAWN[sign](sheet)
    return sheet.finish()


def _counted(sheet: Sheet) -> None:
    sheet.rect(8, 28, 0, 14, "f-paper2")
    sheet.line(6, 15, 30, 15, "ink", 1.5)


_DRAWN: Final[dict[str, Callable[[Sheet], None]]] = {
    "trigger": lambda sheet: sheet.rect(8, 28, 1, 14, "f-paper acc dot", stroke=2),
    "trigger_counts": lambda sheet: sheet.rect(8, 28, 1, 14, "f-paper acc dot", stroke=2),
    "counted": _counted,
    "stopped": lambda sheet: sheet.hatch(8, 28, 0, 16),
    "not_counted": lambda sheet: sheet.rect(8, 28, 1, 13, "hair", stroke=1),
    "skipped": lambda sheet: sheet.line(10, 14, 26, 2, "ink", 1.3),
    "holiday": lambda sheet: sheet.rect(13, 23, 12, 2, "f-ink"),
    "earliest": lambda sheet: sheet.rect(9, 27, 2, 12, "f-paper acc", stroke=2.5),
    "last": lambda sheet: sheet.rect(8, 28, 0, 16, "f-acc"),
    "only": lambda sheet: sheet.rect(8, 28, 0, 16, "f-acc"),
    "today": lambda sheet: sheet.line(10, 13, 26, 13, "acc", 2),
}
