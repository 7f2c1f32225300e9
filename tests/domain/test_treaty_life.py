"""What comes again under a treaty: each year, every so many years, and by which code its notice goes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.treaty_life import code_of, next_periodic, next_yearly, version_of

TODAY = date(2026, 12, 14)


@pytest.mark.parametrize(
    ("month", "day", "found"),
    [
        (12, 14, date(2026, 12, 14)),
        (12, 13, date(2027, 12, 13)),
        (1, 31, date(2027, 1, 31)),
        (2, 29, date(2027, 2, 28)),
    ],
)
def test_a_day_of_each_year(month: int, day: int, found: date) -> None:
    assert next_yearly(month, day, TODAY) == found


def test_every_fourth_year_after_the_first() -> None:
    assert next_periodic(date(2027, 6, 30), 4, TODAY) == date(2027, 6, 30)
    assert next_periodic(date(2027, 6, 30), 4, date(2027, 7, 1)) == date(2031, 6, 30)


def test_on_a_common_day_of_the_year() -> None:
    assert next_periodic(date(2007, 3, 18), 4, TODAY, month=4, day=30) == date(2027, 4, 30)


@pytest.mark.parametrize("years", [0, -1])
def test_a_period_that_is_none_is_refused(years: int) -> None:
    with pytest.raises(ValueError, match="period"):
        next_periodic(TODAY, years, TODAY)


@given(st.dates(date(1950, 1, 1), date(2027, 1, 1)), st.integers(1, 12), st.dates(date(2026, 1, 1), date(2060, 1, 1)))
def test_the_next_one_is_never_past_and_at_most_one_period_away(first: date, years: int, today: date) -> None:
    found = next_periodic(first, years, today)
    assert found >= max(today, first)
    assert (found.year - first.year) % years == 0
    assert found.year - max(today, first).year <= years


def test_codes_and_versions_of_notices() -> None:
    assert (code_of(365), code_of(7), code_of(0)) == ("before_365", "before_7", "due_today")
    assert version_of(date(2027, 6, 30)) != version_of(date(2027, 7, 1))
