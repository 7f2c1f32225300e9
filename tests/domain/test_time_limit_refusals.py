"""What the engine refuses, by which error, and that the error names the offending value."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest

from mobility.domain.calendars import CalendarMissing
from mobility.domain.errors import DomainError
from mobility.domain.time_limits import (
    CalendarNotGiven,
    DateOutOfRange,
    DirectionNotCovered,
    FractionNotCovered,
    InstantMissing,
    NaiveInstant,
    NotComputedByItself,
    ParameterInvalid,
    ParameterMissing,
    ParameterNotCovered,
    PeriodInvalid,
    PeriodMissing,
    PeriodOutOfRange,
    RuleSetInvalid,
    RuleSetNotInForce,
    StartInvalid,
    StayInvalid,
    StayNotAllowed,
    SuspensionInvalid,
    SuspensionsOverlap,
    SuspensionTooLong,
    TermOver,
    UnitNotCovered,
    UnknownDirection,
    UnknownKind,
    UnknownParameter,
    UnknownRuleSet,
    UnknownTimeZone,
    UnknownUnit,
    read_start,
)
from mobility.domain.time_limits.rule_sets import Procedure, Reading, RuleSet, Unit
from tests.domain.engine_questions import ask

Refusal = tuple[tuple[str, str, str, str], Mapping[str, Any], type[DomainError], str, object]

PAUSED = {"from": "2026-06-02", "to": "2026-06-04"}
EU = ("EU1182", "2026-06-01", "10", "days")

REFUSALS: list[Refusal] = [
    (("EU1183", *EU[1:]), {}, UnknownRuleSet, "rule_set", "EU1183"),
    (("ROLL180_90", *EU[1:]), {}, UnknownRuleSet, "rule_set", "ROLL180_90"),
    (("ROLL0_90", *EU[1:]), {}, UnknownRuleSet, "rule_set", "ROLL0_90"),
    (("NATIONAL", *EU[1:]), {}, NotComputedByItself, "rule_set", "NATIONAL"),
    (("QUOTA", "2026-06-01", "", ""), {}, NotComputedByItself, "rule_set", "QUOTA"),
    (("EU1182", "2026-06-01", "10", "fortnights"), {}, UnknownUnit, "unit", "fortnights"),
    (("EU1182", "2026-06-01", "10", ""), {}, UnknownUnit, "unit", ""),
    (("EU1182", "2026-06-01", "", "moons"), {}, UnknownUnit, "unit", "moons"),
    (("ECHR", "2026-06-01", "24", "hours"), {}, UnitNotCovered, "unit", "hours"),
    (("CHVWVG", "2026-06-01", "1m+10d", "composite"), {}, UnitNotCovered, "unit", "composite"),
    (("BGB187_1", "2026-06-01", "1d+12h", "composite"), {}, UnitNotCovered, "unit", "hours"),
    (EU, {"direction": "sideways"}, UnknownDirection, "direction", "sideways"),
    (EU, {"direction": "periodic"}, DirectionNotCovered, "direction", "periodic"),
    (EU, {"kind": "wish"}, UnknownKind, "kind", "wish"),
    (("EU1182", "2026-06-01", "0", "days"), {}, PeriodOutOfRange, "period", "0"),
    (("EU1182", "2026-06-01", "-3", "days"), {}, PeriodOutOfRange, "period", "-3"),
    (("EU1182", "2026-06-01", "1000000000", "days"), {}, PeriodOutOfRange, "period", "1000000000"),
    (("EU1182", "2026-06-01", "9" * 40, "months"), {}, PeriodOutOfRange, "period", "9" * 40),
    (("EU1182", "2026-06-01", "3w+0d", "composite"), {}, PeriodOutOfRange, "period", "3w+0d"),
    (("EU1182", "2026-06-01", "ten", "days"), {}, PeriodInvalid, "period", "ten"),
    (("EU1182", "2026-06-01", "3w-2d", "composite"), {}, PeriodInvalid, "step", "3w-2d"),
    (("EU1182", "2026-06-01", "1.5", "days"), {}, PeriodInvalid, "period", "1.5"),
    (("EU1182", "2026-06-01", "٣", "days"), {}, PeriodInvalid, "period", "٣"),
    (("EU1182", "2026-06-01", "", ""), {}, PeriodMissing, "rule_set", "EU1182"),
    (("EU1182", "2026-06-01", "", ""), {"direction": "backward"}, PeriodMissing, "rule_set", "EU1182"),
    (("EU1182", "2026-06-01", "0.0", "months"), {}, PeriodOutOfRange, "period", "0.0"),
    (("EU1182", "2026-06-01", "1.51", "months"), {}, FractionNotCovered, "period", "1.51"),
    (("BGB187_1", "2026-06-01", "1.1", "months"), {}, FractionNotCovered, "period", "1.1"),
    (("TREATY", "2026-06-01", "1.5", "months"), {}, FractionNotCovered, "period", "1.5"),
    (("DAYS_NOROLL", "9999-12-01", "40", "days"), {}, DateOutOfRange, "days", 40),
    (("DAYS_NOROLL", "9999-12-01", "1", "months"), {}, DateOutOfRange, "months", 1),
    (("DAYS_NOROLL", "0001-01-05", "5", "days"), {"direction": "backward"}, DateOutOfRange, "days", -5),
    (("CHVWVG", "9999-10-01", "90", "days"), {}, DateOutOfRange, "year", 10000),
    (("EU1182", "1960-06-01", "10", "days"), {}, RuleSetNotInForce, "start", "1960-06-01"),
    (EU, {"calendar": ""}, CalendarNotGiven, "rule_set", "EU1182"),
    (EU, {"calendar": "ZZ"}, CalendarMissing, "calendar", "ZZ"),
    (("EU1182", "2026-12-24", "8", "days"), {"calendar": "X0"}, CalendarMissing, "year", 2027),
    (EU, {"params": {"suspension": []}}, UnknownParameter, "parameter", "suspension"),
    (EU, {"params": {"saturday": "maybe"}}, ParameterInvalid, "value", "'maybe'"),
    (EU, {"params": {"holidays": "2026-06-11"}}, ParameterInvalid, "parameter", "holidays"),
    (EU, {"params": {"holidays": ["2026-02-30"]}}, ParameterInvalid, "value", "'2026-02-30'"),
    (EU, {"params": {"holidays": [datetime(2026, 6, 11)]}}, ParameterInvalid, "parameter", "holidays"),
    (EU, {"params": {"time_zone": 2}}, ParameterInvalid, "parameter", "time_zone"),
    (EU, {"params": {"suspension_model": "sometimes"}}, ParameterInvalid, "value", "'sometimes'"),
    (EU, {"params": {"extension_model": "sometimes"}}, ParameterInvalid, "value", "'sometimes'"),
    (EU, {"params": {"extensions": [{"period": 5}]}}, ParameterInvalid, "parameter", "extensions"),
    (EU, {"params": {"extensions": [{"period": True, "unit": "days"}]}}, ParameterInvalid, "value", "True"),
    (EU, {"params": {"suspensions": [7]}}, ParameterInvalid, "value", "7"),
    (EU, {"params": {"suspensions": [{"from": "2026-06-02"}]}}, SuspensionInvalid, "parameter", "suspensions"),
    (
        EU,
        {"params": {"suspensions": [PAUSED, {"from": "2026-06-04", "to": "2026-06-09"}]}},
        SuspensionsOverlap,
        "day",
        "2026-06-04",
    ),
    (EU, {"params": {"suspensions": [PAUSED | {"cap": 2}]}}, SuspensionTooLong, "last_day", "2026-06-04"),
    (EU, {"params": {"suspensions": [PAUSED | {"cap": "2026-06-03"}]}}, SuspensionTooLong, "cap", "2026-06-03"),
    (EU, {"params": {"suspensions": [PAUSED | {"cap": 0}]}}, ParameterInvalid, "value", "0"),
    (EU, {"params": {"suspensions": [PAUSED | {"cap": "long"}]}}, ParameterInvalid, "value", "'long'"),
    (
        EU,
        {"params": {"suspensions": [{"from": "2026-06-05", "to": "2026-06-04"}]}},
        SuspensionInvalid,
        "last_day",
        "2026-06-04",
    ),
    (
        EU,
        {
            "params": {
                "suspensions": [{"from": "2026-05-01", "to": "2026-05-02"}],
                "suspension_model": "restart",
            }
        },
        SuspensionInvalid,
        "last_day",
        "2026-05-02",
    ),
    (EU, {"params": {"reference_date": "2026-01-01"}}, ParameterNotCovered, "parameter", "reference_date"),
    (EU, {"params": {"candidates": [{"date": "2026-01-01"}]}}, ParameterNotCovered, "parameter", "candidates"),
    (
        ("ECHR", "2026-06-01", "4", "months"),
        {"params": {"suspensions": [{"from": "2026-06-05", "to": "2026-06-06"}]}},
        ParameterNotCovered,
        "parameter",
        "suspensions",
    ),
    (
        ("ECHR", "2026-06-01", "4", "months"),
        {"params": {"extensions": [{"period": 1, "unit": "months"}]}},
        ParameterNotCovered,
        "parameter",
        "extensions",
    ),
    (
        EU,
        {"direction": "backward", "params": {"suspensions": [{"from": "2026-05-05", "to": "2026-05-06"}]}},
        ParameterNotCovered,
        "direction",
        "backward",
    ),
    (("MIN", *EU[1:]), {}, ParameterMissing, "parameter", "candidates"),
    (
        ("MIN", *EU[1:]),
        {"params": {"candidates": [{"start": "2026-01-01", "period": 1, "unit": "days", "direction": "up"}]}},
        UnknownDirection,
        "direction",
        "up",
    ),
    (
        ("MIN", *EU[1:]),
        {"params": {"candidates": [{"start": "2026-01-01", "period": 1, "unit": "days", "direction": "periodic"}]}},
        DirectionNotCovered,
        "direction",
        "periodic",
    ),
    (
        ("MIN", *EU[1:]),
        {"params": {"candidates": [{"start": "2026-01-01"}]}},
        ParameterInvalid,
        "parameter",
        "candidates",
    ),
    (("TREATY", *EU[1:]), {"direction": "periodic"}, ParameterMissing, "parameter", "after"),
    (
        ("TREATY", "2026-06-01", "1m+1d", "composite"),
        {"direction": "periodic", "params": {"after": "2027-01-01"}},
        UnitNotCovered,
        "direction",
        "periodic",
    ),
    (("TREATY_TERM", "2020-01-01", "5", "years"), {}, ParameterMissing, "parameter", "reference_date"),
    (
        ("TREATY_TERM", "2020-01-01", "5", "years"),
        {"params": {"reference_date": "2026-01-01"}},
        TermOver,
        "last_day",
        "2025-01-01",
    ),
    (("ENDOFDAY", "2026-06-30", "", ""), {}, ParameterMissing, "parameter", "time_zone"),
    (
        ("ENDOFDAY", "9999-12-31", "", ""),
        {"params": {"time_zone": "Europe/Paris"}},
        DateOutOfRange,
        "start",
        "9999-12-31",
    ),
    (EU, {"params": {"time_zone": "Europe/Atlantis"}}, UnknownTimeZone, "time_zone", "Europe/Atlantis"),
    (EU, {"params": {"time_zone": "../../etc/passwd"}}, UnknownTimeZone, "time_zone", "../../etc/passwd"),
    (EU, {"params": {"time_zone": "Europe"}}, UnknownTimeZone, "time_zone", "Europe"),
    (("EU1182", "2026-06-01", "24", "hours"), {}, InstantMissing, "start", "2026-06-01"),
    (
        ("ROLL90_180", "2026-06-01", "", ""),
        {"direction": "max_continuous", "params": {"stays": [{"from": "2026-06-05", "to": "2026-06-04"}]}},
        StayInvalid,
        "last_day",
        "2026-06-04",
    ),
    (
        ("ROLL90_180", "2026-04-01", "", ""),
        {"direction": "max_continuous", "params": {"stays": [{"from": "2026-01-01", "to": "2026-03-31"}]}},
        StayNotAllowed,
        "start",
        "2026-04-01",
    ),
    (("ROLL90_180", "2026-04-01", "91", "days"), {"direction": "earliest_reentry"}, PeriodOutOfRange, "period", "91"),
    (("ROLL90_180", "2026-04-01", "", ""), {"direction": "earliest_reentry"}, PeriodMissing, "rule_set", "ROLL90_180"),
]


@pytest.mark.parametrize(("question", "more", "error", "name", "value"), REFUSALS)
def test_refusals(
    question: tuple[str, str, str, str],
    more: Mapping[str, Any],
    error: type[DomainError],
    name: str,
    value: object,
) -> None:
    with pytest.raises(error) as refused:
        ask(*question, **more)
    assert type(refused.value) is error
    assert refused.value.parameters[name] == value


def test_a_time_needs_a_zone_or_an_offset() -> None:
    with pytest.raises(NaiveInstant) as refused:
        ask("EU1182", datetime(2026, 6, 1, 15, 40), "10", "days")
    assert refused.value.parameters["start"] == "2026-06-01T15:40"


@pytest.mark.parametrize(
    "text",
    ["", "2026-6-1", "2026-02-30", "20260601", "2026-W01-1", "2026-06-01 10:00", "2026-06-01T25:00", "soon", "2026"],
)
def test_starts_that_cannot_be_read(text: str) -> None:
    with pytest.raises(StartInvalid) as refused:
        read_start(text)
    assert refused.value.parameters["start"] == text


def test_starts_that_can() -> None:
    assert read_start("2026-06-01") == date(2026, 6, 1)
    assert read_start("2026-06-01T10:05") == datetime(2026, 6, 1, 10, 5)
    assert str(read_start("2026-06-01T10:05Z")) == "2026-06-01 10:05:00+00:00"
    assert str(read_start("2026-06-01T10:05:30+02:00")) == "2026-06-01 10:05:30+02:00"


def test_information_changes_nothing() -> None:
    told = {"territory": "Schengen", "depositary": "UNESCO", "parties": ["CH", "GE"]}
    assert ask("TREATY", "2026-06-01", "3", "months", params=told) == ask("TREATY", "2026-06-01", "3", "months")


def test_hours_near_the_end_of_time() -> None:
    zone = {"time_zone": "Europe/Paris"}
    with pytest.raises(DateOutOfRange):
        ask("ELAPSED", datetime(9999, 12, 31, 20, 0), "24", "hours", params=zone)
    with pytest.raises(DateOutOfRange):
        ask("HOURSBACK", datetime(1, 1, 1, 20, 0), "48", "hours", direction="backward", params=zone)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"procedure": Procedure.NONE}, "reason"),
        ({}, "units"),
        ({"units": frozenset({Unit.DAYS}), "valid_from": date(2026, 1, 1), "valid_to": date(2025, 1, 1)}, "valid_to"),
        ({"units": frozenset({Unit.DAYS}), "saturday": "open"}, "saturday"),
        (
            {"units": frozenset({Unit.DAYS}), "readings": (Reading(question="D0", changes={"colour": 1}),)},
            "readings.D0",
        ),
    ],
)
def test_rule_sets_that_contradict_themselves(values: dict[str, Any], key: str) -> None:
    with pytest.raises(RuleSetInvalid) as refused:
        RuleSet(code="X", law="X", **values)
    assert refused.value.parameters["key"] == key


def test_a_rule_set_that_refers_to_nothing() -> None:
    lost = RuleSet(code="LOST", law="X", units=frozenset({Unit.DAYS}), backward_rules="GONE")
    with pytest.raises(RuleSetInvalid) as refused:
        ask("LOST", "2026-06-01", "3", "days", direction="backward", rule_sets={"LOST": lost})
    assert refused.value.parameters["value"] == "GONE"
