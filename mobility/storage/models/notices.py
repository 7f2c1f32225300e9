"""What people decide about the notices they get: snoozes, what they want no mail about, calendars, changed rules.

Also the days from which the recurring duties of a treaty count, where no text names them (the last meeting).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, Identified
from mobility.storage.scope import CaseScoped


class Snooze(Identified, CaseScoped, Base):
    """An officer wants no notice about one clock until a day, and says why; the head of the office sees it."""

    __tablename__ = "snooze"
    __table_args__ = (UniqueConstraint("clock_id", "person_id"),)

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    until_on: Mapped[date]  # the first day, in the person's zone, on which notices go out again
    reason: Mapped[str] = mapped_column(String(400))
    snoozed_at: Mapped[datetime]


class Unsubscription(Base):
    """A person wants no mail of one sort; notices that the law or the house makes mandatory go out all the same."""

    __tablename__ = "unsubscription"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    sort: Mapped[str] = mapped_column(String(16), primary_key=True)
    since_at: Mapped[datetime]


class CalendarFeed(Identified, Base):
    """A calendar that a person's program reads; the address holds a token, the table only its hash."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"))  # a desk's calendar
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class ReminderRuleChange(Identified, Base):
    """A rule of config/reminders.toml that a programme or an office has otherwise; the office's wins."""

    __tablename__ = "reminder_rule_change"
    __table_args__ = (
        CheckConstraint("(programme_id IS NULL) <> (office_id IS NULL)", name="owner"),
        Index("ix_reminder_rule_change_owner", "programme_id", "office_id", "rule", "audience"),
    )

    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"))
    rule: Mapped[str] = mapped_column(String(24))
    audience: Mapped[str] = mapped_column(String(12))
    offset_days: Mapped[int | None]  # None: the rule is off
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class TreatyAnchor(Identified, Base):
    """The day from which a recurring duty of a treaty counts for a programme: its last meeting, its last report."""

    __tablename__ = "treaty_anchor"
    __table_args__ = (UniqueConstraint("programme_id", "provision_id"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    provision_id: Mapped[int] = mapped_column(ForeignKey("provision.id", ondelete="CASCADE"), index=True)
    on_day: Mapped[date]
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
