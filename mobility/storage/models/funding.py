"""Money of a case: what was asked for and granted per line, and what was paid, by whom, with rate and date.

Amounts are whole minor units (cents) of their currency, so that sums are exact on both databases.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, Identified, Versioned
from mobility.storage.scope import CaseScoped


class BudgetLine(Identified, CaseScoped, Base):
    """One line of a budget: travel, stay, materials ...; payer is the country that pays it."""

    __tablename__ = "budget_line"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    line: Mapped[str] = mapped_column(String(24))
    payer: Mapped[str] = mapped_column(String(2))
    requested_minor: Mapped[int] = mapped_column(BigInteger)
    granted_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))


class Payment(Identified, Versioned, CaseScoped, Base):
    """An instalment tied to a milestone; proposed by one person and approved by another before it counts."""

    __tablename__ = "payment"
    __table_args__ = (CheckConstraint("status IN ('proposed', 'approved', 'paid', 'rejected')", name="status"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    payer: Mapped[str] = mapped_column(String(2))
    beneficiary: Mapped[str] = mapped_column(String(2))  # the side whose person benefits
    milestone: Mapped[str] = mapped_column(String(24))  # signature, arrival, mid_term, report
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[str] = mapped_column(String(24), default="")  # units of currency for one EUR, as published
    rate_on: Mapped[date | None]
    rate_source: Mapped[str] = mapped_column(String(120), default="")
    amount_eur_minor: Mapped[int | None] = mapped_column(BigInteger)  # derived; None: not converted
    status: Mapped[str] = mapped_column(String(12), default="proposed")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    paid_on: Mapped[date | None]


class ExchangeRate(Base):
    """A published reference rate: units of `currency` for one euro on a day."""

    __tablename__ = "exchange_rate"

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[str] = mapped_column(String(24))
    source: Mapped[str] = mapped_column(String(120))
