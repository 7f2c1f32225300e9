"""A TOML table that is read key by key, so that a key nobody asked for is a fault and not a silence.

Every reading method notes a fault and returns a harmless value of the right type; the caller throws the
whole file away afterwards. Meaning (do period and rule set fit?) is checked in `rules`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from mobility.domain.law_codes import DatePrecision
from mobility.storage.treaty_files.problems import Problems

Code = TypeVar("Code", bound=StrEnum)

EARLIEST_YEAR, LATEST_YEAR = 1800, 2200
LONGEST_TEXT = 1_000


class Table:
    """One TOML table at a `place`; call `close` after the last key to have unknown keys noted."""

    def __init__(self, data: Mapping[str, Any], place: str, problems: Problems) -> None:
        self.data = data
        self.place = place
        self._problems = problems
        self._asked: set[str] = set()

    def note(self, message: str) -> None:
        self._problems.note(self.place, message)

    def has(self, key: str) -> bool:
        return key in self.data

    def take(self, key: str, *, required: bool = False) -> Any:
        """Return the raw value, or None; a missing required key is noted."""
        self._asked.add(key)
        if key not in self.data and required:
            self.note(f'missing key "{key}"')
        return self.data.get(key)

    def text(self, key: str, *, required: bool = False, longest: int = LONGEST_TEXT) -> str:
        value = self.take(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.note(f'"{key}" must be a text that is not empty, not {value!r}')
            return ""
        if value != value.strip() or "\n" in value:
            self.note(f'"{key}" must be one line without spaces around it')
        if len(value) > longest:
            self.note(f'"{key}" has {len(value)} characters, more than {longest}')
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) or None

    def url(self, key: str) -> str | None:
        address = self.text(key, longest=400) or None
        if address is not None and (not address.startswith(("https://", "http://")) or " " in address):
            self.note(f'"{address}" is not a web address')
        return address

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.note(f'"{key}" must be true or false, not {value!r}')
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text alone is not a list."""
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.note(f'"{key}" must be a list of texts, not {value!r}')
            return ()
        if len(set(value)) != len(value):
            self.note(f'"{key}" names something twice: {value!r}')
        return tuple(value)

    def code(self, key: str, codes: type[Code], default: Code | None = None) -> Code:
        """Return a member of an enum; required unless there is a default."""
        value = self.take(key, required=default is None)
        fallback = default or next(iter(codes))
        if value is None:
            return fallback
        known = [str(code) for code in codes]
        if value not in known:
            self.unknown(key, value, known)
            return fallback
        return codes(value)

    def optional_code(self, key: str, codes: type[Code]) -> Code | None:
        return self.code(key, codes) if self.has(key) else self.take(key)

    def codes(self, key: str, codes: type[Code]) -> tuple[Code, ...]:
        """Return a list of members of an enum."""
        known = [str(code) for code in codes]
        values = self.texts(key)
        for value in values:
            if value not in known:
                self.unknown(key, value, known)
        return tuple(codes(value) for value in values if value in known)

    def word(self, key: str, known: Collection[str]) -> str:
        """Return a required word of a vocabulary that is data, not an enum."""
        value = self.text(key, required=True)
        if value and value not in known:
            self.unknown(key, value, known)
        return value

    def unknown(self, key: str, value: object, known: Iterable[str]) -> None:
        """Note a value outside a vocabulary, with the nearest word in it."""
        near = get_close_matches(str(value), list(known), n=1)
        hint = f' (did you mean "{near[0]}"?)' if near else ""
        self.note(f'unknown {key.replace("_", " ")} "{value}"{hint}')

    def day(self, key: str) -> date | None:
        """Return a date; here a year alone is not enough."""
        day, precision = self.dated(key)
        if precision is DatePrecision.YEAR:
            self.note(f'bad date in "{key}": {self.data[key]!r} is only a year')
        return day

    def dated(self, key: str, *, year_end: bool = False) -> tuple[date | None, DatePrecision]:
        """Return a date; where only the year is recorded it is written as a number and stands for its first
        day (`year_end`: its last).
        """
        value = self.take(key)
        if isinstance(value, datetime) or not isinstance(value, date | int | None) or isinstance(value, bool):
            self.note(f'bad date in "{key}": {value!r}')
            return None, DatePrecision.DAY
        if value is None:
            return None, DatePrecision.DAY
        year = value if isinstance(value, int) else value.year
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            self.note(f'bad date in "{key}": year {year} is not within {EARLIEST_YEAR} to {LATEST_YEAR}')
            return None, DatePrecision.DAY
        if isinstance(value, date):
            return value, DatePrecision.DAY
        return date(year, 12, 31) if year_end else date(year, 1, 1), DatePrecision.YEAR

    def table(self, key: str) -> "Table | None":
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.note(f'"{key}" must be a table, not {value!r}')
            return None
        return Table(value, f"{self.place}: {key}" if self.place else key, self._problems)

    def tables(self, key: str, place: Callable[[int, Mapping[str, Any]], str]) -> list["Table"]:
        """Return the tables of an array; `place` names each from its number (from 1) and its data."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.note(f'"{key}" must be written as [[{key}]] tables')
            return []
        return [Table(item, place(number, item), self._problems) for number, item in enumerate(value, 1)]

    def close(self) -> None:
        """Note every key that was not asked for."""
        for key in self.data:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, n=1)
                hint = f' (did you mean "{near[0]}"?)' if near else ""
                self.note(f'unknown key "{key}"{hint}')
