"""Which reminders a clock gets, for whom and when; and that nobody gets seven at once."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.reminders import (
    DEFAULT_RULES,
    Anchor,
    Audience,
    PlannedReminder,
    Recipient,
    ReminderRule,
    RuleCode,
    due_at,
    plan,
    reminder_key,
)

TRIGGER = date(2026, 9, 14)
DUE = date(2026, 12, 31)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
OFFICER = Recipient(recipient_id=4, time_zone="Europe/Berlin")
HEAD = Recipient(recipient_id=5, time_zone="Europe/Berlin", hour=9)
MANAGER = Recipient(recipient_id=6, time_zone="Africa/Cairo")
PEOPLE = {Audience.OWING: [OFFICER], Audience.HEAD: [HEAD], Audience.MANAGER: [MANAGER]}


def planned(
    *,
    earliest_on: date = DUE,
    trigger_on: date = TRIGGER,
    now: datetime = LONG_AGO,
    recipients: dict[Audience, list[Recipient]] | None = None,
    due_version: int = 1,
) -> list[PlannedReminder]:
    return plan(
        clock_id=71,
        due_version=due_version,
        earliest_on=earliest_on,
        trigger_on=trigger_on,
        rules=DEFAULT_RULES,
        recipients=PEOPLE if recipients is None else recipients,
        now=now,
    )


def codes(reminders: list[PlannedReminder]) -> list[str]:
    return [reminder.rule for reminder in reminders]


def test_a_long_period_is_announced_early_and_escalates_late() -> None:
    assert codes(planned()) == [
        RuleCode.OPENING,
        RuleCode.BEFORE_30,
        RuleCode.BEFORE_14,
        RuleCode.BEFORE_7,
        RuleCode.BEFORE_3,
        RuleCode.BEFORE_1,
        RuleCode.DUE_TODAY,
        RuleCode.OVERDUE_1,
        RuleCode.OVERDUE_7,
        RuleCode.OVERDUE_14,
    ]


@pytest.mark.parametrize(
    ("days", "first_before"),
    [
        (365, RuleCode.BEFORE_60),
        (60, RuleCode.BEFORE_30),
        (59, RuleCode.BEFORE_14),
        (15, RuleCode.BEFORE_7),
        (7, RuleCode.BEFORE_3),
        (2, RuleCode.BEFORE_1),
        (1, RuleCode.DUE_TODAY),
    ],
)
def test_the_length_of_the_period_decides_when_warnings_begin(days: int, first_before: str) -> None:
    found = codes(planned(earliest_on=TRIGGER + timedelta(days=days)))
    assert found[:2] == [RuleCode.OPENING, first_before]


def test_every_day_counts_from_the_earliest_defensible_day() -> None:
    days = {reminder.rule: reminder.day for reminder in planned()}
    assert days[RuleCode.OPENING] == TRIGGER
    assert days[RuleCode.BEFORE_14] == date(2026, 12, 17)
    assert days[RuleCode.DUE_TODAY] == DUE
    assert days[RuleCode.OVERDUE_7] == date(2027, 1, 7)


def test_escalation_goes_to_the_head_and_then_to_the_manager() -> None:
    who = {reminder.rule: reminder.recipient_id for reminder in planned()}
    assert (who[RuleCode.OVERDUE_1], who[RuleCode.OVERDUE_7], who[RuleCode.OVERDUE_14]) == (4, 5, 6)


def test_the_key_names_clock_rule_version_and_person() -> None:
    one = planned()[0]
    assert one.key == reminder_key(71, RuleCode.OPENING, 1, 4) == "71:opening:1:4"
    assert {reminder.key for reminder in planned(due_version=2)}.isdisjoint(each.key for each in planned())


def test_the_hour_is_the_persons_own() -> None:
    at = {reminder.rule: reminder.due_at for reminder in planned()}
    assert at[RuleCode.BEFORE_14] == datetime(2026, 12, 17, 7, tzinfo=UTC)
    assert at[RuleCode.OVERDUE_7] == datetime(2027, 1, 7, 8, tzinfo=UTC)
    assert at[RuleCode.OVERDUE_14] == datetime(2027, 1, 14, 6, tzinfo=UTC)


def test_of_the_reminders_that_are_past_one_is_sent_at_once() -> None:
    found = planned(now=datetime(2026, 12, 28, 12, tzinfo=UTC))
    assert codes(found) == [
        RuleCode.BEFORE_3,
        RuleCode.BEFORE_1,
        RuleCode.DUE_TODAY,
        RuleCode.OVERDUE_1,
        RuleCode.OVERDUE_7,
        RuleCode.OVERDUE_14,
    ]
    assert [reminder.is_late for reminder in found] == [True] + [False] * 5


def test_a_clock_found_long_late_tells_each_person_once() -> None:
    found = planned(now=datetime(2027, 6, 1, tzinfo=UTC))
    assert [(each.rule, each.recipient_id) for each in found] == [
        (RuleCode.OVERDUE_1, 4),
        (RuleCode.OVERDUE_7, 5),
        (RuleCode.OVERDUE_14, 6),
    ]
    assert all(reminder.is_late for reminder in found)


def test_two_rules_on_one_day_give_one_message() -> None:
    found = planned(earliest_on=TRIGGER)
    assert codes(found)[:2] == [RuleCode.DUE_TODAY, RuleCode.OVERDUE_1]


def test_who_is_head_and_officer_at_once_is_written_to_once_a_day() -> None:
    same = {audience: [OFFICER] for audience in Audience}
    days = [reminder.day for reminder in planned(recipients=same)]
    assert len(days) == len(set(days))


def test_a_warning_before_the_trigger_is_none() -> None:
    early = ReminderRule(code="before_14", offset_days=-14, audience=Audience.OWING)
    found = plan(
        clock_id=1,
        due_version=1,
        earliest_on=TRIGGER + timedelta(days=5),
        trigger_on=TRIGGER,
        rules=[early],
        recipients=PEOPLE,
        now=LONG_AGO,
    )
    assert found == []


def test_nobody_to_write_to_is_nothing_to_plan() -> None:
    assert planned(recipients={}) == []


def test_a_rule_may_count_from_the_trigger() -> None:
    rule = ReminderRule(code="after_5", offset_days=5, audience=Audience.OWING, anchor=Anchor.TRIGGER)
    found = plan(
        clock_id=1,
        due_version=1,
        earliest_on=DUE,
        trigger_on=TRIGGER,
        rules=[rule],
        recipients=PEOPLE,
        now=LONG_AGO,
    )
    assert [reminder.day for reminder in found] == [date(2026, 9, 19)]


def test_an_hour_that_the_clock_change_skips_moves_on() -> None:
    assert due_at(date(2027, 3, 28), 2, "Europe/Berlin") == datetime(2027, 3, 28, 1, tzinfo=UTC)
    local = due_at(date(2027, 3, 28), 2, "Europe/Berlin").astimezone(ZoneInfo("Europe/Berlin"))
    assert local.hour == 3


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert due_at(date(2027, 10, 31), 2, "Europe/Berlin") == datetime(2027, 10, 31, 0, tzinfo=UTC)


@given(st.integers(0, 400), st.integers(-30, 500))
def test_keys_are_unique_days_ordered_and_at_most_one_is_late_for_each(length: int, offset: int) -> None:
    now = datetime(2026, 9, 14, 12, tzinfo=UTC) + timedelta(days=offset)
    found = planned(earliest_on=TRIGGER + timedelta(days=length), now=now)
    keys = [reminder.key for reminder in found]
    assert len(keys) == len(set(keys))
    assert [reminder.due_at for reminder in found] == sorted(reminder.due_at for reminder in found)
    for person in (4, 5, 6):
        assert sum(each.is_late for each in found if each.recipient_id == person) <= 1
    assert all(reminder.is_late is (reminder.due_at < now) for reminder in found)
    assert found == planned(earliest_on=TRIGGER + timedelta(days=length), now=now)
