"""The ledger of a pair where some periods were confirmed: whose figures and lots hold, from either side."""

from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.reciprocity.accounting import AccountingYear
from mobility.domain.reciprocity.ledger import LedgerTerms, Lot, PeriodFlow, keep_ledger
from mobility.domain.statement_ledger import keep_ledger_of_pair
from mobility.domain.statements import Content, Entry, EntryCode

YEAR = AccountingYear()
NOTHING_LOST = LedgerTerms()


def statement(year: int, *, year_of: AccountingYear = YEAR, lots=(), **values: int) -> Content:
    period = year_of.period(year)
    entries = tuple(
        Entry(code=code, value=values.get(code.value, 0), counted=values.get(code.value, 0)) for code in EntryCode
    )
    return Content(
        instrument="DE-EG-1959",
        sides=("DE", "EG"),
        starts_on=period.starts_on.isoformat(),
        ends_on=period.ends_on.isoformat(),
        version=1,
        programmes=("residencies",),
        frozen_at="2026-01-01T00:00:00",
        entries=entries,
        lots=tuple(lots),
    )


def kept(pairs, *confirmed: Content, first: int = 2023, year: AccountingYear = YEAR, country: str = "DE", **more):
    flows = [PeriodFlow(period=first + i, sent=sent, hosted=hosted) for i, (sent, hosted) in enumerate(pairs)]
    periods = [year.period(flow.period) for flow in flows]
    terms = more.pop("terms", NOTHING_LOST)
    return keep_ledger_of_pair(periods, flows, terms, confirmed=confirmed, country=country, **more)


def closings(lines):
    return [line.close.closing for line in lines]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8), st.integers(0, 4))
def test_without_a_confirmed_statement_the_records_are_counted(pairs, expires_after):
    terms = LedgerTerms(expires_after=expires_after, cap=9)
    lines = kept(pairs, terms=terms)
    flows = [PeriodFlow(period=2023 + i, sent=sent, hosted=hosted) for i, (sent, hosted) in enumerate(pairs)]
    assert [line.close for line in lines] == keep_ledger(flows, terms)
    assert [line.opened for line in lines] == [(), *(line.close.lots for line in lines[:-1])]
    assert all(line.confirmed is None and line.recorded == flow for line, flow in zip(lines, flows, strict=True))


def test_a_confirmed_period_has_the_signed_figures_and_lots_and_later_ones_go_on_from_them():
    signed = statement(2024, people_ab=6, people_ba=2, opening=1, closing=5, lots=[(2022, 1), (2024, 4)])
    before, middle, after = kept([(9, 0), (3, 3), (0, 2)], signed)
    assert closings([before, middle, after]) == [9, 5, 3]
    assert (middle.close.sent, middle.close.hosted, middle.close.opening) == (6, 2, 1)
    assert (middle.recorded.sent, middle.recorded.hosted) == (3, 3)
    assert middle.opened == before.close.lots
    assert after.opened == (Lot(period=2022, amount=1), Lot(period=2024, amount=4))
    assert after.close.lots == (Lot(period=2024, amount=3),)  # the oldest was used first
    assert [line.confirmed for line in (before, middle, after)] == [None, signed, None]


def test_the_other_side_sees_the_same_with_the_other_sign():
    signed = statement(2023, people_ab=6, people_ba=2, opening=1, closing=5, lots=[(2022, 1), (2023, 4)])
    first, second = kept([(0, 0), (2, 0)], signed, country="EG")
    assert (first.close.sent, first.close.hosted, first.close.opening, first.close.closing) == (2, 6, -1, -5)
    assert second.close.closing == -3


def test_what_was_carried_still_expires_by_the_terms():
    signed = statement(2023, people_ab=4, closing=4, lots=[(2023, 4)])
    lines = kept([(0, 0), (0, 0), (0, 0)], signed, terms=LedgerTerms(expires_after=2))
    assert [(line.close.expired, line.close.closing) for line in lines] == [(0, 4), (0, 4), (4, 0)]


def test_a_signed_balance_that_lost_something_says_so():
    signed = statement(2023, people_ab=4, opening=3, closing=4, lots=[(2023, 4)])
    assert kept([(0, 0)], signed)[0].close.expired == 3


def test_of_days_the_figures_are_signed_and_the_terms_carry_them():
    signed = statement(2024, days_ab=100, days_ba=40, people_ab=1, closing=1, lots=[(2024, 1)])
    lines = kept([(10, 0), (0, 0), (0, 30)], signed, days=True)
    assert closings(lines) == [10, 70, 40]
    assert lines[1].confirmed is signed


def test_a_statement_from_before_the_ledger_opens_it():
    signed = statement(2021, people_ab=4, closing=4, lots=[(2021, 4)])
    assert closings(kept([(0, 1), (0, 1)], signed)) == [3, 2]


def test_a_statement_of_another_accounting_year_is_carried_into_the_period_after_it():
    signed = statement(2024, people_ab=7, closing=7, lots=[(2024, 7)])
    from_april = AccountingYear(first_month=4)
    lines = kept([(1, 0), (1, 0), (1, 0)], signed, year=from_april)
    assert closings(lines) == [1, 2, 8]  # 2024/25 overlaps the signed days and is counted; 2025/26 opens with the lots
    assert not any(line.confirmed for line in lines)
