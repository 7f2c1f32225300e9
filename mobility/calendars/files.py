"""Reads `config/calendars/*.toml`: institutions, corrected weekends, and cautions about the package's data.

A file that cannot be read is refused by name of file and key, as a whole.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from mobility.domain.calendars import Weekend, dated_weekends
from mobility.domain.errors import DomainError
from mobility.domain.time_limits.arithmetic import easter_sunday
from mobility.resources import resource_dir

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOT_INSTITUTIONS = frozenset({"weekends.toml", "cautions.toml"})


class CalendarFileInvalid(DomainError):
    """A calendar file cannot be read; `file`, `key` and `value` name the place."""

    code = "calendar_file_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An institution's own list: a usual pattern, and the lists that were published for single years."""

    code: str
    name: str
    source: str
    first_year: int
    last_year: int
    weekend: Weekend
    typical: bool
    pattern: tuple[Mapping[str, Any], ...]
    published: Mapping[int, Mapping[date, str]]

    def holidays(self, year: int) -> Mapping[date, str]:
        """Return the holidays of the year: the published list where there is one, else the pattern."""
        if year in self.published:
            return self.published[year]
        return {day: entry["name"] for entry in self.pattern for day in _pattern_days(entry, year)}

    def is_typical(self, year: int) -> bool:
        """Return whether the year's days are only the usual ones, not a published list."""
        return self.typical and year not in self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """Public holidays that are not days off from a day on, by emergency law."""

    since: date
    moved_from_weekend: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moon:
    """Holidays that the moon decides, from a year on."""

    from_year: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What is known better than the package, by country."""

    weekends: Mapping[str, Weekend]
    doubtful_weekends: frozenset[str]
    recalled_weekends: frozenset[str]
    suspended: Mapping[str, Suspended]
    moon: Mapping[str, Moon]
    make_up: frozenset[str]


def _pattern_days(entry: Mapping[str, Any], year: int) -> Iterator[date]:
    if "easter" in entry:
        yield easter_sunday(year) + timedelta(days=entry["easter"])
        return
    first = date.fromisoformat(f"{year}-{entry['day']}")
    yield from _through(first, date.fromisoformat(f"{year}-{entry.get('until', entry['day'])}"))


def _through(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CalendarFileInvalid(file=path.name, key="", value=str(error)) from error


def _weekdays(names: list[str]) -> frozenset[int]:
    return frozenset(_WEEKDAYS.index(name) for name in names)


def read_institution(path: Path) -> Institution:
    """Return the institution of one file; raises CalendarFileInvalid naming file and key."""
    table = _load(path)
    key = ""
    try:
        key = "published"
        published = {entry["year"]: _published(entry) for entry in table.get("published", [])}
        key = "holiday"
        pattern = tuple(table["holiday"])
        for entry in pattern:
            if not set(entry) <= {"name", "day", "until", "easter"} or not list(_pattern_days(entry, 2024)):
                raise ValueError(entry)
        key = "weekend"
        weekend = dated_weekends([(date.min, _weekdays(table["weekend"]))])
        key = "code, name, source, first_year or last_year"
        return Institution(
            code=table["code"],
            name=table["name"],
            source=table["source"],
            first_year=int(table["first_year"]),
            last_year=int(table["last_year"]),
            weekend=weekend,
            typical=bool(table.get("typical", False)),
            pattern=pattern,
            published=published,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarFileInvalid(file=path.name, key=key, value=str(error)) from error


def _published(entry: Mapping[str, Any]) -> Mapping[date, str]:
    found: dict[date, str] = {}
    for holiday in entry["holidays"]:
        for day in _through(holiday["day"], holiday.get("until", holiday["day"])):
            if day.year != entry["year"]:
                raise ValueError(day.isoformat())
            found[day] = holiday["name"]
    return found


@cache
def institutions() -> Mapping[str, Institution]:
    """Return the institutions of this installation by their code."""
    folder = resource_dir("config") / "calendars"
    found = [read_institution(path) for path in sorted(folder.glob("*.toml")) if path.name not in _NOT_INSTITUTIONS]
    return {institution.code: institution for institution in found}


@cache
def corrections() -> Corrections:
    """Return this installation's corrections of the package."""
    folder = resource_dir("config") / "calendars"
    return read_corrections(folder / "weekends.toml", folder / "cautions.toml")


def read_corrections(weekends: Path, cautions: Path) -> Corrections:
    """Return the corrections of two files; raises CalendarFileInvalid naming file and key."""
    spans = _load(weekends)
    notes = _load(cautions)
    try:
        by_country: dict[str, list[tuple[date, frozenset[int]]]] = {}
        for entry in spans.get("weekend", []):
            by_country.setdefault(entry["country"], []).append((entry["from"], _weekdays(entry["days"])))
        dated = {country: dated_weekends(each) for country, each in by_country.items()}
        doubtful = frozenset(entry["country"] for entry in spans.get("doubtful", []))
        recalled = frozenset(
            entry["country"] for entry in spans.get("weekend", []) if entry["confidence"] == "recalled"
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarFileInvalid(file=weekends.name, key="weekend", value=str(error)) from error
    try:
        return Corrections(
            weekends=dated,
            doubtful_weekends=doubtful,
            recalled_weekends=recalled,
            suspended={entry["country"]: _suspended(entry) for entry in notes.get("suspended", [])},
            moon={entry["country"]: _moon(entry) for entry in notes.get("moon", [])},
            make_up=frozenset(code for entry in notes.get("make_up", []) for code in entry["countries"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CalendarFileInvalid(file=cautions.name, key="", value=str(error)) from error


def _suspended(entry: Mapping[str, Any]) -> Suspended:
    return Suspended(since=entry["from"], moved_from_weekend=bool(entry["moved_from_weekend"]))


def _moon(entry: Mapping[str, Any]) -> Moon:
    return Moon(from_year=int(entry["from_year"]), names=tuple(entry["names"]))
