"""Commands run in the test's own session, so that what they write is rolled back with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from mobility.cli.context import CommandContext


@pytest.fixture
def run_in_session(app: Flask, session: Session) -> Callable[..., Result]:
    """Run a command with its arguments; what the test wrote before is committed or gone, as for another process."""

    @contextmanager
    def same_session() -> Iterator[Session]:
        yield session

    context: Any = CommandContext(make_app=lambda: app)
    context.session = same_session

    def run_command(command: Command, *arguments: str) -> Result:
        session.rollback()
        return CliRunner().invoke(command, list(arguments), obj=context)

    return run_command
