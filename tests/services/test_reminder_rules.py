"""A programme or an office has notices otherwise: other days, or none where they are not mandatory."""

from datetime import date

import pytest
from sqlalchemy import select

from mobility.domain.access import Actor
from mobility.domain.errors import InvalidInput, NotPermitted
from mobility.domain.reminders import Audience, ReminderRule, RuleChange, check_change, with_changes
from mobility.services.reminder_rules import change_rules, list_rules
from mobility.storage.db import write_unit
from mobility.storage.models.notices import ReminderRuleChange
from tests.factories import actor_for
from tests.services.test_reminders import World, by_rule

WARNING = ReminderRule(code="before_7", offset_days=-7, audience=Audience.OWING)
LAST_DAY = ReminderRule(code="due_today", offset_days=0, audience=Audience.OWING, is_mandatory=True)
LATE = ReminderRule(code="overdue_7", offset_days=7, audience=Audience.HEAD, is_mandatory=True)


def change(rule: ReminderRule, days: int | None) -> RuleChange:
    return RuleChange(code=rule.code, audience=rule.audience, offset_days=days)


def test_rules_are_moved_and_switched_off_in_place() -> None:
    found = with_changes([WARNING, LAST_DAY, LATE], [change(WARNING, -10), change(LATE, 3)])
    assert [rule.offset_days for rule in found] == [-10, 0, 3]
    assert with_changes([WARNING, LATE], [change(WARNING, None)]) == (LATE,)


def test_of_two_changes_the_last_counts_and_a_mandatory_rule_stays() -> None:
    assert with_changes([WARNING], [change(WARNING, None), change(WARNING, -5)])[0].offset_days == -5
    assert with_changes([LATE], [change(LATE, None)]) == (LATE,)
    other = RuleChange(code="before_7", audience=Audience.HEAD, offset_days=None)
    assert with_changes([WARNING], [other]) == (WARNING,)


@pytest.mark.parametrize(
    ("rule", "days", "reason"),
    [
        (LATE, None, "mandatory"),
        (LAST_DAY, 1, "fixed_day"),
        (WARNING, 3, "other_side_of_day"),
        (WARNING, 0, "other_side_of_day"),
        (LATE, -3, "other_side_of_day"),
        (WARNING, -9999, "too_far"),
    ],
)
def test_a_change_that_may_not_be_is_refused(rule, days, reason) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_change(rule, days)
    assert refused.value.parameters["reason"] == reason


@pytest.mark.parametrize(("rule", "days"), [(WARNING, None), (WARNING, -30), (LATE, 1), (LAST_DAY, 0)])
def test_a_change_that_may_be_is_taken(rule, days) -> None:
    check_change(rule, days)


@pytest.fixture
def world(session, now):
    return World(session, now)


def keep(world, actor, wanted, **owner) -> None:
    with write_unit(world.session) as unit:
        change_rules(unit, actor, wanted, now=world.now, **owner)


def test_the_programme_changes_the_rules_of_its_cases_and_the_office_has_the_last_word(world, session) -> None:
    manager = actor_for(world.manager, programmes=[world.programme])
    keep(world, manager, {("before_7", "owing"): -8, ("before_3", "owing"): None}, programme_id=world.programme.id)
    clock = world.clock()
    assert "before_3" not in by_rule(world.plan(clock))
    days = {row.rule: row.due_at.date() for row in world.rows()}
    assert days["before_7"] == date(2026, 12, 21)
    administrator = Actor(person_id=world.head.id, is_administrator=True)
    keep(world, administrator, {("before_7", "owing"): -9}, office_id=world.post.id)
    world.change(clock, due_version=2)
    world.plan(clock)
    assert {row.due_at.date() for row in world.rows(rule="before_7", due_version=2)} == {date(2026, 12, 20)}


def test_a_screen_shows_what_is_changed_and_saving_the_usual_keeps_nothing(world, session) -> None:
    manager = actor_for(world.manager, programmes=[world.programme])
    mine = {"programme_id": world.programme.id}
    keep(world, manager, {("before_7", "owing"): -8}, **mine)
    (line,) = [each for each in list_rules(session, **mine) if each.is_changed]
    assert (line.code, line.offset_days, line.usual_days) == ("before_7", -8, -7)
    keep(world, manager, {(each.code, each.audience.value): each.usual_days for each in list_rules(session)}, **mine)
    assert session.scalars(select(ReminderRuleChange)).all() == []


def test_only_the_manager_and_the_administrator_change_rules(world) -> None:
    with pytest.raises(NotPermitted):
        keep(world, actor_for(world.manager), {}, programme_id=world.programme.id)
    with pytest.raises(NotPermitted):
        keep(world, actor_for(world.officer, world.post), {}, office_id=world.post.id)
    with pytest.raises(InvalidInput):
        keep(world, Actor(person_id=1, is_administrator=True), {("never", "owing"): -1}, office_id=world.post.id)
    with pytest.raises(ValueError, match="either"):
        keep(world, actor_for(world.manager), {})
