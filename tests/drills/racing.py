"""Two schedulers at once: each tick is one's alone, and when the one that works dies the other takes over."""

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import update

from bench.figures import Figure
from mobility.jobs.work import Worker, dispatch
from mobility.storage.models.reminders import Lease
from tests.drills.delivery import addresses
from tests.drills.ground import Ground, wait_for
from tests.drills.sink import Sink

SCHEDULERS = 2
TICK_SECONDS = 0.4


def together(ground: Ground, ticks: int) -> Iterator[Figure]:
    """Let both tick at the same moments; after half of them the one that works is killed."""
    with ground.fresh() as sink:
        per_tick = [_race(ground, sink, part, ticks // 2) for part in ("before", "after")]
        done = [count for counts in per_tick for count in counts]
        arrived = sink.keys()
        wanted = set(addresses(2 * (ticks // 2), "before")) | set(addresses(2 * (ticks // 2), "after"))
        yield ground.figure("racing_ticks", len(done), "ticks", 2 * (ticks // 2), at_least=True)
        yield ground.figure("racing_most_schedulers_in_a_tick", max(done), "schedulers", 1)
        yield ground.figure("racing_fewest_schedulers_in_a_tick", min(done), "schedulers", 1, at_least=True)
        yield ground.figure("racing_lost", len(wanted - arrived.keys()), "messages", 0)
        yield ground.figure("racing_doubled", sum(arrived.values()) - len(arrived), "messages", 0)


def _race(ground: Ground, sink: Sink, part: str, ticks: int) -> list[int]:
    """Return how many schedulers worked in each tick; the last one to work ends without giving its lease back."""
    with ground.unit() as unit:
        unit.execute(update(Lease).values(expires_at=0.0))  # as if its time had run out
    ground.put(addresses(2 * ticks, part))
    begin = time.time() + 0.5
    notes = [sink.folder / f"{part}{number}" for number in range(SCHEDULERS)]
    children = [ground.fork(lambda note=note: _tick(ground, sink.url, note, begin, ticks)) for note in notes]
    for child in children:
        wait_for(child)
    worked = [[json.loads(line) for line in note.read_text().splitlines()] for note in notes]
    return [sum(each[number] for each in worked) for number in range(ticks)]


def _tick(ground: Ground, url: str, note: Path, begin: float, ticks: int) -> None:
    worker = _Scheduler(settings=ground.app.config["SETTINGS"], sessions=ground.context.session)
    worker.ground, worker.url = ground, url
    with note.open("w") as lines:
        for number in range(ticks):
            time.sleep(max(0.0, begin + number * TICK_SECONDS - time.time()))
            lines.write(json.dumps(dispatch(worker) is not None) + "\n")
            lines.flush()
    os.kill(os.getpid(), signal.SIGKILL)


class _Scheduler(Worker):
    """The product's scheduler, over the drill's mail server."""

    ground: Any
    url: str

    def post(self, number: int = 0) -> Any:
        owner = f"{self.holder}/{number}"
        return replace(self.ground.post(self.url, batch=2), owner=owner, go_on=self.keep_going)
