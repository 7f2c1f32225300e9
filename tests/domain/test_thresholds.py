"""When a followed threshold counts as crossed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.flows import pool_flows
from mobility.domain.thresholds import Threshold, ThresholdKind, measure

BALANCE = Threshold(kind=ThresholdKind.BALANCE_OUTSIDE, level=Fraction(1, 5), pair=("DE", "EG"))
R = Threshold(kind=ThresholdKind.R_BELOW, level=Fraction(4, 5))


def flows(there: int, back: int):
    return pool_flows([("DE", "EG", there), ("EG", "DE", back)])


def test_r_is_crossed_below_the_level_and_not_at_it():
    assert measure(R, flows(10, 10)).is_crossed is False
    assert measure(R, flows(12, 8)).value == Fraction(4, 5)
    assert measure(R, flows(12, 8)).is_crossed is False
    assert measure(R, flows(13, 7)).is_crossed is True


def test_r_of_fewer_than_twenty_people_is_measured_and_crosses_nothing():
    found = measure(R, flows(19, 0))
    assert (found.value, found.is_crossed) == (0, False)


def test_a_balance_is_crossed_only_beyond_chance():
    assert measure(BALANCE, flows(34, 12)).is_crossed is True
    assert measure(BALANCE, flows(3, 0)).is_crossed is False
    assert measure(BALANCE, flows(3, 0)).value == 1


@pytest.mark.parametrize("threshold", [R, BALANCE])
def test_what_is_undefined_crosses_nothing(threshold):
    found = measure(threshold, flows(0, 0))
    assert (found.value, found.is_crossed) == (None, False)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_side_does_not_matter(there, back):
    assert measure(BALANCE, flows(there, back)) == measure(BALANCE, flows(back, there))


@pytest.mark.parametrize(
    ("kind", "level", "pair"),
    [
        (ThresholdKind.R_BELOW, Fraction(0), None),
        (ThresholdKind.R_BELOW, Fraction(1), None),
        (ThresholdKind.R_BELOW, Fraction(1, 2), ("DE", "EG")),
        (ThresholdKind.BALANCE_OUTSIDE, Fraction(1, 2), None),
    ],
)
def test_a_threshold_that_means_nothing_is_refused(kind, level, pair):
    with pytest.raises(InvalidInput):
        Threshold(kind=kind, level=level, pair=pair)
