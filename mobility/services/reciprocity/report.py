"""The report itself: everything that the page, its CSV files and the command show, from at most a dozen statements.

Decides which pair is told about, in which order countries stand, and which periods the ledger has. The measures are
the domain's; sentences are made in `mobility.i18n.reciprocity_labels`, drawings in `mobility.web.reciprocity`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.accounting import Period
from mobility.domain.reciprocity.flows import FlowTable
from mobility.domain.reciprocity.lamps import Lamp, PairEvidence, PlacesEvidence, judge_lamps
from mobility.domain.reciprocity.pairs import PairMeasures, measure_pair
from mobility.domain.reciprocity.programme import (
    ProgrammeMeasures,
    measure_programme,
    top_imbalances,
)
from mobility.domain.reciprocity.quantities import magnitude
from mobility.domain.reciprocity.report import Matrix, PairReport, PartnerRow, build_matrix, partner_totals, report_pair
from mobility.services.reciprocity.income import Equity, read_equity
from mobility.services.reciprocity.ledger import LedgerLine, read_ledger
from mobility.services.reciprocity.questions import (
    ReportQuery,
    ReportScope,
    StaysKind,
    Unit,
    Window,
    ledger_periods,
    resolve_comparison,
    resolve_scope,
    resolve_window,
)
from mobility.services.reciprocity.reading import MoneyRead, QuotaLine, quota_lines, read_money, table_of
from mobility.services.reciprocity.regions import by_region
from mobility.services.statistics import ServiceSide, measure_service
from mobility.storage.queries import flow_sums
from mobility.storage.queries import reciprocity as queries
from mobility.storage.queries.flow_sums import FlowSum

MOST_PERIODS: Final = 10
"""Periods that the ledger looks back."""

MOST_IN_MATRIX: Final = 20
"""Countries whose matrix a page can hold; its file has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same figures in a second window."""

    window: Window
    measures: ProgrammeMeasures
    totals: PairMeasures
    pair: PairMeasures


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, seen from `country`; `partner` and everything about the pair are empty without any partner.

    `measures`, `rows`, `totals`, `matrix` and `ledger` are in the unit of the query; `people` always counts heads. The
    matrix holds the `MOST_IN_MATRIX` countries with most traffic, `table` and `travelled` all of them. `first_on` is in
    the month of the first stay that is counted, whatever the window.
    """

    query: ReportQuery
    scope: ReportScope
    window: Window
    today: date
    country: str
    partner: str
    countries: tuple[str, ...]
    partners: tuple[str, ...]
    measures: ProgrammeMeasures
    people: ProgrammeMeasures
    rows: tuple[PartnerRow, ...]
    totals: PairMeasures
    matrix: Matrix
    pair: PairReport | None
    ledger: tuple[LedgerLine, ...]
    money: MoneyRead
    service: tuple[ServiceSide, ServiceSide] | None
    quotas: tuple[QuotaLine, ...]
    under_way: int
    first_on: date | None
    table: FlowTable
    travelled: tuple[str, ...]
    imbalances: tuple[PairMeasures, ...]
    equity: Equity | None
    compared: Comparison | None

    @property
    def own_pair(self) -> PairMeasures:
        """The pair in the unit of the query."""
        sent, hosted = self.table.weight(self.country, self.partner), self.table.weight(self.partner, self.country)
        return measure_pair(self.country, self.partner, sent, hosted, people=self.query.unit is Unit.PEOPLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read: sums whose first period is the window, then those of the ledger, then the compared window."""

    first_on: date | None
    periods: Sequence[Period]
    comparison: Window | None
    sums: list[FlowSum]
    under_way: int
    routes: Sequence[Row[Any]]

    def table(self, unit: Unit, position: int = 0) -> FlowTable:
        return table_of(self.sums, unit, position)


def build_report(session: Session, actor: Actor, query: ReportQuery, *, now: datetime) -> Report:
    """Return the report. Raises NotFound for what the actor does not manage, InvalidInput for impossible choices."""
    today = now.date()
    scope = resolve_scope(session, actor, query)
    window = resolve_window(query, scope.year, today)
    read = _read(session, scope, query, window, today)
    countries = _countries(read)
    country, partner, partners = _pair(session, actor, query, read, countries)
    table, people, days = read.table(query.unit), read.table(Unit.PEOPLE), read.table(Unit.DAYS)
    travelled = _travelled(table, countries)
    money = read_money(session, scope.source, window, country, partner)
    quotas = quota_lines(read.routes, read.sums, window)
    service = _service(session, scope, country, partner, window, today)
    return Report(
        query=query,
        scope=scope,
        window=window,
        today=today,
        country=country,
        partner=partner,
        countries=tuple(countries),
        partners=partners,
        measures=measure_programme(table),
        people=measure_programme(people),
        rows=_rows(query.unit, people, days, country, scope.tolerance),
        totals=partner_totals(table, country),
        matrix=build_matrix(table, _busiest_countries(table, travelled)),
        pair=_pair_report(people, days, country, partner, scope, money, quotas, service),
        ledger=_ledger(session, read, query, country, partner, scope),
        money=money,
        service=service,
        quotas=tuple(quotas),
        under_way=read.under_way,
        first_on=read.first_on,
        table=table,
        travelled=tuple(travelled),
        imbalances=tuple(top_imbalances(table)),
        equity=read_equity(session, scope.source, window) if query.stays is StaysKind.ACTUAL else None,
        compared=_compared(read, query.unit, country, partner),
    )


def _service(
    session: Session, scope: ReportScope, country: str, partner: str, window: Window, today: date
) -> tuple[ServiceSide, ServiceSide] | None:
    """Return both sides' service; imported flows have no stages, so that a collection's sides are empty."""
    if not partner:
        return None
    return measure_service(session, scope.programme_ids, country, partner, window.days, today)


def _read(session: Session, scope: ReportScope, query: ReportQuery, window: Window, today: date) -> _Read:
    ids = scope.programme_ids
    first_on = flow_sums.first_day_of_flows(session, scope.source)
    periods = ledger_periods(scope.year, window, first_on, MOST_PERIODS)
    spans = [window.days, *((period.starts_on, period.ends_on) for period in periods)]
    comparison = resolve_comparison(query, scope.year, today)
    if comparison is not None:
        spans.append(comparison.days)
    planned = query.stays is StaysKind.PLANNED
    sums, under_way = flow_sums.read_flows(session, scope.source, spans, planned=planned, today=today)
    return _Read(
        first_on=first_on,
        periods=periods,
        comparison=comparison,
        sums=sums,
        under_way=under_way,
        routes=queries.list_routes_of(session, ids),
    )


def _countries(read: _Read) -> list[str]:
    """Return everybody who may take part by the routes, or did by the flows, by region."""
    by_routes = {code for route in read.routes for code in (route.sending, route.receiving)}
    return by_region(by_routes | {code for each in read.sums for code in (each.origin, each.host)})


def _travelled(table: FlowTable, countries: Sequence[str]) -> list[str]:
    """Return the countries with any traffic in the window, in the given order: a matrix of zeros says nothing."""
    met = {*table.strengths(), *(code for code, weight in table.domestic.items() if weight)}
    return [code for code in countries if code in met]


def _busiest_countries(table: FlowTable, countries: Sequence[str]) -> list[str]:
    """Return the countries that a page's matrix shows, in the given order."""
    if len(countries) <= MOST_IN_MATRIX:
        return list(countries)
    traffic = {code: sent + hosted for code, (sent, hosted) in table.strengths().items()}
    kept = set(sorted(countries, key=lambda code: (-traffic.get(code, 0), code))[:MOST_IN_MATRIX])
    return [code for code in countries if code in kept]


def _compared(read: _Read, unit: Unit, country: str, partner: str) -> Comparison | None:
    if read.comparison is None:
        return None
    table = read.table(unit, len(read.periods) + 1)
    sent, hosted = table.weight(country, partner), table.weight(partner, country)
    return Comparison(
        window=read.comparison,
        measures=measure_programme(table),
        totals=partner_totals(table, country),
        pair=measure_pair(country, partner, sent, hosted, people=unit is Unit.PEOPLE),
    )


def _pair(
    session: Session, actor: Actor, query: ReportQuery, read: _Read, countries: Sequence[str]
) -> tuple[str, str, tuple[str, ...]]:
    """Return the country, its partner and all partners that could be chosen.

    Without a choice: the reader's own country, else the one with most traffic; the partner with most traffic.
    """
    table = read.table(Unit.PEOPLE)
    for field, code in (("country", query.country), ("partner", query.partner)):
        if code and code not in countries:
            raise InvalidInput(field=field, reason="not_a_party", value=code)
    country = query.country or _own_or_largest(session, actor, table, countries)
    linked = {
        other
        for one, other in [
            *((route.sending, route.receiving) for route in read.routes),
            *((each.origin, each.host) for each in read.sums),
        ]
        for one, other in ((one, other), (other, one))
        if one == country and other != country
    }
    partners = tuple(code for code in countries if code in linked)
    if query.partner and query.partner not in partners:
        return country, _busiest(table, country, partners), partners  # a pair chosen for another country
    return country, query.partner or _busiest(table, country, partners), partners


def _own_or_largest(session: Session, actor: Actor, table: FlowTable, countries: Sequence[str]) -> str:
    own = queries.find_country_of(session, actor.person_id)
    if own in countries or not countries:
        return own if own in countries else ""
    traffic = {code: sent + hosted for code, (sent, hosted) in table.strengths().items()}
    return max(countries, key=lambda code: traffic.get(code, 0))


def _busiest(table: FlowTable, country: str, partners: Sequence[str]) -> str:
    return max(partners, key=lambda code: table.weight(country, code) + table.weight(code, country), default="")


def _rows(unit: Unit, people: FlowTable, days: FlowTable, country: str, tolerance: Fraction) -> tuple[PartnerRow, ...]:
    """Return a row per partner by |net|, each with the lamp of the unit: days are judged with the heads behind them."""
    table = people if unit is Unit.PEOPLE else days
    rows = [_row(unit, people, days, country, partner, tolerance) for partner in table.partners(country)]
    return tuple(sorted(rows, key=lambda row: (-magnitude(row.measures.net), -row.measures.total, row.measures.b)))


def _row(unit: Unit, people: FlowTable, days: FlowTable, country: str, partner: str, tolerance: Fraction) -> PartnerRow:
    heads, stayed = _both(people, country, partner), _both(days, country, partner)
    by_people, by_time, *_ = judge_lamps(PairEvidence(people=heads, days=stayed, tolerance=tolerance))
    if unit is Unit.PEOPLE:
        return PartnerRow(measures=measure_pair(country, partner, *heads, people=True), lamp=by_people)
    return PartnerRow(measures=measure_pair(country, partner, *stayed, people=False), lamp=by_time)


def _both(table: FlowTable, a: str, b: str) -> tuple[int, int]:
    return int(table.weight(a, b)), int(table.weight(b, a))


def _pair_report(
    people: FlowTable,
    days: FlowTable,
    country: str,
    partner: str,
    scope: ReportScope,
    money: MoneyRead,
    quotas: Sequence[QuotaLine],
    service: tuple[ServiceSide, ServiceSide] | None,
) -> PairReport | None:
    if not partner or service is None:
        return None
    return report_pair(
        country,
        partner,
        people,
        days=days,
        money=money.pair if money.pair.payments else None,
        paid_heads=money.pair_heads,
        places=_places(quotas, country, partner, scope.underuse_neutral),
        service_a=service[0].counts,
        service_b=service[1].counts,
        tolerance=scope.tolerance,
    )


def _places(quotas: Sequence[QuotaLine], a: str, b: str, underuse_neutral: bool) -> PlacesEvidence | None:
    """Return both directions' use in people, or in days where only days have a quota on both sides."""
    for unit in Unit:
        found = {(line.sending, line.receiving): line.use for line in quotas if line.unit is unit}
        if (a, b) in found and (b, a) in found:
            return PlacesEvidence(a=found[a, b], b=found[b, a], underuse_neutral=underuse_neutral)
    return None


def _ledger(
    session: Session, read: _Read, query: ReportQuery, country: str, partner: str, scope: ReportScope
) -> tuple[LedgerLine, ...]:
    if not partner:
        return ()
    tables = [read.table(query.unit, position) for position in range(1, len(read.periods) + 1)]
    return read_ledger(session, scope, query, read.periods, tables, (country, partner))


def lamps_of(report: Report) -> Sequence[Lamp]:
    """Return the five lamps of the pair; none without a partner."""
    return report.pair.lamps if report.pair else ()
