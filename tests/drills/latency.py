"""A hundred messages fall due each second for a while: how long until the mail server has them, with one scheduler."""

import signal
from collections.abc import Iterator
from datetime import timedelta

from bench.figures import Figure, percentile
from tests.drills.delivery import addresses
from tests.drills.ground import Ground

PER_SECOND = 100
START_SECONDS = 8  # until the scheduler has started


def from_due_to_handed_over(ground: Ground, seconds: int) -> Iterator[Figure]:
    """Let the product's own scheduler work on its usual beat, and compare the moments."""
    wanted = addresses(seconds * PER_SECOND, "due")
    with ground.fresh() as sink:
        put_at = ground.put(wanted, due=lambda number: timedelta(seconds=START_SECONDS + number / PER_SECOND))
        scheduler = ground.command("scheduler", url=sink.url)
        try:
            ground.until_done(lambda: len(sink.keys()) == len(wanted), seconds=START_SECONDS + 4 * seconds + 60)
        finally:
            scheduler.send_signal(signal.SIGTERM)
            status = scheduler.wait(60)
            if scheduler.stdout is not None:
                scheduler.stdout.close()
        due = {key: put_at.timestamp() + START_SECONDS + number / PER_SECOND for number, key in enumerate(wanted)}
        lags = [each.seconds - due[each.key] for each in sink.taken()]
        doubled = sum(sink.keys().values()) - len(wanted)
        left = sum(status != "sent" for status in ground.statuses().values())
    yield ground.figure(f"due_{PER_SECOND}_a_second_p95", percentile(lags, 0.95), "s", 10)
    yield ground.figure(f"due_{PER_SECOND}_a_second_earliest", min(lags), "s", 0, at_least=True)
    yield ground.figure(f"due_{PER_SECOND}_a_second_doubled", doubled, "messages", 0)
    yield ground.figure("scheduler_told_to_stop_left_open", left, "messages", 0)
    yield ground.figure("scheduler_told_to_stop_status", status, "status", 0)
