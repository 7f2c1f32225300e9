"""Measures put together as a report shows them: one pair, one country's partners, one matrix.

Decides what stands in which row and in which order. It builds on the other files of this folder and adds no
measure of its own; choosing the cases and wording the sentences is done elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mobility.domain.reciprocity.flows import FlowTable
from mobility.domain.reciprocity.lamps import (
    DEFAULT_TOLERANCE,
    Lamp,
    MoneyEvidence,
    PairEvidence,
    PlacesEvidence,
    Verdict,
    judge_lamps,
    judge_sides,
)
from mobility.domain.reciprocity.money import MoneyTable, country_money
from mobility.domain.reciprocity.pairs import PairMeasures, balance, measure_pair
from mobility.domain.reciprocity.quantities import Quantity, magnitude
from mobility.domain.reciprocity.service import ServiceCounts

STEP_BOUNDS = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
"""|b| from which the matrix shades one, two and three steps; a choice of this project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """One pair seen from `a`: the measures in people and days, the lamps and what may be said of them."""

    people: PairMeasures
    days: PairMeasures | None
    lamps: list[Lamp]
    verdict: Verdict
    tolerance: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """One line of the partners' table: the pair seen from the country, and its people lamp."""

    measures: PairMeasures
    lamp: Lamp


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """One origin × host cell. `step` −3..3 shades the balance of the row country; None on the diagonal."""

    origin: str
    host: str
    weight: Quantity
    balance: Fraction | None
    step: int | None
    domestic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """`sent` is the sum of the row without the diagonal."""

    origin: str
    cells: list[MatrixCell]
    sent: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Origin × host over the given countries; all sums leave the diagonal out."""

    countries: list[str]
    rows: list[MatrixRow]
    hosted: list[Quantity]
    total: Quantity


def report_pair(
    a: str,
    b: str,
    people: FlowTable,
    *,
    days: FlowTable | None = None,
    money: MoneyTable | None = None,
    paid_heads: int = 0,
    places: PlacesEvidence | None = None,
    service_a: ServiceCounts | None = None,
    service_b: ServiceCounts | None = None,
    tolerance: Fraction = DEFAULT_TOLERANCE,
) -> PairReport:
    """Everything a treaty report says about one pair. `paid_heads`: heads that the payments in `money` are for."""
    heads = measure_pair(a, b, people.weight(a, b), people.weight(b, a), people=True)
    stayed = None if days is None else measure_pair(a, b, days.weight(a, b), days.weight(b, a), people=False)
    evidence = PairEvidence(
        people=(int(heads.ab), int(heads.ba)),
        days=(int(stayed.ab), int(stayed.ba)) if stayed else None,
        money=None if money is None else _money_evidence(money, a, b, paid_heads),
        places=places,
        service_a=service_a,
        service_b=service_b,
        tolerance=tolerance,
    )
    lamps = judge_lamps(evidence)
    return PairReport(people=heads, days=stayed, lamps=lamps, verdict=judge_sides(lamps), tolerance=tolerance)


def partner_rows(people: FlowTable, country: str, tolerance: Fraction = DEFAULT_TOLERANCE) -> list[PartnerRow]:
    """One row per partner by |net| descending, then traffic descending, then code."""
    rows = [partner_row(people, country, partner, tolerance) for partner in people.partners(country)]
    return sorted(rows, key=lambda row: (-magnitude(row.measures.net), -row.measures.total, row.measures.b))


def partner_row(people: FlowTable, country: str, partner: str, tolerance: Fraction) -> PartnerRow:
    """The pair seen from the country, with the people lamp alone."""
    sent, hosted = people.weight(country, partner), people.weight(partner, country)
    lamps = judge_lamps(PairEvidence(people=(int(sent), int(hosted)), tolerance=tolerance))
    return PartnerRow(measures=measure_pair(country, partner, sent, hosted, people=True), lamp=lamps[0])


def partner_totals(people: FlowTable, country: str) -> PairMeasures:
    """The last line of the partners' table; `b` is empty, and there is no p, as partners are not one coin."""
    sent, hosted = people.strengths().get(country, (0, 0))
    return measure_pair(country, "", sent, hosted, people=False)


def balance_step(value: Fraction | None) -> int | None:
    """−3..3 for shading: +3 hosts far more than it sends; None where there is no traffic."""
    if value is None:
        return None
    steps = sum(1 for bound in STEP_BOUNDS if magnitude(value) >= bound)
    return steps if value > 0 else -steps


def build_matrix(table: FlowTable, countries: Sequence[str]) -> Matrix:
    """Rows = origin, columns = host, in the order given (by region or income, not by alphabet)."""
    rows = [_matrix_row(table, origin, countries) for origin in countries]
    hosted = [
        sum((table.weight(origin, host) for origin in countries if origin != host), start=0) for host in countries
    ]
    return Matrix(countries=list(countries), rows=rows, hosted=hosted, total=sum(hosted, start=0))


def _matrix_row(table: FlowTable, origin: str, countries: Sequence[str]) -> MatrixRow:
    cells = [_matrix_cell(table, origin, host) for host in countries]
    sent = sum((cell.weight for cell in cells if not cell.domestic), start=0)
    return MatrixRow(origin=origin, cells=cells, sent=sent)


def _matrix_cell(table: FlowTable, origin: str, host: str) -> MatrixCell:
    domestic = origin == host
    weight = table.domestic.get(origin, 0) if domestic else table.weight(origin, host)
    b = None if domestic else balance(weight, table.weight(host, origin))
    return MatrixCell(origin=origin, host=host, weight=weight, balance=b, step=balance_step(b), domestic=domestic)


def _money_evidence(money: MoneyTable, a: str, b: str, heads: int) -> MoneyEvidence:
    return MoneyEvidence(
        a=country_money(money, a),
        b=country_money(money, b),
        heads=heads,
        not_converted=money.not_converted,
    )
