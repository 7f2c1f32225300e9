"""The small drawings of the key below the corridor: the same marks, each on a sheet of its own."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mobility.web.shared.shapes import Figure, Sheet

_WIDTH, _HEIGHT = 36, 16


def key_figure(sign: str, *, rtl: bool = False) -> Figure:
    """Return the drawing of one sign; a word stands beside it, so it is hidden from screen readers."""
    sheet = Sheet(name=f"key-{sign}", width=_WIDTH, height=_HEIGHT, rtl=rtl, hatch_cls="acc")
    _SIGNS[sign](sheet)
    return sheet.finish()


def _runs(sheet: Sheet) -> None:
    sheet.rect(1, 35, 4, 8, "f-paper acc", stroke=1.4)
    sheet.rect(1, 18, 4, 8, "f-acc")


def _flag(sheet: Sheet) -> None:
    sheet.line(14, 0, 14, 16, "acc", 2)
    sheet.path([(14, 0.5), (23, 4), (14, 7.5)], "f-acc", closed=True)


def _stopped(sheet: Sheet) -> None:
    sheet.rect(1, 35, 4, 8, "f-paper acc", stroke=1.4)
    sheet.hatch(1, 35, 4, 8)


def _done(sheet: Sheet) -> None:
    sheet.rect(1, 24, 4.5, 7, "f-ink2")
    sheet.circle(24, 8, 7, "f-ink")
    sheet.tick(24, 8, "s-paper", 1.8)


def _late(sheet: Sheet) -> None:
    sheet.rect(1, 12, 4.5, 7, "f-ink2")
    sheet.rect(12, 24, 4.5, 7, "f-stop")
    sheet.diamond(25, 8, 8, "f-stop")
    sheet.cross(25, 8, 3, "s-paper", 1.8)


def _limit(sheet: Sheet) -> None:
    sheet.line(2, 8, 34, 8, "acc dot", 1.5)
    sheet.line(34, 3, 34, 13, "acc", 1.5)


def _back(sheet: Sheet) -> None:
    sheet.line(5, 8, 33, 8, "ink2", 1.2)
    sheet.line(33, 3, 33, 13, "ink2", 1.5)
    sheet.line(5, 0, 5, 16, "acc", 2)
    sheet.path([(5, 0.5), (13, 4), (5, 7.5)], "f-acc", closed=True)


def _safe(sheet: Sheet) -> None:
    sheet.path([(12, 2), (24, 2), (18, 10)], "f-paper ink", closed=True)


def _week(sheet: Sheet) -> None:
    sheet.rect(1, 35, 5, 5, "f-paper ink", stroke=1)
    sheet.rect(12, 24, 5, 5, "f-ink")


_SIGNS: Final[Mapping[str, Callable[[Sheet], None]]] = MappingProxyType(
    {
        "runs": _runs,
        "flag": _flag,
        "stopped": _stopped,
        "done": _done,
        "late": _late,
        "limit": _limit,
        "back": _back,
        "safe": _safe,
        "week": _week,
    }
)
