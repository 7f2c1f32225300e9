"""The batch protocol line by line: answers, bounds, errors that name the value, and nothing that stops the rest."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.time_limits import TimeLimit
from mobility.i18n import use_locale
from mobility.services.deadlines import (
    compute_line,
    compute_question,
    explain_answer,
    holiday_in_current_language,
)

LINE: dict[str, Any] = {
    "id": "EU-02",
    "rule_set": "EU1182",
    "start": "2026-03-24",
    "period": "10",
    "unit": "days",
    "country": "DE",
    "direction": "forward",
    "kind": "act",
    "params": {},
}


def answered(**changes: Any) -> dict[str, Any]:
    found = json.loads(compute_line(json.dumps(LINE | changes)))
    assert isinstance(found, dict)
    return found


def test_a_settled_answer_has_no_bounds() -> None:
    told = answered()
    assert (told["id"], told["last_day"]) == ("EU-02", "2026-04-07")
    assert "earliest" not in told
    assert "latest" not in told
    assert told["calendar"]["code"] == "DE"
    assert [step["code"] for step in told["derivation"]] == ["event_excluded", "period_counted", "rolled"]
    skipped = told["derivation"][-1]["arguments"]["skipped"]
    assert skipped[0] == ["2026-04-03", "holiday", "Good Friday"]
    assert "Art 3(4)" in told["derivation"][-1]["arguments"]["article"]


def test_a_debatable_answer_has_both_bounds() -> None:
    told = answered(start="2026-06-01", period="15", country="FR", direction="backward", kind="window_close")
    assert (told["earliest"], told["last_day"], told["latest"]) == ("2026-05-16", "2026-05-17", "2026-05-17")
    assert "debatable" in told["flags"]


def test_instants_are_local_without_seconds_and_offset() -> None:
    told = answered(
        rule_set="ENDOFDAY",
        start="2026-06-30",
        period="",
        unit="",
        params={"time_zone": "Europe/Brussels", "display_zone": "Asia/Tokyo"},
    )
    assert told["last_day"] == "2026-07-01T07:00"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rule_set": "EU1183"}, "unknown rule set: EU1183"),
        ({"unit": "fortnights"}, "unknown unit: fortnights"),
        ({"country": "ZZ"}, "ZZ"),
        ({"country": "DE-ZZ"}, "DE-ZZ"),
        ({"period": "0"}, "0"),
        ({"period": "1000000000"}, "1000000000"),
        ({"period": "-5"}, "-5"),
        ({"start": "2026-02-30"}, "2026-02-30"),
        ({"start": "2026-03-24T10:00"}, "2026-03-24T10:00"),
        ({"start": "9999-12-30", "rule_set": "DAYS_NOROLL"}, "9999-12-30"),
        ({"params": {"suspension": []}}, "suspension"),
        ({"params": {"suspensions": [{"from": "2026-04-02", "to": "2026-04-01"}]}}, "2026-04-01"),
        ({"params": []}, "params"),
        ({"period": 10}, "period"),
        ({"country": None}, "country"),
        ({"rule_set": "NATIONAL"}, "NATIONAL"),
    ],
)
def test_errors_name_the_offending_value(changes: dict[str, Any], named: str) -> None:
    told = answered(**changes)
    assert set(told) == {"id", "error"}
    assert told["id"] == "EU-02"
    assert named in told["error"]


@pytest.mark.parametrize("text", ["", "not json", "[1]", "3", '"x"', "{", "null", "[" * 5000])
def test_a_line_that_is_no_object_is_answered_without_id(text: str) -> None:
    told = json.loads(compute_line(text))
    assert told["id"] is None
    assert "not" in told["error"]


def test_unknown_keys_are_ignored_and_missing_ones_named() -> None:
    assert answered(colour="red")["last_day"] == "2026-04-07"
    short = {key: value for key, value in LINE.items() if key not in ("unit", "direction", "kind")}
    assert "unit" in json.loads(compute_line(json.dumps(short)))["error"]
    short["unit"] = "days"
    assert json.loads(compute_line(json.dumps(short)))["last_day"] == "2026-04-07", "direction and kind have defaults"


def test_identities_of_any_kind_come_back() -> None:
    for identity in (7, None, "é", ["a"], "\ud800"):
        assert answered(id=identity)["id"] == identity


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
TEXTS = {
    "rule_set": st.sampled_from(
        ["EU1182", "BACKSUB", "TREATY_TERM", "ROLL90_180", "MIN", "CHVWVG", "ELAPSED", "JPCIV"]
    ),
    "start": st.sampled_from(["2026-01-31", "0001-01-01", "9999-12-31", "2026-03-29T02:30", "2026-03-29T02:30Z"]),
    "period": st.sampled_from(["1", "999", "1.5", "3w+2wd", "", "4000000", "119999"]),
    "unit": st.sampled_from(["days", "months", "years", "hours", "working_days", "composite", "stay_days", ""]),
    "country": st.sampled_from(["", "DE", "AE", "UA", "CN", "CJEU", "US-NY"]),
    "direction": st.sampled_from(["forward", "backward", "periodic", "max_continuous", "earliest_reentry"]),
    "kind": st.sampled_from(["act", "silence", "effect", "window_open", "fixed_date"]),
}
PARAMS = st.sampled_from(
    [
        {},
        {"time_zone": "Europe/Paris"},
        {"suspensions": [{"from": "2026-02-01", "to": "9999-12-31"}]},
        {"suspensions": [{"from": "0001-01-01", "to": "0001-01-01"}]},
        {"extensions": [{"period": 10, "unit": "days"}]},
        {"stays": [{"from": "2026-01-01", "to": "2026-01-31"}]},
        {"candidates": [{"date": "2026-09-01"}]},
        {"after": "9999-12-30"},
        {"reference_date": "9999-12-31", "renewal": {"period": 50, "unit": "years"}},
        {"holidays": ["2026-01-31"]},
        {"host_country": "EG"},
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries(TEXTS), PARAMS)
def test_every_question_is_answered_or_refused(texts: dict[str, str], params: dict[str, Any]) -> None:
    told = answered(**texts, params=params)
    assert "last_day" in told or told["error"]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*LINE, "other"]), JSON))
def test_no_json_value_breaks_a_line(values: dict[str, Any]) -> None:
    assert "id" in json.loads(compute_line(json.dumps(LINE | values)))


PARAMETER_NAMES = (
    "time_zone",
    "display_zone",
    "institution",
    "host_country",
    "saturday",
    "holidays",
    "suspensions",
    "suspension_model",
    "extensions",
    "extension_model",
    "stays",
    "candidates",
    "renewal",
    "notice",
    "reference_date",
    "after",
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PARAMETER_NAMES),
    JSON,
)
def test_no_parameter_value_breaks_a_line(name: str, value: Any) -> None:
    assert "id" in answered(params={name: value})


def test_holidays_are_named_in_the_reader_s_language() -> None:
    answer = compute_question(
        TimeLimit(rule_set="FRCPC", start=date(2026, 12, 10), period="15", unit="days", calendar="FR")
    )
    with use_locale("fr"):
        assert any("Noël" in step.sentence for step in explain_answer(answer))
        assert holiday_in_current_language("ZZ", date(2026, 12, 25)) is None
        assert holiday_in_current_language("ZA", date(2026, 12, 25)) is None, "no French name there"
    with use_locale("en"):
        assert any("Christmas Day" in step.sentence for step in explain_answer(answer))
