"""The statements that every message passes through on its way out, made once: to build them each time would cost more
than the database needs for them.

Reviewed Core: the outbox is no case data, and each statement names the row, its owner and its token. What the steps
mean is told in `services/deliveries.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from mobility.storage.models.accounts import Person
from mobility.storage.models.reminders import OutboxMessage

_REVIEWED = {"reviewed_core": True}
_outbox, _person = OutboxMessage.__table__, Person.__table__
assert isinstance(_outbox, Table)
assert isinstance(_person, Table)
_OWN = (
    _outbox.c.id == bindparam("own_id"),
    _outbox.c.owner == bindparam("own_owner"),
    _outbox.c.token == bindparam("own_token"),
)
_FENCE = (
    update(_outbox)
    .where(*_OWN, _outbox.c.status == "leased", _outbox.c.lease_until > bindparam("now"))
    .values(status="sending", attempts=_outbox.c.attempts + 1, lease_until=bindparam("until"), reply="")
)
_MARK_SENT = (
    update(_outbox)
    .where(*_OWN, _outbox.c.status.in_(("sending", "leased")))
    .values(
        status="sent",
        sent_at=bindparam("now"),
        reason=bindparam("why"),
        lease_until=None,
        reply=bindparam("answer"),
        history=bindparam("attempts_so_far", type_=_outbox.c.history.type),
        parameters=bindparam("facts", type_=_outbox.c.parameters.type),
    )
)
_RECIPIENT = (
    select(_outbox.c.recipient_id, _person.c.is_active)
    .select_from(_outbox.outerjoin(_person, _person.c.id == _outbox.c.recipient_id))
    .where(_outbox.c.id == bindparam("own_id"))
)


def fence(session: Session, row_id: int, owner: str, token: int, now: datetime, until: datetime) -> bool:
    """Turn a claimed row into one that is being sent; False when it is no longer this owner's."""
    values = {"own_id": row_id, "own_owner": owner, "own_token": token, "now": now, "until": until}
    return _changed_one(session, _FENCE, values)


def mark_sent(
    session: Session,
    row_id: int,
    owner: str,
    token: int,
    now: datetime,
    *,
    reply: str,
    reason: str,
    history: Sequence[Mapping[str, Any]],
    parameters: Mapping[str, Any],
) -> bool:
    """Note that a row was taken by the mail server; False when it is no longer this owner's."""
    values = {"own_id": row_id, "own_owner": owner, "own_token": token, "now": now}
    values |= {"why": reason, "answer": reply, "attempts_so_far": list(history), "facts": dict(parameters)}
    return _changed_one(session, _MARK_SENT, values)


def has_recipient(session: Session, row_id: int) -> bool:
    """Tell whether the row is still there and its recipient, if it has one, still has an open account."""
    row = session.execute(_RECIPIENT, {"own_id": row_id}, execution_options=_REVIEWED).one_or_none()
    return row is not None and (row.recipient_id is None or bool(row.is_active))


def _changed_one(session: Session, statement: Any, values: dict[str, Any]) -> bool:
    found = session.execute(statement, values, execution_options=_REVIEWED)
    return bool(found.rowcount == 1)  # type: ignore[attr-defined]
