"""Reading applications within the reader's scope: one with all it needs, a person's own as columns."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.domain.errors import NotFound
from mobility.storage.models.accounts import Person
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.programmes import Call, Programme, Route


def get_own_application(session: Session, person_id: int, application_id: int, *, lock: bool = False) -> Application:
    """Return a person's application with sections, call, route and programme; raises NotFound for anybody else's.

    `lock` makes a second writer wait until this unit ends and then see what the first one left.
    """
    route = joinedload(Application.call).joinedload(Call.route)
    programme = route.joinedload(Route.programme)
    query = (
        select(Application)
        .where(Application.id == application_id, Application.person_id == person_id)
        .options(
            selectinload(Application.sections),
            programme.selectinload(Programme.stages),
            route.joinedload(Route.receiving_office),
        )
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update(of=Application)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(application=application_id)
    return found


def find_application_to(session: Session, person_id: int, call_id: int) -> Row[int, str] | None:
    """Return id and status of a person's living application to a call, or None."""
    query = (
        select(Application.id, Application.status)
        .where(Application.person_id == person_id, Application.call_id == call_id, Application.status != "withdrawn")
        .order_by(Application.id)
        .limit(1)
    )
    return session.execute(query).one_or_none()


def lock_person(session: Session, person_id: int) -> None:
    """Let a second unit of the same person wait, so that a double click begins one application."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def list_applications_of(session: Session, person_id: int, statuses: Sequence[str]) -> Sequence[Row[Any]]:
    """Return a person's applications of these statuses as columns, the last one changed first."""
    query = (
        select(
            Application.id,
            Application.status,
            Application.case_id,
            Application.updated_at,
            Application.submitted_at,
            Call.code,
            Call.texts,
            Call.closes_on,
            Call.time_zone,
            Call.host_city,
            Route.receiving,
        )
        .join(Call, Call.id == Application.call_id)
        .join(Route, Route.id == Call.route_id)
        .where(Application.person_id == person_id, Application.status.in_(statuses))
        .order_by(Application.updated_at.desc(), Application.id.desc())
    )
    return session.execute(query).all()


def find_case_standing(session: Session, case_id: int | None) -> Row[str, str] | None:
    """Return reference and status of the case an application became, or None."""
    if case_id is None:
        return None
    return session.execute(select(CaseFile.reference, CaseFile.status).where(CaseFile.id == case_id)).one_or_none()


def list_references(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    """Return the references of several cases by id."""
    rows = session.execute(select(CaseFile.id, CaseFile.reference).where(CaseFile.id.in_(case_ids)))
    return {row.id: row.reference for row in rows}
