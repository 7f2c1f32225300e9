"""Periods in hours and instants: elapsed time, next full hours, the same clock time on the next working day."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from mobility.domain.time_limits.answers import end_of_day
from mobility.domain.time_limits.errors import DateOutOfRange, InstantMissing, ParameterMissing
from mobility.domain.time_limits.questions import read_zone
from mobility.domain.time_limits.rule_sets import Direction, HoursClock, HoursStart
from mobility.domain.time_limits.run import Run


def end_in_hours(run: Run) -> datetime:
    """Return the instant at which a period in hours ends, in the zone of the event."""
    instant = run.asked.event.instant
    hours = run.asked.lengths[0].count
    if instant is None or instant.tzinfo is None:
        raise InstantMissing(rule_set=run.rules.code, start=run.asked.event.day.isoformat())
    backward = run.asked.direction is Direction.BACKWARD
    try:
        end = _counted(run, instant, -hours if backward else hours)
        end = _rolled(run, end, backward=backward)
        return _with_minimum(run, instant, end, hours)
    except OverflowError:
        raise DateOutOfRange(start=instant.isoformat(timespec="minutes"), hours=hours) from None


def _counted(run: Run, instant: datetime, hours: int) -> datetime:
    start = instant
    if run.rules.hours_start is HoursStart.NEXT_FULL_HOUR:
        start = instant.replace(minute=0, second=0, microsecond=0)
        if hours > 0:
            start = _elapsed(start, 1)
        run.note("full_hour", start.date(), time=_clock(start))
    else:
        run.note("hours_start_at_once", start.date(), time=_clock(start))
    wall = run.rules.hours_clock is HoursClock.WALL
    end = _wall(start, hours) if wall else _elapsed(start, hours)
    code = "hours_on_the_clock" if wall else "hours_counted"
    run.note(code, end.date(), count=abs(hours), time=_clock(end), direction=run.asked.direction.value)
    return end


def _elapsed(start: datetime, hours: int) -> datetime:
    return (start.astimezone(UTC) + timedelta(hours=hours)).astimezone(start.tzinfo)


def _wall(start: datetime, hours: int) -> datetime:
    """Return the clock time `hours` later; a time that a clock change leaves out moves forward."""
    return (start + timedelta(hours=hours)).astimezone(UTC).astimezone(start.tzinfo)


def _clock(instant: datetime) -> str:
    return instant.strftime("%H:%M")


def _on(day: date, instant: datetime) -> datetime:
    moved = instant.replace(year=day.year, month=day.month, day=day.day, fold=0)
    return moved.astimezone(UTC).astimezone(instant.tzinfo)


def _rolled(run: Run, end: datetime, *, backward: bool) -> datetime:
    if not run.rules.hours_roll:
        return end
    day = end.date()
    run.watch(day)
    moved = run.days.previous(day) if backward else run.days.next(day)
    if moved == day:
        return end
    first, last = (moved, day) if backward else (day, moved)
    skipped = [each for each in run.days.skipped(first, last) if each[0] != moved.isoformat()]
    run.note("rolled_same_time", moved, time=_clock(end), skipped=skipped, calendar=run.days.code)
    return _on(moved, end)


def _with_minimum(run: Run, instant: datetime, end: datetime, hours: int) -> datetime:
    """Read 48 hours as "two days or more" where that is the reading, and include the minimum working days."""
    rules = run.rules
    if not rules.hours_minimum_from or hours < rules.hours_minimum_from:
        return end
    if run.asked.direction is Direction.BACKWARD:
        return end
    first = instant.date() + timedelta(days=1)
    missing = rules.minimum_working_days - run.days.between(first, end.date())
    if missing <= 0:
        return end
    moved = run.days.nth(end.date(), missing)
    run.watch(first)
    run.note("minimum_working_days", moved, minimum=rules.minimum_working_days, added=missing)
    return _on(moved, end)


def end_of_day_elsewhere(run: Run) -> datetime:
    """Return the end of the event's day in its zone, as local time in the zone of display."""
    parameters = run.asked.parameters
    if not parameters.time_zone:
        raise ParameterMissing(rule_set=run.rules.code, parameter="time_zone")
    display = read_zone(parameters.display_zone or parameters.time_zone)
    try:
        end = end_of_day(run.asked.event.day, read_zone(parameters.time_zone))
        shown = _shown(end, display)
    except OverflowError:
        raise DateOutOfRange(start=run.asked.event.day.isoformat()) from None
    run.note("end_of_day", run.asked.event.day, time_zone=parameters.time_zone)
    run.note("shown_in_zone", shown.date(), time=_clock(shown), time_zone=str(display))
    return shown


def _shown(instant: datetime, zone: tzinfo) -> datetime:
    return instant.astimezone(UTC).astimezone(zone)
