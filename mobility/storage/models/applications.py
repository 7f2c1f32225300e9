"""The application before it becomes a case: sections, saved as one goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.storage.models.programmes import Call
from mobility.storage.schema import Base, BigId, Identified, Versioned
from mobility.storage.scope import OwnedScoped


class Application(Identified, Versioned, OwnedScoped, Base):
    """One person's application to one call; once submitted it is frozen and the case takes over."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'submitted', 'withdrawn')", name="status"),
        Index(None, "person_id", "status"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    status: Mapped[str] = mapped_column(String(12), default="draft")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    call: Mapped[Call] = relationship()
    sections: Mapped[list["ApplicationSection"]] = relationship(back_populates="application", lazy="selectin")


class ApplicationSection(Versioned, Base):
    """The answers of one section, as values. What was typed and is no value yet is kept beside them, with the reason.

    `page` names the open page that saved last, so that its own autosave is not taken for somebody else's change.
    """

    __tablename__ = "application_section"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(24), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # path -> {"text": ..., "reason": ...}
    page: Mapped[str] = mapped_column(String(32), default="")
    is_complete: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    application: Mapped[Application] = relationship(back_populates="sections")
