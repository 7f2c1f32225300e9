"""The desks that act: embassies and consulates, recognition bodies, funders, language schools."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.storage.schema import Base, Identified, Versioned


class Office(Identified, Versioned, Base):
    """A desk that acts for `country` from a seat elsewhere or at home, in a time zone, on a calendar."""

    __tablename__ = "office"
    __table_args__ = (CheckConstraint("kind IN ('post', 'recognition_body', 'funder', 'school')", name="kind"),)

    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(2), index=True)
    seat_country: Mapped[str] = mapped_column(String(2))
    seat_city: Mapped[str] = mapped_column(String(80))
    time_zone: Mapped[str] = mapped_column(String(64))
    calendar: Mapped[str] = mapped_column(String(16))  # whose holidays bind it: DE, DE-SN, EU-COM
    email: Mapped[str] = mapped_column(String(254), default="")
    names: Mapped[dict[str, Any]]  # locale -> name; "en" always there
    is_active: Mapped[bool] = mapped_column(default=True)
    competences: Mapped[list["OfficeCompetence"]] = relationship(back_populates="office", lazy="selectin")


class OfficeCompetence(Base):
    """What an office may decide: a stage kind, or "case" for admissibility, travel and closing."""

    __tablename__ = "office_competence"
    __table_args__ = (
        CheckConstraint("competence IN ('case', 'visa', 'recognition', 'funding', 'language')", name="competence"),
    )

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    competence: Mapped[str] = mapped_column(String(16), primary_key=True)
    office: Mapped[Office] = relationship(back_populates="competences")


class CalendarOverride(Identified, Base):
    """A day that a calendar package has wrong or cannot know, entered with its reason."""

    __tablename__ = "calendar_override"
    __table_args__ = (UniqueConstraint("calendar", "day"),)

    calendar: Mapped[str] = mapped_column(String(16), index=True)
    day: Mapped[date]
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(400))
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
