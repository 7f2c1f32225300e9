"""One clock in the corridor: its bar, its marks, and the label that stands above it.

Shape before colour: filled is elapsed, open is still to run, hatched stood still, a diamond is late, a tick was done
in time. A clock counted back from a later event has no time that elapses; it is a flag on a thin line.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from mobility.web.clocks.corridor_axis import Axis
from mobility.web.shared.shapes import Sheet, Span
from mobility.web.shared.text_width import shortened, text_width

_DAY: Final = timedelta(days=1)
_LATE_RADIUS, _DONE_RADIUS = 9, 7
_PENNANT: Final = 8
LABEL_Y, BAR_Y, MIDDLE_Y, NOTE_Y = 13, 21, 25, 44


class BarState(StrEnum):
    """How a clock is drawn."""

    RUNS = "runs"
    STOPPED = "stopped"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarWords:
    """What stands above a bar: what is owed, when, which article; `note` below a stretch that stood still."""

    what: str
    when: str
    law: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorBar:
    """One clock: from its trigger to both readings, to its longest lawful extension; `ended_on` once it was kept."""

    state: BarState
    first_on: date
    due_on: date
    latest_on: date
    words: BarWords
    ended_on: date | None = None
    limit_on: date | None = None
    stops: tuple[tuple[date, date], ...] = ()

    @property
    def is_counted_back(self) -> bool:
        return self.first_on > self.due_on

    @property
    def drawn_from(self) -> date:
        """The first day that the drawing of this clock needs."""
        return min(self.first_on, self.due_on, self.ended_on or self.due_on)


def draw_bar(sheet: Sheet, axis: Axis, bar: CorridorBar, base: float, today: date, *, with_law: bool) -> None:
    """Draw one clock in the row that begins at `base`."""
    words = bar.words
    with sheet.group(" · ".join(part for part in (f"{words.what} {words.when}", words.law) if part)):
        _label(sheet, axis, bar, base + LABEL_Y, with_law=with_law)
        if bar.is_counted_back:
            _counted_back(sheet, axis, bar, base)
        elif bar.state in (BarState.DONE, BarState.DONE_LATE):
            _done(sheet, axis, bar, base)
        elif bar.state is BarState.LATE:
            _late(sheet, axis, bar, base, today)
        else:
            _running(sheet, axis, bar, base, today, with_note=with_law)


def _label(sheet: Sheet, axis: Axis, bar: CorridorBar, y: float, *, with_law: bool) -> None:
    spans = _fitted(bar, axis.x1 - axis.x0 - 16, with_law=with_law)
    begin = axis.at(bar.drawn_from if bar.is_counted_back else bar.first_on)
    if begin + line_width(spans) <= axis.x1 - 6:
        sheet.line_of(begin + (2 if begin == axis.x0 else 0), y, spans, "halo")
    else:
        sheet.line_of(axis.x1 - 8, y, spans, "halo", "end")


def line_width(spans: list[Span]) -> float:
    """Return the estimated width of a line in parts."""
    return sum(text_width(f"{span.words} ", bold=span.cls in ("tb", "ts")) for span in spans)


def _fitted(bar: CorridorBar, room: float, *, with_law: bool) -> list[Span]:
    """Return the label as far as there is room: the article goes first, then the end of what is owed."""
    words = bar.words
    is_late = bar.state in (BarState.LATE, BarState.DONE_LATE)
    when = shortened(words.when, room - text_width(" ", bold=True), bold=is_late)
    spans = [Span(cls="tb", words=words.what), Span(cls="ts" if is_late else "", words=when)]
    whole = [*spans, Span(cls="t2", words=f"· {words.law}")]
    if with_law and words.law and line_width(whole) <= room:
        return whole
    left = room - line_width(spans[1:]) - text_width(" ", bold=True)
    return [Span(cls="tb", words=shortened(words.what, left, bold=True)), spans[1]]


def _running(sheet: Sheet, axis: Axis, bar: CorridorBar, base: float, today: date, *, with_note: bool) -> None:
    y, middle = base + BAR_Y, base + MIDDLE_Y
    first, due, latest = axis.at(bar.first_on), axis.at(bar.due_on), axis.at(bar.latest_on)
    if bar.limit_on is not None and bar.limit_on > bar.latest_on:
        _extension(sheet, axis, latest, bar.limit_on, middle)
    if latest > due:
        sheet.rect(due, latest, y + 2, 4, "f-paper acc", stroke=1)
    sheet.rect(first, due, y, 8, "f-paper acc", stroke=1.4)
    elapsed = axis.at(min(today, bar.due_on))
    if elapsed > first:
        sheet.rect(first, elapsed, y, 8, "f-acc")
    for stop in bar.stops:
        _stop(sheet, axis, stop, y)
    if bar.stops and bar.words.note and with_note:
        _note(sheet, axis, axis.at(bar.stops[0][0]), base + NOTE_Y, bar.words.note)
    _flag(sheet, axis, bar.due_on, middle)


def _extension(sheet: Sheet, axis: Axis, begin: float, limit_on: date, middle: float) -> None:
    limit = axis.at(limit_on)
    sheet.line(begin, middle, limit, middle, "acc dot", 1.5)
    if not axis.is_beyond(limit_on):
        sheet.line(limit, middle - 5, limit, middle + 5, "acc", 1.5)


def _stop(sheet: Sheet, axis: Axis, stop: tuple[date, date], y: float) -> None:
    begin, end = axis.at(stop[0]), axis.at(stop[1] + _DAY)
    if end > begin:
        sheet.rect(begin, end, y, 8, "f-paper acc", stroke=1.4)
        sheet.hatch(begin, end, y, 8)


def _note(sheet: Sheet, axis: Axis, x: float, y: float, words: str) -> None:
    words = shortened(words, axis.x1 - axis.x0 - 16)
    if x + text_width(words) <= axis.x1 - 6:
        sheet.text(x, y, words, "t2 halo")
    else:
        sheet.text(axis.x1 - 8, y, words, "t2 halo", "end")


def _flag(sheet: Sheet, axis: Axis, day: date, middle: float) -> None:
    """The due day; an arrow at the edge where it lies beyond the arrival, a pennant that turns where it would."""
    x = axis.at(day)
    if axis.is_beyond(day):
        points = [(axis.x1 - 9, middle - 6), (axis.x1 - 1, middle), (axis.x1 - 9, middle + 6)]
        sheet.path(points, "f-acc", closed=True)
        return
    towards = _PENNANT if x + _PENNANT <= axis.x1 else -_PENNANT
    sheet.line(x, middle - 9, x, middle + 8, "acc", 2)
    sheet.path([(x, middle - 9.5), (x + towards, middle - 6), (x, middle - 2.5)], "f-acc", closed=True)


def _done(sheet: Sheet, axis: Axis, bar: CorridorBar, base: float) -> None:
    y, middle = base + BAR_Y, base + MIDDLE_Y
    first, due = axis.at(bar.first_on), axis.at(bar.due_on)
    end = axis.at(bar.ended_on or bar.due_on)
    if bar.state is BarState.DONE_LATE and end > due:
        _overrun(sheet, first, due, end, y, middle)
    else:
        if due > end:
            sheet.line(end, middle, due, middle, "ink2", 1.2)
            sheet.line(due, middle - 5, due, middle + 5, "ink2", 1.5)
        sheet.rect(first, max(first, end), y + 0.5, 7, "f-ink2")
    x = _inside(axis, end, _DONE_RADIUS)
    sheet.circle(x, middle, _DONE_RADIUS, "f-ink")
    sheet.tick(x, middle, "s-paper", 1.8)


def _late(sheet: Sheet, axis: Axis, bar: CorridorBar, base: float, today: date) -> None:
    y, middle = base + BAR_Y, base + MIDDLE_Y
    first, due, end = axis.at(bar.first_on), axis.at(bar.due_on), axis.at(max(today, bar.due_on))
    _overrun(sheet, first, due, end, y, middle)
    for stop in bar.stops:
        _stop(sheet, axis, stop, y)
    x = _inside(axis, end, _LATE_RADIUS)
    sheet.diamond(x, middle, _LATE_RADIUS, "f-stop")
    sheet.cross(x, middle, 3, "s-paper", 1.8)


def _overrun(sheet: Sheet, first: float, due: float, end: float, y: float, middle: float) -> None:
    sheet.rect(first, due, y + 0.5, 7, "f-ink2")
    sheet.rect(due, end, y + 0.5, 7, "f-stop")
    sheet.line(due, middle - 8, due, middle + 8, "ink", 2)


def _counted_back(sheet: Sheet, axis: Axis, bar: CorridorBar, base: float) -> None:
    middle = base + MIDDLE_Y
    due, event = axis.at(bar.due_on), axis.at(bar.first_on)
    sheet.line(due, middle, event, middle, "ink2", 1.2)
    if not axis.is_beyond(bar.first_on):
        sheet.line(event, middle - 5, event, middle + 5, "ink2", 1.5)
    if bar.state in (BarState.DONE, BarState.DONE_LATE):
        x = _inside(axis, due, _DONE_RADIUS)
        sheet.circle(x, middle, _DONE_RADIUS, "f-ink")
        sheet.tick(x, middle, "s-paper", 1.8)
    elif bar.state is BarState.LATE:
        x = _inside(axis, due, _LATE_RADIUS)
        sheet.diamond(x, middle, _LATE_RADIUS, "f-stop")
        sheet.cross(x, middle, 3, "s-paper", 1.8)
    else:
        _flag(sheet, axis, bar.due_on, middle)


def _inside(axis: Axis, x: float, radius: float) -> float:
    return min(max(x, axis.x0 + radius), axis.x1 - radius)
