"""Letters and reminders of the demo's past: they concern days that are over and people who do not exist.

Whatever was written before the moment of loading is cancelled with the reason `demo`; what is due later stays planned,
so that the scheduler of a demo has something to do.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from mobility.storage.models.reminders import OutboxMessage, Reminder

REASON: Final = "demo"


def take_back_letters(session: Session, now: datetime) -> None:
    """Cancel messages and planned reminders that were due by now."""
    session.flush()
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.due_at <= now, OutboxMessage.status == "pending")
        .values(status="cancelled", reason=REASON)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(Reminder)
        .where(Reminder.due_at <= now, Reminder.state == "planned")
        .values(state="cancelled", reason=REASON)
        .execution_options(synchronize_session="fetch")
    )
