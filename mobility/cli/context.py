"""What a command runs in: the application made on demand, and a database session that sees every case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import click
from flask import Flask
from sqlalchemy.orm import Session

from mobility.files.of_session import give_files
from mobility.loading import load
from mobility.settings import Settings
from mobility.storage.db import db
from mobility.storage.keys import Keys, give_keys
from mobility.storage.scope import ALL, set_scope
from mobility.storage.site import Site, give_site


def _installed_app() -> Flask:
    """Make the application; found by name, because the layers point the other way (app joins all parts)."""
    made = load("mobility.app:create_app")()
    assert isinstance(made, Flask)
    return made


@dataclass
class CommandContext:
    """Handed to every command that asks for it; commands that need no database never make the application."""

    make_app: Callable[..., Flask] = _installed_app

    @cached_property
    def app(self) -> Flask:
        """Return the application, made once."""
        return self.make_app()

    @property
    def settings(self) -> Settings:
        """Return the settings the application runs with."""
        found = self.app.config["SETTINGS"]
        assert isinstance(found, Settings)
        return found

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a database session for the system itself: every case, and the keys."""
        with self.app.app_context():
            session = db.session()
            set_scope(session, ALL)
            give_keys(session, Keys.from_secret(self.app.config["SECRET_KEY"]))
            give_site(session, Site.at(self.settings.address, self.settings.quiet_hour))
            give_files(session, self.app.config["FILES"])
            yield session
            session.rollback()  # an open read would block the next write: without WAL a reader holds off a commit

    def close(self) -> None:
        """Let the application and its connections go; another is made when it is asked for."""
        if "app" in self.__dict__:
            with self.app.app_context():
                db.engine.dispose()
            del self.app


pass_context: Callable[[Any], Any] = click.make_pass_decorator(CommandContext, ensure=True)
