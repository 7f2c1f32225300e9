"""Hashes and checks passwords with argon2id, two at a time, and decides which ones are taken.

Everything here is slow on purpose and needs no database: call it outside write units. A person who does not exist
is checked against a hash of nobody, so that the answer takes as long.
"""

import threading
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mobility.domain.password_rules import check_password, normal_password
from mobility.resources import resource_dir

_AT_ONCE = 2  # each takes 64 MiB; more would let strangers fill the memory


class _Cost:
    """How dear a hash is; the application chooses once at its start."""

    hasher = PasswordHasher()  # argon2-cffi's default is RFC 9106's second recommended option


_gate = threading.BoundedSemaphore(_AT_ONCE)


def use_cheap_hashes() -> None:
    """Make hashes cheap in this process: for tests, where thousands are made."""
    _Cost.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _nobody.cache_clear()


def hash_password(password: str) -> str:
    """Return the hash that is stored."""
    with _gate:
        return _Cost.hasher.hash(normal_password(password))


@cache
def _nobody() -> str:
    return _Cost.hasher.hash("nobody has this password")


def password_fits(stored: str | None, password: str) -> bool:
    """Tell whether a password is the stored one; takes as long when there is none."""
    with _gate:
        try:
            _Cost.hasher.verify(stored or _nobody(), normal_password(password))
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made at another cost than today's and should be made again."""
    return _Cost.hasher.check_needs_rehash(stored)


@cache
def common_words() -> frozenset[str]:
    """Return the words of config/common_passwords.txt."""
    text = (resource_dir("config") / "common_passwords.txt").read_text(encoding="utf-8")
    lines = (normal_password(line.strip()).casefold() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def check_new_password(password: str, own_words: Iterable[str], field: str = "password") -> None:
    """Raise PasswordRefused, with the reason, for a password that others would guess."""
    check_password(password, own_words, common_words(), field)
