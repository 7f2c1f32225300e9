"""`mobility run`: web and scheduler together, as two child processes that live and end together.

The program is imported once and the children are forked from it, so that a start costs one import instead of three.
No connection is open and no thread runs at that moment.
"""

import gc
import os
import signal
import socket
import time
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Final

import click

from mobility.cli.context import CommandContext
from mobility.cli.web import bracketed, refuse_used_port
from mobility.clock import monotonic_seconds
from mobility.loading import load
from mobility.settings import Settings, load_settings
from mobility.stopping import Stopping, forget
from mobility.storage.revisions import find_schema_problem

PARTS = {"web": "mobility.cli.web:web", "scheduler": "mobility.cli.scheduler:scheduler"}
_SHARED = ("mobility.app:create_app", "mobility.jobs.work:Worker", "mobility.jobs.scheduler:run_once")
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 35  # a little longer than the web may take for the requests in hand


@click.command()
@click.option("--demo", is_flag=True, help="First do what `mobility db prepare --demo` does.")
@click.pass_context
def run(click_context: click.Context, demo: bool) -> None:
    """Start web and scheduler and print the address; Ctrl-C ends both.

    Example: MOBILITY_PORT=8080 mobility run
    """
    settings = load_settings()
    refuse_used_port(settings)
    if demo:
        click_context.invoke(load("mobility.cli.db:prepare"), demo=True)
        click_context.ensure_object(CommandContext).close()
    problem = find_schema_problem(settings)
    if problem:
        raise click.ClickException(problem)
    with Stopping(_STOPPING) as stopping:
        for target in _SHARED:
            load(target)
        gc.collect()
        gc.freeze()  # a collection that walked what is shared would copy it into every child
        children = {part: _start(part) for part in PARTS}
        ended = _watch(settings, children, stopping)
        _end(children)
    if ended:
        raise click.ClickException(
            f"{ended} ended by itself with status {children[ended].exitcode}; the rest was ended too"
        )


def _start(part: str) -> BaseProcess:
    child = get_context("fork").Process(target=_live, args=(part,), name=part)
    child.start()
    return child


def _live(part: str) -> None:
    """Be one part, in a session of its own, so that Ctrl-C reaches it through the parent and in good order."""
    os.setsid()
    forget(_STOPPING)
    command = load(PARTS[part])
    command.main(args=[], prog_name=f"mobility {part}", obj=CommandContext())


def _watch(settings: Settings, children: dict[str, BaseProcess], stopping: Stopping) -> str:
    """Wait until we are told to stop (returns nothing) or a part ends by itself (returns which)."""
    is_announced = False
    while True:
        for part, child in children.items():
            if not child.is_alive():
                return part
        if not is_announced and _answers(settings):
            click.echo(f"Mobility is at http://{bracketed(settings.host)}:{settings.port} (Ctrl-C ends it)")
            is_announced = True
        if stopping.wait(_LOOK_SECONDS):
            return ""


def _answers(settings: Settings) -> bool:
    try:
        with socket.create_connection((settings.host, settings.port), timeout=1):
            return True
    except OSError:
        return False


def _end(children: dict[str, BaseProcess]) -> None:
    for child in children.values():
        if child.is_alive():
            child.terminate()
    give_up_at = monotonic_seconds() + _PATIENCE_SECONDS
    for child in children.values():
        while child.is_alive():
            if monotonic_seconds() > give_up_at:
                child.kill()
            time.sleep(_LOOK_SECONDS / 4)
