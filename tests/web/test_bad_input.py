"""What nobody should send, and the clear answer it gets: nothing is changed or half written, nothing crashes."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from mobility.app import create_app
from mobility.settings import load_settings
from mobility.storage.db import db
from mobility.storage.models.accounts import Person
from mobility.storage.models.applications import ApplicationSection
from mobility.storage.models.audit import AuditEntry
from mobility.storage.schema import Base
from tests.factories import make_application, make_call, make_grant, make_person
from tests.web.forms import csrf_token, post, sentences, sign_in
from tests.web.world import World, add_governance, make_world

TOO_LARGE = 2**63


@pytest.fixture
def person(client: Any, session: Session) -> Person:
    made = make_person(session)
    sign_in(client, made)
    return made


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session)
    add_governance(session, made)
    return made


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


@pytest.mark.parametrize("token", [{}, {"csrf_token": "made-up"}], ids=["missing", "wrong"])
def test_a_form_without_its_token_says_what_to_do(client: Any, session: Session, person: Person, token: Any) -> None:
    before = entries(session)
    answer = client.post("/profile", data={"name": "Mallory", "country": "EG", "locale": "en", **token})
    assert answer.status_code == 400
    assert any("Reload the page and send it again" in each for each in sentences(answer))
    assert "Mallory" not in client.get("/profile").text
    assert entries(session) == before


@pytest.mark.parametrize("number", [TOO_LARGE, 10**30, "9" * 5000], ids=["2^63", "10^30", "5000 digits"])
@pytest.mark.parametrize(
    "address",
    ["/applications/{}", "/documents/{}", "/clocks/{}/why", "/people/{}", "/offices/{}", "/outbox/{}"],
)
def test_a_number_that_no_row_has_is_no_page(client: Any, session: Session, address: str, number: Any) -> None:
    administrator = make_person(session)
    make_grant(session, administrator, "administrator")
    sign_in(client, administrator)
    assert client.get(address.format(number)).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/people?name=a&id={}",
        "/audit?before={}",
        "/outbox?status=dead&before={}",
        "/offices/calendars?day=2026-01-01&id={}",
        "/?after=2026-12-01.{}",
        "/?after={}",
        "/offices?after={}",
    ],
)
@pytest.mark.parametrize("number", [TOO_LARGE, -1, "²", "x\x00y"])
def test_a_page_of_a_list_that_cannot_be_is_no_crash(client: Any, session: Session, address: str, number: Any) -> None:
    administrator = make_person(session)
    make_grant(session, administrator, "administrator")
    sign_in(client, administrator)
    assert client.get(address.format(number)).status_code in (200, 400, 404, 422)


@pytest.mark.parametrize(
    ("arrival", "departure"),
    [
        ("30 2 2027", "30 4 2027"),
        ("1 3 9999", "30 4 9999"),
        ("30 4 2027", "1 3 2027"),
        ("0 0 0", "1 1 1"),
        ("tomorrow", "²/3/2027"),
        ("1" * 5000, "1 1 2027"),
    ],
)
def test_impossible_days_are_shown_again_with_the_reason(
    client: Any, session: Session, person: Person, arrival: str, departure: str
) -> None:
    draft = make_application(session, person=person, call=make_call(session))
    address = f"/applications/{draft.id}/your_stay"
    before = dict(next(each.answers for each in draft.sections if each.code == "your_stay"))
    answer = post(client, address, {"arrival_on": arrival, "departure_on": departure})
    assert answer.status_code == 422
    assert "p-error" in answer.text or "m-error" in answer.text or 'aria-invalid="true"' in answer.text
    assert arrival[:9] in answer.text
    found = session.scalars(
        select(ApplicationSection)
        .where(ApplicationSection.code == "your_stay")
        .execution_options(populate_existing=True)
    ).one()
    assert not found.is_complete
    assert {name: value for name, value in found.answers.items() if before.get(name) != value} in ({}, found.answers)


_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"#]+)[^>]*>(.*?)</form>', re.S)


def edit_forms(client: Any, page: str) -> list[str]:
    """Return the addresses of the forms on a page that carry a version."""
    return [action for action, body in _FORM.findall(client.get(page).text) if 'name="row_version"' in body]


@pytest.mark.parametrize("version", ["0", "999999", "-1", "²", "9" * 5000, ""])
def test_a_version_that_was_tampered_with_is_a_stale_one(client: Any, person: Person, version: str) -> None:
    data = {"name": "Nadia", "country": "EG", "locale": "en", "time_zone": "", "name_language": ""}
    answer = post(client, "/profile", data | {"row_version": version})
    assert answer.status_code == 409


def test_a_message_sent_twice_and_an_answer_sent_twice(client: Any, session: Session, world: World) -> None:
    """An answer counts once; the second press leads back to the page and says so."""
    case = world.cases["main"]
    sign_in(client, world.people["own"])
    page = f"/stays/{case.reference}"
    token = csrf_token(client.get(page))
    data = {"csrf_token": token, f"r{case.request}-text": "Once."}
    first = client.post(f"{page}/requests/{case.request}", data=data)
    before = entries(session)
    second = client.post(f"{page}/requests/{case.request}", data=data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert entries(session) == before
    assert "Nothing was sent twice" in client.get(page).text


def test_two_officers_at_one_form_and_the_second_is_told(client: Any, session: Session, world: World) -> None:
    """Every form with a version on the pages of the desk: the second of two equal presses changes nothing."""
    stale = []
    case, paying = world.cases["main"], world.cases["paying"]
    walks = {
        "post": (f"/desk/cases/{case.reference}", f"/desk/cases/{case.reference}/plan"),
        "funder": (f"/desk/cases/{case.reference}", f"/desk/cases/{paying.reference}"),
        "own": (f"/stays/{case.reference}/withdraw",),
        "administrator": (f"/offices/{world.offices['school']}",),
        "manager": (f"/programmes/{world.programme}/edit", f"/programmes/{world.programme}/calls/{world.call}"),
    }
    met = 0
    for name, pages in walks.items():
        browser = client.application.test_client()
        sign_in(browser, world.people[name])
        for page in pages:
            opened = browser.get(page)
            forms = [(action, body) for action, body in _FORM.findall(opened.text) if 'name="row_version"' in body]
            met += len(forms)
            for action, body in forms:
                before = entries(session)
                answer = browser.post(action, data=fields_of(body) | {"row_version": "999998"})
                if answer.status_code not in (409, 422) or entries(session) != before:
                    stale.append(f"{name} {action}: {answer.status_code}")
    assert met >= 8
    assert not stale, "\n".join(stale)


def fields_of(body: str) -> dict[str, str]:
    """Return what a browser would send of a form that nobody touched."""
    given = {}
    for tag in re.findall(r"<input[^>]*>", body):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = ('type="radio"' not in tag and 'type="checkbox"' not in tag) or " checked" in tag
        if name and ticked:
            given[name.group(1)] = value.group(1) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(
            r'<option[^>]*selected[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"[^>]*selected', options
        )
        given[name] = next((each for each in chosen.groups() if each), "") if chosen else ""
    for name, words in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', body, re.S):
        given[name] = words.strip() or "Words."
    return given


# What follows needs a database file of its own, which can be taken away, held or made read-only.


@pytest.fixture
def alone(tmp_path: Path) -> Flask:
    """An application on a SQLite file of its own that waits only a moment for a lock."""
    settings = load_settings(environment="development", instance=tmp_path, secret_key="t" * 40)
    made = create_app(settings)
    with made.app_context():

        @event.listens_for(db.engine, "connect")
        def wait_briefly(dbapi: Any, record: Any) -> None:
            dbapi.execute("PRAGMA busy_timeout=50").close()

        Base.metadata.create_all(db.engine)
    return made


def answers_plainly(answer: Any) -> None:
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Nothing was half saved" in answer.text
    assert "sqlite" not in answer.text.lower()


FORGOTTEN = {"email": "somebody@example.org"}


def test_a_missing_database_is_said_plainly(alone: Flask, tmp_path: Path) -> None:
    with alone.app_context():
        db.engine.dispose()
    (tmp_path / "mobility.sqlite").unlink()
    tmp_path.chmod(0o755)
    answers_plainly(alone.test_client().get("/"))


def test_a_locked_database_is_said_plainly_and_nothing_is_half_written(alone: Flask, tmp_path: Path) -> None:
    client = alone.test_client()
    token = csrf_token(client.get("/forgotten"))
    with sqlite3.connect(tmp_path / "mobility.sqlite", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        answers_plainly(client.post("/forgotten", data=FORGOTTEN | {"csrf_token": token}))
        holder.execute("ROLLBACK")
    holder.close()
    with alone.app_context():
        assert db.session.connection().exec_driver_sql("SELECT count(*) FROM outbox").scalar() == 0
    assert client.post("/forgotten", data=FORGOTTEN | {"csrf_token": token}).status_code == 302


def test_a_read_only_database_is_said_plainly(alone: Flask) -> None:
    client = alone.test_client()
    token = csrf_token(client.get("/forgotten"))
    with alone.app_context():

        @event.listens_for(db.engine, "connect")
        def only_read(dbapi: Any, record: Any) -> None:
            dbapi.execute("PRAGMA query_only=ON").close()

        db.engine.dispose()
    assert client.get("/").status_code == 200
    answers_plainly(client.post("/forgotten", data=FORGOTTEN | {"csrf_token": token}))


def test_an_unknown_host_is_refused_where_hosts_are_named(tmp_path: Path) -> None:
    settings = load_settings(
        environment="testing", instance=tmp_path, secret_key="t" * 40, trusted_hosts=("mobility.example.org",)
    )
    client = create_app(settings).test_client()
    assert client.get("/health/live", base_url="http://evil.example.org").status_code == 400
    assert client.get("/health/live", base_url="http://mobility.example.org").status_code == 200
