"""`mobility deadlines`: one question, a batch on standard input, and the told derivation."""

import json

import pytest
from click.testing import CliRunner, Result

from mobility.cli.deadlines import group

QUESTION = ["--rule-set", "EU1182", "--start", "2026-03-24", "--period", "10", "--unit", "days", "--country", "DE"]
LINE = {
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


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(group, list(arguments), input=given)


def test_one_question() -> None:
    result = run("compute", *QUESTION)
    assert (result.exit_code, result.stdout) == (0, "2026-04-07\n")


def test_one_question_with_bounds() -> None:
    result = run("compute", *QUESTION, "--direction", "backward")
    assert result.stdout == "2026-03-14\n2026-03-13 .. 2026-03-14\n"


def test_one_question_as_json() -> None:
    told = json.loads(run("compute", *QUESTION, "--json").stdout)
    assert told["last_day"] == "2026-04-07"
    assert told["derivation"]


def test_a_question_without_answer_ends_with_status_1() -> None:
    result = run("compute", "--rule-set", "EU1183", "--start", "2026-03-24")
    assert result.exit_code == 1
    assert "unknown rule set: EU1183" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("missing", ["--rule-set", "--start"])
def test_what_is_needed_is_said(missing: str) -> None:
    at = QUESTION.index(missing)
    result = run("compute", *QUESTION[:at], *QUESTION[at + 2 :])
    assert result.exit_code == 2
    assert missing in result.stderr


def test_params_must_be_json() -> None:
    result = run("compute", *QUESTION, "--params", "{")
    assert result.exit_code == 1
    assert "{" in result.stderr


def test_a_batch_answers_each_line_and_goes_on() -> None:
    lines = [json.dumps(LINE), "not json", json.dumps(LINE | {"id": "X", "rule_set": "EU1183"}), json.dumps(LINE)]
    result = run("compute", "--batch", given="\n".join(lines) + "\n")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [each["id"] for each in told] == ["EU-02", None, "X", "EU-02"]
    assert ["error" in each for each in told] == [False, True, True, False]


def test_a_batch_is_utf_8_whatever_comes_in() -> None:
    given = "\ufeff".encode() + json.dumps(LINE | {"id": "é"}, ensure_ascii=False).encode() + b"\r\n\xff\xfe\n"
    result = run("compute", "--batch", given=given)
    told = [json.loads(line) for line in result.stdout_bytes.decode("utf-8").splitlines()]
    assert told[0]["id"] == "é"
    assert told[0]["last_day"] == "2026-04-07"
    assert told[1]["id"] is None


def test_an_empty_batch_has_no_answers() -> None:
    result = run("compute", "--batch", given="")
    assert (result.exit_code, result.stdout) == (0, "")


def test_the_derivation_is_told() -> None:
    result = run("explain", *QUESTION)
    assert result.exit_code == 0
    assert "Tuesday 7 April 2026" in result.stdout
    assert "Good Friday" in result.stdout
    assert "Art 3(4)" in result.stdout
    assert "No region was named" in result.stdout


def test_both_readings_are_told() -> None:
    result = run("explain", *QUESTION, "--direction", "backward")
    assert "Friday 13 March 2026" in result.stdout
    assert "The other reading" in result.stdout


@pytest.mark.parametrize(("language", "day"), [("fr", "mardi 7 avril 2026"), ("ar", "7 أبريل 2026")])
def test_the_derivation_is_told_in_other_languages(language: str, day: str) -> None:
    result = run("explain", *QUESTION, "--language", language)
    assert result.exit_code == 0
    assert day in result.stdout


def test_the_derivation_as_json() -> None:
    told = json.loads(run("explain", *QUESTION, "--json").stdout)
    assert told["explanation"][-1]["day"] == "2026-04-07"
    assert told["cautions"]


@pytest.mark.parametrize("command", ["compute", "explain"])
def test_help_has_an_example(command: str) -> None:
    assert f"mobility deadlines {command}" in " ".join(run(command, "--help").stdout.split())
