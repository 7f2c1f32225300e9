"""Who benefits: people between income groups, by the World Bank's group of the year in which each stay began."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from mobility.domain.reciprocity.equity import (
    INCOME_GROUPS,
    UNCLASSIFIED,
    YearFlow,
    group_flows,
    group_matrix,
    without_unclassified,
)
from mobility.domain.reciprocity.programme import ProgrammeMeasures, measure_programme
from mobility.domain.reciprocity.quantities import Quantity, share
from mobility.services.reciprocity.questions import Window
from mobility.storage.income_groups import installed_income_groups
from mobility.storage.queries.flow_heads import sum_heads_by_year
from mobility.storage.queries.flow_source import FlowSource
from mobility.storage.queries.reciprocity import GroupYear

GROUPS = (*INCOME_GROUPS, UNCLASSIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCell:
    """People from a group to the group of this column; `share` of all, None without anybody."""

    group: str
    people: Quantity
    share: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group of origin."""

    group: str
    cells: tuple[GroupCell, ...]
    sent: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """The group matrix, poorest first; `measures` are those of the classified flows between groups.

    `last_year` is the last one for which the World Bank's groups are known.
    """

    rows: tuple[GroupRow, ...]
    hosted: tuple[Quantity, ...]
    total: Quantity
    unclassified: Quantity
    last_year: int
    measures: ProgrammeMeasures


def read_equity(session: Session, source: FlowSource, window: Window) -> Equity:
    """Return the matrix of a window; stays within one country are left out, those within one group are not."""
    groups = installed_income_groups()
    flows = (
        YearFlow(year=year, origin=origin, host=host, weight=heads)
        for (year, origin, host), heads in sum_heads_by_year(session, source, window.days).items()
    )
    table = group_flows(flows, lambda country, year: groups.get((country, year)))
    matrix = group_matrix(table)
    total = sum((people for _, cells in matrix for people in cells), start=0)
    rows = tuple(_row(group, cells, total) for group, cells in matrix)
    hosted = tuple(sum((cells[place] for _, cells in matrix), start=0) for place in range(len(GROUPS)))
    classified = sum((people for _, cells in matrix[:-1] for people in cells[:-1]), start=0)
    return Equity(
        rows=rows,
        hosted=hosted,
        total=total,
        unclassified=total - classified,
        last_year=max(year for _, year in groups),
        measures=measure_programme(without_unclassified(table)),
    )


def _row(group: str, cells: list[Quantity], total: Quantity) -> GroupRow:
    found = tuple(
        GroupCell(group=name, people=people, share=share(people, total))
        for name, people in zip(GROUPS, cells, strict=True)
    )
    return GroupRow(group=group, cells=found, sent=sum(cells, start=0))


def group_years(window: Window, origin_group: str, host_group: str) -> tuple[GroupYear, ...]:
    """Return which countries a cell of the matrix counts in each calendar year of the window."""
    groups = installed_income_groups()
    found = []
    for year in range(window.first_on.year, window.last_on.year + 1):
        members = {
            group: frozenset(country for (country, number), name in groups.items() if (number, name) == (year, group))
            for group in INCOME_GROUPS
        }
        found.append(
            GroupYear(
                first_on=max(window.first_on, date(year, 1, 1)),
                last_on=min(window.last_on, date(year, 12, 31)),
                origins=members.get(origin_group),
                hosts=members.get(host_group),
                classified=frozenset().union(*members.values()),
            )
        )
    return tuple(found)
