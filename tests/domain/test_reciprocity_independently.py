"""Binomial caution, Wilson intervals and Kaplan–Meier medians against other ways of arriving at them."""

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from mobility.domain.reciprocity.pairs import binomial_p
from mobility.domain.reciprocity.quotas import QuotaUse
from mobility.domain.reciprocity.service import Z_95, Wait, median_wait_days, proportion, survival

UNTIMED = settings(deadline=None, max_examples=50)


@UNTIMED
@given(st.integers(0, 150), st.integers(0, 150))
def test_the_exact_binomial_p_is_that_of_scipy(there, back):
    if there + back:
        assert binomial_p(there, back) == pytest.approx(binomtest(there, there + back).pvalue, abs=1e-12)


@UNTIMED
@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_bounds_solve_the_equation_they_come_from(case):
    """Each bound π is where the observed share lies z standard errors of π away; at 0 and n one bound is the end."""
    count, n = case
    found = proportion(count, n)
    if n == 0:
        assert found is None
        return
    assert found.share == Fraction(count, n)
    for bound, is_end in ((found.low, count == 0), (found.high, count == n)):
        if is_end:
            assert bound in (0.0, 1.0)
        else:
            assert abs(count / n - bound) == pytest.approx(Z_95 * sqrt(bound * (1 - bound) / n), abs=1e-9)


WAITS = st.lists(st.builds(Wait, days=st.integers(0, 30), decided=st.booleans()), max_size=25)


def literal_survival(waits, day):
    """S(t) by its definition: for each day up to t on which anything was decided, the share that was not."""
    left = Fraction(1)
    for t in range(day + 1):
        at_risk = sum(wait.days >= t for wait in waits)
        decided = sum(wait.days == t and wait.decided for wait in waits)
        if decided:
            left *= 1 - Fraction(decided, at_risk)
    return left


@UNTIMED
@given(WAITS)
def test_kaplan_meier_follows_its_definition(waits):
    for step in survival(waits):
        assert step.waiting == literal_survival(waits, step.days)
    days = [day for day in range(31) if literal_survival(waits, day) <= Fraction(1, 2)]
    assert median_wait_days(waits) == (days[0] if days else None)


@UNTIMED
@given(WAITS, st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_no_median_and_longer_open_cases_never_shorten_it(waits, random):
    mixed = random.sample(waits, len(waits))
    assert median_wait_days(mixed) == median_wait_days(waits)
    longer = [wait if wait.decided else Wait(days=wait.days + 5, decided=False) for wait in waits]
    before, after = median_wait_days(waits), median_wait_days(longer)
    assert after is None or before is None or after >= before


@given(st.integers(0, 100), st.integers(1, 100))
def test_used_unused_and_beyond_add_up_to_the_quota(used, quota):
    use = QuotaUse(used=used, quota=quota)
    assert use.utilisation == Fraction(used, quota)
    assert used + use.unused - use.beyond == quota
    assert 0 in (use.unused, use.beyond)
