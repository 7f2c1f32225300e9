"""Heads by direction and calendar year equal the sums of the same days, whichever rows they come from."""

from datetime import date

import pytest

from mobility.storage.queries.flow_heads import sum_heads_by_year
from mobility.storage.queries.flow_source import FlowSource
from mobility.storage.queries.flow_sums import sum_flows
from tests.factories import TODAY, make_flow, make_programme
from tests.services.test_flow_imports import take_in

WHOLE_YEARS = (date(2024, 1, 1), date(2025, 12, 31))
WHOLE_MONTHS = (date(2024, 2, 1), date(2025, 3, 31))
DAYS = (date(2024, 2, 2), date(2025, 3, 30))


@pytest.fixture
def two(session):
    """Two programmes of one instrument: the same direction from several months, a file and both of them."""
    first, second = make_programme(session), make_programme(session, code="second")
    for programme, month in ((first, 2), (first, 3), (second, 3), (second, 11)):
        make_flow(session, programme, "EG", "DE", date(2024, month, 5), date(2024, month, 9), discipline="music")
    make_flow(session, first, "DE", "EG", date(2025, 3, 1), date(2025, 3, 2), discipline="dance")
    make_flow(session, first, "DE", "MA", date(2023, 12, 31), date(2024, 2, 3))
    make_flow(session, first, "EG", "FR", date(2025, 3, 29), date(2026, 1, 9))  # ends after every window
    take_in(
        session, "start,end,origin,host,people\n2024-02-03,2024-02-04,EG,DE,5\n2025-03-01,2025-03-02,MA,DE,7\n", first
    )
    take_in(session, "start,end,origin,host,people\n2025-03-01,2025-03-02,MA,DE,11\n", first)
    return first, second


def counted_by_day(session, source, window):
    found = {}
    for year in range(window[0].year, window[1].year + 1):
        span = (max(window[0], date(year, 1, 1)), min(window[1], date(year, 12, 31)))
        for each in sum_flows(session, source, [span], planned=False, today=TODAY):
            key = (year, each.origin, each.host)
            found[key] = found.get(key, 0) + each.heads[0]
    return {key: heads for key, heads in found.items() if heads}


@pytest.mark.parametrize("window", [WHOLE_YEARS, WHOLE_MONTHS, DAYS])
@pytest.mark.parametrize("choice", [{}, {"discipline": "music"}, {"countries": frozenset({"EG", "DE"})}])
def test_heads_by_year_are_those_of_the_days(session, two, window, choice):
    for programmes in (two[:1], two):
        source = FlowSource(programme_ids=frozenset(each.id for each in programmes), **choice)
        assert sum_heads_by_year(session, source, window) == counted_by_day(session, source, window)


def test_one_direction_is_one_sum_of_all_months_programmes_and_imports(session, two):
    both = FlowSource(programme_ids=frozenset(each.id for each in two))
    for window in (WHOLE_YEARS, WHOLE_MONTHS, DAYS):
        found = sum_heads_by_year(session, both, window)
        assert found == {(2024, "EG", "DE"): 9, (2025, "DE", "EG"): 1, (2025, "MA", "DE"): 18, (2025, "EG", "FR"): 1}
    assert sum_heads_by_year(session, FlowSource(programme_ids=frozenset()), WHOLE_YEARS) == {}


def test_a_collection_has_heads_of_its_own(session, two):
    number = take_in(session, "year,origin,host,people\n2024,EG,DE,3\n2025,EG,DE,4\n")
    take_in(session, "year,origin,host,people\n2024,EG,DE,100\n")
    alone = FlowSource(programme_ids=frozenset(), collection=number)
    assert sum_heads_by_year(session, alone, WHOLE_YEARS) == {(2024, "EG", "DE"): 3, (2025, "EG", "DE"): 4}
