"""Flows: what reciprocity counts. One row per case, without personal data, so that erasure keeps figures.

Beside them stand flows imported from elsewhere, and the sums of both by period. The sums of cases are kept by the
database itself (`storage/flow_counting`), so that no way of writing a flow can forget them.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, BigId, Identified


class Flow(Identified, Base):
    """One head from `origin` to `host`; actual once the person has arrived, planned before."""

    __tablename__ = "flow"
    __table_args__ = (
        CheckConstraint("status IN ('planned', 'actual', 'cancelled')", name="status"),
        Index(None, "instrument_id", "status", "start_on", "origin", "host"),
        Index(None, "programme_id", "status", "start_on", "origin", "host"),
        Index(None, "programme_id", "status", "end_on"),
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


class FlowImport(Identified, Base):
    """A file of flows from elsewhere. Staged rows are counted nowhere; an undone import keeps this line only."""

    __tablename__ = "flow_import"
    __table_args__ = (
        CheckConstraint("status IN ('staged', 'imported', 'undone')", name="status"),
        # who still drops the rows of a forgotten import must not meet another one under its number
        {"sqlite_autoincrement": True},
    )

    status: Mapped[str] = mapped_column(String(12))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)  # None: a collection
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the file and of how it was read
    columns: Mapped[dict[str, Any]]  # what each column of the file was taken for
    source: Mapped[str] = mapped_column(String(1000))
    licence: Mapped[str] = mapped_column(String(200))
    row_count: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(BigInteger, default=0)
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    staged_at: Mapped[datetime]
    staged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportedFlow(Base):
    """One line of an imported file. Without `end_on` its days are not known, unless the file gave their number."""

    __tablename__ = "imported_flow"
    __table_args__ = (Index(None, "import_id", "origin", "host", "start_on"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("flow_import.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(2))
    host: Mapped[str] = mapped_column(String(2))
    discipline: Mapped[str] = mapped_column(String(24), default="")
    people: Mapped[int]
    start_on: Mapped[date]  # 1 January where the file gives only the year
    end_on: Mapped[date | None]
    days: Mapped[int] = mapped_column(default=0)  # person-days as the file gives them, where it gives no last day


class ImportedPayment(Base):
    """What an imported line says was paid, with the rate of its day; amounts as in `funding.Payment`."""

    __tablename__ = "imported_payment"

    import_id: Mapped[int] = mapped_column(ForeignKey("flow_import.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(2))
    host: Mapped[str] = mapped_column(String(2))
    people: Mapped[int]
    payer: Mapped[str] = mapped_column(String(2))
    beneficiary: Mapped[str] = mapped_column(String(2))
    paid_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[str] = mapped_column(String(24), default="")
    rate_on: Mapped[date | None]
    rate_source: Mapped[str] = mapped_column(String(120), default="")
    amount_eur_minor: Mapped[int | None] = mapped_column(BigInteger)


class FlowSummary(Base):
    """Sums of one direction in one period: a calendar year (2018) or a month (201804).

    A stay over is two events, its first day and the day after its last, each in its own period: from their numbers and
    the sums of their day numbers (1 = 1 January of year 1) the days of any run of periods follow exactly. `heads`
    counts first days, those without a known last day too; `days` are person-days that a file gave as a number.
    `discipline` is empty in the rows of all disciplines together; those of one exist by year only.
    """

    __tablename__ = "flow_summary"
    __table_args__ = ({"sqlite_with_rowid": False},)

    programme_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)  # 0: a collection
    discipline: Mapped[str] = mapped_column(String(24), primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(2), primary_key=True)
    host: Mapped[str] = mapped_column(String(2), primary_key=True)
    import_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)  # 0: cases of this system
    heads: Mapped[int] = mapped_column(BigInteger)
    days: Mapped[int] = mapped_column(BigInteger)
    starts: Mapped[int] = mapped_column(BigInteger)
    start_days: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int] = mapped_column(BigInteger)
    end_days: Mapped[int] = mapped_column(BigInteger)
