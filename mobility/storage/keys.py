"""The keys a database session works with, all derived from the one secret of the installation.

Separate keys for separate purposes: what chains the audit log cannot open a sealed field.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Keys:
    """`audit` chains the log, `master` wraps the key of each person."""

    audit: bytes
    master: bytes

    @classmethod
    @lru_cache(maxsize=8)
    def from_secret(cls, secret: str) -> "Keys":
        """Derive both keys; the purpose is part of the derivation."""
        return cls(audit=_derive(secret, b"audit-chain"), master=_derive(secret, b"person-keys"))

    def __repr__(self) -> str:
        return "Keys(…)"


def _derive(secret: str, purpose: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"mobility:" + purpose, hashlib.sha256)


def give_keys(session: Session, keys: Keys) -> None:
    """Hand the keys to a session; services that need them find them with `keys_of`."""
    session.info["keys"] = keys


def keys_of(session: Session) -> Keys:
    """Return the session's keys; raises LookupError when it was opened without any."""
    keys = session.info.get("keys")
    if not isinstance(keys, Keys):
        raise LookupError("this session was opened without keys")
    return keys
