"""Small cells: what a published table of people hides.

Decides which cells and totals are hidden so that nobody can work out a small one: cells of 1 to 4, those that one
institution dominates, and as many more as it takes until the totals leave every hidden cell an interval of at least
five. Practice behind the numbers: OECD glossary, UK LLC, Ofqual, HESA; k and the interval are choices of this project.
Words for "hidden" are made elsewhere; there is one neutral mark, never "<5".
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.disclosure import Key, Network
from mobility.domain.reciprocity.quantities import share

SMALLEST_SHOWN = 5
SMALLEST_INTERVAL = 5
SMALLEST_DENOMINATOR = 20
LARGEST_INSTITUTION = Fraction(85, 100)


class CellStatus(StrEnum):
    """The `status` column of every exported table; NONE: the figure is undefined."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """Counts of people by row and column. Missing cells are true zeros; totals are computed, not given."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    def with_totals(self) -> dict[Key, int]:
        """Every cell and total; key (row, None) is a row total, (None, None) the grand total."""
        values: Counter[Key] = Counter()
        for (row, column), people in self.counts.items():
            for key in ((row, column), (row, None), (None, column), (None, None)):
                values[key] += people
        keys = [(row, column) for row in (*self.rows, None) for column in (*self.columns, None)]
        return {key: values[key] for key in keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable:
    """What the public sees: `values[key]` is None where it is hidden."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Mapping[Key, int | None]

    def status(self, row: str | None, column: str | None) -> CellStatus:
        return CellStatus.HIDDEN if self.values[row, column] is None else CellStatus.SHOWN

    @property
    def hidden(self) -> list[Key]:
        return [key for key, value in self.values.items() if value is None]


def count_table(cells: Iterable[tuple[str, str, int]], *, order: Sequence[str] = ()) -> CountTable:
    """A table from (row, column, people); names in `order` come first, the others by code.

    Raises InvalidInput for a count below 0.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for row, column, people in cells:
        if people < 0:
            raise InvalidInput(field="people", reason="negative", value=people)
        counts[row, column] += people
    place = {name: i for i, name in enumerate(order)}

    def ordered(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(set(names), key=lambda name: (place.get(name, len(place)), name)))

    return CountTable(
        rows=ordered(row for row, _ in counts), columns=ordered(column for _, column in counts), counts=counts
    )


def suppress(
    table: CountTable,
    *,
    k: int = SMALLEST_SHOWN,
    zeros_shown: bool = True,
    dominated: Collection[tuple[str, str]] = (),
    paired: bool = False,
) -> PublishedTable:
    """Hides small cells and totals, then others until every hidden one keeps an interval of `SMALLEST_INTERVAL`.

    `zeros_shown=False`: zeros count as 1–4. `dominated`: cells where one institution has too much of the count.
    `paired`: origin × host tables hide both directions of a pair together; a zero direction stays shown.
    The interval covers a lone hidden cell, hidden cells that sum to their count, and chains of them.
    """
    values = table.with_totals()
    lowest = 1 if zeros_shown else 0
    network = Network(values, lowest)
    small = [key for key, value in values.items() if lowest <= value < k]
    waiting: list[Key] = []
    _hide(network, [*small, *dominated], waiting, paired)
    while waiting:
        key = waiting.pop()
        while (found := network.width(key, SMALLEST_INTERVAL))[0] < SMALLEST_INTERVAL:
            width, changes = found
            cover = network.cheapest_cover(key, SMALLEST_INTERVAL - width, changes)
            _hide(network, cover, waiting, paired)
    shown = {key: None if key in network.hidden else value for key, value in values.items()}
    return PublishedTable(rows=table.rows, columns=table.columns, values=shown)


def _hide(network: Network, keys: Iterable[Key], waiting: list[Key], paired: bool) -> None:
    for key in keys:
        mirrored = [key, (key[1], key[0])] if paired and None not in key else [key]
        for one in mirrored:
            if one not in network.hidden and network.values.get(one, -1) >= network.lowest:
                network.hide(one)
                waiting.append(one)


def pair_is_hidden(table: PublishedTable, a: str, b: str) -> bool:
    """Whether net, balance, index, p and every drawing of the pair must be hidden: one direction is enough."""
    return None in (table.values.get((a, b), 0), table.values.get((b, a), 0))


def country_is_hidden(table: PublishedTable, country: str) -> bool:
    """Whether r_out and r_in must be hidden: they are built from every cell of the row and the column."""
    own_row = (table.values.get((country, column), 0) for column in (*table.columns, None))
    own_column = (table.values.get((row, country), 0) for row in (*table.rows, None))
    return any(value is None for value in own_row) or any(value is None for value in own_column)


def is_dominated(people: int, largest_institution: int) -> bool:
    """Whether one institution has more than 85 % of a cell, and could recognise the others."""
    return largest_institution > LARGEST_INSTITUTION * people


def publishable_share(part: int, whole: int) -> Fraction | None:
    """The share, or None if fewer than 20 stand behind it: no percentages on small denominators."""
    return None if whole < SMALLEST_DENOMINATOR else share(part, whole)
