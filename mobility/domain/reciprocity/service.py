"""How each side serves the other's people: approval, time limits kept, time to decide.

Decides the denominators (refused is divided by decided, never by applied), the Wilson interval and the
Kaplan–Meier median in which open cases count as still open. Comparing two sides is the service lamp's business.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.quantities import share

Z_95 = 1.959964
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """`count` out of `n` with its Wilson 95 % interval; the bounds are floats, the share is exact."""

    count: int
    n: int
    share: Fraction
    low: float
    high: float

    def overlaps(self, other: "Proportion") -> bool:
        """Whether the intervals touch; only where they do not does the difference count."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCounts:
    """One side's applicants at the other's offices. Withdrawn and pending are shown and stay out of the rates.

    `kept` of `limited`: decided within the limit, of all that were decided or are open past the limit; open cases
    still within it are in neither, and paused days do not run.
    """

    approved: int = 0
    refused: int = 0
    withdrawn: int = 0
    pending: int = 0
    kept: int = 0
    limited: int = 0

    @property
    def decided(self) -> int:
        return self.approved + self.refused

    @property
    def applied(self) -> int:
        return self.decided + self.withdrawn + self.pending


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Days from filing to decision, or to today for a case still open."""

    days: int
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalStep:
    """Share still waiting after `days`, at each day on which a case was decided."""

    days: int
    waiting: Fraction


def proportion(count: int, n: int) -> Proportion | None:
    """Share with Wilson's interval; None for n = 0. Raises InvalidInput if the count is not within 0..n.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927).
    """
    if not 0 <= count <= n:
        raise InvalidInput(field="count", reason="not_within_total", value=f"{count}/{n}")
    if n == 0:
        return None
    p, zz = count / n, Z_95 * Z_95
    centre = (p + zz / (2 * n)) / (1 + zz / n)
    half = Z_95 / (1 + zz / n) * sqrt(p * (1 - p) / n + zz / (4 * n * n))
    low = 0.0 if count == 0 else max(0.0, centre - half)  # exactly 0 and 1 at the ends, not 1e-17
    high = 1.0 if count == n else min(1.0, centre + half)
    return Proportion(count=count, n=n, share=Fraction(count, n), low=low, high=high)


def approval(counts: ServiceCounts) -> Proportion | None:
    """approved/(approved + refused)."""
    return proportion(counts.approved, counts.decided)


def refusal_share(counts: ServiceCounts) -> Fraction | None:
    """refused/decided: one official series divides by applications in some years, which is another measure."""
    return share(counts.refused, counts.decided)


def compliance(counts: ServiceCounts) -> Proportion | None:
    """Decided within the limit/(decided + open past the limit)."""
    return proportion(counts.kept, counts.limited)


def survival(waits: Iterable[Wait]) -> list[SurvivalStep]:
    """Kaplan–Meier estimate, exact. A case open at t days is still at risk on day t."""
    waited = list(waits)
    decided = Counter(wait.days for wait in waited if wait.decided)
    left = Counter(wait.days for wait in waited)
    at_risk, waiting, steps = len(waited), Fraction(1), []
    for days in sorted(left):
        if decided[days]:
            waiting *= Fraction(at_risk - decided[days], at_risk)
            steps.append(SurvivalStep(days=days, waiting=waiting))
        at_risk -= left[days]
    return steps


def median_wait_days(waits: Iterable[Wait]) -> int | None:
    """Smallest t with S(t) ≤ ½; None if half have not been decided yet."""
    half = Fraction(1, 2)
    return next((step.days for step in survival(waits) if step.waiting <= half), None)
