"""What a person wants no mail about, and the links in mails by which they say so without signing in.

A link carries who and what, signed with a key of the installation; it opens nothing else and changes one choice only.
What is mandatory cannot be refused: it is of no sort (`domain/reminders.Sort`).
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.accounts import LinkSpent
from mobility.domain.reminders import Sort
from mobility.services.audit import record_event
from mobility.storage.keys import keys_of
from mobility.storage.models.accounts import Person
from mobility.storage.models.notices import Unsubscription

PATH = "/unsubscribe/{token}"


def path_for(session: Session, person_id: int, sorts: Collection[Sort]) -> str:
    """Return the address on this site that ends mail of these sorts to a person."""
    names = "+".join(sorted(each.value for each in sorts))
    return PATH.format(token=f"{person_id}.{names}.{_signature(session, person_id, names)}")


def _signature(session: Session, person_id: int, names: str) -> str:
    key = hmac.digest(keys_of(session).master, b"mobility:unsubscribe", hashlib.sha256)
    digest = hmac.digest(key, f"{person_id}.{names}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:24]).decode().rstrip("=")


def read_token(session: Session, token: str) -> tuple[int, list[Sort]]:
    """Return whose link it is and for what; raises LinkSpent for one that is not ours or whose account is closed."""
    person, names, signature = (*token.split("."), "", "", "")[:3]
    known = person.isascii() and person.isdecimal() and len(person) < 19 and set(names.split("+")) <= set(Sort)
    if not known or not hmac.compare_digest(signature.encode(), _signature(session, int(person), names).encode()):
        raise LinkSpent
    if session.scalar(select(Person.id).where(Person.id == int(person), Person.is_active)) is None:
        raise LinkSpent
    return int(person), [Sort(each) for each in names.split("+")]


def unsubscribe_by_link(session: Session, token: str, now: datetime) -> list[Sort]:
    """End mail of the link's sorts; once is as good as twice. Raises LinkSpent."""
    person_id, sorts = read_token(session, token)
    _set(session, Actor(person_id=person_id), _refused(session, person_id) | set(sorts), now)
    return sorts


def list_refused(session: Session, actor: Actor) -> frozenset[Sort]:
    """Return what the actor wants no mail about."""
    return frozenset(_refused(session, actor.person_id))


def choose(session: Session, actor: Actor, refused: Collection[Sort], now: datetime) -> None:
    """Keep what the actor wants no mail about from now on; the rest comes again."""
    _set(session, actor, set(refused), now)


def refused_by(session: Session, person_ids: Collection[int]) -> frozenset[tuple[int, str]]:
    """Return the pairs of person and sort that some of these people refused."""
    query = select(Unsubscription.person_id, Unsubscription.sort)
    rows = session.execute(query.where(Unsubscription.person_id.in_(sorted(person_ids))))
    return frozenset((row.person_id, row.sort) for row in rows)


def _refused(session: Session, person_id: int) -> set[Sort]:
    query = select(Unsubscription.sort).where(Unsubscription.person_id == person_id)
    return {Sort(each) for each in session.scalars(query) if each in set(Sort)}


def _set(session: Session, actor: Actor, wanted: set[Sort], now: datetime) -> None:
    before = _refused(session, actor.person_id)
    if before == wanted:
        return
    gone = sorted(before - wanted)
    session.execute(
        delete(Unsubscription).where(Unsubscription.person_id == actor.person_id, Unsubscription.sort.in_(gone))
    )
    for sort in sorted(wanted - before):
        session.add(Unsubscription(person_id=actor.person_id, sort=sort.value, since_at=now))
    session.flush()
    record_event(
        session,
        actor,
        "notices_chosen",
        at=now,
        subject="person",
        subject_id=actor.person_id,
        parameters={"refused": sorted(each.value for each in wanted)},
    )
