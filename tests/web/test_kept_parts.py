"""What is kept between requests follows reader, language, filters and place; a request that changes holds no read."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mobility.storage.db import db
from tests.factories import make_grant, make_office, make_officer, make_person
from tests.web.forms import post, sign_in

_LINKS = re.compile(r'(?:href|action)="(/[^"#]*)')
_BAR = re.compile(r'<nav aria-label="[^"]*">(.*?)</nav>', re.DOTALL)


def bar(client: FlaskClient, address: str = "/ask") -> str:
    found = _BAR.search(client.get(address).text)
    assert found is not None
    return found.group(1)


def test_the_top_bar_is_each_readers_own_in_their_language_on_their_page(client: FlaskClient, session: Session) -> None:
    administrator = make_person(session)
    make_grant(session, administrator, "administrator")
    officer, applicant = make_officer(session, make_office(session)), make_person(session)
    stranger = bar(client)
    seen = {}
    for _ in range(2):  # made, then kept
        for name, person in (("administrator", administrator), ("officer", officer), ("applicant", applicant)):
            sign_in(client, person)
            seen[name] = bar(client)
    assert [name for name, links in seen.items() if "/people" in links] == ["administrator"]
    assert [name for name, links in seen.items() if "/desk" in links] == ["officer"]
    assert "/stays" not in stranger
    assert "Statistiques" in bar(client, "/ask?lang=fr")
    assert bar(client) == seen["applicant"]
    assert bar(client, "/calls") != seen["applicant"]  # the present page is marked


def test_the_other_languages_come_back_to_the_page_that_offers_them(client: FlaskClient) -> None:
    for address in ("/ask", "/calls", "/calls?q=a"):
        links = re.findall(r'href="/language/[a-z]+[?]next=([^"]*)"', client.get(address).text)
        assert {unquote(link) for link in links} == {address}


def test_filters_that_somebody_typed_stand_in_their_own_page_only(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_officer(session, make_office(session)))
    assert 'value="&lt;b&gt;&#34;x"' in client.get('/desk?q=<b>"x').text
    assert 'name="q" type="search" size="20" maxlength="100" value=""' in client.get("/desk").text


def test_addresses_follow_the_place_where_the_application_is_mounted(client: FlaskClient, session: Session) -> None:
    office, other = make_office(session), make_office(session)
    officer = make_officer(session, office)
    make_grant(session, officer, "head", office=other)
    sign_in(client, officer)
    for _ in range(2):
        for root in ("", "/office"):
            page = client.get(f"/desk?office={office.id}", base_url=f"http://localhost{root}").text
            links = [link for link in _LINKS.findall(page) if link != "/"]
            assert links
            assert all(link.startswith(f"{root}/") for link in links)
            assert root or not any(link.startswith("/office/") for link in links)


@pytest.fixture
def reading(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a request still reads when its view begins."""
    found: list[bool] = []

    def watched(view: Callable[..., Any]) -> Callable[..., Any]:
        def watch(**parts: Any) -> Any:
            found.append(db.session().in_transaction())
            return view(**parts)

        watch.access = view.access  # type: ignore[attr-defined]
        return watch

    for endpoint in ("accounts.profile", "accounts.sign_out"):
        monkeypatch.setitem(app.view_functions, endpoint, watched(app.view_functions[endpoint]))
    return found


def test_a_request_that_changes_ends_the_reading_of_its_session_first(
    client: FlaskClient, session: Session, reading: list[bool]
) -> None:
    """Without WAL a reader blocks a commit, and what a change does before it writes may take long."""
    sign_in(client, make_person(session))
    assert client.get("/profile").status_code == 200
    assert post(client, "/sign-out", page="/ask").status_code == 302
    assert reading == [True, False]
