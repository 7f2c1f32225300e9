"""Red when nothing dispatches, or when what is due waits; green when one recipient's server asks for patience."""

from datetime import timedelta

import pytest

from mobility.mail.transport import RelayUnavailable, TemporarilyRefused
from mobility.services.dispatch import dispatch_until_idle
from mobility.services.health import DISPATCH, check_readiness, list_jobs, note_job
from mobility.storage.db import write_unit
from tests.services.outbox_bench import Bench


@pytest.fixture
def bench(session, now):
    found = Bench(session, now)
    beat(found)
    return found


def beat(bench) -> None:
    with write_unit(bench.session) as unit:
        note_job(unit, DISPATCH, started_at=bench.now, now=bench.now, counts={"sent": 1})


def test_a_site_whose_scheduler_never_ran_is_red(session, now) -> None:
    found = check_readiness(session, now)
    assert (found.is_ready, found.problems, found.silence_seconds) == (False, ("dispatcher_silent",), None)


def test_a_beating_dispatcher_with_nothing_to_do_is_green(bench) -> None:
    found = check_readiness(bench.session, bench.now + timedelta(seconds=60))
    assert (found.is_ready, found.lag_seconds, found.silence_seconds, found.dead) == (True, 0, 60, 0)


def test_a_minute_of_silence_is_red(bench) -> None:
    assert check_readiness(bench.session, bench.now + timedelta(seconds=61)).problems == ("dispatcher_silent",)


def test_a_message_that_waits_is_red_after_five_minutes(bench) -> None:
    bench.put("a")
    bench.later(minutes=5)
    beat(bench)
    assert check_readiness(bench.session, bench.now).is_ready
    assert check_readiness(bench.session, bench.now + timedelta(seconds=1)).problems == ("messages_waiting",)


def test_what_is_not_due_yet_does_not_wait(bench) -> None:
    bench.put("a", due_at=bench.now + timedelta(days=1))
    assert check_readiness(bench.session, bench.now).lag_seconds == 0


@pytest.mark.parametrize(("fault", "is_ready"), [(TemporarilyRefused("451"), True), (RelayUnavailable("away"), False)])
def test_a_server_that_is_away_is_red_one_that_asks_for_patience_is_not(bench, fault, is_ready) -> None:
    bench.put("a")
    bench.server.faults = [fault]
    dispatch_until_idle(bench.post())
    bench.later(minutes=6)
    beat(bench)
    assert check_readiness(bench.session, bench.now).is_ready is is_ready


def test_a_job_has_one_row(bench) -> None:
    bench.later(minutes=1)
    beat(bench)
    (job,) = list_jobs(bench.session)
    assert (job.job, job.ended_at, job.counts) == (DISPATCH, bench.now, {"sent": 1})
