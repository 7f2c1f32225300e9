"""The measures of one pair of countries, as a treaty report states them.

Decides net flow, balance, balance index, ratio and the exact test against chance. What counts as tilted is
decided in `lamps`; whether a figure may be shown, in `suppression`.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, exp, lgamma, log

from mobility.domain.reciprocity.quantities import Quantity, exact, share

LARGEST_EXACT_TOTAL = 2000
"""Up to here the test sums integers; above, logarithms, which agree to nine digits and stay fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMeasures:
    """One pair seen from `a`. `net` and `balance` are in − out: positive means that `a` hosts more."""

    a: str
    b: str
    ab: Quantity
    ba: Quantity
    total: Quantity
    net: Quantity
    balance: Fraction | None
    index: Fraction | None
    ratio: Fraction | None
    p: float | None


def balance(ab: Quantity, ba: Quantity) -> Fraction | None:
    """b(A) = (ba − ab)/T, −1..+1, positive: A hosts more. None without traffic."""
    return share(ba - ab, ab + ba)


def balance_index(ab: Quantity, ba: Quantity) -> Fraction | None:
    """GL = 2·min/T, 0..1, 1 = balanced. None without traffic.

    H. Grubel and P. Lloyd, Economic Record 47 (1971); Balassa's index of 1966 is 1 − GL.
    """
    return share(2 * min(ab, ba), ab + ba)


def binomial_p(ab: int, ba: int) -> float | None:
    """Two-sided exact binomial p of so uneven a split under a fair coin; None without traffic.

    For people only: days and money are not independent draws. p = min(1, 2·P(X ≤ min)), X ~ Bin(T, ½).
    """
    total, smaller = ab + ba, min(ab, ba)
    if total == 0:
        return None
    if 2 * smaller >= total - 1:  # the lower half of a fair coin holds at least ½
        return 1.0
    if total <= LARGEST_EXACT_TOTAL:
        return min(1.0, 2 * _lower_tail(total, smaller) / (1 << total))
    return min(1.0, 2 * _lower_tail_by_logarithms(total, smaller))


def _lower_tail(total: int, at_most: int) -> int:
    ways = term = 1
    for k in range(1, at_most + 1):
        term = term * (total - k + 1) // k
        ways += term
    return ways


def _lower_tail_by_logarithms(total: int, at_most: int) -> float:
    ways = lgamma(total + 1) - lgamma(at_most + 1) - lgamma(total - at_most + 1)
    largest = exp(ways - total * log(2))
    summed, term, k = 0.0, 1.0, at_most
    while k >= 0 and term > summed * 1e-17:  # terms shrink towards 0 cases; the rest is below a double's reach
        summed += term
        term *= k / (total - k + 1)
        k -= 1
    return largest * summed


@lru_cache(maxsize=512)
def expected_fair_index(total: int) -> Fraction | None:
    """Mean GL that a fair coin gives for so many cases: the yardstick beside a small pair's index.

    Exact; meant for small totals, where it matters (1000 cases: 0.975).
    """
    if total == 0:
        return None
    return Fraction(sum(2 * min(k, total - k) * comb(total, k) for k in range(total + 1)), total * 2**total)


@lru_cache(maxsize=512)
def smallest_telling_balance(total: int, level: float = 0.05) -> Fraction | None:
    """Smallest |b| that is less likely than `level` by chance; None if no split of so few cases is."""
    telling = [k for k in range(total // 2 + 1) if (binomial_p(k, total - k) or 1.0) < level]
    return Fraction(total - 2 * telling[-1], total) if telling else None


def measure_pair(a: str, b: str, ab: Quantity, ba: Quantity, *, people: bool) -> PairMeasures:
    """All measures of one pair; `p` only for people, because the test needs independent heads."""
    heads = people and isinstance(ab, int) and isinstance(ba, int)
    return PairMeasures(
        a=a,
        b=b,
        ab=ab,
        ba=ba,
        total=exact(ab + ba),
        net=exact(ba - ab),
        balance=balance(ab, ba),
        index=balance_index(ab, ba),
        ratio=share(ba, ab),
        p=binomial_p(int(ab), int(ba)) if heads else None,
    )
