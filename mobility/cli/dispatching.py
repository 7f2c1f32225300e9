"""`mobility reminders dispatch`: sends what is due now, beside any scheduler, alone or with several processes.

Each worker is a process with a connection to the database and to the mail server of its own; the claims keep them
apart, so that any number may run, here and on other machines. What was due is handed to the outbox by the first.
"""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import click
from sqlalchemy.orm import Session

from mobility.cli.context import CommandContext, pass_context
from mobility.services.dispatch import Tally, dispatch_until_idle, post_for
from mobility.services.leases import database_now, new_holder
from mobility.services.reminders import hand_over_due
from mobility.storage.db import write_unit

_LOOK_SECONDS = 0.1
_STOPS = (signal.SIGTERM, signal.SIGINT)


@click.command()
@click.option("--until-idle", is_flag=True, help="Go on until nothing is due any more; otherwise one batch of each.")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 32), help="How many processes send at once."
)
@click.option("--outbox-only", is_flag=True, hidden=True)
@pass_context
def dispatch(context: CommandContext, until_idle: bool, workers: int, outbox_only: bool) -> None:
    """Send what is due, beside any scheduler; exit 1 when the mail server is away.

    Told to stop, it finishes the message in hand. Example: mobility reminders dispatch --until-idle --workers 2
    """
    with _told_to_stop() as stop:
        handed_over = 0 if outbox_only else _hand_over(context, stop, until_idle=until_idle)
        if workers == 1:
            tally = _send(context, stop, until_idle=until_idle)
            counts, is_relay_down = Counter(tally.counts), tally.is_relay_down
        else:
            counts, is_relay_down = _send_together(workers, stop, until_idle=until_idle)
    click.echo(json.dumps({"handed_over": handed_over, **counts}))
    if is_relay_down:
        raise click.ClickException("the mail server could not be reached; what is due stays due")


@contextmanager
def _told_to_stop() -> Iterator[Event]:
    """Give an event that SIGTERM and Ctrl-C set, for as long as the block lasts."""
    stop = Event()

    def set_it(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, set_it) for number in _STOPS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _unit(context: CommandContext) -> Iterator[Session]:
    with context.session() as session, write_unit(session) as opened:
        yield opened


def _hand_over(context: CommandContext, stop: Event, *, until_idle: bool) -> int:
    """Turn due notices into messages; returns how many became one."""
    handed_over = 0
    while not stop.is_set():
        with _unit(context) as session:
            done = hand_over_due(session, database_now(session))
        handed_over += done.handed_over
        if not done.total or not until_idle:
            break
    return handed_over


def _send(context: CommandContext, stop: Event, *, until_idle: bool) -> Tally:
    post = post_for(context.settings, lambda: _unit(context), owner=new_holder(), go_on=lambda: not stop.is_set())
    return dispatch_until_idle(post, max_batches=None if until_idle else 1)


def _send_together(workers: int, stop: Event, *, until_idle: bool) -> tuple[Counter[str], bool]:
    """Start the workers, pass a stop on to them, and add up what they say; a worker that breaks is an error."""
    command = [sys.executable, "-m", "mobility", "reminders", "dispatch", "--outbox-only"]
    command += ["--until-idle"] if until_idle else []
    children = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603
        for _ in range(workers)
    ]
    try:
        while not stop.wait(_LOOK_SECONDS) and any(child.poll() is None for child in children):
            pass
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
    counts: Counter[str] = Counter()
    is_relay_down = False
    for child in children:
        said, _ = child.communicate()
        if not said.startswith("{"):
            raise click.ClickException(f"a worker ended with status {child.returncode}")
        counts += Counter(json.loads(said.splitlines()[0]))
        is_relay_down = is_relay_down or child.returncode != 0
    return counts, is_relay_down
