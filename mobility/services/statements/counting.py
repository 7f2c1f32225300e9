"""The figures of a statement, and the cases behind each by reference, as the reciprocity report gives them.

Nothing is counted here: people, days, money and ledger are those of the report of the whole instrument for one
accounting period, so that a statement and the report it came from cannot differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM
from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.accounting import Period
from mobility.domain.reciprocity.ledger import LedgerTerms, Lot, PeriodFlow
from mobility.domain.statements import Entry, EntryCode, close_ledger
from mobility.services.reciprocity import (
    About,
    CaseLine,
    CasesBehind,
    CasesQuery,
    Report,
    ReportQuery,
    Unit,
    build_report,
    list_cases_behind,
    resolve_scope,
)
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries import statements as queries

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Which statement is meant: `year` names the accounting period by its first day."""

    instrument: str
    pair: Pair
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the records say; `carried` are the lots that the period opens with, `terms` what becomes of them."""

    period: Period
    programmes: tuple[str, ...]
    entries: tuple[Entry, ...]
    carried: tuple[Lot, ...]
    terms: LedgerTerms
    opening_from: str


def period_of(session: Session, ask: Ask) -> Period:
    """Return the accounting period; raises NotFound for an unknown instrument."""
    return resolve_scope(session, SYSTEM, ReportQuery(instrument=ask.instrument)).year.period(ask.year)


def count_statement(session: Session, instrument: InstrumentRow, ask: Ask, now: datetime) -> Counted:
    """Return the figures of a period that is over. The session must see every case.

    Raises InvalidInput for a period that has not ended or two states that the instrument does not link.
    """
    query = ReportQuery(
        instrument=ask.instrument,
        first_year=ask.year,
        last_year=ask.year,
        country=ask.pair[0],
        partner=ask.pair[1],
    )
    report = build_report(session, SYSTEM, query, now=now)
    period = report.scope.year.period(ask.year)
    if period.ends_on >= now.date():
        raise InvalidInput(field="year", reason="period_not_over", value=ask.year)
    if (report.country, report.partner) != ask.pair:
        raise InvalidInput(field="pair", reason="not_a_party", value="–".join(ask.pair))
    before = queries.find_confirmed_before(session, instrument.id, ask.pair, period.starts_on)
    carried = next(line.opened for line in report.ledger if line.period == period)
    entries = [*_flows(session, query, report, now), *_money(session, query, report, now)]
    return Counted(
        period=period,
        programmes=tuple(each.code for each in report.scope.programmes),
        entries=(*entries, *_ledger(report, carried, entries, ask.year)),
        carried=carried,
        terms=report.scope.ledger,
        opening_from=before.content_hash if before else "",
    )


def _flows(session: Session, query: ReportQuery, report: Report, now: datetime) -> list[Entry]:
    assert report.pair is not None
    assert report.pair.days is not None
    a, b = query.country, query.partner
    people, days = report.pair.people, report.pair.days
    wanted = (
        (EntryCode.PEOPLE_AB, int(people.ab), (a, b), Unit.PEOPLE),
        (EntryCode.PEOPLE_BA, int(people.ba), (b, a), Unit.PEOPLE),
        (EntryCode.DAYS_AB, int(days.ab), (a, b), Unit.DAYS),
        (EntryCode.DAYS_BA, int(days.ba), (b, a), Unit.DAYS),
    )
    found = []
    for code, value, (origin, host), unit in wanted:
        asked = ReportQuery(
            instrument=query.instrument, first_year=query.first_year, last_year=query.last_year, unit=unit
        )
        lines, last = _lines(session, CasesQuery(report=asked, origin=origin, host=host), now)
        found.append(
            Entry(
                code=code,
                value=value,
                counted=value,
                cases=_references(lines),
                without_case=last.without_case,
                imported=last.imported_people,
            )
        )
    return found


def _money(session: Session, query: ReportQuery, report: Report, now: datetime) -> list[Entry]:
    found = []
    a, b = query.country, query.partner
    for code, payer, beneficiary in ((EntryCode.MONEY_AB, a, b), (EntryCode.MONEY_BA, b, a)):
        value = int(report.money.pair.cells.get((payer, beneficiary), 0))
        asked = CasesQuery(report=query, about=About.MONEY, origin=payer, host=beneficiary)
        paid, _ = _lines(session, asked, now)
        cases = _references(paid)
        left_out = sum(line.eur_minor is None for line in paid)
        found.append(Entry(code=code, value=value, counted=value, cases=cases, left_out=left_out))
    return found


def _references(lines: Iterable[CaseLine]) -> tuple[str, ...]:
    return tuple(sorted({line.reference for line in lines}))


def _lines(session: Session, query: CasesQuery, now: datetime) -> tuple[list[CaseLine], CasesBehind]:
    """Return what stands behind a figure and its last page; payments only for cases between the two states."""
    pair = {query.report.country, query.report.partner} - {""}
    found: list[CaseLine] = []
    after = ""
    while True:
        page = list_cases_behind(session, SYSTEM, replace(query, after=after), now=now)
        found += [line for line in page.lines if not pair or {line.sending, line.receiving} == pair]
        after = page.next_after
        if not after:
            return found, page


def _ledger(report: Report, carried: tuple[Lot, ...], entries: Iterable[Entry], year: int) -> list[Entry]:
    figures = {entry.code: entry.value for entry in entries}
    opening = sum(int(lot.amount) for lot in carried)
    flow = PeriodFlow(period=year, sent=figures[EntryCode.PEOPLE_AB], hosted=figures[EntryCode.PEOPLE_BA])
    close = close_ledger(flow, carried, report.scope.ledger)
    tolerance = int(report.scope.tolerance * 100)
    return [
        Entry(code=EntryCode.TOLERANCE, value=tolerance, counted=tolerance),
        Entry(code=EntryCode.OPENING, value=opening, counted=opening),
        Entry(code=EntryCode.CLOSING, value=int(close.closing), counted=int(close.closing)),
    ]
