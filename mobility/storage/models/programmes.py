"""What people apply to: programmes under an instrument, the routes between countries, calls, quotas."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.storage.models.offices import Office
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.schema import Base, Identified, Versioned


class Programme(Identified, Versioned, Base):
    """A residency or exchange programme under an instrument, with its accounting year and tolerance."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("kind IN ('residency', 'exchange')", name="kind"),)

    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"), index=True)
    names: Mapped[dict[str, Any]]
    accounting_month: Mapped[int] = mapped_column(default=1)
    accounting_day: Mapped[int] = mapped_column(default=1)
    tolerance_percent: Mapped[int] = mapped_column(default=20)
    underuse_neutral: Mapped[bool] = mapped_column(default=False)
    balance_expires_after: Mapped[int | None]  # periods in which a surplus can still be used; None: it never expires
    balance_cap: Mapped[int | None]  # largest surplus carried, in people; None: no limit
    language_level: Mapped[str] = mapped_column(String(2), default="")  # CEFR level required, "" for none
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    instrument: Mapped[InstrumentRow] = relationship()
    stages: Mapped[list["ProgrammeStage"]] = relationship(
        back_populates="programme", order_by="ProgrammeStage.position"
    )
    routes: Mapped[list["Route"]] = relationship(back_populates="programme", order_by="Route.id")


class ProgrammeStage(Base):
    """A stage that this programme requires, after which others, and the provisions whose clocks run in it."""

    __tablename__ = "programme_stage"
    __table_args__ = (CheckConstraint("stage IN ('visa', 'recognition', 'funding', 'language')", name="stage"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    after: Mapped[list[Any]] = mapped_column(default=list)  # stages whose good end this one waits for
    programme: Mapped[Programme] = relationship(back_populates="stages")


class Route(Identified, Base):
    """One direction of a programme: from where to where, and the posts that carry its cases."""

    __tablename__ = "route"
    __table_args__ = (UniqueConstraint("programme_id", "sending", "receiving"),)

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    sending: Mapped[str] = mapped_column(String(2))
    receiving: Mapped[str] = mapped_column(String(2))
    # The receiving state's post admits, follows travel and closes; the sending state's office looks on.
    receiving_office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    sending_office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    quota_people: Mapped[int | None]  # per accounting year; None: no quota
    quota_days: Mapped[int | None]
    programme: Mapped[Programme] = relationship(back_populates="routes")
    receiving_office: Mapped[Office] = relationship(foreign_keys=[receiving_office_id])
    stages: Mapped[list["RouteStage"]] = relationship(back_populates="route")


class RouteStage(Base):
    """The office that decides a stage on this route, and the provisions whose clocks run there."""

    __tablename__ = "route_stage"

    route_id: Mapped[int] = mapped_column(ForeignKey("route.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), primary_key=True)  # a stage kind, or "case"
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    provisions: Mapped[list[Any]] = mapped_column(default=list)  # codes of provisions, e.g. ["V05", "V02"]
    route: Mapped[Route] = relationship(back_populates="stages")
    office: Mapped[Office | None] = relationship()


class Call(Identified, Versioned, Base):
    """An open call on a route: when one may apply, for which stays, how many places."""

    __tablename__ = "call"
    __table_args__ = (Index(None, "is_published", "closes_on"),)

    code: Mapped[str] = mapped_column(String(32), unique=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"), index=True)
    discipline: Mapped[str] = mapped_column(String(24), default="")  # "" for all
    opens_on: Mapped[date]
    closes_on: Mapped[date]  # last day, until 24:00 in time_zone
    time_zone: Mapped[str] = mapped_column(String(64))
    stay_from: Mapped[date]  # earliest arrival
    stay_until: Mapped[date]  # latest departure
    min_days: Mapped[int]
    max_days: Mapped[int]
    places: Mapped[int]
    host: Mapped[str] = mapped_column(String(200))
    host_city: Mapped[str] = mapped_column(String(80))
    texts: Mapped[dict[str, Any]]  # locale -> {"title": ..., "summary": ...}
    is_published: Mapped[bool] = mapped_column(default=False)
    route: Mapped[Route] = relationship()
