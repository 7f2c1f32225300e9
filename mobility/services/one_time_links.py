"""Links that go out by mail and work once: confirm an address, set a new password, take up an invitation.

The table keeps only the hash of a token. A token dies with use, with time, with a newer one of its kind, and with
any change of its person's credentials.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from mobility.domain.accounts import LinkSpent
from mobility.domain.tokens import hash_of
from mobility.storage.models.accounts import OneTimeToken, Person
from mobility.storage.queries.accounts import find_token_person, take_token


class Purpose(StrEnum):
    """What a link is for; a token of one purpose opens nothing else."""

    CONFIRM = "confirm"
    RESET = "reset"
    INVITE = "invite"


VALID = {
    Purpose.CONFIRM: timedelta(hours=48),
    Purpose.RESET: timedelta(hours=1),
    Purpose.INVITE: timedelta(days=7),
}
SETS_PASSWORD = (Purpose.RESET, Purpose.INVITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLink:
    """A fresh token in plain text, to be put into one mail and nowhere else, and the number of its row."""

    token: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOwner:
    """Whom a usable link belongs to; `own_words` are what their password may not be made of."""

    person_id: int
    email: str
    own_words: tuple[str, ...]


def issue_link(session: Session, person: Person, purpose: Purpose, now: datetime) -> IssuedLink:
    """Make a token for a person; older ones of the same purpose stop working."""
    session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.person_id == person.id, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    token = secrets.token_urlsafe(32)
    row = OneTimeToken(
        token_hash=hash_of(token),
        purpose=purpose,
        person_id=person.id,
        credential_version=person.credential_version,
        created_at=now,
        expires_at=now + VALID[purpose],
    )
    session.add(row)
    session.flush()
    return IssuedLink(token=token, number=row.id)


def get_link_owner(session: Session, token: str, purposes: Sequence[Purpose], now: datetime) -> LinkOwner:
    """Return whom a link belongs to without using it up; raises LinkSpent."""
    row = find_token_person(session, hash_of(token), purposes, now)
    if row is None:
        raise LinkSpent
    return LinkOwner(person_id=row.id, email=row.email, own_words=(row.email, row.name, row.name_latin))


def use_link(session: Session, token: str, purposes: Sequence[Purpose], now: datetime) -> Person:
    """Use a link up and return its person; of many at the same moment one succeeds. Raises LinkSpent."""
    person_id = take_token(session, hash_of(token), purposes, now)
    if person_id is None:
        raise LinkSpent
    return session.get_one(Person, person_id, with_for_update=True)


def purge_links(session: Session, now: datetime) -> int:
    """Delete links that ended more than 30 days ago and return how many there were."""
    old = delete(OneTimeToken).where(OneTimeToken.expires_at < now - timedelta(days=30))
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
