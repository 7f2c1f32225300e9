"""When a web session lives and dies: 30 minutes idle, 12 hours in all, or as soon as its person's credentials change.

The cookie's token is stored hashed; signing out, disabling, a new password or role ends every session of a person.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from mobility.domain.tokens import hash_of
from mobility.services.people import KNOWN, KnownPerson, known_from, with_roles
from mobility.storage.models.accounts import Person, WebSession
from mobility.storage.prepared import Statement, prepared
from mobility.storage.rows import list_rows

_TOUCH_AFTER = timedelta(minutes=1)
PERSON_KEY = "_user_id"  # where Flask-Login keeps who is signed in


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long a session may be idle, and how long it may last at all."""

    idle_minutes: int
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSession:
    """The data of a live session, and whose it is; `is_stale` asks for its last-seen time to be written again."""

    data: dict[str, Any]
    is_stale: bool
    known: KnownPerson | None = None


@prepared
def _by_token() -> Statement:
    query = select(
        WebSession.data,
        WebSession.seen_at,
        WebSession.expires_at,
        WebSession.person_id,
        WebSession.credential_version,
        Person.credential_version.label("now_version"),
        Person.is_active,
        *KNOWN,
    )
    query = query.select_from(WebSession).outerjoin(Person, Person.id == WebSession.person_id)
    return with_roles(query).where(WebSession.token_hash == bindparam("token_hash"))


def find_session(session: Session, token: str, now: datetime, lifetime: Lifetime) -> FoundSession | None:
    """Return what a token points at, in one statement with whose it is and what they hold now.

    None when it is unknown, idle too long, expired or its person has changed.
    """
    rows = list_rows(session, _by_token(), {"token_hash": hash_of(token)})
    row = rows[0] if rows else None
    if row is None or row.expires_at <= now or row.seen_at + timedelta(minutes=lifetime.idle_minutes) <= now:
        return None
    if row.person_id is not None and (not row.is_active or row.credential_version != row.now_version):
        return None
    return FoundSession(
        data=row.data,
        is_stale=row.seen_at + _TOUCH_AFTER <= now,
        known=known_from(rows) if row.person_id is not None else None,
    )


def save_session(session: Session, token: str, data: dict[str, Any], now: datetime, lifetime: Lifetime) -> str:
    """Write a session and return its token; an empty or unknown token makes a new one."""
    row = session.get(WebSession, hash_of(token)) if token else None
    person_id = int(data[PERSON_KEY]) if data.get(PERSON_KEY) else None
    if row is None:
        token = secrets.token_urlsafe(32)
        row = WebSession(
            token_hash=hash_of(token),
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=lifetime.hours),
            data={},
        )
        session.add(row)
    if row.person_id != person_id:
        person = session.get(Person, person_id) if person_id else None
        row.credential_version = person.credential_version if person else 0
        row.person_id = person_id
    row.data, row.seen_at = data, now
    return token


def end_session(session: Session, token: str) -> None:
    """End one session; ending an unknown one is no error."""
    session.execute(delete(WebSession).where(WebSession.token_hash == hash_of(token)))


def end_sessions_of(session: Session, person_id: int) -> None:
    """End every session of a person, everywhere."""
    session.execute(delete(WebSession).where(WebSession.person_id == person_id))


def purge_sessions(session: Session, now: datetime) -> int:
    """Delete expired sessions and return how many there were."""
    return int(session.execute(delete(WebSession).where(WebSession.expires_at <= now)).rowcount)  # type: ignore[attr-defined]
