"""A table of directed flows: how much went from each country to each other country.

Decides what enters a measure: rows of one direction are summed, weight 0 makes no link, and same-country flows
are kept apart as domestic. Which cases become flows is decided in `accounting`; measures are in `pairs` and
`programme`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.quantities import Quantity, exact

Flow = tuple[str, str, int | Fraction | Decimal]
"""origin, host, weight: people, days or money; the origin is the sending side, never the nationality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTable:
    """Summed flows of one window and one unit. Make it with `pool_flows`; `links` holds only weights above 0."""

    links: Mapping[tuple[str, str], Quantity]
    domestic: Mapping[str, Quantity]

    @property
    def total(self) -> Quantity:
        """W: everything that crossed a border; domestic flows are not in it."""
        return exact(sum(self.links.values(), start=0))

    @property
    def total_domestic(self) -> Quantity:
        return exact(sum(self.domestic.values(), start=0))

    def weight(self, origin: str, host: str) -> Quantity:
        """0 where nothing went."""
        return self.links.get((origin, host), 0)

    def pairs(self) -> Iterator[tuple[str, str, Quantity, Quantity]]:
        """Each unordered pair with any traffic once, as (a, b, a→b, b→a) with a before b by code point."""
        for (origin, host), weight in self.links.items():
            if origin < host:
                yield origin, host, weight, self.links.get((host, origin), 0)
            elif (host, origin) not in self.links:
                yield host, origin, 0, weight

    def strengths(self) -> dict[str, tuple[Quantity, Quantity]]:
        """For each country with traffic: (sent, hosted)."""
        sent: defaultdict[str, Quantity] = defaultdict(int)
        hosted: defaultdict[str, Quantity] = defaultdict(int)
        for (origin, host), weight in self.links.items():
            sent[origin] += weight
            hosted[host] += weight
        return {country: (sent[country], hosted[country]) for country in sorted({*sent, *hosted})}

    def partners(self, country: str) -> list[str]:
        """Countries with traffic to or from this one, in order of their codes."""
        met = {host for origin, host in self.links if origin == country}
        return sorted(met | {origin for origin, host in self.links if host == country})


def pool_flows(rows: Iterable[Flow]) -> FlowTable:
    """Sums the rows into one table, whatever their order. Filter the window and the unit before.

    Raises InvalidInput(field="weight", reason="negative") for a weight below 0.
    """
    links: defaultdict[tuple[str, str], Quantity] = defaultdict(int)
    domestic: defaultdict[str, Quantity] = defaultdict(int)
    for origin, host, weight in rows:
        if weight < 0:
            raise InvalidInput(field="weight", reason="negative", value=str(weight), origin=origin, host=host)
        if origin == host:
            domestic[origin] += exact(weight)
        elif weight:
            links[origin, host] += exact(weight)
    return FlowTable(
        links={pair: exact(weight) for pair, weight in links.items()},  # ½ + ½ is the whole number 1
        domestic={country: exact(weight) for country, weight in domestic.items()},
    )
