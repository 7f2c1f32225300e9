"""Reading cases for pages and lists: columns, not entities, in a number of statements that does not grow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import CaseFile, Request, Stage, StageStep, Stay, ThreadMessage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.documents import Document
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call, Programme, Route
from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow
from mobility.storage.scope import NO_DATE, CaseScope

HISTORY_LENGTH = 200
COUNT_LIMIT = 1001
OFFICE_COLUMNS = ("id", "code", "kind", "names", "country", "seat_country", "seat_city", "time_zone", "calendar")


def facts_of(session: Session, case_id: int) -> Row[Any]:
    """Return programme, instrument, call, route and applicant of a case in one row."""
    return session.execute(
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
        )
        .select_from(CaseFile)
        .join(Programme, Programme.id == CaseFile.programme_id)
        .join(InstrumentRow, InstrumentRow.id == Programme.instrument_id)
        .join(Call, Call.id == CaseFile.call_id)
        .join(Route, Route.id == CaseFile.route_id)
        .join(Person, Person.id == CaseFile.person_id)
        .where(CaseFile.id == case_id)
    ).one()


def list_offices(session: Session, ids: Collection[int]) -> list[Row[Any]]:
    """Return offices by id."""
    query = select(*(getattr(Office, name) for name in OFFICE_COLUMNS)).where(Office.id.in_(sorted(ids)))
    return list(session.execute(query.order_by(Office.id)))


def list_people_of_offices(session: Session, ids: Collection[int]) -> list[Row[Any]]:
    """Return the active officers and heads of offices with the office of each, by name."""
    query = (
        select(Person.id, Person.name_latin.label("name"), RoleGrant.office_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.office_id.in_(sorted(ids)), RoleGrant.role.in_(("officer", "head")), Person.is_active)
        .distinct()
        .order_by(Person.name_latin, Person.id)
    )
    return list(session.execute(query))


def list_requests(session: Session, case_id: int) -> list[Row[Any, Any, Any]]:
    """Return the questions of a case with their stage and who asked, the latest first."""
    query = (
        select(Request, Stage.kind.label("stage_kind"), Person.name_latin.label("asked_by_name"))
        .outerjoin(Stage, Stage.id == Request.stage_id)
        .join(Person, Person.id == Request.asked_by)
        .where(Request.case_id == case_id)
        .order_by(Request.id.desc())
    )
    return list(session.execute(query))


def list_documents(session: Session, case_id: int) -> list[Document]:
    """Return the documents of a case, by kind, the latest version first."""
    query = select(Document).where(Document.case_id == case_id)
    return list(session.scalars(query.order_by(Document.kind, Document.version.desc(), Document.id.desc())))


def list_messages(session: Session, case_id: int, *, with_notes: bool) -> list[Row[Any, Any, Any]]:
    """Return the thread of a case, oldest first; notes only where they are asked for."""
    query = (
        select(ThreadMessage, Person.name, Person.name_latin)
        .join(Person, Person.id == ThreadMessage.author_id)
        .where(ThreadMessage.case_id == case_id)
        .order_by(ThreadMessage.sent_at, ThreadMessage.id)
    )
    if not with_notes:
        query = query.where(ThreadMessage.is_internal.is_(False))
    return list(session.execute(query))


def list_steps(session: Session, case_id: int) -> list[Row[Any, Any, Any]]:
    """Return the steps of all stages with the names of who proposed and confirmed them, oldest first."""
    proposer, confirmer = aliased(Person), aliased(Person)
    query = (
        select(
            StageStep,
            proposer.name_latin.label("proposed_by_name"),
            confirmer.name_latin.label("confirmed_by_name"),
        )
        .join(proposer, proposer.id == StageStep.proposed_by)
        .outerjoin(confirmer, confirmer.id == StageStep.confirmed_by)
        .where(StageStep.case_id == case_id)
        .order_by(StageStep.id)
    )
    return list(session.execute(query))


def list_history(session: Session, case_id: int, *, without: Collection[str]) -> list[Row[Any]]:
    """Return what the audit log holds about a case, the latest first, at most 200 entries.

    The log is no case data; whoever calls this has read the case within the scope.
    """
    query = (
        select(
            AuditEntry.seq,
            AuditEntry.at,
            AuditEntry.actor_id,
            AuditEntry.code,
            AuditEntry.parameters,
            Person.name_latin.label("actor_name"),
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.case_id == case_id)
        .order_by(AuditEntry.seq.desc())
        .limit(HISTORY_LENGTH)
    )
    if without:
        query = query.where(AuditEntry.code.not_in(sorted(without)))
    return list(session.execute(query))


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the Latin names of people by id."""
    if not ids:
        return {}
    query = select(Person.id, Person.name_latin).where(Person.id.in_(sorted(ids)))
    return {row.id: row.name_latin for row in session.execute(query)}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """What one page of a queue is asked for, in the words of storage."""

    office_id: int
    first_on: date | None = None  # next day at the earliest ...
    last_on: date | None = None  # ... and at the latest
    is_stopped: bool | None = None
    stage: str = ""
    status: str = ""
    sending: str = ""
    receiving: str = ""
    name: str = ""
    reference: str = ""
    officer_id: int | None = None
    unassigned: bool = False
    after: tuple[date, int] | None = None
    limit: int = 50

    @property
    def principal(self) -> str:
        return f"o:{self.office_id}"


def list_queue(session: Session, query: QueueQuery) -> list[Row[Any]]:
    """Return one page of a desk's open cases by their next day: driven by the index of the scope table."""
    asked = exists().where(
        Request.case_id == CaseFile.id, Request.answered_on.is_(None), Request.withdrawn_at.is_(None)
    )
    statement = (
        select(
            CaseScope.case_id,
            CaseScope.due_on,
            CaseFile.reference,
            CaseFile.applicant_name,
            CaseFile.applicant_name_language,
            CaseFile.applicant_name_latin,
            CaseFile.sending,
            CaseFile.receiving,
            CaseFile.status,
            CaseFile.planned_arrival_on,
            Call.host_city,
            asked.label("is_asked"),
        )
        .join(CaseFile, CaseFile.id == CaseScope.case_id)
        .join(Call, Call.id == CaseFile.call_id)
        .where(CaseScope.principal == query.principal, CaseScope.is_open.is_(True), *_conditions(query))
        .order_by(CaseScope.due_on, CaseScope.case_id)
        .limit(query.limit + 1)
    )
    return list(session.execute(statement))


def _conditions(query: QueueQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.after is not None:
        found.append(tuple_(CaseScope.due_on, CaseScope.case_id) > tuple_(*query.after))
    if query.first_on is not None:
        found.append(CaseScope.due_on >= query.first_on)
    if query.last_on is not None:
        found.append(CaseScope.due_on <= query.last_on)
    if query.is_stopped is not None:
        stopped = _stopped(query.office_id)
        found.append(stopped if query.is_stopped else ~stopped)
    for column, value in (
        (CaseFile.status, query.status),
        (CaseFile.sending, query.sending),
        (CaseFile.receiving, query.receiving),
        (CaseFile.reference, query.reference),
    ):
        if value:
            found.append(column == value)
    if query.name:
        pattern = f"%{_escaped(query.name)}%"
        found.append(
            or_(CaseFile.applicant_name_latin.ilike(pattern, "\\"), CaseFile.applicant_name.ilike(pattern, "\\"))
        )
    if query.stage or query.unassigned or query.officer_id is not None:
        found.append(_in_stage(query))
    return found


def _in_stage(query: QueueQuery) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        Stage.case_id == CaseScope.case_id,
        Stage.office_id == query.office_id,
        Stage.is_ended.is_(False),
    ]
    if query.stage:
        conditions.append(Stage.kind == query.stage)
    if query.unassigned:
        conditions.append(Stage.officer_id.is_(None))
    if query.officer_id is not None:
        conditions.append(Stage.officer_id == query.officer_id)
    return exists().where(and_(*conditions))


def _stopped(office_id: int) -> ColumnElement[bool]:
    return exists().where(
        Clock.case_id == CaseScope.case_id,
        Clock.office_id == office_id,
        Clock.owed_by == "office",
        Clock.paused_since.is_not(None),  # not by state, whose index would be walked for every case
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def list_queue_clocks(session: Session, office_id: int, case_ids: Sequence[int]) -> list[Row[Any]]:
    """Return the live clocks an office owes in these cases, the most pressing first, with their law."""
    query = (
        select(
            Clock.id,
            Clock.case_id,
            Clock.stage_kind,
            Clock.state,
            Clock.calendar,
            Clock.earliest_on,
            Clock.latest_on,
            Clock.paused_since,
            ProvisionVersionRow.article,
            ProvisionVersionRow.terms["kind"].as_string().label("kind"),
            ProvisionVersionRow.terms["owes"].as_string().label("owes"),
            ProvisionRow.code.label("provision"),
            InstrumentRow.short_title.label("instrument_title"),
        )
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .join(ProvisionRow, ProvisionRow.id == ProvisionVersionRow.provision_id)
        .join(InstrumentRow, InstrumentRow.id == ProvisionRow.instrument_id)
        .where(
            Clock.case_id.in_(case_ids),
            Clock.office_id == office_id,
            Clock.owed_by == "office",
        )
        .order_by(Clock.case_id, Clock.earliest_on, Clock.id)
    )
    found = list(session.execute(query)) if case_ids else []
    # the state is left out of the statement: its index would lead over all running clocks instead of these cases
    live = [row for row in found if row.state in ("running", "paused")]
    return sorted(live, key=lambda row: row.state == "paused")


def list_queue_stages(session: Session, office_id: int, case_ids: Sequence[int]) -> list[Row[Any]]:
    """Return the stages an office decides in these cases, with who looks after each."""
    query = (
        select(
            Stage.case_id,
            Stage.kind,
            Stage.status,
            Stage.is_ended,
            Stage.row_version,
            Stage.officer_id,
            Person.name_latin.label("officer_name"),
        )
        .outerjoin(Person, Person.id == Stage.officer_id)
        .where(Stage.case_id.in_(case_ids), Stage.office_id == office_id)
        .order_by(Stage.case_id, Stage.is_ended, Stage.position, Stage.id)
    )
    return list(session.execute(query)) if case_ids else []


def count_queue(session: Session, office_id: int, today: date, week_end: date) -> Row[Any] | None:
    """Return an office with how many open cases it has, late, due today, due this week, stopped: each up to 1,001.

    Counts of the scope table, whose principal is the condition: reviewed, nothing else is read but stopped clocks of
    those very cases.
    """
    mine = select(CaseScope.case_id).where(CaseScope.principal == f"o:{office_id}", CaseScope.is_open.is_(True))
    narrowed = {
        "open": mine,
        "late": mine.where(CaseScope.due_on < today),
        "due_today": mine.where(CaseScope.due_on == today),
        "this_week": mine.where(CaseScope.due_on > today, CaseScope.due_on <= week_end),
        "stopped": mine.where(CaseScope.due_on == NO_DATE, _stopped(office_id)),
    }
    counts = [
        select(func.count()).select_from(part.limit(COUNT_LIMIT).subquery()).scalar_subquery().label(name)
        for name, part in narrowed.items()
    ]
    office = [getattr(Office, name) for name in OFFICE_COLUMNS]
    query = select(*office, *counts).where(Office.id == office_id)
    return session.execute(query, execution_options={"reviewed_core": True}).one_or_none()
