"""What holds for every clock: order of reading, order of days, and that a pause never shortens."""

import os
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.clocks import (
    ClockEvent,
    ClockStatus,
    ClockTerms,
    PauseReading,
)
from tests.domain.clock_law import START, K, Model, event, pause, started, state, terms

EXAMPLES = settings(max_examples=int(os.environ.get("MOBILITY_EXAMPLES", "200")), deadline=None)

MODELS = st.sampled_from([Model.STOP_AND_RESUME, Model.EXCLUDED_TIME, Model.RESTART, Model.START_ON_COMPLETION])
READINGS = st.sampled_from(PauseReading)
LAWS = st.one_of(
    st.builds(
        terms,
        rule_set=st.sampled_from(["PLAIN", "ROLLING"]),
        period=st.integers(2, 120).map(str),
        unit=st.just("days"),
        suspension=MODELS,
        pause_reading=READINGS,
    ),
    st.builds(
        terms,
        rule_set=st.sampled_from(["PLAIN", "ROLLING"]),
        period=st.integers(1, 6).map(str),
        unit=st.sampled_from(["weeks", "months"]),
        suspension=MODELS,
        pause_reading=READINGS,
    ),
    st.builds(
        terms,
        rule_set=st.just("WORKDAYS"),
        period=st.integers(1, 60).map(str),
        unit=st.just("working_days"),
        suspension=MODELS,
        pause_reading=READINGS,
    ),
)
OFFSETS = st.integers(0, 200)


@st.composite
def histories(draw: st.DrawFn) -> list[ClockEvent]:
    events = [started()]
    for number in range(draw(st.integers(0, 4))):
        first = START + timedelta(days=draw(OFFSETS))
        last = first + timedelta(days=draw(st.integers(0, 60))) if draw(st.booleans()) else None
        events += pause(first, last, seq=10 * number + 10, ref=f"r{number}")
    if draw(st.booleans()):
        kind = draw(st.sampled_from([K.MET, K.LAPSED, K.SUPERSEDED]))
        events.append(event(kind, START + timedelta(days=draw(OFFSETS)), 90))
    return events


@EXAMPLES
@given(LAWS, histories(), OFFSETS, st.randoms(use_true_random=False))
def test_replay_does_not_depend_on_the_order_and_may_be_repeated(
    law: ClockTerms, events: list[ClockEvent], offset: int, random: object
) -> None:
    today = START + timedelta(days=offset)
    shuffled = [*events, *events]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert state(law, shuffled, today) == state(law, events, today)


@EXAMPLES
@given(LAWS, histories(), OFFSETS)
def test_the_three_days_are_in_order_and_never_before_the_start(
    law: ClockTerms, events: list[ClockEvent], offset: int
) -> None:
    found = state(law, events, START + timedelta(days=offset))
    assert START <= found.earliest_on <= found.due_on <= found.latest_on
    assert found.is_provisional is (found.paused_since is not None)
    assert found.days_late >= 0
    assert (found.days_late > 0) is (found.status is ClockStatus.BREACHED or found.met_late)


@EXAMPLES
@given(LAWS, OFFSETS, st.integers(0, 60), st.integers(0, 60))
def test_a_pause_never_shortens_and_a_longer_one_never_shortens_more(
    law: ClockTerms, offset: int, days: int, more: int
) -> None:
    first = START + timedelta(days=offset)
    last = first + timedelta(days=days)
    today = START + timedelta(days=400)
    without = state(law, [started()], today)
    shorter = state(law, [started(), *pause(first, last)], today)
    longer = state(law, [started(), *pause(first, last + timedelta(days=more))], today)
    assert without.earliest_on <= shorter.earliest_on
    assert without.due_on <= shorter.due_on <= longer.due_on
    assert shorter.latest_on <= longer.latest_on


@EXAMPLES
@given(st.integers(2, 120), st.integers(0, 118), st.integers(0, 60))
def test_stop_and_resume_moves_a_period_in_days_by_exactly_the_days_paused(period: int, offset: int, days: int) -> None:
    first = START + timedelta(days=1 + min(offset, period - 1))
    found = state(
        terms(period=str(period)),
        [started(), *pause(first, first + timedelta(days=days))],
        START + timedelta(days=400),
    )
    assert found.due_on == START + timedelta(days=period + days + 1)


@EXAMPLES
@given(LAWS, histories(), st.integers(0, 300))
def test_once_ended_a_clock_stays_as_it_was(law: ClockTerms, events: list[ClockEvent], later: int) -> None:
    ended = [each for each in events if each.kind not in {K.MET, K.LAPSED, K.SUPERSEDED}]
    ended.append(event(K.MET, START + timedelta(days=50), 90))
    one = state(law, ended, START + timedelta(days=60))
    other = state(law, ended, START + timedelta(days=60 + later))
    assert replace(other, as_of=one.as_of) == one
