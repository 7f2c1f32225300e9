"""Goal 11: time limits counted per second, against the loop that asks `d in holidays` and against numpy.

The jobs are working-day periods and calendar periods that roll, on one calendar, each answer compared with the loop's.
"Engine" is the prepared period (`mobility.domain.time_limits.prepared`), preparation included; "explained" keeps the
derivation as well, told in full when it is read. The bulk path gets and gives dates, as the database does, and so does
numpy; the figure with arrays that are ready before the clock starts stands beside it.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np
from holidays import country_holidays

from bench.figures import Figure, Work, interleaved, settled
from mobility import calendars
from mobility.domain.time_limits import ManyStarts, PreparedPeriod, TimeLimit, prepare
from mobility.storage.rule_set_files import installed_rule_sets

ENGINE_GOAL = 50
EXPLAINED_GOAL = 15
BULK_GOAL = 5
JOBS = 100_000
BULK_JOBS = 1_000_000
SAMPLES = 5
YEARS = (2020, 2031)
LENGTHS = (5, 10, 15, 20, 30, 45, 60, 90)
FIRST_DAY, DAYS = date(2020, 1, 1), 3600
BULK_LENGTH = 20

Job = tuple[date, str, int]


def measure() -> Iterator[Figure]:
    """Count every job each way; the answers must be equal before anything is told."""
    chance = random.Random(11)
    jobs = [_job(chance) for _ in range(JOBS)]
    expected = by_loop(jobs)
    if by_engine(jobs) != expected or [trail.day for trail in by_engine_explained(jobs)] != expected:
        raise AssertionError("the engine and the loop disagree")
    with settled():
        works = [Work(lambda: by_loop(jobs)), Work(lambda: by_engine(jobs)), Work(lambda: by_engine_explained(jobs))]
        loop, engine, explained = interleaved(works, samples=SAMPLES)
    yield _ratio("deadline_engine_over_loop", loop / engine, ENGINE_GOAL)
    yield _ratio("deadline_explained_over_loop", loop / explained, EXPLAINED_GOAL)
    with settled():
        yield from _bulk(chance)


def _ratio(name: str, value: float, goal: float) -> Figure:
    return Figure(name=name, value=value, unit="times", goal=goal, at_least=True)


def _job(chance: random.Random) -> Job:
    start = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    return start, chance.choice(("working_days", "days")), chance.choice(LENGTHS)


def by_loop(jobs: list[Job]) -> list[date]:
    """Count day by day, as a first version does."""
    closed = country_holidays("DE", subdiv="BY", years=range(YEARS[0], YEARS[1] + 1))
    one, found = timedelta(days=1), []
    for start, unit, length in jobs:
        day = start
        if unit == "days":
            day += length * one
            while day.weekday() >= 5 or day in closed:
                day += one
        else:
            left = length
            while left:
                day += one
                if day.weekday() < 5 and day not in closed:
                    left -= 1
        found.append(day)
    return found


def _prepared() -> Callable[[str, int], PreparedPeriod]:
    """Return what prepares each period once."""
    known: dict[tuple[str, int], PreparedPeriod] = {}

    def period(unit: str, length: int) -> PreparedPeriod:
        found = known.get((unit, length))
        if found is None:
            rule_set = "WORKDAYS" if unit == "working_days" else "FRCPC"
            asked = TimeLimit(
                rule_set=rule_set, start=FIRST_DAY, period=str(length), unit=unit, calendar="DE-BY", kind="act"
            )
            law = {"rule_sets": installed_rule_sets(), "calendars": calendars.source()}
            found = known[unit, length] = prepare(asked, years=YEARS, **law)
        return found

    return period


def by_engine(jobs: list[Job]) -> list[date]:
    """Count by prepared periods."""
    period = _prepared()
    return [period(unit, length).day(start) for start, unit, length in jobs]


def by_engine_explained(jobs: list[Job]) -> list:
    """Count by prepared periods and keep what led to each day."""
    period = _prepared()
    return [period(unit, length).explained(start) for start, unit, length in jobs]


def _bulk(chance: random.Random) -> Iterator[Figure]:
    """Count one period from a million days, dates in and dates out; numpy also with its arrays ready."""
    closed = _holidays()
    starts = [FIRST_DAY + timedelta(days=chance.randrange(DAYS)) for _ in range(BULK_JOBS)]
    ready = np.array(starts, dtype="datetime64[D]")
    if by_numpy(ready, closed).tolist() != by_bulk(starts):
        raise AssertionError("the bulk path and numpy disagree")
    works = [
        Work(lambda: by_numpy(np.array(starts, dtype="datetime64[D]"), closed).tolist()),
        Work(lambda: by_numpy(ready, closed)),
        Work(lambda: by_bulk(starts)),
    ]
    converted, on_arrays, bulk = interleaved(works, samples=SAMPLES)
    yield _ratio("deadline_bulk_over_busday_offset", converted / bulk, BULK_GOAL)
    yield _ratio("deadline_bulk_of_dates_over_busday_offset_on_arrays", on_arrays / bulk, 1)


def _holidays() -> np.ndarray:
    days = country_holidays("DE", subdiv="BY", years=range(YEARS[0], YEARS[1] + 1))
    return np.array(sorted(days), dtype="datetime64[D]")


def by_numpy(starts: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Count as numpy does; the roll goes back, because from a closed day its own counts one day too many."""
    return np.busday_offset(starts, BULK_LENGTH, roll="backward", holidays=closed)


def by_bulk(starts: list[date]) -> list[date]:
    """Count by the bulk path, its preparation included."""
    asked = TimeLimit(
        rule_set="WORKDAYS", start=FIRST_DAY, period=str(BULK_LENGTH), unit="working_days", calendar="DE-BY"
    )
    many = ManyStarts(asked, years=YEARS, rule_sets=installed_rule_sets(), calendars=calendars.source())
    return many.last_days_of(starts)
