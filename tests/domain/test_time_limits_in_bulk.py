"""Many questions at once: the fast path gives what the engine gives, day, bounds and derivation, or refuses."""

import os
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.calendars import Calendar, CalendarMissing
from mobility.domain.time_limits import (
    DateOutOfRange,
    ManyStarts,
    NotPreparable,
    OutsidePreparedYears,
    TimeLimit,
    TimeLimitRefused,
    UnknownRuleSet,
    compute,
    prepare,
)
from mobility.domain.time_limits.rule_sets import Procedure
from mobility.storage.rule_set_files import installed_rule_sets
from tests.domain.engine_questions import HandMade
from tests.domain.test_time_limit_properties import SHARED

EXAMPLES = settings(max_examples=int(os.environ.get("MOBILITY_EXAMPLES", "200")), deadline=None)
RULE_SETS = installed_rule_sets()
YEARS = (2021, 2029)
KINDS = ("act", "decision", "silence", "notice", "effect", "validity", "stay", "window_open", "fixed_date")
PERIODS = {
    "days": st.integers(1, 400).map(str),
    "calendar_days": st.integers(1, 40).map(str),
    "working_days": st.integers(1, 130).map(str),
    "weeks": st.integers(1, 40).map(str),
    "months": st.one_of(st.integers(1, 30).map(str), st.sampled_from(["1.5", "0.5"])),
    "years": st.integers(1, 3).map(str),
    "composite": st.sampled_from(["3w+2wd", "14d+2m+10d", "1m+1d", "2m+3wd", "2y+3m+1w"]),
}
COUNTED = sorted(code for code, rules in RULE_SETS.items() if rules.procedure is Procedure.PERIOD)


def question(rule_set: str, period: str, unit: str, **values: object) -> TimeLimit:
    given = {"start": date(2022, 3, 1), "calendar": "XA"} | values
    return TimeLimit(rule_set=rule_set, period=period, unit=unit, **given)  # type: ignore[arg-type]


def prepared(asked: TimeLimit, calendars=SHARED, years=YEARS):
    return prepare(asked, years=years, rule_sets=RULE_SETS, calendars=calendars)


def answer(asked: TimeLimit, start: date, calendars=SHARED):
    return compute(
        TimeLimit(**{name: getattr(asked, name) for name in asked.__slots__} | {"start": start}),
        rule_sets=RULE_SETS,
        calendars=calendars,
    )


@st.composite
def questions(draw: st.DrawFn) -> TimeLimit:
    unit = draw(st.sampled_from(sorted(PERIODS)))
    params = draw(st.sampled_from([{}, {"saturday": "working"}, {"host_country": "XF"}]))
    calendar = draw(st.sampled_from(["XA", "XF", ""]))
    return question(
        draw(st.sampled_from(COUNTED)),
        draw(PERIODS[unit]),
        unit,
        kind=draw(st.sampled_from(KINDS)),
        calendar=calendar,
        params=params,
    )


class Weekends(HandMade):
    """The shared holidays; XF rests on Friday and Saturday."""

    def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
        if code == "XA":
            return SHARED.calendar(code, first_year, last_year)
        return super().calendar(code, first_year, last_year)


WEEKENDS = Weekends()


@EXAMPLES
@given(questions(), st.lists(st.dates(date(2021, 1, 1), date(2025, 12, 31)), min_size=1, max_size=8))
def test_fast_days_bounds_and_steps_are_those_of_the_engine(asked: TimeLimit, starts: list[date]) -> None:
    try:
        period = prepared(asked, WEEKENDS)
    except (NotPreparable, TimeLimitRefused, CalendarMissing):
        return
    for start in starts:
        expected = answer(asked, start, WEEKENDS)
        assert period.bounds(start) == (expected.last_day, expected.earliest, expected.latest)
        assert period.day(start) == expected.last_day
        trail = period.explained(start)
        assert trail.day == expected.last_day
        assert list(trail.steps()) == [step for step in expected.steps if step.code != "other_reading"]


@EXAMPLES
@given(questions(), st.lists(st.dates(date(2021, 1, 1), date(2031, 12, 31)), min_size=1, max_size=8))
def test_many_starts_answer_as_the_engine_does_or_refuse_as_it_does(asked: TimeLimit, starts: list[date]) -> None:
    try:
        many = ManyStarts(asked, years=YEARS, rule_sets=RULE_SETS, calendars=WEEKENDS)
        found = many.bounds_of(starts)
    except (TimeLimitRefused, CalendarMissing) as refused:
        with pytest.raises(type(refused)):
            [answer(asked, start, WEEKENDS) for start in (asked.start, *starts)]
        return
    expected = [answer(asked, start, WEEKENDS) for start in starts]
    assert found == [(each.last_day, each.earliest, each.latest) for each in expected]
    assert many.last_days_of(starts) == [each.last_day for each in expected]


@pytest.mark.parametrize(
    ("rule_set", "period", "unit"),
    [
        ("WORKDAYS", "15", "working_days"),
        ("EU1182", "10", "days"),
        ("EU1182", "2", "days"),
        ("BGB187_1", "3", "months"),
        ("BGB187_2", "1", "years"),
        ("CJEU_RP", "14d+2m+10d", "composite"),
        ("DE_AUFENTHV31", "3w+2wd", "composite"),
        ("TREATY_NEXTMONTH", "1", "months"),
        ("UNSPECIFIED", "60", "days"),
        ("CHVWVG", "2", "months"),
        ("FRFRANC", "2", "months"),
    ],
)
def test_what_is_asked_most_is_covered(rule_set: str, period: str, unit: str) -> None:
    assert prepared(question(rule_set, period, unit)).day(date(2024, 5, 17)) > date(2024, 5, 17)


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ({"rule_set": "EU1182", "unit": "hours", "start": date(2024, 5, 1)}, "unit"),
        ({"rule_set": "CHVWVG", "unit": "days"}, "unit"),
        ({"rule_set": "WORKDAYS", "unit": "working_days", "direction": "backward"}, "procedure"),
        ({"rule_set": "ROLL90_180", "unit": "stay_days", "direction": "max_continuous", "kind": "stay"}, "procedure"),
        (
            {"params": {"suspensions": [{"from": "2024-05-02", "to": "2024-05-03"}]}},
            "parameter",
        ),
    ],
)
def test_what_depends_on_the_single_case_is_refused(values: dict, because: str) -> None:
    given = {"rule_set": "EU1182", "period": "10", "unit": "days"} | values
    with pytest.raises(NotPreparable) as refused:
        prepared(question(**given))
    assert refused.value.parameters["because"] == because


def test_rules_that_begin_within_the_years_are_refused() -> None:
    with pytest.raises(NotPreparable, match="not_preparable"):
        prepared(question("ETS76", "10", "days", start=date(1985, 1, 1)), years=(1980, 1990))


def test_what_the_engine_refuses_is_refused_alike() -> None:
    with pytest.raises(UnknownRuleSet):
        prepared(question("EU1183", "10", "days"))
    with pytest.raises(UnknownRuleSet):
        ManyStarts(question("EU1183", "1", "days"), years=YEARS, rule_sets=RULE_SETS, calendars=SHARED)


@pytest.mark.parametrize("start", [date(2020, 12, 31), date(2029, 12, 20), date(2035, 1, 1)])
def test_days_beyond_the_years_are_never_guessed(start: date) -> None:
    asked = question("WORKDAYS", "15", "working_days")
    period = prepared(asked)
    for ask in (period.day, period.bounds, period.explained):
        with pytest.raises(OutsidePreparedYears):
            ask(start)
    many = ManyStarts(asked, years=YEARS, rule_sets=RULE_SETS, calendars=SHARED)
    assert many.bounds(start)[0] == answer(asked, start).last_day


def test_a_reading_that_leaves_the_years_is_never_guessed() -> None:
    asked = question("UNSPECIFIED", "10", "days", kind="act")
    with pytest.raises(OutsidePreparedYears):
        prepared(asked).bounds(date(2029, 12, 21))


def test_each_day_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    many = ManyStarts(question("CHVWVG", "30", "days"), years=YEARS, rule_sets=RULE_SETS, calendars=SHARED)
    assert many.prepared is None
    asked: list[date] = []
    monkeypatch.setattr(
        "mobility.domain.time_limits.bulk.compute",
        lambda question, **law: asked.append(question.start) or compute(question, **law),
    )
    days = [date(2024, 5, 1), date(2024, 5, 2), date(2024, 5, 1)]
    found = many.bounds_of(days)
    assert found[0] == found[2]
    assert asked == days[:2]


def test_a_year_without_data_stops_only_the_days_that_need_it() -> None:
    calendars = HandMade()
    asked = question("WORKDAYS", "5", "working_days", calendar="X0")
    many = ManyStarts(asked, years=(2024, 2028), rule_sets=RULE_SETS, calendars=calendars)
    assert many.bounds(date(2026, 5, 4))[0] == date(2026, 5, 11)
    with pytest.raises(CalendarMissing):
        many.bounds(date(2027, 5, 4))


def test_the_end_of_time_is_refused() -> None:
    many = ManyStarts(question("TREATY", "10", "years"), years=YEARS, rule_sets=RULE_SETS, calendars=SHARED)
    with pytest.raises(DateOutOfRange):
        many.bounds(date(9995, 1, 1))
