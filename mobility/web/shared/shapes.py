"""The shapes that a server-drawn figure is made of, and the sheet on which they are placed.

Decides how a logical x, 0 at the start side, becomes a drawn x: it is computed from the text direction, and nothing
is ever mirrored by a transform. Colours are classes; sizes are plain attributes; there are no styles and no scripts.
What is drawn where is decided by the screens.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
"""In SVG text they do what <bdi> does in HTML: "−4" keeps its sign on its own side inside Arabic."""


def isolated(words: str) -> str:
    """The number or code kept together inside a label that runs from right to left."""
    return f"{FIRST_STRONG_ISOLATE}{words}{POP_ISOLATE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    cls: str
    x: float
    y: float
    width: float
    height: float
    stroke: float | None = None
    hatched: bool = False
    kind: str = "rect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """`d` is complete; `points` are the same corners as numbers, for tests and for other drawings."""

    cls: str
    d: str
    points: tuple[Point, ...]
    stroke: float | None = None
    kind: str = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    cls: str
    x: float
    y: float
    r: float
    stroke: float | None = None
    kind: str = "circle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a line of text with a look of its own; an empty class is that of the line."""

    cls: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """`spans`, where there are any, are the same words in parts, a space between two."""

    cls: str
    x: float
    y: float
    words: str
    anchor: Anchor = "start"
    spans: tuple[Span, ...] = ()
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Shapes that are one thing; a browser shows the title under the pointer."""

    title: str
    shapes: tuple["Shape", ...]
    kind: str = "group"


Shape = Rect | Path | Circle | Text | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A finished drawing. Without a title it is decoration beside a table row and hidden from screen readers.

    `fixed`: it keeps its own size in pixels; the others take the width of their place.
    """

    name: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    rtl: bool = False
    cls: str = ""
    title: str = ""
    desc: str = ""
    hatched: bool = False
    fixed: bool = False
    hatch_cls: str = "ink2"

    @property
    def flat(self) -> tuple[Shape, ...]:
        """Every shape, those of groups included."""
        return tuple(_flat(self.shapes))


def _flat(shapes: Sequence[Shape]) -> Iterator[Shape]:
    for shape in shapes:
        if isinstance(shape, Group):
            yield from _flat(shape.shapes)
        else:
            yield shape


def tenth(value: float) -> float:
    """A coordinate to a tenth of a unit, whole ones as int, so that they print without decimals."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A figure under construction. Every method takes logical x: 0 is the start side, whatever the direction."""

    name: str
    width: int
    height: int
    rtl: bool = False
    cls: str = ""
    hatch_cls: str = "ink2"
    shapes: list[Shape] = field(default_factory=list)

    def x(self, x: float) -> float:
        return tenth(self.width - x if self.rtl else x)

    def rect(self, x1: float, x2: float, y: float, height: float, cls: str, *, stroke: float | None = None) -> None:
        """From x1 to x2 in either order."""
        self.shapes.append(self._rect(x1, x2, y, height, cls, stroke, hatched=False))

    def hatch(self, x1: float, x2: float, y: float, height: float) -> None:
        """A stretch filled with lines: stopped or hidden."""
        self.shapes.append(self._rect(x1, x2, y, height, "", None, hatched=True))

    def _rect(
        self, x1: float, x2: float, y: float, height: float, cls: str, stroke: float | None, *, hatched: bool
    ) -> Rect:
        left = min(self.x(x1), self.x(x2))
        width = tenth(abs(x2 - x1))
        return Rect(cls=cls, x=left, y=tenth(y), width=width, height=tenth(height), stroke=stroke, hatched=hatched)

    def line(self, x1: float, y1: float, x2: float, y2: float, cls: str, stroke: float = 1) -> None:
        self.path([(x1, y1), (x2, y2)], cls, stroke)

    def path(self, points: Sequence[Point], cls: str, stroke: float | None = None, *, closed: bool = False) -> None:
        """Straight lines through the points."""
        drawn = tuple((self.x(x), tenth(y)) for x, y in points)
        d = "M" + "L".join(f"{x} {y}" for x, y in drawn) + ("Z" if closed else "")
        self.shapes.append(Path(cls=cls, d=d, points=drawn, stroke=stroke))

    def diamond(self, x: float, y: float, radius: float, cls: str) -> None:
        corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        self.path(corners, cls, closed=True)

    def tick(self, x: float, y: float, cls: str, stroke: float) -> None:
        """A check mark about a point; a sign, so it looks the same in both directions."""
        cx, cy = self.x(x), tenth(y)
        d = f"M{tenth(cx - 3.2)} {tenth(cy + 0.2)}l2.3 2.5l4.2 -5"
        self.shapes.append(Path(cls=cls, d=d, points=((cx, cy),), stroke=stroke))

    def cross(self, x: float, y: float, radius: float, cls: str, stroke: float) -> None:
        """Two strokes; symmetric, so the direction does not matter."""
        cx, cy, size = self.x(x), tenth(y), tenth(radius * 2)
        left, top = tenth(cx - radius), tenth(cy - radius)
        d = f"M{left} {top}l{size} {size}m0 -{size}l-{size} {size}"
        self.shapes.append(Path(cls=cls, d=d, points=((cx, cy),), stroke=stroke))

    def circle(self, x: float, y: float, r: float, cls: str, stroke: float | None = None) -> None:
        self.shapes.append(Circle(cls=cls, x=self.x(x), y=tenth(y), r=r, stroke=stroke))

    def text(self, x: float, y: float, words: str, cls: str, anchor: Anchor = "start") -> None:
        """`start` and `end` follow the direction of the figure."""
        self.shapes.append(Text(cls=cls, x=self.x(x), y=tenth(y), words=words, anchor=anchor))

    def line_of(self, x: float, y: float, spans: Sequence[Span], cls: str, anchor: Anchor = "start") -> None:
        """One line of text in parts."""
        words = " ".join(span.words for span in spans)
        self.shapes.append(Text(cls=cls, x=self.x(x), y=tenth(y), words=words, anchor=anchor, spans=tuple(spans)))

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Everything drawn inside becomes one thing with a title."""
        outer, self.shapes = self.shapes, []
        try:
            yield
        finally:
            inner, self.shapes = self.shapes, outer
            outer.append(Group(title=title, shapes=tuple(inner)))

    def number(self, x: float, y: float, words: str, cls: str, anchor: Anchor = "start") -> None:
        """A number or a code: isolated where the text around it runs from right to left."""
        self.text(x, y, isolated(words) if self.rtl else words, cls, anchor)

    def finish(self, title: str = "", desc: str = "", *, fixed: bool = False) -> Figure:
        shapes = tuple(self.shapes)
        return Figure(
            name=self.name,
            width=self.width,
            height=self.height,
            shapes=shapes,
            rtl=self.rtl,
            cls=self.cls,
            title=title,
            desc=desc,
            fixed=fixed,
            hatched=any(isinstance(shape, Rect) and shape.hatched for shape in _flat(shapes)),
            hatch_cls=self.hatch_cls,
        )
