"""Finds rows that repeat an earlier one among millions, in a bounded amount of memory.

Each row leaves 64 bits of its hash and its line in a temporary SQLite database, which spills to a file by itself; equal
hashes are found by sorting. Two different rows would be taken for the same with a probability of about 10^-6 in ten
million. What makes two rows the same is decided by the caller.
"""

import sqlite3
from collections.abc import Hashable, Iterator
from contextlib import closing, contextmanager
from typing import Final

_PORTION: Final = 10_000


class SeenRows:
    """Remembers rows by what must be unique about them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[int, int]] = []
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("CREATE TABLE seen (hash INTEGER NOT NULL, line INTEGER NOT NULL)")

    def add(self, row: Hashable, line: int) -> None:
        self._waiting.append((hash(row), line))
        if len(self._waiting) >= _PORTION:
            self._write()

    def count_repeats(self) -> int:
        """Return how many rows repeat an earlier one."""
        self._write()
        query = (
            "SELECT COALESCE(SUM(rows - 1), 0) FROM (SELECT COUNT(*) AS rows FROM seen GROUP BY hash HAVING rows > 1)"
        )
        return int(self._connection.execute(query).fetchone()[0])

    def list_repeats(self, most: int) -> list[tuple[int, int]]:
        """Return up to `most` repeating rows as (line, first line that said the same), by line."""
        self._write()
        query = (
            "SELECT seen.line, first.line FROM seen JOIN (SELECT hash, MIN(line) AS line FROM seen GROUP BY hash "
            "HAVING COUNT(*) > 1) AS first ON first.hash = seen.hash AND seen.line > first.line "
            "ORDER BY seen.line LIMIT ?"
        )
        return [(line, first) for line, first in self._connection.execute(query, (most,))]

    def _write(self) -> None:
        self._connection.executemany("INSERT INTO seen VALUES (?, ?)", self._waiting)
        self._waiting.clear()


@contextmanager
def seen_rows() -> Iterator[SeenRows]:
    """Open an empty memory of rows; it is gone at the end."""
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        yield SeenRows(connection)
