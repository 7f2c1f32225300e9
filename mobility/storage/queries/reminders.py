"""The one statement by which many notices go out at once, each in a message of its own, made once and sent as a batch.

Reviewed Core: it names its rows and hands out nothing; only the sweep uses it, which sees every case.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from mobility.storage.models.reminders import Reminder

_reminder = Reminder.__table__
assert isinstance(_reminder, Table)
_HAND_OVER = (
    update(_reminder)
    .where(_reminder.c.id == bindparam("row_id"), _reminder.c.state == "planned")
    .values(
        state="handed_over",
        handed_over_at=bindparam("at"),
        reason=bindparam("why"),
        message_key=bindparam("message"),
    )
)


def hand_over(session: Session, rows: Sequence[tuple[int, str, str]], at: datetime) -> None:
    """Note of planned rows that they went out: each its id, the reason code, and the key of its message."""
    if rows:
        values: list[dict[str, Any]] = [
            {"row_id": row_id, "why": why, "message": message, "at": at} for row_id, why, message in rows
        ]
        session.execute(_HAND_OVER, values, execution_options={"reviewed_core": True})
