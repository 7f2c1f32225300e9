"""Planned reminders, the outbox through which everything leaves the house, and the lease that elects a dispatcher."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, BigId, Identified
from mobility.storage.scope import CaseScoped


class Reminder(Identified, CaseScoped, Base):
    """A planned notice about a clock, written with the change that causes it; superseded, never edited."""

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'handed_over', 'superseded', 'cancelled')", name="state"),
        Index(
            "ix_reminder_due",
            "due_at",
            "id",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
    )

    key: Mapped[str] = mapped_column(String(120), unique=True)  # clock:rule:due version:recipient
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(String(24))
    due_version: Mapped[int]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    about_on: Mapped[date]  # the day it warns of
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="planned")
    reason: Mapped[str] = mapped_column(String(60), default="")  # code: why superseded, cancelled, collapsed or late
    planned_at: Mapped[datetime]
    handed_over_at: Mapped[datetime | None]


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
