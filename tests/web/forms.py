"""What a browser does with a form: open the page, carry its token along, send; and a shortcut past the sign-in page."""

import html
import re
from collections.abc import Mapping, Sequence
from contextvars import Context
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mobility.clock import utc_now
from mobility.services import sessions
from mobility.storage.db import db, write_unit
from mobility.storage.scope import ALL, set_scope

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_VERSION = re.compile(r'name="row_version" value="([^"]*)"')
_LIFETIME = sessions.Lifetime(idle_minutes=30, hours=12)
COOKIE = "mobility"


def csrf_token(page: TestResponse) -> str:
    """Return the token of the forms on a page; an empty text when it has none."""
    found = _TOKEN.search(page.text)
    return html.unescape(found.group(1)) if found else ""


def row_version(page: TestResponse) -> str:
    """Return the version that the form on a page was opened on."""
    found = _VERSION.search(page.text)
    return html.unescape(found.group(1)) if found else ""


def post(
    client: FlaskClient,
    url: str,
    data: Mapping[str, Any] | None = None,
    *,
    page: str | None = None,
    **options: Any,
) -> TestResponse:
    """Open `page` (the same address unless told otherwise) and send `data` from it with its token and row version."""
    opened = client.get(page or url)
    fields: dict[str, Any] = {"csrf_token": csrf_token(opened)}
    if version := row_version(opened):
        fields["row_version"] = version
    return client.post(url, data=fields | dict(data or {}), **options)


def sign_in(client: FlaskClient, person: Any) -> None:
    """Give the client a live session of that person, as if they had signed in a moment ago."""
    person_id = person if isinstance(person, int) else person.id
    if has_app_context():
        db.session().commit()  # see tests/conftest.py: what the test read is let go first
    client.set_cookie(COOKIE, Context().run(_new_session, client.application, person_id))


def _new_session(app: Flask, person_id: int) -> str:
    with app.app_context():
        own = db.session()
        set_scope(own, ALL)
        with write_unit(own) as unit:
            data = {sessions.PERSON_KEY: str(person_id), "_fresh": True}
            return sessions.save_session(unit, "", data, utc_now(), _LIFETIME)


def sign_out(client: FlaskClient) -> None:
    """Forget the session on the client's side only."""
    client.delete_cookie(COOKIE)


def sentences(page: TestResponse) -> Sequence[str]:
    """Return the texts of a page between its tags, for asserting what a reader sees."""
    without_tags = re.sub(r"<[^>]+>", "\n", page.text)
    return [html.unescape(line).strip() for line in without_tags.splitlines() if line.strip()]
