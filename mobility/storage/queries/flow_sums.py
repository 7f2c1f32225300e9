"""Heads and days by direction and period, from the summary rows; from the flows themselves where those cannot tell.

Summary rows exist by calendar year and by month. Periods that begin and end with a year or a month are read from
them; a window given to the day, or one discipline in another accounting year than the calendar's, is counted from the
flows. Planned stays are always counted from the flows: they are few. What the sums mean is decided in the domain.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Integer

from mobility.storage.flow_counting import day_number
from mobility.storage.models.reciprocity import Flow, FlowImport, FlowSummary, ImportedFlow
from mobility.storage.queries.flow_source import Days, FlowSource, is_over, of_sums

ONE_DAY: Final = timedelta(days=1)
SUMS: Final = FlowSummary.__table__.c
"""Thousands of rows are read: as plain columns they come in half the time that mapped ones take."""

LAST_YEAR_PERIOD: Final = 9999
"""Periods up to here are years, those above are months (201804)."""

Key = tuple[int, str, str]


class DayNumber(FunctionElement[int]):
    """A day as a whole number, 1 for 1 January of year 1, so that days can be subtracted on both databases."""

    type = Integer()
    inherit_cache = True


@compiles(DayNumber, "sqlite")
def _day_number_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return day_number(compiler.process(element.clauses, **options), "sqlite")


@compiles(DayNumber, "postgresql")
def _day_number_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return day_number(compiler.process(element.clauses, **options), "postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSum:
    """What one programme sent from one country to another; one number of heads and of days for each period asked.

    The programme is 0 for a collection without one.
    """

    programme_id: int
    origin: str
    host: str
    heads: tuple[int, ...]
    days: tuple[int, ...]


def sum_flows(
    session: Session, source: FlowSource, periods: Sequence[Days], *, planned: bool, today: date
) -> list[FlowSum]:
    """Return heads (first day in the period) and days (inside it, both ends counted) per direction.

    A stay without an end has no days, because its length is not known.
    """
    return read_flows(session, source, periods, planned=planned, today=today)[0]


def read_flows(
    session: Session, source: FlowSource, periods: Sequence[Days], *, planned: bool, today: date
) -> tuple[list[FlowSum], int]:
    """Return the same, and how many people arrived in the first period and have not gone home yet: two statements."""
    ahead, under_way = _under_way(session, source, periods, today)
    if planned:
        return _direct_cases(session, source, periods, [Flow.status == "planned", *_running(today)]), under_way
    if (in_months := _in_months(periods, source.discipline)) is not None:
        counted = _from_summary(session, source, periods, in_months=in_months)
        return _merged(counted, [_negative(each) for each in ahead]), under_way
    cases = _direct_cases(session, source, periods, [is_over(today)])
    return _merged([*cases, *_direct_imports(session, source, periods)]), under_way


def _running(today: date) -> list[ColumnElement[bool]]:
    """Conditions of stays under way, apart: one index serves each, and none serves both at once."""
    return [and_(Flow.status == "actual", Flow.end_on.is_(None)), and_(Flow.status == "actual", Flow.end_on > today)]


def _rows_of(source: FlowSource, conditions: Sequence[ColumnElement[bool]]) -> CompoundSelect[Any]:
    """Return the flows that meet any of the conditions; no flow meets two."""
    columns = (Flow.programme_id, Flow.origin, Flow.host, Flow.start_on, Flow.end_on)
    return union_all(*(select(*columns).where(*source.of_cases(), condition) for condition in conditions))


def _under_way(session: Session, source: FlowSource, periods: Sequence[Days], today: date) -> tuple[list[FlowSum], int]:
    """Return stays whose last day is recorded and lies ahead, and how many arrived in the first period and stay on.

    The summary counts a stay once its last day is recorded; it is over only when that day has come.
    """
    if source.collection is not None:
        return [], 0
    rows = _rows_of(source, _running(today)).subquery().c
    arrived = func.sum(case((rows.start_on.between(*periods[0]), 1), else_=0))
    known = case((rows.end_on.is_not(None), 1), else_=0)
    columns = [
        column
        for period in periods
        for column in (_heads_in(rows, known, period), _days_in(rows, literal(1), literal(0), period))
    ]
    keys = (rows.programme_id, rows.origin, rows.host)
    query = select(arrived, *keys, *columns).group_by(*keys)
    sums, under_way = [], 0
    for number, *row in session.execute(query):
        under_way += int(number or 0)
        each = _as_sum(row)
        if any(each.heads) or any(each.days):
            sums.append(each)
    return sums, under_way


def _whole(column: Any) -> ColumnElement[int]:
    """A sum of whole numbers that is one on both databases; PostgreSQL would give a decimal."""
    return cast(func.sum(column), BigInteger)


def _in_months(periods: Sequence[Days], discipline: str) -> bool | None:
    """Tell whether months are needed (True) or years do (False); None where the summary cannot tell."""
    ends = [(first, last + ONE_DAY) for first, last in periods]
    if all(day.day == 1 and day.month == 1 for pair in ends for day in pair):
        return False
    if not discipline and all(day.day == 1 for pair in ends for day in pair):
        return True
    return None


def _unit(day: date, in_months: bool) -> int:
    return day.year * 100 + day.month if in_months else day.year


def _from_summary(session: Session, source: FlowSource, periods: Sequence[Days], *, in_months: bool) -> list[FlowSum]:
    cuts = sorted({day for first, last in periods for day in (first, last + ONE_DAY)})
    units = [_unit(day, in_months) for day in cuts]
    bucket = case(*((SUMS.period < unit, place) for place, unit in enumerate(units)), else_=len(units))
    sums = (SUMS.heads, SUMS.days, SUMS.starts, SUMS.start_days)
    columns = [_whole(each) for each in (*sums, SUMS.ends, SUMS.end_days)]
    lowest = LAST_YEAR_PERIOD + 1 if in_months else 1
    query = (
        select(SUMS.programme_id, SUMS.origin, SUMS.host, bucket.label("bucket"), *columns)
        .where(*of_sums(source.sums_form), SUMS.period >= lowest, SUMS.period < units[-1])
        .group_by(SUMS.programme_id, SUMS.origin, SUMS.host, bucket)
    )
    cells: defaultdict[Key, dict[int, Sequence[int]]] = defaultdict(dict)
    for row in session.connection().execute(query, source.sums_values):
        cells[row[:3]][row[3]] = row[4:]
    numbers = [day.toordinal() for day in cuts]
    spans = [(cuts.index(first), cuts.index(last + ONE_DAY)) for first, last in periods]
    found = [_unfolded(key, cells[key], numbers, spans) for key in sorted(cells)]
    return [each for each in found if each]


def _unfolded(
    key: Key, cells: dict[int, Sequence[int]], cuts: Sequence[int], spans: Sequence[tuple[int, int]]
) -> FlowSum | None:
    """Return heads and days between every two cuts, put together as spans; None where nothing was ever counted."""
    none = (0, 0, 0, 0, 0, 0)
    _, _, starts, start_days, ends, end_days = cells.get(0, none)
    ever = cells.get(0, none)[0]
    heads, days = [], []
    for place, (low, high) in enumerate(pairwise(cuts), start=1):
        before = low * (starts - ends) - start_days + end_days
        new_heads, lump, new_starts, new_start_days, new_ends, new_end_days = cells.get(place, none)
        starts, start_days = starts + new_starts, start_days + new_start_days
        ends, end_days = ends + new_ends, end_days + new_end_days
        heads.append(new_heads)
        days.append(high * (starts - ends) - start_days + end_days - before + lump)
        ever += new_heads
    if not ever:
        return None
    return FlowSum(
        programme_id=key[0],
        origin=key[1],
        host=key[2],
        heads=tuple(sum(heads[first:last]) for first, last in spans),
        days=tuple(sum(days[first:last]) for first, last in spans),
    )


def _negative(each: FlowSum) -> FlowSum:
    return FlowSum(
        programme_id=each.programme_id,
        origin=each.origin,
        host=each.host,
        heads=tuple(-number for number in each.heads),
        days=tuple(-number for number in each.days),
    )


def _merged(sums: Sequence[FlowSum], others: Sequence[FlowSum] = ()) -> list[FlowSum]:
    """Return one sum per programme and direction, in their order."""
    if not others and len({(each.programme_id, each.origin, each.host) for each in sums}) == len(sums):
        return list(sums)
    groups: defaultdict[Key, list[FlowSum]] = defaultdict(list)
    for each in (*sums, *others):
        groups[each.programme_id, each.origin, each.host].append(each)
    return [
        FlowSum(
            programme_id=key[0],
            origin=key[1],
            host=key[2],
            heads=tuple(map(sum, zip(*(each.heads for each in group), strict=True))),
            days=tuple(map(sum, zip(*(each.days for each in group), strict=True))),
        )
        for key, group in sorted(groups.items())
    ]


def _heads_in(rows: Any, people: Any, period: Days) -> ColumnElement[int]:
    return func.sum(case((rows.start_on.between(*period), people), else_=0))


def _days_in(rows: Any, people: Any, lump: Any, period: Days) -> ColumnElement[int]:
    first, last = period
    started = case((rows.start_on > first, rows.start_on), else_=literal(first))
    ended = case((rows.end_on < last, rows.end_on), else_=literal(last))
    overlaps = and_(rows.start_on <= last, rows.end_on >= first)
    given = and_(rows.end_on.is_(None), rows.start_on.between(first, last))
    within = (DayNumber(ended) - DayNumber(started) + 1) * cast(people, BigInteger)
    return func.sum(case((overlaps, within), (given, lump), else_=0))


def _direct_cases(
    session: Session, source: FlowSource, periods: Sequence[Days], conditions: Sequence[ColumnElement[bool]]
) -> list[FlowSum]:
    if source.collection is not None:
        return []
    rows = _rows_of(source, conditions).subquery().c
    columns = [
        column
        for period in periods
        for column in (_heads_in(rows, literal(1), period), _days_in(rows, literal(1), literal(0), period))
    ]
    keys = (rows.programme_id, rows.origin, rows.host)
    reached = rows.start_on <= max(last for _, last in periods)
    query = select(*keys, *columns).where(reached).group_by(*keys).order_by(*keys)
    return [_as_sum(row) for row in session.execute(query)]


def _direct_imports(session: Session, source: FlowSource, periods: Sequence[Days]) -> list[FlowSum]:
    rows = ImportedFlow
    columns = [
        column
        for period in periods
        for column in (_heads_in(rows, rows.people, period), _days_in(rows, rows.people, rows.days, period))
    ]
    programme = func.coalesce(FlowImport.programme_id, 0)
    query = (
        select(programme, rows.origin, rows.host, *columns)
        .join(FlowImport, FlowImport.id == rows.import_id)
        .where(*source.of_imports(), rows.start_on <= max(last for _, last in periods))
        .group_by(programme, rows.origin, rows.host)
        .order_by(programme, rows.origin, rows.host)
    )
    return [_as_sum(row) for row in session.execute(query)]


def _as_sum(row: Any) -> FlowSum:
    programme_id, origin, host, *values = row
    numbers = [int(value or 0) for value in values]
    heads, days = tuple(numbers[0::2]), tuple(numbers[1::2])
    return FlowSum(programme_id=programme_id, origin=origin, host=host, heads=heads, days=days)


def first_day_of_flows(session: Session, source: FlowSource) -> date | None:
    """Return the first day of the earliest month in which any counted stay began; planned and running ones count."""
    everything = FlowSource(programme_ids=source.programme_ids, collection=source.collection)
    months = (
        select(FlowSummary.period)
        .where(*of_sums(everything.sums_form), FlowSummary.period > LAST_YEAR_PERIOD, FlowSummary.heads > 0)
        .order_by(FlowSummary.period)
        .limit(1)
    )
    planned = select(func.min(Flow.start_on)).where(*everything.of_cases(), Flow.status == "planned")
    running = select(func.min(Flow.start_on)).where(
        *everything.of_cases(), Flow.status == "actual", Flow.end_on.is_(None)
    )
    firsts = select(months.scalar_subquery(), planned.scalar_subquery(), running.scalar_subquery())
    month, *days = session.execute(firsts, everything.sums_values).one()
    found = [] if month is None else [date(month // 100, month % 100, 1)]
    return min([*found, *(day for day in days if day is not None)], default=None)
