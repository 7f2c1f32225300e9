"""Goals 7 to 10: matrices and days from the sums that are kept, against pandas and DuckDB over every stay.

Stays of one programme between 30 countries, 15 years, one to 300 days long. Every way must give the same numbers before
anything is told. What is timed of the product are its own queries; pandas reads the file of stays each time, DuckDB has
its columns as whole numbers in memory. MOBILITY_BENCH_STAYS changes the sizes ("1000000 5000000").
"""

import csv
import os
import random
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from sqlalchemy import create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from bench.figures import Figure, Work, interleaved, settled
from mobility.storage.flow_counting import creation, recount_statements
from mobility.storage.models.reciprocity import Flow, FlowImport, FlowSummary, ImportedFlow
from mobility.storage.queries.flow_heads import sum_heads_by_year
from mobility.storage.queries.flow_source import FlowSource
from mobility.storage.queries.flow_sums import read_flows
from mobility.storage.scope import ALL, set_scope

_CODES = "ATBEBRCACHCLCNCODEEGESFRGBGHIDINITJPKEKRMAMXNGNLPEPLSETNTRZA"
COUNTRIES = tuple(_CODES[place : place + 2] for place in range(0, len(_CODES), 2))
FIRST, YEARS, YEAR = date(2010, 1, 1), range(2010, 2025), 2020
PERIODS = tuple((date(year, 1, 1), date(year, 12, 31)) for year in YEARS)
LAST_DAY = PERIODS[-1][1]
TODAY = date(2026, 1, 1)
SOURCE = FlowSource(programme_ids=frozenset({1}))
SAMPLES, INSERTS = 5, 200
SQL_GOAL_MS = 50


@dataclass(frozen=True, slots=True)
class Stays:
    """The same stays three times over."""

    session: Session
    table: duckdb.DuckDBPyConnection
    file: Path


def measure() -> Iterator[Figure]:
    """Measure every size in turn."""
    for size in map(int, os.environ.get("MOBILITY_BENCH_STAYS", "1000000 5000000").split()):
        with tempfile.TemporaryDirectory() as folder, _stays(Path(folder), size) as stays, settled():
            yield from _matrices(stays, size)
            yield from _days(stays, size)
            yield from _report(stays, size)
    yield from _inserts()


def _matrices(stays: Stays, size: int) -> Iterator[Figure]:
    one, by_pandas, by_duckdb = (lambda: of_one_year(stays)), (lambda: pandas_year(stays)), (lambda: duckdb_year(stays))
    _agree(one(), by_pandas(), by_duckdb())
    kept, pandas, duck = interleaved(
        [Work(one, 5), Work(by_pandas), Work(by_duckdb, 3)], samples=SAMPLES, clock=perf_counter
    )
    yield Figure.times(f"reciprocity_year_over_pandas_{size}", pandas / kept, 100)
    yield Figure.times(f"reciprocity_year_over_duckdb_{size}", duck / kept, 10)
    all_years = (lambda: of_all_years(stays)), (lambda: pandas_years(stays)), (lambda: duckdb_years(stays))
    _agree(*(work() for work in all_years))
    kept, pandas, duck = interleaved([Work(work) for work in all_years], samples=SAMPLES, clock=perf_counter)
    yield Figure(name=f"reciprocity_years_of_pandas_{size}", value=kept / pandas, unit="times", goal=0.25)
    yield Figure(name=f"reciprocity_years_of_duckdb_{size}", value=kept / duck, unit="times", goal=2.5)


def _days(stays: Stays, size: int) -> Iterator[Figure]:
    works = (lambda: split_days(stays)), (lambda: pandas_days(stays)), (lambda: duckdb_days(stays))
    _agree(*(work() for work in works))
    kept, pandas, duck = interleaved([Work(work) for work in works], samples=SAMPLES, clock=perf_counter)
    yield Figure(name=f"reciprocity_days_of_pandas_{size}", value=kept / pandas, unit="times", goal=1 / 3)
    yield Figure(name=f"reciprocity_days_of_duckdb_{size}", value=kept / duck, unit="times", goal=1.3)


def _report(stays: Stays, size: int) -> Iterator[Figure]:
    """The statements over flows that a page of the report makes: window, ten periods of the ledger, income groups."""
    spans = [(date(2022, 1, 1), LAST_DAY), *PERIODS[-10:]]

    def page() -> None:
        read_flows(stays.session, SOURCE, spans, planned=False, today=TODAY)
        sum_heads_by_year(stays.session, SOURCE, spans[0])

    page()
    taken = sorted(_sql_seconds(stays.session, page) for _ in range(SAMPLES))[SAMPLES // 2]
    yield Figure(name=f"reciprocity_report_sql_{size}", value=taken * 1000, unit="ms", goal=SQL_GOAL_MS)


def _sql_seconds(session: Session, do: Any) -> float:
    engine = session.get_bind()
    started, total = [0.0], [0.0]

    def before(*_: Any) -> None:
        started[0] = perf_counter()

    def after(*_: Any) -> None:
        total[0] += perf_counter() - started[0]

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        do()
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
    return total[0]


# ------------------------------------------------------------------ the product


def of_one_year(stays: Stays) -> dict[Any, int]:
    return sum_heads_by_year(stays.session, SOURCE, (date(YEAR, 1, 1), date(YEAR, 12, 31)))


def of_all_years(stays: Stays) -> dict[Any, int]:
    return sum_heads_by_year(stays.session, SOURCE, (FIRST, LAST_DAY))


def split_days(stays: Stays) -> dict[Any, int]:
    sums, _ = read_flows(stays.session, SOURCE, PERIODS, planned=False, today=TODAY)
    return {(year, s.origin, s.host): n for s in sums for year, n in zip(YEARS, s.days, strict=True) if n}


# ------------------------------------------------------------------ pandas, from the file


def _frame(stays: Stays) -> pd.DataFrame:
    return pd.read_csv(stays.file, keep_default_na=False, parse_dates=["start_on", "end_on"])


def pandas_year(stays: Stays) -> dict[Any, int]:
    frame = _frame(stays)
    kept = frame[frame.start_on.dt.year == YEAR]
    return {(YEAR, *pair): int(heads) for pair, heads in kept.groupby(["origin", "host"]).size().items()}


def pandas_years(stays: Stays) -> dict[Any, int]:
    frame = _frame(stays)
    return {key: int(n) for key, n in frame.groupby([frame.start_on.dt.year, "origin", "host"]).size().items()}


def pandas_days(stays: Stays) -> dict[Any, int]:
    frame, found = _frame(stays), {}
    for year, (first, last) in zip(YEARS, PERIODS, strict=True):
        days = (
            frame.end_on.clip(upper=pd.Timestamp(last)) - frame.start_on.clip(lower=pd.Timestamp(first))
        ).dt.days + 1
        sums = days.clip(lower=0).groupby([frame.origin, frame.host]).sum()
        found |= {(year, *pair): int(n) for pair, n in sums.items() if n}
    return found


# ------------------------------------------------------------------ DuckDB, tuned: whole numbers and enumerations


def duckdb_year(stays: Stays) -> dict[Any, int]:
    query = f"SELECT origin, host, count(*) FROM stays WHERE year = {YEAR} GROUP BY origin, host"
    return {(YEAR, origin, host): heads for origin, host, heads in stays.table.execute(query).fetchall()}


def duckdb_years(stays: Stays) -> dict[Any, int]:
    rows = stays.table.execute("SELECT year, origin, host, count(*) FROM stays GROUP BY year, origin, host").fetchall()
    return {(year, origin, host): heads for year, origin, host, heads in rows}


def duckdb_days(stays: Stays) -> dict[Any, int]:
    bounds = ", ".join(
        f"({year}, {first.toordinal()}, {last.toordinal()})" for year, (first, last) in zip(YEARS, PERIODS, strict=True)
    )
    rows = stays.table.execute(
        "SELECT p.year, origin, host, sum(least(last, p.high) - greatest(first, p.low) + 1)::BIGINT FROM stays "
        f"JOIN (VALUES {bounds}) AS p(year, low, high) ON first <= p.high AND last >= p.low "
        "GROUP BY p.year, origin, host"
    ).fetchall()
    return {(year, origin, host): days for year, origin, host, days in rows}


def _agree(*answers: dict[Any, int]) -> None:
    if any(answer != answers[0] for answer in answers):
        raise AssertionError("the ways of counting disagree")


# ------------------------------------------------------------------ the stays


@contextmanager
def _stays(folder: Path, size: int) -> Iterator[Stays]:
    """Write the stays as a file, as the product's tables and as columns; all of them are over before the last day."""
    chance = np.random.default_rng(7)
    pairs = chance.integers(0, len(COUNTRIES) * (len(COUNTRIES) - 1), size)
    origins, places = pairs // (len(COUNTRIES) - 1), pairs % (len(COUNTRIES) - 1)
    hosts = places + (places >= origins)
    starts = FIRST.toordinal() + chance.integers(0, LAST_DAY.toordinal() - FIRST.toordinal() - 300, size)
    ends = starts + chance.integers(0, 300, size)
    rows = list(zip(origins.tolist(), hosts.tolist(), starts.tolist(), ends.tolist(), strict=True))
    file = folder / "stays.csv"
    _write_file(file, rows)
    table = duckdb.connect()
    names = np.array(COUNTRIES)
    frame = pd.DataFrame({"origin": names[origins], "host": names[hosts], "first": starts, "last": ends})  # noqa: F841
    year = "year(DATE '0001-01-01' + (first - 1)::INTEGER)"
    codes = ", ".join(f"'{code}'" for code in COUNTRIES)
    table.execute(f"CREATE TYPE country AS ENUM ({codes})")
    table.execute(
        f"CREATE TABLE stays AS SELECT {year}::SMALLINT AS year, origin::country AS origin, host::country AS host, "
        "first::INTEGER AS first, last::INTEGER AS last FROM frame"
    )
    _write_database(folder / "stays.sqlite", rows)
    engine = create_engine(f"sqlite:///{folder / 'stays.sqlite'}")
    with Session(engine) as session:
        set_scope(session, ALL)
        yield Stays(session, table, file)
    engine.dispose()
    table.close()


def _days_as_text() -> dict[int, str]:
    numbers = range(FIRST.toordinal(), LAST_DAY.toordinal() + 1)
    return {number: date.fromordinal(number).isoformat() for number in numbers}


def _write_file(file: Path, rows: Sequence[tuple[int, int, int, int]]) -> None:
    days = _days_as_text()
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("origin", "host", "start_on", "end_on"))
        writer.writerows((COUNTRIES[a], COUNTRIES[b], days[start], days[end]) for a, b, start, end in rows)


def _write_database(path: Path, rows: Sequence[tuple[int, int, int, int]]) -> None:
    days = _days_as_text()
    with closing(sqlite3.connect(path)) as connection:
        _make_tables(connection)
        connection.executemany(
            "INSERT INTO flow (instrument_id, programme_id, origin, host, discipline, status, start_on, end_on) "
            "VALUES (1, 1, ?, ?, '', 'actual', ?, ?)",
            ((COUNTRIES[a], COUNTRIES[b], days[start], days[end]) for a, b, start, end in rows),
        )
        for statement in recount_statements("sqlite"):
            connection.execute(statement)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()


def _make_tables(connection: sqlite3.Connection) -> None:
    for row_type in (Flow, FlowImport, ImportedFlow, FlowSummary):
        table = row_type.__table__
        connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))  # type: ignore[arg-type]
        for index in table.indexes:  # type: ignore[attr-defined]
            connection.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))


def _inserts() -> Iterator[Figure]:
    """One stay in each transaction, flushed to the disk as in production, with the triggers and without."""
    with tempfile.TemporaryDirectory() as folder, settled():
        works = []
        for name, statements in (("with", creation("sqlite")), ("without", [])):
            connection = sqlite3.connect(Path(folder) / f"{name}.sqlite", isolation_level=None)
            connection.execute("PRAGMA synchronous = FULL")
            _make_tables(connection)
            for statement in statements:
                connection.execute(statement)
            works.append(Work(_inserting(connection, random.Random(10))))
        counted, bare = interleaved(works, samples=SAMPLES, clock=perf_counter)
    yield Figure.times("reciprocity_inserts_with_sums", bare / counted, 0.25)


def _inserting(connection: sqlite3.Connection, chance: random.Random) -> Any:
    def insert() -> None:
        for _ in range(INSERTS):
            origin, host = chance.sample(COUNTRIES, 2)
            start = FIRST.toordinal() + chance.randrange(5000)
            days = date.fromordinal(start).isoformat(), date.fromordinal(start + chance.randrange(300)).isoformat()
            connection.execute(
                "INSERT INTO flow (instrument_id, programme_id, origin, host, discipline, status, start_on, end_on) "
                "VALUES (1, 1, ?, ?, 'music', 'actual', ?, ?)",
                (origin, host, *days),
            )

    return insert
