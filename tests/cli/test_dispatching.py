"""`mobility reminders dispatch` with several processes, and told to stop."""

import json
import os
import signal
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from mobility.cli import dispatching
from mobility.cli.context import CommandContext
from mobility.cli.reminders import group
from mobility.clock import utc_now
from mobility.mail.transport import FolderTransport
from mobility.storage.models.reminders import OutboxMessage
from tests.services.outbox_bench import Bench


class Child:
    """A worker process that says what it is given."""

    said: list[tuple[str, int]] = []
    started: list[list[str]] = []

    def __init__(self, command, **options) -> None:
        self.started.append(command)
        self.line, self.returncode = self.said.pop(0)

    def poll(self) -> int:
        return self.returncode

    def communicate(self):
        return self.line, ""


@pytest.fixture
def run(app, session, monkeypatch):
    @contextmanager
    def same_session():
        yield session

    context = CommandContext(make_app=lambda: app)
    context.session = same_session
    monkeypatch.setattr(dispatching.subprocess, "Popen", Child)
    monkeypatch.setattr(Child, "started", [])

    def run_command(*arguments):
        session.rollback()
        return CliRunner().invoke(group, ["dispatch", *arguments], obj=context)

    return run_command


def test_what_several_workers_did_is_added_up(run, monkeypatch) -> None:
    monkeypatch.setattr(Child, "said", [('{"handed_over": 0, "sent": 3}\n', 0), ('{"sent": 4, "dead": 1}\n', 0)])
    done = run("--until-idle", "--workers", "2")
    assert (done.exit_code, json.loads(done.output)) == (0, {"handed_over": 0, "sent": 7, "dead": 1})
    assert [command[-2:] for command in Child.started] == [["--outbox-only", "--until-idle"]] * 2


def test_a_worker_that_met_no_server_or_broke_is_told(run, monkeypatch) -> None:
    monkeypatch.setattr(Child, "said", [('{"sent": 3}\n', 0), ('{"retry": 1}\nError\n', 1)])
    away = run("--until-idle", "--workers", "2")
    assert (away.exit_code, "what is due stays due" in away.output) == (1, True)
    monkeypatch.setattr(Child, "said", [('{"sent": 3}\n', 0), ("", -9)])
    broken = run("--until-idle", "--workers", "2")
    assert (broken.exit_code, "a worker ended with status -9" in broken.output) == (1, True)


def test_told_to_stop_it_finishes_the_message_in_hand_and_gives_back_the_rest(run, session, monkeypatch) -> None:
    bench, before = Bench(session, utc_now()), signal.getsignal(signal.SIGTERM)
    for key in ("a", "b", "c"):
        bench.put(key)
    real = FolderTransport.send

    def send(transport, mail):
        os.kill(os.getpid(), signal.SIGTERM)
        return real(transport, mail)

    monkeypatch.setattr(FolderTransport, "send", send)
    done = run("--until-idle")
    assert (done.exit_code, json.loads(done.output)) == (0, {"handed_over": 0, "sent": 1})
    statuses = session.scalars(select(OutboxMessage.status).order_by(OutboxMessage.id)).all()
    assert statuses == ["sent", "pending", "pending"]
    assert signal.getsignal(signal.SIGTERM) is before
