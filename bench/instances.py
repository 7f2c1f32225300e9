"""Installations to measure on: the demo at a size, on SQLite or PostgreSQL, made once and used again.

They lie under MOBILITY_BENCH_DIR (instance/bench unless it is set). MOBILITY_BENCH_SIZES changes the sizes:
"10000 1000000 200000" are the small one, the large one on SQLite and the large one on PostgreSQL.
"""

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from flask import Flask
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from mobility.app import create_app
from mobility.settings import load_settings
from mobility.storage.db import db
from tests.databases import fresh_postgresql, postgresql_server

ROOT = Path(__file__).resolve().parent.parent
_DEFAULT_SIZES = "10000 1000000 200000"
_READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One installation with the demo in it. `loaded_seconds` is how long making it took, when it was made."""

    kind: str
    cases: int
    folder: Path
    address: str
    loaded_seconds: float

    @property
    def label(self) -> str:
        return f"{self.kind}_{self.cases}"

    @contextmanager
    def app(self) -> Iterator[Flask]:
        """Open the application on this installation, as in production."""
        made = create_app(load_settings(**self.settings()))
        try:
            yield made
        finally:
            with made.app_context():
                db.engine.dispose()

    def settings(self) -> dict[str, object]:
        """Return what differs from the defaults: measured is what runs in production, on this key."""
        return {
            "instance": self.folder,
            "database_url": self.address,
            "environment": "production",
            "secret_key": _secret_of(self.folder),
        }

    def environment(self) -> dict[str, str]:
        """Return the variables with which a command works on this installation."""
        return os.environ | {f"MOBILITY_{key.upper()}": str(value) for key, value in self.settings().items()}

    @property
    def file_bytes(self) -> int:
        """The size of the SQLite file, or of the database."""
        if self.kind == "sqlite":
            return (self.folder / "mobility.sqlite").stat().st_size
        engine = create_engine(self.address)
        with engine.connect() as connection:
            size = connection.scalar(text("SELECT pg_database_size(current_database())"))
        engine.dispose()
        return int(size or 0)


def sizes() -> tuple[int, int, int]:
    """Return the small size, the large one on SQLite and the large one on PostgreSQL."""
    small, large, large_on_postgresql = (
        int(each) for each in os.environ.get("MOBILITY_BENCH_SIZES", _DEFAULT_SIZES).split()
    )
    return small, large, large_on_postgresql


def bench_folder() -> Path:
    """Return where installations for measuring lie."""
    return Path(os.environ.get("MOBILITY_BENCH_DIR", ROOT / "instance" / "bench")).resolve()


def installation(kind: str, cases: int) -> Instance:
    """Return an installation of a size, made now unless it is there from an earlier run of the same program."""
    folder = bench_folder() / f"{kind}-{cases}-{_version()}"
    name = f"mobility_bench_{cases}_{_version()}"
    ready = folder / _READY
    address = _address_of(name) if kind == "postgresql" else ""
    if ready.is_file() and (kind == "sqlite" or _exists(address)):
        return Instance(kind=kind, cases=cases, folder=folder, address=address, loaded_seconds=float(ready.read_text()))
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("mobility.sqlite*"):
        left.unlink()
    if kind == "postgresql":
        address = fresh_postgresql(name)
    made = Instance(kind=kind, cases=cases, folder=folder, address=address, loaded_seconds=0)
    seconds = _load(made)
    ready.write_text(f"{seconds:.1f}")
    return Instance(kind=kind, cases=cases, folder=folder, address=address, loaded_seconds=seconds)


def _load(made: Instance) -> float:
    print(f"making {made.label} under {bench_folder()}", file=sys.stderr)
    started = perf_counter()
    for arguments in (["db", "upgrade"], ["demo", "load", "--cases", str(made.cases)]):
        command = [sys.executable, "-m", "mobility", *arguments]
        subprocess.run(command, env=made.environment(), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - started


def _secret_of(folder: Path) -> str:
    path = folder / "secret_key"
    if not path.is_file():
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _version() -> str:
    """Return a mark of what the content of an installation depends on: tables, demo, law."""
    parts = ("mobility/storage/models", "mobility/services/demo", "config/demo", "migrations/versions")
    files = (path for part in parts for path in (ROOT / part).rglob("*") if path.suffix in (".py", ".toml"))
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _address_of(name: str) -> str:
    url = make_url(postgresql_server()).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _exists(address: str) -> bool:
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            return _has_cases(connection)
    except Exception:  # the driver's own: the database is not there
        return False
    finally:
        engine.dispose()


def _has_cases(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT max(id) FROM case_file")))
