"""Legal time limits at work: one row per provision running on a case, and the events that are its truth."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.storage.models.offices import Office
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.schema import Base, Identified, Versioned
from mobility.storage.scope import CaseScoped


class Clock(Identified, Versioned, CaseScoped, Base):
    """One provision running on one case. Everything but the identity is computed from `events` and kept for lists."""

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'paused', 'met', 'lapsed', 'superseded')", name="state"),
        CheckConstraint("owed_by IN ('applicant', 'office', 'party')", name="owed_by"),
        Index(None, "case_id", "stage_kind"),
        Index(None, "state", "earliest_on"),
        Index(None, "calendar", "latest_on", "trigger_on"),  # what one day of a calendar can move
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    stage_kind: Mapped[str] = mapped_column(String(16))  # a stage kind, or "case"
    provision_version_id: Mapped[int] = mapped_column(ForeignKey("provision_version.id"), index=True)
    owed_by: Mapped[str] = mapped_column(String(12))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # who owes, or who watches
    calendar: Mapped[str] = mapped_column(String(16), default="")
    time_zone: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default="running")
    trigger_on: Mapped[date]
    due_on: Mapped[date]
    earliest_on: Mapped[date]  # the day every warning uses
    latest_on: Mapped[date]
    due_version: Mapped[int] = mapped_column(default=1)  # rises whenever due_on or earliest_on moves
    paused_since: Mapped[date | None]
    met_on: Mapped[date | None]
    derivation: Mapped[dict[str, Any]] = mapped_column(default=dict)  # Answer.to_json()
    calendar_version: Mapped[str] = mapped_column(String(40), default="")
    provision_version: Mapped[ProvisionVersionRow] = relationship()
    office: Mapped[Office | None] = relationship()
    events: Mapped[list["ClockEventRow"]] = relationship(back_populates="clock", order_by="ClockEventRow.seq")


class ClockEventRow(Identified, CaseScoped, Base):
    """Something that happened to a clock; only ever added."""

    __tablename__ = "clock_event"
    __table_args__ = (UniqueConstraint("clock_id", "seq"),)

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    on_day: Mapped[date]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    clock: Mapped[Clock] = relationship(back_populates="events")


class CaseEvent(Identified, CaseScoped, Base):
    """A fact that may start or end clocks: application_submitted, visa_lodged, planned_arrival ..."""

    __tablename__ = "case_event"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    stage_kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(40))
    on_day: Mapped[date]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
