"""What the drills run on: an installation with a migrated database of its own, its mail server, and worker processes.

Workers are forked from the drill, which has everything imported already and no thread and no open connection: a
hundred of them can be killed and replaced without the start of the interpreter being most of the time. The drills
that start the product's own commands say so.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bench.figures import Figure
from mobility.app import create_app
from mobility.cli.context import CommandContext
from mobility.mail.accepted import AcceptedNotes
from mobility.mail.transport import SmtpTransport
from mobility.services.dispatch import Post, dispatch_until_idle
from mobility.services.leases import database_now, new_holder
from mobility.services.outbox import Letter, enqueue_many
from mobility.settings import load_settings
from mobility.storage.db import db, write_unit
from mobility.storage.models.reminders import JobRun, Lease, OutboxMessage
from mobility.storage.schema import Base
from tests.databases import fresh_postgresql
from tests.drills.sink import Sink, open_sink

LEASES_PER_TIMEOUT = 10  # as in the product, or more there
FACTS = {"reference": "EG-DE-2027-000418-K", "path": "/stays/EG-DE-2027-000418-K"}
PATIENCE_SECONDS = 240
_OPEN = ("pending", "leased", "sending", "retry")


class DrillFailed(Exception):
    """A drill could not be carried out; it says nothing about the figure."""


@dataclass
class Ground:
    """One installation on one kind of database; `clear` makes it new for the next drill."""

    kind: str
    app: Flask
    folder: Path
    address: str
    timeout_seconds: float  # of the workers that drills fork; their lease follows
    sinks: int = 0
    context: CommandContext = field(init=False)

    def __post_init__(self) -> None:
        self.context = CommandContext(make_app=lambda: self.app)

    @property
    def lease(self) -> timedelta:
        """Return for how long a worker that a drill forks holds a message."""
        return timedelta(seconds=self.timeout_seconds * LEASES_PER_TIMEOUT)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """Open a write unit that sees every case."""
        with self.context.session() as session, write_unit(session) as unit:
            yield unit

    @contextmanager
    def fresh(self, *, slow_seconds: float = 10) -> Iterator[Sink]:
        """Empty the outbox and give a mail server that has seen nothing."""
        with self.unit() as unit:
            for table in (OutboxMessage, Lease, JobRun):
                unit.execute(delete(table))
        self.sinks += 1
        with open_sink(self.folder / f"sink{self.sinks}", slow_seconds=slow_seconds) as sink:
            yield sink

    def now(self) -> datetime:
        """Return what the database's clock says."""
        with self.context.session() as session:
            return database_now(session)

    def put(self, addresses: dict[str, str], *, due: Callable[[int], timedelta] | None = None) -> datetime:
        """Put messages into the outbox, by key the address; returns when. `due` delays each."""
        now = self.now()
        with self.unit() as unit:
            rows = [
                {"key": key, "address": address, "due_at": now + (due(number) if due else timedelta(0))}
                for number, (key, address) in enumerate(addresses.items())
            ]
            put_rows(unit, rows, now)
        return now

    def count_open(self) -> int:
        """Return how many messages have not come to an end yet."""
        with self.context.session() as session:
            query = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status.in_(_OPEN))
            return int(session.scalar(query) or 0)

    def statuses(self) -> dict[str, str]:
        """Return the status of every message by key."""
        with self.context.session() as session:
            return dict(session.execute(select(OutboxMessage.key, OutboxMessage.status)).all())

    def uncertain(self) -> set[str]:
        """Return the keys of the messages that are marked as possible duplicates."""
        with self.context.session() as session:
            return set(session.scalars(select(OutboxMessage.key).where(OutboxMessage.uncertain)))

    def post(self, url: str, *, timeout: float = 0, **changes: Any) -> Post:
        """Return what the product dispatches with, over this mail server."""
        owner = new_holder()
        given = Post(
            units=self.unit,
            transport=SmtpTransport(urlsplit(url), timeout or self.timeout_seconds),
            owner=owner,
            accepted=AcceptedNotes(self.app.config["SETTINGS"].instance / "accepted", owner),
            sender="Mobility <post@mobility.example>",
            site="https://mobility.example",
            lease=self.lease,
        )
        return replace(given, **changes)

    def fork(self, work: Callable[[], Any]) -> int:
        """Start a process that does this and ends; it has no connection in common with anybody."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)

    def worker(self, url: str, **changes: Any) -> int:
        """Start a process that sends what is due, again and again, until it is told to stop."""
        return self.fork(lambda: send_until_told(self.post(url, **changes)))

    def send_rest(self, url: str, ahead: timedelta, **changes: Any) -> None:
        """Send what is due so much later: what a dead process held, what was to be tried again."""
        post = self.post(url, read_now=lambda session: database_now(session) + ahead, **changes)
        dispatch_until_idle(post)

    def figure(self, name: str, value: float, unit: str, goal: float, *, at_least: bool = False) -> Figure:
        """Return a figure of this kind of database."""
        return Figure(name=f"{self.kind}_{name}", value=value, unit=unit, goal=goal, at_least=at_least)

    def until_done(
        self, wanted: Callable[[], bool] | None = None, seconds: float = PATIENCE_SECONDS, pause: float = 0.2
    ) -> None:
        """Wait until no message is open; raises DrillFailed when that takes too long."""
        give_up_at = time.monotonic() + seconds
        while not (wanted() if wanted else self.count_open() == 0):
            if time.monotonic() > give_up_at:
                raise DrillFailed(f"{self.count_open()} messages are still open after {seconds} s")
            time.sleep(pause)

    def command(self, *arguments: str, url: str = "", **settings: str) -> subprocess.Popen[str]:
        """Start a command of the product on this installation."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MOBILITY_")} | {
            "MOBILITY_INSTANCE": str(self.folder),
            "MOBILITY_DATABASE_URL": self.address,
            "MOBILITY_SMTP_URL": url,
            **settings,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "mobility", *arguments], env=environment, stdout=subprocess.PIPE, text=True
        )


def put_rows(session: Session, rows: Iterable[dict[str, Any]], now: datetime) -> None:
    """Put messages into the outbox, each with its address and the moment it is due."""
    letters = [
        Letter(key=row["key"], address=row["address"], due_at=row["due_at"], parameters=FACTS, locale="en")
        for row in rows
    ]
    enqueue_many(session, "case_closed", letters, now)


def send_until_told(post: Post) -> None:
    """Send what is due until SIGTERM; a mail server that is away is tried again."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    post = replace(post, go_on=lambda: not told)
    while not told:
        dispatch_until_idle(post)
        time.sleep(0.05)


def end(*processes: int) -> None:
    """Tell processes to stop and wait for them."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    for process in processes:
        wait_for(process)


def wait_for(process: int) -> int:
    """Wait for a process and return how it ended: its status, or minus the number of the signal."""
    with suppress(ChildProcessError):
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return 0


@contextmanager
def open_ground(kind: str, folder: Path, timeout_seconds: float, *, is_migrated: bool = True) -> Iterator[Ground]:
    """Make an installation with a database and take it away afterwards; a scheduler wants a migrated one."""
    address = "" if kind == "sqlite" else fresh_postgresql(f"mobility_drill_{os.getpid()}")
    app = create_app(load_settings(environment="testing", instance=folder, database_url=address, secret_key="d" * 40))
    ground = Ground(kind=kind, app=app, folder=folder, address=address, timeout_seconds=timeout_seconds)
    if is_migrated:
        upgrade = ground.command("db", "upgrade")
        said, _ = upgrade.communicate(timeout=120)
        if upgrade.returncode:
            raise DrillFailed(f"the database could not be made: {said}")
    else:
        with app.app_context():
            Base.metadata.create_all(db.engine)
    try:
        yield ground
    finally:
        with app.app_context():
            db.engine.dispose()


def said_by(process: subprocess.Popen[str], seconds: float = PATIENCE_SECONDS) -> Any:
    """Wait for a command and return the JSON it said last."""
    said, _ = process.communicate(timeout=seconds)
    if process.returncode or not said.strip():
        raise DrillFailed(f"a command ended with status {process.returncode}: {said!r}")
    return json.loads(said.strip().splitlines()[-1])
