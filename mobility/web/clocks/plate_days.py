"""What each day was to one date, read from the steps of an answer: counted, stopped, skipped, trigger, last day.

Nothing is counted again here. The steps say where each part of the period ended and which days were left out; the
calendar says which days of a count in working days counted. An answer without counted days has no picture.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from mobility.domain.calendars import Calendar
from mobility.domain.time_limits import Answer, Step, day_of

_DAY: Final = timedelta(days=1)
_STARTS: Final = frozenset(
    {"event_excluded", "first_day_counts", "restarted", "started_on_completion", "full_hour", "hours_start_at_once"}
)
_COUNTS: Final = frozenset({"period_counted", "working_days_counted", "fraction_counted", "hours_counted"})
_GOES_ON: Final = frozenset(
    {"month_clamped", "month_overflowed", "pause_added", "minimum_working_days", "extension_runs", "day_added"}
)
_LEFT_OUT: Final = frozenset({"pause_added", "pause_left_out", "standstill_left_out"})
_MOVED: Final = frozenset({"rolled", "rolled_back", "rolled_same_time"})
_NOT_ONE_PERIOD: Final = frozenset({"candidate", "earliest_taken", "latest_taken", "term_begins", "series_member"})
LONGEST_DAYS: Final = 100 * 366
_NAMED_DAYS: Final = 100


class DayKind(StrEnum):
    """What a day was to the date; a day is one of these, and may be a holiday or today besides."""

    OUTSIDE = "outside"
    TRIGGER = "trigger"
    COUNTED = "counted"
    STOPPED = "stopped"
    NOT_COUNTED = "not_counted"
    SKIPPED = "skipped"
    EARLIEST = "earliest"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateDays:
    """The days from `first_on` to `last_on`; `counted` is their number, a trigger that counts among them."""

    kinds: Mapping[date, DayKind]
    first_on: date
    last_on: date
    holidays: Mapping[date, str] = field(default_factory=dict)
    today: date | None = None
    counted: int = 0
    trigger_counts: bool = False

    def kind(self, day: date) -> DayKind:
        """Return what a day was; days around the period are outside."""
        return self.kinds.get(day, DayKind.OUTSIDE)

    def number(self, kind: DayKind) -> int:
        """Return how many days are of a kind."""
        return sum(1 for each in self.kinds.values() if each is kind)


@dataclass(slots=True)
class _Reader:
    """Walks the steps once, and keeps where the count stands."""

    calendar: Calendar | None
    counted: set[date] = field(default_factory=set)
    uncounted: set[date] = field(default_factory=set)
    stopped: set[date] = field(default_factory=set)
    skipped: set[date] = field(default_factory=set)
    start: date | None = None
    at: date | None = None
    first_counts: bool = False

    def read(self, step: Step) -> None:
        if step.code in _STARTS and step.day is not None:
            self.start, self.at = self.start or step.day, step.day
            self.first_counts = step.code == "first_day_counts"
        elif step.code in _COUNTS | _GOES_ON and step.day is not None and self.at is not None:
            self._count(self.at, step.day, step)
            self.at = step.day
        if step.code in _LEFT_OUT:
            self.stopped |= set(_span(_iso(step, "first"), _iso(step, "last")))
        for first, last in _pairs(step, "paused"):
            self.stopped |= set(_span(first, last))
        if step.code in _MOVED:
            self.skipped |= {date.fromisoformat(each[0]) for each in step.rows("skipped")}
            self.at = step.day

    def _count(self, start: date, end: date, step: Step) -> None:
        closed = self._closed_days(start, end, step) if step.code == "working_days_counted" else frozenset()
        for day in _span(start + _DAY, end) if end >= start else _span(end, start - _DAY):
            (self.uncounted if day in closed else self.counted).add(day)

    def _closed_days(self, start: date, end: date, step: Step) -> frozenset[date]:
        """The step names every closed day of a short count; of a long one the calendar knows them."""
        named = frozenset(date.fromisoformat(each[0]) for each in step.rows("skipped"))
        if abs((end - start).days) <= _NAMED_DAYS or self.calendar is None:
            return named
        calendar = self.calendar
        days = _span(min(start, end), max(start, end))
        return named | {day for day in days if calendar.covers(day) and not calendar.is_working(day)}


def read_plate(answer: Answer, *, calendar: Calendar | None = None, today: date | None = None) -> PlateDays | None:
    """Return what each day was; None where no single period of days was counted, or one too long to be shown."""
    codes = {step.code for step in answer.steps}
    if codes & _NOT_ONE_PERIOD or not codes & _COUNTS:
        return None
    reader = _Reader(calendar)
    for step in answer.steps:
        reader.read(step)
    earliest, latest = day_of(answer.earliest), day_of(answer.latest)
    if reader.start is None:
        return None
    first_on, last_on = min(reader.start, earliest), max(reader.start, latest, earliest)
    if (last_on - first_on).days > LONGEST_DAYS:
        return None
    return PlateDays(
        kinds=_kinds(reader, earliest, latest),
        first_on=first_on,
        last_on=last_on,
        holidays=_holidays(calendar, first_on, last_on),
        today=today,
        counted=len(reader.counted - reader.stopped) + (1 if reader.first_counts else 0),
        trigger_counts=reader.first_counts,
    )


def _kinds(reader: _Reader, earliest: date, latest: date) -> dict[date, DayKind]:
    """Later lines win: the last days over the skipped, the skipped over the stopped, the stopped over the counted."""
    assert reader.start is not None, "the caller has seen a start"
    kinds = dict.fromkeys(reader.counted, DayKind.COUNTED)
    kinds |= dict.fromkeys(reader.uncounted, DayKind.NOT_COUNTED)
    kinds |= dict.fromkeys(reader.stopped, DayKind.STOPPED)
    kinds |= dict.fromkeys(reader.skipped, DayKind.SKIPPED)
    forward = latest >= reader.start
    for day in [each for each in kinds if (each > latest if forward else each < earliest)]:
        del kinds[day]
    kinds[reader.start] = DayKind.TRIGGER
    kinds[earliest] = DayKind.EARLIEST
    kinds[latest] = DayKind.LAST
    return kinds


def _holidays(calendar: Calendar | None, first_on: date, last_on: date) -> dict[date, str]:
    return dict(calendar.holidays_between(first_on, last_on)) if calendar is not None else {}


def _span(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))


def _iso(step: Step, key: str) -> date:
    return date.fromisoformat(str(step.arguments[key]))


def _pairs(step: Step, key: str) -> Iterator[tuple[date, date]]:
    return ((date.fromisoformat(first), date.fromisoformat(last)) for first, last in step.rows(key))
