"""Goal 17: what a test pays for a clean database: rolling back one transaction, against making every table."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

import mobility.storage.models  # noqa: F401  maps every table
from bench.figures import Figure, Work, interleaved, settled
from mobility.clock import utc_now
from mobility.storage.db import install_engine_hooks
from mobility.storage.models.accounts import Person
from mobility.storage.schema import Base
from mobility.storage.scope import ALL, set_scope
from tests.databases import fresh_postgresql

RATIO_GOAL = 15
SAMPLES = 9


def measure() -> Iterator[Figure]:
    """Write one person per test on each database, either way."""
    with tempfile.TemporaryDirectory() as folder, settled():
        yield _figure("sqlite", f"sqlite:///{Path(folder) / 'kept.sqlite'}", lambda: _new_file(Path(folder)))
    kept, new = fresh_postgresql("mobility_bench_kept"), fresh_postgresql("mobility_bench_new")
    with settled():
        yield _figure("postgresql", kept, lambda: _new_tables(new))


def _figure(kind: str, address: str, with_new_tables: Callable[[], None]) -> Figure:
    engine = _engine(address)
    Base.metadata.create_all(engine)
    works = [Work(lambda: _rolled_back(engine), times=5), Work(with_new_tables)]
    reset, created = interleaved(works, samples=SAMPLES, clock=perf_counter)
    engine.dispose()
    return Figure(
        name=f"create_all_over_reset_{kind}", value=created / reset, unit="times", goal=RATIO_GOAL, at_least=True
    )


def _engine(address: str) -> Engine:
    engine = create_engine(address)
    install_engine_hooks(engine)
    return engine


def _write_person(session: Session) -> None:
    set_scope(session, ALL)
    session.info["writing"] = True
    session.add(Person(email="one@example.org", name="One", name_latin="One", created_at=utc_now()))
    session.flush()


def _rolled_back(engine: Engine) -> None:
    """As tests do it: one outer transaction, whatever the code commits."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            _write_person(session)
            session.commit()
        outer.rollback()


def _new_file(folder: Path) -> None:
    path = folder / "new.sqlite"
    engine = _engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        _write_person(session)
        session.commit()
    engine.dispose()
    path.unlink()


def _new_tables(address: str) -> None:
    engine = _engine(address)
    with engine.begin() as connection:  # functions and types go with it
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        _write_person(session)
        session.commit()
    engine.dispose()
