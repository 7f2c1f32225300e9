"""Flows: what reciprocity counts. One row per case, without personal data, so that erasure keeps figures."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, BigId, Identified


class Flow(Identified, Base):
    """One head from `origin` to `host`; actual once the person has arrived, planned before."""

    __tablename__ = "flow"
    __table_args__ = (
        CheckConstraint("status IN ('planned', 'actual', 'cancelled')", name="status"),
        Index(None, "instrument_id", "status", "start_on", "origin", "host"),
        Index(None, "programme_id", "status", "start_on", "origin", "host"),
    )

    case_id: Mapped[int | None] = mapped_column(BigId, unique=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    origin: Mapped[str] = mapped_column(String(2))
    host: Mapped[str] = mapped_column(String(2))
    discipline: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(12))
    start_on: Mapped[date]
    end_on: Mapped[date | None]  # None: still there, not yet a number of days
