"""The bench's own arithmetic: medians taken in turns, ranks, what holds, what the report keeps. Nothing is timed."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bench.__main__ import GROUPS, main
from bench.figures import Figure, Work, interleaved, percentile
from bench.instances import sizes
from bench.report import record

DAY = date(2026, 12, 14)


def figure(name: str = "list_page", value: float = 9.6, goal: float = 12, *, at_least: bool = False) -> Figure:
    return Figure(name=name, value=value, unit="times", goal=goal, at_least=at_least)


def counting_clock(costs: list[float]) -> Callable[[], float]:
    """A clock on which each sample takes the next of the costs."""
    readings = [0.0]
    for cost in costs:
        readings += [readings[-1] + cost, readings[-1] + cost]
    steps = iter(readings)
    return lambda: next(steps)


def test_a_figure_holds_up_to_its_goal_or_from_it() -> None:
    assert figure(value=12).holds
    assert not figure(value=12.01).holds
    assert figure(value=15, goal=15, at_least=True).holds
    assert not figure(value=14.9, goal=15, at_least=True).holds


def test_a_figure_is_one_line_of_json() -> None:
    assert json.loads(figure().as_line()) == {
        "name": "list_page",
        "value": 9.6,
        "unit": "times",
        "goal": "≤ 12",
        "holds": True,
    }
    assert json.loads(figure(value=3, goal=15, at_least=True).as_line())["goal"] == "≥ 15"


def test_works_are_done_in_turns_and_the_first_round_does_not_count() -> None:
    done: list[str] = []
    works = [Work(lambda: done.append("a")), Work(lambda: done.append("b"), times=2)]
    clock = counting_clock([9, 9, 1, 4, 3, 8, 2, 6])
    assert interleaved(works, samples=3, clock=clock) == [2, 3]
    assert "".join(done) == "abb" * 4


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_percentiles_are_values_that_occurred(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_the_report_keeps_lines_that_were_not_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    record([figure("b", 1), figure("a", 20)], DAY, path)
    record([figure("b", 2)], date(2026, 12, 15), path)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert lines == [
        "| `a` | 20 | times | ≤ 12 | **no** | 2026-12-14 |",
        "| `b` | 2 | times | ≤ 12 | yes | 2026-12-15 |",
    ]


def test_sizes_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOBILITY_BENCH_SIZES", raising=False)
    assert sizes()[:2] == (10_000, 1_000_000)
    monkeypatch.setenv("MOBILITY_BENCH_SIZES", "300 900 600")
    assert sizes() == (300, 900, 600)


def test_an_unknown_group_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pages", "nonsense"]) == 2
    said = capsys.readouterr().err
    assert "nonsense" in said
    assert all(name in said for name in GROUPS)
