"""Flows, money and quotas from storage, as the tables that the measures take.

One statement each. Which stays count is decided in `storage/queries/reciprocity` (over, or ahead), what a table means
in the domain.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from mobility.domain.reciprocity.flows import FlowTable, pool_flows
from mobility.domain.reciprocity.money import CountryMoney, MoneyTable, country_money
from mobility.domain.reciprocity.quantities import Quantity
from mobility.domain.reciprocity.quotas import QuotaUse
from mobility.services.reciprocity.questions import Unit, Window
from mobility.storage.queries import reciprocity as queries
from mobility.storage.queries.flow_source import FlowSource
from mobility.storage.queries.flow_sums import FlowSum
from mobility.storage.queries.reciprocity import PaidSum

EURO: Final = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyCell:
    """What one country paid for the side of another, in euro cents; `not_converted` payments are in no sum."""

    payer: str
    beneficiary: str
    eur_minor: int
    payments: int
    not_converted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRead:
    """Everything paid in the window: payer × beneficiary, each country's part, and the same for one pair."""

    cells: tuple[MoneyCell, ...]
    countries: tuple[CountryMoney, ...]
    pair: MoneyTable
    pair_heads: int
    eur_minor: int
    payments: int
    not_converted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLine:
    """Use of the places or days of one direction, all routes with a quota together; `routes_without` have none."""

    sending: str
    receiving: str
    unit: Unit
    use: QuotaUse
    routes_without: int


def table_of(sums: Iterable[FlowSum], unit: Unit, position: int) -> FlowTable:
    """Return the flows of one of the periods that were asked for."""
    return pool_flows((s.origin, s.host, (s.heads if unit is Unit.PEOPLE else s.days)[position]) for s in sums)


def read_money(session: Session, source: FlowSource, window: Window, a: str, b: str) -> MoneyRead:
    """Return what was paid in the window, for cases and by imported rows: three statements."""
    imported, people = queries.sum_imported_payments(session, source, window.days)
    sums = [*queries.sum_payments(session, source.programme_ids, window.days), *imported]
    heads = [(row[0], row[1], row[2]) for row in queries.count_paid_heads(session, source.programme_ids, window.days)]
    heads += [(sending, receiving, number) for (sending, receiving), number in people.items()]
    of_pair = [each for each in sums if {each.sending, each.receiving} == {a, b}]
    cells = _cells(sums)
    whole = _money_table(sums)
    countries = sorted({code for cell in cells for code in (cell.payer, cell.beneficiary)})
    return MoneyRead(
        cells=cells,
        countries=tuple(country_money(whole, code) for code in countries),
        pair=_money_table(of_pair),
        pair_heads=sum(number for sending, receiving, number in heads if {sending, receiving} == {a, b}),
        eur_minor=sum(cell.eur_minor for cell in cells),
        payments=whole.payments,
        not_converted=whole.not_converted,
    )


def _cells(sums: Sequence[PaidSum]) -> tuple[MoneyCell, ...]:
    found: dict[tuple[str, str], list[PaidSum]] = {}
    for each in sums:
        found.setdefault((each.payer, each.beneficiary), []).append(each)
    return tuple(
        MoneyCell(
            payer=payer,
            beneficiary=beneficiary,
            eur_minor=sum(each.eur_minor for each in group),
            payments=sum(each.payments for each in group),
            not_converted=sum(each.not_converted for each in group),
        )
        for (payer, beneficiary), group in sorted(found.items())
    )


def _money_table(sums: Iterable[PaidSum]) -> MoneyTable:
    """Return the measures' table in euro cents; nothing but payments without a rate makes no cell."""
    cells: dict[tuple[str, str], Quantity] = {}
    payments = missing = 0
    for each in sums:
        payments += each.payments
        missing += each.not_converted
        if each.payments > each.not_converted:
            key = (each.payer, each.beneficiary)
            cells[key] = cells.get(key, 0) + each.eur_minor
    return MoneyTable(target=EURO, cells=cells, payments=payments, not_converted=missing)


def quota_lines(routes: Sequence[Row[Any]], sums: Sequence[FlowSum], window: Window) -> list[QuotaLine]:
    """Return the use of every direction that has a quota, by direction; only routes with one are counted.

    A quota holds for one accounting period, so that of a window is as many times as much as it has periods; a window
    given to the day counts the part of a year that it covers.
    """
    lines = []
    for unit in Unit:
        for direction in sorted({(route.sending, route.receiving) for route in routes}):
            line = _quota_line(routes, sums, direction, unit, _periods_in(window))
            if line is not None:
                lines.append(line)
    return lines


def _periods_in(window: Window) -> Fraction:
    if window.first_year is not None and window.last_year is not None:
        return Fraction(window.last_year - window.first_year + 1)
    return Fraction((window.last_on - window.first_on).days + 1) / Fraction(1461, 4)


def _quota_line(
    routes: Sequence[Row[Any]], sums: Sequence[FlowSum], direction: tuple[str, str], unit: Unit, periods: Fraction
) -> QuotaLine | None:
    here = [route for route in routes if (route.sending, route.receiving) == direction]
    quotas = {
        route.programme_id: quota
        for route in here
        if (quota := route.quota_people if unit is Unit.PEOPLE else route.quota_days) is not None
    }
    if not quotas:
        return None
    used = sum(
        (each.heads if unit is Unit.PEOPLE else each.days)[0]
        for each in sums
        if (each.origin, each.host) == direction and each.programme_id in quotas
    )
    quota = sum(quotas.values()) * periods
    whole: Quantity = quota.numerator if quota.denominator == 1 else quota
    return QuotaLine(
        sending=direction[0],
        receiving=direction[1],
        unit=unit,
        use=QuotaUse(used=used, quota=whole),
        routes_without=len(here) - len(quotas),
    )
