"""Where the law leaves two readings: default, earliest and latest day, and the question behind them."""

from datetime import date, datetime
from typing import Any

import pytest

from mobility.domain.calendars import Calendar, saturday_sunday
from tests.domain.engine_questions import HandMade, ask, codes, step, told

BACK = {"direction": "backward"}

Row = tuple[str, str, str, str, dict[str, Any], tuple[str, str, str], str]

READINGS: list[Row] = [
    # D1: the days of a broken month may come first
    ("EU1182", "2026-01-30", "1.5", "months", {"kind": "effect"}, ("2026-03-15", "2026-03-14", "2026-03-15"), "D1"),
    # D2 and D3: does the minimum apply backward, must the days lie in full in between
    ("EU1182", "2026-12-28", "2", "days", BACK, ("2026-12-23", "2026-12-22", "2026-12-26"), "D2"),
    ("EU1182", "2026-06-01", "15", "days", BACK, ("2026-05-17", "2026-05-16", "2026-05-17"), "D3"),
    (
        "EU1182",
        "2026-06-01",
        "15",
        "days",
        BACK | {"kind": "window_open"},
        ("2026-05-17", "2026-05-17", "2026-05-18"),
        "D3",
    ),
    ("BACKSUB", "2026-09-30", "120", "days", BACK, ("2026-06-02", "2026-06-01", "2026-06-03"), "D3"),
    (
        "BACKSUB",
        "2026-09-30",
        "120",
        "days",
        BACK | {"kind": "window_open"},
        ("2026-06-02", "2026-06-02", "2026-06-03"),
        "D3",
    ),
    (
        "BACKSUB",
        "2026-03-31",
        "1",
        "months",
        BACK | {"kind": "window_open"},
        ("2026-02-28", "2026-02-28", "2026-03-01"),
        "D3",
    ),
    ("BGB187_1", "2026-12-31", "10", "days", BACK, ("2026-12-20", "2026-12-20", "2026-12-21"), "D3"),
    # D6: does silence roll
    ("EU1182", "2026-12-10", "15", "days", {"kind": "silence"}, ("2026-12-28", "2026-12-25", "2026-12-28"), "D6"),
    ("BGB187_1", "2026-12-10", "15", "days", {"kind": "silence"}, ("2026-12-28", "2026-12-25", "2026-12-28"), "D6"),
    ("FRSILENCE", "2026-12-10", "15", "days", {"kind": "silence"}, ("2026-12-25", "2026-12-25", "2026-12-28"), "D6"),
    # D7: is Saturday a working day
    (
        "DE_AUFENTHV31",
        "2026-12-10",
        "3w+2wd",
        "composite",
        {"kind": "silence"},
        ("2027-01-04", "2027-01-04", "2027-01-05"),
        "D7",
    ),
    # D8: a roll that runs into a standstill
    ("CHVWVG", "2026-03-18", "10", "days", {}, ("2026-04-13", "2026-03-30", "2026-04-13"), "D8"),
    # silence of the instrument
    ("UNSPECIFIED", "2026-12-10", "15", "days", {}, ("2026-12-25", "2026-12-25", "2026-12-28"), "unspecified"),
    (
        "UNSPECIFIED",
        "2026-01-30",
        "15d+1m",
        "composite",
        {"kind": "effect"},
        ("2026-03-15", "2026-03-14", "2026-03-15"),
        "order",
    ),
    ("UKCLEAR", "2026-12-12", "14", "days", {}, ("2026-12-26", "2026-12-26", "2026-12-28"), "closed_office"),
    ("UKCLEAR5", "2026-12-30", "2", "days", BACK, ("2026-12-27", "2026-12-24", "2026-12-27"), "clear_day_closed"),
    (
        "VALIDITY",
        "2026-01-15",
        "3",
        "months",
        {"kind": "validity"},
        ("2026-04-14", "2026-04-14", "2026-04-15"),
        "day_of_issue",
    ),
    ("GAP", "2026-01-15", "14", "days", {"kind": "stay"}, ("2026-01-29", "2026-01-29", "2026-01-30"), "gap"),
    (
        "BGB187_1",
        "2026-12-25",
        "",
        "",
        {"kind": "fixed_date"},
        ("2026-12-25", "2026-12-25", "2026-12-28"),
        "fixed_date",
    ),
]


@pytest.mark.parametrize(("rule_set", "start", "period", "unit", "more", "expected", "question"), READINGS)
def test_readings(
    rule_set: str,
    start: str,
    period: str,
    unit: str,
    more: dict[str, Any],
    expected: tuple[str, str, str],
    question: str,
) -> None:
    answer = ask(rule_set, start, period, unit, **more)
    assert told(answer) == expected
    assert "debatable" in answer.flags
    asked = [name for each in answer.steps if each.code == "other_reading" for name in each.arguments["questions"]]  # type: ignore[union-attr]
    assert question in asked


def test_a_settled_answer_has_no_other_reading() -> None:
    answer = ask("EU1182", "2026-06-01", "10", "days")
    assert not answer.is_debatable
    assert "other_reading" not in codes(answer)
    assert "debatable" not in answer.flags


def test_the_consulate_s_host_state_is_another_reading() -> None:
    host = {"host_country": "XF"}
    for rule_set in ("WORKDAYS", "UNSPECIFIED"):
        answer = ask(rule_set, "2026-09-30", "2", "working_days", params=host)
        assert told(answer) == ("2026-10-02", "2026-10-02", "2026-10-04")
        assert step(answer, "other_reading")["questions"] == ["D10"]
    visa_code = ask("EU1182", "2026-09-30", "4", "days", params=host)
    assert told(visa_code) == ("2026-10-05", "2026-10-04", "2026-10-05")
    silent = ask("UNSPECIFIED", "2026-09-30", "2", "days", params=host)
    assert told(silent) == ("2026-10-02", "2026-10-02", "2026-10-04")


def test_saturday_is_open_only_where_the_law_says_werktag_or_giorno_lavorativo() -> None:
    assert not ask("WORKDAYS", "2026-06-01", "8", "working_days").is_debatable

    class Italy(HandMade):
        def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
            return super().calendar("XA", first_year, last_year)

    debated = ask("WORKDAYS", "2026-06-01", "8", "working_days", calendar="IT", calendars=Italy())
    assert told(debated) == ("2026-06-11", "2026-06-10", "2026-06-11")
    settled = ask(
        "WORKDAYS", "2026-06-01", "8", "working_days", calendar="IT", calendars=Italy(), params={"saturday": "working"}
    )
    assert told(settled) == ("2026-06-10",) * 3


def test_a_parameter_settles_the_saturday() -> None:
    answer = ask("DE_AUFENTHV31", "2026-12-10", "3w+2wd", "composite", params={"saturday": "non_working"})
    assert told(answer) == ("2027-01-05",) * 3


def test_the_first_day_of_a_suspension_may_count() -> None:
    pause = {"suspensions": [{"from": "2026-10-06", "to": "2026-10-23"}]}
    answer = ask("BGB_SUSP", "2026-09-14", "3", "months", kind="decision", params=pause)
    assert told(answer) == ("2027-01-04", "2026-12-31", "2027-01-04"), "the page behind why this date"
    settled = ask("BGB_SUSP", "2026-09-14", "3", "months", params=pause | {"suspension_model": "stop_and_resume"})
    assert not settled.is_debatable, "who names the model has read the provision"


def test_a_calendar_suspended_by_emergency_law_has_another_reading() -> None:
    class Suspended(HandMade):
        def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
            return Calendar(
                code=code,
                first_year=first_year,
                last_year=last_year,
                weekend=saturday_sunday,
                holidays={},
                otherwise=super().calendar("XA", first_year, last_year),
                flags=frozenset({"calendar_suspended_by_law"}),
            )

    answer = ask("EU1182", "2026-12-10", "15", "days", calendars=Suspended())
    assert told(answer) == ("2026-12-25", "2026-12-25", "2026-12-28")
    assert {"debatable", "calendar_suspended_by_law"} <= answer.flags
    assert step(answer, "other_reading")["questions"] == ["D12"]


def test_without_a_calendar_the_other_reading_is_left_out_and_said() -> None:
    answer = ask("UNSPECIFIED", "2026-12-10", "15", "days", calendar="")
    assert told(answer) == ("2026-12-25",) * 3
    assert "calendar_not_given" in answer.flags


def test_cautions_of_the_other_reading_s_calendar_are_told() -> None:
    feast = date(2026, 12, 26)
    source = HandMade({feast: "Eid"}, estimated=frozenset({feast}), flags=frozenset({"subdivision_missing"}))
    answer = ask("UNSPECIFIED", "2026-12-10", "15", "days", calendars=source)
    assert {"estimated_holiday", "subdivision_missing"} <= answer.flags
    assert answer.calendar_code == "XA"


def test_readings_of_different_questions_combine() -> None:
    answer = ask("EU1182", "2026-07-13", "2", "days", direction="backward")
    assert told(answer) == ("2026-07-09", "2026-07-08", "2026-07-11")


def test_only_the_bounds_are_told_as_other_readings() -> None:
    answer = ask("EU1182", "2026-07-13", "2", "days", direction="backward")
    others = [each.day for each in answer.steps if each.code == "other_reading"]
    assert others == [date(2026, 7, 8), date(2026, 7, 11)]


def test_bounds_of_instants_are_compared_as_instants() -> None:
    answer = ask("ELAPSED", datetime(2026, 10, 24, 20, 0), "24", "hours", params={"time_zone": "Europe/Paris"})
    assert answer.earliest == answer.last_day < answer.latest
    assert step(answer, "other_reading")["time"] == "20:00"


def test_candidates_counted_back_bring_their_own_question() -> None:
    candidates = [{"start": "2027-01-01", "period": 10, "unit": "days", "direction": "backward"}]
    answer = ask("MAX", "2026-10-01", "30", "days", params={"candidates": candidates})
    assert told(answer) == ("2026-12-22", "2026-12-21", "2026-12-22")
