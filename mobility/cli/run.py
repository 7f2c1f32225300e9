"""`mobility run`: web and scheduler together, as two child processes that live and end together."""

import signal
import socket
import subprocess
import sys
import time
from threading import Event
from types import FrameType

import click

from mobility.cli.web import bracketed, refuse_used_port
from mobility.clock import monotonic_seconds
from mobility.settings import Settings, load_settings
from mobility.storage.revisions import find_schema_problem

PARTS = ("web", "scheduler")
_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 35  # a little longer than the web may take for the requests in hand


@click.command()
def run() -> None:
    """Start web and scheduler and print the address; Ctrl-C ends both.

    Example: MOBILITY_PORT=8080 mobility run
    """
    settings = load_settings()
    problem = find_schema_problem(settings)
    if problem:
        raise click.ClickException(problem)
    refuse_used_port(settings)
    told_to_stop = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        told_to_stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    children = {part: _start(part) for part in PARTS}
    ended = _watch(settings, children, told_to_stop)
    _end(children)
    if ended:
        raise click.ClickException(
            f"{ended} ended by itself with status {children[ended].returncode}; the rest was ended too"
        )


def _start(part: str) -> subprocess.Popen[bytes]:
    """Start a part in a session of its own, so that Ctrl-C reaches it through us and in good order."""
    return subprocess.Popen([sys.executable, "-m", "mobility", part], start_new_session=True)  # noqa: S603


def _watch(settings: Settings, children: dict[str, subprocess.Popen[bytes]], told_to_stop: Event) -> str:
    """Wait until we are told to stop (returns nothing) or a part ends by itself (returns which)."""
    is_announced = False
    while not told_to_stop.is_set():
        for part, child in children.items():
            if child.poll() is not None:
                return part
        if not is_announced and _answers(settings):
            click.echo(f"Mobility is at http://{bracketed(settings.host)}:{settings.port} (Ctrl-C ends it)")
            is_announced = True
        told_to_stop.wait(_LOOK_SECONDS)
    return ""


def _answers(settings: Settings) -> bool:
    try:
        with socket.create_connection((settings.host, settings.port), timeout=1):
            return True
    except OSError:
        return False


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    give_up_at = monotonic_seconds() + _PATIENCE_SECONDS
    for child in children.values():
        while child.poll() is None:
            if monotonic_seconds() > give_up_at:
                child.kill()
            time.sleep(_LOOK_SECONDS / 4)
