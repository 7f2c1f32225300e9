"""What a clock is made of: its terms (law), its events (facts) and the state the two give.

Nothing here computes. A clock has no state of its own that could be edited: `ClockState` is the answer of
`replay` for one day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mobility.domain.errors import DomainError
from mobility.domain.law_codes import ExtensionModel, Silence, SuspensionModel
from mobility.domain.time_limits import Answer


class ClockNotStarted(DomainError):
    """A clock without its starting event has no trigger, so no day can be computed."""

    code = "clock_not_started"


class ClockEventsConflict(DomainError):
    """Two different events claim the same place in the clock's history."""

    code = "clock_events_conflict"


class ClockDataMissing(DomainError):
    """An event lacks a value without which its effect cannot be computed; `field` names it."""

    code = "clock_data_missing"


class ClockEventKind(StrEnum):
    """What can happen to a clock. The values are stored; `breached` and `recomputed` only record."""

    STARTED = "started"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENDED = "extended"
    MET = "met"
    BREACHED = "breached"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    RECOMPUTED = "recomputed"


class ClockStatus(StrEnum):
    """How a clock stands on a day.

    `breached` (late: the latest day has passed and nothing was done) and `reached` (a day that nobody has to
    keep, such as an effect or an opening, has come) follow from the day of asking; storage keeps `running`.
    """

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    REACHED = "reached"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


class PauseReading(StrEnum):
    """Whether the day of the request is itself suspended; the law mostly does not say.

    `unstated` counts as `both_ends`, and shows the other reading, one day earlier for each pause, as `earliest_on`.
    """

    UNSTATED = "unstated"
    BOTH_ENDS = "both_ends"
    REQUEST_DAY_COUNTS = "request_day_counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTerms:
    """The part of a provision that decides a clock's days.

    `direction` and `kind` are the engine's words; `period` and `unit` as in the provision. `suspension` None: the
    provision knows no pause. `extension` None: it knows no extension; its `extension_period` may be empty where
    the authority sets the length, which then stands in the event.
    """

    rule_set: str
    period: str
    unit: str
    direction: str = "forward"
    kind: str = "act"
    calendar: str = ""
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    suspension: SuspensionModel | None = None
    pause_reading: PauseReading = PauseReading.UNSTATED
    extension: ExtensionModel | None = None
    extension_period: str = ""
    extension_unit: str = ""
    extensions_allowed: int = 1
    silence: Silence = Silence.NONE
    soft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """Something that happened to a clock on a day; `seq` is its place in the order of recording.

    Keys of `data`, dates as ISO text: `started` and `recomputed` may carry `start` (the trigger as a local date or
    date and time, when it is not `on`); `suspended` and `resumed` a `ref` (which request), `suspended` also
    `allowed_until` (last day set for the answer); `extended` its `period`, `unit`, `model` or `until`.
    """

    kind: ClockEventKind
    on: date
    seq: int
    data: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Days on which the clock stood still, both included; `is_open` while nobody has resumed it."""

    first_on: date
    last_on: date
    is_open: bool = False

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockExtension:
    """One extension as granted: a length in the unit of `unit`, or a day the authority named."""

    model: ExtensionModel
    granted_on: date
    period: str = ""
    unit: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """How the clock stands on `as_of`, and every day that follows from its events.

    `due_on` is the default reading, `earliest_on` the day that warnings use, `latest_on` the last day that can be
    defended: after it the clock is late. While `is_provisional`, the days are those that would hold if the pause
    ended on `as_of`. `days_late` counts from `latest_on`, and is 0 for a clock kept or still in time. `silence` is
    what the law makes of the missing answer, once `latest_on` has passed without one.
    """

    status: ClockStatus
    as_of: date
    started_on: date
    due_on: date
    earliest_on: date
    latest_on: date
    answer: Answer
    pauses: tuple[Pause, ...] = ()
    paused_since: date | None = None
    extensions: tuple[ClockExtension, ...] = ()
    ended_on: date | None = None
    met_late: bool = False
    days_late: int = 0
    silence: Silence = Silence.NONE

    @property
    def is_provisional(self) -> bool:
        return self.status is ClockStatus.PAUSED

    @property
    def is_running(self) -> bool:
        """True while somebody still owes the step, late or not; a paused clock is not running."""
        return self.status in {ClockStatus.RUNNING, ClockStatus.BREACHED}

    @property
    def stored_status(self) -> ClockStatus:
        """The status without what follows from the day of asking: lateness is never stored."""
        if self.status in {ClockStatus.BREACHED, ClockStatus.REACHED}:
            return ClockStatus.RUNNING
        return self.status

    @property
    def met_on(self) -> date | None:
        return self.ended_on if self.status is ClockStatus.MET else None

    @property
    def paused_days(self) -> int:
        return sum(pause.days for pause in self.pauses)
