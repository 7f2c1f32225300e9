"""Writes, reads and checks the audit log: one entry per change, in its transaction, chained to the one before.

Codes and ids only, never words or personal data; the words are made in the reader's language when it is shown.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import InvalidInput, NotPermitted
from mobility.storage.keys import keys_of
from mobility.storage.many_rows import insert_many
from mobility.storage.models.accounts import Person
from mobility.storage.models.audit import AuditEntry
from mobility.storage.prepared import Statement, prepared
from mobility.storage.queries import audit as queries
from mobility.storage.queries.audit import AuditFilter, AuditLine
from mobility.storage.rows import list_rows

__all__ = [
    "AuditFilter",
    "AuditLine",
    "LastChange",
    "append_entries",
    "chain_of",
    "count_entries",
    "export_entries",
    "find_last_change",
    "list_entries",
    "make_filter",
    "record_event",
    "verify_chain",
]

_PG_LOCK = 7_214_001  # any fixed number: the lock that keeps the sequence gapless
_START = "0" * 64


def chain_of(key: bytes, previous: str, entry: AuditEntry) -> str:
    """Return the keyed hash over an entry and the chain before it."""
    facts = [
        previous,
        entry.seq,
        entry.at.isoformat(),
        entry.actor_id,
        entry.code,
        entry.subject,
        entry.subject_id,
        entry.case_id,
        json.dumps(entry.parameters, sort_keys=True, ensure_ascii=True),
    ]
    return hmac.new(key, json.dumps(facts).encode(), hashlib.sha256).hexdigest()


def record_event(
    session: Session,
    actor: Actor,
    code: str,
    *,
    at: datetime,
    subject: str,
    subject_id: int | None = None,
    case_id: int | None = None,
    parameters: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry; must be called inside a write unit, whose lock keeps the sequence without gaps."""
    entry = AuditEntry(
        at=at,
        actor_id=actor.person_id or None,
        code=code,
        subject=subject,
        subject_id=subject_id,
        case_id=case_id,
        parameters=parameters or {},
    )
    _chain(session, [entry])
    session.add(entry)
    session.flush()
    return entry


def append_entries(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Append many entries in their order, by one statement; for one entry `record_event` is shorter."""
    _chain(session, entries)
    insert_many(session, AuditEntry, [{name: getattr(entry, name) for name in _COLUMNS} for entry in entries])


_COLUMNS = ("seq", "at", "actor_id", "code", "subject", "subject_id", "case_id", "parameters", "chain")


def _chain(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Number and chain entries that come next, under the lock that keeps the sequence without gaps."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PG_LOCK}, execution_options={"reviewed_core": True}
        )
    session.flush()
    last = list_rows(session, _last(), {})
    seq, chain = last[0] if last else (0, _START)
    key = keys_of(session).audit
    for entry in entries:
        seq += 1
        entry.seq = seq
        entry.chain = chain = chain_of(key, chain, entry)


@prepared
def _last() -> Statement:
    return select(AuditEntry.seq, AuditEntry.chain).order_by(AuditEntry.seq.desc()).limit(1)


def verify_chain(session: Session) -> int | None:
    """Return the first sequence number whose chain does not fit, or None when the whole log is sound."""
    key, previous, expected = keys_of(session).audit, _START, 1
    with session.scalars(_in_order()) as entries:  # closed also when a break ends the reading early
        for entry in entries:
            if entry.seq != expected or not hmac.compare_digest(entry.chain, chain_of(key, previous, entry)):
                return expected
            previous, expected = entry.chain, expected + 1
    return None


def _in_order() -> Select[AuditEntry]:
    return select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChange:
    """Who changed a thing last, and when; no name stands for the system."""

    name: str
    at: datetime


def find_last_change(session: Session, subject: str, subject_id: int, *codes: str) -> LastChange | None:
    """Return the newest entry with one of these codes about a thing, for merge pages; None when there is none."""
    row = session.execute(
        select(AuditEntry.at, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.subject == subject, AuditEntry.subject_id == subject_id, AuditEntry.code.in_(codes))
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    return LastChange(name=row.name or "", at=row.at) if row else None


def _require_reader(actor: Actor) -> None:
    if not (actor.is_administrator or actor.is_auditor or actor.person_id == 0):
        raise NotPermitted(step="read_audit")


def make_filter(
    session: Session, actor: Actor, *, reference: str = "", code: str = "", person: str = ""
) -> AuditFilter:
    """Return the filter for what a reader typed: a case reference, a code, an e-mail address or number of a person.

    Raises InvalidInput naming the answer that stands for nothing.
    """
    _require_reader(actor)
    case_id = queries.find_case_id(session, reference.strip().upper()) if reference.strip() else None
    if reference.strip() and case_id is None:
        raise InvalidInput(field="reference", reason="no_such_case", value=reference)
    person_id = queries.find_person_id(session, person.strip()) if person.strip() else None
    if person.strip() and person_id is None:
        raise InvalidInput(field="person", reason="no_such_person", value=person)
    return AuditFilter(case_id=case_id, code=code, person_id=person_id)


def list_entries(
    session: Session, actor: Actor, wanted: AuditFilter, before: int | None = None
) -> tuple[list[AuditLine], int | None]:
    """Return a page of entries, newest first, and the number before which the next page begins."""
    _require_reader(actor)
    lines = queries.list_entries(session, wanted, before)
    return (lines[: queries.PAGE], lines[queries.PAGE - 1].seq) if len(lines) > queries.PAGE else (lines, None)


def export_entries(session: Session, actor: Actor) -> Iterator[dict[str, Any]]:
    """Yield every entry in order as plain values, chain included, so that a copy elsewhere can be compared."""
    _require_reader(actor)
    with session.scalars(_in_order()) as entries:
        for entry in entries:
            yield _as_data(entry)


def _as_data(entry: AuditEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor_id": entry.actor_id,
        "code": entry.code,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "case_id": entry.case_id,
        "parameters": entry.parameters,
        "chain": entry.chain,
    }


def count_entries(session: Session) -> int:
    """Return how many entries the log holds."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0
