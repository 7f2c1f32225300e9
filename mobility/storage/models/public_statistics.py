"""Statistics that were released to the public: frozen tables, small cells hidden in them for good."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, Identified


class StatisticsRelease(Identified, Base):
    """The published cube of one instrument and period, as canonical text; a revision is another row."""

    __tablename__ = "statistics_release"
    __table_args__ = (UniqueConstraint("instrument_id", "starts_on", "revision"),)

    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    revision: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime]
