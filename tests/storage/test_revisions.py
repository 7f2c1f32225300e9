"""A database that is missing, empty or old is told in one line, with what to run."""

from mobility.app import create_app
from mobility.settings import load_settings
from mobility.storage.db import db
from mobility.storage.migrations import migrations_for
from mobility.storage.revisions import find_schema_problem, newest_revision


def settings_for(app, **changes):
    given = app.config["SETTINGS"].model_dump()
    return load_settings(**(given | changes))


def test_a_file_that_is_not_there_is_not_made(tmp_path) -> None:
    settings = load_settings(environment="testing", instance=tmp_path, secret_key="t" * 40)
    assert (
        find_schema_problem(settings) == f"there is no database at {tmp_path}/mobility.sqlite; run: mobility db upgrade"
    )
    assert not (tmp_path / "mobility.sqlite").exists()


def test_an_empty_database_needs_its_tables(tmp_path) -> None:
    (tmp_path / "mobility.sqlite").touch()
    settings = load_settings(environment="testing", instance=tmp_path, secret_key="t" * 40)
    assert find_schema_problem(settings) == "the database has no tables yet; run: mobility db upgrade"


def test_a_server_that_does_not_answer_is_told(tmp_path) -> None:
    address = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    settings = load_settings(environment="testing", instance=tmp_path, database_url=address, secret_key="t" * 40)
    assert find_schema_problem(settings).startswith("the database cannot be reached: ")


def test_the_tables_of_a_test_have_no_revision(app) -> None:
    assert "run: mobility db upgrade" in find_schema_problem(settings_for(app))


def test_the_newest_revision_is_the_head_of_the_migrations(tmp_path) -> None:
    fresh = create_app(load_settings(environment="testing", instance=tmp_path, secret_key="t" * 40))
    migrations = migrations_for(fresh)
    with fresh.app_context():
        assert newest_revision() == migrations.script_directory.get_current_head()
        db.engine.dispose()
