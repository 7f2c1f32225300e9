"""Followed thresholds: who wants to be told when an exchange becomes uneven, and which reviews that called for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, Identified


class FollowedThreshold(Identified, Base):
    """One person's wish. Countries are empty where the whole instrument is meant; `level_percent` is r or tolerance."""

    __tablename__ = "followed_threshold"
    __table_args__ = (
        CheckConstraint("kind IN ('r_below', 'balance_outside')", name="kind"),
        UniqueConstraint("person_id", "instrument_id", "kind", "country_a", "country_b"),
        Index(None, "instrument_id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    kind: Mapped[str] = mapped_column(String(20))
    country_a: Mapped[str] = mapped_column(String(2), default="")
    country_b: Mapped[str] = mapped_column(String(2), default="")
    level_percent: Mapped[int]
    is_crossed: Mapped[bool] = mapped_column(default=False)
    measured: Mapped[str] = mapped_column(String(40), default="")  # exact, as a fraction; empty: undefined
    crossed_on: Mapped[date | None]
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class TriggeredReview(Identified, Base):
    """A review that the instrument foresees, called for on a day because a followed threshold was crossed."""

    __tablename__ = "triggered_review"
    __table_args__ = (UniqueConstraint("instrument_id", "provision_version_id", "triggered_on"),)

    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    provision_version_id: Mapped[int] = mapped_column(ForeignKey("provision_version.id"))
    triggered_on: Mapped[date]
    due_on: Mapped[date | None]  # None: the instrument names no length
    created_at: Mapped[datetime]
