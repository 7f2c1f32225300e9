"""Released statistics: nothing before the release, nothing small, and a revision that gives nothing away."""

import json
from datetime import date

import pytest

from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.reciprocity.cube import CannotBeProtected
from mobility.domain.statements import hash_of
from mobility.services.public_statistics import (
    get_release,
    list_releasable,
    list_releases,
    preview_release,
    release_statistics,
)
from mobility.storage.db import write_unit
from mobility.storage.models.programmes import Programme
from mobility.storage.models.treaties import InstrumentRow
from tests.factories import NOW, TODAY, actor_for, make_flow, make_person, make_programme, make_route


@pytest.fixture
def released(session):
    """A programme with 2024 stays, and its manager: (code, manager, add)."""
    programme = make_programme(session)
    make_route(session, programme=programme)
    programme_id = programme.id
    code = session.get_one(InstrumentRow, programme.instrument_id).code
    manager = actor_for(make_person(session), programmes=[programme])

    def add(origin: str, host: str, number: int, discipline: str = "theatre") -> None:
        with write_unit(session):
            row = session.get_one(Programme, programme_id)
            for _ in range(number):
                make_flow(session, row, origin, host, date(2024, 3, 1), date(2024, 3, 9), discipline=discipline)

    return code, manager, add


def release(session, manager, code, year=2024) -> int:
    with write_unit(session) as unit:
        return release_statistics(unit, manager, code, year, now=NOW)


def test_nothing_is_public_before_it_is_released_and_then_it_is_frozen(session, released):
    code, manager, add = released
    add("EG", "DE", 12)
    add("DE", "EG", 9)
    assert [each.code for each in list_releasable(session, manager, TODAY)] == [code]
    with pytest.raises(NotFound):
        get_release(session, code, 2024)
    assert release(session, manager, code) == 1
    add("EG", "DE", 30)
    found = get_release(session, code, 2024)
    assert found.published.value("EG", "DE", "theatre") == 12
    assert found.published.value(None, None, None) == 21
    assert found.content_hash == hash_of(found.text)
    data = json.loads(found.text)
    assert {"origin": "EG", "host": "DE", "field": "_T", "people": 12, "status": "shown"} in data["cells"]
    assert [row.code for row in list_releases(session)] == [code]


def test_small_figures_are_hidden_and_a_revision_shows_nothing_that_was(session, released):
    code, manager, add = released
    add("EG", "DE", 3)
    add("EG", "DE", 20, "music")
    add("DE", "EG", 15)
    add("DE", "EG", 25, "music")
    assert release(session, manager, code) == 1
    hidden = set(get_release(session, code, 2024).published.hidden)
    assert ("EG", "DE", "theatre") in hidden
    with pytest.raises(InvalidInput, match="nothing_new"):
        release(session, manager, code)
    add("EG", "DE", 7)
    assert release(session, manager, code) == 2
    assert set(get_release(session, code, 2024).published.hidden) == hidden


def test_a_revision_that_an_earlier_table_would_give_away_is_refused(session, released):
    code, manager, add = released
    for origin, host in (("EG", "DE"), ("DE", "EG")):
        add(origin, host, 20)
    release(session, manager, code)
    add("EG", "MA", 1)
    with pytest.raises(CannotBeProtected):
        preview_release(session, manager, code, 2024, NOW)


def test_only_a_manager_under_the_instrument_releases_and_only_what_is_over(session, released):
    code, manager, _ = released
    other = actor_for(make_person(session), programmes=[make_programme(session)])
    with pytest.raises(NotFound):
        release(session, other, code)
    with pytest.raises(InvalidInput, match="period_not_over"):
        release(session, manager, code, 2026)


def test_a_period_that_overlaps_a_released_one_is_refused(session, released):
    code, manager, add = released
    add("EG", "DE", 12)
    release(session, manager, code)
    with write_unit(session):
        session.query(Programme).update({"accounting_month": 4})
    with pytest.raises(InvalidInput, match="overlaps_a_release"):
        release(session, manager, code, 2023)
