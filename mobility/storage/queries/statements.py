"""Reads statements, their answers and threads, and who stands for a state in an instrument.

Statements are no case data: the service compares every row with what the reader stands for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session, aliased

from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.offices import Office, OfficeCompetence
from mobility.storage.models.programmes import Programme, Route
from mobility.storage.models.statements import Statement, StatementAnswer, StatementRemark
from mobility.storage.models.treaties import InstrumentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLine:
    """One direction of a programme under an instrument, with the two posts that carry it."""

    instrument_id: int
    programme_id: int
    sending: str
    receiving: str
    office_ids: frozenset[int]

    @property
    def pair(self) -> tuple[str, str]:
        """Return both states, by code."""
        first, second = sorted((self.sending, self.receiving))
        return first, second


def list_routes(
    session: Session, *, offices: Collection[int] = (), programmes: Collection[int] = (), everything: bool = False
) -> list[RouteLine]:
    """Return the routes carried by one of these offices or in one of these programmes."""
    query = (
        select(
            Programme.instrument_id,
            Route.programme_id,
            Route.sending,
            Route.receiving,
            Route.receiving_office_id,
            Route.sending_office_id,
        )
        .join(Programme, Programme.id == Route.programme_id)
        .where(Route.sending != Route.receiving)
        .order_by(Route.id)
    )
    if not everything:
        query = query.where(
            or_(
                Route.receiving_office_id.in_(sorted(offices)),
                Route.sending_office_id.in_(sorted(offices)),
                Route.programme_id.in_(sorted(programmes)),
            )
        )
    return [
        RouteLine(
            instrument_id=row.instrument_id,
            programme_id=row.programme_id,
            sending=row.sending,
            receiving=row.receiving,
            office_ids=frozenset({row.receiving_office_id, row.sending_office_id} - {None}),
        )
        for row in session.execute(query)
    ]


def list_people_of_side(session: Session, instrument_id: int, pair: tuple[str, str], side: str) -> list[Person]:
    """Return who stands for a state: people of its posts on the pair's routes, and managers based in it."""
    of_pair = (
        select(Route.programme_id, Route.receiving_office_id, Route.sending_office_id)
        .join(Programme, Programme.id == Route.programme_id)
        .where(Programme.instrument_id == instrument_id, Route.sending.in_(pair), Route.receiving.in_(pair))
    )
    routes = session.execute(of_pair).all()
    programmes = {row.programme_id for row in routes}
    offices = {row.receiving_office_id for row in routes} | {row.sending_office_id for row in routes} - {None}
    posts = (
        select(RoleGrant.person_id)
        .join(Office, Office.id == RoleGrant.office_id)
        .join(OfficeCompetence, OfficeCompetence.office_id == Office.id)
        .where(
            RoleGrant.role.in_(("officer", "head")),
            Office.id.in_(sorted(each for each in offices if each is not None)),
            Office.country == side,
            OfficeCompetence.competence == "case",
        )
    )
    managers = select(RoleGrant.person_id).where(
        RoleGrant.role == "manager", RoleGrant.programme_id.in_(sorted(programmes))
    )
    query = (
        select(Person)
        .where(Person.is_active, or_(Person.id.in_(posts), (Person.country == side) & Person.id.in_(managers)))
        .order_by(Person.id)
    )
    return list(session.scalars(query))


def list_statements(session: Session, instrument_ids: Collection[int] | None) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the current versions under these instruments (None: all), the newest period first."""
    query = (
        select(
            Statement.id,
            Statement.instrument_id,
            Statement.country_a,
            Statement.country_b,
            Statement.starts_on,
            Statement.ends_on,
            Statement.version,
            Statement.state,
            Statement.signed_side,
            Statement.content_hash,
            InstrumentRow.code.label("instrument_code"),
            InstrumentRow.short_title.label("instrument_title"),
        )
        .join(InstrumentRow, InstrumentRow.id == Statement.instrument_id)
        .where(Statement.is_current)
        .order_by(Statement.starts_on.desc(), InstrumentRow.code, Statement.country_a, Statement.country_b)
    )
    if instrument_ids is not None:
        query = query.where(Statement.instrument_id.in_(sorted(instrument_ids)))
    return session.execute(query).all()


def list_versions(session: Session, row: Statement) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return every version of the same statement, the newest first."""
    query = (
        select(
            Statement.id, Statement.version, Statement.state, Statement.content_hash, Statement.frozen_at,
            Statement.is_current,
        )
        .where(*_same(row.instrument_id, row.country_a, row.country_b, row.starts_on))
        .order_by(Statement.version.desc())
    )  # fmt: skip
    return session.execute(query).all()


def _same(instrument_id: int, a: str, b: str, starts_on: date) -> list[Any]:
    return [
        Statement.instrument_id == instrument_id,
        Statement.country_a == a,
        Statement.country_b == b,
        Statement.starts_on == starts_on,
    ]


def find_newest(session: Session, instrument_id: int, pair: tuple[str, str], starts_on: date) -> Statement | None:
    """Return the newest version for a period."""
    query = select(Statement).where(*_same(instrument_id, *pair, starts_on)).order_by(Statement.version.desc()).limit(1)
    return session.scalars(query).one_or_none()


def find_overlapping(
    session: Session, instrument_id: int, pair: tuple[str, str], starts_on: date, ends_on: date
) -> Statement | None:
    """Return the first standing version whose period shares a day with these days."""
    query = (
        select(Statement)
        .where(
            Statement.instrument_id == instrument_id,
            Statement.country_a == pair[0],
            Statement.country_b == pair[1],
            Statement.starts_on <= ends_on,
            Statement.ends_on >= starts_on,
            Statement.is_current,
        )
        .order_by(Statement.starts_on)
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def find_confirmed_before(
    session: Session, instrument_id: int, pair: tuple[str, str], starts_on: date
) -> Statement | None:
    """Return the newest confirmed version of the last period that ended before a day."""
    query = (
        select(Statement)
        .where(
            Statement.instrument_id == instrument_id,
            Statement.country_a == pair[0],
            Statement.country_b == pair[1],
            Statement.ends_on < starts_on,
            Statement.state == "confirmed",
        )
        .order_by(Statement.starts_on.desc(), Statement.version.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def list_confirmed(
    session: Session, instrument_code: str, pair: tuple[str, str], until: date
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the confirmed versions of a pair's periods that began by a day, by period and version."""
    query = (
        select(Statement.id, Statement.starts_on, Statement.version, Statement.content_hash, Statement.content)
        .join(InstrumentRow, InstrumentRow.id == Statement.instrument_id)
        .where(
            InstrumentRow.code == instrument_code,
            Statement.country_a == pair[0],
            Statement.country_b == pair[1],
            Statement.starts_on <= until,
            Statement.state == "confirmed",
        )
        .order_by(Statement.starts_on, Statement.version)
    )
    return session.execute(query).all()


def find_by_hash(session: Session, digest: str) -> Statement | None:
    """Return the statement with this hash."""
    return session.scalars(select(Statement).where(Statement.content_hash == digest)).one_or_none()


def list_answers(session: Session, statement_id: int) -> list[StatementAnswer]:
    """Return what was said of each entry."""
    query = select(StatementAnswer).where(StatementAnswer.statement_id == statement_id).order_by(StatementAnswer.entry)
    return list(session.scalars(query))


def count_remarks(session: Session, statement_ids: Collection[int]) -> dict[str, int]:
    """Return how many remarks each entry has over these versions."""
    query = select(StatementRemark.entry).where(StatementRemark.statement_id.in_(sorted(statement_ids)))
    found: dict[str, int] = {}
    for entry in session.scalars(query):
        found[entry] = found.get(entry, 0) + 1
    return found


def list_remarks(session: Session, statement_ids: Collection[int], entry: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the thread of an entry over these versions, oldest first."""
    query = (
        select(
            StatementRemark.text,
            StatementRemark.country,
            StatementRemark.written_at,
            Statement.version,
            Person.name,
            Person.name_language,
            Person.name_latin,
        )
        .join(Statement, Statement.id == StatementRemark.statement_id)
        .join(Person, Person.id == StatementRemark.author_id)
        .where(StatementRemark.statement_id.in_(sorted(statement_ids)), StatementRemark.entry == entry)
        .order_by(StatementRemark.id)
    )
    return session.execute(query).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who took a step, by name; empty where nobody did or the command line did."""

    name: str
    language: str
    latin: str


def names_of(session: Session, row: Statement) -> dict[int, Named]:
    """Return the names behind the steps of a version."""
    ids = {row.frozen_by, row.signed_by, row.answered_by} - {None}
    person = aliased(Person)
    query = select(person.id, person.name, person.name_language, person.name_latin).where(
        person.id.in_(sorted(each for each in ids if each is not None))
    )
    return {
        each.id: Named(name=each.name, language=each.name_language, latin=each.name_latin)
        for each in session.execute(query)
    }


def visible_references(session: Session, references: Collection[str]) -> frozenset[str]:
    """Return which of these cases the session's scope lets the reader open."""
    if not references:
        return frozenset()
    query = select(CaseFile.reference).where(CaseFile.reference.in_(sorted(references)))
    return frozenset(session.scalars(query))


def logged_hash(session: Session, statement_id: int) -> str:
    """Return the hash that the audit log, which nobody can change, keeps of the freezing; "" for none."""
    query = (
        select(AuditEntry.parameters)
        .where(
            AuditEntry.subject == "statement",
            AuditEntry.subject_id == statement_id,
            AuditEntry.code == "statement_frozen",
        )
        .order_by(AuditEntry.seq)
        .limit(1)
    )
    found = session.scalars(query).one_or_none()
    return str((found or {}).get("hash", ""))
