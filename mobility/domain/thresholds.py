"""Followed thresholds: what is measured, and when a threshold counts as crossed.

"r of this instrument falls below …" looks at weighted reciprocity, of 20 people or more. "The balance leaves the
tolerance" looks at the people of one pair and is crossed only where the people lamp tilts: a large difference among
few people is no news.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.flows import FlowTable
from mobility.domain.reciprocity.lamps import FEWEST_BEHIND, PairEvidence, judge_lamps
from mobility.domain.reciprocity.pairs import balance
from mobility.domain.reciprocity.programme import weighted_reciprocity


class ThresholdKind(StrEnum):
    R_BELOW = "r_below"
    BALANCE_OUTSIDE = "balance_outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What is followed. `pair` is empty for r; `level` is a share of one: the least r, or the largest |b|."""

    kind: ThresholdKind
    level: Fraction
    pair: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise InvalidInput(field="level", reason="not_between", value=str(self.level))
        if (self.pair is None) != (self.kind is ThresholdKind.R_BELOW):
            raise InvalidInput(field="pair", reason="not_a_pair", value=self.kind.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was found: `value` is r or |b|, None where it is undefined; an undefined measure crosses nothing."""

    value: Fraction | None
    is_crossed: bool


def measure(threshold: Threshold, people: FlowTable) -> Measured:
    """Measure a threshold on the people of a window."""
    if threshold.pair is None:
        r = weighted_reciprocity(people)
        return Measured(value=r, is_crossed=r is not None and r < threshold.level and people.total >= FEWEST_BEHIND)
    a, b = threshold.pair
    there, back = int(people.weight(a, b)), int(people.weight(b, a))
    found = balance(there, back)
    lamp = judge_lamps(PairEvidence(people=(there, back), tolerance=threshold.level))[0]
    return Measured(value=None if found is None else abs(found), is_crossed=lamp.side is not None)
