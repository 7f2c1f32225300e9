"""Working-day arithmetic on calendars built by hand; the data of real countries are tested in tests/calendars."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.calendars import (
    Calendar,
    CalendarMissing,
    CalendarView,
    Override,
    dated_weekends,
    saturday_sunday,
    union,
)

CHRISTMAS = date(2026, 12, 25)
FRIDAY_SATURDAY = frozenset({4, 5})
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def calendar(**changes: object) -> Calendar:
    values: dict[str, object] = {
        "code": "XA",
        "first_year": 2026,
        "last_year": 2027,
        "weekend": saturday_sunday,
        "holidays": {CHRISTMAS: "Christmas Day", date(2026, 12, 26): "Second Day of Christmas"},
    }
    return Calendar(**(values | changes))  # type: ignore[arg-type]


def test_weekends_and_holidays_are_not_worked() -> None:
    days = calendar()
    assert days.is_working(date(2026, 12, 24))
    assert not days.is_working(CHRISTMAS)
    assert days.closure(CHRISTMAS) == "holiday"
    assert days.closure(date(2026, 12, 27)) == "weekend"
    assert days.closure(date(2026, 12, 26)) == "holiday", "a holiday on a Saturday is called by its name"
    assert days.closure(date(2026, 12, 24)) == ""
    assert days.holiday_name(CHRISTMAS) == "Christmas Day"
    assert days.holiday_name(date(2026, 12, 24)) is None


def test_rolling_over_a_chain() -> None:
    days = calendar()
    assert days.roll_forward(CHRISTMAS) == date(2026, 12, 28)
    assert days.roll_backward(date(2026, 12, 27)) == date(2026, 12, 24)
    assert days.roll_forward(date(2026, 12, 24)) == date(2026, 12, 24)
    assert days.roll_backward(date(2026, 12, 24)) == date(2026, 12, 24)


def test_the_start_never_counts() -> None:
    days = calendar()
    assert days.nth_working_day(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert days.nth_working_day(CHRISTMAS, 1) == date(2026, 12, 28)
    assert days.nth_working_day(date(2026, 12, 28), -1) == date(2026, 12, 24)
    assert days.nth_working_day(date(2026, 12, 27), -2) == date(2026, 12, 23)
    assert days.nth_working_day(CHRISTMAS, 0) == date(2026, 12, 28)


def test_counting_includes_both_ends() -> None:
    days = calendar()
    assert days.working_days_between(date(2026, 12, 24), date(2026, 12, 28)) == 2
    assert days.working_days_between(date(2026, 12, 28), date(2026, 12, 24)) == 0


def test_a_year_that_was_not_loaded_is_an_error() -> None:
    days = calendar()
    for ask in (
        lambda: days.is_working(date(2028, 1, 3)),
        lambda: days.roll_forward(date(2025, 12, 31)),
        lambda: days.nth_working_day(date(2027, 12, 31), 1),
        lambda: days.nth_working_day(date(2026, 1, 1), -1),
        lambda: days.holiday_name(date(2028, 1, 1)),
        lambda: days.is_estimated(date(2028, 1, 1)),
    ):
        with pytest.raises(CalendarMissing) as refused:
            ask()
        assert refused.value.parameters["calendar"] == "XA"
        assert refused.value.parameters["year"] in (2025, 2028)


def test_no_calendar_without_years() -> None:
    with pytest.raises(CalendarMissing):
        calendar(first_year=2027, last_year=2026)


def test_weekends_change_on_a_date() -> None:
    weekend = dated_weekends([(date.min, FRIDAY_SATURDAY), (date(2027, 1, 1), frozenset({5, 6}))])
    days = calendar(weekend=weekend, holidays={})
    assert not days.is_working(date(2026, 12, 25)), "a Friday before the change"
    assert days.is_working(date(2026, 12, 27)), "a Sunday before the change"
    assert days.is_working(date(2027, 1, 8)), "a Friday after it"
    assert not days.is_working(date(2027, 1, 3)), "a Sunday after it"
    assert not days.rests_on_saturday_and_sunday()
    assert calendar().rests_on_saturday_and_sunday()


def test_dated_weekends_are_in_order() -> None:
    with pytest.raises(ValueError, match="in order"):
        dated_weekends([(date(2027, 1, 1), FRIDAY_SATURDAY), (date(2026, 1, 1), FRIDAY_SATURDAY)])
    with pytest.raises(ValueError, match="at least one"):
        dated_weekends([])


def test_make_up_days_are_worked() -> None:
    saturday = date(2026, 10, 10)
    days = calendar(make_up=frozenset({saturday}))
    assert days.is_working(saturday)
    assert days.is_weekend(saturday)
    assert days.nth_working_day(date(2026, 10, 9), 1) == saturday


def test_estimated_days_are_marked() -> None:
    days = calendar(estimated=frozenset({CHRISTMAS}))
    assert days.is_estimated(CHRISTMAS)
    assert not days.is_estimated(date(2026, 12, 26))


def test_a_law_may_fix_the_weekend_against_make_up_days() -> None:
    saturday = date(2026, 10, 10)
    days = calendar(weekend=lambda day: day.weekday() in FRIDAY_SATURDAY, make_up=frozenset({saturday}))
    fixed = days.viewed(CalendarView(fixed_weekend=True))
    assert not fixed.is_working(saturday)
    assert fixed.is_working(date(2026, 10, 9))
    assert days.viewed(CalendarView(fixed_weekend=True)) is fixed, "kept for the next question"
    assert days.viewed(CalendarView()) is days


def test_a_law_may_look_at_saturdays_in_its_own_way() -> None:
    saturday, sunday = date(2026, 10, 10), date(2026, 10, 11)
    working = calendar().viewed(CalendarView(saturday="working"))
    assert working.is_working(saturday)
    assert not working.is_working(sunday)
    not_working = calendar(weekend=lambda day: day.weekday() == 6).viewed(CalendarView(saturday="non_working"))
    assert not not_working.is_working(saturday)


def test_a_law_may_close_offices_for_a_season() -> None:
    closed = calendar(holidays={}).viewed(CalendarView(closed=(((12, 29), (1, 3)),)))
    assert closed.roll_forward(date(2026, 12, 29)) == date(2027, 1, 4)
    assert closed.closure(date(2026, 12, 30)) == "closed"
    summer = calendar(holidays={}).viewed(CalendarView(closed=(((8, 1), (8, 15)),)))
    assert summer.roll_forward(date(2026, 8, 3)) == date(2026, 8, 17)


def test_overrides_are_kept_with_the_calendar() -> None:
    override = Override(calendar="XA", day=CHRISTMAS, working=True, reason="exhibition", author="manager")
    assert calendar(overrides=(override,)).overrides == (override,)


def test_in_a_union_all_must_work() -> None:
    egypt = calendar(
        code="EG",
        weekend=lambda day: day.weekday() in FRIDAY_SATURDAY,
        holidays={date(2026, 10, 6): "Armed Forces Day"},
    )
    both = union([calendar(), egypt])
    assert both.code == "XA+EG"
    assert [both.is_working(date(2026, 10, day)) for day in range(1, 9)] == [
        True,
        False,
        False,
        False,
        True,
        False,
        True,
        True,
    ]
    assert both.holiday_name(date(2026, 10, 6)) == "Armed Forces Day"
    assert union([egypt]) is egypt


def test_a_union_covers_the_years_that_all_cover() -> None:
    later = calendar(first_year=2027, last_year=2028)
    assert (union([calendar(), later]).first_year, union([calendar(), later]).last_year) == (2027, 2027)
    with pytest.raises(CalendarMissing):
        union([calendar(last_year=2026), later])
    with pytest.raises(ValueError, match="at least one"):
        union([])


@given(DAYS, st.integers(-60, 60).filter(bool))
def test_the_nth_working_day_has_n_working_days_up_to_it(day: date, n: int) -> None:
    wide = calendar(first_year=2025, last_year=2028)
    found = wide.nth_working_day(day, n)
    assert wide.is_working(found)
    if n > 0:
        assert wide.working_days_between(day + timedelta(days=1), found) == n
    else:
        assert wide.working_days_between(found, day - timedelta(days=1)) == -n


@given(DAYS)
def test_rolled_days_are_worked_and_nearest(day: date) -> None:
    wide = calendar(first_year=2025, last_year=2028)
    forward, backward = wide.roll_forward(day), wide.roll_backward(day)
    assert wide.is_working(forward)
    assert wide.is_working(backward)
    assert backward <= day <= forward
    assert wide.working_days_between(day, forward) == 1
    assert wide.working_days_between(backward, day) == 1


@given(DAYS, DAYS)
def test_counting_agrees_with_walking(one: date, other: date) -> None:
    first, last = sorted((one, other))
    days = calendar()
    walked = sum(days.is_working(first + timedelta(days=n)) for n in range((last - first).days + 1))
    assert days.working_days_between(first, last) == walked
