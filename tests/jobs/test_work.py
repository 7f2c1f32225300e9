"""One scheduler works and the others stand by; what is due leaves, once, whoever does it."""

import email
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.policy import SMTP
from threading import Barrier

from sqlalchemy import select, update

from mobility.clock import utc_now
from mobility.jobs.scheduler import guarded, make_scheduler, run_once
from mobility.jobs.work import HOUSEKEEPING, dispatch, tidy_up
from mobility.services.dispatch import dispatch_until_idle
from mobility.services.health import DISPATCH, check_readiness, list_jobs
from mobility.services.leases import find_lease, take_lease
from mobility.storage.models.accounts import ThrottleCount, WebSession
from mobility.storage.models.reminders import Lease, OutboxMessage, Reminder
from tests.factories import make_case, make_clock, make_person


def test_a_tick_hands_over_sends_and_beats(installation) -> None:
    with installation.unit() as unit:
        person = make_person(unit, email="layla@example.org", locale="en")
        person_id = person.id
        clock = make_clock(unit, make_case(unit, person=person), owed_by="applicant")
        due = Reminder(key="k", clock_id=clock.id, case_id=clock.case_id, rule="before_7", due_version=1)
        due.recipient_id, due.about_on = person.id, clock.earliest_on
        noon = (utc_now() + timedelta(days=1)).replace(hour=12)  # at night nobody is written to
        due.due_at = due.planned_at = noon - timedelta(minutes=1)
        unit.add(due)
    worker = installation.worker()
    worker.read_now = lambda session: noon
    counts = dispatch(worker)
    assert counts is not None
    assert counts["handed_over"] == 1
    assert counts["sent"] == len(installation.mails)
    digest = f"digest:{person_id}:{noon.date()}"
    mails = [email.message_from_bytes(path.read_bytes(), policy=SMTP) for path in installation.mails]
    (notice,) = [
        mail
        for mail in mails
        if mail["To"] == "layla@example.org" and mail["X-Mobility-Reminder"] in ("reminder:k", digest)
    ]
    assert notice["To"] == "layla@example.org"
    assert notice["Message-ID"].endswith("@mobility.invalid>")
    with installation.unit() as unit:
        assert check_readiness(unit, noon).is_ready
        assert [job.job for job in list_jobs(unit)] == [DISPATCH]


def test_a_second_scheduler_stands_by_until_the_first_gives_up_its_place(installation) -> None:
    first, second = installation.worker(), installation.worker()
    assert dispatch(first) == {}
    installation.put("a")
    assert dispatch(second) is None
    assert tidy_up(second) is None
    assert installation.mails == []
    first.give_back_lease()
    assert dispatch(second) == {"sent": 1}
    assert dispatch(first) is None


def test_two_schedulers_that_race_for_the_place_get_one_tick(installation) -> None:
    workers, barrier = [installation.worker() for _ in range(4)], Barrier(4)

    def race(worker):
        barrier.wait()
        return dispatch(worker)

    installation.put(*(f"k{number}" for number in range(5)))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(race, workers))
    assert [each for each in found if each is not None] == [{"sent": 5}]
    assert len(installation.mails) == 5


def test_many_dispatchers_at_once_send_each_message_once(installation) -> None:
    """Even without the lease: the claim alone keeps them apart."""
    installation.put(*(f"k{number}" for number in range(30)))
    workers = [installation.worker() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        tallies = list(pool.map(lambda worker: dispatch_until_idle(worker.post()), workers))
    assert sum(tally.counts.get("sent", 0) for tally in tallies) == 30
    assert sum(sum(tally.counts.values()) for tally in tallies) == 30
    assert len(installation.mails) == 30


def test_a_scheduler_told_to_stop_takes_nothing_more(installation) -> None:
    worker = installation.worker()
    installation.put("a", "b")
    worker.stop.set()
    assert dispatch(worker) is None
    assert tidy_up(worker) is None
    assert installation.mails == []


def test_a_scheduler_that_lost_its_place_takes_nothing_more(installation, monkeypatch) -> None:
    worker = installation.worker()
    installation.put("a", "b", "c")
    with installation.unit() as unit:
        take_lease(unit, "another")
    monkeypatch.setattr("mobility.jobs.work.BEAT_SECONDS", -1)
    assert dispatch_until_idle(worker.post()).counts == {}
    with installation.unit() as unit:
        assert set(unit.scalars(select(OutboxMessage.status))) == {"pending"}


def test_it_beats_while_a_long_run_goes_on(installation, monkeypatch) -> None:
    worker = installation.worker()
    with installation.unit() as unit:
        worker.dispatching_since = worker.read_now(unit)
    monkeypatch.setattr("mobility.jobs.work.BEAT_SECONDS", -1)
    assert worker.keep_going()
    with installation.unit() as unit:
        assert check_readiness(unit, utc_now()).silence_seconds == 0


def test_a_place_whose_holder_died_is_taken_over(installation) -> None:
    dispatch(installation.worker())
    with installation.unit() as unit:
        unit.execute(update(Lease).values(expires_at=Lease.expires_at - 61))
    assert dispatch(installation.worker()) == {}
    with installation.unit() as unit:
        assert find_lease(unit).epoch == 2


def test_a_mail_server_that_is_away_is_told(installation) -> None:
    worker = installation.worker()
    (installation.instance / "mail").write_text("in the way")
    installation.put("a")
    assert dispatch(worker) == {"retry": 1, "relay_down": 1}
    with installation.unit() as unit:
        assert unit.scalars(select(OutboxMessage.reason)).one() == "relay_unavailable"


NOTHING = {"sessions": 0, "links": 0, "counts": 0, "files": 0, "silences": 0, "thresholds": 0, "planned": 0}


def test_what_has_ended_is_deleted(installation) -> None:
    now = utc_now()
    with installation.unit() as unit:
        for number, ends in enumerate((now - timedelta(hours=1), now + timedelta(hours=1))):
            unit.add(WebSession(token_hash=str(number), created_at=now, seen_at=now, expires_at=ends))
        for days in (1, 3):
            unit.add(ThrottleCount(key="sign_in:x", window_start=now - timedelta(days=days), count=1))
    assert tidy_up(installation.worker()) == NOTHING | {"sessions": 1, "counts": 1}
    with installation.unit() as unit:
        assert [job.job for job in list_jobs(unit)] == [HOUSEKEEPING]


def test_once_does_everything_and_lets_go(installation) -> None:
    installation.put("a")
    assert run_once(installation.worker()) == {
        "dispatch": {"sent": 1},
        "tidy_up": NOTHING,
    }
    assert run_once(installation.worker())["dispatch"] == {}


def test_the_jobs_never_overlap_and_are_never_dropped(installation) -> None:
    scheduler = make_scheduler(installation.worker())
    assert {job.id for job in scheduler.get_jobs()} == {"dispatch", "tidy_up"}
    assert scheduler._job_defaults == {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    assert str(scheduler.timezone) == "UTC"


def test_a_job_that_fails_is_run_again_at_the_next_tick(installation) -> None:
    calls = []

    def breaks(worker):
        calls.append(worker)
        raise RuntimeError("a bug")

    guarded(breaks)(installation.worker())
    guarded(breaks)(installation.worker())
    assert len(calls) == 2
