"""Legal time limits at work: events of a case start, stop, keep and end clocks; every date can be explained.

`recording` is what other services call, `bench` holds a case's clocks while they change, `terms` makes law concrete
for a case, `standing` keeps what lists sort by. The rules are in `mobility.domain.clocks`.
"""

from mobility.services.clocks.bench import Bench, calendar_source, clock_events, open_bench
from mobility.services.clocks.changes import ClockChange, Recorded
from mobility.services.clocks.explaining import ClockEventView, ClockExplanation, EarlierAnswer, explain_clock
from mobility.services.clocks.extending import ExtensionNotAllowed, extend_clock
from mobility.services.clocks.recording import Happening, record_case_event, record_case_events, resume_clocks
from mobility.services.clocks.silence import apply_silence, resume_elapsed
from mobility.services.clocks.standing import is_kept_by_somebody, kind_of, refresh_next_due, refresh_next_dues
from mobility.services.clocks.terms import Setting, calendar_for, clock_terms, owed_by

__all__ = [
    "Bench",
    "ClockChange",
    "ClockEventView",
    "ClockExplanation",
    "EarlierAnswer",
    "ExtensionNotAllowed",
    "Happening",
    "Recorded",
    "Setting",
    "apply_silence",
    "calendar_for",
    "calendar_source",
    "clock_events",
    "clock_terms",
    "explain_clock",
    "extend_clock",
    "is_kept_by_somebody",
    "kind_of",
    "open_bench",
    "owed_by",
    "record_case_event",
    "record_case_events",
    "refresh_next_due",
    "refresh_next_dues",
    "resume_clocks",
    "resume_elapsed",
]
