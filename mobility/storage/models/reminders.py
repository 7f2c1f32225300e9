"""Planned reminders, the outbox through which everything leaves the house, and the lease that elects a dispatcher."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, BigId, Identified
from mobility.storage.scope import CaseScoped


def _from_due_at(context: Any) -> Any:
    return context.get_current_parameters()["due_at"]


class Reminder(Identified, CaseScoped, Base):
    """A planned notice about a clock, written with the change that causes it; superseded, never edited.

    What is no clock (the end of a visa, the notice window of a treaty, a call that closes) is named by `occasion`;
    one that belongs to no case is seen by no scope but the scheduler's.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'handed_over', 'superseded', 'cancelled')", name="state"),
        CheckConstraint("(clock_id IS NULL) = (occasion <> '')", name="subject"),
        Index(
            "ix_reminder_due",
            "next_at",
            "id",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_reminder_occasion", "occasion"),
    )

    key: Mapped[str] = mapped_column(String(120), unique=True)  # clock or occasion:rule:due version:recipient
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clock.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    occasion: Mapped[str] = mapped_column(String(60), default="")
    rule: Mapped[str] = mapped_column(String(24))
    due_version: Mapped[int]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    about_on: Mapped[date]  # the day it warns of
    due_at: Mapped[datetime]
    next_at: Mapped[datetime] = mapped_column(default=_from_due_at)  # later while it waits for a morning or a snooze
    state: Mapped[str] = mapped_column(String(12), default="planned")
    reason: Mapped[str] = mapped_column(String(60), default="")  # code: why superseded, cancelled, collapsed or late
    planned_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]
    message_key: Mapped[str] = mapped_column(String(160), default="")  # the message it went out in


class OutboxMessage(Identified, Base):
    """One message to one person on its way out; states and fences as in RELIABILITY, section 2.

    `template` and `parameters` are codes and facts; the words are made in the reader's language on sending.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "status IN ('pending', 'leased', 'sending', 'retry', 'sent', 'dead', 'cancelled')", name="status"
        ),
        Index("ix_outbox_due", "status", "next_at", "id"),
        Index(
            "ix_outbox_unread",
            "recipient_id",
            "due_at",
            sqlite_where=text("in_app = 1 AND read_at IS NULL"),
            postgresql_where=text("in_app AND read_at IS NULL"),
        ),
    )

    key: Mapped[str] = mapped_column(String(160), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    address: Mapped[str] = mapped_column(String(254))  # empty: the recipient's own at the moment of sending
    locale: Mapped[str] = mapped_column(String(16))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(String(12), default="pending")
    due_at: Mapped[datetime]
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(String(60), default="")
    token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    uncertain: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str] = mapped_column(String(160))
    reply: Mapped[str] = mapped_column(Text, default="")  # the last answer of the mail server
    reason: Mapped[str] = mapped_column(String(40), default="")  # code: why dead, cancelled or tried again
    history: Mapped[list[Any]] = mapped_column(default=list)  # one {"at", "outcome", "reply"} per attempt
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    in_app: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # its reader finds it on the site as well
    read_at: Mapped[datetime | None]


class Lease(Base):
    """Who may do a job that only one process may do; the epoch is the fencing token, the database keeps the time."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    epoch: Mapped[int]
    expires_at: Mapped[float]  # seconds since 1970 by the database's clock


class JobRun(Identified, Base):
    """What a scheduled job did: counts and failures, for the health page."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(40), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(Text, default="")
