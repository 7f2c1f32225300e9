"""What is asked of the engine, and how its values are read.

A `TimeLimit` holds the values as people and files write them; `read` turns them into an `Asked`, in which every
value was checked once and the event is a date in the zone that the question names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from mobility.domain.time_limits.errors import (
    DateOutOfRange,
    DirectionNotCovered,
    NaiveInstant,
    RuleSetNotInForce,
    StartInvalid,
    UnknownDirection,
    UnknownKind,
    UnknownTimeZone,
)
from mobility.domain.time_limits.lengths import Length, read_lengths
from mobility.domain.time_limits.parameters import Parameters, read_parameters
from mobility.domain.time_limits.rule_sets import Direction, Kind, RuleSet

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)

Chosen = TypeVar("Chosen", Direction, Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """One question: from this event, this long, under this law, on that calendar.

    `period` is a number, a decimal number of months or steps such as `3w+2wd`; `calendar` is a country code with
    its subdivision (`DE-BY`) or an institution (`CJEU`). `params` are the named extras of the rule set: time
    zone, suspensions, extensions, earlier stays and so on, as JSON values or dates.
    """

    rule_set: str
    start: date | datetime
    period: str = ""
    unit: str = ""
    calendar: str = ""
    direction: str = "forward"
    kind: str = "act"
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The event: its date in the zone of the place that the rule names, and its instant where one was given."""

    day: date
    instant: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was read and found answerable as far as its words go."""

    question: TimeLimit
    rules: RuleSet
    event: Event
    lengths: tuple[Length, ...]
    direction: Direction
    kind: Kind
    calendar: str
    parameters: Parameters


def read_start(text: str) -> date | datetime:
    """Return the start from its text: YYYY-MM-DD, or YYYY-MM-DDTHH:MM with or without an offset.

    Raises StartInvalid for anything else, also for dates that do not exist.
    """
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise StartInvalid(start=text)


def read_zone(name: str) -> ZoneInfo:
    """Return the time zone; raises UnknownTimeZone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownTimeZone(time_zone=name) from None


def read_event(start: date | datetime, time_zone: str) -> Event:
    """Return the event with its date in `time_zone`, or in the start's own offset where no zone is named.

    Raises NaiveInstant when a time has neither, UnknownTimeZone for a zone that does not exist.
    """
    zone = read_zone(time_zone) if time_zone else None
    if not isinstance(start, datetime):
        return Event(day=start)
    if start.tzinfo is None and zone is None:
        raise NaiveInstant(start=start.isoformat(timespec="minutes"))
    instant = _localised(start, zone)
    return Event(day=instant.date(), instant=instant)


def _localised(start: datetime, zone: tzinfo | None) -> datetime:
    try:
        if zone is None:
            return start
        return start.replace(tzinfo=zone) if start.tzinfo is None else start.astimezone(zone)
    except OverflowError:
        raise DateOutOfRange(start=start.isoformat(timespec="minutes")) from None


def read(question: TimeLimit, rules: RuleSet) -> Asked:
    """Return the question with every value checked; raises the errors of this package."""
    direction = _choose(Direction, question.direction, UnknownDirection, "direction")
    kind = _choose(Kind, question.kind, UnknownKind, "kind")
    if direction not in rules.directions:
        raise DirectionNotCovered(rule_set=rules.code, direction=direction.value)
    parameters = read_parameters(question.params)
    event = read_event(question.start, parameters.time_zone)
    _check_in_force(rules, event.day)
    return Asked(
        question=question,
        rules=rules,
        event=event,
        lengths=read_lengths(question.period, question.unit, rules),
        direction=direction,
        kind=kind,
        calendar=parameters.institution or question.calendar or rules.default_calendar,
        parameters=parameters,
    )


def _choose(choices: type[Chosen], text: str, error: type[Exception], name: str) -> Chosen:
    try:
        return choices(text)
    except ValueError:
        raise error(**{name: text}) from None


def _check_in_force(rules: RuleSet, day: date) -> None:
    too_early = rules.valid_from is not None and day < rules.valid_from
    too_late = rules.valid_to is not None and day > rules.valid_to
    if too_early or too_late:
        raise RuleSetNotInForce(rule_set=rules.code, start=day.isoformat())
