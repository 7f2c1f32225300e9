"""Quotas per direction: how much of an agreed number was used, and what may be carried over.

Decides utilisation, the part beyond the quota and the next quota. Which clause says who pays beyond the quota is
data of the treaty; the date until which a carry-over must be notified is computed by the engine of time limits.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from mobility.domain.reciprocity.quantities import Quantity, share


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """One direction in one period. `quota` None: the treaty sets none. `utilisation` may exceed 1."""

    used: Quantity
    quota: Quantity | None

    @property
    def utilisation(self) -> Fraction | None:
        """used/quota; None if the quota is absent or 0."""
        return share(self.used, self.quota or 0)

    @property
    def unused(self) -> Quantity:
        return max(0, (self.quota or 0) - self.used)

    @property
    def beyond(self) -> Quantity:
        """What went over the quota, 0 where there is no quota to go over."""
        return 0 if self.quota is None else max(0, self.used - self.quota)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver:
    """How a treaty carries unused places into the next period.

    `cap` None: no limit. `needs_consent`: it counts only once consent is recorded in time.
    """

    cap: Quantity | None = None
    needs_consent: bool = False


def quotas_are_equal(one: QuotaUse, other: QuotaUse) -> bool | None:
    """Whether both directions were promised the same; None if either has no quota."""
    return None if one.quota is None or other.quota is None else one.quota == other.quota


def next_quota(
    base: Quantity,
    previous: QuotaUse,
    rule: CarryOver | None,
    *,
    consented_on: date | None = None,
    notice_due_on: date | None = None,
) -> Quantity:
    """base + min(unused, cap) where the treaty carries over; the base alone where it does not.

    With `needs_consent` the unused places count only if consent was recorded, on or before `notice_due_on` where
    one is set (China–Royal Society 1978: notified three months before the end of the year).
    """
    if rule is None or (rule.needs_consent and not _consent_in_time(consented_on, notice_due_on)):
        return base
    carried = previous.unused if rule.cap is None else min(previous.unused, rule.cap)
    return base + carried


def _consent_in_time(consented_on: date | None, notice_due_on: date | None) -> bool:
    return consented_on is not None and (notice_due_on is None or consented_on <= notice_due_on)
