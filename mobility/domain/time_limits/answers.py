"""What the engine answers: a day or an instant, its bounds where the law leaves two readings, and every step.

Steps are codes with arguments; the words are made in `mobility.i18n.derivations`. An answer can be stored as JSON
and read back unchanged, so that a date that was told to somebody is never recomputed silently.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

Argument = str | int | list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a derivation: what was done, the day it led to, and what a reader needs to follow it.

    `arguments["article"]` names the article where the rule set gives one. Lists of days that were skipped hold
    triples of ISO date, reason (holiday, weekend, closed, standstill, paused) and English holiday name.
    """

    code: str
    day: date | None = None
    arguments: Mapping[str, Argument] = field(default_factory=dict)

    def rows(self, key: str) -> Sequence[Sequence[str]]:
        """Return an argument that is a list of days with what is said of them; empty where the step has none."""
        value = self.arguments.get(key, [])
        return value if isinstance(value, list) else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The last day on which the step is in time, with its reasons.

    `last_day` is an aware instant for results in hours. `earliest` and `latest` equal it where the law is
    settled. `flags` are cautions: debatable, estimated_holiday, subdivision_missing, calendar_suspended_by_law,
    typical_holiday_list, weekend_unverified, make_up_days_unknown, notice_too_late, rule_recalled,
    calendar_not_given.
    """

    rule_set: str
    last_day: date | datetime
    earliest: date | datetime
    latest: date | datetime
    steps: tuple[Step, ...] = ()
    flags: frozenset[str] = frozenset()
    calendar_code: str = ""
    calendar_package: str = ""
    calendar_package_version: str = ""
    time_zone: str = ""

    @property
    def is_debatable(self) -> bool:
        """Whether the law leaves more than one day."""
        return self.earliest != self.latest

    def to_json(self) -> str:
        """Return the answer as one line of JSON with sorted keys."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain JSON values."""
        return {
            "rule_set": self.rule_set,
            "last_day": self.last_day.isoformat(),
            "earliest": self.earliest.isoformat(),
            "latest": self.latest.isoformat(),
            "steps": [_step_to_dict(step) for step in self.steps],
            "flags": sorted(self.flags),
            "calendar_code": self.calendar_code,
            "calendar_package": self.calendar_package,
            "calendar_package_version": self.calendar_package_version,
            "time_zone": self.time_zone,
        }

    @classmethod
    def from_json(cls, stored: str | Mapping[str, Any]) -> "Answer":
        """Return the answer that `to_json` or `to_dict` wrote."""
        values = json.loads(stored) if isinstance(stored, str) else stored
        zone = ZoneInfo(values["time_zone"]) if values["time_zone"] else None
        return cls(
            rule_set=values["rule_set"],
            last_day=_day_from(values["last_day"], zone),
            earliest=_day_from(values["earliest"], zone),
            latest=_day_from(values["latest"], zone),
            steps=tuple(_step_from(step) for step in values["steps"]),
            flags=frozenset(values["flags"]),
            calendar_code=values["calendar_code"],
            calendar_package=values["calendar_package"],
            calendar_package_version=values["calendar_package_version"],
            time_zone=values["time_zone"],
        )


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the instant at which `day` ends in `zone`: 24:00, the first instant of the next day."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone)


def day_of(result: date | datetime) -> date:
    """Return the date of a result that may be an instant."""
    return result.date() if isinstance(result, datetime) else result


def _step_to_dict(step: Step) -> dict[str, Any]:
    return {
        "code": step.code,
        "day": step.day.isoformat() if step.day else None,
        "arguments": dict(step.arguments),
    }


def _step_from(values: Mapping[str, Any]) -> Step:
    day = values["day"]
    return Step(
        code=values["code"],
        day=date.fromisoformat(day) if day else None,
        arguments=dict(values["arguments"]),
    )


def _day_from(text: str, zone: tzinfo | None) -> date | datetime:
    if "T" not in text:
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    return instant.astimezone(zone) if zone else instant
