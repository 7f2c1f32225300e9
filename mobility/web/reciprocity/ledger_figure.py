"""The ledger line: the balance at each close as steps, between the tolerance band, with what expired.

Decides scale, ticks and where labels go so that none leaves the frame or lies on another. Words and numbers come
from the page through `LedgerWords`; the same figures stand as a table beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

from mobility.domain.reciprocity.ledger import LedgerClose
from mobility.domain.reciprocity.quantities import Quantity
from mobility.web.reciprocity.figures import LETTER
from mobility.web.shared.shapes import Figure, Point, Sheet

Size = Literal["n", "m", "w"]
"""Narrow for phones, middle for tablets and paper, wide: each is drawn for its width, none is scaled into it."""

SIZES: dict[Size, tuple[int, int]] = {"n": (304, 250), "m": (640, 260), "w": (1056, 280)}
LABEL_HEIGHT = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWords:
    """What the page says in the figure. The functions take exact numbers and answer in the reader's language.

    `period` and `short_period` name a period by its number ("2026", "’26"); `signed` writes "+4", "−4", "0";
    `expired` "5 expired"; `tolerance` "tolerance +23". `standing` and `even` label the end and the zero line.
    A number inside a longer label is wrapped by the page with `shapes.isolated` where it reads from right to left.
    """

    title: str
    desc: str
    standing: str
    even: str
    period: Callable[[int], str]
    short_period: Callable[[int], str]
    signed: Callable[[Quantity], str]
    expired: Callable[[Quantity], str]
    tolerance: Callable[[Quantity], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The plot inside the sheet: x0..x1 for the periods, ±reach for the balance."""

    x0: float
    x1: float
    height: int
    step: float
    reach: float

    def y(self, value: float) -> float:
        return 8 + (self.reach - value) * (self.height - 44) / (2 * self.reach)

    def edges(self, i: int) -> tuple[float, float]:
        return self.x0 + i * self.step, self.x0 + (i + 1) * self.step


def ledger_figures(
    closes: Sequence[LedgerClose],
    bands: Sequence[Quantity],
    words: LedgerWords,
    *,
    name: str = "ledger",
    rtl: bool = False,
) -> list[Figure]:
    """The three drawings of one ledger; a style sheet shows the one that fits. Empty without any period.

    `bands` holds the tolerance (± units) at each close.
    """
    sizes: tuple[Size, ...] = ("w", "m", "n")
    return [ledger_figure(closes, bands, words, size, name=name, rtl=rtl) for size in sizes if closes]


def ledger_figure(
    closes: Sequence[LedgerClose],
    bands: Sequence[Quantity],
    words: LedgerWords,
    size: Size,
    *,
    name: str = "ledger",
    rtl: bool = False,
) -> Figure:
    """One drawing of the ledger for one width. Raises ValueError without periods or with too few bands."""
    if not closes:
        raise ValueError("a ledger without periods has no picture")
    width, height = SIZES[size]
    sheet = Sheet(name=f"{name}-{size}", width=width, height=height, rtl=rtl, cls=f"m-{size}")
    tolerances = [float(band) for _, band in zip(closes, bands, strict=True)]
    frame = _frame(closes, tolerances, words, size)
    _draw_band(sheet, frame, tolerances)
    _draw_axes(sheet, frame, words, closes, short=size == "n")
    _draw_steps(sheet, frame, closes)
    _draw_values(sheet, frame, closes, words)
    _draw_losses(sheet, frame, closes, words)
    if size == "w":
        _draw_ends(sheet, frame, closes[-1], bands[-1], words)
    return sheet.finish(words.title, words.desc)


def _frame(closes: Sequence[LedgerClose], tolerances: Sequence[float], words: LedgerWords, size: Size) -> _Frame:
    width, height = SIZES[size]
    reach = max(
        1.0,
        *tolerances,
        *(abs(float(close.closing)) for close in closes),
        *(abs(float(close.closing + close.expired + close.dropped)) for close in closes),
    )
    numbers = max(34 if size == "n" else 48, 12 + len(words.signed(_lowest(reach))) * LETTER)
    labels = 0.0
    if size == "w":
        longest = max(len(words.standing), len(words.even), len(words.tolerance(_lowest(reach))))
        labels = min(width * 0.4, max(188.0, longest * LETTER + 16))
    x1 = width - 8 - labels
    return _Frame(x0=numbers, x1=x1, height=height, step=(x1 - numbers) / len(closes), reach=reach * 1.1)


def _lowest(reach: float) -> int:
    """The number with the longest label."""
    return -ceil(reach)


def tick_step(reach: float) -> int:
    """Distance of the grid lines: 1, 2 or 5 times a power of ten, with at most two lines on each side of zero."""
    rough = max(1.0, reach / 2.5)
    power = int(10 ** floor(log10(rough)))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _draw_band(sheet: Sheet, frame: _Frame, tolerances: Sequence[float]) -> None:
    above, below = (
        [(x, frame.y(side * tol)) for i, tol in enumerate(tolerances) for x in frame.edges(i)] for side in (1, -1)
    )
    sheet.path([*above, *below[::-1]], "f-paper2", closed=True)
    sheet.path(above, "ink2 dot")
    sheet.path(below, "ink2 dot")


def _draw_axes(sheet: Sheet, frame: _Frame, words: LedgerWords, closes: Sequence[LedgerClose], *, short: bool) -> None:
    step = tick_step(frame.reach)
    ticks = int(frame.reach // step)
    for value in range(-ticks * step, ticks * step + 1, step):
        zero = value == 0
        y = frame.y(value)
        sheet.line(frame.x0, y, frame.x1, y, "ink" if zero else "hair", 1.2 if zero else 1)
        sheet.number(frame.x0 - 8, y + 4, words.signed(value), "t2", "end")
    names = [(words.short_period if short else words.period)(close.period) for close in closes]
    for i in _labelled(names, frame.step):
        sheet.number(sum(frame.edges(i)) / 2, frame.height - 12, names[i], "t2", "middle")


def _labelled(names: Sequence[str], step: float) -> list[int]:
    """Which periods get a label, counted back from the last, so that none touches its neighbour."""
    widest = max(len(name) for name in names) * LETTER + 2
    stride = max(1, ceil(widest / step))
    return [i for i in range(len(names)) if (len(names) - 1 - i) % stride == 0]


def _draw_steps(sheet: Sheet, frame: _Frame, closes: Sequence[LedgerClose]) -> None:
    points: list[Point] = [(x, frame.y(float(close.closing))) for i, close in enumerate(closes) for x in frame.edges(i)]
    sheet.path(points, "acc", 2.5)


def _draw_values(sheet: Sheet, frame: _Frame, closes: Sequence[LedgerClose], words: LedgerWords) -> None:
    names = [words.signed(close.closing) for close in closes]
    for i in _labelled(names, frame.step):
        closing = float(closes[i].closing)
        y = frame.y(closing) + (-8 if closing >= 0 else 18)
        sheet.number(sum(frame.edges(i)) / 2, y, names[i], "tb halo", "middle")


def _draw_losses(sheet: Sheet, frame: _Frame, closes: Sequence[LedgerClose], words: LedgerWords) -> None:
    """A cross at the height from which lots expired; its label swings to the other side before it leaves."""
    for i, close in enumerate(closes):
        if not close.expired:
            continue
        x, y = frame.edges(i)[0], frame.y(float(close.closing + close.expired))
        sheet.cross(x, y, 5, "ink", 2)
        label = words.expired(-close.expired if close.expired < 0 else close.expired)
        fits = x + 10 + len(label) * LETTER <= frame.x1
        sheet.text(x + (10 if fits else -10), y - 9, label, "t2 halo", "start" if fits else "end")


def _draw_ends(sheet: Sheet, frame: _Frame, last: LedgerClose, band: Quantity, words: LedgerWords) -> None:
    tolerance = float(band)
    wanted = [
        (frame.y(tolerance), words.tolerance(band)),
        (frame.y(0), words.even),
        (frame.y(-tolerance), words.tolerance(-band)),
    ]
    taken = [frame.y(float(last.closing))]
    sheet.text(frame.x1 + 12, taken[0] + 4, words.standing, "ta")
    for y, label in wanted:
        if all(abs(y - other) >= LABEL_HEIGHT for other in taken):  # a label over another is read by nobody
            sheet.text(frame.x1 + 12, y + 4, label, "t2")
            taken.append(y)
