"""The five lamps: when each is judged, which way it tilts, and when "one-sided" may be said."""

from dataclasses import replace
from fractions import Fraction

import pytest

from mobility.domain.reciprocity.flows import pool_flows
from mobility.domain.reciprocity.lamps import (
    Lamp,
    LampCode,
    LampReason,
    LampState,
    MoneyEvidence,
    PairEvidence,
    PlacesEvidence,
    Side,
    compare_service,
    judge_lamps,
    judge_sides,
)
from mobility.domain.reciprocity.money import CountryMoney
from mobility.domain.reciprocity.quotas import QuotaUse
from mobility.domain.reciprocity.report import report_pair
from mobility.domain.reciprocity.service import ServiceCounts, proportion

BALANCED, TO_A, TO_B = LampState.BALANCED, LampState.TILTS_TO_A, LampState.TILTS_TO_B
TOO_FEW, NOT_APPLICABLE = LampState.TOO_FEW, LampState.NOT_APPLICABLE


def lamp(code, evidence):
    return next(lamp for lamp in judge_lamps(evidence) if lamp.code is code)


def people(ab, ba, **more):
    return lamp(LampCode.PEOPLE, PairEvidence(people=(ab, ba), **more))


@pytest.mark.parametrize(
    ("ab", "ba", "state", "reason"),
    [
        (0, 0, TOO_FEW, LampReason.NO_CASES),
        (5, 0, TOO_FEW, LampReason.BELOW_MINIMUM),
        (6, 0, TO_A, LampReason.MEASURED),
        (0, 6, TO_B, LampReason.MEASURED),
        (6, 2, TOO_FEW, LampReason.NOT_BEYOND_CHANCE),
        (12, 4, TOO_FEW, LampReason.NOT_BEYOND_CHANCE),
        (9, 1, TO_A, LampReason.MEASURED),
        (34, 12, TO_A, LampReason.MEASURED),
        (52, 61, BALANCED, LampReason.MEASURED),
        (58, 97, TO_B, LampReason.MEASURED),
        (7, 9, BALANCED, LampReason.MEASURED),
    ],
)
def test_people(ab, ba, state, reason):
    judged = people(ab, ba)
    assert (judged.state, judged.reason) == (state, reason)
    assert (judged.figures["sent"], judged.figures["hosted"]) == (ab, ba)


def test_a_balance_at_the_tolerance_is_balanced():
    assert people(600, 400).tilt == Fraction(1, 5)
    assert people(600, 400).state is BALANCED
    assert people(601, 399).state is TO_A
    assert people(600, 400, tolerance=Fraction(19, 100)).state is TO_A


def test_the_side_that_sends_more_receives_more():
    judged = people(34, 12)
    assert judged.side is Side.A
    assert judged.tilt == Fraction(22, 46)
    assert judged.figures["balance"] == Fraction(-22, 46)


@pytest.mark.parametrize(
    ("heads", "days", "state"),
    [
        ((10, 10), (1664, 4209), TO_B),
        ((10, 9), (1664, 4209), TOO_FEW),
        ((10, 10), (1000, 1100), BALANCED),
        ((10, 10), (0, 0), TOO_FEW),
        ((10, 10), None, NOT_APPLICABLE),
    ],
)
def test_time(heads, days, state):
    assert lamp(LampCode.TIME, PairEvidence(people=heads, days=days)).state is state


def part(country, contributed, benefited):
    return CountryMoney(
        country=country,
        paid=contributed or 0,
        received=benefited or 0,
        net_contribution=(contributed or 0) - (benefited or 0),
        contribution_share=None if contributed is None else Fraction(contributed, 100),
        benefit_share=None if benefited is None else Fraction(benefited, 100),
        ratio=None,
    )


def money(contributed, benefited, heads=20, not_converted=0):
    evidence = MoneyEvidence(
        a=part("DE", contributed, benefited), b=part("EG", 0, 0), heads=heads, not_converted=not_converted
    )
    return lamp(LampCode.MONEY, PairEvidence(people=(0, 0), money=evidence))


def test_money_tilts_to_the_side_that_receives_a_larger_share_than_it_pays():
    assert money(58, 46).state is BALANCED
    assert money(58, 46).tilt == Fraction(-12, 100)
    assert money(30, 55).state is TO_A
    assert money(80, 55).state is TO_B
    assert money(60, 40).state is BALANCED


def test_money_is_judged_only_with_enough_heads_and_every_rate():
    assert money(30, 55, heads=19).state is TOO_FEW
    assert money(30, 55, not_converted=1).reason is LampReason.NOT_CONVERTED
    assert money(None, None).reason is LampReason.NO_PAYMENTS
    assert lamp(LampCode.MONEY, PairEvidence(people=(0, 0))).state is NOT_APPLICABLE


def places(used_a, quota_a, used_b, quota_b, neutral=False):
    evidence = PlacesEvidence(
        a=QuotaUse(used=used_a, quota=quota_a), b=QuotaUse(used=used_b, quota=quota_b), underuse_neutral=neutral
    )
    return lamp(LampCode.PLACES, PairEvidence(people=(0, 0), places=evidence))


def test_places_compare_the_use_of_both_quotas():
    assert places(18, 20, 10, 20).state is TO_A
    assert places(10, 20, 18, 20).state is TO_B
    assert places(9, 10, 45, 50).state is BALANCED
    assert places(60, 20, 10, 20).tilt == 1


def test_places_are_not_judged_without_quotas_or_where_the_treaty_forbids_it():
    assert places(18, None, 10, 20).reason is LampReason.NO_QUOTA
    assert places(18, 20, 10, 0).reason is LampReason.NO_QUOTA
    assert places(18, 20, 1, 20, neutral=True).reason is LampReason.UNDERUSE_NEUTRAL
    assert places(18, 20, 1, 20, neutral=True).state is NOT_APPLICABLE


def service(a, b):
    return lamp(LampCode.SERVICE, PairEvidence(people=(0, 0), service_a=a, service_b=b))


def counts(approved, decided, kept=0, limited=0):
    return ServiceCounts(approved=approved, refused=decided - approved, kept=kept, limited=limited)


def test_service_tilts_where_the_intervals_do_not_overlap():
    judged = service(counts(52, 55, 50, 55), counts(61, 88, 70, 83))
    assert judged.state is TO_A
    assert judged.tilt == Fraction(52, 55) - Fraction(61, 88)
    assert service(counts(61, 88), counts(52, 55)).state is TO_B


def test_service_is_balanced_where_they_overlap():
    assert service(counts(18, 20), counts(17, 20)).state is BALANCED


def test_opposite_service_measures_are_mixed_and_count_for_neither_side():
    judged = service(counts(90, 100, 20, 100), counts(30, 100, 90, 100))
    assert (judged.state, judged.reason) == (LampState.MIXED, LampReason.OPPOSITE_MEASURES)
    assert judged.side is None


def test_service_needs_twenty_decisions_on_both_sides():
    assert service(counts(19, 19), counts(2, 40)).state is TOO_FEW
    assert service(counts(19, 19, 30, 30), counts(2, 40, 3, 30)).state is TO_A
    assert service(None, counts(2, 40)).state is NOT_APPLICABLE
    assert compare_service(None, proportion(20, 20)).state is TOO_FEW


def test_all_five_lamps_are_there_in_one_order():
    assert [lamp.code for lamp in judge_lamps(PairEvidence(people=(0, 0)))] == list(LampCode)


def test_a_suppressed_figure_lights_no_lamp_and_leaves_no_trace():
    evidence = PairEvidence(people=(34, 12), days=(900, 100), hidden=frozenset({LampCode.PEOPLE, LampCode.TIME}))
    first, second, *_ = judge_lamps(evidence)
    for hidden in (first, second):
        assert (hidden.state, hidden.reason) == (LampState.HIDDEN, LampReason.SMALL_CELLS)
        assert (hidden.tilt, dict(hidden.figures), hidden.side) == (None, {}, None)


def five(*states):
    return [Lamp(code=code, state=state) for code, state in zip(LampCode, states, strict=True)]


def test_one_lamp_is_not_one_sided():
    verdict = judge_sides(five(TO_A, BALANCED, BALANCED, TOO_FEW, NOT_APPLICABLE))
    assert not verdict.one_sided
    assert (verdict.side, verdict.tilting) == (Side.A, (LampCode.PEOPLE,))


def test_people_and_time_alone_are_said_to_move_together():
    verdict = judge_sides(five(TO_B, TO_B, BALANCED, BALANCED, BALANCED))
    assert verdict.one_sided
    assert verdict.side is Side.B
    assert verdict.people_and_time_only
    assert not judge_sides(five(TO_B, TO_B, TO_B, BALANCED, BALANCED)).people_and_time_only


def test_a_lamp_that_tilts_the_other_way_is_named():
    verdict = judge_sides(five(TO_A, TO_A, TO_B, BALANCED, BALANCED))
    assert verdict.one_sided
    assert verdict.against == (LampCode.MONEY,)


@pytest.mark.parametrize(
    "states",
    [
        (BALANCED, TO_B, BALANCED, NOT_APPLICABLE, TO_A),
        (TO_A, TO_A, TO_B, TO_B, BALANCED),
        (LampState.MIXED,) * 5,
        (LampState.HIDDEN,) * 5,
    ],
)
def test_equal_tilts_name_no_side(states):
    verdict = judge_sides(five(*states))
    assert not verdict.one_sided
    assert verdict.side is None


def test_the_report_of_germany_and_egypt():
    found = report_pair(
        "DE",
        "EG",
        pool_flows([("DE", "EG", 52), ("EG", "DE", 61)]),
        days=pool_flows([("DE", "EG", 1664), ("EG", "DE", 4209)]),
        places=PlacesEvidence(a=QuotaUse(used=3, quota=9), b=QuotaUse(used=9, quota=9), underuse_neutral=True),
        service_a=counts(52, 55, 50, 55),
        service_b=counts(61, 88, 70, 83),
    )
    assert [lamp.state for lamp in found.lamps] == [BALANCED, TO_B, NOT_APPLICABLE, NOT_APPLICABLE, TO_A]
    assert round(found.people.p, 2) == 0.45
    assert found.days.p is None
    assert not found.verdict.one_sided


def test_exchanging_the_countries_exchanges_the_tilt():
    evidence = PairEvidence(people=(34, 12), days=(10, 90))
    mirrored = replace(evidence, people=(12, 34), days=(90, 10))
    opposite = {TO_A: TO_B, TO_B: TO_A}
    for one, other in zip(judge_lamps(evidence), judge_lamps(mirrored), strict=True):
        assert opposite.get(one.state, one.state) is other.state
