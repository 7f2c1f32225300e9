"""What a figure is, and how it is taken: medians of interleaved samples, because absolute times drift."""

import gc
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import perf_counter, process_time
from typing import Any

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the report. `goal` is the highest value that still holds, unless `at_least`."""

    name: str
    value: float
    unit: str
    goal: float
    at_least: bool = False

    @classmethod
    def times(cls, name: str, value: float, goal: float) -> "Figure":
        """How many times better than another way; at least `goal`."""
        return cls(name=name, value=value, unit="times", goal=goal, at_least=True)

    @property
    def holds(self) -> bool:
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def as_line(self) -> str:
        """Return the figure as one JSON object."""
        values = asdict(self) | {"value": round(self.value, 4), "holds": self.holds}
        del values["at_least"]
        values["goal"] = f"{'≥' if self.at_least else '≤'} {self.goal:g}"
        return json.dumps(values, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be measured: `do` once is too short to time, so a sample is `times` of it."""

    do: Callable[[], Any]
    times: int = 1


def interleaved(works: Sequence[Work], *, samples: int, clock: Clock = process_time) -> list[float]:
    """Return the median seconds of each work, taken in turns (A B A B), after one round that does not count."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(samples + 1):
        for place, work in enumerate(works):
            seconds = _sample(work, clock)
            if number:
                taken[place].append(seconds)
    return [statistics.median(each) for each in taken]


def _sample(work: Work, clock: Clock) -> float:
    started = clock()
    for _ in range(work.times):
        work.do()
    return (clock() - started) / work.times


def median_of(do: Callable[[], Any], *, samples: int, clock: Clock = perf_counter) -> float:
    """Return the median seconds of doing something, after one time that does not count."""
    return interleaved([Work(do)], samples=samples, clock=clock)[0]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


@contextmanager
def settled() -> Iterator[None]:
    """Collect what earlier figures left behind and set aside what is loaded, so that none pays for another.

    The collector walks only what is made from now on, as in the product, which freezes what it has loaded
    (`mobility.app`): here it would walk every library that something is compared with.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.collect()
