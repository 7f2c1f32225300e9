"""Small cells: what is hidden, and an audit that knows only what was published.

The audit shares no code with the suppression. It takes every hidden cell as an unknown of at least 1 (or 0), every
published total as an equation, and finds the smallest and largest value of each unknown with a simplex of its own.
"""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.suppression import (
    CellStatus,
    CountTable,
    count_table,
    country_is_hidden,
    is_dominated,
    pair_is_hidden,
    publishable_share,
    suppress,
)

UNTIMED = settings(deadline=None)
INFINITE = None


# ------------------------------------------------------------------ the audit


def equations(published):
    """[({hidden key: coefficient}, right-hand side)] for every row, column, and both lines of totals."""
    rows, columns = (*published.rows, None), (*published.columns, None)
    lines = [[(row, column) for column in columns] for row in rows]
    lines += [[(row, column) for row in rows] for column in columns]
    found = []
    for line in lines:
        unknown, right = {}, Fraction(0)
        for key in line:
            factor = -1 if key == line[-1] else 1
            if published.values[key] is None:
                unknown[key] = factor
            else:
                right -= factor * published.values[key]
        if unknown:
            found.append((unknown, right))
    return found


def widths(published, lowest):
    """max − min of every hidden cell, None where there is no maximum."""
    hidden = sorted(published.hidden, key=str)
    rows = [
        [Fraction(unknown.get(key, 0)) for key in hidden] + [right - lowest * sum(unknown.values())]
        for unknown, right in equations(published)
    ]
    basis = feasible(rows, len(hidden))
    assert basis is not None, "the published table contradicts itself"
    found = {}
    for i, key in enumerate(hidden):
        top, bottom = optimum(basis, i, 1), optimum(basis, i, -1)
        found[key] = INFINITE if top is None else top + bottom
    return found


def pivot(rows, basic, r, c):
    factor = rows[r][c]
    rows[r] = [value / factor for value in rows[r]]
    for i, row in enumerate(rows):
        if i != r and row[c]:
            rows[i] = [value - row[c] * other for value, other in zip(row, rows[r], strict=True)]
    basic[r] = c


def maximise(rows, basic, gain):
    """Bland's rule on a feasible tableau; the optimum of Σ gain·x, None if it has no bound."""
    while True:
        price = [gain[c] - sum(gain[basic[r]] * rows[r][c] for r in range(len(rows))) for c in range(len(gain))]
        entering = next((c for c, p in enumerate(price) if p > 0), None)
        if entering is None:
            return sum(gain[basic[r]] * rows[r][-1] for r in range(len(rows)))
        ratios = [(row[-1] / row[entering], basic[r], r) for r, row in enumerate(rows) if row[entering] > 0]
        if not ratios:
            return None
        pivot(rows, basic, min(ratios)[2], entering)


def feasible(equalities, n):
    """Phase one with one artificial unknown per equation; redundant equations drop out."""
    m = len(equalities)
    rows = []
    for i, row in enumerate(equalities):
        flip = -1 if row[-1] < 0 else 1
        artificial = [Fraction(int(i == j)) for j in range(m)]
        rows.append([flip * value for value in row[:-1]] + artificial + [flip * row[-1]])
    basic = list(range(n, n + m))
    if maximise(rows, basic, [Fraction(0)] * n + [Fraction(-1)] * m):
        return None
    for r in range(m):
        if basic[r] >= n:
            column = next((c for c in range(n) if rows[r][c]), None)
            if column is not None:
                pivot(rows, basic, r, column)
    kept = [(row[:n] + row[-1:], b) for row, b in zip(rows, basic, strict=True) if b < n]
    return [row for row, _ in kept], [b for _, b in kept], n


def optimum(basis, i, direction):
    rows, basic, n = basis
    gain = [Fraction(0)] * n
    gain[i] = Fraction(direction)
    return maximise([list(row) for row in rows], list(basic), gain)


def leaks(published, lowest=1):
    return {key: width for key, width in widths(published, lowest).items() if width is not None and width < 5}


# ------------------------------------------------------------------ the audit audited


def publish(table, hidden):
    values = {key: None if key in hidden else value for key, value in table.with_totals().items()}
    return type(suppress(table))(rows=table.rows, columns=table.columns, values=values)


GRID = count_table(
    [
        (row, column, people)
        for row, line in zip("PQR", [(3, 20, 30), (40, 2, 60), (70, 80, 90)], strict=True)
        for column, people in zip("XYZ", line, strict=True)
    ]
)


def test_the_audit_finds_a_single_hidden_cell():
    assert leaks(publish(GRID, {("P", "X")})) == {("P", "X"): 0}


def test_the_audit_finds_cells_that_sum_to_their_count():
    table = count_table([("P", "X", 1), ("P", "Y", 1), ("P", "Z", 9), ("Q", "X", 8), ("Q", "Y", 8), ("Q", "Z", 8)])
    hidden = {(row, column) for row in "PQ" for column in "XY"}
    assert leaks(publish(table, hidden))["P", "X"] == 0


def test_the_audit_finds_nothing_to_say_against_a_wide_square():
    assert leaks(publish(GRID, {(row, column) for row in "QR" for column in "XZ"})) == {}


# ------------------------------------------------------------------ the rules


def test_small_cells_are_hidden_and_cannot_be_worked_out():
    published = suppress(GRID)
    assert published.values["P", "X"] is published.values["Q", "Y"] is None
    assert published.values[None, None] == 395
    assert leaks(published) == {}


def test_rule_2_no_line_has_a_single_hidden_cell():
    published = suppress(GRID)
    for row in (*published.rows, None):
        assert sum(published.values[row, column] is None for column in (*published.columns, None)) != 1
    for column in (*published.columns, None):
        assert sum(published.values[row, column] is None for row in (*published.rows, None)) != 1


def test_rule_3_hidden_cells_that_sum_to_their_count_get_company():
    table = count_table([("P", "X", 1), ("P", "Y", 1), ("P", "Z", 9), ("Q", "X", 8), ("Q", "Y", 8), ("Q", "Z", 8)])
    assert leaks(suppress(table)) == {}


def test_nothing_is_hidden_where_nothing_is_small():
    table = count_table([("P", "X", 5), ("P", "Y", 9), ("Q", "X", 7), ("Q", "Y", 5)])
    published = suppress(table)
    assert published.hidden == []
    assert published.status("P", "X") is CellStatus.SHOWN


def test_true_zeros_are_shown_unless_policy_hides_them():
    table = count_table([("P", "X", 0), ("P", "Y", 30), ("Q", "X", 20), ("Q", "Y", 40)])
    assert suppress(table).values["P", "X"] == 0
    published = suppress(table, zeros_shown=False)
    assert published.status("P", "X") is CellStatus.HIDDEN
    assert leaks(published, lowest=0) == {}


def test_a_small_total_is_hidden_like_a_small_cell():
    published = suppress(count_table([("P", "X", 3), ("Q", "X", 40), ("Q", "Y", 50)]))
    assert published.values["P", None] is None
    assert leaks(published) == {}


def test_a_lone_small_cell_hides_everything_it_could_be_read_from():
    published = suppress(count_table([("P", "X", 3)]))
    assert set(published.values.values()) == {None}


def test_a_cell_of_one_institution_is_hidden_however_large():
    published = suppress(GRID, dominated=[("R", "Z")])
    assert published.values["R", "Z"] is None
    assert leaks(published) == {}


def test_both_directions_of_a_pair_can_be_hidden_together():
    rows = [("A", "B", 2), ("B", "A", 40), ("A", "C", 30), ("C", "A", 20), ("B", "C", 25), ("C", "B", 35)]
    published = suppress(count_table(rows), paired=True)
    assert published.values["A", "B"] is published.values["B", "A"] is None
    assert leaks(published) == {}


def test_an_empty_table_stays_empty():
    assert suppress(CountTable(rows=(), columns=(), counts={})).values == {(None, None): 0}


def test_a_larger_k_hides_more():
    assert len(suppress(GRID, k=35).hidden) > len(suppress(GRID).hidden)


def test_what_derives_from_a_hidden_cell_is_hidden():
    rows = [("A", "B", 2), ("B", "A", 40), ("A", "C", 30), ("C", "A", 20), ("B", "C", 25), ("C", "B", 35)]
    rows += [("D", "E", 50), ("E", "D", 60)]
    published = suppress(count_table(rows))
    assert pair_is_hidden(published, "A", "B")
    assert pair_is_hidden(published, "B", "A")
    assert country_is_hidden(published, "A")
    assert not pair_is_hidden(published, "D", "E")
    assert not country_is_hidden(published, "D")


def test_no_percentages_on_fewer_than_twenty():
    assert publishable_share(9, 19) is None
    assert publishable_share(5, 20) == Fraction(1, 4)


def test_one_institution_may_have_85_per_cent_and_no_more():
    assert not is_dominated(100, 85)
    assert is_dominated(100, 86)


def test_order_and_negative_counts_of_a_table():
    table = count_table([("FR", "DE", 5), ("DE", "FR", 6), ("AE", "FR", 7)], order=["FR"])
    assert table.rows == ("FR", "AE", "DE")
    with pytest.raises(InvalidInput):
        count_table([("FR", "DE", -1)])


SMALL = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 12, 40])


@st.composite
def tables(draw):
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return count_table([(f"r{i}", f"c{j}", draw(SMALL)) for i in range(rows) for j in range(columns)])


@UNTIMED
@given(tables())
def test_no_hidden_cell_can_be_derived_within_less_than_five(table):
    published = suppress(table)
    assert leaks(published) == {}
    for key, value in table.with_totals().items():
        assert published.values[key] in (None, value)
        assert published.values[key] is None or not 1 <= value < 5
        assert value or published.values[key] == 0


@UNTIMED
@given(tables())
def test_nor_where_zeros_are_hidden_too(table):
    published = suppress(table, zeros_shown=False)
    assert leaks(published, lowest=0) == {}
    assert all(value is None or value >= 5 for value in published.values.values())


@st.composite
def flow_tables(draw):
    countries = [f"c{i}" for i in range(draw(st.integers(2, 4)))]
    return count_table([(a, b, draw(SMALL)) for a in countries for b in countries if a != b])


@UNTIMED
@given(flow_tables())
def test_nor_where_both_directions_are_hidden_together(table):
    published = suppress(table, paired=True)
    assert leaks(published) == {}
    for row, column in table.counts:
        both = table.counts[row, column], table.counts.get((column, row), 0)
        if all(both):
            assert published.status(row, column) is published.status(column, row)
