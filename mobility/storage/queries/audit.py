"""Statements over the audit log, newest first; and the numbers of cases, which its readers know by reference only.

Administrators and auditors see no case file, so a reference cannot be looked up under their scope. The two marked
statements read nothing but id and reference of a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, column, or_, select, table
from sqlalchemy.orm import Session

from mobility.storage.models.accounts import Person
from mobility.storage.models.audit import AuditEntry

PAGE = 100
_CASES = table("case_file", column("id"), column("reference"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What entries are wanted; None and "" leave a condition out."""

    case_id: int | None = None
    code: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One entry with the names that its ids stand for today."""

    seq: int
    at: datetime
    code: str
    actor_id: int | None
    actor_name: str
    actor_language: str
    actor_latin: str
    subject: str
    subject_id: int | None
    case_id: int | None
    reference: str
    parameters: dict[str, Any]


def list_entries(session: Session, wanted: AuditFilter, before: int | None = None) -> list[AuditLine]:
    """Return a page of entries, newest first, and one more when there is another page."""
    statement = (
        select(
            AuditEntry.seq,
            AuditEntry.at,
            AuditEntry.code,
            AuditEntry.actor_id,
            AuditEntry.subject,
            AuditEntry.subject_id,
            AuditEntry.case_id,
            AuditEntry.parameters,
            Person.name,
            Person.name_language,
            Person.name_latin,
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .order_by(AuditEntry.seq.desc())
    )
    if wanted.case_id is not None:
        statement = statement.where(AuditEntry.case_id == wanted.case_id)
    if wanted.code:
        statement = statement.where(AuditEntry.code == wanted.code)
    if wanted.person_id is not None:
        about = and_(AuditEntry.subject == "person", AuditEntry.subject_id == wanted.person_id)
        statement = statement.where(or_(AuditEntry.actor_id == wanted.person_id, about))
    if before is not None:
        statement = statement.where(AuditEntry.seq < before)
    rows = session.execute(statement.limit(PAGE + 1)).all()
    references = _references(session, {row.case_id for row in rows if row.case_id is not None})
    return [
        AuditLine(
            seq=row.seq,
            at=row.at,
            code=row.code,
            actor_id=row.actor_id,
            actor_name=row.name or "",
            actor_language=row.name_language or "",
            actor_latin=row.name_latin or "",
            subject=row.subject,
            subject_id=row.subject_id,
            case_id=row.case_id,
            reference=references.get(row.case_id, ""),
            parameters=row.parameters,
        )
        for row in rows
    ]


def _references(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    ids = sorted(case_ids)
    if not ids:
        return {}
    found = select(_CASES.c.id, _CASES.c.reference).where(_CASES.c.id.in_(ids))
    return {row.id: row.reference for row in session.execute(found, execution_options={"reviewed_core": True})}


def find_case_id(session: Session, reference: str) -> int | None:
    """Return the number of the case with that reference; None when there is none."""
    found = select(_CASES.c.id).where(_CASES.c.reference == reference)
    return session.execute(found, execution_options={"reviewed_core": True}).scalar_one_or_none()


def find_person_id(session: Session, typed: str) -> int | None:
    """Return the person with that e-mail address or number; None when there is none."""
    known = Person.id == int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 16 else None
    return session.scalar(select(Person.id).where(known if known is not None else Person.email == typed.lower()))
