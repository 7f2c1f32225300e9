"""Dates counted again for a day of a calendar, a wording or a trigger: the difference first, then its writing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.calendars import Override
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted
from mobility.domain.events import EventCode
from mobility.domain.law_codes import PeriodUnit
from mobility.services.audit import verify_chain
from mobility.services.clocks import explain_clock, open_bench, record_case_event, refresh_next_due
from mobility.services.clocks.bench import write_state
from mobility.services.recompute import (
    Change,
    ClockEnded,
    Recount,
    apply_to,
    correct_trigger,
    in_chunks,
)
from mobility.services.reminders import plan_for_clock
from mobility.services.treaties import version_of
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.offices import CalendarOverride
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.scope import CaseScope
from tests.factories import NOW, _version_row, actor_for, make_person, make_provision
from tests.services.scenes import Scene
from tests.services.test_case_requests import pausing
from tests.services.test_clock_services import TO_45_DAYS, TODAY, extend, lodged

# lodged on Monday 14 December 2026, 15 days: Tuesday 29 December
DUE, CLOSED = date(2026, 12, 29), Override(calendar="DE", day=date(2026, 12, 29), working=False, name="Mourning")


def happen(scene, code):
    with write_unit(scene.session):
        record_case_event(scene.session, scene.post, scene.case, "visa", code, TODAY, NOW)


def difference(session, change, now=NOW):
    return Recount(session, change, now).difference(session)


def applied(session, change, now=NOW, actor=SYSTEM):
    with write_unit(session):
        recount = Recount(session, change, now)
        found = recount.difference(session)
        return apply_to(session, actor, recount, [move.clock_id for move in found.moves])


def enter(session, override=CLOSED):
    person = make_person(session, name="Mei Tan")
    with write_unit(session):
        session.add(
            CalendarOverride(
                calendar=override.calendar,
                day=override.day,
                is_working=override.working,
                name=override.name,
                reason="Decree",
                entered_by=person.id,
                entered_at=NOW,
            )
        )


def test_a_planned_day_shows_what_it_would_move_and_moves_nothing(session) -> None:
    scene = lodged(session)
    found = difference(session, Change.entering(CLOSED))
    (move,) = found.moves
    assert (move.reference, move.provision, move.stage) == (scene.case.reference, "V05", "visa")
    assert (move.was.due_on, move.becomes.due_on) == (DUE, date(2026, 12, 30))
    assert (found.looked_at, found.cases, found.newly_overdue) == (1, 1, 0)
    assert scene.clocks()["V05"].due_on == DUE
    assert move.as_data()["is"]["due_on"] == "2026-12-30"


@pytest.mark.parametrize(
    ("day", "looked_at"),
    [(date(2026, 12, 13), 0), (date(2026, 12, 14), 1), (date(2026, 12, 30), 1), (date(2026, 12, 31), 0)],
)
def test_only_clocks_whose_days_hold_the_day_are_looked_at(session, day, looked_at) -> None:
    lodged(session)
    found = difference(session, Change.entering(replace(CLOSED, day=day)))
    assert (found.looked_at, found.moves) == (looked_at, ())


def test_other_calendars_and_ended_clocks_are_not_looked_at(session) -> None:
    scene = lodged(session)
    assert difference(session, Change.entering(replace(CLOSED, calendar="EG"))).looked_at == 0
    happen(scene, EventCode.VISA_DECIDED)
    assert scene.clocks()["V05"].state == "met"
    assert difference(session, Change.entering(CLOSED)).looked_at == 0


def test_a_country_rests_in_all_its_parts(session) -> None:
    scene = lodged(session)
    clock = scene.clocks()["V05"]
    with write_unit(session):
        clock.calendar = "DE-SN"
    assert len(difference(session, Change.entering(CLOSED)).moves) == 1
    assert difference(session, Change.entering(replace(CLOSED, calendar="DE-BY"))).looked_at == 0


def test_applying_keeps_the_old_answer_and_plans_notices_anew(session) -> None:
    scene = lodged(session)
    old = scene.clocks()["V05"].derivation
    before = session.scalars(select(Reminder.key).where(Reminder.state == "planned")).all()
    enter(session)
    done = applied(session, Change(calendar="DE", day=CLOSED.day))
    clock = scene.clocks()["V05"]
    assert done.moved == 1
    assert (clock.due_on, clock.due_version, clock.row_version) == (date(2026, 12, 30), 2, 2)
    event = clock.events[-1]
    assert (event.kind, event.data["cause"], event.data["calendar"]) == ("recomputed", "calendar", "DE")
    assert event.data["was"]["due_on"] == "2026-12-29"
    assert event.data["was"]["derivation"] == old
    assert any(step["code"] == "rolled" for step in clock.derivation["steps"])
    states = dict(session.execute(select(Reminder.key, Reminder.state)).all())
    assert {states[key] for key in before} == {"superseded"}
    assert {state for key, state in states.items() if key not in before} == {"planned"}
    assert scene.case.next_due_on == clock.earliest_on
    scope = session.scalars(select(CaseScope).where(CaseScope.principal == f"o:{clock.office_id}")).one()
    assert scope.due_on == clock.earliest_on


def stored(session):
    """Return what lists, notices and explanations read: everything that follows from the clocks."""
    session.expire_all()
    return [
        [tuple(row) for row in session.execute(query)]
        for query in (
            select(Clock.id, Clock.due_on, Clock.due_version, Clock.derivation, Clock.row_version).order_by(Clock.id),
            select(CaseFile.id, CaseFile.next_due_on, CaseFile.row_version).order_by(CaseFile.id),
            select(CaseScope.case_id, CaseScope.principal, CaseScope.due_on, CaseScope.is_open).order_by(
                CaseScope.case_id, CaseScope.principal
            ),
            select(Reminder.key, Reminder.state, Reminder.reason, Reminder.about_on, Reminder.next_at).order_by(
                Reminder.key
            ),
        )
    ]


def test_many_at_once_leave_what_one_after_the_other_would(session) -> None:
    longer = lodged(session, extension=TO_45_DAYS)
    extend(longer)
    make_provision(session, code="V06", starts_on="visa_lodged", owed_by="applicant", calendar="actor")
    plain = Scene(session, provisions={"visa": ["V06"]})
    plain.take(plain.post, "lodge", {"lodged_on": TODAY})
    enter(session)
    enter(session, replace(CLOSED, day=date(2027, 1, 28)))
    recount = Recount(session, Change(), NOW)
    moves = recount.difference(session).moves
    assert {move.is_replayed for move in moves} == {False, True}
    with write_unit(session):
        assert apply_to(session, SYSTEM, recount, [move.clock_id for move in moves]).moved == 2
    written = stored(session)
    for scene in (longer, plain):
        with write_unit(session):
            bench = open_bench(session, SYSTEM, scene.case, NOW)
            for clock in bench.clocks:
                write_state(clock, bench.state(clock))
                assert plan_for_clock(session, clock, NOW) == []
            refresh_next_due(session, scene.case)
    assert stored(session) == written
    assert verify_chain(session) is None


def test_the_people_concerned_are_told_once(session) -> None:
    scene = lodged(session)
    enter(session)
    change = Change(calendar="DE", day=CLOSED.day)
    assert applied(session, change).told == 1
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "date_moved")).one()
    assert message.recipient_id == scene.post.person_id
    facts = message.parameters
    assert (facts["was_on"], facts["earliest_on"], facts["cause"]) == ("2026-12-29", "2026-12-30", "calendar")
    assert facts["path"] == f"/desk/cases/{scene.case.reference}"
    assert applied(session, change).moved == 0


def test_the_log_has_one_entry_for_each_case_and_stays_whole(session) -> None:
    scene = lodged(session)
    enter(session)
    applied(session, Change(calendar="DE", day=CLOSED.day))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.code == "clocks_recomputed")).one()
    assert entry.case_id == scene.case.id
    (clock,) = entry.parameters["clocks"]
    assert (clock["was"], clock["is"], clock["kinds"]) == ("2026-12-29", "2026-12-30", ["recomputed"])
    assert verify_chain(session) is None


def test_a_day_that_becomes_a_working_day_can_make_a_clock_late(session) -> None:
    scene = lodged(session, period="11")  # ends on Christmas Day, moves over the weekend to the 28th
    assert scene.clocks()["V05"].due_on == date(2026, 12, 28)
    opened = Override(calendar="DE", day=date(2026, 12, 25), working=True, name="Open")
    found = difference(session, Change.entering(opened), NOW + timedelta(days=13))
    (move,) = found.moves
    assert (move.becomes.due_on, move.becomes_overdue, found.newly_overdue) == (date(2026, 12, 25), True, 1)


def test_extended_clocks_are_replayed_from_their_events(session) -> None:
    scene = lodged(session, extension=TO_45_DAYS)
    extend(scene)
    assert scene.clocks()["V05"].due_on == date(2027, 1, 28)
    enter(session, replace(CLOSED, day=date(2027, 1, 28)))
    assert applied(session, Change(calendar="DE", day=date(2027, 1, 28))).moved == 1
    assert scene.clocks()["V05"].due_on == date(2027, 1, 29)


def test_a_clock_that_stands_still_keeps_its_days_until_it_goes_on(session) -> None:
    pausing(session)
    scene = Scene(session, provisions={"visa": ["S01"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    happen(scene, EventCode.DOCUMENTS_REQUESTED)
    clock = scene.clocks()["S01"]
    assert (clock.state, clock.due_on) == ("paused", date(2027, 3, 15))
    found = difference(session, Change.entering(replace(CLOSED, day=clock.due_on)), NOW + timedelta(days=9))
    assert (found.looked_at, found.moves) == (1, ())


def test_nothing_changed_means_nothing_moves(session) -> None:
    lodged(session)
    found = difference(session, Change())
    assert (found.looked_at, found.moves, found.refused) == (1, (), ())
    with write_unit(session):
        assert apply_to(session, SYSTEM, Recount(session, Change(), NOW), []).moved == 0


def replace_wording(session, code="V05", **terms):
    """Correct a wording as a load of corrected files does."""
    row = session.scalars(select(ProvisionVersionRow)).one()
    with write_unit(session):
        row = session.get_one(ProvisionVersionRow, row.id)
        row.superseded_at = NOW
        row.provision.versions.append(_version_row(replace(version_of(row), **terms)))
    return row.id


def test_a_corrected_wording_takes_over_its_clocks(session) -> None:
    scene = lodged(session)
    old = replace_wording(session, period="30")
    change = Change(provisions=("V05",))
    (move,) = difference(session, change).moves
    assert move.becomes.due_on == date(2027, 1, 13)
    assert applied(session, change).moved == 1
    session.expire_all()
    clock = scene.clocks()["V05"]
    assert clock.due_on == date(2027, 1, 13)
    assert clock.provision_version_id != old
    assert clock.events[-1].data["was"]["provision_version"] == old
    assert difference(session, change).moves == ()


def test_a_change_of_calendar_never_changes_the_wording(session) -> None:
    lodged(session)
    replace_wording(session, period="30")
    assert difference(session, Change(calendar="DE", day=date(2026, 12, 21))).moves == ()


def test_a_wording_that_was_only_taken_away_keeps_its_clocks(session) -> None:
    lodged(session)
    row = session.scalars(select(ProvisionVersionRow)).one()
    with write_unit(session):
        session.get_one(ProvisionVersionRow, row.id).superseded_at = NOW
    assert difference(session, Change(provisions=("V05",))).moves == ()


def test_a_clock_that_cannot_be_counted_any_more_is_named_and_keeps_its_days(session) -> None:
    scene = lodged(session)
    replace_wording(session, rule_set="CHVWVG", unit=PeriodUnit.HOURS)
    found = difference(session, Change(provisions=("V05",)))
    assert found.moves == ()
    assert found.refused == ((scene.clocks()["V05"].id, "unit_not_covered"),)


def test_the_explanation_tells_what_was_told_before(session) -> None:
    scene = lodged(session)
    enter(session)
    applied(session, Change(calendar="DE", day=CLOSED.day), NOW + timedelta(days=1))
    told = scene.read(explain_clock, scene.post, scene.clocks()["V05"].id, NOW + timedelta(days=1))
    assert [each.due_on for each in told.earlier] == [DUE]
    assert told.answer.last_day == date(2026, 12, 30)


def test_portions_are_as_large_as_a_unit_may_be() -> None:
    assert [len(each) for each in in_chunks(range(1001))] == [500, 500, 1]


def correct(scene, actor=None, **values):
    clock = scene.clocks()["V05"]
    given = {"on_day": date(2026, 12, 16), "reason": "The stamp says the 16th.", "row_version": clock.row_version}
    given |= values
    with write_unit(scene.session):
        return correct_trigger(scene.session, actor or scene.post, clock.id, now=scene.now, **given)


def test_a_corrected_trigger_counts_anew_and_is_told(session) -> None:
    scene = lodged(session)
    correct(scene)
    clock = scene.clocks()["V05"]
    assert (clock.trigger_on, clock.due_on, clock.due_version) == (date(2026, 12, 16), date(2026, 12, 31), 2)
    data = clock.events[-1].data
    assert (data["start"], data["reason"]) == ("2026-12-16", "The stamp says the 16th.")
    assert data["was"]["due_on"] == "2026-12-29"
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "date_moved")).one()
    assert message.parameters["cause"] == "trigger"
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (entry.code, entry.parameters["day"]) == ("trigger_corrected", "2026-12-16")
    assert scene.case.next_due_on == clock.earliest_on


def test_a_correction_needs_a_seat_a_reason_and_another_day(session) -> None:
    scene = lodged(session)
    for values in ({"reason": " "}, {"reason": "x" * 1001}, {"on_day": TODAY}):
        with pytest.raises(InvalidInput):
            correct(scene, **values)
    with pytest.raises(NotPermitted):
        correct(scene, scene.applicant)
    with pytest.raises(NotPermitted):
        correct(scene, Actor(person_id=scene.applicant.person_id, is_administrator=True))
    with pytest.raises(ChangedMeanwhile):
        correct(scene, row_version=9)
    with pytest.raises(NotFound), write_unit(session):
        correct_trigger(session, scene.post, 10**6, TODAY, "x", 1, NOW)
    assert scene.clocks()["V05"].due_on == DUE


def test_what_has_ended_is_not_corrected(session) -> None:
    scene = lodged(session)
    happen(scene, EventCode.VISA_DECIDED)
    with pytest.raises(ClockEnded):
        correct(scene)


def test_everybody_who_owes_or_watches_is_told(session) -> None:
    make_provision(session, code="V06", starts_on="visa_lodged", owed_by="applicant", calendar="actor")
    scene = Scene(session, provisions={"visa": ["V06"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    enter(session)
    assert applied(session, Change(calendar="DE", day=CLOSED.day)).told == 2
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "date_moved")).all()
    yours = {row.recipient_id: row.parameters["is_yours"] for row in rows}
    assert yours == {scene.applicant.person_id: True, scene.post.person_id: False}
    assert session.scalars(select(Clock.owed_by)).all() == ["applicant"]
    assert actor_for(make_person(session)).person_id not in yours
