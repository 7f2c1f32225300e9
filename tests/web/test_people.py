"""People for administrators: nobody else finds the pages; roles, invitations and disabling work from the buttons."""

import pytest
from sqlalchemy import select

from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.queries.accounts import PAGE
from tests.factories import make_grant, make_office, make_officer, make_person, make_programme
from tests.web.forms import csrf_token, post, sign_in

INVITED = {
    "email": "ba@example.org",
    "name": "Amadou Ba",
    "name_language": "",
    "name_latin": "",
    "country": "SN",
    "time_zone": "",
    "locale": "en",
}


@pytest.fixture
def admin(client, session):
    person = make_person(session, name="Mei Tan", password_hash="x")
    make_grant(session, person, "administrator")
    sign_in(client, person)
    return person


@pytest.mark.parametrize("url", ["/people", "/people/invite", "/people/1", "/offices", "/offices/new", "/offices/1"])
@pytest.mark.parametrize("role", ["applicant", "officer", "manager", "auditor"])
def test_these_pages_do_not_exist_for_others(client, session, url, role):
    person = make_person(session)
    if role == "officer":
        make_grant(session, person, role, office=make_office(session))
    elif role == "manager":
        make_grant(session, person, role, programme=make_programme(session))
    elif role == "auditor":
        make_grant(session, person, role)
    sign_in(client, person)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("path", ["roles", "roles/1/revoke", "disable", "enable", "sessions", "invite"])
def test_these_buttons_do_not_exist_for_others(client, session, path):
    person, target = make_person(session), make_person(session)
    sign_in(client, person)
    token = csrf_token(client.get("/profile"))
    assert client.post(f"/people/{target.id}/{path}", data={"csrf_token": token}).status_code == 404
    assert session.scalar(select(Person.is_active).where(Person.id == target.id))


def test_the_list_finds_people_and_pages_through_them(client, session, admin):
    for number in range(PAGE + 1):
        make_person(session, name=f"Anna {number:03}")
    page = client.get("/people?q=anna")
    assert "Anna 000" in page.text
    assert f"Anna {PAGE:03}" not in page.text
    assert "Next page" in page.text
    rest = client.get(f"/people?q=anna&name=Anna+{PAGE - 1:03}&id=999999")
    assert f"Anna {PAGE:03}" in rest.text
    assert "Next page" not in rest.text
    assert "Nobody matches" in client.get("/people?q=zzz").text


def test_what_was_searched_for_is_shown_as_text(client, admin):
    page = client.get("/people", query_string={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in page.text


def test_a_colleague_is_invited_and_gets_a_role(client, session, admin):
    office = make_office(session, names={"en": "Embassy in Dakar"})
    sent = post(client, "/people/invite", INVITED)
    person = session.scalars(select(Person).where(Person.email == "ba@example.org")).one()
    assert sent.location == f"/people/{person.id}"
    assert session.scalars(select(OutboxMessage.template)).all() == ["invitation"]
    page = client.get(sent.location)
    assert "invited, no password yet" in page.text
    data = {"role": "officer", "office": str(office.id), "programme": ""}
    assert post(client, f"/people/{person.id}/roles", data, page=sent.location).location == sent.location
    assert "Officer: <bdi lang=&#34;en&#34;>" not in client.get(sent.location).text
    assert "Embassy in Dakar" in client.get(sent.location).text
    grant_id = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == person.id))
    assert post(client, f"/people/{person.id}/roles/{grant_id}/revoke", page=sent.location).status_code == 302
    assert "No role" in client.get(sent.location).text


def test_an_address_that_is_taken_is_told_to_administrators(client, session, admin):
    make_person(session, email="ba@example.org")
    answer = post(client, "/people/invite", INVITED)
    assert answer.status_code == 422
    assert "Somebody already has an account with this address." in answer.text
    assert 'value="Amadou Ba"' in answer.text
    assert '<option value="SN" selected>' in answer.text, "choices are kept as well"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"role": "", "office": "", "programme": ""}, "Fill this in."),
        ({"role": "officer", "office": "", "programme": ""}, "Choose the office for this role."),
        ({"role": "manager", "office": "", "programme": ""}, "Choose the programme for this role."),
        ({"role": "king", "office": "", "programme": ""}, "Not a valid choice."),
        ({"role": "officer", "office": "99999", "programme": ""}, "Not a valid choice."),
    ],
)
def test_a_role_that_cannot_be_given_is_explained(client, session, admin, data, sentence):
    person = make_person(session)
    answer = post(client, f"/people/{person.id}/roles", data, page=f"/people/{person.id}")
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_person_is_disabled_and_let_in_again(app, client, session, admin):
    officer = make_officer(session, make_office(session))
    other = app.test_client()
    sign_in(other, officer)
    url = f"/people/{officer.id}"
    post(client, f"{url}/disable", page=url)
    assert "Let this person in again" in client.get(url).text
    assert other.get("/profile").status_code == 302
    post(client, f"{url}/enable", page=url)
    assert "Disable this person" in client.get(url).text


def test_a_person_is_signed_out_everywhere(app, client, session, admin):
    person = make_person(session)
    other = app.test_client()
    sign_in(other, person)
    post(client, f"/people/{person.id}/sessions", page=f"/people/{person.id}")
    assert other.get("/profile").status_code == 302
    assert client.get("/people").status_code == 200


def test_the_last_administrator_is_kept_and_told_why(client, session, admin):
    url = f"/people/{admin.id}"
    answer = post(client, f"{url}/disable", page=url)
    assert answer.status_code == 409
    assert "last administrator" in answer.text
    assert client.get("/people").status_code == 200


def test_giving_up_ones_own_role_leads_to_the_profile(client, session, admin):
    other = make_person(session, password_hash="x")
    make_grant(session, other, "administrator")
    grant_id = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == admin.id))
    answer = post(client, f"/people/{admin.id}/roles/{grant_id}/revoke", page=f"/people/{admin.id}")
    assert answer.location == "/profile"
    assert client.get("/profile").status_code == 200
    assert client.get("/people").status_code == 404


def test_nobody_gives_themselves_a_role(client, session, admin):
    page = client.get(f"/people/{admin.id}")
    assert "Give the role" not in page.text
    data = {"csrf_token": csrf_token(page), "role": "auditor", "office": "", "programme": ""}
    answer = client.post(f"/people/{admin.id}/roles", data=data)
    assert answer.status_code == 403
    assert "Nobody gives a role to themselves." in answer.text


def test_an_unknown_person_is_not_found(client, admin):
    assert client.get("/people/999999").status_code == 404
    assert client.get("/people/99999999999999999999").status_code == 404
