"""`mobility statements`: list, freeze, verify, and an exit code where something was changed."""

import json
from datetime import date
from functools import partial

import pytest

from mobility.cli.statements import group
from mobility.storage.db import write_unit
from mobility.storage.models.statements import Statement
from tests.factories import make_flow, make_programme, make_route


@pytest.fixture
def run(run_in_session):
    return partial(run_in_session, group)


def test_a_statement_is_frozen_listed_and_verified_until_it_is_changed(run, session):
    programme = make_programme(session)
    make_route(session, programme=programme)
    make_flow(session, programme, start_on=date(2024, 3, 1), end_on=date(2024, 3, 9))
    code = programme.instrument.code
    assert "No statement was frozen yet." in run("list").output
    frozen = run("freeze", code, "eg", "DE", "2024")
    assert frozen.exit_code == 0, frozen.output
    assert "DE-EG  2024-01-01 to 2024-12-31  version 1  frozen" in frozen.output
    told = json.loads(run("list", "--json").output)
    assert (told["states"], told["version"], told["intact"], told["current"]) == (["DE", "EG"], 1, True, True)
    assert "1 checked, all intact." in run("verify", told["hash"]).output

    again = run("freeze", code, "DE", "EG", "2024")
    assert (again.exit_code, "already_frozen" in again.output) == (1, True)
    unknown = run("verify", "0" * 64)
    assert (unknown.exit_code, "no statement has the hash" in unknown.output) == (1, True)
    assert run("verify", "nonsense").exit_code == 1

    with write_unit(session):
        row = session.query(Statement).one()
        row.content = row.content.replace('"value":1', '"value":2')
    broken = run("verify")
    assert broken.exit_code == 1
    assert "NOT INTACT" in broken.output
    assert "1 of 1 are not what was frozen" in broken.output
