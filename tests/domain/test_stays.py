"""Days of stay: both ends count, impossible dates are refused, parts add up to the whole."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.errors import InvalidInput
from mobility.domain.stays import (
    DayRange,
    calendar_years,
    check_actual,
    check_stay,
    days_in,
    days_of_stay,
    distinct_days,
    split_over,
)

DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
STAYS = st.builds(
    lambda first, length: DayRange(first_on=first, last_on=first + timedelta(days=length)),
    DAYS,
    st.integers(0, 900),
)


@pytest.mark.parametrize(
    ("arrived", "departed", "days"),
    [
        (date(2027, 2, 1), date(2027, 2, 1), 1),
        (date(2027, 2, 1), date(2027, 4, 30), 89),
        (date(2028, 2, 1), date(2028, 3, 1), 30),
        (date(2025, 12, 20), date(2026, 1, 10), 22),
    ],
)
def test_arrival_and_departure_both_count(arrived: date, departed: date, days: int) -> None:
    assert days_of_stay(arrived, departed) == days


@pytest.mark.parametrize(
    ("arrived", "departed", "field", "reason"),
    [
        (date(2027, 2, 2), date(2027, 2, 1), "departed_on", "departure_before_arrival"),
        (date(9999, 1, 1), date(9999, 1, 2), "arrived_on", "year_out_of_range"),
        (date(2027, 1, 1), date(9999, 1, 2), "departed_on", "year_out_of_range"),
        (date(207, 1, 1), date(2027, 1, 2), "arrived_on", "year_out_of_range"),
        (date(2027, 1, 1), date(2072, 1, 1), "departed_on", "stay_too_long"),
    ],
)
def test_impossible_dates_are_named(arrived: date, departed: date, field: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_stay(arrived, departed)
    assert (refused.value.parameters["field"], refused.value.parameters["reason"]) == (field, reason)


def test_what_happened_lies_not_ahead() -> None:
    today = date(2027, 2, 1)
    assert check_actual("arrived_on", today, today=today) == today
    with pytest.raises(InvalidInput) as refused:
        check_actual("arrived_on", date(2027, 2, 2), today=today)
    assert refused.value.parameters["reason"] == "in_the_future"


def test_a_stay_over_new_year_is_split_by_days() -> None:
    stay = check_stay(date(2025, 12, 20), date(2026, 1, 10))
    parts = split_over(stay, calendar_years(stay))
    assert [(period.first_on.year, days) for period, days in parts] == [(2025, 12), (2026, 10)]


def test_periods_the_stay_does_not_touch_are_left_out() -> None:
    stay = check_stay(date(2027, 2, 1), date(2027, 2, 10))
    before = DayRange(first_on=date(2026, 1, 1), last_on=date(2027, 1, 31))
    during = DayRange(first_on=date(2027, 2, 1), last_on=date(2027, 2, 5))
    assert split_over(stay, [during, before]) == ((during, 5),)
    assert days_in(stay, before) == 0


def test_periods_that_share_a_day_are_refused() -> None:
    stay = check_stay(date(2027, 2, 1), date(2027, 2, 10))
    one = DayRange(first_on=date(2027, 1, 1), last_on=date(2027, 2, 5))
    other = DayRange(first_on=date(2027, 2, 5), last_on=date(2027, 3, 5))
    with pytest.raises(InvalidInput) as refused:
        split_over(stay, [other, one])
    assert refused.value.parameters == {"field": "periods", "reason": "overlap", "value": date(2027, 2, 5)}


@given(STAYS)
def test_the_parts_add_up_to_the_whole(stay: DayRange) -> None:
    assert sum(days for _, days in split_over(stay, calendar_years(stay))) == stay.days


@given(st.lists(STAYS, max_size=6))
def test_days_on_which_stays_meet_count_once(stays: list[DayRange]) -> None:
    seen = {stay.first_on + timedelta(days=n) for stay in stays for n in range(stay.days)}
    assert distinct_days(stays) == len(seen)
    assert distinct_days([*stays, *stays]) == len(seen)
