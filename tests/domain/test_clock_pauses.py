"""Pauses: on which days a clock stands still under each model of the law, and what that does to its day."""

from datetime import date, timedelta

import pytest

from mobility.domain.clocks import (
    PAUSE_WITHOUT_EFFECT,
    ClockDataMissing,
    ClockStatus,
    Pause,
    PauseReading,
    is_pausable,
)
from tests.domain.clock_law import START, K, Model, event, pause, started, state, terms


def test_three_months_with_twenty_days_of_suspension() -> None:
    """Worked example DE-08: BQFG 6(3) and (4), BGB 209 by analogy."""
    bqfg = terms(rule_set="ROLLING", period="3", unit="months")
    found = state(bqfg, [started(), *pause(date(2026, 2, 1), date(2026, 2, 20))], date(2026, 3, 1))
    assert found.due_on == found.earliest_on == found.latest_on == date(2026, 5, 5)
    assert found.pauses == (Pause(first_on=date(2026, 2, 1), last_on=date(2026, 2, 20)),)
    assert found.paused_days == 20
    assert [step.code for step in found.answer.steps if "pause" in step.code] == ["pause_added"]


def test_the_unstated_reading_shows_both_days_and_warns_of_the_earlier() -> None:
    """Complete on 14 September, stopped from 6 to 23 October: 31 December, or 4 January."""
    bqfg = terms(rule_set="ROLLING", period="3", unit="months", pause_reading=PauseReading.UNSTATED)
    events = [started(date(2026, 9, 14)), *pause(date(2026, 10, 6), date(2026, 10, 23))]
    found = state(bqfg, events, date(2026, 12, 14))
    assert (found.earliest_on, found.due_on) == (date(2026, 12, 31), date(2027, 1, 4))
    assert found.latest_on == date(2027, 1, 4)
    assert found.answer.is_debatable
    assert "debatable" in found.answer.flags
    assert found.answer.steps[-1].code == "other_reading"
    assert found.answer.steps[-1].day == date(2026, 12, 31)


def test_the_stored_reading_settles_the_day() -> None:
    counted = terms(rule_set="ROLLING", period="3", unit="months", pause_reading=PauseReading.REQUEST_DAY_COUNTS)
    events = [started(date(2026, 9, 14)), *pause(date(2026, 10, 6), date(2026, 10, 23))]
    found = state(counted, events, date(2026, 12, 14))
    assert (found.earliest_on, found.latest_on) == (date(2026, 12, 31), date(2026, 12, 31))


def test_while_paused_the_day_is_provisional_and_moves_with_today() -> None:
    events = [started(), *pause(date(2026, 1, 20))]
    one = state(terms(), events, date(2026, 1, 24))
    assert (one.status, one.paused_since, one.is_provisional) == (ClockStatus.PAUSED, date(2026, 1, 20), True)
    assert one.due_on == date(2026, 2, 14) + timedelta(days=5)
    assert state(terms(), events, date(2026, 1, 25)).due_on == one.due_on + timedelta(days=1)


def test_a_paused_clock_is_never_late() -> None:
    events = [started(), *pause(date(2026, 1, 20))]
    assert state(terms(), events, date(2028, 1, 1)).status is ClockStatus.PAUSED


def test_resumed_it_runs_again_from_what_was_left() -> None:
    events = [started(), *pause(date(2026, 1, 20), date(2026, 1, 24))]
    again = state(terms(), events, date(2026, 1, 25))
    assert (again.status, again.paused_since) == (ClockStatus.RUNNING, None)
    assert again.due_on == date(2026, 2, 19)


def test_two_requests_at_once_count_their_days_once() -> None:
    events = [started()]
    events += pause(date(2026, 1, 20), date(2026, 1, 26), seq=10, ref="a")
    events += pause(date(2026, 1, 24), date(2026, 1, 30), seq=20, ref="b")
    found = state(terms(), events, date(2026, 2, 1))
    assert found.pauses == (Pause(first_on=date(2026, 1, 20), last_on=date(2026, 1, 30)),)
    assert found.due_on == date(2026, 2, 14) + timedelta(days=11)


def test_one_answer_of_two_leaves_the_clock_paused() -> None:
    events = [started()]
    events += pause(date(2026, 1, 20), date(2026, 1, 26), seq=10, ref="a")
    events += pause(date(2026, 1, 24), seq=20, ref="b")
    found = state(terms(), events, date(2026, 2, 1))
    assert (found.status, found.paused_since) == (ClockStatus.PAUSED, date(2026, 1, 24))


def test_a_resumption_without_a_name_ends_every_pause() -> None:
    events = [started(), event(K.SUSPENDED, date(2026, 1, 20), 2, ref="a")]
    events += [event(K.SUSPENDED, date(2026, 1, 21), 3, ref="b"), event(K.RESUMED, date(2026, 1, 25), 4)]
    assert state(terms(), events, date(2026, 2, 1)).paused_days == 6


def test_a_resumption_of_nothing_changes_nothing() -> None:
    events = [started(), event(K.RESUMED, date(2026, 1, 25), 4, ref="z")]
    assert state(terms(), events, date(2026, 2, 1)).pauses == ()


def test_a_pause_after_the_last_day_stops_nothing() -> None:
    events = [started(), *pause(date(2026, 2, 20))]
    found = state(terms(), events, date(2026, 3, 1))
    assert (found.status, found.due_on, found.days_late) == (ClockStatus.BREACHED, date(2026, 2, 14), 15)


def test_a_pause_that_reaches_the_clock_only_because_of_an_earlier_one() -> None:
    events = [started(), *pause(date(2026, 2, 10), date(2026, 2, 14)), *pause(date(2026, 2, 18), seq=20)]
    found = state(terms(), events, date(2026, 2, 20))
    assert (found.status, len(found.pauses)) == (ClockStatus.PAUSED, 2)


def test_a_pause_over_before_the_start_is_none_of_its_business() -> None:
    events = [started(), *pause(date(2026, 1, 1), date(2026, 1, 10))]
    for model in (Model.STOP_AND_RESUME, Model.RESTART, Model.START_ON_COMPLETION):
        assert state(terms(suspension=model), events, date(2026, 2, 1)).due_on == date(2026, 2, 14)


def test_working_days_are_counted_around_the_pause() -> None:
    fifteen = terms(rule_set="WORKDAYS", period="5", unit="working_days")
    events = [started(date(2026, 1, 15)), *pause(date(2026, 1, 19), date(2026, 1, 25))]
    assert state(fifteen, events, date(2026, 2, 1)).due_on == date(2026, 1, 29)


def test_met_while_paused_counts_the_pause_up_to_that_day() -> None:
    events = [started(), *pause(date(2026, 1, 20)), event(K.MET, date(2026, 1, 30), 20)]
    found = state(terms(), events, date(2027, 1, 1))
    assert (found.status, found.met_late, found.paused_since) == (ClockStatus.MET, False, None)
    assert found.pauses[-1].last_on == date(2026, 1, 30)


def test_the_time_allowed_ends_the_pause_by_itself() -> None:
    """CRPA L114-5: suspended for the time set for the documents, and no longer."""
    crpa = terms(suspension=Model.TIME_ALLOWED)
    events = [started(), event(K.SUSPENDED, date(2026, 1, 20), 2, allowed_until="2026-01-29")]
    assert state(crpa, events, date(2026, 1, 25)).status is ClockStatus.PAUSED
    silent = state(crpa, events, date(2026, 2, 5))
    assert (silent.status, silent.paused_days) == (ClockStatus.RUNNING, 10)
    early = state(crpa, [*events, event(K.RESUMED, date(2026, 1, 22), 3)], date(2026, 2, 5))
    assert early.paused_days == 3
    too_late = state(crpa, [*events, event(K.RESUMED, date(2026, 2, 3), 3)], date(2026, 2, 5))
    assert too_late.paused_days == 10


def test_the_time_allowed_must_have_been_recorded() -> None:
    events = [started(), event(K.SUSPENDED, date(2026, 1, 20), 2)]
    with pytest.raises(ClockDataMissing) as refused:
        state(terms(suspension=Model.TIME_ALLOWED), events, date(2026, 1, 21))
    assert refused.value.parameters["field"] == "allowed_until"


def test_restart_gives_the_full_period_from_the_answer() -> None:
    events = [started(), *pause(date(2026, 1, 20), date(2026, 1, 28))]
    found = state(terms(suspension=Model.RESTART), events, date(2026, 2, 1))
    assert found.due_on == date(2026, 1, 28) + timedelta(days=30)
    assert "restarted" in [step.code for step in found.answer.steps]
    late = [started(), *pause(date(2026, 2, 20), date(2026, 2, 28))]
    assert state(terms(suspension=Model.RESTART), late, date(2026, 3, 1)).due_on == date(2026, 2, 14)


def test_start_on_completion_has_not_begun_before_the_file_is_complete() -> None:
    lisbon = terms(suspension=Model.START_ON_COMPLETION)
    events = [started(), *pause(START)]
    waiting = state(lisbon, events, date(2026, 3, 1))
    assert (waiting.status, waiting.due_on) == (ClockStatus.PAUSED, date(2026, 3, 31))
    complete = state(lisbon, [started(), *pause(START, date(2026, 3, 10))], date(2026, 3, 11))
    assert (complete.status, complete.due_on) == (ClockStatus.RUNNING, date(2026, 4, 9))
    assert "started_on_completion" in [step.code for step in complete.answer.steps]
    assert not complete.answer.is_debatable


@pytest.mark.parametrize(
    "changes",
    [
        {"suspension": None},
        {"suspension": Model.SEASONAL},
        {"direction": "backward", "kind": "window_close"},
    ],
)
def test_a_pause_the_law_does_not_know_has_no_effect_and_says_so(changes: dict[str, object]) -> None:
    rigid = terms(**changes)
    found = state(rigid, [started(), *pause(date(2026, 1, 20))], date(2026, 1, 30))
    assert not is_pausable(rigid)
    assert found.status is not ClockStatus.PAUSED
    assert PAUSE_WITHOUT_EFFECT in found.answer.flags
    assert found.due_on == state(rigid, [started()]).due_on
