"""Days spent in the receiving state: how they are counted, which dates are possible, how they fall into periods.

Arrival and departure day both count (as in Article 6(2) of the Schengen Borders Code, Regulation (EU) 2016/399,
https://eur-lex.europa.eu/eli/reg/2016/399, and in the accounting of the exchanges). Rolling windows such as
90 days in 180 are time limits and live in `time_limits`; what the days mean for the balance, in `reciprocity`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from mobility.domain.errors import InvalidInput

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200
LONGEST_STAY_DAYS: Final = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """A stay, or a period of accounts: first and last day, both included."""

    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1


def days_of_stay(arrived_on: date, departed_on: date) -> int:
    """Return the number of days, arrival and departure both counted; a stay of one day is 1."""
    return check_stay(arrived_on, departed_on).days


def check_stay(arrived_on: date, departed_on: date) -> DayRange:
    """Return the stay, or raise InvalidInput naming the field.

    Reasons: year_out_of_range (before 1900 or after 2200: a slip of the keyboard), departure_before_arrival, and
    stay_too_long (more than ten years: two wrong dates that pass the other tests).
    """
    check_year("arrived_on", arrived_on)
    check_year("departed_on", departed_on)
    if departed_on < arrived_on:
        raise InvalidInput(
            field="departed_on", reason="departure_before_arrival", value=departed_on, arrived_on=arrived_on
        )
    stay = DayRange(first_on=arrived_on, last_on=departed_on)
    if stay.days > LONGEST_STAY_DAYS:
        raise InvalidInput(field="departed_on", reason="stay_too_long", value=departed_on, days=stay.days)
    return stay


def check_actual(field: str, day: date, *, today: date) -> date:
    """Return a day that is said to have happened; raises InvalidInput if it lies ahead or its year is impossible."""
    check_year(field, day)
    if day > today:
        raise InvalidInput(field=field, reason="in_the_future", value=day)
    return day


def check_year(field: str, day: date) -> date:
    """Return the day, or raise InvalidInput with reason year_out_of_range."""
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise InvalidInput(field=field, reason="year_out_of_range", value=day)
    return day


def days_in(stay: DayRange, period: DayRange) -> int:
    """Return how many days of the stay lie in the period; 0 if they do not meet."""
    first, last = max(stay.first_on, period.first_on), min(stay.last_on, period.last_on)
    return max(0, (last - first).days + 1)


def split_over(stay: DayRange, periods: Sequence[DayRange]) -> tuple[tuple[DayRange, int], ...]:
    """Return the periods the stay touches, in order, each with its days.

    The parts add up to the whole when the periods cover the stay; raises InvalidInput where two periods share a day,
    because a day would then be counted for both.
    """
    ordered = sorted(periods, key=lambda period: (period.first_on, period.last_on))
    for before, after in pairwise(ordered):
        if after.first_on <= before.last_on:
            raise InvalidInput(field="periods", reason="overlap", value=after.first_on)
    parts = ((period, days_in(stay, period)) for period in ordered)
    return tuple((period, days) for period, days in parts if days)


def calendar_years(stay: DayRange) -> tuple[DayRange, ...]:
    """Return the calendar years a stay touches, the accounting periods of most agreements."""
    years = range(stay.first_on.year, stay.last_on.year + 1)
    return tuple(DayRange(first_on=date(year, 1, 1), last_on=date(year, 12, 31)) for year in years)


def distinct_days(stays: Iterable[DayRange]) -> int:
    """Count the days on which the person was there; a day on which two stays meet counts once."""
    total, counted_until = 0, date.min
    for stay in sorted(stays, key=lambda each: (each.first_on, each.last_on)):
        first = max(stay.first_on, counted_until + timedelta(days=1))
        total += max(0, (stay.last_on - first).days + 1)
        counted_until = max(counted_until, stay.last_on)
    return total
