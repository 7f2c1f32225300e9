"""Which reminders a clock gets: for whom, on which day, under which key.

The rules are data (`config/reminders.toml` is read elsewhere), the clock's days come from `mobility.domain.clocks`;
here is only what follows from both. Every rule counts from the earliest defensible day. A reminder has a key that is
unique in the whole system, so that planning twice plans nothing twice. Sending is somebody else's work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from mobility.domain.errors import InvalidInput
from mobility.domain.reading_hours import DEFAULT_HOUR, due_at, first_on_day

__all__ = [
    "DEFAULT_RULES",
    "LONGEST_DAYS",
    "Anchor",
    "Audience",
    "PlannedReminder",
    "Recipient",
    "ReminderRule",
    "RuleChange",
    "RuleCode",
    "Sort",
    "check_change",
    "due_at",
    "plan",
    "reminder_key",
    "sort_of",
    "with_changes",
]

LONGEST_DAYS: Final = 730
"""No rule counts further than two years from its anchor."""


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


class Sort(StrEnum):
    """What a person can have no mail about; everything else is mandatory."""

    EARLY = "early"  # the notices before the day of a duty
    TREATIES = "treaties"
    VALIDITY = "validity"
    CALLS = "calls"


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
    is_mandatory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """What a programme or an office has otherwise: another day, or (None) no such notice."""

    code: str
    audience: Audience
    offset_days: int | None


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
    ReminderRule(
        code=RuleCode.OPENING, offset_days=0, audience=Audience.OWING, anchor=Anchor.TRIGGER, is_mandatory=True
    ),
    ReminderRule(code=RuleCode.BEFORE_60, offset_days=-60, audience=Audience.OWING, min_period_days=120),
    ReminderRule(code=RuleCode.BEFORE_30, offset_days=-30, audience=Audience.OWING, min_period_days=60),
    ReminderRule(code=RuleCode.BEFORE_14, offset_days=-14, audience=Audience.OWING, min_period_days=21),
    ReminderRule(code=RuleCode.BEFORE_7, offset_days=-7, audience=Audience.OWING, min_period_days=10),
    ReminderRule(code=RuleCode.BEFORE_3, offset_days=-3, audience=Audience.OWING, min_period_days=5),
    ReminderRule(code=RuleCode.BEFORE_1, offset_days=-1, audience=Audience.OWING, min_period_days=2),
    ReminderRule(code=RuleCode.DUE_TODAY, offset_days=0, audience=Audience.OWING, is_mandatory=True),
    ReminderRule(code=RuleCode.OVERDUE_1, offset_days=1, audience=Audience.OWING, is_mandatory=True),
    ReminderRule(code=RuleCode.OVERDUE_7, offset_days=7, audience=Audience.HEAD, is_mandatory=True),
    ReminderRule(code=RuleCode.OVERDUE_14, offset_days=14, audience=Audience.MANAGER, is_mandatory=True),
    ReminderRule(code=RuleCode.OVERDUE_30, offset_days=30, audience=Audience.OTHER_SIDE, is_mandatory=True),
)
"""The rules that apply where a configuration says nothing else."""


def sort_of(rule: ReminderRule) -> Sort | None:
    """Return what its reader can refuse it as; None for a mandatory one."""
    return None if rule.is_mandatory else Sort.EARLY


def check_change(rule: ReminderRule, offset_days: int | None) -> None:
    """Raise InvalidInput for a change that would silence a mandatory notice or move one to the other side of the day.

    An escalation may come earlier or later, but only after the day; a warning only before it.
    """
    if offset_days is None:
        if rule.is_mandatory:
            raise InvalidInput(field="offset_days", reason="mandatory", rule=rule.code)
        return
    if rule.offset_days == 0 and offset_days != 0:
        raise InvalidInput(field="offset_days", reason="fixed_day", rule=rule.code)
    if (offset_days < 0) != (rule.offset_days < 0) or (offset_days > 0) != (rule.offset_days > 0):
        raise InvalidInput(field="offset_days", reason="other_side_of_day", rule=rule.code)
    if abs(offset_days) > LONGEST_DAYS:
        raise InvalidInput(field="offset_days", reason="too_far", rule=rule.code, most=LONGEST_DAYS)


def with_changes(rules: Iterable[ReminderRule], changes: Iterable[RuleChange]) -> tuple[ReminderRule, ...]:
    """Return the rules as changed, in their order; of two changes of one rule the last counts.

    A change that names no rule any more, or one that became mandatory, changes nothing.
    """
    wanted = {(change.code, change.audience): change.offset_days for change in changes}
    found = []
    for rule in rules:
        days = wanted.get((rule.code, rule.audience), rule.offset_days)
        if days is not None:
            found.append(replace(rule, offset_days=days))
        elif rule.is_mandatory:
            found.append(rule)
    return tuple(found)


def reminder_key(clock_id: int | str, rule: str, due_version: int, recipient_id: int) -> str:
    """Return the key that no other reminder has: clock (or occasion), rule, version, recipient."""
    return f"{clock_id}:{rule}:{due_version}:{recipient_id}"


def plan(
    *,
    clock_id: int | str,
    due_version: int,
    earliest_on: date,
    trigger_on: date,
    rules: Iterable[ReminderRule],
    recipients: Mapping[Audience, Sequence[Recipient]],
    now: datetime,
    office_zone: str = "",
) -> list[PlannedReminder]:
    """Return the reminders of a clock (or of the occasion named instead), in order of time, recipient and rule.

    Days are those of `office_zone`; without one each reader's own day counts.

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
            per_person.setdefault(person.recipient_id, []).append(_planned(key, rule, person, day, now, office_zone))
    kept = [reminder for planned in per_person.values() for reminder in _collapsed(planned)]
    return sorted(kept, key=lambda reminder: (reminder.due_at, reminder.recipient_id, reminder.key))


def _planned(
    key: str, rule: ReminderRule, person: Recipient, day: date, now: datetime, office_zone: str
) -> PlannedReminder:
    at = first_on_day(day, person.hour, person.time_zone, office_zone)
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
