"""Days as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.errors import InvalidInput
from mobility.domain.typed_days import read_day, write_day


@pytest.mark.parametrize(
    "text", ["30 4 2027", "30/4/2027", "30.4.2027", "30-04-2027", "2027-04-30", " 30  4  2027 ", "٣٠/٤/٢٠٢٧"]
)
def test_a_day_is_read_in_any_dress(text) -> None:
    assert read_day(text) == date(2027, 4, 30)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("30 2 2027", "no_such_day"),
        ("29 2 2027", "no_such_day"),
        ("31 4 2027", "no_such_day"),
        ("0 1 2027", "no_such_day"),
        ("1 13 2027", "no_such_day"),
        ("1 1 9999", "year_out_of_range"),
        ("1 1 1899", "year_out_of_range"),
        ("30 4 27", "year_out_of_range"),
        ("1 1 20270", "not_a_day"),
        ("tomorrow", "not_a_day"),
        ("30 April 2027", "not_a_day"),
        ("30 4", "not_a_day"),
        ("", "not_a_day"),
        ("² 4 2027", "not_a_day"),
        ("-1 -1 -1", "year_out_of_range"),
    ],
)
def test_what_is_no_day_says_why(text, reason) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_day(text)
    assert (refused.value.parameters["reason"], refused.value.parameters["value"]) == (reason, text)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_written_day_is_read_back(day) -> None:
    assert read_day(write_day(day)) == day
    assert read_day(day.isoformat()) == day
