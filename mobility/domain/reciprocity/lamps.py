"""The five lamps of a pair, and when its exchange may be called one-sided.

Decides states and names the figures behind them; the sentence is made elsewhere, in the reader's language. "Tilts
to A" means that A's people receive more. It describes a flow, not a wrong. A suppressed figure lights no lamp.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from mobility.domain.reciprocity.money import CountryMoney
from mobility.domain.reciprocity.pairs import balance, binomial_p
from mobility.domain.reciprocity.quantities import Quantity
from mobility.domain.reciprocity.quotas import QuotaUse
from mobility.domain.reciprocity.service import Proportion, ServiceCounts, approval, compliance

DEFAULT_TOLERANCE = Fraction(1, 5)
"""Largest |b| still called balanced; a choice of this project, and a field of the treaty."""

FEWEST_PEOPLE = 6
"""Below this no split of heads is less likely than 5 % by chance."""

FEWEST_BEHIND = 20
"""Heads behind days and money, decisions behind service; a choice of this project."""

LEVEL = 0.05


class LampCode(StrEnum):
    PEOPLE = "people"
    TIME = "time"
    MONEY = "money"
    PLACES = "places"
    SERVICE = "service"


class LampState(StrEnum):
    BALANCED = "balanced"
    TILTS_TO_A = "tilts_to_a"
    TILTS_TO_B = "tilts_to_b"
    MIXED = "mixed"
    TOO_FEW = "too_few"
    NOT_APPLICABLE = "not_applicable"
    HIDDEN = "hidden"


class LampReason(StrEnum):
    """Why a lamp is in its state, where the state alone does not say."""

    MEASURED = "measured"
    NO_CASES = "no_cases"
    BELOW_MINIMUM = "below_minimum"
    NOT_BEYOND_CHANCE = "not_beyond_chance"
    NO_PAYMENTS = "no_payments"
    NOT_CONVERTED = "not_converted"
    NO_QUOTA = "no_quota"
    UNDERUSE_NEUTRAL = "underuse_neutral"
    OPPOSITE_MEASURES = "opposite_measures"
    SMALL_CELLS = "small_cells"


class Side(StrEnum):
    A = "a"
    B = "b"


Figure = Quantity | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """`tilt` is −1..1, positive towards A (people and time: −b(A)); None if there is nothing to place.

    `figures` holds both sides' numbers under fixed names, which the sentence needs.
    """

    code: LampCode
    state: LampState
    reason: LampReason = LampReason.MEASURED
    tilt: Fraction | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def side(self) -> Side | None:
        """The side whose people receive more, if the lamp says so."""
        return {LampState.TILTS_TO_A: Side.A, LampState.TILTS_TO_B: Side.B}.get(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyEvidence:
    """Both sides' part of the money, how many heads the payments are for, and how many had no rate."""

    a: CountryMoney
    b: CountryMoney
    heads: int
    not_converted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesEvidence:
    """Use of the quota A→B by A's people and of B→A by B's. `underuse_neutral`: the treaty forbids judging it."""

    a: QuotaUse
    b: QuotaUse
    underuse_neutral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEvidence:
    """What the lamps of one pair are judged on; None: the instrument does not know such a thing.

    People and days are (a→b, b→a). `service_a` is how A's applicants fared at B's offices. `hidden` names the
    lamps whose figures are suppressed.
    """

    people: tuple[int, int]
    days: tuple[int, int] | None = None
    money: MoneyEvidence | None = None
    places: PlacesEvidence | None = None
    service_a: ServiceCounts | None = None
    service_b: ServiceCounts | None = None
    tolerance: Fraction = DEFAULT_TOLERANCE
    hidden: frozenset[LampCode] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether "one-sided" may be said, towards whom, by which lamps, and which lamps pull the other way.

    `people_and_time_only`: the two that usually move together are the only ones that tilt, which must be said.
    """

    one_sided: bool
    side: Side | None
    tilting: tuple[LampCode, ...]
    against: tuple[LampCode, ...]
    people_and_time_only: bool


def judge_lamps(evidence: PairEvidence) -> list[Lamp]:
    """The five lamps, always all five and in this order."""
    judged = [
        _people(evidence),
        _time(evidence),
        _money(evidence),
        _places(evidence),
        _service(evidence),
    ]
    return [
        Lamp(code=lamp.code, state=LampState.HIDDEN, reason=LampReason.SMALL_CELLS)
        if lamp.code in evidence.hidden
        else lamp
        for lamp in judged
    ]


def judge_sides(lamps: Sequence[Lamp]) -> Verdict:
    """One-sided only if two or more lamps tilt the same way and fewer tilt the other way.

    Two against two is not one-sided: neither side could be named with better right than the other.
    """
    to_a = tuple(lamp.code for lamp in lamps if lamp.side is Side.A)
    to_b = tuple(lamp.code for lamp in lamps if lamp.side is Side.B)
    if len(to_a) == len(to_b):
        return Verdict(one_sided=False, side=None, tilting=to_a, against=to_b, people_and_time_only=False)
    side, more, fewer = (Side.A, to_a, to_b) if len(to_a) > len(to_b) else (Side.B, to_b, to_a)
    return Verdict(
        one_sided=len(more) >= 2,
        side=side,
        tilting=more,
        against=fewer,
        people_and_time_only=set(more) == {LampCode.PEOPLE, LampCode.TIME},
    )


def _state(tilt: Fraction, tolerance: Fraction) -> LampState:
    if tilt > tolerance:
        return LampState.TILTS_TO_A
    return LampState.TILTS_TO_B if tilt < -tolerance else LampState.BALANCED


def _people(evidence: PairEvidence) -> Lamp:
    ab, ba = evidence.people
    b, p = balance(ab, ba), binomial_p(ab, ba)
    figures: dict[str, Figure] = {"sent": ab, "hosted": ba, "balance": b, "p": p}
    if b is None or p is None:
        return _unjudged(LampCode.PEOPLE, LampState.TOO_FEW, LampReason.NO_CASES, figures)
    if ab + ba < FEWEST_PEOPLE:
        return _unjudged(LampCode.PEOPLE, LampState.TOO_FEW, LampReason.BELOW_MINIMUM, figures, -b)
    state = _state(-b, evidence.tolerance)
    if state is not LampState.BALANCED and p >= LEVEL:
        return _unjudged(LampCode.PEOPLE, LampState.TOO_FEW, LampReason.NOT_BEYOND_CHANCE, figures, -b)
    return Lamp(code=LampCode.PEOPLE, state=state, tilt=-b, figures=figures)


def _time(evidence: PairEvidence) -> Lamp:
    """Days are not independent draws: no p-value, but enough heads must stand behind them."""
    if evidence.days is None:
        return _unjudged(LampCode.TIME, LampState.NOT_APPLICABLE, LampReason.NO_CASES)
    ab, ba = evidence.days
    heads, b = sum(evidence.people), balance(ab, ba)
    figures: dict[str, Figure] = {"sent": ab, "hosted": ba, "balance": b, "heads": heads}
    if b is None:
        return _unjudged(LampCode.TIME, LampState.TOO_FEW, LampReason.NO_CASES, figures)
    if heads < FEWEST_BEHIND:
        return _unjudged(LampCode.TIME, LampState.TOO_FEW, LampReason.BELOW_MINIMUM, figures, -b)
    return Lamp(code=LampCode.TIME, state=_state(-b, evidence.tolerance), tilt=-b, figures=figures)


def _money(evidence: PairEvidence) -> Lamp:
    money = evidence.money
    if money is None:
        return _unjudged(LampCode.MONEY, LampState.NOT_APPLICABLE, LampReason.NO_PAYMENTS)
    contributed, benefited = money.a.contribution_share, money.a.benefit_share
    figures: dict[str, Figure] = {
        "paid_a": money.a.paid,
        "paid_b": money.b.paid,
        "received_a": money.a.received,
        "received_b": money.b.received,
        "contribution_share": contributed,
        "benefit_share": benefited,
        "heads": money.heads,
        "not_converted": money.not_converted,
    }
    if money.not_converted:
        return _unjudged(LampCode.MONEY, LampState.NOT_APPLICABLE, LampReason.NOT_CONVERTED, figures)
    if contributed is None or benefited is None:
        return _unjudged(LampCode.MONEY, LampState.NOT_APPLICABLE, LampReason.NO_PAYMENTS, figures)
    tilt = benefited - contributed
    if money.heads < FEWEST_BEHIND:
        return _unjudged(LampCode.MONEY, LampState.TOO_FEW, LampReason.BELOW_MINIMUM, figures, tilt)
    return Lamp(code=LampCode.MONEY, state=_state(tilt, evidence.tolerance), tilt=tilt, figures=figures)


def _places(evidence: PairEvidence) -> Lamp:
    places = evidence.places
    if places is None:
        return _unjudged(LampCode.PLACES, LampState.NOT_APPLICABLE, LampReason.NO_QUOTA)
    of_a, of_b = places.a.utilisation, places.b.utilisation
    figures: dict[str, Figure] = {
        "used_a": places.a.used,
        "quota_a": places.a.quota,
        "utilisation_a": of_a,
        "used_b": places.b.used,
        "quota_b": places.b.quota,
        "utilisation_b": of_b,
    }
    if places.underuse_neutral:
        return _unjudged(LampCode.PLACES, LampState.NOT_APPLICABLE, LampReason.UNDERUSE_NEUTRAL, figures)
    if of_a is None or of_b is None:
        return _unjudged(LampCode.PLACES, LampState.NOT_APPLICABLE, LampReason.NO_QUOTA, figures)
    difference = of_a - of_b
    state = _state(difference, evidence.tolerance)
    on_track = max(Fraction(-1), min(Fraction(1), difference))  # use beyond the quota can differ by more than 1
    return Lamp(code=LampCode.PLACES, state=state, tilt=on_track, figures=figures)


def _service(evidence: PairEvidence) -> Lamp:
    a, b = evidence.service_a, evidence.service_b
    if a is None or b is None:
        return _unjudged(LampCode.SERVICE, LampState.NOT_APPLICABLE, LampReason.NO_CASES)
    approved = compare_service(approval(a), approval(b))
    kept = compare_service(compliance(a), compliance(b))
    figures: dict[str, Figure] = {
        "approved_a": a.approved,
        "decided_a": a.decided,
        "approved_b": b.approved,
        "decided_b": b.decided,
        "kept_a": a.kept,
        "limited_a": a.limited,
        "kept_b": b.kept,
        "limited_b": b.limited,
    }
    states = {approved.state, kept.state}
    if states == {LampState.TILTS_TO_A, LampState.TILTS_TO_B}:
        return _unjudged(LampCode.SERVICE, LampState.MIXED, LampReason.OPPOSITE_MEASURES, figures)
    if states == {LampState.TOO_FEW}:
        return _unjudged(LampCode.SERVICE, LampState.TOO_FEW, LampReason.BELOW_MINIMUM, figures)
    telling = next((c for c in (approved, kept) if c.side), None) or next(
        c for c in (approved, kept) if c.state is not LampState.TOO_FEW
    )
    return Lamp(code=LampCode.SERVICE, state=telling.state, tilt=telling.tilt, figures=figures)


def compare_service(of_a: Proportion | None, of_b: Proportion | None) -> Lamp:
    """One service measure of both sides: it tilts only where the Wilson intervals do not overlap."""
    if of_a is None or of_b is None or min(of_a.n, of_b.n) < FEWEST_BEHIND:
        return _unjudged(LampCode.SERVICE, LampState.TOO_FEW, LampReason.BELOW_MINIMUM)
    difference = of_a.share - of_b.share
    state = LampState.BALANCED if of_a.overlaps(of_b) else _state(difference, Fraction(0))
    return Lamp(code=LampCode.SERVICE, state=state, tilt=difference)


def _unjudged(
    code: LampCode,
    state: LampState,
    reason: LampReason,
    figures: Mapping[str, Figure] | None = None,
    tilt: Fraction | None = None,
) -> Lamp:
    return Lamp(code=code, state=state, reason=reason, tilt=tilt, figures=figures or {})
