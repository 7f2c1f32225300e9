"""The balance carried from period to period, in lots that are used oldest first, may expire and may be capped.

Decides B_t = B_{t−1} + out − in from A's view: positive, A has sent more and the partner owes places. Unit,
window, tolerance, expiry and cap are fields of the treaty. Drawing it is the figure's business.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.accounting import DEFAULT_WINDOW_PERIODS
from mobility.domain.reciprocity.quantities import Quantity, magnitude, sign


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTerms:
    """`expires_after` n: a lot of period t is usable through the close of period t + n. `cap`: the largest
    balance carried; what exceeds it is dropped from the newest lot. None: the treaty knows neither."""

    expires_after: int | None = None
    cap: Quantity | None = None

    def __post_init__(self) -> None:
        if self.expires_after is not None and self.expires_after < 0:
            raise InvalidInput(field="expires_after", reason="negative", value=self.expires_after)
        if self.cap is not None and self.cap < 0:
            raise InvalidInput(field="cap", reason="negative", value=str(self.cap))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFlow:
    """What A sent and hosted in one period; `period` numbers consecutive periods, such as the starting year."""

    period: int
    sent: Quantity
    hosted: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A surplus of one period: positive for A, negative for its partner."""

    period: int
    amount: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerClose:
    """One period's close. `expired` and `dropped` carry the sign of the side that lost them."""

    period: int
    sent: Quantity
    hosted: Quantity
    opening: Quantity
    expired: Quantity
    dropped: Quantity
    closing: Quantity
    lots: tuple[Lot, ...]


def keep_ledger(flows: Iterable[PeriodFlow], terms: LedgerTerms, carried: Sequence[Lot] = ()) -> list[LedgerClose]:
    """Closes every period in turn. `carried` are the lots open before the first, oldest first.

    Expiry comes before the cap, so that a lot about to lapse is not what keeps a newer one out. Raises
    InvalidInput if periods do not follow one another, because lots would lapse at the wrong close.
    """
    lots: deque[Lot] = deque(carried)
    closes: list[LedgerClose] = []
    for flow in flows:
        if closes and flow.period != closes[-1].period + 1:
            raise InvalidInput(field="period", reason="not_consecutive", value=flow.period)
        opening = _balance(lots)
        _settle(lots, flow)
        expired = _expire(lots, flow.period, terms.expires_after)
        dropped = _drop_beyond(lots, terms.cap)
        closes.append(
            LedgerClose(
                period=flow.period,
                sent=flow.sent,
                hosted=flow.hosted,
                opening=opening,
                expired=expired,
                dropped=dropped,
                closing=_balance(lots),
                lots=tuple(lots),
            )
        )
    return closes


def tolerance_bands(
    closes: Sequence[LedgerClose], tolerance: Fraction, window_periods: int = DEFAULT_WINDOW_PERIODS
) -> list[Fraction]:
    """For each close: tolerance × (sent + hosted) of the window that ends there; the band is ± this."""
    traffic = [close.sent + close.hosted for close in closes]
    return [tolerance * sum(traffic[max(0, i - window_periods + 1) : i + 1], start=0) for i in range(len(traffic))]


def _balance(lots: Iterable[Lot]) -> Quantity:
    return sum((lot.amount for lot in lots), start=0)


def _settle(lots: deque[Lot], flow: PeriodFlow) -> None:
    """Uses the oldest lots of the other sign; what remains becomes a lot of this period."""
    rest = flow.sent - flow.hosted
    while rest and lots and sign(lots[0].amount) != sign(rest):
        left = lots[0].amount + rest
        if sign(left) == sign(rest):
            lots.popleft()
            rest = left
        else:
            lots[0] = replace(lots[0], amount=left)
            rest = 0
            if not left:
                lots.popleft()
    if rest:
        lots.append(Lot(period=flow.period, amount=rest))


def _expire(lots: deque[Lot], period: int, expires_after: int | None) -> Quantity:
    expired: Quantity = 0
    while expires_after is not None and lots and lots[0].period + expires_after <= period:
        expired += lots.popleft().amount
    return expired


def _drop_beyond(lots: deque[Lot], cap: Quantity | None) -> Quantity:
    """All open lots have one sign, so the newest give way until the cap holds."""
    dropped: Quantity = 0
    while cap is not None and (excess := magnitude(_balance(lots)) - cap) > 0:
        newest = lots.pop()
        given = sign(newest.amount) * min(excess, magnitude(newest.amount))
        dropped += given
        if newest.amount != given:
            lots.append(replace(newest, amount=newest.amount - given))
    return dropped
