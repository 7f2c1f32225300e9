"""A person's own notices on the site: the messages that were mailed to them, newest first, and which they have read.

Letters about the account (a new password, a link that works once) are not among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import NotFound
from mobility.storage.models.accounts import Person
from mobility.storage.models.reminders import OutboxMessage

PAGE: Final = 30
MOST_COUNTED: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One message; its words are made from template and parameters in the reader's language."""

    id: int
    template: str
    parameters: Mapping[str, Any]
    due_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    status: str
    uncertain: bool

    @property
    def is_unread(self) -> bool:
        """True for what was mailed and not opened here."""
        return self.read_at is None and self.status != "cancelled"


def list_notices(
    session: Session, actor: Actor, *, before: int | None = None, only_unread: bool = False
) -> tuple[list[NoticeLine], int | None]:
    """Return a page of the actor's messages, and where the next begins, if there is one."""
    query = _lines().where(*_shown(actor))
    if before is not None:
        query = query.where(OutboxMessage.id < before)
    if only_unread:
        query = query.where(*_own(actor), OutboxMessage.read_at.is_(None))
    rows = session.execute(query.order_by(OutboxMessage.id.desc()).limit(PAGE + 1))
    found = [NoticeLine(**row._mapping) for row in rows]
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def open_notice(session: Session, actor: Actor, notice_id: int, now: datetime) -> NoticeLine:
    """Return one of the actor's messages and note that it was read; raises NotFound. Needs a write unit."""
    row = session.execute(_lines().where(OutboxMessage.id == notice_id, *_shown(actor))).one_or_none()
    if row is None:
        raise NotFound(notice=notice_id)
    if row.read_at is None:
        _mark(session, actor, now, OutboxMessage.id == notice_id)
    return NoticeLine(**row._mapping)


def mark_all_read(session: Session, actor: Actor, now: datetime) -> None:
    """Note that everything was read."""
    _mark(session, actor, now)


def unread_of(reader: type[Person]) -> Any:
    """Return the number of unread messages as a part of a statement about `reader`, counted to `MOST_COUNTED` + 1."""
    some = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.recipient_id == reader.id,
            OutboxMessage.in_app,
            OutboxMessage.read_at.is_(None),
            OutboxMessage.status != "cancelled",
        )
        .correlate(reader)
        .limit(MOST_COUNTED + 1)
    )
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _shown(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """What the actor sees: also the letters of the demonstration's past, which never left."""
    is_past = and_(OutboxMessage.status == "cancelled", OutboxMessage.reason == "demo")
    return (
        OutboxMessage.recipient_id == actor.person_id,
        OutboxMessage.in_app.is_(True),
        or_(OutboxMessage.status != "cancelled", is_past),
    )


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """What left for the actor, and so can be unread."""
    return (
        OutboxMessage.recipient_id == actor.person_id,
        OutboxMessage.in_app.is_(True),
        OutboxMessage.status != "cancelled",
    )


def _lines() -> Any:
    return select(*(getattr(OutboxMessage, name) for name in NoticeLine.__dataclass_fields__))


def _mark(session: Session, actor: Actor, now: datetime, *conditions: ColumnElement[bool]) -> None:
    session.execute(
        update(OutboxMessage)
        .where(*_own(actor), OutboxMessage.read_at.is_(None), *conditions)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
