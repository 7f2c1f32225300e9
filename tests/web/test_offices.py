"""Offices and entered days on screen: kept answers, the merge page, and each language's name."""

from datetime import date

import pytest
from sqlalchemy import select

from mobility.storage.models.offices import CalendarOverride, Office
from mobility.storage.scope import ALL, set_scope
from tests.factories import make_grant, make_office, make_person
from tests.services.test_clock_services import lodged
from tests.web.forms import csrf_token, post, row_version, sign_in

OFFICE = {
    "code": "EG-EMB-BERLIN",
    "name_en": "Embassy of Egypt in Berlin",
    "name_ar": "السفارة المصرية في برلين",
    "kind": "post",
    "country": "EG",
    "seat_country": "DE",
    "seat_city": "Berlin",
    "time_zone": "Europe/Berlin",
    "calendar": "EG",
    "email": "",
    "can_visa": "y",
    "is_active": "y",
}


@pytest.fixture
def admin(client, session):
    person = make_person(session, name="Mei Tan")
    make_grant(session, person, "administrator")
    sign_in(client, person)
    return person


def test_an_office_is_made_and_changed(client, session, admin):
    assert post(client, "/offices/new", OFFICE).location == "/offices"
    assert "Embassy of Egypt in Berlin" in client.get("/offices").text
    office = session.scalars(select(Office)).one()
    url = f"/offices/{office.id}"
    page = client.get(url)
    assert '<option value="Europe/Berlin" selected>' in page.text
    changed = {key: value for key, value in OFFICE.items() if key not in ("code", "can_visa")}
    assert post(client, url, changed | {"can_case": "y", "can_funding": "y"}).location == "/offices"
    assert {each.competence for each in session.scalars(select(Office)).one().competences} == {"case", "funding"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "a b"}, "Two to 32 letters"),
        ({"name_en": ""}, "Fill this in."),
        ({"calendar": "XX"}, "There is no such calendar."),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice."),
        ({"email": "x"}, "This cannot be an e-mail address."),
    ],
)
def test_what_is_refused_is_explained_and_the_rest_kept(client, session, admin, changes, sentence):
    answer = post(client, "/offices/new", OFFICE | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "السفارة المصرية في برلين" in answer.text
    assert '<option value="EG" selected>' in answer.text
    assert session.scalars(select(Office)).all() == []


def test_two_administrators_meet_on_the_merge_page(client, session, admin):
    post(client, "/offices/new", OFFICE)
    url = f"/offices/{session.scalar(select(Office.id))}"
    opened = client.get(url)
    form = {key: value for key, value in OFFICE.items() if key != "code"}
    post(client, url, form | {"seat_city": "Potsdam"})
    stale = {"csrf_token": csrf_token(opened), "row_version": row_version(opened)}
    answer = client.post(url, data=form | stale | {"seat_city": "Bonn", "can_case": "y"})
    assert answer.status_code == 409
    for words in ("Potsdam", "Bonn", "Saved by Mei Tan", "not changed"):
        assert words in answer.text
    office = session.scalars(select(Office)).one()
    assert (office.seat_city, [each.competence for each in office.competences]) == ("Potsdam", ["visa"])
    chosen = {"csrf_token": csrf_token(answer), "row_version": row_version(answer)}
    kept = form | chosen | {"seat_city": "Potsdam", "can_case": "y", "can_language": ""}
    assert client.post(url, data=kept).location == "/offices"
    office = session.scalars(select(Office)).one()
    assert (office.seat_city, {each.competence for each in office.competences}) == ("Potsdam", {"visa", "case"})


def test_offices_are_filtered_by_country(client, session, admin):
    make_office(session, country="DE", names={"en": "German desk"})
    make_office(session, country="FR", names={"en": "French desk"})
    page = client.get("/offices?country=FR")
    assert "French desk" in page.text
    assert "German desk" not in page.text
    assert "No office here yet" in client.get("/offices?country=JP").text


def test_a_name_is_shown_in_its_own_direction_and_escaped(client, session, admin):
    make_office(session, names={"en": "<b>bold</b>"})
    page = client.get("/offices").text
    assert '<bdi lang="en">&lt;b&gt;bold&lt;/b&gt;</bdi>' in page


DAY = {"calendar": "de", "day": "22 3 2027", "is_working": "no", "name": "Mourning", "reason": "Decree 12/2027"}


def test_a_day_is_shown_before_it_is_entered(client, session, admin):
    shown = post(client, "/offices/calendars", DAY)
    assert shown.status_code == 200
    assert "No date of a running case moves." in shown.text
    assert 'name="seen" value="0"' in shown.text
    assert 'name="is_working" value="no"' in shown.text
    assert session.scalars(select(CalendarOverride)).all() == []


def test_what_a_day_moves_is_shown_then_moved(client, session, admin):
    scene = lodged(session)
    day = DAY | {"day": "29 12 2026"}
    set_scope(session, ALL)
    shown = post(client, "/offices/calendars", day)
    assert "1 time limit gets another last day." in shown.text
    assert "None of them is late then." in shown.text
    for text in (scene.case.reference, "Tuesday 29 December 2026", "Wednesday 30 December 2026"):
        assert text in shown.text
    assert scene.clocks()["V05"].due_on == date(2026, 12, 29)
    assert post(client, "/offices/calendars", day | {"seen": "0"}).status_code == 200
    assert post(client, "/offices/calendars", day | {"seen": "1"}).status_code == 302
    session.expire_all()
    assert scene.clocks()["V05"].due_on == date(2026, 12, 30)
    assert "1 time limit has another last day now." in client.get("/offices/calendars").text


def test_a_day_is_entered_and_listed(client, session, admin):
    assert post(client, "/offices/calendars", DAY | {"seen": "0"}).location == "/offices/calendars"
    page = client.get("/offices/calendars?calendar=DE")
    assert "Monday 22 March 2027" in page.text
    assert "Decree 12/2027" in page.text
    assert "No day is entered in this calendar." in client.get("/offices/calendars?calendar=FR").text
    again = post(client, "/offices/calendars", DAY)
    assert again.status_code == 422
    assert "There is an entry for this calendar and day already." in again.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "30 2 2027"}, "There is no such day: 30 2 2027."),
        ({"day": "soon"}, "Give day, month and year"),
        ({"day": "1 1 9999"}, "Give a day between"),
        ({"calendar": "ZZ"}, "There is no such calendar."),
        ({"is_working": ""}, "Choose one of the two."),
        ({"reason": ""}, "Fill this in."),
    ],
)
def test_a_day_that_cannot_be_entered_is_explained(client, session, admin, changes, sentence):
    answer = post(client, "/offices/calendars", DAY | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Mourning"' in answer.text
    assert session.scalars(select(CalendarOverride)).all() == []


@pytest.mark.parametrize("url", ["/offices/calendars?day=x&id=1", "/offices/calendars?day=2027-01-01&id=x"])
def test_a_broken_page_address_shows_the_first_page(client, admin, url):
    assert client.get(url).status_code == 200
