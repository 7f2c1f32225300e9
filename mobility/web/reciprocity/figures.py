"""The small figures of the reciprocity report: lamp, mirrored bars, interval, matrix cell.

Decides their geometry. Marks carry the meaning before colour does: filled = sent, open = hosted or balanced, hatched
= hidden, diamond = tilts, dotted = not judged. The ledger has a file of its own, `ledger_figure`; the table beside a
figure, and every word in it, come from the page.
"""

from dataclasses import dataclass
from fractions import Fraction

from mobility.domain.reciprocity.lamps import DEFAULT_TOLERANCE, Lamp, LampState
from mobility.domain.reciprocity.quantities import Quantity
from mobility.domain.reciprocity.report import MatrixCell
from mobility.domain.reciprocity.service import Proportion
from mobility.web.shared.shapes import Figure, Sheet

LAMP_WIDTH = 152
"""Five lamps share a page from 1024 px on; drawn for that column, their labels never fall under 12 px."""

HIDDEN_LENGTH = 24
"""A hidden bar has one length, whatever it hides."""

LETTER = 6.6
"""Mean width of a letter at 12 to 13 px, for the question whether two labels fit side by side."""

JUDGED = frozenset({LampState.BALANCED, LampState.TILTS_TO_A, LampState.TILTS_TO_B})


def lamp_figure(
    lamp: Lamp,
    *,
    name_a: str,
    name_b: str,
    tolerance: Fraction = DEFAULT_TOLERANCE,
    rtl: bool = False,
    width: int = LAMP_WIDTH,
) -> Figure:
    """A balance on a track from B (start side) to A (end side) with the tolerance band in the middle.

    The diamond stands towards the side whose people receive more. A lamp that is not judged is a dotted track: no
    mark may suggest where it would have stood.
    """
    stacked = (len(name_a) + len(name_b)) * LETTER > width - 34  # margins, and a gap between the two
    sheet = Sheet(name=f"lamp-{lamp.code}", width=width, height=56 if stacked else 40, rtl=rtl)
    first, last, y = 12, width - 12, 12
    if lamp.state not in JUDGED or lamp.tilt is None:
        sheet.line(first, y, last, y, "ink2 dot", 1.5)
    else:
        _balance(sheet, lamp, float(lamp.tilt), float(tolerance))
    sheet.text(first, 36, name_b, "t3")
    sheet.text(last, 52 if stacked else 36, name_a, "t3", "end")
    return sheet.finish()


def _balance(sheet: Sheet, lamp: Lamp, tilt: float, tolerance: float) -> None:
    middle, y = sheet.width / 2, 12
    unit = middle - 12
    sheet.rect(middle - tolerance * unit, middle + tolerance * unit, y - 7, 14, "f-hair")
    sheet.line(12, y, sheet.width - 12, y, "ink2", 1)
    sheet.line(middle, y - 9, middle, y + 9, "ink", 1)
    x = middle + max(-1.0, min(1.0, tilt)) * unit
    if lamp.side:
        sheet.line(middle, y, x, y, "acc", 3)
        sheet.diamond(x, y, 8, "f-acc")
    else:
        sheet.circle(x, y, 5.5, "f-paper acc", 2.5)


def mirror_figure(
    name: str, sent: Quantity | None, hosted: Quantity | None, largest: Quantity, *, rtl: bool = False
) -> Figure:
    """Sent to the start side and hosted to the end side of one centre line, in a table row.

    `largest` is the largest number of the whole table, so that all rows share one scale. None: hidden, drawn as a
    hatch of fixed length. The table carries the numbers, so the drawing has no title.
    """
    sheet = Sheet(name=name, width=288, height=16, rtl=rtl)
    middle, unit = 144, 140 / float(largest) if largest else 0.0
    if sent is None:
        _hidden_bar(sheet, middle - HIDDEN_LENGTH, middle)
    elif sent:
        sheet.rect(middle - float(sent) * unit, middle, 2, 12, "f-acc")
    if hosted is None:
        _hidden_bar(sheet, middle, middle + HIDDEN_LENGTH)
    elif hosted:
        sheet.rect(middle, middle + float(hosted) * unit, 2.5, 11, "f-paper acc", stroke=1.2)
    sheet.line(middle, 0, middle, 16, "ink", 1.5)
    return sheet.finish()


def _hidden_bar(sheet: Sheet, x1: float, x2: float) -> None:
    sheet.hatch(x1, x2, 2.5, 11)
    sheet.rect(x1, x2, 2.5, 11, "ink2", stroke=1)


def hidden_mark(name: str, *, rtl: bool = False) -> Figure:
    """The hatch that stands in a table cell before the word "hidden"."""
    sheet = Sheet(name=name, width=HIDDEN_LENGTH, height=12, rtl=rtl)
    sheet.hatch(0, HIDDEN_LENGTH, 0, 12)
    return sheet.finish(fixed=True)


def interval_figure(name: str, of_a: Proportion | None, of_b: Proportion | None, *, rtl: bool = False) -> Figure:
    """Both sides' share with its 95 % interval on one axis from 0 to 1, so that overlap can be seen."""
    sheet = Sheet(name=name, width=288, height=32, rtl=rtl)
    for part in (0.0, 0.5, 1.0):
        sheet.line(_on_axis(part), 0, _on_axis(part), 32, "hair")
    for measured, y, cls in ((of_a, 10, "f-acc"), (of_b, 23, "f-paper acc")):
        if measured is None:
            continue
        sheet.line(_on_axis(measured.low), y, _on_axis(measured.high), y, "ink2", 2)
        for bound in (measured.low, measured.high):
            sheet.line(_on_axis(bound), y - 4, _on_axis(bound), y + 4, "ink2", 1.5)
        sheet.circle(_on_axis(float(measured.share)), y, 4.5, cls, 1.5)
    return sheet.finish()


def _on_axis(part: float) -> float:
    return 4 + part * 280


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLook:
    """How one cell of the origin × host table looks: its class, and the step that stands beside the number."""

    cls: str
    step: int | None


def cell_look(cell: MatrixCell, *, hidden: bool = False) -> CellLook:
    """Seven steps from b-3 to b3 by the balance of the row country; the middle one has no colour.

    A hidden cell has neither step nor colour, for both derive from it.
    """
    if hidden:
        return CellLook(cls="m-hidden", step=None)
    if cell.domestic:
        return CellLook(cls="m-dom", step=None)
    return CellLook(cls=f"b{cell.step}" if cell.step else "", step=cell.step)
