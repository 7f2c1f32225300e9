"""Every number of the reference for the scholars' flows of 1998 to 2018, which another team computed twice."""

import csv
import gzip
import json
from collections import defaultdict
from pathlib import Path

import pytest

from mobility.domain.countries import find_country
from mobility.domain.reciprocity.equity import (
    INCOME_GROUPS,
    UNCLASSIFIED,
    YearFlow,
    group_flows,
    group_matrix,
    without_unclassified,
)
from mobility.domain.reciprocity.flows import pool_flows
from mobility.domain.reciprocity.programme import measure_country, measure_programme, top_imbalances
from mobility.services.flow_measure import describe
from mobility.storage.income_groups import installed_income_groups

DATA = Path(__file__).parents[1] / "data"
REFERENCE = json.loads((DATA / "scholars_reference.json").read_text(encoding="utf-8"))
SIX_DIGITS = 1e-6


@pytest.fixture(scope="module")
def years():
    """The rows of each year as (origin, host, people)."""
    found = defaultdict(list)
    with gzip.open(DATA / "scholars_flows_1998_2018.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[int(row["year"])].append((row["origin"], row["destination"], int(row["people"])))
    assert sum(map(len, found.values())) == 92_980
    return found


@pytest.fixture(scope="module")
def five_years(years):
    return table_of(years, 2014, 2018)


def table_of(years, first, last):
    return pool_flows(row for year in range(first, last + 1) for row in years[year])


def agrees(found, expected):
    """Key by key, the same keys, to six digits."""
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        if key != "top_imbalances":
            assert found[key] == pytest.approx(value, abs=SIX_DIGITS), key
    for entry, wanted in zip(found["top_imbalances"], expected["top_imbalances"], strict=True):
        assert entry == {**wanted, "balance": pytest.approx(wanted["balance"], abs=SIX_DIGITS)}


@pytest.mark.parametrize("period", REFERENCE["periods"])
def test_every_figure_of_a_period(years, period):
    expected = REFERENCE["periods"][period]
    table = table_of(years, *map(int, period.split("-")))
    agrees(describe(table), expected["measure"])
    assert len(table.strengths()) == expected["countries"]
    assert len(table.links) == expected["links"]
    assert sum(1 for a, b in table.links if (b, a) not in table.links) == expected["one_way_pairs"]
    assert expected.keys() == {"measure", "countries", "links", "one_way_pairs"}


@pytest.mark.parametrize("year", REFERENCE["per_year"])
def test_every_figure_of_a_year(years, year):
    expected, table = REFERENCE["per_year"][year], table_of(years, int(year), int(year))
    found = measure_programme(table)
    assert (found.total, found.pairs) == (expected["total"], expected["pairs"])
    assert float(found.r) == pytest.approx(expected["r"], abs=SIX_DIGITS)
    assert float(found.weighted_index) == pytest.approx(expected["r"], abs=SIX_DIGITS)
    assert float(found.mei) == pytest.approx(expected["mei"], abs=SIX_DIGITS)
    assert float(found.binary) == pytest.approx(expected["binary_reciprocity"], abs=SIX_DIGITS)
    assert expected.keys() == {"total", "pairs", "r", "mei", "binary_reciprocity"}


@pytest.mark.parametrize("country", REFERENCE["selected_countries_2014_2018"])
def test_every_figure_of_a_country(five_years, country):
    expected = REFERENCE["selected_countries_2014_2018"][country]
    found = measure_country(five_years, country)
    assert (found.sent, found.hosted, found.net) == (expected["out"], expected["in"], expected["net_in_minus_out"])
    for key in ("balance", "r_out", "r_in"):
        assert float(getattr(found, key)) == pytest.approx(expected[key], abs=SIX_DIGITS), key
    assert expected.keys() == {"out", "in", "net_in_minus_out", "balance", "r_out", "r_in"}


def test_income_groups_of_each_year(years):
    expected = REFERENCE["income_groups_2014_2018"]
    groups = installed_income_groups()
    flows = [
        YearFlow(year=year, origin=find_country(origin), host=find_country(host), weight=people)
        for year in range(2014, 2019)
        for origin, host, people in years[year]
    ]
    table = group_flows(flows, lambda country, year: groups.get((country, year)))
    order = (*INCOME_GROUPS, UNCLASSIFIED)
    found = {row: dict(zip(order, cells, strict=True)) for row, cells in group_matrix(table)}
    assert {row: found[row] for row in expected["matrix"]} == expected["matrix"]
    agrees(describe(without_unclassified(table)), expected["measure"])


def test_the_largest_imbalances_are_pairs_with_both_directions(five_years):
    first = top_imbalances(five_years)[0]
    assert (first.a, first.b, first.ab, first.ba, first.net) == ("CAN", "USA", 10327, 8042, -2285)


def test_the_reference_holds_nothing_else():
    assert REFERENCE.keys() - {"about", "command"} == {
        "periods",
        "per_year",
        "selected_countries_2014_2018",
        "income_groups_2014_2018",
    }
