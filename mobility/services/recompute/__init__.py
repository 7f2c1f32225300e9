"""Dates counted again when law, calendar or trigger changes: the difference first, then its writing.

`counting` finds and counts, `writing` applies a difference some clocks at a time, `correcting` moves one trigger. What
a clock's answer is follows from `mobility.domain`; which days a calendar has from `mobility.calendars` and overrides.
"""

from mobility.services.recompute.changes import Cause, Change, Days, Difference, Move
from mobility.services.recompute.correcting import ClockEnded, correct_trigger, preview_correction
from mobility.services.recompute.counting import Recount
from mobility.services.recompute.writing import CHUNK, Applied, apply_to, in_chunks

__all__ = [
    "CHUNK",
    "Applied",
    "Cause",
    "Change",
    "ClockEnded",
    "Days",
    "Difference",
    "Move",
    "Recount",
    "apply_to",
    "correct_trigger",
    "in_chunks",
    "preview_correction",
]
