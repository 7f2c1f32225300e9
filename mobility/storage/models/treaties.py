"""The registry of law: instruments, their parties, provisions and every version of them that was ever loaded."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.storage.schema import Base, Identified


class InstrumentRow(Identified, Base):
    """A treaty, EU act, national act, agreement or programme rule."""

    __tablename__ = "instrument"

    code: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(400))
    short_title: Mapped[str] = mapped_column(String(160))
    url: Mapped[str] = mapped_column(String(400), default="")
    file_name: Mapped[str] = mapped_column(String(120), default="")
    parties: Mapped[list["PartyRow"]] = relationship(back_populates="instrument", order_by="PartyRow.country")
    provisions: Mapped[list["ProvisionRow"]] = relationship(back_populates="instrument", order_by="ProvisionRow.code")


class PartyRow(Identified, Base):
    """A country bound by an instrument, with its dates."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("instrument_id", "country"),)

    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id", ondelete="CASCADE"))
    country: Mapped[str] = mapped_column(String(2))
    signed_on: Mapped[date | None]
    in_force_on: Mapped[date | None]
    provisional_from: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    instrument: Mapped[InstrumentRow] = relationship(back_populates="parties")


class ProvisionRow(Identified, Base):
    """One dated, cited term of an instrument; its wording lives in versions."""

    __tablename__ = "provision"

    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    stage: Mapped[str] = mapped_column(String(16), index=True)
    instrument: Mapped[InstrumentRow] = relationship(back_populates="provisions")
    versions: Mapped[list["ProvisionVersionRow"]] = relationship(
        back_populates="provision", order_by="ProvisionVersionRow.valid_from, ProvisionVersionRow.id"
    )


class ProvisionVersionRow(Identified, Base):
    """The provision as it read between two dates. Never edited: another content is another row.

    `superseded_at` is set when a later load replaced this row; clocks that point at it keep it.
    `terms` holds everything the engine and the explanation need, as `treaties.ProvisionVersion.to_json()`.
    """

    __tablename__ = "provision_version"
    __table_args__ = (
        UniqueConstraint("provision_id", "content_hash"),
        Index(None, "provision_id", "superseded_at"),
    )

    provision_id: Mapped[int] = mapped_column(ForeignKey("provision.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    article: Mapped[str] = mapped_column(String(120))
    confidence: Mapped[str] = mapped_column(String(16))
    checked_on: Mapped[date | None]
    terms: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    provision: Mapped[ProvisionRow] = relationship(back_populates="versions")
