"""The Flask-SQLAlchemy object, the engine hooks and `write_unit`: the only way to write.

Deliberately elsewhere: row types (`storage/models`), statements (`storage/queries`), scope (`storage/scope`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.orm import ORMExecuteState, Session

from mobility.storage.schema import Base
from mobility.storage.scope import apply_scope, check_scope_on_flush

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)

_CACHE = "cache_size=-16384"
"""16 MB for each connection that reads so much: what one page of a queue reads does not fit into SQLite's 2 MB."""
_TURN_SECONDS = 5
_turns: WeakKeyDictionary[Engine, Any] = WeakKeyDictionary()
"""For each SQLite engine who of its threads writes; a thread that writes inside its own turn meets SQLite's lock."""
_PG_LIMITS = (
    ("statement_timeout", "15s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "30s"),
    ("timezone", "UTC"),
)


def wal_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Tell whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2; sqlite.org/wal.html#walresetbug)."""
    return (
        version >= (3, 53, 0)
        or (3, 51, 3) <= version < (3, 52, 0)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )


def install_engine_hooks(engine: Engine) -> None:
    """Make both engines behave alike: explicit transactions, foreign keys on, full durability, short waits."""
    if engine.dialect.name == "sqlite":
        _install_sqlite_hooks(engine)
    else:
        _install_postgresql_hooks(engine)


def _install_sqlite_hooks(engine: Engine) -> None:
    # PERSIST is as durable as DELETE and commits three times as fast: the journal's header is cleared, not its file.
    journal = "WAL" if wal_is_safe() else "PERSIST"
    _turns[engine] = RLock()

    @event.listens_for(engine, "connect")
    def on_connect(dbapi: Any, record: Any) -> None:
        dbapi.isolation_level = None  # the driver must not begin transactions by itself
        for pragma in (f"journal_mode={journal}", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=5000", _CACHE):
            dbapi.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(conn: Any) -> None:
        kind = conn.get_execution_options().get("sqlite_tx", "DEFERRED")
        if kind == "DEFERRED":  # takes no lock, so it cannot fail: the way through the events costs half a statement
            conn.connection.dbapi_connection.execute("BEGIN DEFERRED").close()
        else:
            conn.exec_driver_sql(f"BEGIN {kind}")


def _install_postgresql_hooks(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(dbapi: Any, record: Any) -> None:
        previous, dbapi.autocommit = dbapi.autocommit, True
        for name, value in _PG_LIMITS:
            dbapi.execute("SELECT set_config(%s, %s, false)", (name, value))
        dbapi.autocommit = previous


@contextmanager
def write_unit(session: Session) -> Iterator[Session]:
    """Open the one transaction in which a request, a reminder or a command changes the database.

    On SQLite it begins IMMEDIATE, so that a read that turns into a write cannot lose an update; rows loaded
    before it are read again under the lock. Everything is rolled back when the block raises.
    """
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made before the write unit began")
    session.rollback()
    with _turn_of(session.get_bind().engine):
        session.connection(execution_options={"sqlite_tx": "IMMEDIATE"})
        session.info["writing"] = True
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


@contextmanager
def _turn_of(engine: Engine) -> Iterator[None]:
    """Wait until no other thread of this process writes to the same SQLite file.

    SQLite would let them wait too, but asleep, for up to 100 ms at a time: who comes next is woken here at once. Among
    processes SQLite's lock decides, and it decides here as well when a turn does not come in time.
    """
    turn = _turns.get(engine)
    is_ours = turn is not None and turn.acquire(timeout=_TURN_SECONDS)
    try:
        yield
    finally:
        if turn is not None and is_ours:
            turn.release()


def end_reading(session: Session) -> None:
    """Let go of the read that a session holds open, before long work without the database; nothing in a write unit.

    Without WAL an open read holds off every commit, and PostgreSQL ends a transaction that is idle for long.
    """
    if not session.info.get("writing"):
        session.rollback()


@event.listens_for(Session, "before_flush")
def refuse_stray_flush(session: Session, context: Any, instances: Any) -> None:
    """A forgotten write unit fails in the first test that meets it."""
    if not session.info.get("writing"):
        raise RuntimeError("flush outside a write unit")
    check_scope_on_flush(session)


@event.listens_for(Session, "do_orm_execute")
def guard_statement(state: ORMExecuteState) -> None:
    """Bulk statements do not flush, so they are refused here; every statement is narrowed to the scope."""
    if (state.is_insert or state.is_update or state.is_delete) and not state.session.info.get("writing"):
        raise RuntimeError("bulk write outside a write unit")
    apply_scope(state)
