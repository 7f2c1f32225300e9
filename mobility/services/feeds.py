"""Calendars that a person's own program reads: one's own dates, or those of a desk one sits at.

The address is the key, so it holds 32 random bytes, the table only their hash, and it works until it is revoked, the
account is closed or the person leaves the desk. What stands in an event is decided in `services/calendar_events`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.tokens import hash_of
from mobility.services.audit import record_event
from mobility.services.people import KnownPerson, find_known_person
from mobility.storage.models.notices import CalendarFeed
from mobility.storage.models.offices import Office

MOST_FEEDS = 10
PATH = "/calendar/{token}.ics"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One calendar of a person; `office_names` where it is a desk's."""

    id: int
    office_names: Mapping[str, Any] | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFeed:
    """Whose calendar a token opens: the person as they are today, and the desk where it is one's."""

    id: int
    known: KnownPerson
    office_id: int | None
    read_at: datetime | None


def list_feeds(session: Session, actor: Actor) -> list[FeedLine]:
    """Return the calendars of a person that still work, the oldest first."""
    query = (
        select(CalendarFeed.id, Office.names, CalendarFeed.created_at, CalendarFeed.read_at)
        .outerjoin(Office, Office.id == CalendarFeed.office_id)
        .where(CalendarFeed.person_id == actor.person_id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id)
    )
    return [
        FeedLine(id=row.id, office_names=row.names, created_at=row.created_at, read_at=row.read_at)
        for row in session.execute(query)
    ]


def list_own_desks(session: Session, actor: Actor) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """Return the offices that the actor sits at, with their names."""
    ids = sorted({seat.office_id for seat in actor.seats})
    query = select(Office.id, Office.names).where(Office.id.in_(ids)).order_by(Office.id)
    return [(row.id, row.names) for row in session.execute(query)]


def create_feed(session: Session, actor: Actor, office_id: int | None, now: datetime) -> str:
    """Make a calendar and return its address on this site, which nobody can read again later.

    Raises NotFound for a desk that the actor does not sit at, InvalidInput when there are too many.
    """
    if office_id is not None and actor.seat_at(office_id) is None:
        raise NotFound(office=office_id)
    if len(list_feeds(session, actor)) >= MOST_FEEDS:
        raise InvalidInput(field="office", reason="too_many_calendars", most=MOST_FEEDS)
    token = secrets.token_urlsafe(32)
    row = CalendarFeed(person_id=actor.person_id, office_id=office_id, token_hash=hash_of(token), created_at=now)
    session.add(row)
    session.flush()
    record_event(session, actor, "calendar_made", at=now, subject="calendar_feed", subject_id=row.id)
    return PATH.format(token=token)


def revoke_feed(session: Session, actor: Actor, feed_id: int, now: datetime) -> None:
    """End one of the actor's calendars at once; raises NotFound."""
    row = session.get(CalendarFeed, feed_id)
    if row is None or row.person_id != actor.person_id or row.revoked_at is not None:
        raise NotFound(calendar=feed_id)
    row.revoked_at = now
    session.flush()
    record_event(session, actor, "calendar_revoked", at=now, subject="calendar_feed", subject_id=row.id)


def open_feed(session: Session, token: str) -> OpenFeed:
    """Return whose calendar a token opens; raises NotFound for one that is unknown, revoked, or no longer theirs."""
    row = session.execute(
        select(CalendarFeed.id, CalendarFeed.person_id, CalendarFeed.office_id, CalendarFeed.read_at).where(
            CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None)
        )
    ).one_or_none()
    known = find_known_person(session, row.person_id) if row is not None else None
    if row is None or known is None:
        raise NotFound(calendar="token")
    if row.office_id is not None and known.actor.seat_at(row.office_id) is None:
        raise NotFound(calendar=row.id)
    return OpenFeed(id=row.id, known=known, office_id=row.office_id, read_at=row.read_at)


def note_read(session: Session, feed_id: int, now: datetime) -> None:
    """Note when a calendar was last read, so that its owner sees whether it is used."""
    session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.id == feed_id)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
