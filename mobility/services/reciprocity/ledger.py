"""The ledger of the pair that a report tells about: what both sides confirmed, and the records for all other periods.

Statements are of a pair under a whole instrument, so they hold only for a report of all its programmes that leaves
nothing out. Who may open a statement is decided in `services/statements`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from mobility.domain.reciprocity.accounting import Period
from mobility.domain.reciprocity.flows import FlowTable
from mobility.domain.reciprocity.ledger import LedgerClose, LedgerTerms, Lot, PeriodFlow, tolerance_bands
from mobility.domain.reciprocity.pairs import PairMeasures, measure_pair
from mobility.domain.reciprocity.programme import weighted_reciprocity
from mobility.domain.reciprocity.quantities import Quantity
from mobility.domain.statement_ledger import KeptPeriod, keep_ledger_of_pair
from mobility.domain.statements import Content, content_of
from mobility.services.reciprocity.questions import ReportQuery, ReportScope, StaysKind, Unit
from mobility.storage.queries import reciprocity as queries
from mobility.storage.queries.statements import list_confirmed

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The statement that a period's figures are taken from."""

    statement_id: int
    version: int
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One close of the ledger with its tolerance, the pair's balance and the whole programme's r in that period.

    `confirmed`: the statement whose figures these are; `recorded` is what the records give today. `closed_before` is
    the closing balance of the line before. `r` is always by the records.
    """

    period: Period
    opened: tuple[Lot, ...]
    close: LedgerClose
    recorded: PeriodFlow
    closed_before: Quantity
    confirmed: Confirmed | None
    band: Fraction
    measures: PairMeasures
    r: Fraction | None

    @property
    def is_changed(self) -> bool:
        """Say whether the records now give other figures than those that both sides signed."""
        return (self.recorded.sent, self.recorded.hosted) != (self.close.sent, self.close.hosted)

    @property
    def opens_otherwise(self) -> bool:
        """Say whether both sides signed another opening balance than the year before closes with here."""
        return self.close.opening != self.closed_before


def read_ledger(
    session: Session,
    scope: ReportScope,
    query: ReportQuery,
    periods: Sequence[Period],
    tables: Sequence[FlowTable],
    pair: Pair,
) -> tuple[LedgerLine, ...]:
    """Return the closes of the pair's ledger, seen from the first; expiry and cap are the programme's, for people."""
    found = _confirmed(session, scope, query, pair, periods)
    kept = keep_ledger_of_pair(
        periods,
        [_flow(period, table, pair) for period, table in zip(periods, tables, strict=True)],
        scope.ledger if query.unit is Unit.PEOPLE else LedgerTerms(),
        confirmed=[content for content, _ in found],
        country=pair[0],
        days=query.unit is Unit.DAYS,
    )
    sources = {content.starts_on: source for content, source in found}
    bands = tolerance_bands([each.close for each in kept], scope.tolerance)
    before = [sum((lot.amount for lot in kept[0].opened), start=0), *(each.close.closing for each in kept)]
    lines = zip(kept, before[: len(kept)], bands, tables, strict=True)
    return tuple(_line(each, closed, band, table, sources, query.unit, pair) for each, closed, band, table in lines)


def _line(
    kept: KeptPeriod,
    closed_before: Quantity,
    band: Fraction,
    table: FlowTable,
    sources: dict[str, Confirmed],
    unit: Unit,
    pair: Pair,
) -> LedgerLine:
    return LedgerLine(
        period=kept.period,
        opened=kept.opened,
        close=kept.close,
        recorded=kept.recorded,
        closed_before=closed_before,
        confirmed=sources[kept.confirmed.starts_on] if kept.confirmed else None,
        band=band,
        measures=measure_pair(*pair, kept.close.sent, kept.close.hosted, people=unit is Unit.PEOPLE),
        r=weighted_reciprocity(table),
    )


def _flow(period: Period, table: FlowTable, pair: Pair) -> PeriodFlow:
    a, b = pair
    return PeriodFlow(period=period.year, sent=table.weight(a, b), hosted=table.weight(b, a))


def _confirmed(
    session: Session, scope: ReportScope, query: ReportQuery, pair: Pair, periods: Sequence[Period]
) -> list[tuple[Content, Confirmed]]:
    """Return the newest confirmed version of each period, oldest first; none for a report of only a part."""
    if not _leaves_nothing_out(scope, query, pair):
        return []
    a, b = sorted(pair)
    rows = list_confirmed(session, scope.instrument_code, (a, b), periods[-1].ends_on)
    if not rows or len(scope.programmes) != queries.count_programmes_of(session, scope.instrument_code):
        return []
    newest = {
        row.starts_on: (
            content_of(row.content),
            Confirmed(statement_id=row.id, version=row.version, content_hash=row.content_hash),
        )
        for row in rows
    }
    return list(newest.values())


def _leaves_nothing_out(scope: ReportScope, query: ReportQuery, pair: Pair) -> bool:
    if not scope.instrument_code or query.stays is not StaysKind.ACTUAL or scope.discipline:
        return False
    return not scope.among or set(pair) <= set(scope.among)
