"""How evenly a programme's opportunities are spread over its parties.

Decides Herfindahl–Hirschman, Gini and the concentration index by income rank. Zeros count: a party that received
nothing is part of the distribution, so callers pass all treaty parties. Income groups by year are in `equity`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from mobility.domain.reciprocity.quantities import Quantity, share


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedAmount:
    """What a country or an income group received. `rank_value` orders from poorest to richest (GNI per head,
    or the group's place); `size` is the number of members it stands for (1 country, or its population)."""

    rank_value: Quantity
    size: Quantity
    amount: Quantity


def herfindahl(amounts: Sequence[Quantity]) -> Fraction | None:
    """HHI = Σ s², 1/n..1; None if nothing was received."""
    total = sum(amounts, start=0)
    return sum((Fraction(x, 1) / total * x / total for x in amounts), start=Fraction(0)) if total else None


def herfindahl_normalised(amounts: Sequence[Quantity]) -> Fraction | None:
    """(HHI − 1/n)/(1 − 1/n), 0..1; None for one party, or if nothing was received."""
    hhi, n = herfindahl(amounts), len(amounts)
    return None if hhi is None or n == 1 else (hhi - Fraction(1, n)) / (1 - Fraction(1, n))


def gini(amounts: Sequence[Quantity]) -> Fraction | None:
    """Σ(2k − n − 1)·x_k/(n·Σx), x ascending, over all parties with zeros included; None if Σx = 0."""
    n = len(amounts)
    weighted = sum(((2 * k - n - 1) * x for k, x in enumerate(sorted(amounts), start=1)), start=0)
    return share(weighted, n * sum(amounts, start=0))


def concentration_index(entries: Iterable[RankedAmount]) -> Fraction | None:
    """C = 2·cov(y, R)/mean(y), −1..1, negative: the poorer receive more than their share.

    R is the fractional rank from poorest to richest; equal ranks form one group with its midpoint, so that the
    order inside a tie cannot matter. None if nobody is counted or nothing was received. World Bank, Quantitative
    Techniques for Health Equity Analysis, Technical Note 7; Wagstaff, Paci, van Doorslaer 1991.
    """
    ordered = sorted(entries, key=lambda entry: entry.rank_value)
    people = sum((entry.size for entry in ordered), start=0)
    received = sum((entry.amount for entry in ordered), start=0)
    if not people or not received:
        return None
    covered, weighted_rank = Fraction(0), Fraction(0)
    for _, tied in groupby(ordered, key=lambda entry: entry.rank_value):
        group = list(tied)
        part = Fraction(sum((entry.size for entry in group), start=0)) / people
        midpoint = covered + part / 2
        weighted_rank += midpoint * sum((entry.amount for entry in group), start=0) / received
        covered += part
    return 2 * weighted_rank - 1  # = 2·cov/mean, because midpoints average to one half
