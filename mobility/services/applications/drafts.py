"""Beginning an application, listing one's own, and giving a draft up.

One living application per person and call. A draft is its person's alone; giving it up deletes it with what was
sent to it, and the log keeps that it existed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.applications.vocabulary import AlreadySent, ApplicationStatus, CallClosed
from mobility.domain.errors import NotPermitted
from mobility.services.audit import record_event
from mobility.services.calls import is_open_at
from mobility.storage.models.applications import Application
from mobility.storage.queries import applications as queries
from mobility.storage.queries.calls import get_published_call

_SUBJECT = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnApplication:
    """That a person has an application to a call, and whether it was sent."""

    application_id: int
    is_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationLine:
    """One of a person's applications in a list; `reference` is empty until it was sent."""

    application_id: int
    status: ApplicationStatus
    call_code: str
    texts: Mapping[str, Any]
    host_city: str
    receiving: str
    closes_on: date
    time_zone: str
    updated_at: datetime
    submitted_at: datetime | None
    reference: str


def find_own_application(session: Session, actor: Actor, call_id: int) -> OwnApplication | None:
    """Return the actor's living application to a call, or None."""
    row = queries.find_application_to(session, actor.person_id, call_id)
    if row is None:
        return None
    application_id, status = row
    return OwnApplication(application_id=application_id, is_sent=status == ApplicationStatus.SUBMITTED)


def start_application(session: Session, actor: Actor, call_code: str, now: datetime) -> int:
    """Return the id of the actor's application to a call, begun now unless there is one already.

    Raises NotFound, CallClosed, and NotPermitted for people who work on other people's cases.
    """
    if actor.is_staff or actor.person_id == 0:
        raise NotPermitted(step="start_application")
    call = get_published_call(session, call_code)
    queries.lock_person(session, actor.person_id)
    existing = queries.find_application_to(session, actor.person_id, call.id)
    if existing is not None:
        return int(existing[0])
    if not is_open_at(call, now):
        raise CallClosed(call=call.code, closed_on=call.closes_on, time_zone=call.time_zone)
    application = Application(person_id=actor.person_id, call_id=call.id, created_at=now, updated_at=now)
    session.add(application)
    session.flush()
    record_event(
        session,
        actor,
        "application_started",
        at=now,
        subject=_SUBJECT,
        subject_id=application.id,
        parameters={"call": call.code},
    )
    return application.id


def withdraw_draft(session: Session, actor: Actor, application_id: int, now: datetime) -> None:
    """Delete a draft with its sections and documents; raises NotFound, or AlreadySent once there is a case.

    The bytes of its files go with the next sweep of the file store.
    """
    application = queries.get_own_application(session, actor.person_id, application_id, lock=True)
    if application.status != ApplicationStatus.DRAFT:
        raise AlreadySent(application=application_id)
    call_code = application.call.code
    session.expunge(application)
    session.execute(delete(Application).where(Application.id == application_id))
    record_event(
        session,
        actor,
        "application_withdrawn",
        at=now,
        subject=_SUBJECT,
        subject_id=application_id,
        parameters={"call": call_code},
    )


def list_drafts(session: Session, actor: Actor) -> tuple[ApplicationLine, ...]:
    """Return the actor's applications that were not sent, the last one changed first."""
    return _lines(session, actor, [ApplicationStatus.DRAFT])


def list_own_applications(session: Session, actor: Actor) -> tuple[ApplicationLine, ...]:
    """Return the actor's drafts and sent applications, the last one changed first."""
    return _lines(session, actor, [ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED])


def _lines(session: Session, actor: Actor, statuses: Sequence[str]) -> tuple[ApplicationLine, ...]:
    rows = queries.list_applications_of(session, actor.person_id, statuses)
    case_ids = [row.case_id for row in rows if row.case_id is not None]
    references = queries.list_references(session, case_ids) if case_ids else {}
    return tuple(_line(row, references) for row in rows)


def _line(row: Row[Any], references: Mapping[int, str]) -> ApplicationLine:
    return ApplicationLine(
        application_id=row.id,
        status=ApplicationStatus(row.status),
        call_code=row.code,
        texts=row.texts,
        host_city=row.host_city,
        receiving=row.receiving,
        closes_on=row.closes_on,
        time_zone=row.time_zone,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        reference=references.get(row.case_id, ""),
    )
