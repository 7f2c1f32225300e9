"""A mail server that fails in every way: nothing is lost, what can never leave is seen soon, others do not suffer."""

import json
import random
import socket
import time
from collections.abc import Iterator
from datetime import timedelta

from click.testing import CliRunner

from bench.figures import Figure, percentile
from mobility.cli.reminders import group
from mobility.services.health import check_readiness
from tests.drills.delivery import WORKERS, addresses
from tests.drills.ground import Ground, end
from tests.drills.sink import AT_DOT, AT_RCPT, DROPS, HANGS_EARLY, HANGS_LATE, LOOPBACK, SLOW, Sink

PER_FAULT = 3
DEAD_AFTER = ("unknown.example", "full.example")  # 550 for the recipient, 552 for the text
DOMAINS = (*AT_RCPT, *AT_DOT, HANGS_EARLY, HANGS_LATE, DROPS, SLOW)
AHEAD = (timedelta(hours=1), timedelta(hours=8), timedelta(hours=16))


def by_recipient(ground: Ground, others: int, timeout_seconds: float, slow_seconds: float) -> Iterator[Figure]:
    """Let the faults of nine domains meet two workers at once, among messages to others; then heal the server."""
    faulty = {f"{domain}:{number}": f"{number}@{domain}" for domain in DOMAINS for number in range(PER_FAULT)}
    good = addresses(others, "other")
    mixed = list((faulty | good).items())
    random.Random(ground.kind).shuffle(mixed)
    with ground.fresh(slow_seconds=slow_seconds) as sink:
        put_at = ground.put(dict(mixed), due=_delay)
        workers = [ground.worker(sink.url, timeout=timeout_seconds) for _ in range(WORKERS)]
        dead_keys = {key for key, address in faulty.items() if address.rpartition("@")[2] in DEAD_AFTER}
        due = {key: put_at + _delay(number) for number, (key, _) in enumerate(mixed)}
        seen_after: dict[str, float] = {}
        while len(seen_after) < len(dead_keys) and ground.now() < put_at + timedelta(minutes=2):
            at = ground.now()
            for key in (_dead(ground) & dead_keys) - seen_after.keys():
                seen_after[key] = (at - due[key]).total_seconds()
            time.sleep(0.2)
        listed = _listed_dead(ground)
        ground.until_done(lambda: good.keys() <= sink.keys().keys(), seconds=90)
        waits = [each.seconds - due[each.key].timestamp() for each in sink.taken() if each.key in good]
        ground.until_done(lambda: not _in_hand(ground), seconds=120)
        end(*workers)
        sink.heal()
        for ahead in AHEAD:
            ground.send_rest(sink.url, ahead)
        yield from _ends(ground, sink, faulty, good, dead_keys)
    yield ground.figure("faults_dead_letters_not_listed", len(dead_keys - listed), "messages", 0)
    yield ground.figure("faults_dead_letters_seen_after", max(seen_after.values()), "s", 60)
    yield ground.figure("faults_others_waited_p95", percentile(waits, 0.95), "s", 60)


def _delay(number: int) -> timedelta:
    """Return how long after the others a message is due: a hundred in two seconds."""
    return timedelta(seconds=number / 50)


def _ends(
    ground: Ground, sink: Sink, faulty: dict[str, str], good: dict[str, str], dead_keys: set[str]
) -> Iterator[Figure]:
    arrived, statuses, uncertain = sink.keys(), ground.statuses(), ground.uncertain()
    wanted = (faulty.keys() | good.keys()) - dead_keys
    lost = [key for key in wanted if not arrived[key] or statuses[key] != "sent"]
    doubled = {key for key, count in arrived.items() if count > 1}
    after_dot = {key for key, address in faulty.items() if address.rpartition("@")[2] in (DROPS, HANGS_LATE)}
    yield ground.figure("faults_lost", len(lost), "messages", 0)
    yield ground.figure("faults_dead_that_arrived", sum(arrived[key] for key in dead_keys), "messages", 0)
    yield ground.figure("faults_dead_that_are_not", sum(statuses[k] != "dead" for k in dead_keys), "messages", 0)
    yield ground.figure("faults_doubled_without_need", len(doubled - after_dot), "messages", 0)
    yield ground.figure("faults_doubled_but_not_marked", len(doubled - uncertain), "messages", 0)
    yield ground.figure("faults_most_copies_of_one", max(arrived.values()), "messages", 2)
    yield ground.figure("faults_with_another_identity", sink.changed_identities(), "messages", 0)


def by_relay(ground: Ground, messages: int) -> Iterator[Figure]:
    """Nobody listens, or the connection cannot be made safe: everything waits, the health page says so, then leaves."""
    wanted = addresses(messages, "relay")
    with ground.fresh() as sink:
        ground.put(wanted)
        with socket.create_server((LOOPBACK, 0)) as closed:
            refused = f"smtp://{LOOPBACK}:{closed.getsockname()[1]}"
        for url in (refused, f"smtps://{LOOPBACK}:{sink.port}", f"smtp+starttls://{LOOPBACK}:{sink.port}"):
            worker = ground.worker(url)
            time.sleep(3 * ground.timeout_seconds)
            end(worker)
        early = sum(sink.keys().values())
        with ground.context.session() as session:
            told = check_readiness(session, ground.now() + timedelta(minutes=6)).problems
        ground.send_rest(sink.url, AHEAD[0])
        arrived = sink.keys()
    yield ground.figure("relay_away_sent_all_the_same", early, "messages", 0)
    yield ground.figure("relay_away_told_by_health", float("messages_waiting" in told), "times", 1, at_least=True)
    yield ground.figure("relay_away_lost", len(wanted.keys() - arrived.keys()), "messages", 0)
    yield ground.figure("relay_away_doubled", sum(arrived.values()) - len(arrived), "messages", 0)


def _dead(ground: Ground) -> set[str]:
    return {key for key, status in ground.statuses().items() if status == "dead"}


def _listed_dead(ground: Ground) -> set[str]:
    """Return the keys that the product's own command lists."""
    said = CliRunner().invoke(group, ["dead", "--json"], obj=ground.context).output
    return {json.loads(line)["key"] for line in said.splitlines() if line.startswith("{")}


def _in_hand(ground: Ground) -> bool:
    """Tell whether a message was never tried, or is being tried."""
    return any(status in ("pending", "leased") for status in ground.statuses().values())
