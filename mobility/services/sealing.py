"""Seals sensitive fields (passport, birth date, bank account) and opens them, leaving a trace the person can see.

Envelope: AES-256-GCM under a key of the person's own, which lies wrapped by the master key. Whose value it is and
which is part of the encryption, so a ciphertext moved to another row or person does not open. Destroying the
person's key erases what it sealed, in backups too.
"""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import DomainError, NotFound, NotPermitted
from mobility.loading import deferred
from mobility.storage.keys import keys_of
from mobility.storage.models.accounts import PersonKey, SealedReading, SealedValue
from mobility.storage.queries.accounts import Looked, keep_first_key, list_readings

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.ciphers import aead
else:
    exceptions = deferred("cryptography.exceptions")
    aead = deferred("cryptography.hazmat.primitives.ciphers.aead")

_FORMAT = b"\x01"  # first byte: how the rest is built, so that a later format can stand beside it
_NONCE = 12


class SealBroken(DomainError):
    """A sealed value does not open: it was moved, damaged, or sealed under another key."""

    code = "seal_broken"


def _associated(table: str, person_id: int, name: str) -> bytes:
    return f"{table}|{person_id}|{name}".encode()


def _lock(key: bytes, plain: bytes, associated: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + nonce + aead.AESGCM(key).encrypt(nonce, plain, associated)


def _unlock(key: bytes, locked: bytes, associated: bytes) -> bytes:
    if locked[:1] != _FORMAT:
        raise SealBroken(associated=associated.decode())
    nonce, ciphertext = locked[1 : 1 + _NONCE], locked[1 + _NONCE :]
    try:
        return aead.AESGCM(key).decrypt(nonce, ciphertext, associated)
    except exceptions.InvalidTag as error:
        raise SealBroken(associated=associated.decode()) from error


def _key_of(session: Session, person_id: int, *, make: bool) -> bytes:
    associated, master = _associated("person_key", person_id, ""), keys_of(session).master
    wrapped = session.execute(select(PersonKey.wrapped).where(PersonKey.person_id == person_id)).scalar_one_or_none()
    if wrapped is None:
        if not make:
            raise NotFound(subject="person_key", subject_id=person_id)
        wrapped = keep_first_key(session, person_id, _lock(master, aead.AESGCM.generate_key(256), associated))
    return _unlock(master, wrapped, associated)


def seal(session: Session, person_id: int, name: str, text: str) -> None:
    """Keep a value so that only `open_sealed` can read it; an empty text takes the value away."""
    row = session.get(SealedValue, (person_id, name))
    if not text:
        if row is not None:
            session.delete(row)
        return
    key = _key_of(session, person_id, make=True)
    ciphertext = _lock(key, text.encode(), _associated("sealed_value", person_id, name))
    if row is None:
        session.add(SealedValue(person_id=person_id, name=name, ciphertext=ciphertext))
    else:
        row.ciphertext = ciphertext
    session.flush()


def is_sealed(session: Session, person_id: int, name: str) -> bool:
    """Tell whether there is such a value, without opening it."""
    found = select(SealedValue.name).where(SealedValue.person_id == person_id, SealedValue.name == name)
    return session.scalar(found) is not None


def open_sealed(session: Session, actor: Actor, person_id: int, name: str, now: datetime) -> str:
    """Return a sealed value and note who read it, in the same write unit; raises NotFound.

    Whether the actor may is decided before, by the service of the case. Reading one's own leaves no note. The system
    itself reads nothing: a job has nobody whom the person could ask why.
    """
    if actor.person_id == 0:
        raise NotPermitted(step="open_sealed")
    ciphertext = session.execute(
        select(SealedValue.ciphertext).where(SealedValue.person_id == person_id, SealedValue.name == name)
    ).scalar_one_or_none()
    if ciphertext is None:
        raise NotFound(subject="sealed_value", person_id=person_id, name=name)
    key = _key_of(session, person_id, make=False)
    plain = _unlock(key, ciphertext, _associated("sealed_value", person_id, name))
    if actor.person_id != person_id:
        session.add(SealedReading(person_id=person_id, name=name, reader_id=actor.person_id, read_at=now))
        session.flush()
    return plain.decode()


def who_looked(session: Session, person_id: int) -> list[Looked]:
    """Return who opened a person's sealed values and when, newest first."""
    return list_readings(session, person_id)
