"""`mobility reminders`: what is due, what leaves, what was given up, how it looks."""

import json
from functools import partial

import pytest

from mobility.cli.reminders import group
from mobility.clock import utc_now
from mobility.mail.transport import PermanentlyRefused, RelayUnavailable
from mobility.services.dispatch import dispatch_until_idle
from mobility.services.reminders import plan_for_clock
from mobility.storage.db import write_unit
from mobility.storage.models.clocks import Clock
from tests.factories import make_case, make_clock
from tests.services.outbox_bench import Bench


@pytest.fixture
def run(run_in_session):
    return partial(run_in_session, group)


def given_up(session) -> int:
    bench = Bench(session, utc_now())
    bench.put("a")
    bench.server.faults = [PermanentlyRefused("550 unknown")]
    dispatch_until_idle(bench.post())
    return bench.row("a").id


def test_what_will_go_out_is_listed(run, session) -> None:
    assert "No notice is due in the next 7 days." in run("due").output
    now = utc_now()
    clock = make_clock(session, make_case(session), owed_by="applicant", trigger_on=now.date())
    with write_unit(session) as unit:
        plan_for_clock(unit, unit.get_one(Clock, clock.id), now)
    lines = [json.loads(line) for line in run("due", "--days", "3650", "--json").output.splitlines()]
    assert {line["rule"] for line in lines} >= {"opening"}
    assert set(lines[0]) == {"due_at", "rule", "about_on", "reference", "recipient", "how"}
    assert lines[0]["reference"] in run("due", "--days", "3650").output


def test_what_is_due_is_sent(run, session, instance) -> None:
    bench = Bench(session, utc_now())
    for number in range(3):
        bench.put(f"k{number}")
    done = run("dispatch", "--until-idle")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"handed_over": 0, "sent": 3}
    assert len(list((instance / "mail").glob("*.eml"))) >= 3


def test_a_server_that_is_away_is_an_exit_status(run, session, monkeypatch) -> None:
    bench = Bench(session, utc_now())
    bench.put("a")
    monkeypatch.setattr("mobility.mail.transport.FolderTransport.send", _away)
    done = run("dispatch")
    assert done.exit_code == 1
    assert "what is due stays due" in done.output


def _away(self, message):
    raise RelayUnavailable("away")


def test_what_was_given_up_is_listed_and_put_back(run, session) -> None:
    assert "No message was given up." in run("dead").output
    number = given_up(session)
    assert run("dead").output == f"{number}  case_closed  recipient_refused  550 unknown\n"
    assert json.loads(run("dead", "--json").output)["key"] == "a"
    assert run("requeue", str(number)).output == "1 on the way again.\n"
    again = run("requeue", str(number))
    assert (again.exit_code, "transition_not_permitted" in again.output) == (1, True)
    assert run("requeue", "--all").output == "0 on the way again.\n"


@pytest.mark.parametrize("arguments", [[], ["1", "--all"]])
def test_requeue_wants_one_or_all(run, arguments) -> None:
    assert run("requeue", *arguments).exit_code == 2


def test_a_mail_can_be_looked_at_before_anybody_gets_it(run) -> None:
    text = run("preview", "reminder", "--language", "ar").output
    assert "سفارة ألمانيا في القاهرة" in text
    assert '<html lang="fr" dir="ltr">' in run("preview", "case_closed", "--language", "fr", "--html").output
    assert run("preview", "nothing").exit_code == 2


def test_a_mail_can_be_looked_at_with_the_facts_of_a_real_one(run, session) -> None:
    assert "no message of case_closed" in run("preview", "case_closed", "--real").output
    bench = Bench(session, utc_now())
    bench.put("a")
    number = bench.row("a").id
    assert "EG-DE-2027-000418-K" in run("preview", "case_closed", "--real", "--language", "fr").output
    assert "EG-DE-2027-000418-K" in run("preview", "case_closed", "--message", str(number)).output
    assert run("preview", "case_closed", "--message", "999999").exit_code == 1
