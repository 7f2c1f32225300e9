"""The worked examples and the real dates of treaties, on the installed calendars and rule sets."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from mobility import calendars
from mobility.domain.effect_events import event_of_effect
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


LISTED = (Path(__file__).parents[2] / "docs" / "treaty-effect-exceptions.md").read_text(encoding="utf-8")


def listed(row: Row, *days: str) -> bool:
    cells = [f"| {row['treaty']} | ", *(f" | {day} |" for day in days)]
    return any(all(cell in line for cell in cells) for line in LISTED.splitlines())


def events_of_first_states() -> dict[str, date]:
    """The events of the page: what brought each treaty to life for its first states."""
    lines = [
        line.strip("| ").split(" | ") for line in LISTED.split("## Succession")[0].splitlines() if line[:2] == "| "
    ]
    return {line[0]: date.fromisoformat(line[2]) for line in lines[1:]}


def test_initial_states_count_from_the_instrument_that_brought_the_treaty_to_life() -> None:
    """The trigger of the first states is the N-th instrument, not their own."""
    initial = [row for row in PAIRS if row["exception"] == "initial"]
    assert len(initial) == 39
    events = events_of_first_states()
    assert set(events) == {row["treaty"] for row in initial}
    for row in initial:
        own, nth = date.fromisoformat(row["deposit"]), events[row["treaty"]]
        event = event_of_effect(own, {own, nth}, needed=len({own, nth}))
        assert effect(row | {"deposit": event.isoformat()}) == date.fromisoformat(row["in_force"])


def test_where_the_file_holds_the_nth_instrument_the_page_names_it() -> None:
    regular = {(row["treaty"], row["in_force"]): row["deposit"] for row in PAIRS if not row["exception"]}
    for row in PAIRS:
        nth = regular.get((row["treaty"], row["in_force"]))
        if row["exception"] == "initial" and nth is not None:
            assert events_of_first_states()[row["treaty"]] == date.fromisoformat(nth)


def test_every_other_exception_is_listed_with_its_days() -> None:
    others = [row for row in PAIRS if row["exception"] not in ("", "initial")]
    assert len(others) == 48
    assert [row for row in others if not listed(row, row["deposit"], row["in_force"])] == []


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
