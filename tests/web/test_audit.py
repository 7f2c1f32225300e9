"""The audit screen: for administrators and auditors; words from codes, filters in the address."""

import pytest

from mobility.domain.access import Actor
from mobility.services.audit import record_event
from mobility.storage.db import write_unit
from mobility.storage.queries.audit import PAGE
from tests.factories import make_case, make_grant, make_person
from tests.web.forms import sign_in


@pytest.fixture(params=["administrator", "auditor"])
def reader(client, session, request):
    person = make_person(session, name="Mei Tan")
    make_grant(session, person, request.param)
    sign_in(client, person)
    return person


def record(session, now, code, person, **values):
    with write_unit(session) as unit:
        record_event(unit, Actor(person_id=person.id), code, at=now, **({"subject": "person"} | values))


def test_entries_are_told_in_words(client, session, now, reader):
    record(session, now, "role_granted", reader, subject_id=reader.id, parameters={"role": "officer", "office_id": 4})
    record(session, now, "a_code_of_tomorrow", reader, parameters={"fields": ["<b>"]})
    page = client.get("/audit").text
    assert "gave a role" in page
    assert "a_code_of_tomorrow" in page
    assert "Mei Tan" in page
    assert "2 facts" in page
    assert "<b>" not in page


def test_entries_of_a_case_are_found_by_its_reference(client, session, now, reader):
    case = make_case(session)
    reference = case.reference
    record(session, now, "profile_changed", reader)
    page = client.get("/audit", query_string={"reference": reference}).text
    assert "opened the case by sending the application" in page
    assert reference in page
    assert "changed their own details</td>" not in page


@pytest.mark.parametrize("query", [{"reference": "XX-1"}, {"person": "nobody@example.org"}])
def test_a_filter_that_stands_for_nothing_says_so(client, reader, query):
    answer = client.get("/audit", query_string=query)
    assert answer.status_code == 422
    assert "There is no" in answer.text
    assert next(iter(query.values())) in answer.text


def test_the_log_comes_in_pages(client, session, now, reader):
    with write_unit(session) as unit:
        for _ in range(PAGE + 5):
            record_event(unit, Actor(person_id=0), "profile_changed", at=now, subject="person")
    page = client.get("/audit?code=profile_changed").text
    assert "Earlier entries" in page
    assert f"before={6}" in page
    assert "Earlier entries" not in client.get("/audit?code=profile_changed&before=6").text
    assert "No entry matches" in client.get("/audit?code=nothing").text


def test_nobody_else_finds_the_log(client, session):
    sign_in(client, make_person(session))
    assert client.get("/audit").status_code == 404


@pytest.mark.parametrize("before", ["99999999999999999999", "-1", "x"])
def test_a_broken_page_address_shows_the_newest_entries(client, reader, before):
    assert client.get(f"/audit?before={before}").status_code == 200
