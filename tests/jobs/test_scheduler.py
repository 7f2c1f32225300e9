"""The scheduler's process is told to stop: once, again while it is ending, and before it has begun."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event

import pytest

from mobility.jobs import scheduler
from mobility.settings import load_settings


@dataclass
class Told:
    """What a worker is to the scheduler, here one that notes what happens to it."""

    settings: object
    stop: Event = field(default_factory=Event)
    begun: int = 0
    lease_given_back: int = 0

    def give_back_lease(self) -> None:
        self.lease_given_back += 1


@pytest.fixture
def worker(tmp_path, monkeypatch) -> Iterator[Told]:
    monkeypatch.setattr(scheduler, "tidy_up", named("tidy_up", lambda worker: None))
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    yield Told(load_settings(environment="testing", instance=tmp_path, secret_key="s" * 40))
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def named(name, job):
    job.__name__ = name
    return job


@pytest.mark.parametrize("numbers", [[signal.SIGTERM], [signal.SIGINT, signal.SIGTERM, signal.SIGTERM]])
def test_what_is_in_hand_is_finished_however_often_it_is_told(worker, monkeypatch, numbers) -> None:
    finished = []

    def dispatch(told: Told) -> None:
        told.begun += 1
        for number in numbers:
            os.kill(os.getpid(), number)
            time.sleep(0.1)  # the main thread waits for this job when the next one comes
        finished.append(told.begun)

    monkeypatch.setattr(scheduler, "dispatch", named("dispatch", dispatch))
    scheduler.run_until_told_to_stop(worker)
    assert (worker.begun, finished, worker.lease_given_back) == (1, [1], 1)


def test_told_before_it_has_begun_it_ends_at_once(worker, monkeypatch) -> None:
    make = scheduler.make_scheduler

    def make_and_be_told(told):
        os.kill(os.getpid(), signal.SIGTERM)
        return make(told)

    monkeypatch.setattr(scheduler, "make_scheduler", make_and_be_told)
    monkeypatch.setattr(scheduler, "dispatch", named("dispatch", lambda told: None))
    scheduler.run_until_told_to_stop(worker)
    assert worker.lease_given_back == 1
