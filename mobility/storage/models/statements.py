"""Statements of what two states exchanged: frozen versions, the other side's answers, and a thread per entry."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, Identified, Versioned


class Statement(Identified, Versioned, Base):
    """One version. `content` is the canonical text that was hashed and is never written again; A sorts before B."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("instrument_id", "country_a", "country_b", "starts_on", "version"),
        CheckConstraint("state IN ('frozen', 'signed', 'disputed', 'confirmed')", name="state"),
        CheckConstraint("country_a < country_b", name="order"),
    )

    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    country_a: Mapped[str] = mapped_column(String(2))
    country_b: Mapped[str] = mapped_column(String(2))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    version: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="frozen")
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the command line
    frozen_at: Mapped[datetime]
    signed_side: Mapped[str] = mapped_column(String(2), default="")
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    answered_side: Mapped[str] = mapped_column(String(2), default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class StatementAnswer(Base):
    """What the other side said of one entry; answering again replaces it."""

    __tablename__ = "statement_answer"
    __table_args__ = (CheckConstraint("verdict IN ('confirmed', 'disputed')", name="verdict"),)

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    entry: Mapped[str] = mapped_column(String(16), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]


class StatementRemark(Identified, Base):
    """One message in the thread of an entry; kept with the version it was written on. `country` "" for a manager."""

    __tablename__ = "statement_remark"
    __table_args__ = (Index(None, "statement_id", "entry"),)

    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    entry: Mapped[str] = mapped_column(String(16))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    country: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
