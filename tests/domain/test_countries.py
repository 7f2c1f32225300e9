"""Codes of countries as files write them."""

import pytest

from mobility.domain.countries import COUNTRIES, TWO_LETTERS, find_country


@pytest.mark.parametrize(
    ("typed", "code"),
    [("NA", "NA"), ("NAM", "NA"), (" de ", "DE"), ("XKX", "XK"), ("ant", "AN"), ("GBR", "GB"), ("TWN", "TW")],
)
def test_two_and_three_letters_are_read(typed, code):
    assert find_country(typed) == code


@pytest.mark.parametrize("typed", ["", "ZZ", "NaN", "QQQ", "Namibia", "N/A", "EU", "UK"])
def test_what_is_no_code_is_not_guessed(typed):
    assert find_country(typed) is None


def test_every_code_is_there_once():
    assert len(TWO_LETTERS) == len(COUNTRIES) > 249
