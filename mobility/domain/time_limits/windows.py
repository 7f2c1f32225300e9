"""Rolling windows: at most p days of presence in any q days, entry and exit day both counted.

The general form of Schengen Borders Code Art 6(1) (90 in 180) and Directive 2016/801 Art 28 (180 in 360). Only
the days of the stay asked about are judged; earlier stays are facts.
"""

from bisect import bisect_left, bisect_right
from datetime import date

from mobility.domain.time_limits.arithmetic import Interval, shift_days
from mobility.domain.time_limits.errors import PeriodOutOfRange, StayNotAllowed
from mobility.domain.time_limits.lengths import need_lengths
from mobility.domain.time_limits.rule_sets import Direction
from mobility.domain.time_limits.run import Run


class _Presence:
    """Days of presence in merged intervals, counted by bisection."""

    def __init__(self, stays: tuple[Interval, ...]) -> None:
        self._firsts = [first.toordinal() for first, _ in stays]
        self._lasts = [last.toordinal() for _, last in stays]

    def days(self, first: int, last: int) -> int:
        """Return how many days of presence lie between two ordinals, both included."""
        begin, end = bisect_left(self._lasts, first), bisect_right(self._firsts, last)
        return sum(min(self._lasts[each], last) - max(self._firsts[each], first) + 1 for each in range(begin, end))


def end_of_window(run: Run) -> date:
    """Return the last day of an unbroken stay, or the first day from which a stay of some days is allowed."""
    stays = _Presence(run.asked.parameters.stays)
    run.note("window_limit", None, limit=run.rules.limit, window=run.rules.window)
    if run.asked.direction is Direction.EARLIEST_REENTRY:
        return _earliest_reentry(run, stays)
    return _last_day_of_stay(run, stays)


def _used(stays: _Presence, first: int, day: int, window: int) -> int:
    """Return the days of presence in the window that ends on `day`, for a stay from `first` to `day`."""
    opens = day - window + 1
    return stays.days(opens, min(day, first - 1)) + day - max(first, opens) + 1


def _last_day_of_stay(run: Run, stays: _Presence) -> date:
    start, limit, window = run.asked.event.day, run.rules.limit, run.rules.window
    first = start.toordinal()
    day = first
    while _used(stays, first, day, window) <= limit:
        day += 1
    if day == first:
        raise StayNotAllowed(start=start.isoformat(), limit=limit, window=window)
    last = shift_days(start, day - 1 - first)
    used = stays.days(last.toordinal() - window + 1, first - 1)
    run.note("stay_may_last_until", last, days=day - first, used_before=used)
    return last


def _earliest_reentry(run: Run, stays: _Presence) -> date:
    start, limit, window = run.asked.event.day, run.rules.limit, run.rules.window
    length = sum(each.count for each in need_lengths(run.asked.lengths, run.rules))
    if length > limit:
        raise PeriodOutOfRange(period=run.asked.question.period, limit=limit)
    first = start.toordinal()
    waited = 0
    while not _allowed(stays, first + waited, length, limit, window):
        waited += 1
    day = shift_days(start, waited)
    run.note("stay_may_begin_on", day, days=length, waited=waited)
    return day


def _allowed(stays: _Presence, first: int, length: int, limit: int, window: int) -> bool:
    """Return whether each day of the stay keeps the limit.

    Within one stay the count of its window is highest on its last day or just before an earlier stay leaves it,
    so every day is looked at.
    """
    return all(_used(stays, first, day, window) <= limit for day in range(first, first + length))
