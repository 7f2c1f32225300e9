"""What a report is asked for, and whether this reader may ask it.

A manager reads the programmes they manage, alone or together under one instrument; the command line reads all. An
unknown or foreign programme is NotFound, as for any page that is not one's own. Without years the window is the last
three accounting periods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.reciprocity.accounting import DEFAULT_WINDOW_PERIODS, AccountingYear, Period
from mobility.domain.reciprocity.lamps import DEFAULT_TOLERANCE
from mobility.domain.reciprocity.ledger import LedgerTerms
from mobility.storage.queries import flow_imports
from mobility.storage.queries import reciprocity as queries
from mobility.storage.queries.flow_source import FlowSource

FIRST_YEAR, LAST_YEAR = 1950, 2150
MOST_YEARS = 30
NOTHING_LOST = LedgerTerms()
"""A surplus is carried for good and without limit."""


class Unit(StrEnum):
    """What is counted; money has its own table, because its payer never follows from the direction of travel."""

    PEOPLE = "people"
    DAYS = "days"


class StaysKind(StrEnum):
    """Actual: over. Planned: ahead or under way; the two are never added."""

    ACTUAL = "actual"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """What was asked; empty texts and None leave the choice to the report.

    `programme` and `instrument` are codes, `collection` the number of an import; one of the three is needed. `among`
    keeps only flows between these countries, `discipline` those of one field. Years name accounting periods by their
    first day; `days` names the window to the day instead (command line). `compare_first` and `compare_last` are the
    years of a second window, set beside the first.
    """

    programme: str = ""
    instrument: str = ""
    first_year: int | None = None
    last_year: int | None = None
    days: tuple[date, date] | None = None
    unit: Unit = Unit.PEOPLE
    stays: StaysKind = StaysKind.ACTUAL
    country: str = ""
    partner: str = ""
    collection: int | None = None
    discipline: str = ""
    among: tuple[str, ...] = ()
    compare_first: int | None = None
    compare_last: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Imported flows that belong to no programme, such as a published data set."""

    import_id: int
    title: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeTerms:
    """What a report takes from a programme."""

    programme_id: int
    code: str
    names: Mapping[str, Any]
    year: AccountingYear
    tolerance: Fraction
    underuse_neutral: bool
    ledger: LedgerTerms
    instrument_code: str
    instrument_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days that are counted, both included; the years are None where the days were given."""

    first_on: date
    last_on: date
    first_year: int | None = None
    last_year: int | None = None

    @property
    def days(self) -> tuple[date, date]:
        return self.first_on, self.last_on


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """Which programmes are counted together, and on which terms.

    `left_out`: programmes under the instrument that somebody else manages. Where accounting years differ the calendar
    year holds (`years_differ`); where tolerances differ, the smallest; where
    the terms of the ledger differ, nothing expires.
    """

    programmes: tuple[ProgrammeTerms, ...]
    instrument_code: str
    instrument_title: str
    is_instrument: bool
    left_out: int
    year: AccountingYear
    years_differ: bool
    tolerance: Fraction
    underuse_neutral: bool
    collection: Collection | None = None
    discipline: str = ""
    among: tuple[str, ...] = ()
    ledger: LedgerTerms = NOTHING_LOST

    @property
    def source(self) -> FlowSource:
        """Return whose flows are counted."""
        return FlowSource(
            programme_ids=self.programme_ids,
            collection=self.collection.import_id if self.collection else None,
            discipline=self.discipline,
            countries=frozenset(self.among),
        )

    @property
    def programme_ids(self) -> frozenset[int]:
        return frozenset(each.programme_id for each in self.programmes)


def list_report_choices(session: Session, actor: Actor) -> list[ProgrammeTerms]:
    """Return the programmes whose report the actor may read, by code."""
    wanted = None if actor == SYSTEM else actor.managed_programmes
    return [_terms(row) for row in queries.list_programmes_with_terms(session, wanted)]


def list_collections(session: Session) -> list[Collection]:
    """Return the imported collections without a programme, by title; whoever may read reports may read them."""
    return [_collection(row) for row in flow_imports.list_collections(session)]


def resolve_scope(session: Session, actor: Actor, query: ReportQuery) -> ReportScope:
    """Return what the query covers. Raises NotFound for what the actor does not manage, or if nothing is named."""
    if query.collection is not None:
        return _scope_of_collection(session, query)
    known = list_report_choices(session, actor)
    if query.programme:
        chosen = [each for each in known if each.code == query.programme]
    else:
        chosen = [each for each in known if query.instrument and each.instrument_code == query.instrument]
    if not chosen:
        raise NotFound(programme=query.programme, instrument=query.instrument)
    is_instrument = not query.programme
    total = queries.count_programmes_of(session, query.instrument) if is_instrument else 1
    years = {each.year for each in chosen}
    return ReportScope(
        programmes=tuple(chosen),
        instrument_code=chosen[0].instrument_code,
        instrument_title=chosen[0].instrument_title,
        is_instrument=is_instrument,
        left_out=total - len(chosen),
        year=chosen[0].year if len(years) == 1 else AccountingYear(),
        years_differ=len(years) > 1,
        tolerance=min(each.tolerance for each in chosen),
        underuse_neutral=any(each.underuse_neutral for each in chosen),
        ledger=chosen[0].ledger if len({each.ledger for each in chosen}) == 1 else NOTHING_LOST,
        discipline=query.discipline,
        among=query.among,
    )


def _scope_of_collection(session: Session, query: ReportQuery) -> ReportScope:
    found = [each for each in list_collections(session) if each.import_id == query.collection]
    if not found:
        raise NotFound(collection=query.collection)
    return ReportScope(
        programmes=(),
        instrument_code="",
        instrument_title=found[0].title,
        is_instrument=False,
        left_out=0,
        year=AccountingYear(),
        years_differ=False,
        tolerance=DEFAULT_TOLERANCE,
        underuse_neutral=False,
        collection=found[0],
        discipline=query.discipline,
        among=query.among,
    )


def _collection(row: Any) -> Collection:
    return Collection(import_id=row.id, title=row.title, source=row.source, licence=row.licence)


def resolve_window(query: ReportQuery, year: AccountingYear, today: date) -> Window:
    """Return the days to count. Raises InvalidInput, naming the field, for years that cannot be a window."""
    if query.days is not None:
        first_on, last_on = query.days
        if last_on < first_on:
            raise InvalidInput(field="to", reason="before_from", value=last_on.isoformat())
        begins, ends = year.period_of(first_on), year.period_of(last_on)
        whole = (begins.starts_on, ends.ends_on) == (first_on, last_on)
        years = (begins.year, ends.year) if whole else (None, None)
        return Window(first_on=first_on, last_on=last_on, first_year=years[0], last_year=years[1])
    first, last = _years(query, year.period_of(today).year)
    for field, value in (("to", last), ("from", first)):
        if not FIRST_YEAR <= value <= LAST_YEAR:
            raise InvalidInput(field=field, reason="year_out_of_range", value=value)
    if last < first:
        raise InvalidInput(field="to", reason="before_from", value=last)
    if last - first >= MOST_YEARS:
        raise InvalidInput(field="from", reason="too_many_years", value=first)
    begins, ends = year.period(first), year.period(last)
    return Window(first_on=begins.starts_on, last_on=ends.ends_on, first_year=first, last_year=last)


def resolve_comparison(query: ReportQuery, year: AccountingYear, today: date) -> Window | None:
    """Return the second window; one year alone is both its first and its last. Raises as `resolve_window` does."""
    first, last = query.compare_first, query.compare_last
    if first is None and last is None:
        return None
    asked = ReportQuery(first_year=first if first is not None else last, last_year=last if last is not None else first)
    return resolve_window(asked, year, today)


def _years(query: ReportQuery, present: int) -> tuple[int, int]:
    """Return the years asked for; what is left out becomes three periods, up to the present or, if planned, from it."""
    span = DEFAULT_WINDOW_PERIODS - 1
    if query.stays is StaysKind.PLANNED:
        first = query.first_year if query.first_year is not None else min(present, query.last_year or present)
        return first, query.last_year if query.last_year is not None else first + span
    last = query.last_year if query.last_year is not None else max(present, query.first_year or present)
    return query.first_year if query.first_year is not None else last - span, last


def ledger_periods(year: AccountingYear, window: Window, first_flow_on: date | None, most: int) -> Sequence[Period]:
    """Return the periods of the ledger: up to the window's last, at most `most`, from the first with a flow.

    At least three, so that a trend can be seen.
    """
    last = year.period_of(window.last_on).year
    begin = last if first_flow_on is None else year.period_of(first_flow_on).year
    first = max(last - most + 1, min(begin, last - DEFAULT_WINDOW_PERIODS + 1))
    return [year.period(number) for number in range(first, last + 1)]


def _terms(row: Any) -> ProgrammeTerms:
    return ProgrammeTerms(
        programme_id=row.id,
        code=row.code,
        names=row.names,
        year=AccountingYear(first_month=row.accounting_month, first_day=row.accounting_day),
        tolerance=Fraction(row.tolerance_percent, 100),
        underuse_neutral=row.underuse_neutral,
        ledger=LedgerTerms(expires_after=row.balance_expires_after, cap=row.balance_cap),
        instrument_code=row.instrument_code,
        instrument_title=row.instrument_title,
    )
