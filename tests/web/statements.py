"""Counts the SQL statements behind one request; those around it (session, sign-in) are part of the budget."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from mobility.storage.db import db


@contextmanager
def counted_statements(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that requests make inside the block; savepoints of the test itself do not count."""
    found: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            found.append(statement)

    target = db._app_engines[app][None]
    event.listen(target, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(target, "before_cursor_execute", note)
