"""Goal 11: time limits counted per second, against the loop that asks `d in holidays` and against numpy.

The jobs are working-day periods, and every fourth a calendar period that rolls, on one calendar; each answer is
compared with the loop's. "Engine" is the prepared period (`mobility.domain.time_limits.prepared`), its preparation
included; "explained" gives an answer that can tell its derivation when it is read. The bulk path gets and gives dates,
as the database does, and so does numpy.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
from holidays import country_holidays

from bench.figures import Figure, Work, interleaved, settled
from mobility import calendars
from mobility.domain.time_limits import ManyStarts, PreparedPeriod, TimeLimit, prepare
from mobility.domain.time_limits.trails import Trail
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

Job = tuple[date, str]
"""The trigger, and a period as provisions write it: 20wd, 30d."""


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
    yield Figure.times("deadline_engine_over_loop", loop / engine, ENGINE_GOAL)
    yield Figure.times("deadline_explained_over_loop", loop / explained, EXPLAINED_GOAL)
    with settled():
        yield from _bulk(chance)


def _job(chance: random.Random) -> Job:
    start = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    return start, f"{chance.choice(LENGTHS)}{chance.choice(('wd', 'wd', 'wd', 'd'))}"


def by_loop(jobs: list[Job]) -> list[date]:
    """Count day by day, as a first version does."""
    closed = country_holidays("DE", subdiv="BY", years=range(YEARS[0], YEARS[1] + 1))
    one, found = timedelta(days=1), []
    for start, period in jobs:
        day, left = start, int(period.rstrip("wd"))
        if not period.endswith("wd"):
            day += left * one
            while day.weekday() >= 5 or day in closed:
                day += one
        else:
            while left:
                day += one
                if day.weekday() < 5 and day not in closed:
                    left -= 1
        found.append(day)
    return found


class Periods(dict[str, PreparedPeriod]):
    """Each period, prepared when it is first asked for."""

    def __missing__(self, period: str) -> PreparedPeriod:
        rule_set = "WORKDAYS" if period.endswith("wd") else "FRCPC"
        unit = "working_days" if period.endswith("wd") else "days"
        length = period.rstrip("wd")
        asked = TimeLimit(rule_set=rule_set, start=FIRST_DAY, period=length, unit=unit, calendar="DE-BY")
        found = prepare(asked, years=YEARS, rule_sets=installed_rule_sets(), calendars=calendars.source())
        self[period] = found
        return found


def by_engine(jobs: list[Job]) -> list[date]:
    """Count by prepared periods."""
    periods = Periods()
    return [periods[period].day(start) for start, period in jobs]


def by_engine_explained(jobs: list[Job]) -> list[Trail]:
    """Count by prepared periods and keep what led to each day."""
    periods = Periods()
    return [periods[period].explained(start) for start, period in jobs]


def _bulk(chance: random.Random) -> Iterator[Figure]:
    """Count one period from a million days, dates in and dates out; numpy also with its arrays ready."""
    closed = _holidays()
    starts = [FIRST_DAY + timedelta(days=chance.randrange(DAYS)) for _ in range(BULK_JOBS)]
    ready = np.array(starts, dtype="datetime64[D]")
    if by_numpy(ready, closed).tolist() != by_bulk(starts):
        raise AssertionError("the bulk path and numpy disagree")
    works = [
        Work(lambda: by_numpy(np.array(starts, dtype="datetime64[D]"), closed).tolist()),
        Work(lambda: by_bulk(starts)),
    ]
    converted, bulk = interleaved(works, samples=SAMPLES)
    yield Figure.times("deadline_bulk_over_busday_offset", converted / bulk, BULK_GOAL)


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
