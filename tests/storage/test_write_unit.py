"""The write unit is the only way to write, and the scope stands in front of every read."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from mobility.app import create_app
from mobility.domain.errors import Unscoped
from mobility.settings import load_settings
from mobility.storage.db import db, wal_is_safe, write_unit
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.schema import Base
from mobility.storage.scope import set_scope


def a_person(now, email="a@example.org"):
    return Person(email=email, name="أمل", name_language="ar", name_latin="Amal", created_at=now)


def test_what_a_unit_writes_is_there_afterwards(session: Session, now) -> None:
    with write_unit(session) as unit:
        unit.add(a_person(now))
    found = session.scalars(select(Person)).one()
    assert (found.name, found.created_at, found.row_version) == ("أمل", now, 1)


def test_a_unit_that_raises_writes_nothing(session: Session, now) -> None:
    def write_and_fail() -> None:
        with write_unit(session) as unit:
            unit.add(a_person(now))
            unit.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert session.scalars(select(Person)).all() == []


def test_a_flush_outside_a_unit_is_refused(session: Session, now) -> None:
    session.add(a_person(now))
    with pytest.raises(RuntimeError, match="outside a write unit"):
        session.flush()
    session.expunge_all()


def test_a_bulk_update_outside_a_unit_is_refused(session: Session) -> None:
    with pytest.raises(RuntimeError, match="bulk write"):
        session.execute(update(Person).values(locale="fr"))


def test_changes_made_before_the_unit_are_refused(session: Session, now) -> None:
    session.add(a_person(now))
    with pytest.raises(RuntimeError, match="before the write unit"), write_unit(session):
        pass
    session.expunge_all()


def test_a_query_without_a_scope_raises(session: Session) -> None:
    session.info["scope"] = None
    with pytest.raises(Unscoped):
        session.scalars(select(CaseFile)).all()


def test_core_statements_are_refused_under_a_narrow_scope(session: Session) -> None:
    set_scope(session, ("p:1",))
    with pytest.raises(Unscoped):
        session.execute(select(CaseFile.__table__))


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), False),
        ((3, 53, 0), True),
    ],
)
def test_wal_is_used_only_without_the_reset_bug(version, safe) -> None:
    assert wal_is_safe(version) is safe


@pytest.fixture
def impatient(tmp_path) -> Iterator[Flask]:
    """An application of its own on a file whose connections do not wait for SQLite's lock at all."""
    made = create_app(load_settings(environment="testing", instance=tmp_path, secret_key="t" * 40))
    with made.app_context():
        event.listen(db.engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA busy_timeout=0").close())
        Base.metadata.create_all(db.engine)
    yield made
    with made.app_context():
        db.engine.dispose()


def test_threads_of_a_process_wait_for_their_turn_to_write_also_behind_one_that_fails(impatient, now) -> None:
    """SQLite itself would refuse the second at once: nobody here is ever in the other's way."""
    failed, written = [], []

    def write(number: int) -> None:
        with impatient.app_context():
            set_scope(db.session(), ())
            try:
                with write_unit(db.session()) as unit:
                    unit.add(a_person(now, email=f"{number}@example.org"))
                    unit.flush()
                    if number % 5 == 0:
                        raise ZeroDivisionError
                written.append(number)
            except Exception as error:  # whatever it is, in the thread's stead
                failed.append((number, type(error)))

    threads = [Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(failed) == [(number, ZeroDivisionError) for number in range(0, 20, 5)]
    with impatient.app_context():
        assert db.session.connection().exec_driver_sql("SELECT count(*) FROM person").scalar() == len(written) == 16
