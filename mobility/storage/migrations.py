"""Schema migrations for both databases, through Flask-Alembic; imported by commands and tests, never by the web.

On SQLite a batch migration drops and recreates a table; with foreign keys on, every child row would go with it.
So the pragma is switched off around the run, outside any transaction, and the keys are checked before commit.
"""

import logging
from typing import TYPE_CHECKING, Any

from flask_alembic import Alembic

import mobility.storage.models  # noqa: F401  every table must be known to the comparison
from mobility.resources import resource_dir
from mobility.storage.schema import Base

if TYPE_CHECKING:
    from flask import Flask


class Migrations(Alembic):
    """Flask-Alembic with numbered revisions and SQLite's foreign keys off while tables are rebuilt."""

    def rev_id(self) -> str:
        """Return the next number: revisions lie in order in the folder."""
        return f"{len(list(self.script_directory.walk_revisions())) + 1:04d}"

    def run_migrations(self, fn: Any, **kwargs: Any) -> Any:
        """Run the revisions; on SQLite with foreign keys off, restored whatever happens."""
        connection: Any = self.migration_context.connection
        if connection.dialect.name != "sqlite":
            return super().run_migrations(fn, **kwargs)
        connection.rollback()
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            return super().run_migrations(fn, **kwargs)
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def check_foreign_keys(ctx: Any, **_: Any) -> None:
    """Refuse a revision that leaves a row pointing at nothing; runs inside its transaction."""
    if ctx.dialect.name != "sqlite":
        return
    broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"broken foreign keys: {broken[:5]}")


def migrations_for(app: "Flask") -> Migrations:
    """Return the migrations of an application; needs an application context to run."""
    app.config["ALEMBIC"] = {"script_location": str(resource_dir("migrations"))}
    app.config["ALEMBIC_CONTEXT"] = {
        "render_as_batch": True,
        "compare_type": True,
        "transactional_ddl": True,
        "on_version_apply": check_foreign_keys,
    }
    found = Migrations(metadatas=Base.metadata, run_mkdir=False)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Flask-Alembic tells every step; the commands say enough
    found.init_app(app)
    return found
