"""Reading cases for pages and lists: columns, not entities, in a number of statements that does not grow."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import CaseFile, Request, Stage, StageStep, Stay, ThreadMessage
from mobility.storage.models.documents import Document
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call, Programme, Route
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.prepared import Statement, prepared

HISTORY_LENGTH = 200
OFFICE_COLUMNS = ("id", "code", "kind", "names", "country", "seat_country", "seat_city", "time_zone", "calendar")


def facts_of(session: Session, case_id: int) -> Row[Any]:
    """Return programme, instrument, call, route, applicant and, once it has begun, the stay of a case in one row."""
    return session.execute(_facts(), {"case_id": case_id}).one()


@prepared
def _facts() -> Statement:
    return (
        select(
            Programme.code.label("programme_code"),
            Programme.names.label("programme_names"),
            Programme.kind.label("programme_kind"),
            Programme.language_level,
            Programme.currency,
            InstrumentRow.code.label("instrument_code"),
            InstrumentRow.short_title.label("instrument_title"),
            Call.code.label("call_code"),
            Call.texts.label("call_texts"),
            Call.host,
            Call.host_city,
            Route.receiving_office_id,
            Route.sending_office_id,
            Person.locale.label("applicant_locale"),
            Stay.arrived_on,
            Stay.departed_on,
            Stay.recorded_at.label("stay_recorded_at"),
            Stay.row_version.label("stay_row_version"),
        )
        .select_from(CaseFile)
        .join(Programme, Programme.id == CaseFile.programme_id)
        .join(InstrumentRow, InstrumentRow.id == Programme.instrument_id)
        .join(Call, Call.id == CaseFile.call_id)
        .join(Route, Route.id == CaseFile.route_id)
        .join(Person, Person.id == CaseFile.person_id)
        .outerjoin(Stay, Stay.case_id == CaseFile.id)
        .where(CaseFile.id == bindparam("case_id"))
    )


def list_offices(session: Session, ids: Collection[int]) -> list[Row[Any]]:
    """Return offices by id."""
    return list(session.execute(_offices(), {"ids": sorted(ids)}))


@prepared
def _offices() -> Statement:
    columns = (getattr(Office, name) for name in OFFICE_COLUMNS)
    return select(*columns).where(Office.id.in_(bindparam("ids", expanding=True))).order_by(Office.id)


def list_people_of_offices(session: Session, ids: Collection[int]) -> list[Row[Any]]:
    """Return the active officers and heads of offices with the office of each, by name."""
    return list(session.execute(_people_of_offices(), {"ids": sorted(ids)}))


@prepared
def _people_of_offices() -> Statement:
    people: Statement = (
        select(Person.id, Person.name_latin.label("name"), RoleGrant.office_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.office_id.in_(bindparam("ids", expanding=True)),
            RoleGrant.role.in_(("officer", "head")),
            Person.is_active,
        )
        .distinct()
        .order_by(Person.name_latin, Person.id)
    )
    return people


def list_requests(session: Session, case_id: int) -> list[Row[Any, Any, Any]]:
    """Return the questions of a case with their stage and who asked, the latest first."""
    return list(session.execute(_requests(), {"case_id": case_id}))


@prepared
def _requests() -> Statement:
    return (
        select(Request, Stage.kind.label("stage_kind"), Person.name_latin.label("asked_by_name"))
        .outerjoin(Stage, Stage.id == Request.stage_id)
        .join(Person, Person.id == Request.asked_by)
        .where(Request.case_id == bindparam("case_id"))
        .order_by(Request.id.desc())
    )


def list_documents(session: Session, case_id: int) -> list[Document]:
    """Return the documents of a case, by kind, the latest version first."""
    return list(session.scalars(_documents(), {"case_id": case_id}))


@prepared
def _documents() -> Statement:
    query = select(Document).where(Document.case_id == bindparam("case_id"))
    return query.order_by(Document.kind, Document.version.desc(), Document.id.desc())


def list_messages(session: Session, case_id: int, *, with_notes: bool) -> list[Row[Any, Any, Any]]:
    """Return the thread of a case, oldest first; notes only where they are asked for."""
    return list(session.execute(_messages(with_notes), {"case_id": case_id}))


@prepared
def _messages(with_notes: bool) -> Statement:
    query: Statement = (
        select(ThreadMessage, Person.name, Person.name_latin)
        .join(Person, Person.id == ThreadMessage.author_id)
        .where(ThreadMessage.case_id == bindparam("case_id"))
        .order_by(ThreadMessage.sent_at, ThreadMessage.id)
    )
    return query if with_notes else query.where(ThreadMessage.is_internal.is_(False))


def list_steps(session: Session, case_id: int) -> list[Row[Any, Any, Any]]:
    """Return the steps of all stages with the names of who proposed and confirmed them, oldest first."""
    return list(session.execute(_steps(), {"case_id": case_id}))


@prepared
def _steps() -> Statement:
    proposer, confirmer = aliased(Person), aliased(Person)
    return (
        select(
            StageStep,
            proposer.name_latin.label("proposed_by_name"),
            confirmer.name_latin.label("confirmed_by_name"),
        )
        .join(proposer, proposer.id == StageStep.proposed_by)
        .outerjoin(confirmer, confirmer.id == StageStep.confirmed_by)
        .where(StageStep.case_id == bindparam("case_id"))
        .order_by(StageStep.id)
    )


def list_history(session: Session, case_id: int, *, without: Collection[str]) -> list[Row[Any]]:
    """Return what the audit log holds about a case, the latest first, at most 200 entries.

    The log is no case data; whoever calls this has read the case within the scope.
    """
    return list(session.execute(_history(bool(without)), {"case_id": case_id, "without": sorted(without)}))


@prepared
def _history(leaves_out: bool) -> Statement:
    query: Statement = (
        select(
            AuditEntry.seq,
            AuditEntry.at,
            AuditEntry.actor_id,
            AuditEntry.code,
            AuditEntry.parameters,
            Person.name_latin.label("actor_name"),
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.case_id == bindparam("case_id"))
        .order_by(AuditEntry.seq.desc())
        .limit(HISTORY_LENGTH)
    )
    return query.where(AuditEntry.code.not_in(bindparam("without", expanding=True))) if leaves_out else query


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the Latin names of people by id."""
    if not ids:
        return {}
    return {row.id: row.name_latin for row in session.execute(_names(), {"ids": sorted(ids)})}


@prepared
def _names() -> Statement:
    return select(Person.id, Person.name_latin).where(Person.id.in_(bindparam("ids", expanding=True)))


def list_stays_of(session: Session, person_id: int, receiving: str) -> list[Row[Any]]:
    """Return the stays of a person in a country, as far as the reader may see their cases."""
    query = (
        select(Stay.case_id, Stay.arrived_on, Stay.departed_on)
        .join(CaseFile, CaseFile.id == Stay.case_id)
        .where(CaseFile.person_id == person_id, CaseFile.receiving == receiving)
        .order_by(Stay.arrived_on, Stay.id)
    )
    return list(session.execute(query))


def list_cases_of(session: Session, person_id: int) -> list[Row[Any]]:
    """Return the cases of a person, the latest first, with how many questions wait for an answer."""
    asked = (
        select(func.count(Request.id))
        .where(Request.case_id == CaseFile.id, Request.answered_on.is_(None), Request.withdrawn_at.is_(None))
        .correlate(CaseFile)
        .scalar_subquery()
    )
    query = (
        select(
            CaseFile.id,
            CaseFile.reference,
            CaseFile.status,
            CaseFile.is_open,
            CaseFile.sending,
            CaseFile.receiving,
            CaseFile.planned_arrival_on,
            CaseFile.planned_departure_on,
            CaseFile.next_due_on,
            Programme.names.label("programme_names"),
            Call.host,
            Call.host_city,
            asked.label("open_requests"),
        )
        .join(Programme, Programme.id == CaseFile.programme_id)
        .join(Call, Call.id == CaseFile.call_id)
        .where(CaseFile.person_id == person_id)
        .order_by(CaseFile.submitted_at.desc(), CaseFile.id.desc())
        .limit(100)
    )
    return list(session.execute(query))
