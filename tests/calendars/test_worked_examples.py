"""The worked examples and the real dates of treaties, on the installed calendars and rule sets."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from mobility import calendars
from mobility.domain.time_limits import Answer, TimeLimit, compute, day_of, read_start
from mobility.services.deadlines import compute_line, protocol_day
from mobility.storage.rule_set_files import installed_rule_sets

DATA = Path(__file__).parent.parent / "data"
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as readable:
        return list(csv.DictReader(readable))


EXAMPLES = rows("deadline_examples.csv")
PAIRS = rows("treaty_effect_pairs.csv")


def answer(row: Row) -> Answer:
    question = TimeLimit(
        rule_set=row["rule_set"],
        start=read_start(row["start"]),
        period=row["period"],
        unit=row["unit"],
        calendar=row["country"],
        direction=row["direction"],
        kind=row["kind"],
        params=json.loads(row["params"]),
    )
    return compute(question, rule_sets=installed_rule_sets(), calendars=calendars.source())


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["id"])
def test_worked_example(row: Row) -> None:
    found = answer(row)
    assert protocol_day(found.last_day) == row["expected_last_day"]
    if row["debatable"] == "yes":
        assert (protocol_day(found.earliest), protocol_day(found.latest)) == (row["earliest"], row["latest"])
    assert (day_of(found.latest) - day_of(found.earliest)).days <= 7
    assert found.steps


def test_settled_examples_have_one_day_except_where_a_general_question_stays_open() -> None:
    """DE-08: whether the first suspended day counts; CB-02: days counted back to a starting date."""
    open_anyway = {row["id"] for row in EXAMPLES if row["debatable"] == "no" and answer(row).is_debatable}
    assert open_anyway == {"DE-08", "CB-02"}


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["id"])
def test_worked_example_in_the_batch_protocol(row: Row) -> None:
    line = {key: row[key] for key in ("id", "rule_set", "start", "period", "unit", "country", "direction", "kind")}
    told = json.loads(compute_line(json.dumps(line | {"params": json.loads(row["params"])})))
    assert (told["id"], told["last_day"]) == (row["id"], row["expected_last_day"])
    assert ("earliest" in told) == ("latest" in told)


def test_effect_dates_of_real_treaties() -> None:
    regular = [row for row in PAIRS if not row["exception"]]
    assert len(regular) == 331
    wrong = [row for row in regular if effect(row) != date.fromisoformat(row["in_force"])]
    assert wrong == []


def test_the_named_exceptions_do_differ() -> None:
    named = [row for row in PAIRS if row["exception"]]
    assert len(named) == 87
    assert {row["exception"] for row in named} == {"initial", "succession", "territory", "other"}
    assert all(effect(row) != date.fromisoformat(row["in_force"]) for row in named)


def test_initial_states_of_the_recognition_convention_follow_from_the_fifth_consent() -> None:
    """The trigger of the first States is the N-th instrument, not their own."""
    initial = [row for row in PAIRS if row["exception"] == "initial" and row["rule_set"] == "TREATY_NEXTMONTH"]
    fifth = compute(
        TimeLimit(rule_set="TREATY_NEXTMONTH", start=date(1998, 12, 17), period="1", unit="months", kind="effect"),
        rule_sets=installed_rule_sets(),
        calendars=calendars.source(),
    )
    assert {date.fromisoformat(row["in_force"]) for row in initial} == {fifth.last_day}


def effect(row: Row) -> date:
    question = TimeLimit(
        rule_set=row["rule_set"],
        start=date.fromisoformat(row["deposit"]),
        period=row["period"],
        unit=row["unit"],
        kind="effect",
    )
    found = compute(question, rule_sets=installed_rule_sets(), calendars=calendars.source())
    assert not found.is_debatable
    return day_of(found.last_day)
