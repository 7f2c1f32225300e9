"""The picture of a released table: how many people each state sent and hosted, as bars around one line.

It stands alone, so that any page may show it: colours are attributes, text is text, and what is hidden has a hatch of
one length, whatever it hides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mobility.domain.reciprocity.cube import PublishedCube

WIDTH, HEAD, LINE = 640, 64, 44
MIDDLE = WIDTH / 2
LONGEST = 220
HATCHED = 24
MOST_COUNTRIES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One country: x and width of both bars, mirrored for a language that reads from right to left.

    `sent` and `hosted` are None where they are hidden.
    """

    code: str
    y: int
    sent: int | None
    hosted: int | None
    sent_x: float
    sent_width: float
    hosted_x: float
    hosted_width: float


def bars_of(published: PublishedCube, *, rtl: bool = False) -> list[Bars]:
    """Return the bars of every country with a stay, by what is shown of it, the largest first."""
    codes = sorted({*published.axes[0], *published.axes[1]})
    both = [(code, published.value(code, None, None), published.value(None, code, None)) for code in codes]
    shown = sorted(both, key=lambda each: (-((each[1] or 0) + (each[2] or 0)), each[0]))[:MOST_COUNTRIES]
    largest = max([1, *(value for _, *values in shown for value in values if value is not None)])
    return [_bars(n, code, sent, hosted, largest, rtl) for n, (code, sent, hosted) in enumerate(shown)]


def _bars(n: int, code: str, sent: int | None, hosted: int | None, largest: int, rtl: bool) -> Bars:
    sent_width, hosted_width = (HATCHED if value is None else value * LONGEST / largest for value in (sent, hosted))
    return Bars(
        code=code,
        y=HEAD + n * LINE,
        sent=sent,
        hosted=hosted,
        sent_x=MIDDLE if rtl else MIDDLE - sent_width,
        sent_width=sent_width,
        hosted_x=MIDDLE - hosted_width if rtl else MIDDLE,
        hosted_width=hosted_width,
    )


def height_of(bars: Sequence[Bars]) -> int:
    """Return the height of the picture."""
    return HEAD + len(bars) * LINE + 40
