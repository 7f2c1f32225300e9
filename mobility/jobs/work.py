"""What the scheduler does when it wakes: hand over due notices, send the outbox, tidy up: everything that is due.

Each job asks for the lease first, so that of any number of schedulers one works and the others stand by. It renews
the lease and beats while it works; when it loses the lease, or is told to stop, it ends after the message in hand.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Lock
from typing import Any, Final

from sqlalchemy.orm import Session

from mobility.clock import monotonic_seconds
from mobility.services.breakers import Breakers
from mobility.services.clocks import apply_silence
from mobility.services.dispatch import Post, dispatch_until_idle, post_for
from mobility.services.documents import sweep_files
from mobility.services.health import DISPATCH, note_job
from mobility.services.leases import database_now, give_back_lease, new_holder, take_lease
from mobility.services.life_dates import plan_life
from mobility.services.one_time_links import purge_links
from mobility.services.reminders import hand_over_due
from mobility.services.sessions import purge_sessions
from mobility.services.thresholds import check_thresholds
from mobility.services.throttle import purge_counts
from mobility.settings import Settings
from mobility.storage.db import write_unit

BEAT_SECONDS = 15
SENDERS = 2
HOUSEKEEPING = "housekeeping"
_PURGED: Final = {"sessions": purge_sessions, "links": purge_links, "counts": purge_counts, "files": sweep_files}


@dataclass(slots=True, kw_only=True)
class Worker:
    """One scheduler process; `sessions` opens a database session that sees every case."""

    settings: Settings
    sessions: Callable[[], AbstractContextManager[Session]]
    holder: str = field(default_factory=new_holder)
    stop: Event = field(default_factory=Event)
    read_now: Callable[[Session], datetime] = database_now
    breakers: Breakers = field(default_factory=Breakers)
    dispatching_since: datetime | None = None
    _beat_at: float = 0.0
    _turn: Lock = field(default_factory=Lock)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """Open one write unit in a session of its own.

        On SQLite one at a time writes anyway: here they queue, where SQLite would let them sleep and ask again.
        """
        with self.sessions() as session:
            queue = self._turn if session.get_bind().dialect.name == "sqlite" else nullcontext()
            with queue, write_unit(session) as unit:
                yield unit

    def post(self, number: int = 0) -> Post:
        """Return what one of the senders of this process sends with: a connection and a name of its own."""
        post = post_for(self.settings, self.unit, owner=f"{self.holder}/{number}", go_on=self.keep_going)
        return replace(post, read_now=self.read_now, breakers=self.breakers)

    def keep_going(self) -> bool:
        """Tell whether to take another message; renews the lease and beats when it is time to."""
        if self.stop.is_set():
            return False
        if monotonic_seconds() - self._beat_at < BEAT_SECONDS:
            return True
        return self.take_lease()

    def take_lease(self) -> bool:
        """Take or renew the lease, and beat where dispatching goes on; False while another scheduler has it."""
        with self.unit() as session:
            held = take_lease(session, self.holder) is not None
            if held and self.dispatching_since is not None:
                now = self.read_now(session)
                note_job(session, DISPATCH, started_at=self.dispatching_since, now=now, counts={})
        self._beat_at = monotonic_seconds()
        return held

    def give_back_lease(self) -> None:
        """Let the next scheduler begin at once."""
        with self.unit() as session:
            give_back_lease(session, self.holder)


def dispatch(worker: Worker) -> dict[str, Any] | None:
    """Hand over what is due and send it; returns the counts, or None while another scheduler works."""
    if worker.stop.is_set() or not worker.take_lease():
        return None
    with worker.unit() as session:
        worker.dispatching_since = started_at = worker.read_now(session)
        note_job(session, DISPATCH, started_at=started_at, now=started_at, counts={})
    try:
        counts = _hand_over(worker)
        counts |= _send(worker)
    finally:
        worker.dispatching_since = None
    with worker.unit() as session:
        note_job(session, DISPATCH, started_at=started_at, now=worker.read_now(session), counts=counts)
    return counts


def _send(worker: Worker) -> dict[str, int]:
    """Send what is due with several senders at once: one writes while another waits for the disk or the mail server."""
    with ThreadPoolExecutor(SENDERS) as pool:
        tallies = list(pool.map(lambda number: dispatch_until_idle(worker.post(number)), range(SENDERS)))
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts.update(tally.counts)
    return dict(counts) | ({"relay_down": 1} if any(tally.is_relay_down for tally in tallies) else {})


def _hand_over(worker: Worker) -> dict[str, int]:
    counts: dict[str, int] = {}
    while worker.keep_going():
        with worker.unit() as session:
            done = hand_over_due(session, worker.read_now(session))
        if not done.total:
            break
        for name, number in (
            ("handed_over", done.handed_over),
            ("collapsed", done.collapsed),
            ("called_off", done.cancelled),
        ):
            counts[name] = counts.get(name, 0) + number
    return counts


def tidy_up(worker: Worker) -> dict[str, Any] | None:
    """Apply what the law makes of silence, plan notices of what is no clock, delete what has ended.

    Returns the counts, or None while another scheduler works.
    """
    if worker.stop.is_set() or not worker.take_lease():
        return None
    with worker.unit() as session:
        started_at = worker.read_now(session)
        counts: dict[str, Any] = {name: purge(session, started_at) for name, purge in _PURGED.items()} | {"silences": 0}
    while worker.keep_going():
        with worker.unit() as session:
            applied = apply_silence(session, started_at)
        if not applied:
            break
        counts["silences"] += applied
    with worker.unit() as session:
        counts["thresholds"] = check_thresholds(session, started_at)
    with worker.unit() as session:
        counts["planned"] = plan_life(session, started_at)
    with worker.unit() as session:
        note_job(session, HOUSEKEEPING, started_at=started_at, now=worker.read_now(session), counts=counts)
    return counts
