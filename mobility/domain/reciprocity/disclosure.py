"""The arithmetic an outsider can do on a published table: how far each hidden cell can be pinned down.

Decides, for one hidden cell, the width of the interval that the published totals leave to it. Every cell of a table
with totals is an arc of a network (its row on one side, its column on the other; totals point the other way), and
what an outsider cannot exclude is a flow around that network. Which cells to hide is decided in `suppression`.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush
from itertools import count

Key = tuple[str | None, str | None]
"""(row, column) of a cell; None stands for the total."""

Node = tuple[bool, str | None]
"""A row (False, name) or a column (True, name)."""

GRAND_TOTAL_COST, TOTAL_COST, CELL_COST = 10_000, 100, 1
"""Hiding a cell is cheap, hiding a total dear: a total is what readers come for."""


class Network:
    """The cells of one table as arcs. `lowest` is the smallest value an outsider must allow for a hidden cell:
    1 where true zeros are shown, else 0. Cells at 0 are no arcs while zeros are shown, for they stay shown."""

    def __init__(self, values: Mapping[Key, int], lowest: int) -> None:
        self.values = values
        self.lowest = lowest
        self.hidden: set[Key] = set()
        self._arcs: defaultdict[Node, list[Key]] = defaultdict(list)
        self._hidden_arcs: defaultdict[Node, list[Key]] = defaultdict(list)
        for key, value in values.items():
            if value >= lowest:
                self._arcs[False, key[0]].append(key)
                self._arcs[True, key[1]].append(key)

    def hide(self, key: Key) -> None:
        """From now on the outsider does not see this cell."""
        self.hidden.add(key)
        self._hidden_arcs[False, key[0]].append(key)
        self._hidden_arcs[True, key[1]].append(key)

    def width(self, key: Key, enough: int) -> tuple[int, dict[Key, int]]:
        """How much the hidden cell can vary, counted up to `enough`; and the changes that reach its upper end."""
        start, end = self._ends(key)
        room = min(enough, self.values[key] - self.lowest)
        down = self._push(end, start, key, room, {})
        changes: dict[Key, int] = {}
        up = self._push(start, end, key, enough - down, changes)
        return down + up, changes

    def cheapest_cover(self, key: Key, need: int, changes: dict[Key, int]) -> list[Key]:
        """Further cells that, once hidden, let the cell rise by `need` more (or by 1, if nothing gives as much).

        `changes` are those that `width` already used up.
        """
        start, end = self._ends(key)
        for units in (need, 1):
            path = self._cheapest_path(start, end, key, units, changes)
            if path is not None:
                return [step for step in path if step not in self.hidden]
        raise AssertionError("with every total hidden a table has no upper end")

    @staticmethod
    def _ends(key: Key) -> tuple[Node, Node]:
        """Where a path must start and end that makes up for raising this cell by one."""
        row: Node = (False, key[0])
        column: Node = (True, key[1])
        return (column, row) if _points_to_column(key) else (row, column)

    def _push(self, start: Node, end: Node, without: Key, limit: int, changes: dict[Key, int]) -> int:
        """Augmenting paths, shortest first, until the limit or until none is left."""
        pushed = 0
        while pushed < limit:
            path = self._shortest_path(start, end, without, changes)
            if path is None:
                break
            units = min([limit - pushed, *(self._room(step, up, changes) for step, up in path)])
            for step, up in path:
                changes[step] = changes.get(step, 0) + (units if up else -units)
            pushed += units
        return pushed

    def _room(self, key: Key, up: bool, changes: Mapping[Key, int]) -> int:
        if up:
            return 1 << 60  # only the totals bound a hidden cell from above
        return self.values[key] + changes.get(key, 0) - self.lowest

    def _moves(self, node: Node, arcs: list[Key]) -> Iterator[tuple[Key, bool, Node]]:
        """(cell, raised or lowered, next node) for every arc at the node."""
        is_column = node[0]
        for key in arcs:
            up = _points_to_column(key) != is_column
            yield key, up, (not is_column, key[0] if is_column else key[1])

    def _shortest_path(
        self, start: Node, end: Node, without: Key, changes: Mapping[Key, int]
    ) -> list[tuple[Key, bool]] | None:
        came: dict[Node, tuple[Node, Key, bool] | None] = {start: None}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            for key, up, following in self._moves(node, self._hidden_arcs[node]):
                if following in came or key == without or self._room(key, up, changes) < 1:
                    continue
                came[following] = (node, key, up)
                if following == end:
                    return _trace(came, end)
                waiting.append(following)
        return None

    def _cheapest_path(
        self, start: Node, end: Node, without: Key, units: int, changes: Mapping[Key, int]
    ) -> list[Key] | None:
        came: dict[Node, tuple[Node, Key, bool] | None] = {start: None}
        best: dict[Node, int] = {start: 0}
        turn = count()
        waiting: list[tuple[int, int, Node]] = [(0, next(turn), start)]
        cost_of: Callable[[Key], int] = self._cost
        while waiting:
            cost, _, node = heappop(waiting)
            if node == end:
                return [key for key, _ in _trace(came, end)]
            if cost > best[node]:
                continue
            for key, up, following in self._moves(node, self._arcs[node]):
                further = cost + cost_of(key)
                if key == without or further >= best.get(following, further + 1):
                    continue
                if self._room(key, up, changes) >= units:
                    best[following], came[following] = further, (node, key, up)
                    heappush(waiting, (further, next(turn), following))
        return None

    def _cost(self, key: Key) -> int:
        if key in self.hidden:
            return 0
        totals = (key[0] is None) + (key[1] is None)
        return (CELL_COST, TOTAL_COST, GRAND_TOTAL_COST)[totals]


def _points_to_column(key: Key) -> bool:
    """Cells and the grand total count from row to column, the totals of rows and columns the other way."""
    return (key[0] is None) == (key[1] is None)


def _trace(came: Mapping[Node, tuple[Node, Key, bool] | None], end: Node) -> list[tuple[Key, bool]]:
    path: list[tuple[Key, bool]] = []
    step = came[end]
    while step is not None:
        node, key, up = step
        path.append((key, up))
        step = came[node]
    return path[::-1]
