"""A body of law's way of counting, as parameters.

One `RuleSet` is one row of the comparison of laws: how the start counts, what months do at their end, which days
count inside, what happens at the end, and which other readings of the same law are defensible. The values come
from `config/rule_sets.toml`; the one engine in this package knows what each value means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from mobility.domain.calendars import Season
from mobility.domain.time_limits.errors import RuleSetInvalid


class Procedure(StrEnum):
    """Which part of the engine answers; all but `period` are short."""

    PERIOD = "period"
    WINDOW = "window"
    TERM = "term"
    COMBINATION = "combination"
    END_OF_DAY = "end_of_day"
    NONE = "none"


class Direction(StrEnum):
    FORWARD = "forward"
    BACKWARD = "backward"
    PERIODIC = "periodic"
    MAX_CONTINUOUS = "max_continuous"
    EARLIEST_REENTRY = "earliest_reentry"


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    STAY_DAYS = "stay_days"
    COMPOSITE = "composite"


class Kind(StrEnum):
    ACT = "act"
    DECISION = "decision"
    NOTICE = "notice"
    REPORT = "report"
    SILENCE = "silence"
    EFFECT = "effect"
    VALIDITY = "validity"
    STAY = "stay"
    WINDOW_OPEN = "window_open"
    WINDOW_CLOSE = "window_close"
    FIXED_DATE = "fixed_date"
    INSTANT = "instant"
    BAR = "bar"
    QUOTA = "quota"
    SUSPENSION = "suspension"
    DEEMED_EVENT = "deemed_event"
    ADD_ON = "add_on"
    MILESTONE = "milestone"


ACTING = frozenset({Kind.ACT, Kind.DECISION, Kind.NOTICE, Kind.REPORT})


class Start(StrEnum):
    EVENT_EXCLUDED = "event_excluded"
    FIRST_DAY_COUNTS = "first_day_counts"


class HoursStart(StrEnum):
    NEXT_FULL_HOUR = "next_full_hour"
    IMMEDIATELY = "immediately"


class MonthEnd(StrEnum):
    CLAMP = "clamp"
    OVERFLOW = "overflow"


class CompositeOrder(StrEnum):
    MONTHS_FIRST = "months_first"
    DAYS_FIRST = "days_first"
    AS_WRITTEN = "as_written"
    UNSPECIFIED = "unspecified"


class Fraction(StrEnum):
    NONE = "none"
    HALF_MONTH = "half_month"
    THIRTY_DAY_MONTH = "thirty_day_month"


class RollTo(StrEnum):
    NEXT = "next"
    PREVIOUS = "previous"


class Backward(StrEnum):
    SUBTRACT = "subtract"
    FULL_DAYS = "full_days"
    EVENT_DAY_COUNTED = "event_day_counted"


class Suspension(StrEnum):
    NONE = "none"
    STOP_AND_RESUME = "stop_and_resume"
    RESTART = "restart"
    START_ON_COMPLETION = "start_on_completion"


class Extension(StrEnum):
    NONE = "none"
    NEW_TOTAL = "new_total"
    ROLLED_END = "rolled_end"
    UNROLLED_END = "unrolled_end"
    NEW_DATE = "new_date"


class Result(StrEnum):
    LAST_DAY = "last_day"
    DAY_AFTER = "day_after"
    FIRST_OF_NEXT_MONTH = "first_of_next_month"
    FIRST_OF_MONTH = "first_of_month"
    LAST_OF_MONTH = "last_of_month"


class SubdivisionHolidays(StrEnum):
    REPLACE = "replace"
    ADD_FORWARD_ONLY = "add_forward_only"


class TermEnd(StrEnum):
    DAY_BEFORE_ANNIVERSARY = "day_before_anniversary"
    ANNIVERSARY = "anniversary"


class HoursClock(StrEnum):
    ELAPSED = "elapsed"
    WALL = "wall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Days of every year that a period in days leaves out, both ends included.

    Either month and day of both ends (the end may lie in the next year), or distances from Easter Sunday.
    """

    days: Season | None = None
    easter: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Another defensible reading: a question of law, the parameters it changes, and when it arises.

    `calendar` is `host` where the reading counts on the host State's calendar. Readings of one question exclude
    each other; readings of different questions combine.
    """

    question: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    calendar: str = ""
    directions: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    parameter: str = ""
    unless_parameter: str = ""
    longest: int | None = None
    shortest: int | None = None
    where_weekend_differs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The parameters of one body of law; `articles` names the article behind each step of a derivation."""

    code: str
    law: str
    source: str = ""
    confidence: str = "seen"
    valid_from: date | None = None
    valid_to: date | None = None
    procedure: Procedure = Procedure.PERIOD
    reason: str = ""
    directions: frozenset[Direction] = frozenset({Direction.FORWARD})
    units: frozenset[Unit] = frozenset()
    backward_rules: str = ""
    working_day_rules: str = ""

    start: Start = Start.EVENT_EXCLUDED
    month_end: MonthEnd = MonthEnd.CLAMP
    composite_order: CompositeOrder = CompositeOrder.UNSPECIFIED
    fraction: Fraction = Fraction.NONE
    standstills: tuple[Standstill, ...] = ()
    working_days_up_to: int = 0
    empty_period_is_same_day: bool = False

    backward: Backward = Backward.SUBTRACT
    forward_full_days: frozenset[Kind] = frozenset()
    clamped_window_opens_day_after: bool = False
    days_after_end: int = 0
    result: Result = Result.LAST_DAY

    rolls: frozenset[Kind] = frozenset()
    rolls_backward: frozenset[Kind] = frozenset()
    roll_to: RollTo = RollTo.NEXT
    rolls_past_standstill: bool = False
    minimum_working_days: int = 0
    minimum_kinds: frozenset[Kind] = frozenset()

    hours_start: HoursStart = HoursStart.IMMEDIATELY
    hours_clock: HoursClock = HoursClock.ELAPSED
    hours_roll: bool = False
    hours_minimum_from: int = 0

    suspension: Suspension = Suspension.NONE
    first_suspended_day_counts: bool = False
    extension: Extension = Extension.NONE

    fixed_weekend: bool = False
    saturday: str = "calendar"
    closed: tuple[Season, ...] = ()
    subdivision_holidays: SubdivisionHolidays = SubdivisionHolidays.REPLACE
    default_calendar: str = ""

    limit: int = 0
    window: int = 0
    latest_of_candidates: bool = False
    term_end: TermEnd = TermEnd.DAY_BEFORE_ANNIVERSARY

    articles: Mapping[str, str] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()

    def __post_init__(self) -> None:
        """Refuse parameters that contradict each other; raises RuleSetInvalid naming the key."""
        if self.procedure is Procedure.NONE and not self.reason:
            raise RuleSetInvalid(rule_set=self.code, key="reason", value=self.reason)
        if self.procedure is Procedure.PERIOD and not self.units:
            raise RuleSetInvalid(rule_set=self.code, key="units", value=[])
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise RuleSetInvalid(rule_set=self.code, key="valid_to", value=self.valid_to.isoformat())
        if self.saturday not in ("calendar", "working", "non_working"):
            raise RuleSetInvalid(rule_set=self.code, key="saturday", value=self.saturday)
        for reading in self.readings:
            self._check_reading(reading)

    def _check_reading(self, reading: Reading) -> None:
        known = {each.name for each in fields(self)} - {"code", "law", "readings", "procedure", "articles"}
        for key in reading.changes:
            if key not in known:
                raise RuleSetInvalid(rule_set=self.code, key=f"readings.{reading.question}", value=key)

    def under(self, reading: Reading) -> "RuleSet":
        """Return the rule set with one other reading applied and nothing left to be debated."""
        return replace(self, readings=(), **reading.changes)
