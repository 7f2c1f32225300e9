"""Limits on how often something may be tried, counted in the database and therefore exact over processes.

A try is counted before it is made (reserve, then check), in the same write unit; when any of its limits is reached
nothing is counted and TooManyTries is raised.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from mobility.domain.accounts import TooManyTries
from mobility.storage.keys import keys_of
from mobility.storage.models.accounts import ThrottleCount
from mobility.storage.queries.accounts import count_if_below, lower_count

_FIVE_MINUTES = 5
_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` tries under one key in each window of `minutes`."""

    key: str
    most: int
    minutes: int


def sign_in_limits(session: Session, email: str, address: str) -> Sequence[Limit]:
    """10 in 5 minutes for one account and for one network address, 1,000 for everybody together."""
    return (
        Limit(key="sign_in:all", most=1000, minutes=_FIVE_MINUTES),
        address_limit(address),
        Limit(key=f"sign_in:person:{_veiled(session, email)}", most=10, minutes=_FIVE_MINUTES),
    )


def address_limit(address: str) -> Limit:
    """10 failed tries from one network address; those that succeed are given back, for a whole office shares one."""
    return Limit(key=f"sign_in:address:{address}", most=10, minutes=_FIVE_MINUTES)


def mail_limits(session: Session, purpose: str, email: str, address: str) -> Sequence[Limit]:
    """5 mails of one kind a day to one mailbox, 20 in 5 minutes at the wish of one network address."""
    return (
        Limit(key=f"{purpose}:address:{address}", most=20, minutes=_FIVE_MINUTES),
        Limit(key=f"{purpose}:mailbox:{_veiled(session, email)}", most=5, minutes=_DAY),
    )


def password_limits(person_id: int) -> Sequence[Limit]:
    """10 in 5 minutes for somebody who is signed in and gives their password once more."""
    return (Limit(key=f"password:person:{person_id}", most=10, minutes=_FIVE_MINUTES),)


def _veiled(session: Session, email: str) -> str:
    """An e-mail address as it stands in a key: not readable in the table, whether or not it has an account."""
    return hmac.new(keys_of(session).audit, b"throttle:" + email.encode(), hashlib.sha256).hexdigest()[:40]


def reserve_try(session: Session, limits: Sequence[Limit], now: datetime) -> None:
    """Count one try under every limit; raises TooManyTries and counts nothing when one of them is reached."""
    for limit in limits:
        start = _window_start(now, limit.minutes)
        if not count_if_below(session, limit.key, start, limit.most):
            left = start + timedelta(minutes=limit.minutes) - now
            raise TooManyTries(minutes=max(1, -(-int(left.total_seconds()) // 60)))


def give_back_try(session: Session, limit: Limit, counted_at: datetime) -> None:
    """Take a try out of the count that was made at this instant and turned out to be right."""
    lower_count(session, limit.key, _window_start(counted_at, limit.minutes))


def _window_start(now: datetime, minutes: int) -> datetime:
    seconds = int(now.timestamp()) // (minutes * 60) * minutes * 60
    return datetime.fromtimestamp(seconds, tz=UTC)


def purge_counts(session: Session, now: datetime) -> int:
    """Delete counts of windows that closed long ago and return how many there were."""
    old = delete(ThrottleCount).where(ThrottleCount.window_start < now - timedelta(days=2))
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
