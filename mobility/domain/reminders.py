"""Which reminders a clock gets: for whom, on which day, under which key.

The rules are data (`config/reminders.toml` is read elsewhere), the clock's days come from `mobility.domain.clocks`;
here is only what follows from both. Every rule counts from the earliest defensible day. A reminder has a key that is
unique in the whole system, so that planning twice plans nothing twice. Sending is somebody else's work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_HOUR: Final = 8


class Audience(StrEnum):
    """To whom a reminder goes, seen from the duty."""

    OWING = "owing"
    WATCHING = "watching"
    HEAD = "head"
    MANAGER = "manager"
    OTHER_SIDE = "other_side"


class Anchor(StrEnum):
    """From which day of the clock a rule counts."""

    TRIGGER = "trigger"
    DUE = "due"


class RuleCode(StrEnum):
    """The rules the product ships with words for; the days are in the rule, not in its name."""

    OPENING = "opening"
    BEFORE_60 = "before_60"
    BEFORE_30 = "before_30"
    BEFORE_14 = "before_14"
    BEFORE_7 = "before_7"
    BEFORE_3 = "before_3"
    BEFORE_1 = "before_1"
    DUE_TODAY = "due_today"
    OVERDUE_1 = "overdue_1"
    OVERDUE_7 = "overdue_7"
    OVERDUE_14 = "overdue_14"
    OVERDUE_30 = "overdue_30"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRule:
    """One rule: `offset_days` from its anchor (before it is negative), only for periods long enough for it."""

    code: str
    offset_days: int
    audience: Audience
    min_period_days: int = 0
    anchor: Anchor = Anchor.DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person, and the hour of the day in their own zone at which they are written to."""

    recipient_id: int
    time_zone: str
    hour: int = DEFAULT_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedReminder:
    """A reminder to be stored; `is_late` where its moment had passed when it was planned, so that it goes at once."""

    key: str
    rule: str
    recipient_id: int
    day: date
    hour: int
    due_at: datetime
    is_late: bool = False


DEFAULT_RULES: Final = (
    ReminderRule(code=RuleCode.OPENING, offset_days=0, audience=Audience.OWING, anchor=Anchor.TRIGGER),
    ReminderRule(code=RuleCode.BEFORE_60, offset_days=-60, audience=Audience.OWING, min_period_days=120),
    ReminderRule(code=RuleCode.BEFORE_30, offset_days=-30, audience=Audience.OWING, min_period_days=60),
    ReminderRule(code=RuleCode.BEFORE_14, offset_days=-14, audience=Audience.OWING, min_period_days=21),
    ReminderRule(code=RuleCode.BEFORE_7, offset_days=-7, audience=Audience.OWING, min_period_days=10),
    ReminderRule(code=RuleCode.BEFORE_3, offset_days=-3, audience=Audience.OWING, min_period_days=5),
    ReminderRule(code=RuleCode.BEFORE_1, offset_days=-1, audience=Audience.OWING, min_period_days=2),
    ReminderRule(code=RuleCode.DUE_TODAY, offset_days=0, audience=Audience.OWING),
    ReminderRule(code=RuleCode.OVERDUE_1, offset_days=1, audience=Audience.OWING),
    ReminderRule(code=RuleCode.OVERDUE_7, offset_days=7, audience=Audience.HEAD),
    ReminderRule(code=RuleCode.OVERDUE_14, offset_days=14, audience=Audience.MANAGER),
    ReminderRule(code=RuleCode.OVERDUE_30, offset_days=30, audience=Audience.OTHER_SIDE),
)
"""The rules that apply where a configuration says nothing else."""


def due_at(day: date, hour: int, time_zone: str) -> datetime:
    """Return the instant, in UTC, of a full hour on a day in a zone.

    An hour that the clock change skips is moved on by the length of the gap, one that occurs twice is the first: both
    are what PEP 495 makes of fold=0. Raises ZoneInfoNotFoundError for a zone that does not exist.
    """
    local = datetime.combine(day, time(hour), tzinfo=ZoneInfo(time_zone))
    return local.replace(fold=0).astimezone(UTC)


def reminder_key(clock_id: int, rule: str, due_version: int, recipient_id: int) -> str:
    """Return the key that no other reminder has: clock, rule, version of the due day, recipient."""
    return f"{clock_id}:{rule}:{due_version}:{recipient_id}"


def plan(
    *,
    clock_id: int,
    due_version: int,
    earliest_on: date,
    trigger_on: date,
    rules: Iterable[ReminderRule],
    recipients: Mapping[Audience, Sequence[Recipient]],
    now: datetime,
) -> list[PlannedReminder]:
    """Return the reminders of a clock, in order of time, recipient and rule.

    A rule is left out when the period is shorter than it asks for, or when its day lies before the trigger. Of the
    reminders of one person whose moment has passed, only the last is planned, to go at once: whoever opens a late
    case gets one message, not seven. Of two for one person on one day the later rule stays.
    """
    per_person: dict[int, list[PlannedReminder]] = {}
    for rule in rules:
        day = _day_of(rule, earliest_on=earliest_on, trigger_on=trigger_on)
        if day is None:
            continue
        for person in recipients.get(rule.audience, ()):
            key = reminder_key(clock_id, rule.code, due_version, person.recipient_id)
            per_person.setdefault(person.recipient_id, []).append(_planned(key, rule, person, day, now))
    kept = [reminder for planned in per_person.values() for reminder in _collapsed(planned)]
    return sorted(kept, key=lambda reminder: (reminder.due_at, reminder.recipient_id, reminder.key))


def _planned(key: str, rule: ReminderRule, person: Recipient, day: date, now: datetime) -> PlannedReminder:
    at = due_at(day, person.hour, person.time_zone)
    return PlannedReminder(
        key=key,
        rule=rule.code,
        recipient_id=person.recipient_id,
        day=day,
        hour=person.hour,
        due_at=at,
        is_late=at < now,
    )


def _day_of(rule: ReminderRule, *, earliest_on: date, trigger_on: date) -> date | None:
    """Return the day of a rule, or None where the clock is too short for it or its day lies before the trigger."""
    if (earliest_on - trigger_on).days < rule.min_period_days:
        return None
    anchor_on = trigger_on if rule.anchor is Anchor.TRIGGER else earliest_on
    day = anchor_on + timedelta(days=rule.offset_days)
    return day if day >= trigger_on else None


def _collapsed(planned: Iterable[PlannedReminder]) -> list[PlannedReminder]:
    """Keep one reminder a day, and of the late ones the last; the reminders are one person's, in order of rule."""
    by_day = {reminder.day: reminder for reminder in planned}
    late = [reminder for reminder in by_day.values() if reminder.is_late]
    ahead = [reminder for reminder in by_day.values() if not reminder.is_late]
    return [*([max(late, key=lambda each: each.day)] if late else []), *ahead]
