"""Pure arithmetic on dates: months that clamp or overflow, Easter, seasons, days left out of a count.

Everything here follows the conventions of the law and not of a programming library: months are always added from
the event in one go, so that 31 January plus two months is 31 March.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from heapq import merge

from mobility.domain.calendars import Season
from mobility.domain.time_limits.errors import DateOutOfRange
from mobility.domain.time_limits.rule_sets import MonthEnd, Standstill

Interval = tuple[date, date]

MONTHS_PER_YEAR = 12


def shift_days(day: date, n: int) -> date:
    """Return the date `n` days later; raises DateOutOfRange beyond the years 1 to 9999."""
    try:
        return day + timedelta(days=n)
    except OverflowError:
        raise DateOutOfRange(start=day.isoformat(), days=n) from None


def target_month(day: date, n: int) -> tuple[int, int]:
    """Return year and month `n` months after the month of `day`; raises DateOutOfRange."""
    months = day.year * MONTHS_PER_YEAR + day.month - 1 + n
    year, month = divmod(months, MONTHS_PER_YEAR)
    if not 1 <= year <= date.max.year:
        raise DateOutOfRange(start=day.isoformat(), months=n)
    return year, month + 1


def month_length(year: int, month: int) -> int:
    """Return the number of days of that month."""
    if month == MONTHS_PER_YEAR:
        return 31
    return (date(year, month + 1, 1) - date(year, month, 1)).days


def shift_months(day: date, n: int, month_end: MonthEnd = MonthEnd.CLAMP) -> date:
    """Return the same day number `n` months later; a missing day becomes what `month_end` says."""
    year, month = target_month(day, n)
    length = month_length(year, month)
    if day.day <= length:
        return date(year, month, day.day)
    if month_end is MonthEnd.OVERFLOW:
        return shift_days(date(year, month, length), 1)
    return date(year, month, length)


def span_months(first: date, n: int) -> date:
    """Return the last day of a span of `n` months whose first day counts (BGB 187(2), 188(2) and (3)).

    It is the day before the corresponding number; where that month is too short, the number one less or the
    last day of the month, whichever is smaller: a year from 29 February ends on 28 February.
    """
    year, month = target_month(first, n)
    length = month_length(year, month)
    if first.day <= length:
        return shift_days(date(year, month, first.day), -1)
    return date(year, month, min(first.day - 1, length))


def first_of_month(day: date, months_later: int) -> date:
    """Return the first day of the month `months_later` months after that of `day`."""
    year, month = target_month(day, months_later)
    return date(year, month, 1)


def last_of_month(day: date, months_later: int) -> date:
    """Return the last day of the month `months_later` months after that of `day`."""
    year, month = target_month(day, months_later)
    return date(year, month, month_length(year, month))


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap, century_rest = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarter, quarter_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * quarter - moon - quarter_rest) % 7
    correction = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def standstill_interval(standstill: Standstill, year: int) -> Interval:
    """Return the first and the last day of the standstill that begins in `year`."""
    if standstill.easter is not None:
        easter = easter_sunday(year)
        return shift_days(easter, standstill.easter[0]), shift_days(easter, standstill.easter[1])
    return season_interval(_days(standstill), year)


def _days(standstill: Standstill) -> Season:
    if standstill.days is None:
        raise ValueError("a standstill has either days or distances from Easter")
    return standstill.days


def season_interval(season: Season, year: int) -> Interval:
    """Return the first and the last day of the season that begins in `year`; it may end in the next."""
    first, last = season
    end_year = year if first <= last else year + 1
    if end_year > date.max.year:
        raise DateOutOfRange(year=end_year)
    return date(year, *first), date(end_year, *last)


def intervals_from(day: date, standstills: Iterable[Standstill], pauses: Iterable[Interval]) -> Iterator[Interval]:
    """Return every interval left out of a count that starts after `day`, in order of its first day; endless."""
    seasons = tuple(standstills)

    def by_year() -> Iterator[Interval]:
        for year in range(max(day.year - 1, 1), date.max.year + 1):
            yield from sorted(standstill_interval(each, year) for each in seasons)

    return merge(by_year() if seasons else iter(()), sorted(pauses))


def nth_counted_day(day: date, n: int, left_out: Iterable[Interval]) -> date:
    """Return the n-th day after `day` that lies in none of the intervals, which are in order of their start."""
    for first, last in left_out:
        free = (first - day).days - 1
        if free >= n:
            break
        n -= max(free, 0)
        day = max(day, last)
    return shift_days(day, n)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the intervals in order, with those that overlap or touch made one: days are counted once."""
    result: list[Interval] = []
    for first, last in sorted(intervals):
        if result and (first - result[-1][1]).days <= 1:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return result
