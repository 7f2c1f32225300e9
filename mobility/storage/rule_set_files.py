"""Reads `config/rule_sets.toml` into the domain's rule sets.

Every key is checked against the fields of `RuleSet`; a wrong one is refused by name of file, table and key. What
the values mean is decided in `mobility.domain.time_limits`.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from mobility.domain.calendars import Season
from mobility.domain.errors import DomainError
from mobility.domain.time_limits.errors import RuleSetInvalid
from mobility.domain.time_limits.rule_sets import (
    ACTING,
    Backward,
    CompositeOrder,
    Direction,
    Extension,
    Fraction,
    HoursClock,
    HoursStart,
    Kind,
    MonthEnd,
    Procedure,
    Reading,
    Result,
    RollTo,
    RuleSet,
    Standstill,
    Start,
    SubdivisionHolidays,
    Suspension,
    TermEnd,
    Unit,
)
from mobility.resources import resource_dir

Table = Mapping[str, Any]


class RuleSetFileInvalid(DomainError):
    """A table of the file cannot be read; `file`, `key` and `value` name the place."""

    code = "rule_set_file_invalid"


@cache
def installed_rule_sets() -> Mapping[str, RuleSet]:
    """Return the rule sets of this installation, read once per process."""
    return read_rule_sets(resource_dir("config") / "rule_sets.toml")


def read_rule_sets(path: Path) -> Mapping[str, RuleSet]:
    """Return the rule sets of the file by their code.

    Raises RuleSetFileInvalid naming file and key for a file that is not TOML, an unknown key, a value of the wrong
    kind, a reference to a table that does not exist or refers onward to itself.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleSetFileInvalid(file=path.name, key="", value=str(error)) from error
    result = {code: _rule_set(path.name, code, tables) for code in tables}
    for rules in result.values():
        for name in ("backward_rules", "working_day_rules"):
            other = getattr(rules, name)
            if other and other not in result:
                raise RuleSetFileInvalid(file=path.name, key=f"{rules.code}.{name}", value=other)
    return result


def _rule_set(file: str, code: str, tables: Table) -> RuleSet:
    values: dict[str, Any] = {}
    for key, value in _merged(file, code, tables, seen=()).items():
        values[key] = _value(file, f"{code}.{key}", key, value)
    if "law" not in values:
        raise RuleSetFileInvalid(file=file, key=f"{code}.law", value="")
    try:
        return RuleSet(code=code, **values)
    except RuleSetInvalid as error:
        key = f"{code}.{error.parameters['key']}"
        raise RuleSetFileInvalid(file=file, key=key, value=error.parameters["value"]) from error


def _merged(file: str, code: str, tables: Table, seen: tuple[str, ...]) -> dict[str, Any]:
    """Return the table on top of the one it is like; readings and articles are replaced whole, not mixed."""
    table = tables.get(code)
    if not isinstance(table, dict):
        raise RuleSetFileInvalid(file=file, key=".".join((*seen, code)), value=repr(table))
    other = table.get("like")
    if other is None:
        return dict(table)
    if not isinstance(other, str) or other not in tables or other in (*seen, code):
        raise RuleSetFileInvalid(file=file, key=f"{code}.like", value=repr(other))
    merged = _merged(file, other, tables, (*seen, code)) | table
    del merged["like"]
    return merged


def _value(file: str, place: str, key: str, value: object) -> object:
    reader = _READERS.get(key)
    if reader is None:
        raise RuleSetFileInvalid(file=file, key=place, value="unknown key")
    if key == "readings":
        return _readings(file, place, value)
    try:
        return reader(value)
    except (ValueError, TypeError, KeyError) as error:
        raise RuleSetFileInvalid(file=file, key=place, value=repr(value)) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(value)
    return value


def _day(value: object) -> date:
    if type(value) is not date:
        raise TypeError(value)
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(value)
    return [_text(each) for each in value]


def _table(value: object, *allowed: str) -> Table:
    if not isinstance(value, dict) or (allowed and not set(value) <= set(allowed)):
        raise TypeError(value)
    return value


def _kinds(value: object) -> frozenset[Kind]:
    found: set[Kind] = set()
    for text in _texts(value):
        found |= ACTING if text == "acting" else {Kind(text)}
    return frozenset(found)


def _units(value: object) -> frozenset[Unit]:
    return frozenset(Unit(text) for text in _texts(value))


def _directions(value: object) -> frozenset[Direction]:
    return frozenset(Direction(text) for text in _texts(value))


def _month_day(value: object) -> tuple[int, int]:
    day = date.fromisoformat(f"2024-{_text(value)}")
    return day.month, day.day


def _season(value: object) -> Season:
    table = _table(value, "from", "to")
    return _month_day(table["from"]), _month_day(table["to"])


def _seasons(value: object) -> tuple[Season, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_season(each) for each in value)


def _standstills(value: object) -> tuple[Standstill, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_standstill(each) for each in value)


def _standstill(value: object) -> Standstill:
    table = _table(value, "from", "to", "from_easter", "to_easter")
    if "from_easter" not in table:
        return Standstill(days=_season(value))
    first, last = table["from_easter"], table["to_easter"]
    if not isinstance(first, int) or not isinstance(last, int) or last < first or len(table) > 2:
        raise TypeError(value)
    return Standstill(easter=(first, last))


def _articles(value: object) -> Mapping[str, str]:
    return {key: _text(text) for key, text in _table(value).items()}


def _readings(file: str, place: str, value: object) -> tuple[Reading, ...]:
    if not isinstance(value, list):
        raise RuleSetFileInvalid(file=file, key=place, value=repr(value))
    return tuple(_reading(file, f"{place}[{number}]", each) for number, each in enumerate(value))


def _reading(file: str, place: str, value: object) -> Reading:
    if not isinstance(value, dict) or "question" not in value:
        raise RuleSetFileInvalid(file=file, key=f"{place}.question", value="")
    values: dict[str, Any] = {}
    for key, given in value.items():
        reader = _READING_READERS.get(key)
        if key == "set":
            changes = _changes(file, f"{place}.set", given)
            values["changes"] = changes
        elif reader is None:
            raise RuleSetFileInvalid(file=file, key=f"{place}.{key}", value="unknown key")
        else:
            try:
                values[key] = reader(given)
            except (ValueError, TypeError) as error:
                raise RuleSetFileInvalid(file=file, key=f"{place}.{key}", value=repr(given)) from error
    return Reading(**values)


def _changes(file: str, place: str, value: object) -> Table:
    if not isinstance(value, dict):
        raise RuleSetFileInvalid(file=file, key=place, value=repr(value))
    return {key: _value(file, f"{place}.{key}", key, given) for key, given in value.items()}


def _strings(value: object) -> frozenset[str]:
    return frozenset(_texts(value))


def _host(value: object) -> str:
    if value != "host":
        raise ValueError(value)
    return "host"


_READERS: Mapping[str, Callable[[object], object]] = {
    "law": _text,
    "source": _text,
    "confidence": _text,
    "valid_from": _day,
    "valid_to": _day,
    "procedure": lambda value: Procedure(_text(value)),
    "reason": _text,
    "directions": _directions,
    "units": _units,
    "backward_rules": _text,
    "working_day_rules": _text,
    "start": lambda value: Start(_text(value)),
    "month_end": lambda value: MonthEnd(_text(value)),
    "composite_order": lambda value: CompositeOrder(_text(value)),
    "fraction": lambda value: Fraction(_text(value)),
    "standstills": _standstills,
    "working_days_up_to": _number,
    "empty_period_is_same_day": _flag,
    "backward": lambda value: Backward(_text(value)),
    "forward_full_days": _kinds,
    "clamped_window_opens_day_after": _flag,
    "days_after_end": _number,
    "result": lambda value: Result(_text(value)),
    "rolls": _kinds,
    "rolls_backward": _kinds,
    "roll_to": lambda value: RollTo(_text(value)),
    "rolls_past_standstill": _flag,
    "minimum_working_days": _number,
    "minimum_kinds": _kinds,
    "hours_start": lambda value: HoursStart(_text(value)),
    "hours_clock": lambda value: HoursClock(_text(value)),
    "hours_roll": _flag,
    "hours_minimum_from": _number,
    "suspension": lambda value: Suspension(_text(value)),
    "first_suspended_day_counts": _flag,
    "extension": lambda value: Extension(_text(value)),
    "fixed_weekend": _flag,
    "saturday": _text,
    "closed": _seasons,
    "subdivision_holidays": lambda value: SubdivisionHolidays(_text(value)),
    "default_calendar": _text,
    "limit": _number,
    "window": _number,
    "latest_of_candidates": _flag,
    "term_end": lambda value: TermEnd(_text(value)),
    "articles": _articles,
    "readings": _text,
}

_READING_READERS: Mapping[str, Callable[[object], object]] = {
    "question": _text,
    "calendar": _host,
    "directions": lambda value: frozenset(each.value for each in _directions(value)),
    "units": lambda value: frozenset(each.value for each in _units(value)),
    "kinds": lambda value: frozenset(each.value for each in _kinds(value)),
    "countries": _strings,
    "parameter": _text,
    "unless_parameter": _text,
    "longest": _number,
    "shortest": _number,
    "where_weekend_differs": _flag,
}
