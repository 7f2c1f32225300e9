"""What holds for every period: properties, and agreement with the literal day-by-day reading."""

import os
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.calendars import Calendar
from mobility.domain.time_limits.arithmetic import shift_months
from tests.domain import literal_reference as literal
from tests.domain.engine_questions import HandMade, ask

# 200 examples ordinarily; a nightly run asks for more
EXAMPLES = settings(max_examples=int(os.environ.get("MOBILITY_EXAMPLES", "200")), deadline=None)

STARTS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
FORWARD_RULES = ("EU1182", "FRCP6", "ETS76", "BGB187_1", "FRCPC", "FRFRANC", "CHVWVG", "JPCIV", "DAYS_NOROLL", "UKCORR")
ROLLING_RULES = ("EU1182", "FRCP6", "ETS76", "BGB187_1", "FRCPC", "FRFRANC", "CHVWVG")
UNITS = ("days", "weeks", "months", "years")
LENGTHS = {"days": 400, "weeks": 60, "months": 36, "years": 5, "working_days": 120}
KINDS = st.sampled_from(("act", "decision", "notice", "silence", "effect", "validity"))

# one set of holidays for engine and reference: chains at both ends of the year, Easter, a bridge in summer
HOLIDAYS = {
    date(year, *day)
    for year in range(2019, 2046)
    for day in ((1, 1), (1, 6), (5, 1), (8, 1), (8, 2), (12, 24), (12, 25), (12, 26), (12, 31))
} | {easter + timedelta(days=n) for easter in literal.EASTER.values() for n in (-2, 1, 39, 50)}


class Shared(HandMade):
    def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
        return Calendar(
            code=code,
            first_year=first_year,
            last_year=last_year,
            weekend=lambda day: day.isoweekday() > 5,
            holidays={day: "a holiday" for day in HOLIDAYS if first_year <= day.year <= last_year},
        )


SHARED = Shared()


def is_working(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in HOLIDAYS


@st.composite
def periods(draw: st.DrawFn, units: tuple[str, ...] = UNITS) -> tuple[int, str]:
    unit = draw(st.sampled_from(units))
    return draw(st.integers(1, LENGTHS[unit])), unit


def last_day(rule_set: str, start: date, n: int, unit: str, kind: str = "act", **params: object) -> date:
    found = ask(rule_set, start, str(n), unit, kind=kind, params=params, calendars=SHARED).last_day
    assert isinstance(found, date)
    return found


@EXAMPLES
@given(st.sampled_from(FORWARD_RULES), STARTS, periods(), KINDS)
def test_never_before_the_trigger(rule_set: str, start: date, period: tuple[int, str], kind: str) -> None:
    answer = ask(rule_set, start, str(period[0]), period[1], kind=kind, calendars=SHARED)
    assert start < answer.earliest <= answer.last_day <= answer.latest  # type: ignore[operator]


@EXAMPLES
@given(st.sampled_from(FORWARD_RULES), STARTS, periods(), KINDS)
def test_a_longer_period_never_ends_earlier(rule_set: str, start: date, period: tuple[int, str], kind: str) -> None:
    n, unit = period
    assert last_day(rule_set, start, n, unit, kind) <= last_day(rule_set, start, n + 1, unit, kind)


@EXAMPLES
@given(st.sampled_from(ROLLING_RULES), STARTS, periods())
def test_rolled_ends_are_working_days(rule_set: str, start: date, period: tuple[int, str]) -> None:
    assert is_working(last_day(rule_set, start, *period))


@EXAMPLES
@given(STARTS, st.integers(-400, 400))
def test_months_clamp(start: date, n: int) -> None:
    found = shift_months(start, n)
    assert (found.year - start.year) * 12 + found.month - start.month == n
    assert found.day == start.day or ((found + timedelta(days=1)).day == 1 and found.day < start.day)


@EXAMPLES
@given(
    st.sampled_from(("EU1182", "BGB187_1", "FRCPC", "CHVWVG", "DAYS_NOROLL")),
    STARTS,
    periods(),
    st.integers(-30, 300),
    st.integers(0, 90),
)
def test_suspending_never_shortens(
    rule_set: str, start: date, period: tuple[int, str], begins: int, lasts: int
) -> None:
    first = start + timedelta(days=begins)
    pause = [{"from": first, "to": first + timedelta(days=lasts)}]
    assert last_day(rule_set, start, *period) <= last_day(rule_set, start, *period, suspensions=pause)


@EXAMPLES
@given(STARTS, st.integers(1, 200), st.integers(1, 150), st.integers(0, 60))
def test_a_suspension_inside_a_plain_period_adds_its_days(start: date, n: int, begins: int, lasts: int) -> None:
    first = start + timedelta(days=min(begins, n))
    pause = [{"from": first, "to": first + timedelta(days=lasts)}]
    expected = start + timedelta(days=n + lasts + 1)
    assert last_day("DAYS_NOROLL", start, n, "days", suspensions=pause) == expected


@EXAMPLES
@given(STARTS, periods((*UNITS, "working_days")), KINDS)
def test_eu_agrees_with_the_literal_reading(start: date, period: tuple[int, str], kind: str) -> None:
    expected = literal.eu1182(start, *period, kind, HOLIDAYS.__contains__)
    assert last_day("EU1182", start, *period, kind) == expected


@EXAMPLES
@given(STARTS, st.integers(1, 6), KINDS)
def test_eu_agrees_on_short_periods(start: date, n: int, kind: str) -> None:
    assert last_day("EU1182", start, n, "days", kind) == literal.eu1182(start, n, "days", kind, HOLIDAYS.__contains__)


@EXAMPLES
@given(STARTS, periods(), KINDS)
def test_german_law_agrees_with_the_literal_reading(start: date, period: tuple[int, str], kind: str) -> None:
    assert last_day("BGB187_1", start, *period, kind) == literal.bgb187_1(start, *period, kind, is_working)


@EXAMPLES
@given(STARTS, periods(), KINDS)
def test_french_law_agrees_with_the_literal_reading(start: date, period: tuple[int, str], kind: str) -> None:
    assert last_day("FRCPC", start, *period, kind) == literal.frcpc(start, *period, kind, is_working)


@EXAMPLES
@given(STARTS, periods(), KINDS)
def test_swiss_law_agrees_with_the_literal_reading(start: date, period: tuple[int, str], kind: str) -> None:
    assert last_day("CHVWVG", start, *period, kind) == literal.chvwvg(start, *period, kind, is_working)


@EXAMPLES
@given(STARTS, st.integers(1, 300))
def test_working_days_agree_with_the_literal_reading(start: date, n: int) -> None:
    assert last_day("WORKDAYS", start, n, "working_days") == literal.workdays(start, n, is_working)


@EXAMPLES
@given(STARTS, st.integers(1, 300))
def test_working_days_backward_mirror_forward(start: date, n: int) -> None:
    back = ask("WORKDAYS", start, str(n), "working_days", direction="backward", calendars=SHARED).last_day
    assert isinstance(back, date)
    walked, left = start, n
    while left:
        walked -= timedelta(days=1)
        left -= is_working(walked)
    assert back == walked


@EXAMPLES
@given(
    st.dates(date(2024, 6, 1), date(2026, 12, 31)),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=4),
    st.integers(2, 40),
    st.integers(1, 60),
)
def test_a_longest_stay_keeps_the_limit_and_one_day_more_breaks_it(
    start: date, earlier: list[tuple[int, int]], limit: int, slack: int
) -> None:
    window = limit + slack
    stays = [
        {"from": start - timedelta(days=ago + lasts + 1), "to": start - timedelta(days=ago + 1)}
        for ago, lasts in earlier
    ]
    present = {start - timedelta(days=ago + 1 + n) for ago, lasts in earlier for n in range(lasts + 1)}

    def keeps(day: date) -> bool:
        stay = {start + timedelta(days=n) for n in range((day - start).days + 1)}
        return sum((day - timedelta(days=n)) in present | stay for n in range(window)) <= limit

    code = f"ROLL{limit}_{window}"
    if not keeps(start):
        entry = ask(code, start, "1", "days", direction="earliest_reentry", params={"stays": stays}).last_day
        assert isinstance(entry, date)
        assert entry > start
        return
    last = ask(code, start, "", "", direction="max_continuous", params={"stays": stays}).last_day
    assert isinstance(last, date)
    assert all(keeps(start + timedelta(days=n)) for n in range((last - start).days + 1))
    assert not keeps(last + timedelta(days=1))
