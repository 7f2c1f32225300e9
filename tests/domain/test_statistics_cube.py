"""The published cube: what is hidden, and an audit by linear programming that knows only what was published.

The audit shares no code with the hiding: every hidden place is an unknown of at least 1, every published sum along an
axis an equation; each unknown is minimised and maximised (scipy, HiGHS). 200 tables in an ordinary run; a nightly one
asks for more, as for all properties (MOBILITY_EXAMPLES).
"""

import os
import random
from dataclasses import dataclass
from itertools import product

import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.cube import (
    CannotBeProtected,
    PublishedCube,
    build_cube,
    shown_pairs,
    suppress_cube,
)
from mobility.domain.reciprocity.suppression import count_table, suppress

TABLES = int(os.environ.get("MOBILITY_EXAMPLES", "200"))
BATCH = 20
SIZES = (0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 9, 12, 20, 40)


@dataclass(frozen=True)
class Flat:
    """A published table of rows and columns in the form of a cube with two axes."""

    axes: tuple[tuple[str, ...], ...]
    values: dict
    hidden: list


def places_of(published):
    return list(product(*((*axis, None) for axis in published.axes)))


def sums_of(published):
    """(coefficients, right-hand side) of every published sum: along each axis the cells less the total are nothing."""
    found = []
    places = places_of(published)
    for axis in range(len(published.axes)):
        lines = {}
        for place in places:
            key = tuple("all" if i == axis else part for i, part in enumerate(place))
            lines.setdefault(key, []).append(place)
        for line in lines.values():
            unknown, right = {}, 0
            for place in line:
                sign = -1 if place[axis] is None else 1
                value = published.values.get(place, 0)
                if value is None:
                    unknown[place] = sign
                else:
                    right -= sign * value
            if unknown:
                found.append((unknown, right))
            else:
                assert right == 0, "the published figures contradict each other"
    return found


HIGHEST = 10_000.0
"""Stands for "without end": far above every count here, so that no width below five comes from it."""


def bounds(tables, wanted=None):
    """The smallest and largest value of hidden places, as {(number of the table, place): (low, high)}.

    One programme for all: a copy of the table's equations for every place and either end, side by side.
    """
    asked = [(n, place) for n, table in enumerate(tables) for place in (wanted[n] if wanted else table.hidden)]
    hidden = [[place for place in places_of(table) if table.values.get(place, 0) is None] for table in tables]
    sums = [sums_of(table) for table in tables]
    rows, columns, factors, right, cost, picked = [], [], [], [], [], []
    for n, place in asked:
        for direction in (1, -1):
            index = {each: len(cost) + i for i, each in enumerate(hidden[n])}
            for unknown, value in sums[n]:
                rows += [len(right)] * len(unknown)
                columns += [index[each] for each in unknown]
                factors += unknown.values()
                right.append(value)
            picked.append(index[place])
            cost += [direction if each == place else 0 for each in hidden[n]]
    if not asked:
        return {}
    left = csr_matrix((factors, (rows, columns)), shape=(len(right), len(cost)))
    solved = linprog(cost, A_eq=left, b_eq=right, bounds=(1, HIGHEST), method="highs")
    assert solved.status == 0, solved.message
    return {
        key: (round(solved.x[picked[2 * i]], 6), round(solved.x[picked[2 * i + 1]], 6)) for i, key in enumerate(asked)
    }


def leaks(*tables, wanted=None):
    return {
        place: ends
        for (_, place), ends in bounds(tables, wanted).items()
        if ends[1] < HIGHEST and ends[1] - ends[0] < 5 - 1e-6
    }


def random_cells(generator):
    origins = [f"o{i}" for i in range(generator.randint(1, 4))]
    hosts = [f"h{i}" for i in range(generator.randint(1, 4))]
    fields = [f"f{i}" for i in range(generator.randint(1, 3))]
    return [(o, h, f, generator.choice(SIZES)) for o in origins for h in hosts for f in fields]


# ------------------------------------------------------------------ the audit audited


def publish(cells, hidden):
    cube = build_cube(cells)
    values = {place: None if place in hidden else value for place, value in cube.values.items()}
    return PublishedCube(axes=cube.axes, values=values)


CELLS = [(o, h, f, 10 + 7 * n) for n, (o, h, f) in enumerate((o, h, f) for o in "PQ" for h in "XY" for f in "mn")]


def test_the_audit_finds_a_place_that_is_hidden_alone_and_one_that_only_three_axes_together_give_away():
    assert leaks(publish(CELLS, {("P", "X", "m")})) == {("P", "X", "m"): (10, 10)}
    flat = {("P", "X", "m"), ("P", "X", "n"), ("P", "Y", "m"), ("P", "Y", "n")}
    assert len(leaks(publish(CELLS, flat))) == 4  # a square hides nothing where the third axis has its own sums


def test_the_audit_has_nothing_against_a_whole_box():
    box = {(o, h, f) for o in "PQ" for h in "XY" for f in "mn"}
    assert leaks(publish(CELLS, box)) == {}


# ------------------------------------------------------------------ the rules


def test_small_places_are_hidden_and_large_ones_shown_where_they_can_be():
    cells = [*CELLS[1:], ("P", "X", "m", 2)]
    published = suppress_cube(build_cube(cells))
    assert published.value("P", "X", "m") is None
    assert published.value(None, None, None) == sum(cell[3] for cell in cells)
    assert published.value("P", None, None) is not None
    assert leaks(published) == {}


def test_nothing_is_hidden_where_nothing_is_small_and_zeros_are_shown():
    published = suppress_cube(build_cube([*CELLS, ("R", "X", "m", 0)]))
    assert published.hidden == []
    assert published.value("R", "X", "m") == 0


def test_a_lone_stay_takes_every_sum_with_it():
    published = suppress_cube(build_cube([("P", "X", "m", 1)]))
    assert set(published.values.values()) == {None}


def test_a_negative_count_is_refused():
    with pytest.raises(InvalidInput):
        build_cube([("P", "X", "m", -1)])


def test_a_pair_has_measures_only_if_both_directions_are_shown():
    cells = [("A", "B", "m", 40), ("B", "A", "m", 30), ("A", "C", "m", 20), ("C", "A", "m", 2), ("C", "B", "m", 30)]
    published = suppress_cube(build_cube(cells))
    assert ("A", "C") not in {pair[:2] for pair in shown_pairs(published)}
    assert all(value is not None for pair in shown_pairs(published) for value in pair)


def test_no_hidden_place_can_be_derived_within_less_than_five():
    generator = random.Random(20181998)
    checked = 0
    for _ in range(TABLES // BATCH):
        tables = [suppress_cube(build_cube(random_cells(generator))) for _ in range(BATCH)]
        wanted = [generator.sample(table.hidden, min(len(table.hidden), 8)) for table in tables]
        assert leaks(*tables, wanted=wanted) == {}
        checked += sum(map(len, wanted))
    assert checked > TABLES


def random_table(generator):
    rows, columns = range(generator.randint(1, 6)), range(generator.randint(1, 6))
    found = suppress(count_table((f"r{i}", f"c{j}", generator.choice(SIZES)) for i in rows for j in columns))
    return Flat(axes=(found.rows, found.columns), values=dict(found.values), hidden=found.hidden)


def test_nor_can_one_of_a_table_that_stands_alone():
    generator = random.Random(1998)
    for _ in range(TABLES // BATCH):
        tables = [random_table(generator) for _ in range(BATCH)]
        wanted = [generator.sample(table.hidden, min(len(table.hidden), 8)) for table in tables]
        assert leaks(*tables, wanted=wanted) == {}


def test_no_small_figure_is_published_and_no_figure_changed():
    generator = random.Random(42)
    for _ in range(50):
        cube = build_cube(random_cells(generator))
        published = suppress_cube(cube)
        assert all(value is None or value >= 5 for value in published.values.values())
        assert all(value in (None, cube.values[place]) for place, value in published.values.items())


def test_a_table_released_again_is_the_same_and_what_was_hidden_stays_so():
    generator = random.Random(7)
    for _ in range(30):
        cube = build_cube(random_cells(generator))
        first = suppress_cube(cube)
        again = suppress_cube(cube, earlier=[first])
        assert again.values == first.values


def test_what_was_shown_before_hides_nothing_in_a_later_table():
    """The audit of both tables together: a reader who holds the first knows what it showed and nothing else changed."""
    generator = random.Random(11)
    tables = []
    for _ in range(60):
        cells = random_cells(generator)
        first = suppress_cube(build_cube(cells))
        o, h, f, _ = generator.choice(cells)
        later = [*cells, (o, h, f, generator.choice((1, 3, 8)))]
        try:
            second = suppress_cube(build_cube(later), earlier=[first])
        except CannotBeProtected:
            continue
        assert set(first.hidden) & set(second.values) <= set(second.hidden)
        known = {place for place, value in first.values.items() if value is not None}
        assert not known & set(second.hidden)
        tables.append(second)
    assert len(tables) > 10
    assert leaks(*tables, wanted=[table.hidden[:2] for table in tables]) == {}


def test_a_cell_that_was_shown_cannot_become_small_later():
    first = suppress_cube(build_cube(CELLS))
    with pytest.raises(CannotBeProtected):
        suppress_cube(build_cube([*CELLS[1:], ("P", "X", "m", 2)]), earlier=[first])
