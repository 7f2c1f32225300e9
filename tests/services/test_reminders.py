"""Notices are planned with the change of a clock, follow it when it moves, and each leaves once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from mobility.services.dispatch import dispatch_until_idle
from mobility.services.reminder_recipients import known_zone, recipients_of
from mobility.services.reminders import cancel_for_clock, hand_over_due, list_planned, plan_for_clock
from mobility.storage.db import write_unit
from mobility.storage.models.cases import Stage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.site import Site, give_site
from tests.factories import (
    make_call,
    make_case,
    make_clock,
    make_grant,
    make_office,
    make_officer,
    make_person,
    make_programme,
    make_provision,
    make_route,
)
from tests.services.outbox_bench import Bench


class World:
    """One case on a route between two posts, and everybody who could be told about its clocks."""

    def __init__(self, session, now) -> None:
        self.session, self.now = session, now
        self.programme = make_programme(session)
        self.post = make_office(session)
        self.home = make_office(session, country="EG")
        self.route = make_route(session, programme=self.programme, office=self.post, sending_office_id=self.home.id)
        self.applicant = make_person(session, time_zone="Africa/Cairo")
        self.officer = make_officer(session, self.post)
        self.second = make_officer(session, self.post)
        self.head = make_officer(session, self.post, role="head")
        self.abroad = make_officer(session, self.home)
        self.manager = make_person(session, name="Manager")
        make_grant(session, self.manager, "manager", programme=self.programme)
        self.case = make_case(session, call=make_call(session, route=self.route), person=self.applicant)
        session.execute(select(1))

    def clock(self, **values) -> Clock:
        return make_clock(self.session, self.case, **values)

    def plan(self, clock, now=None) -> list[Reminder]:
        with write_unit(self.session) as unit:
            return plan_for_clock(unit, unit.get_one(Clock, clock.id), now or self.now)

    def change(self, clock, **values) -> None:
        with write_unit(self.session) as unit:
            unit.execute(update(Clock).where(Clock.id == clock.id).values(**values))
        self.session.expire_all()

    def hand_over(self, now, limit=200):
        with write_unit(self.session) as unit:
            return hand_over_due(unit, now, limit)

    def rows(self, **where) -> list[Reminder]:
        self.session.rollback()
        found = self.session.scalars(select(Reminder).order_by(Reminder.due_at, Reminder.id)).all()
        return [row for row in found if all(getattr(row, key) == value for key, value in where.items())]

    def messages(self) -> list[OutboxMessage]:
        query = select(OutboxMessage).where(OutboxMessage.template == "reminder").order_by(OutboxMessage.id)
        return list(self.session.scalars(query))


@pytest.fixture
def world(session, now):
    return World(session, now)


def by_rule(rows) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for row in rows:
        found.setdefault(row.rule, set()).add(row.recipient_id)
    return found


def test_a_duty_of_an_office_is_told_to_its_officers_then_upwards(world) -> None:
    found = by_rule(world.plan(world.clock()))
    officers = {world.officer.id, world.second.id}
    assert found == {
        "opening": officers,
        "before_7": officers,
        "before_3": officers,
        "before_1": officers,
        "due_today": officers,
        "overdue_1": officers,
        "overdue_7": {world.head.id},
        "overdue_14": {world.manager.id},
        "overdue_30": {world.abroad.id},
    }


def test_a_duty_of_the_applicant_is_told_to_them_and_the_office_only_when_it_is_late(world) -> None:
    found = by_rule(world.plan(world.clock(owed_by="applicant")))
    assert found["before_7"] == {world.applicant.id}
    assert found["overdue_1"] == {world.applicant.id, world.officer.id, world.second.id}
    assert "overdue_30" not in found


def test_the_officer_of_the_stage_is_told_alone(world, session) -> None:
    clock = world.clock()
    with write_unit(session) as unit:
        unit.execute(update(Stage).where(Stage.kind == "visa").values(officer_id=world.second.id))
    assert by_rule(world.plan(clock))["before_7"] == {world.second.id}


def test_an_assigned_officer_who_left_is_replaced_by_the_others(world, session) -> None:
    clock = world.clock()
    with write_unit(session) as unit:
        unit.execute(update(Stage).where(Stage.kind == "visa").values(officer_id=world.abroad.id))
    assert by_rule(world.plan(clock))["before_7"] == {world.officer.id, world.second.id}


def test_an_office_without_officers_has_its_heads(world, session) -> None:
    clock = world.clock()
    with write_unit(session) as unit:
        for person in (world.officer, world.second):
            unit.get_one(type(person), person.id).is_active = False
    assert by_rule(world.plan(clock))["before_7"] == {world.head.id}


def test_each_is_written_to_at_eight_in_their_own_morning(world) -> None:
    rows = world.plan(world.clock(owed_by="applicant"))
    (row,) = [row for row in rows if row.rule == "before_7"]
    assert row.due_at == datetime(2026, 12, 22, 6, 0, tzinfo=UTC)  # 8:00 in Cairo
    assert (row.about_on, row.state, row.planned_at) == (date(2026, 12, 29), "planned", world.now)


def test_the_hour_is_a_setting_of_the_site(world, session) -> None:
    give_site(session, Site(quiet_hour=11))
    rows = world.plan(world.clock(owed_by="applicant"))
    assert {row.due_at.hour for row in rows if row.recipient_id == world.applicant.id} == {9}  # 11:00 in Cairo


def test_a_profile_with_a_zone_that_does_not_exist_stops_nothing(world, session) -> None:
    with write_unit(session) as unit:
        unit.get_one(type(world.applicant), world.applicant.id).time_zone = "Mars/Olympus"
    assert world.plan(world.clock(owed_by="applicant"))
    assert (known_zone("Asia/Tokyo"), known_zone("Mars/Olympus"), known_zone("")) == ("Asia/Tokyo", "UTC", "UTC")


def test_planning_twice_plans_nothing_twice(world) -> None:
    clock = world.clock()
    first = len(world.plan(clock))
    assert world.plan(clock) == []
    assert len(world.rows(state="planned")) == first


def test_when_a_date_moves_the_old_notices_are_superseded_and_new_ones_planned(world) -> None:
    clock = world.clock()
    before = len(world.plan(clock))
    world.change(clock, earliest_on=date(2027, 1, 8), due_on=date(2027, 1, 8), due_version=2)
    made = world.plan(clock)
    old = world.rows(due_version=1)
    assert {(row.state, row.reason) for row in old} == {("superseded", "clock_moved")}
    assert len(old) == before
    assert {row.about_on for row in made} == {date(2027, 1, 8)}
    assert {row.state for row in made} == {"planned"}


def test_a_pause_takes_notices_back_and_a_return_to_the_same_day_brings_them_again(world) -> None:
    clock = world.clock()
    count = len(world.plan(clock))
    world.change(clock, state="paused")
    assert world.plan(clock) == []
    assert {(row.state, row.reason) for row in world.rows()} == {("superseded", "clock_paused")}
    world.change(clock, state="running")
    world.plan(clock)
    assert len(world.rows(state="planned", reason="")) == count == len(world.rows())


@pytest.mark.parametrize("state", ["met", "lapsed", "superseded"])
def test_when_a_clock_ends_its_notices_are_called_off(world, session, state) -> None:
    clock = world.clock()
    count = len(world.plan(clock))
    with write_unit(session) as unit:
        assert cancel_for_clock(unit, unit.get_one(Clock, clock.id), state) == count
    assert {(row.state, row.reason) for row in world.rows()} == {("cancelled", "clock_ended")}


def test_when_another_officer_takes_over_the_notices_go_to_them(world, session) -> None:
    clock = world.clock()
    world.plan(clock)
    with write_unit(session) as unit:
        unit.execute(update(Stage).where(Stage.kind == "visa").values(officer_id=world.second.id))
    world.plan(clock)
    gone = world.rows(recipient_id=world.officer.id)
    assert {(row.state, row.reason) for row in gone} == {("superseded", "replanned")}
    assert {row.state for row in world.rows(recipient_id=world.second.id)} == {"planned"}


def test_a_window_that_opens_is_told_on_its_day_and_nobody_is_late(world, session) -> None:
    provision = make_provision(session, kind="window_open")
    assert set(by_rule(world.plan(world.clock(provision=provision, owed_by="applicant")))) == {"due_today"}


def test_what_is_due_goes_into_the_outbox_once(world) -> None:
    world.plan(world.clock(owed_by="applicant"))
    at = datetime(2026, 12, 22, 6, 0, tzinfo=UTC)
    first = world.hand_over(world.now)
    assert (first.handed_over, first.total) == (1, 1)  # the opening, due this morning
    assert world.hand_over(at - timedelta(seconds=1)).total == 0
    assert world.hand_over(at).handed_over == 1
    assert world.hand_over(at).total == 0
    opening, week = world.messages()
    assert week.key == f"digest:{world.applicant.id}:2026-12-22" == world.rows(rule="before_7")[0].message_key
    assert (week.recipient_id, week.case_id, week.parameters["is_late"]) == (world.applicant.id, world.case.id, False)
    assert world.rows(rule="before_7")[0].handed_over_at == at
    assert opening.parameters["path"] == f"/stays/{world.case.reference}"


def test_an_officer_is_led_to_the_desk(world) -> None:
    world.plan(world.clock())
    world.hand_over(world.now)
    assert {row.parameters["path"] for row in world.messages()} == {f"/desk/cases/{world.case.reference}"}


def test_after_a_week_away_one_notice_goes_out_late_and_stands_for_the_others(world) -> None:
    world.plan(world.clock(owed_by="applicant"))
    world.hand_over(world.now)
    back = datetime(2026, 12, 29, 12, 0, tzinfo=UTC)
    found = world.hand_over(back)
    assert (found.handed_over, found.collapsed, found.cancelled) == (1, 3, 0)
    last = world.messages()[-1]
    assert (last.parameters["rule"], last.parameters["is_late"], last.parameters["collapsed"]) == ("due_today", True, 3)
    assert last.parameters["planned_on"] == "2026-12-29"
    assert {(row.rule, row.state, row.reason) for row in world.rows() if row.state != "planned"} == {
        ("opening", "handed_over", ""),
        ("before_7", "superseded", "collapsed"),
        ("before_3", "superseded", "collapsed"),
        ("before_1", "superseded", "collapsed"),
        ("due_today", "handed_over", "late"),
    }


def test_a_small_batch_still_collapses_everything_of_a_person(world) -> None:
    world.plan(world.clock(owed_by="applicant"))
    found = world.hand_over(datetime(2027, 3, 1, 9, tzinfo=UTC), limit=1)
    assert found.handed_over == 1
    assert found.total == len(world.rows(recipient_id=world.applicant.id))


def test_a_notice_planned_for_an_earlier_hour_of_today_is_not_called_late(world) -> None:
    world.plan(world.clock(owed_by="applicant"))
    world.hand_over(world.now + timedelta(minutes=5))
    assert [row.parameters["is_late"] for row in world.messages()] == [False]


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({"state": "met"}, "cancelled", "clock_ended"),
        ({"state": "paused"}, "superseded", "clock_paused"),
        ({"due_version": 2}, "superseded", "clock_moved"),
    ],
)
def test_a_clock_that_changed_unseen_is_noticed_before_anything_goes_out(world, change, state, reason) -> None:
    clock = world.clock(owed_by="applicant")
    world.plan(clock)
    world.change(clock, **change)
    found = world.hand_over(world.now)
    assert (found.handed_over, found.cancelled) == (0, 1)
    assert world.messages() == []
    assert [(row.state, row.reason) for row in world.rows(rule="opening")] == [(state, reason)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "met"}, "clock_ended"),
        ({"state": "paused"}, "clock_paused"),
        ({"due_version": 2}, "clock_moved"),
    ],
)
def test_a_clock_that_changes_between_outbox_and_sending_stops_the_message(world, session, now, change, reason) -> None:
    clock = world.clock(owed_by="applicant")
    world.plan(clock)
    world.hand_over(now)
    world.change(clock, **change)
    bench = Bench(session, now)
    assert dispatch_until_idle(bench.post()).counts["cancelled"] == 1
    assert not [key for key in bench.server.keys if key.startswith("reminder:")]
    assert bench.row(world.messages()[0].key).reason == reason


def test_a_clock_that_is_gone_stops_the_message(world, session, now) -> None:
    clock = world.clock(owed_by="applicant")
    world.plan(clock)
    world.hand_over(now)
    with write_unit(session) as unit:
        row = unit.scalars(select(OutboxMessage).where(OutboxMessage.template == "reminder")).one()
        row.parameters = row.parameters | {"clock_id": clock.id + 1000}
    dispatch_until_idle(Bench(session, now).post())
    assert world.messages()[0].reason == "case_gone"


def test_the_mail_names_duty_day_law_and_consequence(world, session, now) -> None:
    provision = make_provision(session, consequence="The visa is deemed refused.")
    world.plan(world.clock(provision=provision, owed_by="applicant"))
    world.hand_over(now)
    bench = Bench(session, now)
    dispatch_until_idle(bench.post())
    (mail,) = [mail for mail in bench.server.taken if mail["X-Mobility-Reminder"].startswith("digest:")]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"].startswith("By 29 December 2026: The consulate decides on the application.")
    for said in (world.case.reference, "Tuesday 29 December 2026", "15 days left", "Exchange 2010 23(1)", "You"):
        assert said in text
    assert "The visa is deemed refused." in text
    assert "Layla" not in text


def test_what_will_go_out_can_be_listed(world) -> None:
    world.plan(world.clock(owed_by="applicant"))
    listed = list_planned(world.session, datetime(2026, 12, 27, tzinfo=UTC))
    assert [row.rule for row in listed] == ["opening", "before_7", "before_3"]
    assert {(row.reference, row.email) for row in listed} == {(world.case.reference, world.applicant.email)}


def test_nobody_is_left_out_when_one_person_wears_two_hats(world, session) -> None:
    make_grant(session, world.head, "officer", office=world.post)
    rows = world.plan(world.clock())
    assert world.head.id in by_rule(rows)["before_7"]
    days = [(row.recipient_id, row.due_at) for row in rows]
    assert len(days) == len(set(days))


def test_recipients_are_found_in_few_statements(world, session) -> None:
    found = recipients_of(session, world.clock())
    assert {audience.value for audience in found} == {"owing", "watching", "head", "manager", "other_side"}
