"""The corridor: the stages of a case as lanes on one time axis that ends at the planned arrival.

Decides the layout of the lanes, today's line and the latest safe days. The same figure is drawn for three widths,
because text in a scaled drawing becomes too small; the style sheet shows the one that fits, and paper the middle one.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from mobility.web.clocks.corridor_axis import Axis, MonthName, axis_start, draw_frame
from mobility.web.clocks.corridor_bars import BarState, CorridorBar, draw_bar
from mobility.web.shared.shapes import Figure, Sheet, Span
from mobility.web.shared.text_width import SMALL, shortened, text_width, wrapped

Size = Literal["n", "m", "w"]
SIZES: Final[tuple[Size, ...]] = ("n", "m", "w")
_NOTE_HEIGHT: Final = 14
_MONTHS_WITHOUT_YEAR: Final = 340


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorLane:
    """One stage; `safe` says the latest safe day in words, `empty` what is to be said of it without a clock."""

    stage: str
    office: str
    bars: tuple[CorridorBar, ...]
    empty: str = ""
    safe_on: date | None = None
    safe: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorWords:
    """The words around the lanes."""

    title: str
    desc: str
    today: str
    arrival: str
    month: MonthName


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """Everything that is drawn; `today` lies before the arrival."""

    arrival_on: date
    today: date
    lanes: tuple[CorridorLane, ...]
    words: CorridorWords

    @property
    def opens_on(self) -> date:
        return corridor_opens_on(self.arrival_on, self.today, [bar for lane in self.lanes for bar in lane.bars])

    @property
    def bars(self) -> tuple[CorridorBar, ...]:
        return tuple(bar for lane in self.lanes for bar in lane.bars)

    @property
    def states(self) -> frozenset[BarState]:
        return frozenset(bar.state for bar in self.bars)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The measures of one drawing."""

    width: int
    x0: float
    x1: float
    row: float
    head: float
    tail: float
    top: float
    is_compact: bool
    with_law: bool


_PLANS: Final[dict[Size, _Plan]] = {
    "n": _Plan(width=360, x0=2, x1=358, row=38, head=26, tail=20, top=52, is_compact=True, with_law=False),
    "m": _Plan(width=720, x0=2, x1=718, row=38, head=26, tail=20, top=52, is_compact=True, with_law=True),
    "w": _Plan(width=1200, x0=196, x1=1198, row=40, head=8, tail=22, top=56, is_compact=False, with_law=True),
}


def corridor_opens_on(arrival_on: date, today: date, bars: list[CorridorBar]) -> date:
    """Return the first day that the axis shows."""
    return axis_start(arrival_on, today, [bar.drawn_from for bar in bars])


def corridor_figures(corridor: Corridor, *, rtl: bool = False) -> tuple[Figure, ...]:
    """Return the drawings for the narrow, the middle and the wide place."""
    return tuple(corridor_figure(corridor, size, rtl=rtl) for size in SIZES)


def corridor_figure(corridor: Corridor, size: Size, *, rtl: bool = False) -> Figure:
    """Draw the corridor for one width; every x is computed from the text direction."""
    plan = _PLANS[size]
    axis = Axis(opens_on=corridor.opens_on, ends_on=corridor.arrival_on, x0=plan.x0, x1=plan.x1)
    tops = _tops(corridor, plan)
    bottom = tops[-1]
    height = round(bottom + (28 if plan.is_compact else 8))
    sheet = Sheet(name=f"corridor-{size}", width=plan.width, height=height, rtl=rtl, cls=f"m-{size}", hatch_cls="acc")
    is_long = (corridor.arrival_on - corridor.opens_on).days > _MONTHS_WITHOUT_YEAR
    draw_frame(sheet, axis, plan.top, bottom, corridor.words.month, with_years=plan.with_law or is_long)
    _today(sheet, axis, plan, corridor, bottom)
    for lane, top, end in zip(corridor.lanes, tops, tops[1:], strict=False):
        _ground(sheet, axis, plan, lane, top, end)
    _arrival(sheet, axis, plan, corridor.words.arrival, bottom)
    for lane, top in zip(corridor.lanes, tops, strict=False):
        _lane(sheet, axis, plan, lane, top, corridor.today)
    return sheet.finish(corridor.words.title, corridor.words.desc)


def _row_height(plan: _Plan, bar: CorridorBar) -> float:
    has_note = plan.with_law and bar.stops and bar.words.note
    return plan.row + (_NOTE_HEIGHT if has_note else 0)


def _tops(corridor: Corridor, plan: _Plan) -> list[float]:
    """Return the top of every lane, and last the bottom of the last one."""
    tops = [plan.top]
    for lane in corridor.lanes:
        rows = sum(_row_height(plan, bar) for bar in lane.bars) or plan.row
        tops.append(tops[-1] + plan.head + rows + plan.tail)
    return tops


def _today(sheet: Sheet, axis: Axis, plan: _Plan, corridor: Corridor, bottom: float) -> None:
    if corridor.today < axis.opens_on:
        return
    x, words = axis.at(corridor.today), corridor.words.today
    room = text_width(words, bold=True)
    sheet.line(x, plan.top - 30, x, bottom, "acc", 1.5)
    if plan.is_compact:
        if x - 5 - room >= axis.x0:
            sheet.text(x - 5, plan.top - 28, words, "ta", "end")
        else:
            sheet.text(x + 5, plan.top - 28, words, "ta")
        return
    last = axis.x1 - text_width(corridor.words.arrival, bold=True) - 16 - room / 2
    sheet.text(max(axis.x0 + room / 2, min(x + 5, last)), plan.top - 34, words, "ta", "middle")


def _arrival(sheet: Sheet, axis: Axis, plan: _Plan, words: str, bottom: float) -> None:
    sheet.line(axis.x1, plan.top - (5 if plan.is_compact else 30), axis.x1, bottom + 5, "ink", 3)
    sheet.text(axis.x1, bottom + 22 if plan.is_compact else plan.top - 34, words, "tb", "end")


def _ground(sheet: Sheet, axis: Axis, plan: _Plan, lane: CorridorLane, top: float, end: float) -> None:
    """What lies under the bars: the line between two lanes, and the latest safe day."""
    if top > plan.top:
        sheet.line(axis.x0 if plan.is_compact else 0, top, axis.x1, top, "ink2" if plan.is_compact else "hair")
    if lane.safe_on is None:
        return
    x = min(max(axis.at(lane.safe_on), axis.x0 + 6), axis.x1 - 6)
    sheet.line(x, top, x, end, "ink dot")
    sheet.path([(x - 6, top + 1), (x + 6, top + 1), (x, top + 9)], "f-paper ink", closed=True)
    if x - 6 - text_width(lane.safe) >= axis.x0:
        sheet.text(x - 6, end - 8, lane.safe, "t2 halo", "end")
    else:
        sheet.text(x + 6, end - 8, lane.safe, "t2 halo")


def _lane(sheet: Sheet, axis: Axis, plan: _Plan, lane: CorridorLane, top: float, today: date) -> None:
    if plan.is_compact:
        _compact_head(sheet, axis, lane, top)
    else:
        sheet.text(0, top + 24, shortened(lane.stage, plan.x0 - 12, 17, bold=True), "th")
        for number, line in enumerate(wrapped(lane.office, plan.x0 - 8, SMALL)):
            sheet.text(0, top + 43 + 16 * number, line, "t3")
    base = top + plan.head
    if not lane.bars and lane.empty:
        sheet.text(axis.x0 + 6, base + 17, shortened(lane.empty, axis.x1 - axis.x0 - 16), "t2 halo")
    for bar in lane.bars:
        draw_bar(sheet, axis, bar, base, today, with_law=plan.with_law)
        base += _row_height(plan, bar)


def _compact_head(sheet: Sheet, axis: Axis, lane: CorridorLane, top: float) -> None:
    room = axis.x1 - axis.x0 - 20
    stage = shortened(lane.stage, room, bold=True)
    office = shortened(lane.office, room - text_width(f"{stage} ", bold=True))
    spans = [Span(cls="tb", words=stage), *([Span(cls="t2", words=office)] if office else [])]
    sheet.line_of(axis.x0 + 6, top + 20, spans, "halo")
