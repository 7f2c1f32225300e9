"""Fixtures for every folder: the application, a database session rolled back per test, a fixed today.

Tests that touch the database run on SQLite and on PostgreSQL; `--database sqlite` narrows them while working.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mobility.app import create_app
from mobility.files.of_session import give_files
from mobility.services.treaties import load_treaties
from mobility.settings import load_settings
from mobility.storage.db import db, write_unit
from mobility.storage.keys import Keys, give_keys
from mobility.storage.scope import ALL, set_scope
from tests.databases import database_with_tables

TODAY = date(2026, 12, 14)  # the Monday of the look's pages
NOW = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class Installations:
    """The applications that tests share."""

    worker: str
    folders: pytest.TempPathFactory
    made: dict[tuple[str, str], Flask] = field(default_factory=dict)

    def of(self, name: str, kind: str, fill: Callable[[Session], None] | None = None) -> Flask:
        if (name, kind) not in self.made:
            self.made[name, kind] = self._make(name, kind, fill)
        return self.made[name, kind]

    def _make(self, name: str, kind: str, fill: Callable[[Session], None] | None) -> Flask:
        instance = self.folders.mktemp(f"{name}-{kind}")
        address = database_with_tables(kind, f"mobility_{name}_{self.worker}", instance)
        application = create_app(
            load_settings(environment="testing", instance=instance, database_url=address, secret_key="t" * 40)
        )
        if fill is not None:
            with application.app_context(), system_session(application) as session:
                fill(session)
        return application


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("both", "sqlite", "postgresql"), default="both")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run where xdist cannot keep groups together: each worker would play the long stories again."""
    if getattr(session.config.option, "loadgroup", False):
        lost = [
            item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
        ]
        if lost:
            raise pytest.UsageError(f"{lost[0]} has lost its group: this pytest and this xdist do not fit together")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--database")
        kinds = ["sqlite", "postgresql"] if wanted == "both" else [wanted]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def installations(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installations]:
    """Applications with their databases, each made once per worker, however its tests of both kinds alternate."""
    found = Installations(worker=worker, folders=tmp_path_factory)
    yield found
    for application in found.made.values():
        with application.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def app(database_kind: str, installations: Installations) -> Flask:
    """The application on an empty database of this kind."""
    return installations.of("test", database_kind)


@pytest.fixture(scope="session")
def app_with_law(database_kind: str, installations: Installations) -> Flask:
    """An application of its own whose database has the product's law: a module that reads it gives it as its `app`."""
    return installations.of("law", database_kind, fill=load_law)


@pytest.fixture
def shared_app(database_kind: str, worker: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, whose threads and processes have connections of their own.

    What is written there stays written; its instance folder is the test's `tmp_path`.
    """
    address = database_with_tables(database_kind, f"mobility_shared_{worker}", tmp_path)
    made = create_app(
        load_settings(environment="testing", instance=tmp_path, database_url=address, secret_key="t" * 40)
    )
    yield made
    with made.app_context():
        db.engine.dispose()


def load_law(session: Session) -> None:
    with write_unit(session):
        load_treaties(session, now=NOW)


@contextmanager
def system_session(application: Flask) -> Iterator[Session]:
    opened = db.session()
    set_scope(opened, ALL)
    give_keys(opened, Keys.from_secret(application.config["SECRET_KEY"]))
    give_files(opened, application.config["FILES"])
    yield opened
    opened.rollback()
    db.session.remove()


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """Everything a test writes, through any session of the application, is rolled back afterwards."""
    with app.app_context():
        engines = db._app_engines[app]
    engine = engines[None]
    connection = engine.connect()
    outer = connection.begin()
    engines[None] = connection
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    try:
        yield
    finally:
        engines[None] = engine
        outer.rollback()
        connection.close()


@pytest.fixture
def session(app: Flask, database: None) -> Iterator[Session]:
    """A session of the system itself: every case, with keys."""
    with app.app_context(), system_session(app) as opened:
        yield opened


class Browser(FlaskClient):
    """A client whose requests share nothing with the test but the database, as over the network.

    Flask would lend the test's application context, and with it the test's own database session, to the request.
    What the test read is let go first: all sessions share one connection, and ending that read later would undo
    what the request wrote.
    """

    def open(self, *args: Any, **options: Any) -> Any:
        if has_app_context():
            db.session().commit()
        return Context().run(super().open, *args, **options)


@pytest.fixture
def client(app: Flask, database: None) -> FlaskClient:
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def repository() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def instance(app: Flask) -> Path:
    settings: Any = app.config["SETTINGS"]
    return Path(settings.instance)
