"""A published cube of counts: origin × host × field of work with every margin, and what of it stays hidden.

Decides which cells and margins are hidden so that no hidden one can be derived, from all margins together and from
tables that were released before, within less than five. A table alone is protected more sparingly by `suppression`;
that method knows rows and columns only. Here hidden cells are covered by boxes: two places along each of the three
axes, one of them perhaps the total. Raising and lowering the eight corners in turn leaves every published sum as it
was, so each corner can be anything within the room that all of them have. Repsilber's hypercube method does the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from mobility.domain.errors import DomainError, InvalidInput
from mobility.domain.reciprocity.suppression import SMALLEST_INTERVAL, SMALLEST_SHOWN

Place = tuple[str | None, str | None, str | None]
"""(origin, host, field of work); None stands for the total along that axis."""

MOST_TRIED = 40
"""Further places tried along each axis, the largest first; the total is always tried, so that a cover is found."""

PRICES = (1, 100, 10_000, 1_000_000)
"""Hiding a cell is cheap, a margin dear, the grand total dearest."""


class CannotBeProtected(DomainError):
    """Earlier tables show too much: whatever is hidden now, a small cell could be derived from both."""

    code = "cannot_be_protected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Counts of people. Missing cells are true zeros; margins are computed, not given."""

    axes: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    values: Mapping[Place, int]

    def places(self) -> list[Place]:
        """Return every cell and margin, totals last along each axis."""
        first, second, third = ((*axis, None) for axis in self.axes)
        return list(product(first, second, third))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCube:
    """What the public sees: `values[place]` is None where it is hidden; a place that is missing is a true zero."""

    axes: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    values: Mapping[Place, int | None]

    def value(self, origin: str | None, host: str | None, field: str | None) -> int | None:
        """Return the figure, 0 for a true zero, None where it is hidden."""
        return self.values.get((origin, host, field), 0)

    @property
    def hidden(self) -> list[Place]:
        """Return the hidden places in their order."""
        return [place for place, value in self.values.items() if value is None]


def build_cube(cells: Iterable[tuple[str, str, str, int]]) -> Cube:
    """Return the cube of (origin, host, field, people) with all its margins; raises InvalidInput below 0."""
    counts: Counter[Place] = Counter()
    for origin, host, field, people in cells:
        if people < 0:
            raise InvalidInput(field="people", reason="negative", value=people)
        for corner in product((origin, None), (host, None), (field, None)):
            counts[corner] += people
    axes = [tuple(sorted({name for place in counts if (name := place[i]) is not None})) for i in range(3)]
    return Cube(axes=(axes[0], axes[1], axes[2]), values={place: value for place, value in counts.items() if value})


def suppress_cube(cube: Cube, *, k: int = SMALLEST_SHOWN, earlier: Sequence[PublishedCube] = ()) -> PublishedCube:
    """Hide cells and margins of 1 to k − 1, and as many more as it takes.

    `earlier` are tables of the same period that were released before: what they hid stays hidden, and what they
    showed can hide nothing, because readers know it. Raises CannotBeProtected where that leaves no cover.
    """
    known = {place for table in earlier for place, value in table.values.items() if value is not None}
    once_hidden = {place for table in earlier for place in table.hidden} & cube.values.keys()
    small = {place for place, value in cube.values.items() if value < k}
    if spoilt := sorted(small & known, key=str):
        raise CannotBeProtected(place=spoilt[0])
    cover = _Cover(cube, barred=known)
    for place in sorted(small | once_hidden, key=lambda place: (cube.values[place], _rank(place), str(place))):
        cover.protect(place)
    shown = {
        place: None if place in cover.hidden else cube.values[place] for place in cube.places() if place in cube.values
    }
    return PublishedCube(axes=cube.axes, values=MappingProxyType(shown))


def _rank(place: Place) -> int:
    return sum(part is None for part in place)


class _Cover:
    """The boxes found so far; every hidden place is a corner of one that leaves it room enough."""

    def __init__(self, cube: Cube, barred: Collection[Place]) -> None:
        self.cube = cube
        self.barred = barred
        self.hidden: set[Place] = set()

    def protect(self, place: Place) -> None:
        """Hide the place with the cheapest box around it, unless it is a corner of one already."""
        if place in self.hidden:
            return
        best: tuple[int, int, list[Place]] | None = None
        for others in self._others(place):
            corners = self._corners(place, others)
            if corners is None:
                continue
            price = sum(PRICES[_rank(corner)] for corner in corners if corner not in self.hidden)
            size = sum(self.cube.values[corner] for corner in corners if corner not in self.hidden)
            if best is None or (price, size) < best[:2]:
                best = (price, size, corners)
            if price == PRICES[_rank(place)]:
                break  # nothing else needs to be hidden
        if best is None:
            raise CannotBeProtected(place=place)
        self.hidden.update(best[2])

    def _others(self, place: Place) -> Iterable[tuple[str | None, ...]]:
        """Return the opposite corners to try: along each axis the places with most people, and the total."""
        return product(*(self._along(place, axis) for axis in range(3)))

    def _along(self, place: Place, axis: int) -> list[str | None]:
        own = place[axis]
        names: list[str | None] = [name for name in self.cube.axes[axis] if name != own]
        if len(names) > MOST_TRIED:
            line = {name: self.cube.values.get(_moved(place, axis, name), 0) for name in names}
            names = sorted(names, key=lambda name: -line[name])[:MOST_TRIED]
        return names if own is None else [*names, None]

    def _corners(self, place: Place, others: tuple[str | None, ...]) -> list[Place] | None:
        """Return the eight corners if none is a zero or known, and all can move by five together."""
        up = down = 1 << 60
        corners: list[Place] = []
        for turns in product((False, True), repeat=3):
            corner: Place = (
                others[0] if turns[0] else place[0],
                others[1] if turns[1] else place[1],
                others[2] if turns[2] else place[2],
            )
            value = self.cube.values.get(corner, 0)
            if not value or corner in self.barred:
                return None
            # a total stands on the other side of its sum, so its sign is turned once more
            if (sum(turns) + _rank(corner)) % 2 == _rank(place) % 2:
                down = min(down, value - 1)
            else:
                up = min(up, value - 1)
            if up + down < SMALLEST_INTERVAL:
                return None
            corners.append(corner)
        return corners


def _moved(place: Place, axis: int, name: str | None) -> Place:
    first, second, third = (name if i == axis else part for i, part in enumerate(place))
    return first, second, third


def shown_pairs(published: PublishedCube) -> list[tuple[str, str, int, int]]:
    """Return (a, b, a→b, b→a) for every pair of which both directions are shown; the others have no measures."""
    a_to_b = {
        (origin, host): published.value(origin, host, None)
        for origin in published.axes[0]
        for host in published.axes[1]
    }
    found = []
    for a, b in sorted({(min(pair), max(pair)) for pair in a_to_b if pair[0] != pair[1]}):
        there, back = a_to_b.get((a, b), 0), a_to_b.get((b, a), 0)
        if there is not None and back is not None and there + back:
            found.append((a, b, there, back))
    return found
