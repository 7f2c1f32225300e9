"""What an administrator does with the outbox: look at it, see why a message did not leave, send it on its way again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import NotFound, TransitionNotPermitted
from mobility.services.audit import record_event
from mobility.services.roles import require_administrator
from mobility.storage.models.accounts import Person
from mobility.storage.models.reminders import OutboxMessage

STATUSES: Final = ("dead", "retry", "pending", "leased", "sending", "sent", "cancelled")
PAGE: Final = 50
MANY: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try, or the moment at which somebody put the message back."""

    moment: datetime
    outcome: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One message as the list shows it; `address` is where it goes, the recipient's own where none was given."""

    id: int
    key: str
    template: str
    status: str
    reason: str
    reply: str
    address: str
    attempts: int
    uncertain: bool
    due_at: datetime
    next_at: datetime
    sent_at: datetime | None
    message_id: str
    history: Sequence[Attempt]


def list_messages(
    session: Session, actor: Actor, *, status: str, before: int | None = None
) -> tuple[list[OutboxEntry], int | None]:
    """Return a page of messages of one status, the newest first, and where the next page begins, if there is one.

    `before` is that beginning: an id, so that a page stays the same while messages come and go.
    """
    require_administrator(actor)
    query = _entries().where(OutboxMessage.status == status)
    if before is not None:
        query = query.where(OutboxMessage.id < before)
    rows = session.execute(query.order_by(OutboxMessage.id.desc()).limit(PAGE + 1))
    found = [_entry(row._mapping) for row in rows]
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def get_message(session: Session, actor: Actor, message_id: int) -> OutboxEntry:
    """Return one message with all its attempts; raises NotFound."""
    require_administrator(actor)
    row = session.execute(_entries().where(OutboxMessage.id == message_id)).one_or_none()
    if row is None:
        raise NotFound(message=message_id)
    return _entry(row._mapping)


def count_by_status(session: Session, actor: Actor) -> dict[str, int]:
    """Return how many messages there are of each status; `MANY` + 1 stands for more than `MANY`."""
    require_administrator(actor)
    counts = {}
    for status in STATUSES:
        some = select(OutboxMessage.id).where(OutboxMessage.status == status).limit(MANY + 1).subquery()
        counts[status] = int(session.scalar(select(func.count()).select_from(some)) or 0)
    return counts


def requeue(session: Session, actor: Actor, message_id: int, now: datetime) -> None:
    """Send a dead message on its way again, with all its tries; raises TransitionNotPermitted for any other."""
    require_administrator(actor)
    row = session.get(OutboxMessage, message_id, with_for_update=True)
    if row is None:
        raise NotFound(message=message_id)
    if row.status != "dead":
        raise TransitionNotPermitted(message=message_id, status=row.status)
    note = {"attempt": row.attempts, "at": now.isoformat(), "outcome": "requeued", "reply": ""}
    row.status, row.reason, row.next_at, row.attempts = "pending", "requeued", now, 0
    row.history = [*row.history, note]
    record_event(session, actor, "message_requeued", at=now, subject="outbox", subject_id=row.id, case_id=row.case_id)


def requeue_all(session: Session, actor: Actor, now: datetime) -> int:
    """Send every dead message on its way again and return how many there were."""
    require_administrator(actor)
    dead = select(OutboxMessage.id).where(OutboxMessage.status == "dead").order_by(OutboxMessage.id)
    ids = session.scalars(dead).all()
    for message_id in ids:
        requeue(session, actor, message_id, now)
    return len(ids)


def _entry(values: Mapping[Any, Any]) -> OutboxEntry:
    history = [
        Attempt(moment=datetime.fromisoformat(each["at"]), outcome=each["outcome"], reply=each["reply"])
        for each in values["history"]
    ]
    return OutboxEntry(**{**values, "history": history})


def _entries() -> Any:
    columns = [getattr(OutboxMessage, name) for name in OutboxEntry.__dataclass_fields__ if name != "address"]
    address = func.coalesce(func.nullif(OutboxMessage.address, ""), Person.email, "").label("address")
    return select(*columns, address).outerjoin(Person, Person.id == OutboxMessage.recipient_id)
