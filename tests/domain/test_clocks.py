"""Clocks: when they run, are kept, late, extended, and what may be done to them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mobility.domain.clocks import (
    ClockDataMissing,
    ClockEventKind,
    ClockEventsConflict,
    ClockNotStarted,
    ClockStatus,
    in_order,
    is_pausable,
    may_extend,
    may_suspend,
)
from mobility.domain.law_codes import ExtensionModel, Silence
from mobility.domain.time_limits import ParameterNotCovered
from tests.domain.clock_law import START, K, event, pause, started, state, terms


def test_a_clock_runs_to_its_day_and_is_late_on_the_next() -> None:
    due_on = START + timedelta(days=30)
    assert state(terms(), [started()]).due_on == due_on
    assert state(terms(), [started()], due_on).status is ClockStatus.RUNNING
    late = state(terms(), [started()], due_on + timedelta(days=10))
    assert (late.status, late.days_late, late.stored_status) == (ClockStatus.BREACHED, 10, ClockStatus.RUNNING)
    assert late.is_running
    assert not late.met_late
    assert (late.met_on, late.paused_days) == (None, 0)


def test_kept_on_the_last_day_is_in_time_and_a_day_later_is_late() -> None:
    due_on = START + timedelta(days=30)
    kept = state(terms(), [started(), event(K.MET, due_on, 2)], date(2027, 1, 1))
    assert (kept.status, kept.met_on, kept.met_late, kept.days_late) == (ClockStatus.MET, due_on, False, 0)
    after = state(terms(), [started(), event(K.MET, due_on + timedelta(days=3), 2)], date(2027, 1, 1))
    assert (after.met_late, after.days_late) == (True, 3)


def test_a_recorded_breach_is_only_a_record() -> None:
    due_on = START + timedelta(days=30)
    events = [started(), event(K.BREACHED, due_on + timedelta(days=1), 2)]
    assert state(terms(), events, due_on + timedelta(days=5)).days_late == 5
    longer = terms(extension=ExtensionModel.NEW_TOTAL, extension_period="60", extension_unit="days")
    moved = state(longer, [*events, event(K.EXTENDED, due_on, 3)], due_on + timedelta(days=5))
    assert moved.status is ClockStatus.RUNNING


def test_the_state_of_a_kept_clock_is_stored_as_it_is() -> None:
    kept = state(terms(), [started(), event(K.MET, START, 2)])
    assert (kept.stored_status, kept.is_running) == (ClockStatus.MET, False)


def test_the_first_ending_counts_and_what_follows_it_changes_nothing() -> None:
    met_on = date(2026, 2, 1)
    events = [started(), event(K.MET, met_on, 2), event(K.LAPSED, date(2026, 2, 2), 3)]
    events += pause(date(2026, 2, 5), seq=4)
    ended = state(terms(), events, date(2026, 3, 1))
    assert (ended.status, ended.ended_on, ended.pauses) == (ClockStatus.MET, met_on, ())


@pytest.mark.parametrize(("kind", "status"), [(K.LAPSED, ClockStatus.LAPSED), (K.SUPERSEDED, ClockStatus.SUPERSEDED)])
def test_a_clock_that_fell_away_is_never_late(kind: ClockEventKind, status: ClockStatus) -> None:
    ended = state(terms(), [started(), event(kind, date(2026, 12, 1), 2)], date(2027, 1, 1))
    assert (ended.status, ended.days_late, ended.met_on) == (status, 0, None)


def test_what_nobody_owes_is_reached_and_never_late() -> None:
    reached = state(terms(kind="effect"), [started()], date(2026, 6, 1))
    assert (reached.status, reached.days_late) == (ClockStatus.REACHED, 0)
    assert reached.stored_status is ClockStatus.RUNNING


def test_silence_speaks_only_when_the_time_has_passed_without_an_answer() -> None:
    deemed = terms(kind="silence", silence=Silence.REFUSAL)
    assert state(deemed, [started()], date(2026, 2, 14)).silence is Silence.NONE
    assert state(deemed, [started()], date(2026, 2, 15)).silence is Silence.REFUSAL
    answered = [started(), event(K.MET, date(2026, 2, 20), 2)]
    assert state(deemed, answered, date(2026, 3, 1)).silence is Silence.NONE


def test_a_clock_that_counts_back_from_the_journey() -> None:
    lodge = terms(period="15", direction="backward", kind="window_close", suspension=None)
    assert state(lodge, [started(date(2027, 2, 1))], START).due_on == date(2027, 1, 17)


def test_the_last_day_rolls_only_under_a_law_that_rolls() -> None:
    on_a_saturday = [started(date(2026, 1, 15))]
    assert state(terms(period="30"), on_a_saturday).due_on == date(2026, 2, 14)
    assert state(terms(period="30", rule_set="ROLLING"), on_a_saturday).due_on == date(2026, 2, 16)


def test_a_new_total_is_counted_from_the_same_event() -> None:
    """Visa Code 23(2): 45 days from lodging, not from day 15."""
    visa = terms(period="15", extension=ExtensionModel.NEW_TOTAL, extension_period="45", extension_unit="days")
    found = state(visa, [started(), event(K.EXTENDED, date(2026, 1, 25), 2)], date(2026, 1, 26))
    assert found.due_on == START + timedelta(days=45)
    assert "new_total" in [step.code for step in found.answer.steps]


@pytest.mark.parametrize(
    ("model", "due_on"),
    [(ExtensionModel.FROM_ROLLED_END, date(2026, 6, 11)), (ExtensionModel.FROM_UNROLLED_END, date(2026, 6, 9))],
)
def test_an_extension_from_the_rolled_and_from_the_unrolled_end(model: ExtensionModel, due_on: date) -> None:
    """Worked example DE-12: two weeks from 16 May, longer by ten days."""
    two_weeks = terms(rule_set="ROLLING", period="2", unit="weeks", extension=model)
    granted = event(K.EXTENDED, date(2026, 5, 20), 2, period="10", unit="days")
    assert state(two_weeks, [started(date(2026, 5, 16)), granted], date(2026, 5, 21)).due_on == due_on


def test_a_named_day_is_the_day_even_if_nobody_works() -> None:
    named = event(K.EXTENDED, date(2026, 1, 25), 2, until="2026-03-07")
    before = state(terms(rule_set="ROLLING"), [started(), named])
    assert before.due_on == date(2026, 2, 16)
    later = state(terms(rule_set="ROLLING"), [started(), named], date(2026, 2, 1))
    assert (later.due_on, later.latest_on) == (date(2026, 3, 7), date(2026, 3, 7))
    assert later.extensions[0].model is ExtensionModel.NEW_DATE


def test_a_pause_after_the_named_day_was_set_moves_it_and_an_earlier_one_does_not() -> None:
    named = event(K.EXTENDED, date(2026, 1, 25), 2, until="2026-03-07")
    before = [started(), named, *pause(date(2026, 1, 18), date(2026, 1, 20))]
    assert state(terms(), before, date(2026, 2, 1)).due_on == date(2026, 3, 7)
    after = [started(), named, *pause(date(2026, 2, 10), date(2026, 2, 14))]
    moved = state(terms(), after, date(2026, 3, 1))
    assert moved.due_on == date(2026, 3, 12)
    assert "pause_added" in [step.code for step in moved.answer.steps]


def test_a_length_granted_after_a_named_day_runs_from_that_day() -> None:
    events = [
        started(),
        event(K.EXTENDED, date(2026, 1, 25), 2, until="2026-03-07"),
        event(K.EXTENDED, date(2026, 3, 1), 3, period="10", unit="days", model="from_unrolled_end"),
    ]
    assert state(terms(), events, date(2026, 3, 2)).due_on == date(2026, 3, 17)


def test_an_extension_and_a_pause_together() -> None:
    longer = terms(extension=ExtensionModel.FROM_UNROLLED_END, extension_period="10", extension_unit="days")
    events = [started(), *pause(date(2026, 1, 20), date(2026, 1, 24)), event(K.EXTENDED, date(2026, 2, 1), 3)]
    assert state(longer, events, date(2026, 2, 2)).due_on == START + timedelta(days=45)


def test_an_extension_without_a_length_is_refused() -> None:
    with pytest.raises(ClockDataMissing) as refused:
        state(terms(), [started(), event(K.EXTENDED, START, 2)])
    assert refused.value.parameters["field"] == "period"


def test_when_a_clock_may_be_suspended() -> None:
    assert may_suspend(terms(), state(terms(), [started()]))
    assert may_suspend(terms(), state(terms(), [started(), *pause(START)], date(2026, 1, 20)))
    assert not may_suspend(terms(), state(terms(), [started()], date(2026, 6, 1)))
    assert not may_suspend(terms(), state(terms(), [started(), event(K.MET, START, 2)]))
    rigid = terms(suspension=None)
    assert not may_suspend(rigid, state(rigid, [started()]))


def test_when_a_clock_may_be_extended() -> None:
    once = terms(extension=ExtensionModel.NEW_TOTAL, extension_period="45", extension_unit="days")
    assert may_extend(once, state(once, [started()]))
    assert may_extend(once, state(once, [started()], date(2026, 2, 14)))
    assert not may_extend(once, state(once, [started()], date(2026, 2, 15)))
    assert not may_extend(once, state(once, [started(), event(K.EXTENDED, START, 2)]))
    assert not may_extend(terms(), state(terms(), [started()]))
    twice = replace(once, extensions_allowed=2)
    assert may_extend(twice, state(twice, [started(), event(K.EXTENDED, START, 2)]))


def test_a_clock_needs_a_start() -> None:
    with pytest.raises(ClockNotStarted):
        state(terms(), [event(K.MET, START, 2)])
    with pytest.raises(ClockNotStarted):
        state(terms(), [event(K.RECOMPUTED, START, 2, start="2026-01-01")])


def test_two_events_in_one_place_are_a_fault_and_named() -> None:
    with pytest.raises(ClockEventsConflict) as refused:
        in_order([started(), event(K.MET, START, 1)])
    assert refused.value.parameters["seq"] == 1


def test_a_corrected_trigger_counts_from_when_it_was_recorded() -> None:
    corrected = event(K.RECOMPUTED, date(2026, 1, 20), 2, start="2026-01-10", reason="trigger_corrected")
    assert state(terms(), [started(), corrected], date(2026, 1, 21)).started_on == date(2026, 1, 10)
    again = event(K.STARTED, date(2026, 1, 12), 3)
    assert state(terms(), [started(), corrected, again], date(2026, 1, 21)).started_on == date(2026, 1, 12)


def test_a_trigger_may_be_given_as_a_date() -> None:
    found = state(terms(), [event(K.STARTED, date(2026, 1, 20), 1, start=date(2026, 1, 10))], date(2026, 1, 21))
    assert found.started_on == date(2026, 1, 10)


def test_a_recomputation_for_another_reason_keeps_the_trigger() -> None:
    recorded = event(K.RECOMPUTED, date(2026, 1, 20), 2, reason="calendar_changed", due_before="2026-02-13")
    assert state(terms(), [started(), recorded], date(2026, 1, 21)).started_on == START


def test_a_trigger_with_a_time_is_read_in_the_zone_of_the_law() -> None:
    late_evening = event(K.STARTED, date(2026, 3, 31), 1, start="2026-03-31T23:30Z")
    brussels = terms(params={"time_zone": "Europe/Brussels"})
    assert state(brussels, [late_evening], date(2026, 4, 1)).due_on == date(2026, 5, 1)


def test_a_period_in_hours_ends_on_a_day_and_cannot_be_paused() -> None:
    hours = terms(period="48", unit="hours", params={"time_zone": "Europe/Berlin"})
    at_noon = event(K.STARTED, START, 1, start="2026-01-15T12:00")
    assert not is_pausable(hours)
    assert state(hours, [at_noon], START).due_on == date(2026, 1, 17)
    assert state(hours, [at_noon], date(2026, 1, 18)).status is ClockStatus.BREACHED


def test_what_the_engine_refuses_is_not_hidden() -> None:
    backward = terms(period="15", direction="backward", kind="window_close")
    with pytest.raises(ParameterNotCovered):
        state(backward, [started(), event(K.EXTENDED, START, 2, period="5", unit="days")])
