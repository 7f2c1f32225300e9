"""A second, slow reading of five rule sets, written from the articles and not from the engine: it walks day by day.

Nothing here is imported from `mobility.domain.time_limits`; a day is worked or not by a function.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

IsWorking = Callable[[date], bool]
ONE = timedelta(days=1)
ACTING = ("act", "decision", "notice", "report")


def walk(event: date, steps: int) -> date:
    day = event
    for _ in range(steps):
        day += ONE
    return day


def same_number(event: date, months: int) -> date:
    """Months on the calendar, one month name at a time; the day number is put back at the end."""
    year, month = event.year, event.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    return date(year, month, min(event.day, monthrange(year, month)[1]))


def raw_end(event: date, n: int, unit: str) -> date:
    if unit in ("days", "calendar_days"):
        return walk(event, n)
    if unit == "weeks":
        return walk(event, 7 * n)
    if unit == "months":
        return same_number(event, n)
    return same_number(event, 12 * n)


def onward(day: date, is_working: IsWorking) -> date:
    while not is_working(day):
        day += ONE
    return day


def workdays(event: date, n: int, is_working: IsWorking) -> date:
    """The n-th working day after the event."""
    day = event
    while n:
        day += ONE
        if is_working(day):
            n -= 1
    return day


def eu1182(event: date, n: int, unit: str, kind: str, is_holiday: Callable[[date], bool]) -> date:
    """Regulation 1182/71, forward periods that are not in hours."""

    def is_working(day: date) -> bool:
        return day.isoweekday() <= 5 and not is_holiday(day)

    end = workdays(event, n, is_working) if unit == "working_days" else raw_end(event, n, unit)
    if kind not in (*ACTING, "silence"):
        return end
    end = onward(end, is_working)
    if unit in ("days", "calendar_days", "working_days") and n == 1:
        return end
    while _working_days_in(event, end, is_working) < 2:
        end = onward(end + ONE, is_working)
    return end


def _working_days_in(event: date, end: date, is_working: IsWorking) -> int:
    count, day = 0, event
    while day < end:
        day += ONE
        count += is_working(day)
    return count


def bgb187_1(event: date, n: int, unit: str, kind: str, is_working: IsWorking) -> date:
    end = raw_end(event, n, unit)
    return onward(end, is_working) if kind in (*ACTING, "silence") else end


def frcpc(event: date, n: int, unit: str, kind: str, is_working: IsWorking) -> date:
    end = raw_end(event, n, unit)
    return onward(end, is_working) if kind in ACTING else end


def chvwvg(event: date, n: int, unit: str, kind: str, is_working: IsWorking) -> date:
    if unit not in ("days", "calendar_days"):
        end = raw_end(event, n, unit)
        return onward(end, is_working) if kind in ACTING else end
    day = event
    while n:
        day += ONE
        if not stands_still(day):
            n -= 1
    if kind in ACTING and not is_working(day):
        while not is_working(day) or stands_still(day):
            day += ONE
    return day


def stands_still(day: date) -> bool:
    here = (day.month, day.day)
    if (7, 15) <= here <= (8, 15) or here >= (12, 18) or here <= (1, 2):
        return True
    return abs((day - EASTER[day.year]).days) <= 7


# Easter Sundays as printed in church calendars, not computed.
EASTER = {
    year: date(year, month, day)
    for year, month, day in (
        (2019, 4, 21),
        (2020, 4, 12),
        (2021, 4, 4),
        (2022, 4, 17),
        (2023, 4, 9),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2027, 3, 28),
        (2028, 4, 16),
        (2029, 4, 1),
        (2030, 4, 21),
        (2031, 4, 13),
        (2032, 3, 28),
        (2033, 4, 17),
        (2034, 4, 9),
        (2035, 3, 25),
    )
}
