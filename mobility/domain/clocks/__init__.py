"""Clocks: a provision at work on a case, as its events and the state that follows from them.

`vocabulary` holds terms, events and state, `pauses` the days a clock stood still, `counting` the question to the
time-limit engine, `replay` the state on a day. Which provision starts which clock is decided in the services.
"""

from mobility.domain.clocks.counting import PAUSE_WITHOUT_EFFECT, is_pausable
from mobility.domain.clocks.pauses import merged
from mobility.domain.clocks.replay import OWED_BY_NOBODY, in_order, may_extend, may_suspend, replay
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
    PauseReading,
)

__all__ = [
    "OWED_BY_NOBODY",
    "PAUSE_WITHOUT_EFFECT",
    "ClockDataMissing",
    "ClockEvent",
    "ClockEventKind",
    "ClockEventsConflict",
    "ClockExtension",
    "ClockNotStarted",
    "ClockState",
    "ClockStatus",
    "ClockTerms",
    "Pause",
    "PauseReading",
    "in_order",
    "is_pausable",
    "may_extend",
    "may_suspend",
    "merged",
    "replay",
]
