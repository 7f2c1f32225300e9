"""Heads by direction and calendar year, and nothing else: the shortest way from the summary rows to a matrix.

To fetch a row costs more than to read it, so the hosts of one origin come together, as one text; what the rows mean is
decided in `storage/models/reciprocity`, days and other periods are summed in `storage/queries/flow_sums`.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import repeat
from typing import Any

from sqlalchemy import String, bindparam, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from mobility.storage.prepared import Statement, prepared
from mobility.storage.queries.flow_source import Days, FlowSource, SumsForm, of_sums
from mobility.storage.queries.flow_sums import LAST_YEAR_PERIOD, ONE_DAY, SUMS, sum_flows

YearHeads = dict[tuple[int, str, str], int]
"""Heads by year, origin and host; no zeros."""


class Listed(FunctionElement[str]):
    """The texts of a group with commas between, in no order."""

    type = String()
    inherit_cache = True


@compiles(Listed, "sqlite")
def _listed_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(Listed, "postgresql")
def _listed_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, ',')"


def sum_heads_by_year(session: Session, source: FlowSource, window: Days) -> YearHeads:
    """Return the heads of each calendar year of the window, of stays whose last day is recorded.

    Years that the window cuts are counted as far as it reaches.
    """
    bounds = _periods(window, source.discipline)
    if bounds is None:
        return _counted(session, source, window)
    values = source.sums_values | {"low": bounds[0], "high": bounds[1]}
    directions: list[tuple[int, str, str]] = []
    numbers: list[int] = []
    for period, origin, listed in session.connection().execute(_heads(source.sums_form), values):
        year = period if period <= LAST_YEAR_PERIOD else period // 100
        cells = listed.split(",")
        directions += zip(repeat(year), repeat(origin), cells[::2])
        numbers += map(int, cells[1::2])
    return _summed(directions, numbers)


def _summed(directions: Sequence[tuple[int, str, str]], numbers: Sequence[int]) -> YearHeads:
    """Return one sum for each direction: months, programmes and imports may each tell of the same."""
    found = dict(zip(directions, numbers, strict=True))
    if len(found) < len(directions):
        found = dict.fromkeys(found, 0)
        for direction, number in zip(directions, numbers, strict=True):
            found[direction] += number
    return found


def _periods(window: Days, discipline: str) -> tuple[int, int] | None:
    """Return the first and the last summary period of a window, years or else months; None if it cuts one."""
    first, last, after = *window, window[1] + ONE_DAY
    if (first.day, first.month, after.day, after.month) == (1, 1, 1, 1):
        return first.year, last.year
    if first.day == 1 and after.day == 1 and not discipline:
        return first.year * 100 + first.month, last.year * 100 + last.month
    return None


@prepared
def _heads(form: SumsForm) -> Statement:
    keys = (SUMS.programme_id, SUMS.period, SUMS.origin)
    period = SUMS.period.between(bindparam("low"), bindparam("high"))
    return (
        select(SUMS.period, SUMS.origin, Listed(SUMS.host + "," + type_coerce(SUMS.heads, String)))
        .where(*of_sums(form), period, SUMS.heads > 0)
        .group_by(*keys)
    )


def _counted(session: Session, source: FlowSource, window: Days) -> YearHeads:
    """Count row by row; as in the sums, a stay that began in the window counts wherever its last day lies."""
    found: defaultdict[tuple[int, str, str], int] = defaultdict(int)
    for year in range(window[0].year, window[1].year + 1):
        span = (max(window[0], date(year, 1, 1)), min(window[1], date(year, 12, 31)))
        for each in sum_flows(session, source, [span], planned=False, today=date.max):
            found[year, each.origin, each.host] += each.heads[0]
    return {key: heads for key, heads in found.items() if heads}
