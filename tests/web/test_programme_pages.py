"""Programmes on screen: from an empty list to a published call, by the people who may, and two saves at once."""

import pytest

from mobility.domain.events import EventCode
from mobility.storage.db import write_unit
from mobility.storage.models.programmes import Call, Programme, Route, RouteStage
from tests.factories import (
    make_grant,
    make_instrument,
    make_office,
    make_person,
    make_programme,
    make_provision,
    make_route,
)
from tests.web.forms import post, row_version, sentences, sign_in

SETTINGS = {
    "name_en": "Stage and Space",
    "name_ar": "المسرح والفضاء",
    "kind": "residency",
    "accounting_day": "1",
    "accounting_month": "4",
    "tolerance_percent": "20",
    "language_level": "a2",
    "currency": "EUR",
    "needs_visa": "y",
    "needs_funding": "y",
    "after_funding_visa": "y",
}
CALL = {
    "code": "DRESDEN-2027",
    "discipline": "theatre",
    "opens_on": "1 11 2026",
    "closes_on": "31 12 2126",
    "time_zone": "Europe/Berlin",
    "stay_from": "1 2 2127",
    "stay_until": "30 9 2127",
    "min_days": "30",
    "max_days": "٩٠",
    "places": "6",
    "host": "Festspielhaus Hellerau",
    "host_city": "Dresden",
    "title_en": "Light for small stages",
    "summary_en": "Studio and travel for three months.",
}


@pytest.fixture
def people(session):
    """An administrator, and somebody who is going to manage a programme."""
    administrator, manager = make_person(session), make_person(session)
    make_grant(session, administrator, "administrator")
    return administrator, manager


@pytest.fixture
def managed(session, client):
    """A programme with a route, and its manager signed in."""
    programme = make_programme(session, stages=["visa"])
    make_route(session, programme=programme)
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    return programme.code


def test_the_whole_way_from_no_programme_to_a_published_call(client, session, people):
    administrator, manager = people
    instrument = make_instrument(session)
    decision = make_provision(
        session, instrument=instrument, starts_on=EventCode.VISA_LODGED, met_by=(EventCode.VISA_DECIDED,)
    )
    posts = make_office(session, country="DE")
    funder = make_office(session, country="DE", kind="funder", competences=["funding"])
    wanted = SETTINGS | {"code": "STAGE-SPACE", "instrument": str(instrument.id)}
    numbers = {"post": posts.id, "funder": funder.id, "provision": decision.code}
    sign_in(client, administrator)
    assert "Make a programme" in client.get("/programmes/").text
    assert post(client, "/programmes/new", wanted).status_code == 302
    with write_unit(session):
        programme = session.query(Programme).one()
        make_grant(session, session.merge(manager), "manager", programme=programme)
    sign_in(client, manager)
    assert "There is no route yet." in client.get("/programmes/STAGE-SPACE").text
    route = {
        "receiving_office": str(numbers["post"]),
        "sending_office": "",
        "office_visa": str(numbers["post"]),
        "office_funding": str(numbers["funder"]),
        f"p_visa_{numbers['provision']}": "y",
        "quota_people": "24",
    }
    added = post(client, "/programmes/STAGE-SPACE/routes/new?sending=EG&receiving=DE", route)
    assert added.status_code == 302, sentences(added)[20:40]
    shown = client.get("/programmes/STAGE-SPACE").text
    assert "Egypt to Germany" in shown
    assert numbers["provision"] in shown
    route_id = session.query(Route.id).scalar()
    assert post(client, "/programmes/STAGE-SPACE/calls/new", CALL | {"route": str(route_id)}).status_code == 302
    page = "/programmes/STAGE-SPACE/calls/DRESDEN-2027"
    assert client.get("/calls/DRESDEN-2027").status_code == 404
    assert post(client, f"{page}/publish", page=page).status_code == 302
    assert client.get("/calls/DRESDEN-2027").status_code == 200
    assert post(client, f"{page}/take-back", page=page).status_code == 302
    assert client.get("/calls/DRESDEN-2027").status_code == 404
    desks = {row.stage: (row.office_id, row.provisions) for row in session.query(RouteStage)}
    assert desks == {
        "case": (numbers["post"], []),
        "visa": (numbers["post"], [numbers["provision"]]),
        "funding": (numbers["funder"], []),
    }
    assert session.query(Call.max_days, Call.discipline).one() == (90, "theatre")


def test_bad_answers_are_named_and_what_was_typed_is_kept(client, session, people):
    sign_in(client, people[0])
    instrument = make_instrument(session)
    wanted = SETTINGS | {"code": "STAGE SPACE", "instrument": str(instrument.id), "tolerance_percent": "twenty"}
    refused = post(client, "/programmes/new", wanted)
    assert refused.status_code == 422
    assert "Give a whole number, for example 24." in refused.text
    assert 'value="twenty"' in refused.text
    again = post(client, "/programmes/new", wanted | {"tolerance_percent": "20"})
    assert "Two to 32 letters, digits, points, lines" in again.text
    circle = wanted | {"code": "OK-1", "tolerance_percent": "20", "after_visa_funding": "y"}
    assert "wait for each other in a circle" in post(client, "/programmes/new", circle).text
    assert session.query(Programme).count() == 0


def test_two_managers_who_save_at_once_meet_on_a_merge_page(client, managed, session):
    page = f"/programmes/{managed}/edit"
    opened = client.get(page)
    instrument = str(session.query(Programme.instrument_id).filter_by(code=managed).scalar())
    answers = {name: value for name, value in SETTINGS.items() if not name.startswith(("needs", "after"))}
    answers |= {"instrument": instrument, "needs_visa": "y"}
    assert post(client, page, answers | {"tolerance_percent": "10"}).status_code == 302
    stale = post(client, page, answers | {"row_version": row_version(opened), "tolerance_percent": "30"})
    assert stale.status_code == 409
    assert 'name="tolerance_percent"' in stale.text
    merged = {"row_version": row_version(stale), "tolerance_percent": "30"}
    assert post(client, page, answers | merged).status_code == 302
    session.expire_all()
    assert session.query(Programme.tolerance_percent).filter_by(code=managed).scalar() == 30


def test_a_route_saved_meanwhile_leads_to_a_merge_page(client, managed, session):
    route = session.query(Route).one()
    page = f"/programmes/{managed}/routes/{route.id}"
    post_id = str(route.receiving_office_id)
    answers = {"receiving_office": post_id, "sending_office": "", "office_visa": post_id}
    opened = client.get(page)
    assert post(client, page, answers | {"quota_people": "5"}).status_code == 302
    stale = post(client, page, answers | {"row_version": row_version(opened), "quota_people": "7"})
    assert stale.status_code == 409
    assert "Someone saved this while you were writing" in stale.text


def test_a_call_saved_meanwhile_leads_to_a_merge_page(client, managed, session):
    page = f"/programmes/{managed}/calls/DRESDEN-2027"
    route_id = str(session.query(Route.id).scalar())
    post(client, f"/programmes/{managed}/calls/new", CALL | {"route": route_id})
    opened = client.get(page)
    answers = {name: value for name, value in CALL.items() if name != "code"}
    assert post(client, page, answers | {"places": "7"}).status_code == 302
    stale = post(client, page, answers | {"row_version": row_version(opened), "places": "9"})
    assert stale.status_code == 409
    assert post(client, f"{page}/publish", {"row_version": "1"}, page=page).status_code == 409
    impossible = post(client, page, answers | {"closes_on": "30 2 2027"})
    assert (impossible.status_code, "There is no such day" in impossible.text) == (422, True)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sending=EG&receiving=EG", "A route leads from one country to another."),
        ("sending=EG&receiving=DE", "The programme has a route in this direction already."),
        ("sending=XX&receiving=DE", "Not a valid choice"),
    ],
)
def test_a_direction_that_cannot_be_is_asked_again(client, managed, address, sentence):
    page = client.get(f"/programmes/{managed}/routes/new?{address}")
    assert (page.status_code, sentence in page.text) == (422, True)


def test_only_the_manager_s_programmes_are_there(client, managed, session):
    other = make_programme(session)
    code = other.code
    for path in ("", "/edit", "/routes/new", "/calls/new", "/routes/1", "/calls/X1"):
        assert client.get(f"/programmes/{code}{path}").status_code == 404
    assert client.get("/programmes/new").status_code == 404
    listed = client.get("/programmes/").text
    assert f"/programmes/{managed}" in listed
    assert code not in listed


def test_an_administrator_sees_the_list_and_not_the_settings(client, session, people, managed):
    sign_in(client, people[0])
    listed = client.get("/programmes/").text
    assert managed in listed
    assert f'href="/programmes/{managed}"' not in listed
    assert client.get(f"/programmes/{managed}").status_code == 404
