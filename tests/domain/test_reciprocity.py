"""Measures of pairs, programmes, concentration and equity against figures worked out by hand and by others."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity import concentration, equity, pairs, programme, report
from mobility.domain.reciprocity.flows import FlowTable, pool_flows
from mobility.domain.reciprocity.lamps import LampReason, LampState

UNTIMED = settings(deadline=None)

EXAMPLE = [("A", "B", 10), ("B", "A", 6), ("A", "C", 4), ("B", "C", 3), ("C", "B", 3), ("A", "A", 5)]

CODES = st.sampled_from(["AO", "DE", "EG", "FR", "NA", "VN"])
WEIGHTS = st.one_of(st.integers(0, 40), st.decimals("0", "40", places=2))
ROWS = st.lists(st.tuples(CODES, CODES, WEIGHTS), max_size=40)


def near(value):
    return pytest.approx(value, abs=1e-9)


# ------------------------------------------------------------------ pairs


@pytest.mark.parametrize(
    ("ab", "ba", "p"),
    [
        (3, 0, 0.25),
        (5, 0, 0.0625),
        (6, 0, 0.03125),
        (6, 2, 0.2890625),
        (9, 1, 0.021484375),
        (12, 4, 0.076812744140625),
        (4, 4, 1.0),
        (4, 3, 1.0),
    ],
)
def test_the_binomial_test_gives_the_exact_values(ab, ba, p):
    assert pairs.binomial_p(ab, ba) == pairs.binomial_p(ba, ab) == p


def test_34_against_12_is_hardly_chance():
    assert round(pairs.binomial_p(34, 12), 4) == 0.0016


@pytest.mark.parametrize(("ab", "ba"), [(1100, 900), (1010, 990), (1400, 700), (2000, 0)])
def test_large_totals_agree_with_the_exact_sum(ab, ba, monkeypatch):
    exact = 2 * pairs._lower_tail(ab + ba, min(ab, ba)) / (1 << (ab + ba))
    monkeypatch.setattr(pairs, "LARGEST_EXACT_TOTAL", 10)
    assert pairs.binomial_p(ab, ba) == pytest.approx(min(1.0, exact), rel=1e-9)


def test_a_million_moves_are_tested_without_walking_through_them():
    assert pairs.binomial_p(500_000, 500_600) == pytest.approx(0.549, abs=5e-3)
    assert pairs.binomial_p(100_000, 900_000) == 0.0


def test_without_traffic_nothing_is_defined_and_nothing_is_zero():
    measured = pairs.measure_pair("A", "B", 0, 0, people=True)
    assert (measured.net, measured.total) == (0, 0)
    assert measured.balance is measured.index is measured.ratio is measured.p is None


def test_one_way_traffic_is_fully_unbalanced():
    measured = pairs.measure_pair("A", "B", 0, 8, people=True)
    assert (measured.balance, measured.index, measured.ratio) == (1, 0, None)
    assert pairs.balance(8, 0) == -1


def test_money_and_days_have_no_p():
    assert pairs.measure_pair("A", "B", 30, 10, people=False).p is None


@pytest.mark.parametrize(
    ("total", "mean", "smallest"),
    [
        (1, 0, None),
        (2, 0.50, None),
        (5, 0.625, None),
        (6, 0.687, 1.0),
        (8, 0.727, 1.0),
        (10, 0.754, 0.80),
        (20, 0.824, 0.50),
        (50, 0.888, 0.32),
        (100, 0.920, 0.22),
        (200, 0.944, 0.15),
        (1000, 0.975, 0.064),
    ],
)
def test_small_numbers_make_a_fair_exchange_look_unfair(total, mean, smallest):
    assert float(pairs.expected_fair_index(total)) == pytest.approx(mean, abs=6e-4)
    telling = pairs.smallest_telling_balance(total)
    assert telling is None if smallest is None else float(telling) == pytest.approx(smallest, abs=5.1e-3)


def test_no_cases_have_no_fair_index():
    assert pairs.expected_fair_index(0) is None


@UNTIMED
@given(st.integers(0, 400), st.integers(0, 400))
def test_the_index_is_one_minus_the_size_of_the_balance(ab, ba):
    index, balance = pairs.balance_index(ab, ba), pairs.balance(ab, ba)
    assert (index is None) == (balance is None) == (ab + ba == 0)
    if index is not None:
        assert index == 1 - abs(balance)
        assert pairs.balance(ba, ab) == -balance


# ------------------------------------------------------------------ flows and programmes


def test_the_worked_example():
    measured = programme.measure_programme(pool_flows(EXAMPLE))
    assert (measured.total, measured.domestic, measured.pairs) == (26, 5, 3)
    assert measured.r == measured.weighted_index == Fraction(18, 26)
    assert float(measured.mei) == near(30.769230769)
    assert measured.binary == Fraction(4, 5)
    assert measured.mean_index == Fraction(1, 3) * (Fraction(12, 16) + 0 + 1)
    assert measured.settled_through_others == 0


def test_imbalances_that_cancel_through_third_countries_show_in_the_gap():
    ring = pool_flows([("A", "B", 5), ("B", "C", 5), ("C", "A", 5)])
    measured = programme.measure_programme(ring)
    assert (measured.r, measured.mei, measured.settled_through_others) == (0, 0, 1)


def test_top_imbalances_are_ordered_by_size_and_then_by_code():
    rows = [("B", "A", 3), ("C", "A", 3), ("A", "D", 9), ("C", "B", 3), ("E", "F", 2), ("F", "E", 2)]
    found = programme.top_imbalances(pool_flows(rows))
    assert [(pair.a, pair.b, pair.net) for pair in found] == [
        ("A", "D", -9),
        ("A", "B", 3),
        ("A", "C", 3),
        ("B", "C", 3),
    ]
    assert [pair.b for pair in programme.top_imbalances(pool_flows(rows), limit=2)] == ["D", "B"]


def test_country_versions_share_out_what_comes_back():
    measured = programme.measure_country(pool_flows(EXAMPLE), "A")
    assert (measured.sent, measured.hosted, measured.net) == (14, 6, -8)
    assert (measured.balance, measured.r_out, measured.r_in) == (Fraction(-8, 20), Fraction(6, 14), 1)
    nowhere = programme.measure_country(pool_flows(EXAMPLE), "Z")
    assert (nowhere.sent, nowhere.balance, nowhere.r_out, nowhere.r_in) == (0, None, None, None)


def test_without_traffic_a_programme_has_no_measures():
    measured = programme.measure_programme(pool_flows([("A", "A", 4), ("A", "B", 0)]))
    assert (measured.total, measured.domestic, measured.pairs) == (0, 4, 0)
    assert measured.r is measured.mei is measured.binary is measured.mean_index is None
    assert measured.settled_through_others is None


def test_weight_nought_makes_no_link():
    assert programme.binary_reciprocity(pool_flows([("A", "B", 3), ("B", "A", 0)])) == 0


def test_weights_are_exact():
    table = pool_flows([("A", "B", Decimal("0.1")), ("A", "B", Decimal("0.2")), ("B", "A", Fraction(3, 10))])
    assert programme.weighted_reciprocity(table) == 1


def test_a_negative_weight_is_refused_with_its_value():
    with pytest.raises(InvalidInput) as refused:
        pool_flows([("A", "B", -2)])
    assert refused.value.parameters["value"] == "-2"


def test_partners_of_a_country():
    table = pool_flows(EXAMPLE)
    assert table.partners("C") == ["A", "B"]
    assert table.weight("C", "A") == 0


@UNTIMED
@given(ROWS)
def test_r_is_the_traffic_weighted_mean_index_and_never_above_what_mei_allows(rows):
    measured = programme.measure_programme(pool_flows(rows))
    assert measured.r == measured.weighted_index
    if measured.r is None:
        assert measured.mei is None
    else:
        assert 0 <= measured.r <= 1 - measured.mei / 100 <= 1


@UNTIMED
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_splitting_of_rows_change_nothing(rows, random):
    shuffled = [row for origin, host, weight in rows for row in _split(origin, host, weight, random)]
    random.shuffle(shuffled)
    one, other = pool_flows(rows), pool_flows(shuffled)
    assert programme.measure_programme(one) == programme.measure_programme(other)
    assert programme.top_imbalances(one) == programme.top_imbalances(other)


def _split(origin, host, weight, random):
    part = Fraction(weight) * Fraction(random.randint(0, 4), 4)
    return [(origin, host, part), (origin, host, Fraction(weight) - part)]


@UNTIMED
@given(ROWS)
def test_exchanging_sent_and_hosted_keeps_r_and_mei(rows):
    table, reversed_table = pool_flows(rows), pool_flows([(h, o, w) for o, h, w in rows])
    assert programme.weighted_reciprocity(table) == programme.weighted_reciprocity(reversed_table)
    assert programme.migration_effectiveness(table) == programme.migration_effectiveness(reversed_table)


# ------------------------------------------------------------------ concentration and equity


def test_concentration_of_equal_single_and_no_amounts():
    assert concentration.herfindahl([5, 5, 5, 5]) == Fraction(1, 4)
    assert concentration.herfindahl_normalised([5, 5, 5, 5]) == 0
    assert concentration.herfindahl_normalised([9, 0, 0]) == 1
    assert concentration.herfindahl([7]) == 1
    assert concentration.herfindahl_normalised([7]) is None
    assert concentration.herfindahl([0, 0]) is concentration.gini([0, 0]) is concentration.gini([]) is None


def test_gini_counts_the_parties_that_received_nothing():
    assert concentration.gini([1, 1, 1]) == 0
    assert concentration.gini([0, 0, 0, 10]) == Fraction(3, 4)
    assert concentration.gini([10]) == 0
    assert concentration.gini([4, 1, 3, 2]) == Fraction(1, 4)


def ranked(*entries):
    return [concentration.RankedAmount(rank_value=r, size=s, amount=a) for r, s, a in entries]


def test_the_concentration_index_is_negative_when_the_poorer_receive_more():
    assert concentration.concentration_index(ranked((1, 1, 10), (2, 1, 0))) == Fraction(-1, 2)
    assert concentration.concentration_index(ranked((1, 1, 0), (2, 1, 10))) == Fraction(1, 2)
    assert concentration.concentration_index(ranked((1, 3, 3), (2, 7, 7))) == 0
    assert concentration.concentration_index(ranked((1, 1, 0))) is None
    assert concentration.concentration_index([]) is None


def test_ties_share_a_midpoint_whatever_their_order():
    one = ranked((1, 1, 8), (1, 1, 0), (2, 2, 4))
    assert concentration.concentration_index(one) == concentration.concentration_index(one[::-1])
    assert concentration.concentration_index(one) == concentration.concentration_index(ranked((1, 2, 8), (2, 2, 4)))


@UNTIMED
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 30), st.integers(0, 50)), min_size=1, max_size=8))
def test_the_concentration_index_agrees_with_the_grouped_lorenz_formula(groups):
    """World Bank Technical Note 7: C = Σ (p_t·L_{t+1} − p_{t+1}·L_t) over cumulated shares."""
    pooled = {}
    for rank, size, amount in groups:
        before = pooled.get(rank, (0, 0))
        pooled[rank] = (before[0] + size, before[1] + amount)
    people, received = sum(s for s, _ in pooled.values()), sum(a for _, a in pooled.values())
    found = concentration.concentration_index(ranked(*groups))
    if not received:
        assert found is None
        return
    p, lorenz, expected = Fraction(0), Fraction(0), Fraction(0)
    for _, (size, amount) in sorted(pooled.items()):
        following = p + Fraction(size, people), lorenz + Fraction(amount, received)
        expected += p * following[1] - following[0] * lorenz
        p, lorenz = following
    assert found == expected


def test_groups_are_those_of_the_year_of_the_flow():
    group_of = {("NAM", 2023): "UMC", ("NAM", 2024): "LMC", ("DEU", 2023): "HIC", ("DEU", 2024): "HIC"}
    flows = [
        equity.YearFlow(year=2023, origin="NAM", host="DEU", weight=4),
        equity.YearFlow(year=2024, origin="NAM", host="DEU", weight=3),
        equity.YearFlow(year=2024, origin="DEU", host="VEN", weight=2),
        equity.YearFlow(year=2024, origin="DEU", host="DEU", weight=9),
    ]
    table = equity.group_flows(flows, lambda country, year: group_of.get((country, year)))
    matrix = dict(equity.group_matrix(table))
    assert matrix["UMC"] == [0, 0, 0, 4, 0]
    assert matrix["LMC"] == [0, 0, 0, 3, 0]
    assert matrix["HIC"] == [0, 0, 0, 0, 2]
    assert equity.without_unclassified(table).total == 7


def test_moves_inside_one_group_are_domestic_to_it():
    flows = [equity.YearFlow(year=2020, origin="DEU", host="FRA", weight=5)]
    assert equity.group_flows(flows, lambda *_: "HIC").total_domestic == 5


def test_ratios_need_a_denominator():
    assert equity.representation_ratio(10, 40, 1, 8) == 2
    assert equity.representation_ratio(10, 40, 0, 8) is None
    assert equity.representation_ratio(0, 0, 1, 8) is None
    assert equity.outbound_ratio(5, 200) == Fraction(5, 2)
    assert equity.net_flow_ratio(3, 5, 200) == -1
    assert equity.net_flow_ratio(3, 5, 0) is None


# ------------------------------------------------------------------ report


GERMANY = [("DE", "CN", 58), ("CN", "DE", 97), ("DE", "EG", 52), ("EG", "DE", 61), ("DE", "SN", 3), ("SN", "DE", 11)]


def test_partners_are_ordered_by_the_size_of_the_difference():
    rows = report.partner_rows(pool_flows(GERMANY), "DE")
    assert [(row.measures.b, row.measures.net) for row in rows] == [("CN", 39), ("EG", 9), ("SN", 8)]
    assert [row.lamp.state for row in rows] == [LampState.TILTS_TO_B, LampState.BALANCED, LampState.TOO_FEW]
    assert rows[2].lamp.reason is LampReason.NOT_BEYOND_CHANCE
    assert round(rows[0].measures.p, 3) == 0.002


def test_the_last_line_sums_the_partners_and_tests_nothing():
    total = report.partner_totals(pool_flows(GERMANY), "DE")
    assert (total.ab, total.ba, total.net, total.p) == (113, 169, 56, None)


def test_the_matrix_leaves_the_diagonal_out_of_its_sums():
    matrix = report.build_matrix(pool_flows([*GERMANY, ("DE", "DE", 14)]), ["EG", "DE", "CN"])
    germany = matrix.rows[1]
    assert [cell.weight for cell in germany.cells] == [52, 14, 58]
    assert [cell.step for cell in germany.cells] == [0, None, 2]
    assert germany.cells[1].domestic
    assert (germany.sent, matrix.hosted, matrix.total) == (110, [52, 158, 58], 268)


@pytest.mark.parametrize(
    ("balance", "step"),
    [(None, None), (Fraction(9, 100), 0), (Fraction(1, 10), 1), (Fraction(-1, 4), -2), (Fraction(1), 3), (-1, -3)],
)
def test_seven_steps(balance, step):
    assert report.balance_step(balance) == step


def test_a_pair_without_anything_still_has_a_report():
    empty = report.report_pair("DE", "EG", FlowTable(links={}, domestic={}))
    assert empty.people.balance is None
    assert [lamp.state for lamp in empty.lamps] == [LampState.TOO_FEW, *[LampState.NOT_APPLICABLE] * 4]
    assert not empty.verdict.one_sided
