"""`python -m tests.drills [names]`: carries out the drills, one JSON line per figure; exit 1 where one falls short.

`--short` makes them small enough for every test run, `--database` narrows them to one kind.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.figures import Figure
from tests.drills import crashes, delivery, downtime, faults, latency, racing
from tests.drills.ground import Ground, open_ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of everything."""

    timeout_seconds: float
    messages: int
    kills: int
    paused_messages: int
    pauses: int
    ticks: int
    others: int
    fault_timeout_seconds: float
    slow_seconds: float
    due_seconds: int
    missed: int
    civil_cases: int


FULL = Size(
    timeout_seconds=2.0,
    messages=10_000,
    kills=100,
    paused_messages=2_000,
    pauses=20,
    ticks=20,
    others=300,
    fault_timeout_seconds=20,
    slow_seconds=10,
    due_seconds=30,
    missed=500,
    civil_cases=10_000,
)
SHORT = Size(
    timeout_seconds=0.3,
    messages=40,
    kills=2,
    paused_messages=60,
    pauses=1,
    ticks=4,
    others=20,
    fault_timeout_seconds=0.3,
    slow_seconds=0.1,
    due_seconds=1,
    missed=30,
    civil_cases=100,
)

DRILLS: dict[str, Callable[[Ground, Size], Iterator[Figure]]] = {
    "undisturbed": lambda ground, size: delivery.undisturbed(ground, size.messages),
    "killed": lambda ground, size: delivery.killed(ground, size.messages, size.kills),
    "crashes": lambda ground, size: crashes.everywhere(ground),
    "paused": lambda ground, size: delivery.paused(ground, size.paused_messages, size.pauses),
    "racing": lambda ground, size: racing.together(ground, size.ticks),
    "faults": lambda ground, size: faults.by_recipient(
        ground, size.others, size.fault_timeout_seconds, size.slow_seconds
    ),
    "relay": lambda ground, size: faults.by_relay(ground, size.others),
    "week": lambda ground, size: downtime.week(ground, size.missed),
    "civil": lambda ground, size: downtime.civil_time(ground, size.civil_cases),
    "latency": lambda ground, size: latency.from_due_to_handed_over(ground, size.due_seconds),
}


def main(arguments: list[str]) -> int:
    """Carry out the named drills, all of them without names; returns 1 when a figure falls short."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *DRILLS], metavar="name")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--messages", type=int)
    parser.add_argument("--database", choices=("both", "sqlite", "postgresql"), default="both")
    given = parser.parse_args(arguments)
    kinds = ("sqlite", "postgresql") if given.database == "both" else (given.database,)
    holds, size = True, SHORT if given.short else FULL
    if given.messages:
        size = replace(size, messages=given.messages)
    names = given.names or list(DRILLS)
    is_migrated = not given.short or "latency" in names
    for kind in kinds:
        with (
            tempfile.TemporaryDirectory() as folder,
            open_ground(kind, Path(folder), size.timeout_seconds, is_migrated=is_migrated) as ground,
        ):
            for name in names:
                started = time.monotonic()
                for figure in DRILLS[name](ground, size):
                    print(figure.as_line(), flush=True)
                    holds = holds and figure.holds
                print(f"{kind} {name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
