"""A small body of law, a calendar and the events of a clock, for the tests of clocks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mobility.domain.calendars import Calendar, saturday_sunday
from mobility.domain.clocks import ClockEvent, ClockEventKind, ClockState, ClockTerms, PauseReading, replay
from mobility.domain.law_codes import SuspensionModel
from mobility.domain.time_limits import RuleSet
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
