"""Reads the named extras of a question: one known set of keys, each with its type.

Keys that only inform (territory, depositary, parties) are accepted and change nothing; an unknown key is an error,
because a misspelt suspension would otherwise be a wrong date.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from mobility.domain.errors import DomainError
from mobility.domain.time_limits.arithmetic import Interval, merged, shift_days
from mobility.domain.time_limits.errors import (
    ParameterInvalid,
    StayInvalid,
    SuspensionInvalid,
    SuspensionsOverlap,
    SuspensionTooLong,
    UnknownParameter,
)
from mobility.domain.time_limits.rule_sets import Extension, Suspension

INFORMATION = frozenset({"territory", "depositary", "parties"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A period and its unit as they were written, or the day that an authority named instead."""

    period: str = ""
    unit: str = ""
    new_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A further day that competes: a date, or a period of its own."""

    day: date | None = None
    start: date | None = None
    period: str = ""
    unit: str = ""
    direction: str = "forward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The extras of one question, read and checked; `given` names those that were there."""

    given: frozenset[str] = frozenset()
    time_zone: str = ""
    display_zone: str = ""
    institution: str = ""
    host_country: str = ""
    saturday: str = ""
    holidays: tuple[date, ...] | None = None
    suspensions: tuple[Interval, ...] = ()
    suspension_model: Suspension | None = None
    extensions: tuple[Span, ...] = ()
    extension_model: Extension | None = None
    stays: tuple[Interval, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    renewal: Span | None = None
    notice: Span | None = None
    reference_date: date | None = None
    after: date | None = None


def read_parameters(params: Mapping[str, Any]) -> Parameters:
    """Return the extras; raises UnknownParameter, ParameterInvalid, StayInvalid or the errors of suspensions."""
    for key in params:
        if key not in _READERS and key not in INFORMATION:
            raise UnknownParameter(parameter=str(key))
    values = {key: _READERS[key](key, value) for key, value in params.items() if key in _READERS}
    return Parameters(given=frozenset(values), **values)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ParameterInvalid(parameter=key, value=repr(value))
    return value


def _saturday(key: str, value: object) -> str:
    if value not in ("working", "non_working"):
        raise ParameterInvalid(parameter=key, value=repr(value))
    return str(value)


def _suspension_model(key: str, value: object) -> Suspension:
    try:
        return Suspension(_text(key, value))
    except ValueError:
        raise ParameterInvalid(parameter=key, value=repr(value)) from None


def _extension_model(key: str, value: object) -> Extension:
    try:
        return Extension(_text(key, value))
    except ValueError:
        raise ParameterInvalid(parameter=key, value=repr(value)) from None


def _day(key: str, value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and len(value) == len("2026-01-01"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ParameterInvalid(parameter=key, value=repr(value))


def _list(key: str, value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise ParameterInvalid(parameter=key, value=repr(value))
    return value


def _table(key: str, value: object, *allowed: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or any(name not in allowed for name in value):
        raise ParameterInvalid(parameter=key, value=repr(value))
    return value


def _days(key: str, value: object) -> tuple[date, ...]:
    return tuple(_day(key, each) for each in _list(key, value))


def _intervals(key: str, value: object, error: type[DomainError], *further: str) -> tuple[Interval, ...]:
    result: list[Interval] = []
    for entry in _list(key, value):
        table = _table(key, entry, "from", "to", *further)
        if "from" not in table or "to" not in table:
            raise error(parameter=key, value=repr(dict(table)))
        first, last = _day(key, table["from"]), _day(key, table["to"])
        if last < first:
            raise error(first_day=first.isoformat(), last_day=last.isoformat())
        result.append((first, last))
    return tuple(result)


def _suspensions(key: str, value: object) -> tuple[Interval, ...]:
    """Return the suspended intervals; `cap` is the last day allowed, or how many days; reason and basis inform."""
    found = _intervals(key, value, SuspensionInvalid, "cap", "reason", "basis")
    for (first, last), entry in zip(found, _list(key, value), strict=True):
        if "cap" in entry and last > _capped(key, first, entry["cap"]):
            raise SuspensionTooLong(last_day=last.isoformat(), first_day=first.isoformat(), cap=str(entry["cap"]))
    for (_, before), (first, _) in pairwise(sorted(found)):
        if first <= before:
            raise SuspensionsOverlap(day=first.isoformat(), last_day=before.isoformat())
    return found


def _capped(key: str, first: date, cap: object) -> date:
    if isinstance(cap, int) and not isinstance(cap, bool):
        if cap < 1:
            raise ParameterInvalid(parameter=key, value=repr(cap))
        return shift_days(first, cap - 1)
    return _day(key, cap)


def _stays(key: str, value: object) -> tuple[Interval, ...]:
    return tuple(merged(_intervals(key, value, StayInvalid)))


def _amount(key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ParameterInvalid(parameter=key, value=repr(value))
    return str(value)


def _span(key: str, value: object) -> Span:
    table = _table(key, value, "period", "unit")
    if "period" not in table or "unit" not in table:
        raise ParameterInvalid(parameter=key, value=repr(dict(table)))
    return Span(period=_amount(key, table["period"]), unit=_text(key, table["unit"]))


def _extensions(key: str, value: object) -> tuple[Span, ...]:
    return tuple(_extension(key, entry) for entry in _list(key, value))


def _extension(key: str, entry: object) -> Span:
    if isinstance(entry, Mapping) and "date" in entry:
        return Span(new_date=_day(key, _table(key, entry, "date")["date"]))
    return _span(key, entry)


def _candidates(key: str, value: object) -> tuple[Candidate, ...]:
    return tuple(_candidate(key, entry) for entry in _list(key, value))


def _candidate(key: str, entry: object) -> Candidate:
    table = _table(key, entry, "date", "start", "period", "unit", "direction")
    if set(table) == {"date"}:
        return Candidate(day=_day(key, table["date"]))
    if "date" in table or not {"start", "period", "unit"} <= set(table):
        raise ParameterInvalid(parameter=key, value=repr(dict(table)))
    return Candidate(
        start=_day(key, table["start"]),
        period=_amount(key, table["period"]),
        unit=_text(key, table["unit"]),
        direction=_text(key, table.get("direction", "forward")),
    )


_READERS: Mapping[str, Any] = {
    "time_zone": _text,
    "display_zone": _text,
    "institution": _text,
    "host_country": _text,
    "saturday": _saturday,
    "holidays": _days,
    "suspensions": _suspensions,
    "suspension_model": _suspension_model,
    "extensions": _extensions,
    "extension_model": _extension_model,
    "stays": _stays,
    "candidates": _candidates,
    "renewal": _span,
    "notice": _span,
    "reference_date": _day,
    "after": _day,
}
