"""The order of stages, and whether the case will be ready on the planned day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.plan import (
    ClockForecast,
    StageForecast,
    StageNeed,
    StageOrderInvalid,
    examine_plan,
    stage_order,
    stages_to_open,
)
from mobility.domain.stages import StageKind, StageStatus

VISA, RECOGNITION, FUNDING, LANGUAGE = (
    StageKind.VISA,
    StageKind.RECOGNITION,
    StageKind.FUNDING,
    StageKind.LANGUAGE,
)
TODAY = date(2026, 12, 14)
ARRIVAL = date(2027, 2, 1)
READY_BY = date(2027, 1, 31)
NEEDS = (
    StageNeed(kind=VISA, waits_for=frozenset({FUNDING, RECOGNITION})),
    StageNeed(kind=FUNDING, waits_for=frozenset({RECOGNITION})),
    StageNeed(kind=RECOGNITION),
    StageNeed(kind=LANGUAGE, is_required=False),
)


def test_each_stage_comes_after_what_it_waits_for() -> None:
    assert stage_order(NEEDS) == (RECOGNITION, FUNDING, VISA, LANGUAGE)


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        ((StageNeed(kind=VISA), StageNeed(kind=VISA)), "twice"),
        ((StageNeed(kind=VISA, waits_for=frozenset({FUNDING})),), "not_there"),
        ((StageNeed(kind=VISA, waits_for=frozenset({VISA})),), "circle"),
        (
            (
                StageNeed(kind=VISA, waits_for=frozenset({FUNDING})),
                StageNeed(kind=FUNDING, waits_for=frozenset({VISA})),
            ),
            "circle",
        ),
    ],
)
def test_an_order_that_cannot_be_is_refused(needs: tuple[StageNeed, ...], reason: str) -> None:
    with pytest.raises(StageOrderInvalid) as refused:
        stage_order(needs)
    assert refused.value.parameters["reason"] == reason


def statuses(**changes: StageStatus) -> dict[StageKind, StageStatus]:
    return {kind: changes.get(kind.value, StageStatus.WAITING) for kind in StageKind}


def test_what_waits_for_nothing_opens_first() -> None:
    assert stages_to_open(NEEDS, statuses()) == (RECOGNITION, LANGUAGE)


def test_the_next_opens_when_the_one_before_ended_well() -> None:
    found = statuses(recognition=StageStatus.RECOGNISED, language=StageStatus.ENROLLED)
    assert stages_to_open(NEEDS, found) == (FUNDING,)
    found[FUNDING] = StageStatus.SIGNED
    assert stages_to_open(NEEDS, found) == (VISA,)


def test_the_refusal_of_a_required_stage_opens_nothing() -> None:
    found = statuses(recognition=StageStatus.REFUSED, language=StageStatus.WAIVED)
    assert stages_to_open(NEEDS, found) == ()


def test_a_voluntary_stage_holds_up_only_until_it_has_ended() -> None:
    needs = (
        StageNeed(kind=LANGUAGE, is_required=False),
        StageNeed(kind=VISA, waits_for=frozenset({LANGUAGE})),
    )
    found = {LANGUAGE: StageStatus.ENROLLED, VISA: StageStatus.WAITING}
    assert stages_to_open(needs, found) == ()
    assert stages_to_open(needs, found | {LANGUAGE: StageStatus.NOT_PASSED}) == (VISA,)


RUNNING_RECOGNITION = StageForecast(
    kind=RECOGNITION, days=90, has_begun=True, clocks=(ClockForecast(clock_id=1, ends_on=date(2026, 12, 31)),)
)
WAITING_VISA = StageForecast(kind=VISA, days=15, waits_for=frozenset({RECOGNITION}))


def test_a_plan_that_holds_and_by_how_much() -> None:
    outlook = examine_plan([WAITING_VISA, RUNNING_RECOGNITION], planned_arrival_on=ARRIVAL, today=TODAY)
    recognition, visa = outlook.stages
    assert (recognition.kind, visa.kind) == (RECOGNITION, VISA)
    assert (visa.finish_by, visa.begin_by) == (READY_BY, date(2027, 1, 16))
    assert (recognition.finish_by, recognition.begin_by) == (date(2027, 1, 16), None)
    assert (recognition.expected_on, visa.expected_on) == (date(2026, 12, 31), date(2027, 1, 15))
    assert (recognition.slack_days, visa.slack_days) == (16, 16)
    assert (recognition.clock_id, visa.clock_id) == (1, None)
    assert outlook.is_feasible
    assert outlook.first_break is None
    assert outlook.tightest == recognition


def test_the_stage_that_breaks_the_plan_first_is_named() -> None:
    late = replace(RUNNING_RECOGNITION, clocks=(ClockForecast(clock_id=1, ends_on=date(2027, 1, 20)),))
    outlook = examine_plan([WAITING_VISA, late], planned_arrival_on=ARRIVAL, today=TODAY)
    assert not outlook.is_feasible
    assert outlook.first_break is not None
    assert (outlook.first_break.kind, outlook.first_break.slack_days) == (RECOGNITION, -4)
    assert [stage.breaks for stage in outlook.stages] == [True, True]


def test_the_last_day_the_law_lets_a_stage_begin_binds_too() -> None:
    lodged_late = replace(WAITING_VISA, waits_for=frozenset(), begin_by=date(2026, 12, 10))
    outlook = examine_plan([lodged_late], planned_arrival_on=ARRIVAL, today=TODAY)
    assert outlook.stages[0].slack_days == -4
    in_time = replace(lodged_late, begin_by=date(2027, 1, 10))
    assert examine_plan([in_time], planned_arrival_on=ARRIVAL, today=TODAY).stages[0].begin_by == date(2027, 1, 10)


def test_a_clock_that_is_late_ends_today_at_the_earliest() -> None:
    late = replace(RUNNING_RECOGNITION, clocks=(ClockForecast(clock_id=1, ends_on=date(2026, 12, 1)),))
    outlook = examine_plan([late], planned_arrival_on=ARRIVAL, today=TODAY)
    assert outlook.stages[0].expected_on == TODAY


def test_a_stage_begun_without_a_clock_takes_its_days_from_today() -> None:
    begun = StageForecast(kind=LANGUAGE, days=10, has_begun=True)
    outlook = examine_plan([begun], planned_arrival_on=ARRIVAL, today=TODAY)
    assert outlook.stages[0].expected_on == TODAY + timedelta(days=10)


def test_what_has_ended_needs_nothing_more() -> None:
    ended = replace(RUNNING_RECOGNITION, is_ended=True)
    outlook = examine_plan([WAITING_VISA, ended], planned_arrival_on=ARRIVAL, today=TODAY)
    assert outlook.stages[0].slack_days is None
    assert outlook.stages[1].expected_on == TODAY + timedelta(days=15)
    nothing_left = examine_plan([ended], planned_arrival_on=ARRIVAL, today=date(2028, 1, 1))
    assert nothing_left.is_feasible
    assert nothing_left.tightest is None


def test_the_last_clock_of_a_stage_decides() -> None:
    clocks = (
        ClockForecast(clock_id=1, ends_on=date(2026, 12, 20)),
        ClockForecast(clock_id=2, ends_on=date(2027, 1, 5)),
    )
    outlook = examine_plan([replace(RUNNING_RECOGNITION, clocks=clocks)], planned_arrival_on=ARRIVAL, today=TODAY)
    assert (outlook.stages[0].expected_on, outlook.stages[0].clock_id) == (date(2027, 1, 5), 2)


def test_the_margin_before_arrival_can_be_chosen() -> None:
    week = examine_plan([WAITING_VISA_ALONE], planned_arrival_on=ARRIVAL, today=TODAY, margin_days=7)
    assert week.stages[0].finish_by == date(2027, 1, 25)


WAITING_VISA_ALONE = replace(WAITING_VISA, waits_for=frozenset())


@given(st.integers(0, 200), st.integers(1, 120), st.integers(1, 60), st.integers(0, 100))
def test_a_later_arrival_never_makes_the_plan_worse(
    ahead: int, recognition_days: int, visa_days: int, later: int
) -> None:
    stages = [
        StageForecast(kind=RECOGNITION, days=recognition_days),
        StageForecast(kind=VISA, days=visa_days, waits_for=frozenset({RECOGNITION})),
    ]
    arrival = TODAY + timedelta(days=ahead)
    one = examine_plan(stages, planned_arrival_on=arrival, today=TODAY)
    other = examine_plan(stages, planned_arrival_on=arrival + timedelta(days=later), today=TODAY)
    assert one.is_feasible is (recognition_days + visa_days <= ahead - 1)
    for before, after in zip(one.stages, other.stages, strict=True):
        assert (after.slack_days or 0) == (before.slack_days or 0) + later
