"""How far an application is: its sections with their status, measured anew each time against the call as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.applications.completeness import check_documents, check_section, section_status, sections_of
from mobility.domain.applications.vocabulary import (
    ApplicationStatus,
    CallFacts,
    Problem,
    Reason,
    SectionCode,
    SectionStatus,
    SentDocument,
    Typed,
)
from mobility.domain.cases import CaseStatus
from mobility.domain.documents import DocumentKind, DocumentStatus
from mobility.services.calls import facts_of, is_open_at
from mobility.storage.models.applications import Application, ApplicationSection
from mobility.storage.queries.applications import find_case_standing, get_own_application
from mobility.storage.queries.documents import list_current_kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLine:
    """A section in the task list."""

    code: SectionCode
    status: SectionStatus
    problems: tuple[Problem, ...]
    saved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """An application as its person sees it; `is_editable` also when the case was returned to be completed."""

    application_id: int
    status: ApplicationStatus
    is_editable: bool
    is_returned: bool
    reference: str
    call_code: str
    texts: Mapping[str, Any]
    host: str
    host_city: str
    closes_on: date
    time_zone: str
    days_left: int
    is_open: bool
    facts: CallFacts
    sections: tuple[SectionLine, ...]

    @property
    def unfinished(self) -> tuple[SectionLine, ...]:
        """The sections that keep the application from being sent."""
        return tuple(line for line in self.sections if line.status is not SectionStatus.COMPLETE)


def get_progress(session: Session, actor: Actor, application_id: int, now: datetime) -> Progress:
    """Return the actor's own application with the status of each section; raises NotFound."""
    application = get_own_application(session, actor.person_id, application_id)
    return progress_of(session, application, now)


def progress_of(session: Session, application: Application, now: datetime) -> Progress:
    """Return the progress of an application that was read with its call."""
    call = application.call
    facts = facts_of(call, now)
    reference, is_returned = case_standing(session, application)
    return Progress(
        application_id=application.id,
        status=ApplicationStatus(application.status),
        is_editable=application.status == ApplicationStatus.DRAFT or is_returned,
        is_returned=is_returned,
        reference=reference,
        call_code=call.code,
        texts=call.texts,
        host=call.host,
        host_city=call.host_city,
        closes_on=call.closes_on,
        time_zone=call.time_zone,
        days_left=(call.closes_on - facts.today).days,
        is_open=is_open_at(call, now),
        facts=facts,
        sections=tuple(_lines(session, application, facts)),
    )


def case_standing(session: Session, application: Application) -> tuple[str, bool]:
    """Return the case's reference ("" before sending), and whether the office returned it to be completed."""
    found = find_case_standing(session, application.case_id)
    if found is None:
        return "", False
    reference, status = found
    return reference, status == CaseStatus.RETURNED


def typed_of(section: ApplicationSection) -> dict[str, Typed]:
    """Return what was typed in a section and could not be read."""
    return {path: Typed(text=each["text"], reason=Reason(each["reason"])) for path, each in section.typed.items()}


def typed_as_data(typed: Mapping[str, Typed]) -> dict[str, Any]:
    """Return the same as it is stored."""
    return {path: {"text": each.text, "reason": each.reason.value} for path, each in typed.items()}


def _lines(session: Session, application: Application, facts: CallFacts) -> list[SectionLine]:
    rows = {row.code: row for row in application.sections}
    return [_line(session, application, code, rows.get(code), facts) for code in sections_of(facts.stages)]


def _line(
    session: Session, application: Application, code: SectionCode, row: ApplicationSection | None, facts: CallFacts
) -> SectionLine:
    if code is SectionCode.DOCUMENTS:
        return _documents_line(session, application, facts)
    answers, typed = (row.answers, typed_of(row)) if row else ({}, {})
    problems = check_section(code, answers, typed, facts)
    return SectionLine(
        code=code,
        status=section_status(answers, typed, problems),
        problems=tuple(problems),
        saved_at=row.saved_at if row else None,
    )


def _documents_line(session: Session, application: Application, facts: CallFacts) -> SectionLine:
    rows = list_current_kinds(session, application.id)
    sent = [SentDocument(kind=DocumentKind(row.kind), status=DocumentStatus(row.status)) for row in rows]
    problems = check_documents(sent, facts.stages)
    unfinished = SectionStatus.TO_FINISH if sent else SectionStatus.NOT_STARTED
    return SectionLine(
        code=SectionCode.DOCUMENTS,
        status=unfinished if problems else SectionStatus.COMPLETE,
        problems=tuple(problems),
        saved_at=None,
    )
