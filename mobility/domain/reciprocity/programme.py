"""The measures of a whole programme or network of countries.

Decides the headline r, its country versions, MEI, the mean balance indices, binary reciprocity and the list of
largest imbalances. The corrected coefficient ρ is left out on purpose: its sign depends on the null model. Level
and window of aggregation belong beside every figure, because pooling raises balance; they are the caller's.
"""

from dataclasses import dataclass
from fractions import Fraction
from heapq import nsmallest

from mobility.domain.reciprocity.flows import FlowTable
from mobility.domain.reciprocity.pairs import PairMeasures, balance_index, measure_pair
from mobility.domain.reciprocity.quantities import Quantity, magnitude, share


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeMeasures:
    """`r`, `weighted_index`, `mean_index` and `binary` are 0..1; `mei` is 0..100, 0 = balanced."""

    total: Quantity
    domestic: Quantity
    pairs: int
    r: Fraction | None
    weighted_index: Fraction | None
    mean_index: Fraction | None
    mei: Fraction | None
    binary: Fraction | None

    @property
    def settled_through_others(self) -> Fraction | None:
        """(1 − MEI/100) − r: the imbalance of pairs that cancels through third countries, as in a pool."""
        return None if self.r is None or self.mei is None else 1 - self.mei / 100 - self.r


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryMeasures:
    """One country against all others. `net` and `balance` are in − out: positive, it hosts more."""

    country: str
    sent: Quantity
    hosted: Quantity
    net: Quantity
    balance: Fraction | None
    r_out: Fraction | None
    r_in: Fraction | None


def weighted_reciprocity(table: FlowTable) -> Fraction | None:
    """r = Σ min(w_ij, w_ji)/W over ordered pairs; None without traffic.

    Squartini, Picciolo, Ruzzenenti, Garlaschelli, Sci. Rep. 3:2729 (2013), doi 10.1038/srep02729.
    """
    returned = sum((min(ab, ba) for _, _, ab, ba in table.pairs()), start=0)
    return share(2 * returned, table.total)


def weighted_mean_index(table: FlowTable) -> Fraction | None:
    """Mean GL of the pairs, weighted by traffic. Equal to r: computed pair by pair as a check on it."""
    weighted: Quantity = 0
    for _, _, ab, ba in table.pairs():
        weighted += (balance_index(ab, ba) or 0) * (ab + ba)
    return share(weighted, table.total)


def mean_index(table: FlowTable) -> Fraction | None:
    """Plain mean GL over pairs with traffic: much lower than r, so shown only under its own name."""
    indices = [balance_index(ab, ba) or Fraction(0) for _, _, ab, ba in table.pairs()]
    return Fraction(sum(indices), len(indices)) if indices else None


def migration_effectiveness(table: FlowTable) -> Fraction | None:
    """MEI = 100·Σ|in − out|/Σ(in + out) over countries, 0..100. Bell and Muhidin 2009."""
    strengths = table.strengths().values()
    uneven = sum((magnitude(hosted - sent) for sent, hosted in strengths), start=0)
    return share(100 * uneven, 2 * table.total)


def binary_reciprocity(table: FlowTable) -> Fraction | None:
    """Ordered links whose return link exists / all ordered links; weights play no part."""
    returned = sum(1 for origin, host in table.links if (host, origin) in table.links)
    return share(returned, len(table.links))


def top_imbalances(table: FlowTable, limit: int = 10) -> list[PairMeasures]:
    """Pairs with net ≠ 0 by |net| descending, then by the codes; `a` before `b` by code point."""
    uneven = ((-magnitude(ba - ab), a, b, ab, ba) for a, b, ab, ba in table.pairs() if ab != ba)
    return [measure_pair(a, b, ab, ba, people=True) for _, a, b, ab, ba in nsmallest(limit, uneven)]


def measure_country(table: FlowTable, country: str) -> CountryMeasures:
    """Sent, hosted, and the part of each that comes back from the same partner."""
    sent, hosted = table.strengths().get(country, (0, 0))
    returned = sum((min(table.weight(country, p), table.weight(p, country)) for p in table.partners(country)), start=0)
    return CountryMeasures(
        country=country,
        sent=sent,
        hosted=hosted,
        net=hosted - sent,
        balance=share(hosted - sent, sent + hosted),
        r_out=share(returned, sent),
        r_in=share(returned, hosted),
    )


def measure_programme(table: FlowTable) -> ProgrammeMeasures:
    """All measures of the table; None where there is no traffic to measure."""
    return ProgrammeMeasures(
        total=table.total,
        domestic=table.total_domestic,
        pairs=sum(1 for _ in table.pairs()),
        r=weighted_reciprocity(table),
        weighted_index=weighted_mean_index(table),
        mean_index=mean_index(table),
        mei=migration_effectiveness(table),
        binary=binary_reciprocity(table),
    )
