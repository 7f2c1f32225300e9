"""Ten thousand messages, two dispatchers: nothing lost, nothing doubled; and the same while they are killed."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

from bench.figures import Figure
from tests.drills.ground import Ground, end, said_by, wait_for
from tests.drills.sink import Sink

WORKERS = 2
_BACKLOG = 30
R1_MESSAGES = 10_000  # the share of doubles is promised at this size


def addresses(count: int, prefix: str = "k") -> dict[str, str]:
    """Return so many keys, each with an address at which nothing goes wrong."""
    return {f"{prefix}{number:06d}": f"{prefix}{number:06d}@ok.example" for number in range(count)}


def undisturbed(ground: Ground, messages: int) -> Iterator[Figure]:
    """Send with the product's own command, two workers, and count what arrives."""
    wanted = addresses(messages)
    with ground.fresh() as sink:
        ground.put(wanted)
        started = time.monotonic()
        command = ground.command("reminders", "dispatch", "--until-idle", "--workers", str(WORKERS), url=sink.url)
        counts = said_by(command, seconds=600)
        seconds = time.monotonic() - started
        yield from _counted(ground, sink, wanted, f"undisturbed_{messages}", doubles=0)
    yield ground.figure(f"undisturbed_{messages}_seconds", seconds, "s", 150)
    yield ground.figure(f"undisturbed_{messages}_told_sent", counts.get("sent", 0), "messages", messages, at_least=True)


def killed(ground: Ground, messages: int, kills: int) -> Iterator[Figure]:
    """Kill a worker with SIGKILL at random moments, and start another in its place."""
    wanted = addresses(messages)
    chance = random.Random(f"{ground.kind}:{messages}")
    moments = sorted(chance.sample(range(1, max(kills + 1, messages - messages // 50)), kills))
    with ground.fresh() as sink:
        ground.put(wanted)
        started = time.monotonic()
        workers = [ground.worker(sink.url) for _ in range(WORKERS)]
        for moment in moments:
            ground.until_done(lambda: len(sink.taken()) >= moment, pause=0.003)  # noqa: B023
            time.sleep(chance.uniform(0, 0.25))
            victim = chance.randrange(WORKERS)
            os.kill(workers[victim], signal.SIGKILL)
            wait_for(workers[victim])
            workers[victim] = ground.worker(sink.url)
        ground.until_done(seconds=120 + ground.lease.total_seconds())
        seconds = time.monotonic() - started
        end(*workers)
        doubled = {key for key, count in sink.keys().items() if count > 1}
        yield from _counted(ground, sink, wanted, f"killed_{kills}_times", doubles=kills)
        unmarked = len(doubled - ground.uncertain())
        yield ground.figure(f"killed_{kills}_times_doubled_but_not_marked", unmarked, "messages", 0)
        if messages >= R1_MESSAGES:
            share = 100 * sum(count - 1 for count in sink.keys().values()) / messages
            yield ground.figure(f"killed_{kills}_times_doubled_share", share, "%", 0.5)
    yield ground.figure(f"killed_{kills}_times_seconds", seconds, "s", 150)


def _counted(ground: Ground, sink: Sink, wanted: dict[str, str], name: str, *, doubles: int) -> Iterator[Figure]:
    arrived = sink.keys()
    statuses = ground.statuses()
    yield ground.figure(f"{name}_lost", len(wanted.keys() - arrived.keys()), "messages", 0)
    yield ground.figure(f"{name}_doubled", sum(arrived.values()) - len(arrived), "messages", doubles)
    yield ground.figure(f"{name}_with_another_identity", sink.changed_identities(), "messages", 0)
    not_sent = sum(statuses.get(key) != "sent" for key in wanted)
    yield ground.figure(f"{name}_not_marked_sent", not_sent, "messages", 0)


def paused(ground: Ground, messages: int, pauses: int) -> Iterator[Figure]:
    """Stop a worker for longer than the mail server's time-out, but shorter than its lease, and let it go on."""
    wanted = addresses(messages)
    chance = random.Random(f"{ground.kind}:{pauses}")
    with ground.fresh() as sink:
        ground.put(wanted)
        workers = [ground.worker(sink.url) for _ in range(WORKERS)]
        for number in range(pauses):
            if len(wanted) - len(sink.taken()) < _BACKLOG:  # a pause without work shows nothing
                more = addresses(messages // 2, f"more{number}-")
                ground.put(more)
                wanted |= more
            moment = len(sink.taken()) + chance.randrange(1, 15)
            ground.until_done(lambda: len(sink.taken()) >= moment, pause=0.003)  # noqa: B023
            _stop(workers[number % WORKERS], ground.timeout_seconds * chance.uniform(1.2, 1.6))
        ground.until_done()
        end(*workers)
        yield from _counted(ground, sink, wanted, f"paused_{pauses}_times", doubles=0)


def _stop(process: int, seconds: float) -> None:
    os.kill(process, signal.SIGSTOP)
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGCONT)
