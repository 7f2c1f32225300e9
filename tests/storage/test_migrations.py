"""The migrations make exactly the tables that the models describe, on both databases, and go down and up again."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from mobility.app import create_app
from mobility.settings import load_settings
from mobility.storage.db import db
from mobility.storage.migrations import migrations_for
from tests.databases import fresh_postgresql


@pytest.fixture
def empty_app(database_kind: str, worker: str, tmp_path: Path):
    address = "" if database_kind == "sqlite" else fresh_postgresql(f"mobility_migrations_{worker}")
    application = create_app(
        load_settings(environment="testing", instance=tmp_path, database_url=address, secret_key="m" * 40)
    )
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def test_migrated_schema_equals_the_models(empty_app) -> None:
    migrations = migrations_for(empty_app)
    migrations.upgrade()
    assert migrations.compare_metadata() == []


def test_there_is_one_head(empty_app) -> None:
    assert len(migrations_for(empty_app).heads()) == 1


def test_down_and_up_again(empty_app) -> None:
    migrations = migrations_for(empty_app)
    migrations.upgrade()
    migrations.downgrade("base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    migrations.upgrade()
    assert "case_file" in inspect(db.engine).get_table_names()


def test_the_audit_log_cannot_be_changed_in_a_migrated_database(empty_app) -> None:
    migrations_for(empty_app).upgrade()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (seq, at, code, subject, parameters, chain) "
                "VALUES (1, '2026-01-01 00:00:00', 'x', 'x', '{}', 'x')"
            )
        )
    for statement in ("UPDATE audit_entry SET code = 'y'", "DELETE FROM audit_entry"):
        with pytest.raises(Exception, match="never"), db.engine.begin() as connection:
            connection.execute(text(statement))


def test_running_twice_changes_nothing(empty_app) -> None:
    migrations = migrations_for(empty_app)
    migrations.upgrade()
    before = sorted(inspect(db.engine).get_table_names())
    migrations.upgrade()
    assert sorted(inspect(db.engine).get_table_names()) == before


def test_imports_keep_their_rows_and_never_share_a_number(empty_app) -> None:
    migrations = migrations_for(empty_app)
    migrations.upgrade("0005")
    new = (
        "INSERT INTO flow_import (status, title, file_name, digest, columns, source, licence, row_count, people, "
        "staged_at) VALUES ('staged', 'A', 'a.csv', 'd', '{}', 'S', 'CC0', 1, 3, '2026-01-01 00:00:00')"
    )
    line = "INSERT INTO imported_flow VALUES ({}, 2, 'EG', 'DE', '', 3, '2020-01-01', '2020-12-31', 0)"
    with db.engine.begin() as connection:
        connection.execute(text(new))
        connection.execute(text(line.format("(SELECT max(id) FROM flow_import)")))
    migrations.upgrade()
    with db.engine.begin() as connection:
        kept = connection.execute(text("SELECT import_id, people FROM imported_flow")).all()
        connection.execute(text("DELETE FROM flow_import"))
        connection.execute(text(new))
        numbers = connection.scalars(text("SELECT id FROM flow_import")).all()
    assert kept == [(1, 3)]
    assert numbers == [2]
