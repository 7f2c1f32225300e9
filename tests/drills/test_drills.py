"""The drills in short, with every test run: the same processes, kills and faults, few of each."""

import json
import subprocess
import sys

import pytest

IN_EVERY_RUN = ("killed", "crashes", "racing", "faults", "week", "civil")


@pytest.mark.parametrize("names", [IN_EVERY_RUN], ids=["short"])
def test_the_drills_hold_in_short(database_kind, names, repository) -> None:
    command = [sys.executable, "-m", "tests.drills", "--short", "--database", database_kind, *names]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=300, check=False)
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert [figure for figure in figures if not figure["holds"]] == []
    assert done.returncode == 0, done.stderr
    assert {figure["name"].removeprefix(f"{database_kind}_") for figure in figures} >= {
        "killed_2_times_lost",
        "crash_steps_that_can_double",
        "racing_most_schedulers_in_a_tick",
        "faults_lost",
        "week_down_accounted_for",
        "civil_time_100_cases_without_exactly_one",
    }
