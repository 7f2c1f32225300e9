"""A browser reduced to its requests: who is signed in, a page by a direct WSGI call, the statements it needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder

from mobility.clock import utc_now
from mobility.services.sessions import PERSON_KEY, Lifetime, save_session
from mobility.storage.db import db, write_unit
from mobility.storage.keys import Keys, give_keys
from mobility.storage.models.accounts import RoleGrant
from mobility.storage.models.cases import CaseFile
from mobility.storage.scope import ALL, CaseScope, set_scope

HOURS = 24
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The busiest post of an installation, somebody who sits there, and a case of it with its applicant."""

    office_id: int
    officer_id: int
    open_cases: int
    case_id: int
    reference: str
    applicant_id: int


@contextmanager
def opened_session(app: Flask) -> Iterator[Session]:
    """Open a database session that sees every case."""
    with app.app_context():
        session = db.session()
        set_scope(session, ALL)
        give_keys(session, Keys.from_secret(app.config["SECRET_KEY"]))
        yield session
        db.session.remove()


def busiest_desk(session: Session) -> Desk:
    """Return the desk with the most open cases that decides on cases, and the first case of its queue."""
    counted = (
        select(CaseScope.principal, func.count().label("cases"))
        .where(CaseScope.principal.like("o:%"), CaseScope.is_open.is_(True))
        .group_by(CaseScope.principal)
        .order_by(func.count().desc(), CaseScope.principal)
    )
    principal, open_cases = session.execute(counted.limit(1)).one()
    office_id = int(principal.removeprefix("o:"))
    officer = select(RoleGrant.person_id).where(RoleGrant.office_id == office_id).order_by(RoleGrant.id)
    # the longest log: a case that was played, not copied
    played = (
        select(CaseFile.id, CaseFile.reference, CaseFile.person_id)
        .join(CaseScope, CaseScope.case_id == CaseFile.id)
        .where(CaseScope.principal == principal, CaseFile.is_open)
        .order_by(CaseFile.id)
    )
    case_id, reference, applicant_id = session.execute(played.limit(1)).one()
    return Desk(
        office_id=office_id,
        officer_id=session.scalars(officer).first() or 0,
        open_cases=open_cases,
        case_id=case_id,
        reference=reference,
        applicant_id=applicant_id,
    )


def sign_in(session: Session, person_id: int) -> str:
    """Open a web session for somebody and return its token."""
    data = {PERSON_KEY: str(person_id), "_fresh": True}
    with write_unit(session):
        return save_session(session, "", data, utc_now(), Lifetime(idle_minutes=60 * HOURS, hours=HOURS))


def page(app: Flask, path: str, token: str = "") -> Callable[[], bytes]:
    """Return a call of a page as the server makes it, without client or network; it must answer 200."""
    headers = [("Cookie", f"{app.session_interface.cookie}={token}")] if token else []  # type: ignore[attr-defined]
    environ = EnvironBuilder(path=path.partition("?")[0], query_string=path.partition("?")[2], headers=headers)
    prepared = environ.get_environ()

    def call() -> bytes:
        answer: list[str] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], object]:
            answer.append(status)
            return lambda data: None

        chunks = app.wsgi_app(dict(prepared), start_response)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        if not answer[0].startswith("200"):
            raise RuntimeError(f"{path} answered {answer[0]}")
        return body

    return call


@contextmanager
def statements(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that are sent to the database, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        sent.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
