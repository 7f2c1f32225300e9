"""The database's own clock, and the one statement by which a process becomes the only one of its kind.

Reviewed Core: these touch no case data. The epoch is the fencing token: it rises with every change of holder.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

_NOW = {"sqlite": "((julianday('now') - 2440587.5) * 86400.0)", "postgresql": "extract(epoch from clock_timestamp())"}
_REVIEWED = {"reviewed_core": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseFacts:
    """Who holds a lease; `seconds_left` is negative when it has run out."""

    holder: str
    epoch: int
    seconds_left: float


@cache
def _statement(dialect: str, statement: str) -> TextClause:
    return text(statement.replace("NOW", _NOW[dialect]))


def _with_now(session: Session, statement: str) -> TextClause:
    return _statement(session.get_bind().dialect.name, statement)


def database_now(session: Session) -> datetime:
    """Return what the database's clock says: the one clock that all processes on all machines share."""
    seconds = session.execute(_with_now(session, "SELECT NOW"), execution_options=_REVIEWED).scalar_one()
    return datetime.fromtimestamp(float(seconds), UTC)


def take_lease(session: Session, name: str, holder: str, seconds: float) -> int | None:
    """Take or renew a lease and return its epoch; None while somebody else holds it. Needs a write unit."""
    statement = _with_now(
        session,
        "INSERT INTO lease (name, holder, epoch, expires_at) VALUES (:name, :holder, 1, NOW + :seconds) "
        "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, "
        "epoch = lease.epoch + CASE WHEN lease.holder = excluded.holder THEN 0 ELSE 1 END "
        "WHERE lease.holder = excluded.holder OR lease.expires_at < NOW RETURNING epoch",
    )
    found = session.execute(
        statement, {"name": name, "holder": holder, "seconds": seconds}, execution_options=_REVIEWED
    ).scalar_one_or_none()
    return None if found is None else int(found)


def give_back_lease(session: Session, name: str, holder: str) -> None:
    """End a lease at once, so that the next process need not wait; somebody else's stays as it is."""
    session.execute(
        text("UPDATE lease SET expires_at = 0 WHERE name = :name AND holder = :holder"),
        {"name": name, "holder": holder},
        execution_options=_REVIEWED,
    )


def find_lease(session: Session, name: str) -> LeaseFacts | None:
    """Return who held a lease last; None when nobody ever did."""
    row = session.execute(
        _with_now(session, "SELECT holder, epoch, expires_at - NOW AS seconds_left FROM lease WHERE name = :name"),
        {"name": name},
        execution_options=_REVIEWED,
    ).one_or_none()
    return LeaseFacts(holder=row.holder, epoch=row.epoch, seconds_left=float(row.seconds_left)) if row else None
