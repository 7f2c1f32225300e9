"""The cases behind a figure: the same question as the report's, asked for lines instead of sums.

Lists are read under the reader's scope and go on by keyset. A figure of people or days counts flows, one of money
payments, one of service stages or clocks: each list has one line for each of what its figure counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.clocks import OWED_BY_NOBODY
from mobility.domain.errors import InvalidInput
from mobility.services.reciprocity.income import group_years
from mobility.services.reciprocity.questions import (
    ReportQuery,
    ReportScope,
    StaysKind,
    Unit,
    Window,
    resolve_scope,
    resolve_window,
)
from mobility.services.statistics import ServiceResult, cohort_of, statuses_of
from mobility.storage.queries import reciprocity as queries
from mobility.storage.queries import statistics
from mobility.storage.queries.reciprocity import FlowFilter, PaymentFilter
from mobility.storage.queries.statistics import ClockFilter, StageFilter

PAGE: Final = 50


class About(StrEnum):
    """Which kind of figure is opened."""

    STAYS = "stays"
    IMPORTED = "imported"
    MONEY = "money"
    NOT_CONVERTED = "not_converted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PENDING = "pending"
    KEPT = "kept"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesQuery:
    """The report's question, and which of its figures; for money `origin` is the payer and `host` the side paid for.

    For service `origin` is the applicants' side and `host` the offices'. `after` continues a list. The groups are those
    of income: both are named for a cell of that matrix, which counts people.
    """

    report: ReportQuery
    about: About = About.STAYS
    origin: str = ""
    host: str = ""
    after: str = ""
    from_group: str = ""
    to_group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One line: the case, and what of it the figure counts; which fields are filled follows from `About`."""

    reference: str
    name: str
    name_language: str
    name_latin: str
    sending: str
    receiving: str
    status: str
    first_on: date | None = None
    last_on: date | None = None
    days: int | None = None
    paid_on: date | None = None
    amount_minor: int = 0
    currency: str = ""
    eur_minor: int | None = None
    rate_source: str = ""
    rate_on: date | None = None
    stage: str = ""
    stage_status: str = ""
    article: str = ""
    latest_on: date | None = None
    met_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLine:
    """One row of an imported file: `line` is its line there. Days are known from first to last, or as a number."""

    import_id: int
    line: int
    title: str
    origin: str
    host: str
    people: int
    first_on: date
    last_on: date | None
    days: int
    discipline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesBehind:
    """A page of lines; `next_after` is empty at the end. Stays only: how many are counted, and how many without a case.

    The case of a stay without one was erased; it keeps its place in the figures. `imported_people` stand in
    `imported_rows` rows of files, which have a list of their own.
    """

    query: CasesQuery
    scope: ReportScope
    window: Window
    lines: tuple[CaseLine, ...]
    next_after: str
    total: int | None
    without_case: int
    imported: tuple[ImportedLine, ...] = ()
    imported_rows: int = 0
    imported_people: int = 0


def list_cases_behind(session: Session, actor: Actor, query: CasesQuery, *, now: datetime) -> CasesBehind:
    """Return a page of the cases behind a figure. Raises NotFound and InvalidInput as the report does."""
    scope = resolve_scope(session, actor, query.report)
    window = resolve_window(query.report, scope.year, now.date())
    total, without_case = None, 0
    rows = people = 0
    imported: list[ImportedLine] = []
    lines: list[CaseLine] = []
    if query.about in (About.STAYS, About.IMPORTED):
        wanted = _flows(query, scope, window, now.date())
        total, without_case = queries.count_flows(session, wanted)
        rows, people = queries.count_imported(session, wanted)
        if query.about is About.STAYS:
            lines, next_after = _stays(session, wanted, query.after)
        else:
            imported, next_after = _imported(session, wanted, query.after)
    elif query.about in (About.MONEY, About.NOT_CONVERTED):
        lines, next_after = _payments(session, query, scope, window)
    elif query.about in (About.KEPT, About.LATE):
        lines, next_after = _clocks(session, query, scope, window, now.date())
    else:
        lines, next_after = _stages(session, query, scope, window)
    return CasesBehind(
        query=query,
        scope=scope,
        window=window,
        lines=tuple(lines),
        next_after=next_after,
        total=total,
        without_case=without_case,
        imported=tuple(imported),
        imported_rows=rows,
        imported_people=people,
    )


def _flows(query: CasesQuery, scope: ReportScope, window: Window, today: date) -> FlowFilter:
    return FlowFilter(
        source=scope.source,
        origin=query.origin,
        host=query.host,
        window=window.days,
        planned=query.report.stays is StaysKind.PLANNED,
        by_days=query.report.unit is Unit.DAYS and not query.from_group,
        today=today,
        groups=group_years(window, query.from_group, query.to_group) if query.from_group else (),
    )


def _stays(session: Session, wanted: FlowFilter, after: str) -> tuple[list[CaseLine], str]:
    rows = queries.list_flow_cases(session, wanted, after=_day_key(after), limit=PAGE + 1)
    lines = [
        CaseLine(**_case(row), first_on=row.start_on, last_on=row.end_on, days=_days(row, wanted))
        for row in rows[:PAGE]
    ]
    return lines, _next(rows, lambda row: f"{row.start_on.isoformat()}.{row.flow_id}")


def _imported(session: Session, wanted: FlowFilter, after: str) -> tuple[list[ImportedLine], str]:
    rows = queries.list_imported_rows(session, wanted, after=_line_key(after), limit=PAGE + 1)
    lines = [
        ImportedLine(
            import_id=row.import_id,
            line=row.line,
            title=row.title,
            origin=row.origin,
            host=row.host,
            people=row.people,
            first_on=row.start_on,
            last_on=row.end_on,
            days=row.days,
            discipline=row.discipline,
        )
        for row in rows[:PAGE]
    ]
    return lines, _next(rows, lambda row: f"{row.import_id}.{row.line}")


def _days(row: Row[Any], wanted: FlowFilter) -> int | None:
    """Return the days that count: the whole stay's where heads are counted, those in the window where days are."""
    if row.end_on is None:
        return None
    if not wanted.by_days:
        return int((row.end_on - row.start_on).days) + 1
    first, last = wanted.window
    return int((min(row.end_on, last) - max(row.start_on, first)).days) + 1


def _payments(session: Session, query: CasesQuery, scope: ReportScope, window: Window) -> tuple[list[CaseLine], str]:
    wanted = PaymentFilter(
        programme_ids=scope.programme_ids,
        payer=query.origin,
        beneficiary=query.host,
        window=window.days,
        not_converted_only=query.about is About.NOT_CONVERTED,
    )
    rows = queries.list_payment_cases(session, wanted, after=_day_key(query.after), limit=PAGE + 1)
    lines = [
        CaseLine(
            **_case(row),
            paid_on=row.paid_on,
            amount_minor=row.amount_minor,
            currency=row.currency,
            eur_minor=row.amount_eur_minor,
            rate_source=row.rate_source,
            rate_on=row.rate_on,
        )
        for row in rows[:PAGE]
    ]
    return lines, _next(rows, lambda row: f"{row.paid_on.isoformat()}.{row.payment_id}")


def _stages(session: Session, query: CasesQuery, scope: ReportScope, window: Window) -> tuple[list[CaseLine], str]:
    wanted = StageFilter(
        cohort=cohort_of(scope.programme_ids, query.origin, query.host, window.days),
        sending=query.origin,
        office_country=query.host,
        statuses=statuses_of(ServiceResult(query.about.value)),
    )
    rows = statistics.list_stage_cases(session, wanted, after=_number_key(query.after), limit=PAGE + 1)
    lines = [
        CaseLine(**_case(row), stage=row.kind, stage_status=row.stage_status, last_on=row.ended_on)
        for row in rows[:PAGE]
    ]
    return lines, _next(rows, lambda row: str(row.stage_id))


def _clocks(
    session: Session, query: CasesQuery, scope: ReportScope, window: Window, today: date
) -> tuple[list[CaseLine], str]:
    wanted = ClockFilter(
        cohort=cohort_of(scope.programme_ids, query.origin, query.host, window.days),
        sending=query.origin,
        office_country=query.host,
        kept=query.about is About.KEPT,
        today=today,
        kinds_left_out=OWED_BY_NOBODY,
    )
    rows = statistics.list_clock_cases(session, wanted, after=_number_key(query.after), limit=PAGE + 1)
    lines = [
        CaseLine(**_case(row), stage=row.stage_kind, article=row.article, latest_on=row.latest_on, met_on=row.met_on)
        for row in rows[:PAGE]
    ]
    return lines, _next(rows, lambda row: str(row.clock_id))


def _case(row: Row[Any]) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "name": row.applicant_name,
        "name_language": row.applicant_name_language,
        "name_latin": row.applicant_name_latin,
        "sending": row.sending,
        "receiving": row.receiving,
        "status": row.status,
    }


def _next(rows: Sequence[Row[Any]], key: Any) -> str:
    return str(key(rows[PAGE - 1])) if len(rows) > PAGE else ""


def _day_key(after: str) -> tuple[date, int] | None:
    if not after:
        return None
    day, _, number = after.partition(".")
    row_id = _number_key(number)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        row_id = None
    if row_id is None:
        raise InvalidInput(field="after", reason="not_a_key", value=after)
    return on, row_id


def _line_key(after: str) -> tuple[int, int] | None:
    if not after:
        return None
    number, _, line = after.partition(".")
    found = (_number_key(number), _number_key(line))
    if found[0] is None or found[1] is None:
        raise InvalidInput(field="after", reason="not_a_key", value=after)
    return found[0], found[1]


def _number_key(after: str) -> int | None:
    if not after:
        return None
    if not after.isascii() or not after.isdecimal() or len(after) > 18:
        raise InvalidInput(field="after", reason="not_a_key", value=after)
    return int(after)
