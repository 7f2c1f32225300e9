"""Accounting: periods, heads, days, quotas, the carried balance, service measures and money."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity import accounting, ledger, money, quotas, service

UNTIMED = settings(deadline=None)

CALENDAR_YEAR = accounting.AccountingYear()
ACADEMY_YEAR = accounting.AccountingYear(first_month=4, first_day=1)


# ------------------------------------------------------------------ periods, heads, days


def test_the_academy_year_runs_from_april_to_march():
    period = ACADEMY_YEAR.period_of(date(2026, 3, 31))
    assert (period.year, period.starts_on, period.ends_on) == (2025, date(2025, 4, 1), date(2026, 3, 31))
    assert ACADEMY_YEAR.period_of(date(2026, 4, 1)).year == 2026


def test_a_window_is_three_periods_unless_told():
    assert [period.year for period in CALENDAR_YEAR.window(2026)] == [2024, 2025, 2026]
    assert [period.year for period in ACADEMY_YEAR.window(2026, periods=1)] == [2026]


@pytest.mark.parametrize(("month", "day"), [(2, 29), (4, 31), (13, 1), (0, 1), (1, 0)])
def test_a_year_cannot_begin_on_a_day_that_some_years_lack(month, day):
    with pytest.raises(InvalidInput) as refused:
        accounting.AccountingYear(first_month=month, first_day=day)
    assert refused.value.parameters["value"] == f"{month:02}-{day:02}"


def test_a_stay_over_new_year_is_split_by_days_and_is_one_head():
    arrived_on, departed_on = date(2025, 12, 20), date(2026, 1, 10)
    parts = accounting.split_days(arrived_on, departed_on, CALENDAR_YEAR)
    assert [(period.year, days) for period, days in parts] == [(2025, 12), (2026, 10)]
    stay = accounting.Stay(origin="EG", host="DE", arrived_on=arrived_on, departed_on=departed_on)
    assert accounting.head_period(stay, CALENDAR_YEAR).year == 2025
    assert accounting.head_flows([stay], CALENDAR_YEAR.window(2026, 1)) == []
    assert accounting.day_flows([stay], CALENDAR_YEAR.window(2026, 1)) == [("EG", "DE", 10)]
    assert accounting.head_flows([stay], CALENDAR_YEAR.window(2026, 2)) == [("EG", "DE", 1)]
    assert accounting.day_flows([stay], CALENDAR_YEAR.window(2026, 2)) == [("EG", "DE", 22)]


def test_arrival_and_departure_on_one_day_are_one_day():
    assert accounting.split_days(date(2026, 5, 5), date(2026, 5, 5), CALENDAR_YEAR)[0][1] == 1


@UNTIMED
@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.integers(0, 2000),
    st.integers(1, 12),
    st.integers(1, 28),
)
def test_the_parts_of_a_stay_sum_to_the_whole(arrived_on, length, month, day):
    year = accounting.AccountingYear(first_month=month, first_day=day)
    parts = accounting.split_days(arrived_on, arrived_on + timedelta(days=length), year)
    assert sum(days for _, days in parts) == length + 1
    assert all(days > 0 for _, days in parts)


def test_only_a_finished_stay_is_actual():
    today = date(2026, 12, 14)

    def kind(departed_on=None, cancelled=False, arrived_on=date(2026, 11, 1)):
        stay = accounting.Stay(
            origin="EG", host="DE", arrived_on=arrived_on, departed_on=departed_on, cancelled=cancelled
        )
        return accounting.kind_of_stay(stay, today)

    assert kind(date(2026, 12, 14)) is accounting.StayKind.ACTUAL
    assert kind(date(2026, 12, 15)) is kind(None) is accounting.StayKind.PLANNED
    assert kind(date(2027, 2, 1), arrived_on=date(2027, 1, 1)) is accounting.StayKind.PLANNED
    assert kind(date(2026, 12, 1), cancelled=True) is accounting.StayKind.CANCELLED


def test_an_open_stay_has_a_head_and_no_days():
    stay = accounting.Stay(origin="EG", host="DE", arrived_on=date(2026, 1, 1))
    assert accounting.day_flows([stay], CALENDAR_YEAR.window(2026)) == []
    assert len(accounting.head_flows([stay], CALENDAR_YEAR.window(2026))) == 1


def test_departure_before_arrival_is_refused():
    with pytest.raises(InvalidInput):
        accounting.Stay(origin="EG", host="DE", arrived_on=date(2026, 2, 1), departed_on=date(2026, 1, 31))


def test_months_are_thirty_days_unless_the_treaty_says_ten():
    assert accounting.person_months(45) == Fraction(3, 2)
    assert accounting.person_months(45, days_per_month=10) == Fraction(9, 2)


# ------------------------------------------------------------------ quotas


def test_use_of_a_quota():
    half, over = quotas.QuotaUse(used=10, quota=20), quotas.QuotaUse(used=25, quota=20)
    assert (half.utilisation, half.unused, half.beyond) == (Fraction(1, 2), 10, 0)
    assert (over.utilisation, over.unused, over.beyond) == (Fraction(5, 4), 0, 5)


@pytest.mark.parametrize("quota", [None, 0])
def test_without_a_quota_there_is_no_utilisation(quota):
    assert quotas.QuotaUse(used=3, quota=quota).utilisation is None


def test_equality_of_quotas_is_a_question_of_its_own():
    twenty, thirty, none = (quotas.QuotaUse(used=0, quota=q) for q in (20, 30, None))
    assert quotas.quotas_are_equal(twenty, twenty) is True
    assert quotas.quotas_are_equal(twenty, thirty) is False
    assert quotas.quotas_are_equal(twenty, none) is None


def test_unused_places_carry_over_only_where_the_treaty_says_so():
    previous = quotas.QuotaUse(used=12, quota=20)
    assert quotas.next_quota(20, previous, None) == 20
    assert quotas.next_quota(20, previous, quotas.CarryOver()) == 28
    assert quotas.next_quota(20, previous, quotas.CarryOver(cap=5)) == 25
    assert quotas.next_quota(20, quotas.QuotaUse(used=30, quota=20), quotas.CarryOver()) == 20


def test_consent_counts_when_it_is_recorded_in_time():
    previous, rule = quotas.QuotaUse(used=12, quota=20), quotas.CarryOver(needs_consent=True)
    due = date(2026, 12, 31)

    def following(consented_on):
        return quotas.next_quota(20, previous, rule, consented_on=consented_on, notice_due_on=due)

    assert following(None) == following(date(2027, 1, 1)) == 20
    assert following(due) == 28


# ------------------------------------------------------------------ the carried balance


def flows(*pairs, first=2021):
    return [ledger.PeriodFlow(period=first + i, sent=sent, hosted=hosted) for i, (sent, hosted) in enumerate(pairs)]


CHECK = flows((10, 6), (5, 7), (6, 6), (4, 5))


def test_lots_expire_after_two_periods():
    closes = ledger.keep_ledger(CHECK, ledger.LedgerTerms(expires_after=2))
    assert [close.closing for close in closes] == [4, 2, 0, -1]
    assert [close.expired for close in closes] == [0, 0, 2, 0]


def test_without_expiry_the_balance_runs_on():
    assert [close.closing for close in ledger.keep_ledger(CHECK, ledger.LedgerTerms())] == [4, 2, 2, 1]


def test_what_exceeds_the_cap_is_dropped_from_the_newest_lot_and_shown():
    closes = ledger.keep_ledger(flows((5, 0), (4, 0), (0, 20)), ledger.LedgerTerms(cap=7))
    assert [(close.closing, close.dropped) for close in closes] == [(5, 0), (7, 2), (-7, -6)]
    assert [(lot.period, lot.amount) for lot in closes[1].lots] == [(2021, 5), (2022, 2)]


def test_a_later_opposite_flow_uses_the_oldest_lot_first():
    closes = ledger.keep_ledger(flows((5, 0), (4, 0), (0, 6)), ledger.LedgerTerms())
    assert [(lot.period, lot.amount) for lot in closes[-1].lots] == [(2022, 3)]


def test_a_ledger_can_go_on_from_lots_carried_in():
    carried = [ledger.Lot(period=2020, amount=3)]
    closes = ledger.keep_ledger(flows((0, 1), (0, 0)), ledger.LedgerTerms(expires_after=1), carried)
    assert (closes[0].opening, closes[0].expired, closes[0].closing) == (3, 2, 0)


def test_an_expiry_of_nought_carries_nothing():
    closes = ledger.keep_ledger(flows((9, 1)), ledger.LedgerTerms(expires_after=0))
    assert (closes[0].expired, closes[0].closing) == (8, 0)


def test_the_band_is_the_tolerance_of_the_window_s_traffic():
    closes = ledger.keep_ledger(flows((20, 14), (18, 15), (16, 17), (21, 16)), ledger.LedgerTerms())
    bands = ledger.tolerance_bands(closes, Fraction(1, 5))
    assert [float(band) for band in bands] == [6.8, 13.4, 20.0, 20.6]


def test_periods_must_follow_one_another():
    gap = [*flows((1, 0)), ledger.PeriodFlow(period=2025, sent=1, hosted=0)]
    with pytest.raises(InvalidInput) as refused:
        ledger.keep_ledger(gap, ledger.LedgerTerms())
    assert refused.value.parameters["value"] == 2025


@pytest.mark.parametrize("terms", [{"expires_after": -1}, {"cap": -1}])
def test_negative_terms_are_refused(terms):
    with pytest.raises(InvalidInput):
        ledger.LedgerTerms(**terms)


PERIODS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12)


@UNTIMED
@given(PERIODS, st.none() | st.integers(0, 4), st.none() | st.integers(0, 20))
def test_every_close_adds_up_and_all_open_lots_have_one_sign(pairs_, expires_after, cap):
    terms = ledger.LedgerTerms(expires_after=expires_after, cap=cap)
    opening = 0
    for close in ledger.keep_ledger(flows(*pairs_), terms):
        assert close.opening == opening
        assert close.closing == opening + close.sent - close.hosted - close.expired - close.dropped
        assert close.closing == sum(lot.amount for lot in close.lots)
        assert len({lot.amount > 0 for lot in close.lots}) <= 1
        assert cap is None or abs(close.closing) <= cap
        opening = close.closing


# ------------------------------------------------------------------ service


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(18, 20, 0.699, 0.972), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (52, 55, 0.851, 0.981)],
)
def test_wilson_intervals(count, n, low, high):
    measured = service.proportion(count, n)
    assert (round(measured.low, 3), round(measured.high, 3)) == (low, high)


def test_no_cases_have_no_proportion_and_impossible_counts_are_refused():
    assert service.proportion(0, 0) is None
    for count, n in ((3, 2), (-1, 4)):
        with pytest.raises(InvalidInput):
            service.proportion(count, n)


@UNTIMED
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(case):
    measured = service.proportion(*case)
    assert 0 <= measured.low <= measured.share <= measured.high <= 1


def test_open_cases_are_censored_in_the_median():
    waits = [service.Wait(days=days, decided=days in (10, 20, 40)) for days in (10, 20, 30, 40, 50, 60)]
    assert [step.waiting for step in service.survival(waits)] == [Fraction(5, 6), Fraction(2, 3), Fraction(4, 9)]
    assert service.median_wait_days(waits) == 40


def test_no_median_before_half_are_decided():
    waits = [service.Wait(days=5, decided=True), *[service.Wait(days=9, decided=False)] * 3]
    assert service.median_wait_days(waits) is None
    assert service.median_wait_days([]) is None


def test_a_case_open_on_the_day_of_a_decision_is_still_at_risk():
    waits = [service.Wait(days=10, decided=True), service.Wait(days=10, decided=False)]
    assert service.survival(waits) == [service.SurvivalStep(days=10, waiting=Fraction(1, 2))]


@UNTIMED
@given(st.lists(st.integers(0, 90), min_size=1))
def test_without_open_cases_the_median_is_the_lower_middle(days):
    waits = [service.Wait(days=day, decided=True) for day in days]
    assert service.median_wait_days(waits) == sorted(days)[(len(days) - 1) // 2]


def test_refused_is_divided_by_decided_never_by_applied():
    counts = service.ServiceCounts(approved=15, refused=5, withdrawn=7, pending=3, kept=18, limited=24)
    assert (counts.decided, counts.applied) == (20, 30)
    assert service.refusal_share(counts) == Fraction(1, 4)
    assert service.approval(counts).share == Fraction(3, 4)
    assert service.compliance(counts).share == Fraction(3, 4)
    assert service.refusal_share(service.ServiceCounts(pending=4)) is None


# ------------------------------------------------------------------ money


def rate(on, value, currency="USD"):
    return money.Rate(currency=currency, target="EUR", on=on, units_per_target=Decimal(value), source="ECB")


def payment(payer, beneficiary, amount, currency="EUR", used=None):
    return money.Payment(
        payer=payer,
        beneficiary=beneficiary,
        amount=Decimal(amount),
        currency=currency,
        paid_on=date(2026, 5, 10),
        rate=used,
    )


def test_a_sunday_takes_the_last_rate_published_before_it():
    friday, monday = rate(date(2026, 5, 8), "1.10"), rate(date(2026, 5, 11), "1.20")
    found = money.find_rate([monday, friday], "USD", "EUR", date(2026, 5, 10))
    assert found is friday
    assert money.find_rate([monday], "USD", "EUR", date(2026, 5, 10)) is None
    assert money.find_rate([friday], "NGN", "EUR", date(2026, 5, 10)) is None


def test_conversion_is_exact():
    paid = payment("US", "DE", "110.00", "USD", rate(date(2026, 5, 8), "1.10"))
    assert money.convert(paid, "EUR") == 100


def test_a_rate_for_another_currency_converts_nothing():
    wrong = rate(date(2026, 5, 8), "1.10")
    assert money.convert(payment("VN", "DE", "5", "VND", wrong), "EUR") is None


def test_what_has_no_rate_is_counted_and_in_no_total():
    table = money.pool_payments([payment("DE", "EG", "60"), payment("EG", "EG", "900", "EGP")], "EUR")
    assert (table.total, table.payments, table.not_converted) == (60, 2, 1)


def test_shares_of_contribution_and_benefit():
    table = money.pool_payments(
        [payment("DE", "EG", "50"), payment("DE", "DE", "10"), payment("EG", "DE", "40")], "EUR"
    )
    germany, egypt = money.country_money(table, "DE"), money.country_money(table, "EG")
    assert (germany.paid, germany.received, germany.net_contribution) == (60, 50, 10)
    assert (germany.contribution_share, germany.benefit_share) == (Fraction(3, 5), Fraction(1, 2))
    assert germany.ratio == Fraction(5, 6)
    assert egypt.ratio == Fraction(5, 4)
    nobody = money.country_money(table, "FR")
    assert (nobody.paid, nobody.ratio, nobody.contribution_share) == (0, None, 0)
    assert money.country_money(money.pool_payments([], "EUR"), "DE").contribution_share is None


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
def test_impossible_amounts_are_refused(amount):
    with pytest.raises(InvalidInput):
        money.pool_payments([payment("DE", "EG", amount)], "EUR")


@pytest.mark.parametrize("value", ["0", "-1", "NaN"])
def test_impossible_rates_are_refused(value):
    with pytest.raises(InvalidInput):
        rate(date(2026, 5, 8), value)
