"""An installation of its own for each test: its database is written for good, because several processes share it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from mobility.cli.context import CommandContext
from mobility.clock import utc_now
from mobility.jobs.work import Worker
from mobility.services.outbox import enqueue
from mobility.storage.db import write_unit

FACTS = {"reference": "EG-DE-2027-000418-K", "path": "/stays/EG-DE-2027-000418-K"}


@dataclass
class Installation:
    """One database and one instance folder; `worker` makes a scheduler on it."""

    app: Flask
    instance: Path
    context: CommandContext = field(init=False)

    def __post_init__(self) -> None:
        self.context = CommandContext(make_app=lambda: self.app)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        with self.context.session() as session, write_unit(session) as unit:
            yield unit

    def worker(self) -> Worker:
        return Worker(settings=self.context.settings, sessions=self.context.session)

    def put(self, *keys: str) -> None:
        with self.unit() as unit:
            for key in keys:
                enqueue(
                    unit,
                    key=key,
                    template="case_closed",
                    now=utc_now(),
                    address=f"{key}@example.org",
                    locale="en",
                    parameters=FACTS,
                )

    @property
    def mails(self) -> list[Path]:
        return sorted((self.instance / "mail").glob("*.eml"))


@pytest.fixture
def installation(shared_app: Flask, tmp_path: Path) -> Installation:
    return Installation(app=shared_app, instance=tmp_path)
