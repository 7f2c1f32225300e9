"""Sending an application: it is frozen and becomes a case, once, however often the button was pressed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.applications.vocabulary import ApplicationStatus, CallClosed, SectionsIncomplete
from mobility.domain.errors import NotFound
from mobility.services.applications.progress import Progress, case_standing, progress_of
from mobility.services.audit import record_event
from mobility.services.cases.opening import open_case
from mobility.storage.models.applications import Application
from mobility.storage.queries.applications import get_own_application


@dataclass(frozen=True, slots=True, kw_only=True)
class SentApplication:
    """What the page after sending tells: the reference, and whose turn it is now."""

    application_id: int
    case_id: int
    reference: str
    office_names: Mapping[str, Any]
    call_code: str
    texts: Mapping[str, Any]
    submitted_at: datetime
    arrival_on: date | None


def send_application(session: Session, actor: Actor, application_id: int, now: datetime) -> int:
    """Send the actor's application and return the id of its case; sent before, the same case.

    A case that its office returned to be completed is sent again, after the closing day too. Raises CallClosed,
    SectionsIncomplete naming the sections, or NotFound; nothing is changed then.
    """
    application = get_own_application(session, actor.person_id, application_id, lock=True)
    progress = progress_of(session, application, now)
    if not progress.is_editable and application.case_id is not None:
        return application.case_id
    _check_ready(progress)
    application.status = ApplicationStatus.SUBMITTED.value
    application.submitted_at = application.updated_at = now
    case = open_case(session, actor, application, now)
    application.case_id = case.id
    record_event(
        session,
        actor,
        "application_sent",
        at=now,
        subject="application",
        subject_id=application.id,
        case_id=case.id,
    )
    return case.id


def get_sent(session: Session, actor: Actor, application_id: int) -> SentApplication:
    """Return what was sent; raises NotFound, also for a draft."""
    application = get_own_application(session, actor.person_id, application_id)
    reference, _ = case_standing(session, application)
    if application.case_id is None or application.submitted_at is None:
        raise NotFound(application=application_id)
    return SentApplication(
        application_id=application.id,
        case_id=application.case_id,
        reference=reference,
        office_names=application.call.route.receiving_office.names,
        call_code=application.call.code,
        texts=application.call.texts,
        submitted_at=application.submitted_at,
        arrival_on=_arrival_of(application),
    )


def _check_ready(progress: Progress) -> None:
    if not progress.is_open and not progress.is_returned:
        raise CallClosed(call=progress.call_code, closed_on=progress.closes_on, time_zone=progress.time_zone)
    if progress.unfinished:
        raise SectionsIncomplete(sections=[line.code.value for line in progress.unfinished])


def _arrival_of(application: Application) -> date | None:
    stay = next((each.answers for each in application.sections if each.code == "your_stay"), {})
    return date.fromisoformat(stay["arrival_on"]) if stay.get("arrival_on") else None
