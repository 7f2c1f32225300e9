"""Each body of law on dates worked out by hand, with calendars made by hand.

The worked examples of the reference, on real calendars, are in tests/calendars/test_worked_examples.py.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mobility.domain.time_limits import Answer, end_of_day
from mobility.domain.time_limits.arithmetic import easter_sunday, shift_months, span_months
from mobility.domain.time_limits.rule_sets import MonthEnd
from tests.domain.engine_questions import HandMade, ask, codes, step, told
from tests.domain.literal_reference import EASTER

Row = tuple[str, str, str, str, dict[str, Any], str]

FORWARD: list[Row] = [
    # EU1182: the event day is out, the end rolls, two working days at least
    ("EU1182", "2026-12-10", "15", "days", {}, "2026-12-28"),
    ("EU1182", "2026-12-10", "15", "days", {"kind": "effect"}, "2026-12-25"),
    ("EU1182", "2026-12-10", "15", "days", {"kind": "validity"}, "2026-12-25"),
    ("EU1182", "2026-12-25", "", "", {"kind": "fixed_date"}, "2026-12-25"),
    ("EU1182", "2026-12-11", "2", "weeks", {}, "2026-12-28"),
    ("EU1182", "2024-02-29", "1", "years", {}, "2025-02-28"),
    ("EU1182", "2026-12-31", "2", "months", {}, "2027-03-01"),
    ("EU1182", "2026-12-24", "2", "days", {}, "2026-12-29"),
    ("EU1182", "2026-12-23", "1", "working_days", {}, "2026-12-24"),
    ("EU1182", "2026-12-24", "3", "working_days", {}, "2026-12-30"),
    ("EU1182", "2026-12-24", "1", "days", {}, "2026-12-28"),
    ("EU1182", "2026-01-01", "1.5", "months", {}, "2026-02-16"),
    ("EU1182", "2026-01-31", "1m+2wd", "composite", {}, "2026-03-03"),
    ("EU1182", "2026-09-30", "1", "days", {"calendar": "XF"}, "2026-10-01"),
    # US: rolls for every kind, no minimum
    ("FRCP6", "2026-12-24", "2", "days", {"kind": "effect"}, "2026-12-28"),
    ("FRCP6", "2026-12-24", "2", "days", {"kind": "stay"}, "2026-12-26"),
    # United Kingdom
    ("UKCORR", "2026-01-30", "1", "months", {"calendar": ""}, "2026-02-28"),
    ("UKCLEAR", "2026-12-01", "14", "days", {"kind": "window_open"}, "2026-12-16"),
    ("UKCLEAR", "2026-12-01", "14", "days", {}, "2026-12-15"),
    ("UKCLEAR5", "2026-12-23", "3", "days", {}, "2026-12-29"),
    ("UKCLEAR5", "2026-12-23", "3", "days", {"kind": "window_open"}, "2026-12-30"),
    ("UKCLEAR5", "2026-12-01", "6", "days", {"kind": "window_open"}, "2026-12-08"),
    # ETS 76: only acts roll
    ("ETS76", "2026-12-24", "2", "days", {}, "2026-12-28"),
    ("ETS76", "2026-12-24", "2", "days", {"kind": "silence"}, "2026-12-26"),
    ("ETS76", "2026-01-31", "10d+1m", "composite", {}, "2026-03-10"),
    # Germany
    ("BGB187_1", "2026-01-15", "0.5", "months", {}, "2026-01-30"),
    ("BGB187_1", "2026-12-24", "2", "days", {"kind": "stay"}, "2026-12-26"),
    ("BGB187_2", "2026-01-31", "1", "months", {"kind": "stay"}, "2026-02-28"),
    ("BGB187_2", "2026-03-01", "1", "months", {"kind": "stay"}, "2026-03-31"),
    ("BGB187_2", "2026-03-01", "10", "days", {"kind": "stay"}, "2026-03-10"),
    ("BGB187_2", "2026-03-02", "2", "weeks", {"kind": "stay"}, "2026-03-15"),
    ("BGB187_2", "2008-07-15", "18", "years", {"kind": "stay"}, "2026-07-14"),
    ("DE_AUFENTHV31", "2026-12-10", "3w+2wd", "composite", {"kind": "silence"}, "2027-01-04"),
    # France
    ("FRCPC", "2026-01-31", "1", "months", {}, "2026-03-02"),
    ("FRCPC", "2026-12-24", "2", "days", {"kind": "silence"}, "2026-12-26"),
    ("FRFRANC", "2026-12-22", "2", "days", {}, "2026-12-28"),
    ("FRSILENCE", "2026-01-31", "1", "months", {"kind": "silence"}, "2026-02-28"),
    # Switzerland: days stand still, months do not
    ("CHVWVG", "2026-07-10", "10", "days", {}, "2026-08-21"),
    ("CHVWVG", "2026-12-10", "10", "days", {}, "2027-01-05"),
    ("CHVWVG", "2026-06-20", "1", "months", {}, "2026-07-20"),
    ("CHVWVG", "2026-12-06", "11", "days", {"kind": "silence"}, "2026-12-17"),
    # the Court: as written, one roll at the very end
    ("CJEU_RP", "2026-01-17", "14d+2m+10d", "composite", {}, "2026-04-10"),
    # no roll at all
    ("ECHR", "2026-01-31", "4", "months", {"calendar": ""}, "2026-05-31"),
    ("DAYS_NOROLL", "2026-12-24", "2", "days", {"calendar": ""}, "2026-12-26"),
    ("TREATY", "2026-11-30", "3", "months", {"kind": "effect", "calendar": ""}, "2027-02-28"),
    ("TREATY", "2026-11-30", "", "", {"kind": "effect", "calendar": ""}, "2026-11-30"),
    ("TREATY_OVERFLOW", "2026-11-30", "3", "months", {"kind": "effect", "calendar": ""}, "2027-03-01"),
    ("TREATY_NEXTMONTH", "2026-12-01", "1", "months", {"kind": "effect", "calendar": ""}, "2027-02-01"),
    ("TREATY_NTHMONTH", "2026-12-31", "3", "months", {"kind": "effect", "calendar": ""}, "2027-03-01"),
    ("TREATY_LASTDAY", "2027-01-31", "1", "months", {"kind": "effect", "calendar": ""}, "2027-02-28"),
    ("WORKDAYS", "2026-12-24", "2", "working_days", {}, "2026-12-29"),
    ("WORKDAYS", "2026-12-24", "2", "working_days", {"calendar": "XF"}, "2026-12-28"),
    ("JPCIV", "2026-12-15", "14", "days", {}, "2027-01-04"),
    # provisions of their own kind
    ("UNSPECIFIED", "2026-12-10", "15", "days", {}, "2026-12-25"),
    ("UNSPECIFIED", "2026-12-24", "2", "working_days", {}, "2026-12-29"),
    ("CONTRACT", "2026-12-10", "15", "days", {"calendar": ""}, "2026-12-25"),
    ("SPAN", "2026-01-01", "90", "stay_days", {"kind": "stay", "calendar": ""}, "2026-03-31"),
    ("VALIDITY", "2026-01-15", "3", "months", {"kind": "validity", "calendar": ""}, "2026-04-14"),
    ("BAR", "2026-01-15", "24", "months", {"kind": "bar", "calendar": ""}, "2028-01-16"),
    ("GAP", "2026-01-15", "14", "days", {"kind": "stay", "calendar": ""}, "2026-01-29"),
    ("FIXED_DATE", "2026-12-25", "", "", {"kind": "fixed_date", "calendar": ""}, "2026-12-25"),
]


@pytest.mark.parametrize(("rule_set", "start", "period", "unit", "more", "expected"), FORWARD)
def test_forward(rule_set: str, start: str, period: str, unit: str, more: dict[str, Any], expected: str) -> None:
    answer = ask(rule_set, start, period, unit, **more)
    assert answer.last_day.isoformat() == expected
    assert answer.earliest <= answer.last_day <= answer.latest
    assert answer.rule_set == rule_set


BACKWARD: list[Row] = [
    ("EU1182", "2026-12-30", "2", "days", {}, "2026-12-28"),
    ("EU1182", "2026-03-31", "1", "months", {"kind": "window_open"}, "2026-02-28"),
    ("EU1182", "2026-12-28", "2", "working_days", {}, "2026-12-23"),
    ("FRCP6", "2026-12-28", "2", "days", {}, "2026-12-24"),
    ("FRCP6", "2026-12-28", "2", "days", {"kind": "window_close"}, "2026-12-24"),
    ("UKCORR", "2026-03-31", "4", "weeks", {"calendar": ""}, "2026-03-03"),
    ("UKCLEAR", "2026-03-18", "14", "days", {}, "2026-03-03"),
    ("UKCLEAR5", "2026-12-29", "2", "days", {}, "2026-12-23"),
    ("UKCLEAR5", "2026-12-29", "6", "days", {}, "2026-12-22"),
    ("BACKSUB", "2026-12-31", "6", "months", {"calendar": ""}, "2026-06-30"),
    ("ETS76", "2026-12-31", "10", "days", {"calendar": ""}, "2026-12-21"),
    ("UNSPECIFIED", "2026-12-31", "10", "days", {"calendar": ""}, "2026-12-21"),
    ("BGB187_1", "2026-12-31", "10", "days", {"calendar": ""}, "2026-12-20"),
    ("TREATY", "2026-12-31", "6", "months", {"calendar": ""}, "2026-06-30"),
    ("DAYS_NOROLL", "2026-12-31", "10", "days", {"calendar": ""}, "2026-12-21"),
    ("WORKDAYS", "2026-12-28", "2", "working_days", {}, "2026-12-23"),
]


@pytest.mark.parametrize(("rule_set", "start", "period", "unit", "more", "expected"), BACKWARD)
def test_backward(rule_set: str, start: str, period: str, unit: str, more: dict[str, Any], expected: str) -> None:
    assert ask(rule_set, start, period, unit, direction="backward", **more).last_day.isoformat() == expected


def test_a_weekend_of_its_own_gives_another_day_than_the_fixed_one() -> None:
    """Regulation 1182/71 fixes Saturday and Sunday; the country's own weekend is the other reading."""
    answer = ask("EU1182", "2026-09-30", "2", "days", calendar="XF", kind="effect")
    assert told(answer) == ("2026-10-02",) * 3
    answer = ask("EU1182", "2026-09-30", "4", "days", calendar="XF")
    assert told(answer) == ("2026-10-05", "2026-10-04", "2026-10-05")


def test_the_subtlety_of_the_minimum_for_months_is_none() -> None:
    answer = ask("EU1182", "2026-11-26", "1", "months")
    assert told(answer) == ("2026-12-28",) * 3
    assert "minimum_working_days" not in codes(answer)


def test_a_suspension_moves_the_end_by_its_days() -> None:
    pause = [{"from": "2026-02-01", "to": date(2026, 2, 20), "cap": 20, "reason": "missing proof", "basis": "6(4)"}]
    answer = ask("EU1182", "2026-01-15", "3", "months", params={"suspensions": pause})
    assert answer.last_day == date(2026, 5, 5)
    assert step(answer, "pause_added")["days"] == 20


def test_a_suspension_that_begins_inside_another_s_push_counts_whole() -> None:
    pauses = [{"from": "2026-03-10", "to": "2026-03-12"}, {"from": "2026-03-13", "to": "2026-03-20"}]
    answer = ask("DAYS_NOROLL", "2026-03-01", "10", "days", params={"suspensions": pauses})
    assert answer.last_day == date(2026, 3, 22)


def test_days_before_the_event_and_after_the_end_do_not_suspend() -> None:
    pauses = [{"from": "2026-02-01", "to": "2026-03-01"}, {"from": "2026-03-12", "to": "2026-03-20"}]
    answer = ask("DAYS_NOROLL", "2026-03-01", "10", "days", params={"suspensions": pauses})
    assert answer.last_day == date(2026, 3, 11)


def test_working_days_inside_a_suspension_are_not_counted() -> None:
    pauses = [{"from": "2026-06-03", "to": "2026-06-09"}]
    answer = ask("WORKDAYS", "2026-06-01", "3", "working_days", params={"suspensions": pauses})
    assert answer.last_day == date(2026, 6, 11)


def test_standstill_and_suspension_together_count_each_day_once() -> None:
    pauses = [{"from": "2026-07-13", "to": "2026-07-20"}]
    answer = ask("CHVWVG", "2026-07-10", "10", "days", params={"suspensions": pauses})
    assert answer.last_day == date(2026, 8, 24), "two days counted before 13 July, eight from 16 August; Sunday rolls"


def test_a_period_may_begin_again_or_start_on_completion() -> None:
    pauses = [{"from": "2026-02-01", "to": "2026-02-20"}]
    for model, code in (("restart", "restarted"), ("start_on_completion", "started_on_completion")):
        answer = ask(
            "DAYS_NOROLL", "2026-01-15", "1", "months", params={"suspensions": pauses, "suspension_model": model}
        )
        assert answer.last_day == date(2026, 3, 20)
        assert code in codes(answer)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("rolled_end", "2026-06-11"),
        ("unrolled_end", "2026-06-09"),
        ("new_total", "2026-05-26"),
    ],
)
def test_extensions_by_model(model: str, expected: str) -> None:
    params = {"extensions": [{"period": 10, "unit": "days"}], "extension_model": model}
    assert told(ask("BGB187_1", "2026-05-16", "2", "weeks", params=params)) == (expected,) * 3


def test_a_named_day_replaces_the_period_and_is_not_moved() -> None:
    params = {"extensions": [{"date": "2026-12-26"}]}
    assert told(ask("BGB187_1", "2026-05-16", "2", "weeks", params=params)) == ("2026-12-26",) * 3


def test_several_extensions_follow_one_another() -> None:
    params = {"extensions": [{"period": 1, "unit": "weeks"}, {"period": 1, "unit": "months"}]}
    answer = ask("BGB190", "2026-05-16", "2", "weeks", params=params)
    assert told(answer) == ("2026-07-08", "2026-07-06", "2026-07-08")


def test_the_visa_code_extends_to_a_new_total_from_the_start() -> None:
    answer = ask("EU1182", "2026-06-01", "15", "days", params={"extensions": [{"period": 45, "unit": "days"}]})
    assert answer.last_day == date(2026, 7, 16)


def test_periodic_series_are_counted_from_the_start() -> None:
    for after, expected in (("2026-01-30", "2026-01-31"), ("2026-01-31", "2026-02-28"), ("2027-02-27", "2027-02-28")):
        answer = ask(
            "PERIODIC", "2026-01-31", "1", "months", direction="periodic", kind="report", params={"after": after}
        )
        assert answer.last_day.isoformat() == expected
    weekly = ask("TREATY", "2026-01-01", "2", "weeks", direction="periodic", params={"after": "2026-12-30"})
    assert weekly.last_day == date(2026, 12, 31)


def test_terms_and_notice() -> None:
    params = {
        "renewal": {"period": 2, "unit": "years"},
        "notice": {"period": 3, "unit": "months"},
        "reference_date": "2026-06-30",
    }
    answer = ask("TREATY_TERM", "2020-07-01", "4", "years", kind="notice", direction="backward", params=params)
    assert told(answer) == ("2026-03-30", "2026-03-30", "2026-04-01"), "30 June less three months; or 1 July"
    assert "notice_too_late" in answer.flags
    assert step(answer, "term_ends")["number"] == 2


def test_a_term_without_renewal_or_notice() -> None:
    answer = ask("TREATY_TERM", "2020-01-01", "30", "days", params={"reference_date": "2020-01-15"})
    assert told(answer) == ("2020-01-30", "2020-01-30", "2020-01-31")


def test_terms_in_days_and_renewals_in_months() -> None:
    params = {"renewal": {"period": 1, "unit": "months"}, "reference_date": "2020-03-15"}
    assert ask("TREATY_TERM", "2020-01-01", "30", "days", params=params).last_day == date(2020, 3, 30)


STAYS = [{"from": "2026-01-01", "to": "2026-01-31"}, {"from": "2026-03-01", "to": "2026-03-31"}]


def test_rolling_windows_look_back_from_each_day() -> None:
    may = ask(
        "ROLL90_180", "2026-05-01", "90", "stay_days", direction="max_continuous", kind="stay", params={"stays": STAYS}
    )
    assert may.last_day == date(2026, 5, 28), "62 days used, 28 left, and nothing leaves the window before June"
    july = ask("ROLL90_180", "2026-07-01", "", "", direction="max_continuous", kind="stay", params={"stays": STAYS})
    assert july.last_day == date(2026, 9, 28), "as the early stays leave the window, the stay may last all 90 days"


def test_reentry_waits_until_the_whole_stay_fits() -> None:
    full = [{"from": "2026-01-01", "to": "2026-03-31"}]
    one = ask("ROLL90_180", "2026-04-01", "1", "stay_days", direction="earliest_reentry", params={"stays": full})
    ninety = ask("ROLL90_180", "2026-04-01", "90", "stay_days", direction="earliest_reentry", params={"stays": full})
    assert one.last_day == ninety.last_day == date(2026, 6, 30)
    at_once = ask("ROLL90_180", "2026-05-01", "28", "stay_days", direction="earliest_reentry", params={"stays": STAYS})
    assert at_once.last_day == date(2026, 5, 1)


def test_any_limit_in_any_window() -> None:
    answer = ask("ROLL8_12", "2026-01-01", "", "", direction="max_continuous", kind="stay", params={"stays": []})
    assert answer.last_day == date(2026, 1, 8)


def test_hours_begin_with_the_next_full_hour_and_never_roll() -> None:
    berlin = {"time_zone": "Europe/Berlin"}
    for minute, expected in ((40, "2026-07-04T16:00"), (0, "2026-07-04T16:00")):
        answer = ask("EU1182", datetime(2026, 7, 3, 15, minute), "24", "hours", params=berlin)
        assert answer.last_day.isoformat().startswith(expected)
    back = ask("EU1182", datetime(2026, 7, 3, 15, 40), "24", "hours", direction="backward", params=berlin)
    assert back.last_day.isoformat().startswith("2026-07-02T15:00")


def test_forty_eight_hours_may_be_two_days() -> None:
    berlin = {"time_zone": "Europe/Berlin"}
    answer = ask("EU1182", datetime(2026, 7, 3, 15, 40), "48", "hours", params=berlin)
    assert [each[:16] for each in told(answer)] == ["2026-07-05T16:00", "2026-07-05T16:00", "2026-07-07T16:00"]
    assert not ask("EU1182", datetime(2026, 7, 3, 15, 40), "47", "hours", params=berlin).is_debatable


def test_hours_in_us_procedure_end_at_the_same_clock_time() -> None:
    new_york = {"time_zone": "America/New_York"}
    forward = ask("FRCP6", datetime(2026, 12, 24, 9, 30), "24", "hours", params=new_york)
    assert forward.last_day == datetime(2026, 12, 28, 9, 30, tzinfo=ZoneInfo("America/New_York"))
    back = ask("FRCP6", datetime(2026, 12, 28, 9, 30), "24", "hours", direction="backward", params=new_york)
    assert back.last_day == datetime(2026, 12, 24, 9, 30, tzinfo=ZoneInfo("America/New_York"))


def test_elapsed_and_wall_clock_hours_differ_over_a_clock_change() -> None:
    paris = {"time_zone": "Europe/Paris"}
    spring = ask("ELAPSED", datetime(2026, 3, 28, 20, 0), "24", "hours", params=paris)
    autumn = ask("ELAPSED", datetime(2026, 10, 24, 20, 0), "24", "hours", params=paris)
    usual = ask("ELAPSED", datetime(2026, 6, 1, 20, 0), "24", "hours", params=paris)
    assert spring.last_day.isoformat() == "2026-03-29T21:00:00+02:00"
    assert spring.earliest.isoformat() == "2026-03-29T20:00:00+02:00"
    assert autumn.last_day.isoformat() == "2026-10-25T19:00:00+01:00"
    assert autumn.latest.isoformat() == "2026-10-25T20:00:00+01:00"
    assert not usual.is_debatable


def test_the_event_s_date_is_that_of_the_place() -> None:
    late = datetime(2026, 3, 31, 23, 30, tzinfo=ZoneInfo("UTC"))
    assert ask("DAYS_NOROLL", late, "1", "months", params={"time_zone": "Europe/Brussels"}).last_day == date(2026, 5, 1)
    assert ask("DAYS_NOROLL", late, "1", "months").last_day == date(2026, 4, 30), "its own offset, if no zone is named"


def test_a_day_ends_elsewhere_at_another_time() -> None:
    zones = {"time_zone": "Europe/Brussels", "display_zone": "America/New_York"}
    answer = ask("ENDOFDAY", "2026-06-30", kind="instant", params=zones)
    assert answer.last_day == datetime(2026, 6, 30, 18, 0, tzinfo=ZoneInfo("America/New_York"))
    assert answer.time_zone == "America/New_York"
    assert end_of_day(date(2026, 6, 30), ZoneInfo("Europe/Brussels")) == answer.last_day


def test_whichever_is_earlier_or_later() -> None:
    candidates = [
        {"date": "2026-09-01"},
        {"start": "2026-10-01", "period": 1, "unit": "months", "direction": "backward"},
    ]
    assert ask("MIN", "2026-08-20", "30", "days", params={"candidates": candidates}).last_day == date(2026, 9, 1)
    later = ask("MAX", "2026-08-05", "20", "days", params={"candidates": candidates})
    assert later.last_day == date(2026, 9, 1)
    assert codes(later).count("candidate") == 3


def test_explicit_holidays_replace_the_calendar() -> None:
    params = {"institution": "EU-COM", "holidays": ["2026-12-24", "2026-12-25", date(2026, 12, 28)]}
    answer = ask("EU1182", "2026-12-09", "15", "days", calendar="", params=params)
    assert answer.last_day == date(2026, 12, 29)
    assert (answer.calendar_code, answer.calendar_package) == ("EU-COM", "explicit")


def test_state_holidays_join_federal_ones_only_forward() -> None:
    class Federal(HandMade):
        def calendar(self, code: str, first_year: int, last_year: int) -> Any:
            state = {date(2026, 6, 3): "Day of the State"} if code == "XU-ST" else {}
            return HandMade(state).calendar(code, first_year, last_year)

    forward = ask("FRCP6", "2026-06-01", "2", "days", calendar="XU-ST", calendars=Federal())
    back = ask("FRCP6", "2026-06-05", "2", "days", calendar="XU-ST", direction="backward", calendars=Federal())
    assert (forward.last_day, back.last_day) == (date(2026, 6, 4), date(2026, 6, 3))
    assert forward.calendar_code == "XU+XU-ST"


def test_only_years_that_matter_need_data() -> None:
    source = HandMade()
    assert ask("WORKDAYS", "2026-12-15", "5", "working_days", calendar="X0", calendars=source).last_day.year == 2026
    assert source.asked == [("X0", 2026, 2026)]


def test_long_counts_load_their_years_at_once() -> None:
    source = HandMade()
    ask("WORKDAYS", "2026-01-01", "2000", "working_days", calendars=source)
    assert len(source.asked) < 6


def test_estimated_holidays_nearby_are_flagged() -> None:
    feast = date(2026, 3, 20)
    source = HandMade({feast: "Eid al-Fitr"}, estimated=frozenset({feast}))
    near = ask("EU1182", "2026-03-10", "12", "days", calendars=source)
    far = ask("EU1182", "2026-03-10", "14", "days", calendars=source)
    before = ask("EU1182", "2026-03-10", "8", "days", calendars=source)
    counted = ask("WORKDAYS", "2026-03-10", "20", "working_days", calendars=source)
    flagged = ["estimated_holiday" in answer.flags for answer in (near, far, before, counted)]
    assert flagged == [True, False, True, True]


def test_cautions_of_rule_and_calendar_reach_the_answer() -> None:
    source = HandMade(flags=frozenset({"subdivision_missing"}))
    assert "subdivision_missing" in ask("EU1182", "2026-06-01", "10", "days", calendars=source).flags
    assert "subdivision_missing" not in ask("ECHR", "2026-06-01", "4", "months", calendars=source).flags
    assert "rule_recalled" in ask("FRFRANC", "2026-06-01", "2", "months").flags


def test_answers_can_be_stored() -> None:
    answers: list[Answer] = [
        ask("EU1182", "2026-07-13", "2", "days", direction="backward"),
        ask("WORKDAYS", "2026-12-24", "20", "working_days"),
        ask("ELAPSED", datetime(2026, 3, 28, 20, 0), "24", "hours", params={"time_zone": "Europe/Paris"}),
        ask("EU1182", datetime(2026, 3, 28, 20, 0, tzinfo=ZoneInfo("UTC")), "24", "hours"),
    ]
    for answer in answers:
        again = Answer.from_json(answer.to_json())
        assert again == answer
        assert again.to_json() == answer.to_json()
        assert Answer.from_json(answer.to_dict()) == answer


@pytest.mark.parametrize("year", sorted(EASTER))
def test_easter(year: int) -> None:
    assert easter_sunday(year) == EASTER[year]


def test_months_clamp_or_overflow_and_never_stick() -> None:
    assert shift_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert shift_months(date(2026, 1, 31), 1, MonthEnd.OVERFLOW) == date(2026, 3, 1)
    assert shift_months(date(2026, 2, 28), 1) == date(2026, 3, 28)
    assert shift_months(date(2026, 3, 31), -13) == date(2025, 2, 28)
    assert shift_months(date(2026, 12, 31), 12 * 10) == date(2036, 12, 31)
    assert span_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert span_months(date(2024, 2, 29), 48) == date(2028, 2, 28)
