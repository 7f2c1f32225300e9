"""`mobility deadlines recompute`: what would move, as lines and as JSON, and its writing."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from mobility.cli.context import CommandContext
from mobility.cli.root import root
from mobility.storage.models.clocks import Clock
from mobility.storage.scope import ALL, set_scope
from tests.services.test_clock_services import lodged
from tests.services.test_recompute import CLOSED, enter

OF_A_DAY = ("--calendar", "DE", "--day", "2026-12-29")


@pytest.fixture
def run(app, session):
    def invoke(*arguments: str):
        result = CliRunner().invoke(
            root, ["deadlines", "recompute", *arguments], obj=CommandContext(make_app=lambda: app)
        )
        session.expire_all()
        set_scope(session, ALL)
        return result

    return invoke


def due(session) -> date:
    return session.scalars(select(Clock.due_on)).one()


def test_a_dry_run_shows_and_writes_nothing(run, session) -> None:
    scene = lodged(session)
    enter(session)
    result = run(*OF_A_DAY, "--dry-run")
    assert result.exit_code == 0, result.output
    first, line = result.output.splitlines()
    assert first == "Preview: cases 1, time limits that move 1 of 1, become overdue 0."
    assert line == f"  {scene.case.reference}  V05    visa         2026-12-29 → 2026-12-30"
    assert due(session) == date(2026, 12, 29)


def test_without_dry_run_it_is_written_once(run, session) -> None:
    lodged(session)
    enter(session)
    found = json.loads(run(*OF_A_DAY, "--json").output)
    assert (found["applied"], found["cases"], len(found["moves"])) == (True, 1, 1)
    assert found["moves"][0]["is"]["earliest_on"] == "2026-12-30"
    assert due(session) == date(2026, 12, 30)
    assert json.loads(run("--json").output)["moves"] == []


def test_a_provision_can_be_named(run, session) -> None:
    lodged(session)
    assert json.loads(run("--provision", "V05", "--json", "--dry-run").output)["looked_at"] == 1
    assert json.loads(run("--provision", "X99", "--json", "--dry-run").output)["looked_at"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--calendar", "DE"),
        ("--day", "2026-12-29"),
        (*OF_A_DAY, "--provision", "V05"),
        ("--calendar", "DE", "--day", "x"),
    ],
)
def test_a_change_that_is_half_said_is_refused(run, arguments) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.output


def test_the_day_of_the_test_is_the_one_entered() -> None:
    assert CLOSED.day.isoformat() == OF_A_DAY[-1]
