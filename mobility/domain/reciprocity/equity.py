"""Who benefits, by income of the country and against an outside denominator.

Decides the income-group matrix, with the group of the calendar year of each flow (never today's), and the ratios
that compare opportunities with people. Where groups come from is the caller's: World Bank, historical classification.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from mobility.domain.reciprocity.flows import FlowTable, pool_flows
from mobility.domain.reciprocity.quantities import Quantity, share

UNCLASSIFIED = "unclassified"
"""Shown as its own row and column: no group for that country in that year."""

INCOME_GROUPS = ("LIC", "LMC", "UMC", "HIC")
"""World Bank codes from poorest to richest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFlow:
    """A flow with the calendar year in which it began."""

    year: int
    origin: str
    host: str
    weight: Quantity


def group_flows(flows: Iterable[YearFlow], group_of: Callable[[str, int], str | None]) -> FlowTable:
    """Flows between income groups; those inside one group count as domestic to it.

    `group_of(country, year)` gives the group of that calendar year or None, which becomes "unclassified".
    """
    return pool_flows(
        (group_of(f.origin, f.year) or UNCLASSIFIED, group_of(f.host, f.year) or UNCLASSIFIED, f.weight)
        for f in flows
        if f.origin != f.host
    )


def group_matrix(table: FlowTable) -> list[tuple[str, list[Quantity]]]:
    """Rows = group of the origin, columns = group of the host, both poorest first, "unclassified" last."""
    order = (*INCOME_GROUPS, UNCLASSIFIED)
    return [
        (row, [table.domestic.get(row, 0) if row == column else table.weight(row, column) for column in order])
        for row in order
    ]


def without_unclassified(table: FlowTable) -> FlowTable:
    """The classified flows only, as the measures of the group matrix need them."""
    return FlowTable(
        links={pair: weight for pair, weight in table.links.items() if UNCLASSIFIED not in pair},
        domestic={group: weight for group, weight in table.domestic.items() if group != UNCLASSIFIED},
    )


def representation_ratio(
    opportunities: Quantity, all_opportunities: Quantity, people: Quantity, all_people: Quantity
) -> Fraction | None:
    """Share of opportunities / share of population (or of eligible applicants); 1 = as many as people."""
    received, present = share(opportunities, all_opportunities), share(people, all_people)
    return None if received is None or not present else received / present


def outbound_ratio(outbound: Quantity, enrolment: Quantity) -> Fraction | None:
    """Outbound mobility ratio in per cent of tertiary enrolment (UNESCO Institute for Statistics)."""
    return share(100 * outbound, enrolment)


def net_flow_ratio(inbound: Quantity, outbound: Quantity, enrolment: Quantity) -> Fraction | None:
    """(in − out)/enrolment in per cent (UNESCO Institute for Statistics)."""
    return share(100 * (inbound - outbound), enrolment)
