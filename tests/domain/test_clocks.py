"""Clocks: what their events make of them, on which day, and that the order of reading never matters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.calendars import Calendar, saturday_sunday
from mobility.domain.clocks import (
    PAUSE_WITHOUT_EFFECT,
    ClockDataMissing,
    ClockEvent,
    ClockEventKind,
    ClockEventsConflict,
    ClockNotStarted,
    ClockState,
    ClockStatus,
    ClockTerms,
    Pause,
    PauseReading,
    in_order,
    is_pausable,
    may_extend,
    may_suspend,
    replay,
)
from mobility.domain.law_codes import ExtensionModel, Silence, SuspensionModel
from mobility.domain.time_limits import ParameterNotCovered, RuleSet
from mobility.domain.time_limits.rule_sets import ACTING, Direction, Kind, Unit

K, Model = ClockEventKind, SuspensionModel

CALENDAR_UNITS = frozenset({Unit.DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS, Unit.HOURS})
BOTH_WAYS = frozenset({Direction.FORWARD, Direction.BACKWARD})
RULE_SETS = {
    rules.code: rules
    for rules in (
        RuleSet(code="PLAIN", law="days as they come", units=CALENDAR_UNITS, directions=BOTH_WAYS),
        RuleSet(
            code="ROLLING",
            law="the next working day",
            units=CALENDAR_UNITS,
            rolls=ACTING | {Kind.SILENCE},
        ),
        RuleSet(code="WORKDAYS", law="working days", units=frozenset({Unit.WORKING_DAYS})),
    )
}
HOLIDAYS = {
    date(2026, 5, 1): "Labour Day",
    date(2026, 12, 25): "Christmas Day",
    date(2027, 1, 1): "New Year's Day",
}


class OneCalendar:
    """Saturday and Sunday, and the holidays above, for every code and year."""

    def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
        return Calendar(
            code=code,
            first_year=first_year,
            last_year=last_year,
            weekend=saturday_sunday,
            holidays=HOLIDAYS,
        )


CALENDARS = OneCalendar()
START = date(2026, 1, 15)


def terms(**changes: object) -> ClockTerms:
    plain = ClockTerms(
        rule_set="PLAIN",
        period="30",
        unit="days",
        kind="decision",
        calendar="DE",
        suspension=Model.STOP_AND_RESUME,
        pause_reading=PauseReading.BOTH_ENDS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def event(kind: ClockEventKind, on: date, seq: int, **data: object) -> ClockEvent:
    return ClockEvent(kind=kind, on=on, seq=seq, data=data)


def started(on: date = START) -> ClockEvent:
    return event(K.STARTED, on, 1)


def state(the_terms: ClockTerms, events: Sequence[ClockEvent], today: date = START) -> ClockState:
    return replay(the_terms, events, rule_sets=RULE_SETS, calendars=CALENDARS, today=today)


def pause(first: date, last: date | None = None, *, seq: int = 10, ref: str = "") -> list[ClockEvent]:
    data = {"ref": ref} if ref else {}
    events = [event(K.SUSPENDED, first, seq, **data)]
    if last is not None:
        events.append(event(K.RESUMED, last, seq + 1, **data))
    return events


# -- running, met, late ------------------------------------------------------------------------------------------


def test_a_clock_runs_to_its_day_and_is_late_on_the_next() -> None:
    due_on = START + timedelta(days=30)
    assert state(terms(), [started()]).due_on == due_on
    assert state(terms(), [started()], due_on).status is ClockStatus.RUNNING
    late = state(terms(), [started()], due_on + timedelta(days=10))
    assert (late.status, late.days_late, late.stored_status) == (ClockStatus.BREACHED, 10, ClockStatus.RUNNING)
    assert late.is_running
    assert not late.met_late


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


# -- pauses ------------------------------------------------------------------------------------------------------


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


# -- extensions --------------------------------------------------------------------------------------------------


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


# -- what may be done --------------------------------------------------------------------------------------------


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


# -- the history -------------------------------------------------------------------------------------------------


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


# -- properties --------------------------------------------------------------------------------------------------

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


@settings(max_examples=60, deadline=None)
@given(LAWS, histories(), OFFSETS, st.randoms(use_true_random=False))
def test_replay_does_not_depend_on_the_order_and_may_be_repeated(
    law: ClockTerms, events: list[ClockEvent], offset: int, random: object
) -> None:
    today = START + timedelta(days=offset)
    shuffled = [*events, *events]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert state(law, shuffled, today) == state(law, events, today)


@settings(max_examples=60, deadline=None)
@given(LAWS, histories(), OFFSETS)
def test_the_three_days_are_in_order_and_never_before_the_start(
    law: ClockTerms, events: list[ClockEvent], offset: int
) -> None:
    found = state(law, events, START + timedelta(days=offset))
    assert START <= found.earliest_on <= found.due_on <= found.latest_on
    assert found.is_provisional is (found.paused_since is not None)
    assert found.days_late >= 0
    assert (found.days_late > 0) is (found.status is ClockStatus.BREACHED or found.met_late)


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 120), st.integers(0, 118), st.integers(0, 60))
def test_stop_and_resume_moves_a_period_in_days_by_exactly_the_days_paused(period: int, offset: int, days: int) -> None:
    first = START + timedelta(days=1 + min(offset, period - 1))
    found = state(
        terms(period=str(period)),
        [started(), *pause(first, first + timedelta(days=days))],
        START + timedelta(days=400),
    )
    assert found.due_on == START + timedelta(days=period + days + 1)


@settings(max_examples=40, deadline=None)
@given(LAWS, histories(), st.integers(0, 300))
def test_once_ended_a_clock_stays_as_it_was(law: ClockTerms, events: list[ClockEvent], later: int) -> None:
    ended = [each for each in events if each.kind not in {K.MET, K.LAPSED, K.SUPERSEDED}]
    ended.append(event(K.MET, START + timedelta(days=50), 90))
    one = state(law, ended, START + timedelta(days=60))
    other = state(law, ended, START + timedelta(days=60 + later))
    assert replace(other, as_of=one.as_of) == one
