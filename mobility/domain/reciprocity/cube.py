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

MOST_TRIED = 12
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
    return (place[0] is None) + (place[1] is None) + (place[2] is None)


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
        own = PRICES[_rank(place)]
        best: tuple[int, int] | None = None
        chosen: list[Place] = []
        along = [self._along(place, axis) for axis in range(3)]
        for first, second in product(along[0], along[1]):
            side = self._face(place, (first, second, place[2]))
            if side is None or (best is not None and self._price(side) > best[0]):
                continue
            for third in along[2]:
                far = self._face((place[0], place[1], third), (first, second, third))
                if far is None or not self._has_room(place, corners := [*side, *far]):
                    continue
                found = (self._price(corners), self._size(corners))
                if best is None or found < best:
                    best, chosen = found, corners
                if best[0] == own:
                    break  # nothing else needs to be hidden
            if best is not None and best[0] == own:
                break
        if best is None:
            raise CannotBeProtected(place=place)
        self.hidden.update(chosen)

    def _face(self, near: Place, opposite: Place) -> list[Place] | None:
        """Return the four corners of one side of a box; None where one is a zero or known, and so cannot be hidden."""
        third = near[2]
        corners: list[Place] = [near, (opposite[0], near[1], third), (near[0], opposite[1], third), opposite]
        for corner in corners:
            if corner not in self.cube.values or corner in self.barred:
                return None
        return corners

    def _price(self, corners: Iterable[Place]) -> int:
        return sum(PRICES[_rank(corner)] for corner in corners if corner not in self.hidden)

    def _size(self, corners: Iterable[Place]) -> int:
        return sum(self.cube.values[corner] for corner in corners if corner not in self.hidden)

    def _has_room(self, place: Place, corners: Iterable[Place]) -> bool:
        """Say whether all corners can move by five together, half of them up while the others go down, and back.

        Steps from the place turn the sign; so does standing for a total, which is on the other side of its sum.
        """
        up = down = 1 << 60
        own = _rank(place) % 2
        for corner in corners:
            turns = (corner[0] != place[0]) + (corner[1] != place[1]) + (corner[2] != place[2]) + _rank(corner)
            room = self.cube.values[corner] - 1
            if turns % 2 == own:
                down = min(down, room)
            else:
                up = min(up, room)
            if up + down < SMALLEST_INTERVAL:
                return False
        return True

    def _along(self, place: Place, axis: int) -> list[str | None]:
        """Return the other places of a line that could be a corner, what is hidden already first, then the largest."""
        names: list[str | None] = [name for name in self.cube.axes[axis] if name != place[axis]]
        line = {name: _moved(place, axis, name) for name in names}
        worth = {
            name: (corner not in self.hidden, -self.cube.values[corner])
            for name, corner in line.items()
            if corner in self.cube.values and corner not in self.barred
        }
        found = sorted(worth, key=lambda name: (worth[name], str(name)))[:MOST_TRIED]
        return found if place[axis] is None else [*found, None]


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
