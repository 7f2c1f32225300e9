"""Money between the sides: who paid, and for whose participants and hosts.

Decides the payer × beneficiary matrix, the choice of rate for a payment date and the shares. The payer is never
inferred from the direction of travel: clauses differ. Converted figures are derived, never typed over; a payment
without a rate is left out and counted, never taken as 1 or 0.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.quantities import Quantity, exact, share


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Units of `currency` for one unit of `target`, as central banks publish (1 EUR = 1.0832 USD).

    `source` names the publisher, or says that the rate was entered by hand and from where.
    """

    currency: str
    target: str
    on: date
    units_per_target: Decimal
    source: str

    def __post_init__(self) -> None:
        if not self.units_per_target.is_finite() or self.units_per_target <= 0:
            raise InvalidInput(field="rate", reason="not_positive", value=str(self.units_per_target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An amount as paid. `beneficiary` is the side whose participant or host received it."""

    payer: str
    beneficiary: str
    amount: Decimal
    currency: str
    paid_on: date
    rate: Rate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryMoney:
    """One country's part. Shares are 0..1 of all paid and all received; `ratio` is benefit/contribution share."""

    country: str
    paid: Quantity
    received: Quantity
    net_contribution: Quantity
    contribution_share: Fraction | None
    benefit_share: Fraction | None
    ratio: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyTable:
    """Converted sums by (payer, beneficiary); `not_converted` payments had no rate and are in no total."""

    target: str
    cells: Mapping[tuple[str, str], Quantity]
    payments: int
    not_converted: int

    @property
    def total(self) -> Quantity:
        return sum(self.cells.values(), start=0)


def find_rate(rates: Iterable[Rate], currency: str, target: str, on: date) -> Rate | None:
    """The rate of that day, or the last one published before it (weekends, holidays); None if there is none."""
    usable = [r for r in rates if r.currency == currency and r.target == target and r.on <= on]
    return max(usable, key=lambda rate: rate.on, default=None)


def convert(payment: Payment, target: str) -> Quantity | None:
    """The amount in the target currency, exactly; None without a rate that leads there."""
    if payment.currency == target:
        return exact(payment.amount)
    rate = payment.rate
    if rate is None or rate.currency != payment.currency or rate.target != target:
        return None
    return Fraction(payment.amount) / Fraction(rate.units_per_target)


def pool_payments(payments: Iterable[Payment], target: str) -> MoneyTable:
    """Sums the payments in one currency. Raises InvalidInput for an amount that is negative or no number."""
    cells: defaultdict[tuple[str, str], Quantity] = defaultdict(int)
    count = missing = 0
    for payment in payments:
        if not payment.amount.is_finite() or payment.amount < 0:
            raise InvalidInput(field="amount", reason="negative", value=str(payment.amount))
        count += 1
        converted = convert(payment, target)
        if converted is None:
            missing += 1
        else:
            cells[payment.payer, payment.beneficiary] += converted
    return MoneyTable(target=target, cells=dict(cells), payments=count, not_converted=missing)


def country_money(table: MoneyTable, country: str) -> CountryMoney:
    """Paid, received and both shares; what a country pays for its own people is in both."""
    paid = sum((v for (payer, _), v in table.cells.items() if payer == country), start=0)
    received = sum((v for (_, side), v in table.cells.items() if side == country), start=0)
    contributed, benefited = share(paid, table.total), share(received, table.total)
    return CountryMoney(
        country=country,
        paid=paid,
        received=received,
        net_contribution=paid - received,
        contribution_share=contributed,
        benefit_share=benefited,
        ratio=share(received, paid),
    )
