"""From the events of a clock to its state on a day: the only way a clock's state comes into being.

The events are a set: in whatever order they are read, and however often one is read, the state is the same. Lateness
follows from the day of asking and is never an event's doing; a recorded breach only proves that it was noticed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from mobility.domain.calendars import CalendarSource
from mobility.domain.clocks.counting import Law, count, is_pausable
from mobility.domain.clocks.pauses import day_in, merged, pauses_from
from mobility.domain.clocks.vocabulary import (
    ClockDataMissing,
    ClockEvent,
    ClockEventKind,
    ClockEventsConflict,
    ClockExtension,
    ClockNotStarted,
    ClockState,
    ClockStatus,
    ClockTerms,
    Pause,
)
from mobility.domain.law_codes import ExtensionModel, Silence, SuspensionModel
from mobility.domain.time_limits import Answer, RuleSet, day_of, read_start

_ENDINGS: Final[Mapping[ClockEventKind, ClockStatus]] = {
    ClockEventKind.MET: ClockStatus.MET,
    ClockEventKind.LAPSED: ClockStatus.LAPSED,
    ClockEventKind.SUPERSEDED: ClockStatus.SUPERSEDED,
}

OWED_BY_NOBODY: Final = frozenset({"effect", "validity", "window_open", "instant", "bar"})
"""Kinds whose day comes by itself: it is reached, never missed."""


def replay(
    terms: ClockTerms,
    events: Iterable[ClockEvent],
    *,
    rule_sets: Mapping[str, RuleSet],
    calendars: CalendarSource,
    today: date,
) -> ClockState:
    """Return the state of the clock on `today`, the civil date where the step is owed.

    Raises ClockNotStarted without a starting event, ClockEventsConflict when two different events have one `seq`,
    ClockDataMissing for an event that lacks what its model needs, and the engine's errors.
    """
    law = Law(rule_sets=rule_sets, calendars=calendars)
    history = in_order(events)
    start = _trigger(history)
    ending = next((event for event in history if event.kind in _ENDINGS), None)
    until = min(today, ending.on) if ending else today
    lived = [event for event in history if event.on <= until]
    extensions = _extensions(terms, lived)
    pauses = _effective(terms, start, lived, extensions, law, until)
    answer = count(terms, start, pauses=pauses, extensions=extensions, law=law)
    return _state(terms, start, answer, pauses, extensions, ending=ending, today=today)


def in_order(events: Iterable[ClockEvent]) -> list[ClockEvent]:
    """Return the events by day and place, each once; raises ClockEventsConflict."""
    by_seq: dict[int, ClockEvent] = {}
    for event in events:
        known = by_seq.setdefault(event.seq, event)
        if known != event:
            raise ClockEventsConflict(seq=event.seq, first=known.kind, second=event.kind)
    return sorted(by_seq.values(), key=lambda event: (event.on, event.seq))


def _trigger(history: Sequence[ClockEvent]) -> date | datetime:
    """Return the trigger: of the last start recorded, unless a later recomputation corrected it."""
    starts = [
        event
        for event in history
        if event.kind is ClockEventKind.STARTED or (event.kind is ClockEventKind.RECOMPUTED and event.data.get("start"))
    ]
    if not any(event.kind is ClockEventKind.STARTED for event in starts):
        raise ClockNotStarted(events=[event.kind.value for event in history])
    decisive = max(starts, key=lambda event: event.seq)
    given = decisive.data.get("start")
    if isinstance(given, date):
        return given
    return read_start(str(given)) if given else decisive.on


def _extensions(terms: ClockTerms, lived: Iterable[ClockEvent]) -> tuple[ClockExtension, ...]:
    return tuple(_extension(terms, event) for event in lived if event.kind is ClockEventKind.EXTENDED)


def _extension(terms: ClockTerms, event: ClockEvent) -> ClockExtension:
    """Return an extension with the event's own length, else the provision's; a day the authority named wins."""
    until = day_in(event, "until")
    period = str(event.data.get("period") or terms.extension_period)
    if until is None and not period:
        raise ClockDataMissing(field="period", event=event.kind, on=event.on.isoformat())
    named = str(event.data.get("model") or terms.extension or ExtensionModel.FROM_ROLLED_END)
    return ClockExtension(
        model=ExtensionModel.NEW_DATE if until else ExtensionModel(named),
        granted_on=event.on,
        period=period,
        unit=str(event.data.get("unit") or terms.extension_unit or terms.unit),
        until=until,
    )


def _effective(
    terms: ClockTerms,
    start: date | datetime,
    lived: Sequence[ClockEvent],
    extensions: Sequence[ClockExtension],
    law: Law,
    until: date,
) -> tuple[Pause, ...]:
    """Return the pauses that reach the clock, in order: not those over before it started, nor after its end."""
    started_on = day_of(start)
    found = [pause for pause in pauses_from(lived, model=terms.suspension, until=until) if pause.last_on >= started_on]
    if not is_pausable(terms) or terms.suspension is SuspensionModel.START_ON_COMPLETION:
        return tuple(found)
    kept: list[Pause] = []
    for pause in found:
        latest = count(terms, start, pauses=kept, extensions=extensions, law=law).latest
        if pause.first_on <= day_of(latest):
            kept.append(pause)
    return tuple(kept)


def _state(
    terms: ClockTerms,
    start: date | datetime,
    answer: Answer,
    pauses: Sequence[Pause],
    extensions: tuple[ClockExtension, ...],
    *,
    ending: ClockEvent | None,
    today: date,
) -> ClockState:
    latest_on = day_of(answer.latest)
    still_open = [pause for pause in pauses if pause.is_open and is_pausable(terms)]
    paused_since = min((pause.first_on for pause in still_open), default=None) if ending is None else None
    status = _status(terms, ending, is_paused=paused_since is not None, has_passed=today > latest_on)
    measured_on = ending.on if ending else today
    is_late = status is ClockStatus.BREACHED or (status is ClockStatus.MET and measured_on > latest_on)
    is_late = is_late and terms.kind not in OWED_BY_NOBODY
    return ClockState(
        status=status,
        as_of=today,
        started_on=day_of(start),
        due_on=day_of(answer.last_day),
        earliest_on=day_of(answer.earliest),
        latest_on=latest_on,
        answer=answer,
        pauses=merged(pauses),
        paused_since=paused_since,
        extensions=extensions,
        ended_on=ending.on if ending else None,
        met_late=is_late and status is ClockStatus.MET,
        days_late=(measured_on - latest_on).days if is_late else 0,
        silence=terms.silence if status is ClockStatus.BREACHED else Silence.NONE,
    )


def _status(terms: ClockTerms, ending: ClockEvent | None, *, is_paused: bool, has_passed: bool) -> ClockStatus:
    if ending is not None:
        return _ENDINGS[ending.kind]
    if is_paused:
        return ClockStatus.PAUSED
    if not has_passed:
        return ClockStatus.RUNNING
    return ClockStatus.REACHED if terms.kind in OWED_BY_NOBODY else ClockStatus.BREACHED


def may_suspend(terms: ClockTerms, state: ClockState) -> bool:
    """Say whether a request may stop the clock now: the provision knows pauses, and the time has not run out.

    A clock that is paused already may be paused for a second request; the days count once.
    """
    return is_pausable(terms) and state.status in {ClockStatus.RUNNING, ClockStatus.PAUSED}


def may_extend(terms: ClockTerms, state: ClockState) -> bool:
    """Say whether the clock may be extended now: the provision knows it, so often, and no reading has run out.

    A period that has ended cannot be made longer, so the earliest defensible day decides.
    """
    if terms.extension is None or state.status not in {ClockStatus.RUNNING, ClockStatus.PAUSED}:
        return False
    return len(state.extensions) < terms.extensions_allowed and state.as_of <= state.earliest_on
