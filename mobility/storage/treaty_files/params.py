"""The table `params` of a provision: what a rule set needs beyond one period in one unit.

Every key and the shape of its value is declared here; the values are kept as JSON values, because that is
how the registry stores them and how the engine receives them.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mobility.domain.events import EventCode
from mobility.domain.law_codes import CalendarOwner, PeriodUnit
from mobility.storage.treaty_files.rules import period_fault
from mobility.storage.treaty_files.tables import Table

_CANDIDATE_DIRECTIONS = ("forward", "backward")
_START_CHOICES = ("first", "latest")
_PER = ("receiving_state", "sending_state", "engagement")
_EXCLUDED = ("abroad", "residence_permit", "long_stay_visa", "short_term_scholar", "absence")
_SEASON_DAY = re.compile(r"easter([+-]\d{1,2})?|(\d\d)-(\d\d)")


def read_params(table: Table | None) -> Mapping[str, object]:
    """Return the parameters as JSON values; unknown keys and impossible values are noted on the table."""
    if table is None:
        return MappingProxyType({})
    found = {key: read(table, key) for key, read in _READERS.items() if table.has(key)}
    if "month" in found or "day" in found:
        _check_fixed_day(table, found.get("month"), found.get("day"))
    table.close()
    return MappingProxyType(found)


def read_period(table: Table) -> tuple[str, PeriodUnit | None]:
    """Read `period` and `unit` of any table; they come together or not at all."""
    raw = table.take("period")
    unit = table.optional_code("unit", PeriodUnit)
    if raw is None and unit is None:
        return "", None
    if raw is None or unit is None:
        table.note('"period" and "unit" come together')
        return "", None
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        table.note(f'"period" must be a whole number or a text such as "3w+2wd", not {raw!r}')
        return "", None
    fault = period_fault(str(raw), unit)
    if fault:
        table.note(fault)
    return str(raw), unit


def _length(table: Table, key: str) -> object:
    inner = table.table(key)
    if inner is None:
        return None
    period, unit = read_period(inner)
    if unit is None:
        inner.note("a period is needed")
    inner.close()
    return {"period": period, "unit": str(unit)}


def _number(lowest: int, highest: int) -> Callable[[Table, str], object]:
    def read(table: Table, key: str) -> object:
        value = table.take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            table.note(f'"{key}" must be a whole number from {lowest} to {highest}, not {value!r}')
        return value

    return read


def _one_of(known: tuple[str, ...]) -> Callable[[Table, str], object]:
    def read(table: Table, key: str) -> object:
        value = table.text(key)
        if value and value not in known:
            table.unknown(key, value, known)
        return value

    return read


def _some_of(known: tuple[str, ...]) -> Callable[[Table, str], object]:
    def read(table: Table, key: str) -> object:
        values = table.texts(key)
        for value in values:
            if value not in known:
                table.unknown(key, value, known)
        return list(values)

    return read


def _date(table: Table, key: str) -> object:
    day = table.day(key)
    return day.isoformat() if day else None


def _flag(table: Table, key: str) -> object:
    return table.flag(key, default=False)


def _candidates(table: Table, key: str) -> object:
    """Further dates of a first-of or later-of rule: an event, or a trigger in words, and a period from it."""
    found: list[dict[str, object]] = []
    for candidate in table.tables(key, lambda number, _data: f"{table.place}: candidate {number}"):
        event = candidate.optional_code("event", EventCode)
        trigger = candidate.text("trigger")
        if not event and not trigger:
            candidate.note('a candidate needs "event" or "trigger"')
        period, unit = read_period(candidate)
        direction = candidate.text("direction") or "forward"
        if direction not in _CANDIDATE_DIRECTIONS:
            candidate.unknown("direction", direction, _CANDIDATE_DIRECTIONS)
        candidate.close()
        values = {"event": event and str(event), "trigger": trigger, "period": period}
        values |= {"unit": unit and str(unit), "direction": direction if period else ""}
        found.append({name: value for name, value in values.items() if value})
    return found


def _seasons(table: Table, key: str) -> object:
    """Days of the year on which nothing is counted, both ends included: `07-15` or `easter-7`."""
    found: list[dict[str, object]] = []
    for season in table.tables(key, lambda number, _data: f"{table.place}: season {number}"):
        ends = {end: season.text(end, required=True) for end in ("from", "to")}
        for end, value in ends.items():
            if value and not _is_season_day(value):
                season.note(f'bad day of the year in "{end}": {value!r}')
        season.close()
        found.append(dict(ends))
    return found


def _is_season_day(value: str) -> bool:
    match = _SEASON_DAY.fullmatch(value)
    if match is None:
        return False
    return match[2] is None or _is_day_of_year(int(match[2]), int(match[3]))


def _is_day_of_year(month: int, day: int) -> bool:
    # 2000 was a leap year: 29 February is a possible fixed day
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]


def _check_fixed_day(table: Table, month: object, day: object) -> None:
    if not isinstance(month, int) or not isinstance(day, int) or not _is_day_of_year(month, day):
        table.note(f"there is no day {day} of month {month}")


_READERS: Mapping[str, Callable[[Table, str], object]] = MappingProxyType(
    {
        "candidates": _candidates,
        "renewal": _length,
        "notice": _length,
        "minimum": _length,
        "total": _length,
        "window_days": _number(1, 3_653),
        "window_months": _number(1, 1_200),
        "window_years": _number(1, 100),
        "month": _number(1, 12),
        "day": _number(1, 31),
        "year_offset": _number(-10, 10),
        "first_on": _date,
        "start_choice": _one_of(_START_CHOICES),
        "nth_instrument": _number(1, 300),
        "per": _one_of(_PER),
        "excluded": _some_of(_EXCLUDED),
        "other_calendar": _one_of(tuple(str(owner) for owner in CalendarOwner)),
        "suspends": lambda table, key: list(table.texts(key)),
        "lengthens": lambda table, key: list(table.texts(key)),
        "carry_over": _flag,
        "seasons": _seasons,
    }
)
