"""The doors of the site: register, confirm, sign in and out, new password, profile; alike for known and unknown."""

import re

import pytest
from sqlalchemy import func, select, update

from mobility.domain.access import SYSTEM
from mobility.services import passwords, sealing
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import Person, WebSession
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.reminders import OutboxMessage
from tests.factories import make_grant, make_office, make_officer, make_person, make_programme
from tests.web.forms import COOKIE, csrf_token, post, row_version, sentences, sign_in

PASSWORD = "plum gravel kite orbit"
FORM = {
    "name": "ليلى حداد",
    "name_language": "ar",
    "name_latin": "Layla Haddad",
    "email": "layla@example.org",
    "country": "EG",
    "time_zone": "",
    "locale": "en",
    "password": PASSWORD,
}


def with_password(session, **values):
    return make_person(session, password_hash=passwords.hash_password(PASSWORD), **values)


def last_path(session):
    message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    return message.parameters["path"]


def enter(client, email, password=PASSWORD, url="/sign-in", **options):
    return post(client, url, {"email": email, "password": password}, **options)


def without_tokens(page):
    """What a reader gets, without what is random in each answer."""
    return re.sub(r'value="[^"]{40,}"', "", page.text)


def test_from_registering_to_a_signed_in_page(client, session):
    sent = post(client, "/register", FORM)
    assert (sent.status_code, sent.location) == (302, "/register/sent")
    assert "Look into your mail" in client.get(sent.location).text
    link = last_path(session)
    assert "Confirm the address" in client.get(link).text
    assert session.scalar(select(Person.confirmed_at)) is None, "opening the link alone confirms nothing"
    confirmed = post(client, link)
    assert confirmed.location == "/sign-in"
    page = client.get("/sign-in")
    assert "Your address is confirmed. Sign in now." in sentences(page)
    assert "Sign out" not in page.text, "the link signs nobody in"
    entered = enter(client, "Layla@Example.org")
    assert entered.status_code == 302
    profile = client.get("/profile")
    assert "ليلى حداد" in profile.text
    assert "Sign out" in profile.text


def test_known_and_unknown_addresses_register_alike(app, client, session):
    with_password(session, email="known@example.org")
    answers = []
    for email in ("known@example.org", "new@example.org"):
        answer = post(client, "/register", FORM | {"email": email})
        page = client.get(answer.location)
        answers.append((answer.status_code, answer.location, answer.text, without_tokens(page), page.status_code))
    assert answers[0] == answers[1]
    templates = session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.id)).all()
    assert templates == ["address_known", "confirm_address"]


@pytest.mark.parametrize("url", ["/forgotten", "/confirm"])
def test_known_and_unknown_addresses_ask_for_links_alike(client, session, url):
    with_password(session, email="known@example.org")
    answers = []
    for email in ("known@example.org", "unknown@example.org"):
        answer = post(client, url, {"email": email})
        answers.append((answer.status_code, answer.location, answer.text, client.get(answer.location).text))
    assert answers[0] == answers[1]


def test_a_wrong_password_reads_alike_for_known_unknown_disabled_and_unconfirmed(client, session):
    with_password(session, email="known@example.org")
    with_password(session, email="gone@example.org", is_active=False)
    with_password(session, email="fresh@example.org", confirmed_at=None)
    pages = set()
    for email in ("known@example.org", "none@example.org", "gone@example.org", "fresh@example.org"):
        answer = enter(client, email, "wrong wrong wrong wrong")
        assert answer.status_code == 422
        pages.add(without_tokens(answer).replace(email, ""))
    assert len(pages) == 1
    assert "do not belong together" in pages.pop()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Fill this in."),
        ({"name_latin": ""}, "Write the name in Latin letters too"),
        ({"email": "layla"}, "This cannot be an e-mail address"),
        ({"country": "ZZ"}, "Not a valid choice."),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice."),
        ({"password": "short"}, "At least 15 characters; this has 5."),
        ({"password": "passwordpassword12"}, "words that everybody tries first"),
        ({"password": "layla haddad layla"}, "made of your name"),
        ({"password": "abcdefghijklmnopq"}, "Mostly a sequence"),
        ({"password": "xyxyxyxyxyxyxyxyxy"}, "The same characters repeat."),
    ],
)
def test_a_refused_answer_is_explained_and_the_rest_is_kept(client, session, changes, sentence):
    answer = post(client, "/register", FORM | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    kept = (FORM | changes)["email"]
    assert f'value="{kept}"' in answer.text
    assert "m-errors" in answer.text
    typed = (FORM | changes)["password"]
    assert typed not in answer.text, "a password is never sent back"
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_link_that_is_spent_says_what_to_do(client, session):
    post(client, "/register", FORM)
    link = last_path(session)
    assert post(client, link).status_code == 302
    again = post(client, link)
    assert again.status_code == 410
    assert "This link no longer works" in again.text
    assert "Send the link again" in again.text
    assert client.get("/password/" + "x" * 43).status_code == 410


def test_an_unconfirmed_person_is_asked_to_confirm_first(client, session):
    with_password(session, email="fresh@example.org", confirmed_at=None)
    answer = enter(client, "fresh@example.org")
    assert answer.status_code == 403
    assert "Confirm your address first" in answer.text
    assert client.get("/profile").status_code == 302
    sent = client.post("/confirm", data={"csrf_token": csrf_token(answer), "email": "fresh@example.org"})
    assert sent.location == "/register/sent"
    assert last_path(session).startswith("/confirm/")


def test_signing_in_takes_a_new_cookie_and_signing_out_ends_the_session(client, session):
    with_password(session, email="known@example.org")
    client.get("/sign-in")
    before = client.get_cookie(COOKIE).value
    enter(client, "known@example.org")
    after = client.get_cookie(COOKIE).value
    assert before != after
    out = post(client, "/sign-out", page="/profile")
    assert out.location == "/signed-out"
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert session.scalar(select(func.count()).select_from(WebSession).where(WebSession.person_id.is_not(None))) == 0
    client.set_cookie(COOKIE, after)
    assert client.get("/profile").status_code == 302, "the old cookie opens nothing"


def test_a_planted_session_is_worthless_after_sign_in(app, client, session):
    with_password(session, email="known@example.org")
    attacker = app.test_client()
    attacker.get("/sign-in")
    planted = attacker.get_cookie(COOKIE).value
    client.set_cookie(COOKIE, planted)
    enter(client, "known@example.org")
    assert attacker.get("/profile").status_code == 302


def test_a_chosen_language_outlives_signing_in_and_out(client, session):
    with_password(session, email="known@example.org")
    with client.session_transaction() as kept:
        kept["locale"] = "en"
    enter(client, "known@example.org")
    with client.session_transaction() as kept:
        assert kept["locale"] == "en"


NASTY = [
    "https://evil.example/",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "//[",
    "http://[::1",
    "https:evil.example",
    " //evil.example",
    "/\x00/evil.example",
    "/\x0b/evil.example",
    "\x01https://evil.example",
    "//evil.example@good.example/",
    "?next=//evil.example",
]


@pytest.mark.parametrize("target", NASTY)
def test_signing_in_never_leads_off_the_site(client, session, target):
    with_password(session, email="known@example.org")
    page = client.get("/sign-in", query_string={"next": target})
    data = {"csrf_token": csrf_token(page), "email": "known@example.org", "password": PASSWORD}
    answer = client.post("/sign-in", query_string={"next": target}, data=data)
    assert answer.status_code == 302
    assert re.fullmatch(r"/([a-z][a-z/-]*)?", answer.location), answer.location
    again = client.get("/sign-in", query_string={"next": target})
    assert re.fullmatch(r"/([a-z][a-z/-]*)?", again.location), again.location


def test_signing_in_leads_on_to_the_page_that_was_asked_for(client, session):
    with_password(session, email="known@example.org")
    asked = client.get("/profile?x=1")
    assert asked.location == "/sign-in?next=/profile?x%3D1"
    answer = enter(client, "known@example.org", url=asked.location)
    assert answer.location == "/profile?x=1"


def test_each_role_has_a_home(app, client, session):
    office, programme = make_office(session), make_programme(session)
    people = {
        "applicant": make_person(session),
        "officer": make_officer(session, office),
        "manager": make_person(session),
        "administrator": make_person(session),
        "auditor": make_person(session),
    }
    make_grant(session, people["manager"], "manager", programme=programme)
    make_grant(session, people["administrator"], "administrator")
    make_grant(session, people["auditor"], "auditor")
    homes = {
        "applicant": "cases.mine",
        "officer": "desk.index",
        "manager": "programmes.index",
        "administrator": "accounts.people",
        "auditor": "audit.index",
    }
    with app.test_request_context():
        expected = {
            role: app.url_for(name if name in app.view_functions else "calls.index")
            for role, name in homes.items()
            if name in app.view_functions or "calls.index" in app.view_functions
        }
    for role, url in expected.items():
        sign_in(client, people[role])
        assert client.get("/sign-in").location == url, role


def test_eleven_tries_in_five_minutes_answer_429_for_anybody(client, session):
    for _ in range(10):
        assert enter(client, "none@example.org", "wrong wrong wrong wrong").status_code == 422
    answer = enter(client, "none@example.org", "wrong wrong wrong wrong")
    assert answer.status_code == 429
    assert "Too many tries" in answer.text


def test_a_forgotten_password_is_set_by_the_link_and_used_once(client, session):
    person = with_password(session, email="known@example.org")
    sign_in(client, person)
    elsewhere = client.get_cookie(COOKIE).value
    client.delete_cookie(COOKIE)
    post(client, "/forgotten", {"email": "KNOWN@example.org"})
    link = last_path(session)
    weak = post(client, link, {"password": "known known known"})
    assert weak.status_code == 422
    assert "made of your name, your address" in weak.text
    answer = post(client, link, {"password": "violet anchor maple dust"})
    assert answer.location == "/sign-in"
    assert client.get(link).status_code == 410
    client.set_cookie(COOKIE, elsewhere)
    assert client.get("/profile").status_code == 302, "every session has ended"
    client.delete_cookie(COOKIE)
    assert enter(client, "known@example.org").status_code == 422
    assert enter(client, "known@example.org", "violet anchor maple dust").status_code == 302


def test_changing_the_password_keeps_this_session_and_ends_the_others(app, client, session):
    person = with_password(session)
    other = app.test_client()
    sign_in(other, person)
    sign_in(client, person)
    wrong = post(client, "/profile/password", {"present": "not this one at all", "password": "violet anchor maple"})
    assert wrong.status_code == 422
    assert "This is not your present password." in wrong.text
    answer = post(client, "/profile/password", {"present": PASSWORD, "password": "violet anchor maple dust"})
    assert answer.location == "/profile"
    assert "signed out everywhere else" in client.get("/profile").text
    assert other.get("/profile").status_code == 302


def test_signing_out_everywhere_else(app, client, session):
    person = with_password(session)
    other = app.test_client()
    sign_in(other, person)
    sign_in(client, person)
    assert post(client, "/profile/sessions", page="/profile").location == "/profile"
    assert client.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 302


def test_details_are_changed_on_the_profile(client, session):
    person = with_password(session, name="Layla Haddad")
    sign_in(client, person)
    rest = {"name_language": "", "name_latin": "", "time_zone": "", "locale": "en"}
    assert post(client, "/profile", rest | {"name": "Layla H.", "country": "FR"}).status_code == 302
    page = client.get("/profile")
    assert "Your details are saved." in page.text
    assert "Layla H." in page.text
    assert (person.country, person.time_zone) == ("FR", "Europe/Paris")


def test_two_tabs_meet_on_the_merge_page_and_nothing_is_overwritten(client, session):
    person = with_password(session, name="Layla Haddad")
    sign_in(client, person)
    tab = client.get("/profile")
    form = {"name_language": "", "name_latin": "", "time_zone": "UTC", "locale": "en"}
    post(client, "/profile", form | {"name": "First Tab", "country": "EG"})
    stale = {"csrf_token": csrf_token(tab), "row_version": row_version(tab), "name": "Second Tab", "country": "FR"}
    answer = client.post("/profile", data=form | stale)
    assert answer.status_code == 409
    assert "First Tab" in answer.text
    assert "Second Tab" in answer.text
    assert person.name == "First Tab"
    sent = {"csrf_token": csrf_token(answer), "row_version": row_version(answer), "name": "Second Tab", "country": "EG"}
    assert client.post("/profile", data=form | sent).status_code == 302
    assert (person.name, person.country) == ("Second Tab", "EG")


def test_a_tampered_version_is_a_conflict_never_a_crash(client, session):
    sign_in(client, with_password(session))
    form = {"name": "X", "name_language": "", "name_latin": "", "country": "EG", "time_zone": "", "locale": "en"}
    assert post(client, "/profile", form | {"row_version": "-1; DROP"}).status_code == 409


def test_the_profile_says_who_opened_protected_data(client, session, now):
    person, officer = with_password(session), make_officer(session, make_office(session), name="Selin Aydın")
    with write_unit(session) as unit:
        sealing.seal(unit, person.id, "passport_number", "C01X00T47")
        reader = type(SYSTEM)(person_id=officer.id)
        assert sealing.open_sealed(unit, reader, person.id, "passport_number", now) == "C01X00T47"
    sign_in(client, person)
    page = client.get("/profile")
    assert "Passport number" in page.text
    assert "Selin Aydın" in page.text
    assert "C01X00T47" not in page.text


def test_a_form_without_its_token_changes_nothing(client, session):
    answer = client.post("/register", data=FORM)
    assert answer.status_code == 400
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_disabled_person_is_out_at_once(client, session):
    person = with_password(session)
    sign_in(client, person)
    assert client.get("/profile").status_code == 200
    with write_unit(session):
        session.execute(update(Person).where(Person.id == person.id).values(is_active=False))
    assert client.get("/profile").status_code == 302


PAGES = [
    "/register",
    "/register/sent",
    "/sign-in",
    "/signed-out",
    "/forgotten",
    "/forgotten/sent",
    "/confirm",
    "/confirm/x",
]


@pytest.mark.parametrize("url", [*PAGES, "/password/x", "/profile", "/no-such-page", "/health/live"])
def test_every_answer_carries_the_security_headers(client, session, url):
    for person in (None, make_person(session)):
        if person:
            sign_in(client, person)
        headers = client.get(url).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        if person or url in PAGES:
            assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_one_heading_and_its_title_holds_it(client, session, url):
    page = client.get(url).text
    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", page, flags=re.S)
    assert len(headings) == 1
    assert headings[0] in re.search(r"<title>(.*?)</title>", page, flags=re.S).group(1)
    assert " style=" not in page


def test_signing_in_leaves_an_entry(client, session):
    person = with_password(session, email="known@example.org")
    enter(client, "known@example.org")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.code == "person_signed_in")).one()
    assert (entry.actor_id, entry.subject_id) == (person.id, person.id)
