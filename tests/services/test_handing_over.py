"""One digest a day for each person; what is due goes by itself; nights, refusals and snoozes hold warnings back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from mobility.domain.access import Role
from mobility.domain.accounts import LinkSpent
from mobility.domain.errors import InvalidInput, NotFound, TransitionNotPermitted
from mobility.domain.reminders import Sort
from mobility.services.dispatch import dispatch_until_idle
from mobility.services.inbox import list_notices, mark_all_read, open_notice
from mobility.services.people import find_known_person
from mobility.services.snoozing import end_snooze, list_snoozes, snooze
from mobility.services.unsubscribing import choose, list_refused, path_for, unsubscribe_by_link
from mobility.storage.db import write_unit
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.models.treaties import ProvisionVersionRow
from tests.factories import actor_for
from tests.services.outbox_bench import Bench
from tests.services.test_reminders import World

NEXT_MORNING = datetime(2026, 12, 15, 7, tzinfo=UTC)  # 8:00 in Berlin
WEEK_BEFORE = datetime(2026, 12, 22, 7, tzinfo=UTC)
LAST_DAY = datetime(2026, 12, 29, 7, tzinfo=UTC)


@pytest.fixture
def world(session, now):
    made = World(session, now)
    with write_unit(session) as unit:
        for person in (made.officer, made.second, made.head):
            unit.get_one(type(person), person.id).time_zone = "Europe/Berlin"
    return made


def sent(world, person) -> list[OutboxMessage]:
    world.session.rollback()
    query = select(OutboxMessage).where(OutboxMessage.recipient_id == person.id).order_by(OutboxMessage.id)
    return [row for row in world.session.scalars(query) if row.template in ("reminder", "digest", "life_date")]


def two_clocks(world):
    first, second = world.clock(), world.clock()
    world.plan(first)
    world.plan(second)
    return first, second


def test_several_dates_of_a_morning_are_one_digest(world) -> None:
    first, second = two_clocks(world)
    done = world.hand_over(world.now)
    (message,) = sent(world, world.officer)
    assert (message.template, message.key) == ("digest", f"digest:{world.officer.id}:2026-12-14")
    assert message.parameters["clocks"] == [[first.id, 1], [second.id, 1]]
    assert [item["reference"] for item in message.parameters["items"]] == [world.case.reference] * 2
    assert done.handed_over == 4  # two dates for each of two officers
    assert {row.message_key for row in world.rows(recipient_id=world.officer.id, state="handed_over")} == {message.key}


def test_a_second_notice_of_the_day_waits_for_the_next_digest(world) -> None:
    world.plan(world.clock())
    world.hand_over(world.now)
    world.plan(world.clock(), now=world.now + timedelta(hours=2))
    done = world.hand_over(world.now + timedelta(hours=2))
    assert (done.handed_over, done.postponed) == (0, 2)
    (waiting,) = world.rows(recipient_id=world.officer.id, reason="waits_for_digest")
    assert waiting.next_at == NEXT_MORNING
    assert world.hand_over(world.now + timedelta(hours=2)).total == 0
    assert world.hand_over(NEXT_MORNING).handed_over == 2
    assert [each.parameters["is_late"] for each in sent(world, world.officer)] == [False, False]


def test_what_is_due_today_goes_by_itself_beside_the_digest(world) -> None:
    world.plan(world.clock())
    other = world.clock(earliest_on=date(2027, 1, 5), due_on=date(2027, 1, 5), latest_on=date(2027, 1, 5))
    world.hand_over(LAST_DAY - timedelta(days=1))
    world.plan(other)
    world.hand_over(LAST_DAY)
    templates = [(each.template, each.key.split(":")[0]) for each in sent(world, world.officer)]
    assert ("reminder", "reminder") in templates
    assert sum(key == "digest" for _, key in templates) == 2


def test_nobody_is_written_to_at_night(world) -> None:
    world.plan(world.clock())
    midnight = datetime(2026, 12, 22, 23, tzinfo=UTC)  # after a day on which nothing ran
    assert world.hand_over(midnight).handed_over == 0
    assert {row.next_at for row in world.rows(recipient_id=world.officer.id) if row.reason == "late"} == {
        datetime(2026, 12, 23, 7, tzinfo=UTC)
    }
    world.hand_over(datetime(2026, 12, 23, 7, tzinfo=UTC))
    (message,) = sent(world, world.officer)
    assert message.parameters["is_late"] is True


def test_a_refused_warning_says_why_it_did_not_go_and_the_day_itself_comes_all_the_same(world, now) -> None:
    world.plan(world.clock())
    world.hand_over(now)
    officer = actor_for(world.officer, world.post)
    with write_unit(world.session) as unit:
        choose(unit, officer, {Sort.EARLY}, now)
    world.hand_over(WEEK_BEFORE)
    assert [row.reason for row in world.rows(recipient_id=world.officer.id, rule="before_7")] == ["unsubscribed"]
    world.hand_over(LAST_DAY)
    assert sent(world, world.officer)[-1].parameters["rule"] == "due_today"


def test_only_mail_that_may_be_refused_carries_the_link(world, now) -> None:
    world.plan(world.clock())
    world.hand_over(now)
    world.hand_over(WEEK_BEFORE)
    opening, warning = sent(world, world.officer)
    assert "unsubscribe" not in opening.parameters
    token = warning.parameters["unsubscribe"].removeprefix("/unsubscribe/")
    with write_unit(world.session) as unit:
        assert unsubscribe_by_link(unit, token, now) == [Sort.EARLY]
        assert list_refused(unit, actor_for(world.officer)) == {Sort.EARLY}


@pytest.mark.parametrize("token", ["", "1", "1.early", "1.early.x", "1.everything.x", "x.early.x", "1.early.ß"])
def test_a_link_that_is_not_ours_ends_nothing(world, now, token) -> None:
    with pytest.raises(LinkSpent), write_unit(world.session) as unit:
        unsubscribe_by_link(unit, token, now)


def test_a_link_is_one_persons_for_one_sort(world) -> None:
    paths = {path_for(world.session, person, [sort]) for person in (1, 2) for sort in Sort}
    assert len(paths) == 2 * len(Sort)
    both = path_for(world.session, 1, [Sort.TREATIES, Sort.EARLY])
    assert both == path_for(world.session, 1, {Sort.EARLY, Sort.TREATIES})
    assert "/1.early+treaties." in both


def test_a_snooze_holds_warnings_back_until_its_morning(world, now) -> None:
    clock = world.clock()
    world.plan(clock)
    world.hand_over(now)
    officer = actor_for(world.officer, world.post)
    with write_unit(world.session) as unit:
        snooze(unit, officer, clock.id, until_on=date(2026, 12, 28), reason="The expert is ill.", now=now)
    world.hand_over(WEEK_BEFORE)
    (held,) = world.rows(recipient_id=world.officer.id, rule="before_7")
    assert (held.state, held.reason, held.next_at) == ("planned", "snoozed", datetime(2026, 12, 28, 7, tzinfo=UTC))
    assert world.rows(recipient_id=world.second.id, rule="before_7")[0].state == "handed_over"
    world.hand_over(datetime(2026, 12, 28, 7, tzinfo=UTC))
    assert sent(world, world.officer)[-1].parameters["collapsed"] == 2
    assert sent(world, world.officer)[-1].parameters["is_late"] is False


def test_a_snooze_never_hides_the_last_day_and_ends_when_its_officer_says(world, now) -> None:
    clock = world.clock()
    world.plan(clock)
    officer = actor_for(world.officer, world.post)
    with write_unit(world.session) as unit:
        snooze(unit, officer, clock.id, until_on=date(2026, 12, 20), reason="Holidays.", now=now)
    world.hand_over(now)
    with write_unit(world.session) as unit:
        end_snooze(unit, officer, clock.id, now)
    assert [row.state for row in world.rows(recipient_id=world.officer.id, rule="opening")] == ["planned"]
    assert world.hand_over(now).handed_over == 1
    with write_unit(world.session) as unit:
        snooze(unit, officer, clock.id, until_on=date(2026, 12, 29), reason="Holidays.", now=now)
    world.hand_over(LAST_DAY)
    assert sent(world, world.officer)[-1].parameters["rule"] == "due_today"


@pytest.mark.parametrize(
    ("until_on", "reason", "field"),
    [
        (date(2026, 12, 14), "x", "until_on"),
        (date(2026, 12, 30), "x", "until_on"),
        (date(2026, 12, 20), "  ", "reason"),
        (date(2026, 12, 20), "x" * 401, "reason"),
    ],
)
def test_a_snooze_needs_a_day_before_the_date_and_a_reason(world, now, until_on, reason, field) -> None:
    clock = world.clock()
    with pytest.raises(InvalidInput) as refused, write_unit(world.session) as unit:
        snooze(unit, actor_for(world.officer, world.post), clock.id, until_on=until_on, reason=reason, now=now)
    assert refused.value.parameters["field"] == field


def test_the_head_sees_who_put_off_what_and_why(world, now) -> None:
    clock = world.clock()
    with write_unit(world.session) as unit:
        officer = actor_for(world.officer, world.post)
        snooze(unit, officer, clock.id, until_on=date(2026, 12, 20), reason="The expert is ill.", now=now)
    head = actor_for(world.head, world.post, role=Role.HEAD)
    (line,) = list_snoozes(world.session, head, now.date())
    assert (line.name, line.reason, line.is_own) == (world.officer.name, "The expert is ill.", False)
    assert list_snoozes(world.session, actor_for(world.second, world.post), now.date()) == []


def test_only_a_running_clock_of_ones_own_desk_can_be_put_off(world, now) -> None:
    clock = world.clock()
    stranger = actor_for(world.abroad, world.home)
    with pytest.raises(NotFound), write_unit(world.session) as unit:
        snooze(unit, stranger, clock.id, until_on=date(2026, 12, 20), reason="x", now=now)
    world.change(clock, state="paused")
    with pytest.raises(TransitionNotPermitted), write_unit(world.session) as unit:
        snooze(unit, actor_for(world.officer, world.post), clock.id, until_on=date(2026, 12, 20), reason="x", now=now)
    with pytest.raises(NotFound), write_unit(world.session) as unit:
        end_snooze(unit, actor_for(world.officer, world.post), clock.id, now)


def test_a_provision_that_was_withdrawn_reminds_nobody_and_the_row_says_so(world, session, now) -> None:
    clock = world.clock()
    world.plan(clock)
    with write_unit(session) as unit:
        unit.get_one(ProvisionVersionRow, clock.provision_version_id).superseded_at = now
    world.hand_over(now)
    due = [row for row in world.rows() if row.rule == "opening"]
    assert {(row.state, row.reason) for row in due} == {("cancelled", "provision_withdrawn")}


def test_who_closed_the_account_is_not_written_to(world, session, now) -> None:
    world.plan(world.clock())
    with write_unit(session) as unit:
        unit.get_one(type(world.officer), world.officer.id).is_active = False
    world.hand_over(now)
    (row,) = world.rows(recipient_id=world.officer.id, rule="opening")
    assert (row.state, row.reason) == ("cancelled", "recipient_gone")


def test_a_digest_of_very_many_names_the_first_and_counts_the_rest(world, monkeypatch) -> None:
    monkeypatch.setattr("mobility.services.handing_over.MOST_IN_A_DIGEST", 1)
    two_clocks(world)
    world.hand_over(world.now)
    (message,) = sent(world, world.officer)
    assert (len(message.parameters["items"]), message.parameters["more"]) == (1, 1)
    assert len(message.parameters["clocks"]) == 2


def test_notices_stand_on_the_site_until_they_are_read(world, now) -> None:
    world.plan(world.clock())
    world.hand_over(now)
    officer = actor_for(world.officer, world.post)
    (line, arrival), more = list_notices(world.session, officer)
    assert (line.template, line.read_at, arrival.template, more) == ("reminder", None, "case_submitted", None)
    assert find_known_person(world.session, world.officer.id).unread == 2
    with pytest.raises(NotFound), write_unit(world.session) as unit:
        open_notice(unit, actor_for(world.second, world.post), line.id, now)
    with write_unit(world.session) as unit:
        open_notice(unit, officer, line.id, now)
    assert find_known_person(world.session, world.officer.id).unread == 1
    assert [each.id for each in list_notices(world.session, officer, only_unread=True)[0]] == [arrival.id]
    with write_unit(world.session) as unit:
        mark_all_read(unit, actor_for(world.second, world.post), now)
    assert find_known_person(world.session, world.second.id).unread == 0


def test_planned_rows_keep_the_moment_they_were_planned_for(world, session) -> None:
    world.plan(world.clock())
    rows = session.scalars(select(Reminder)).all()
    assert {row.next_at == row.due_at for row in rows} == {True}


def test_a_warning_leaves_with_the_header_by_which_a_mail_program_refuses_it(world, now) -> None:
    world.plan(world.clock())
    world.hand_over(now)
    world.hand_over(WEEK_BEFORE)
    bench = Bench(world.session, WEEK_BEFORE)
    dispatch_until_idle(bench.post())
    mine = [mail for mail in bench.server.taken if mail["To"] == world.officer.email]
    headers = {mail["X-Mobility-Reminder"]: mail["List-Unsubscribe"] for mail in mine}
    assert headers.pop(f"digest:{world.officer.id}:2026-12-14") is None
    assert headers[f"digest:{world.officer.id}:2026-12-22"].startswith("<https://mobility.example/unsubscribe/")


def test_a_digest_leaves_without_the_dates_that_ended_meanwhile(world, now) -> None:
    first = two_clocks(world)[0]
    world.hand_over(now)
    world.change(first, state="met")
    bench = Bench(world.session, now + timedelta(hours=3))
    dispatch_until_idle(bench.post())
    (mail,) = [
        each for each in bench.server.taken if each["X-Mobility-Reminder"].startswith(f"digest:{world.officer.id}")
    ]
    assert mail["Subject"].startswith("1 date ahead")


def test_the_first_day_of_a_snooze_is_tomorrow_at_the_office_even_in_the_night_of_utc(world) -> None:
    clock = world.clock()
    world.change(clock, time_zone="America/New_York")
    officer, night = actor_for(world.officer, world.post), datetime(2026, 12, 15, 3, tzinfo=UTC)  # the 14th there
    with write_unit(world.session) as unit:
        snooze(unit, officer, clock.id, until_on=date(2026, 12, 15), reason="The expert is ill.", now=night)
    world.change(clock, time_zone="Asia/Tokyo")
    evening = datetime(2026, 12, 14, 20, tzinfo=UTC)  # the 15th already
    with pytest.raises(InvalidInput), write_unit(world.session) as unit:
        snooze(unit, officer, clock.id, until_on=date(2026, 12, 15), reason="The expert is ill.", now=evening)
