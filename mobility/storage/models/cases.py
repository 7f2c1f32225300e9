"""The case file: one person's mobility under one programme, with its stages, requests, messages and stay."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from mobility.storage.models.accounts import Person
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call, Programme, Route
from mobility.storage.schema import Base, BigId, Identified, Versioned
from mobility.storage.scope import CaseScoped


class CaseFile(Versioned, CaseScoped, Base):
    """One case. `next_due_on` is stored, because lists sort by it; it follows the clocks in the same unit."""

    __tablename__ = "case_file"
    opens_scope = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = synonym("id")
    reference: Mapped[str] = mapped_column(String(24), unique=True)  # EG-DE-2027-000418-K
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    sending: Mapped[str] = mapped_column(String(2))
    receiving: Mapped[str] = mapped_column(String(2))
    discipline: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(16))
    is_open: Mapped[bool] = mapped_column(default=True)
    planned_arrival_on: Mapped[date]
    planned_departure_on: Mapped[date]
    next_due_on: Mapped[date | None]
    applicant_name: Mapped[str] = mapped_column(String(200))  # as on the day of application, own script
    applicant_name_language: Mapped[str] = mapped_column(String(16), default="")
    applicant_name_latin: Mapped[str] = mapped_column(String(200), index=True)
    submitted_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the sections as they were sent
    person: Mapped[Person] = relationship()
    programme: Mapped[Programme] = relationship()
    route: Mapped[Route] = relationship()
    call: Mapped[Call] = relationship()
    stages: Mapped[list["Stage"]] = relationship(back_populates="case", order_by="Stage.position")


class CaseNumber(Base):
    """The last number given to a case from one state to another in a year: no two references are the same."""

    __tablename__ = "case_number"

    sending: Mapped[str] = mapped_column(String(2), primary_key=True)
    receiving: Mapped[str] = mapped_column(String(2), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Stage(Identified, Versioned, CaseScoped, Base):
    """Visa, recognition, funding or language in one case; acts only through its transition table."""

    __tablename__ = "stage"
    __table_args__ = (
        UniqueConstraint("case_id", "kind"),
        CheckConstraint("kind IN ('visa', 'recognition', 'funding', 'language')", name="kind"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    position: Mapped[int] = mapped_column(default=0)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str] = mapped_column(String(24))
    is_ended: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # field codes of domain/stages: kind, entries, level ...
    ended_on: Mapped[date | None]
    case: Mapped[CaseFile] = relationship(back_populates="stages")
    office: Mapped[Office] = relationship()


class StageStep(Identified, CaseScoped, Base):
    """A step that was taken in a stage, or that one person proposed and a second must confirm."""

    __tablename__ = "stage_step"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    taken_on: Mapped[date]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    rejected_at: Mapped[datetime | None]
    needs_second: Mapped[bool] = mapped_column(default=False)


class Request(Identified, Versioned, CaseScoped, Base):
    """A question to the applicant, which may suspend clocks until it is answered."""

    __tablename__ = "request"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id", ondelete="CASCADE"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    document_kind: Mapped[str] = mapped_column(String(32), default="")  # "" when only words are asked for
    text: Mapped[str] = mapped_column(Text)  # as the officer wrote it
    text_language: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    asked_on: Mapped[date]
    answer_by: Mapped[date]
    answer_text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    stage: Mapped[Stage | None] = relationship()
    office: Mapped[Office] = relationship()


class ThreadMessage(Identified, CaseScoped, Base):
    """One message in the case's thread, or a note that only offices see."""

    __tablename__ = "thread_message"
    __table_args__ = (Index(None, "case_id", "sent_at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    is_internal: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16), default="")
    sent_at: Mapped[datetime]
    author: Mapped[Person] = relationship()
    office: Mapped[Office | None] = relationship()


class Stay(Identified, Versioned, CaseScoped, Base):
    """Actual dates in the receiving state; both ends count as days."""

    __tablename__ = "stay"
    __table_args__ = (CheckConstraint("departed_on IS NULL OR departed_on >= arrived_on", name="order"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), unique=True)
    arrived_on: Mapped[date]
    departed_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
