"""What counts, when: heads, days and the accounting year of a treaty.

Decides which stays are actual or planned, in which period a head falls, and how days are split over period ends
so that the parts sum to the whole. Quotas and carried balances are in `quotas` and `ledger`; the reading of "today"
is the caller's.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from fractions import Fraction

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.quantities import Quantity

ONE_DAY = timedelta(days=1)
DAYS_OF_A_PERSON_MONTH = 30
"""Erasmus practice: a month is 30 days. A treaty may set its own unit."""

DEFAULT_WINDOW_PERIODS = 3
"""Rolling window of a report unless the treaty says otherwise; a choice of this project."""

PERIODS_OFFERED = 10
"""How many past periods people choose from where one is frozen or released."""


class StayKind(StrEnum):
    """Planned stays are shown apart; cancelled and running ones are never "actual"."""

    ACTUAL = "actual"
    PLANNED = "planned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One accounting period, first and last day included. `year` is the year in which it starts."""

    year: int
    starts_on: date
    ends_on: date

    @classmethod
    def of(cls, starts_on: date, ends_on: date) -> "Period":
        """The period with these days, whatever the treaty's year is today: as it was kept."""
        return cls(year=starts_on.year, starts_on=starts_on, ends_on=ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingYear:
    """First day and month of a treaty's year, such as 1 April in the academy exchange of 1978.

    Raises InvalidInput for a day that not every year has.
    """

    first_month: int = 1
    first_day: int = 1

    def __post_init__(self) -> None:
        known_month = 1 <= self.first_month <= 12
        if not known_month or not 1 <= self.first_day <= monthrange(2001, self.first_month)[1]:
            raise InvalidInput(
                field="accounting_year", reason="no_such_day", value=f"{self.first_month:02}-{self.first_day:02}"
            )

    def period(self, year: int) -> Period:
        """The period that starts in this calendar year. Raises InvalidInput for one that no calendar has whole."""
        if not MINYEAR <= year < MAXYEAR:
            raise InvalidInput(field="year", reason="year_out_of_range", value=year)
        starts_on = date(year, self.first_month, self.first_day)
        next_start = date(year + 1, self.first_month, self.first_day)
        return Period(year=year, starts_on=starts_on, ends_on=next_start - ONE_DAY)

    def period_of(self, day: date) -> Period:
        """The period that contains the day."""
        started = (day.month, day.day) >= (self.first_month, self.first_day)
        return self.period(day.year if started else day.year - 1)

    def finished(self, today: date, most: int = PERIODS_OFFERED) -> tuple[Period, ...]:
        """The last periods that are over, the newest first."""
        last = self.period_of(today).year - 1
        return tuple(self.period(year) for year in range(last, last - most, -1))

    def window(self, last_year: int, periods: int = DEFAULT_WINDOW_PERIODS) -> list[Period]:
        """The rolling window that ends with the period of `last_year`, oldest first."""
        return [self.period(year) for year in range(last_year - periods + 1, last_year + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One case's presence in the host country. Both days count; `departed_on` None: the stay is open-ended."""

    origin: str
    host: str
    arrived_on: date
    departed_on: date | None = None
    cancelled: bool = False

    def __post_init__(self) -> None:
        if self.departed_on is not None and self.departed_on < self.arrived_on:
            raise InvalidInput(
                field="departed_on", reason="before_arrival", value=f"{self.arrived_on}..{self.departed_on}"
            )


def kind_of_stay(stay: Stay, today: date) -> StayKind:
    """Actual only when it is over: open-ended, future and cancelled stays never are."""
    if stay.cancelled:
        return StayKind.CANCELLED
    over = stay.departed_on is not None and stay.departed_on <= today
    return StayKind.ACTUAL if over else StayKind.PLANNED


def days_in(starts_on: date, ends_on: date, period: Period) -> int:
    """Days of the stay in the period; arrival and departure day both count."""
    return max(0, (min(ends_on, period.ends_on) - max(starts_on, period.starts_on)).days + 1)


def split_days(starts_on: date, ends_on: date, year: AccountingYear) -> list[tuple[Period, int]]:
    """Days of the stay in each period it touches, oldest first; they sum to the whole stay."""
    first, last = year.period_of(starts_on).year, year.period_of(ends_on).year
    periods = [year.period(number) for number in range(first, last + 1)]
    return [(period, days_in(starts_on, ends_on, period)) for period in periods]


def head_period(stay: Stay, year: AccountingYear) -> Period:
    """One case is one head, counted once, in the period that contains its first day."""
    return year.period_of(stay.arrived_on)


def head_flows(stays: Iterable[Stay], periods: Sequence[Period]) -> list[tuple[str, str, int]]:
    """One flow of weight 1 for every stay that begins in the window."""
    return [
        (stay.origin, stay.host, 1)
        for stay in stays
        if any(period.starts_on <= stay.arrived_on <= period.ends_on for period in periods)
    ]


def day_flows(stays: Iterable[Stay], periods: Sequence[Period]) -> list[tuple[str, str, int]]:
    """Person-days inside the window; open-ended stays have none, because their length is not known."""
    return [
        (stay.origin, stay.host, days)
        for stay in stays
        if stay.departed_on is not None
        and (days := sum(days_in(stay.arrived_on, stay.departed_on, period) for period in periods))
    ]


def person_months(days: Quantity, days_per_month: int = DAYS_OF_A_PERSON_MONTH) -> Fraction:
    """Days in treaty months: 30 unless the treaty sets its own (10 stay-days = 1 Austrian scholarship month)."""
    return Fraction(days) / days_per_month
