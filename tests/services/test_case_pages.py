"""What a page of a case shows to whom, and what the queue of a desk shows, in a fixed number of statements."""

from datetime import date, timedelta

import pytest

from mobility.domain.access import principals_of
from mobility.domain.cases import CaseStep
from mobility.domain.clocks import ClockStatus
from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.events import EventCode
from mobility.domain.law_codes import SuspensionModel
from mobility.domain.treaties import Suspension
from mobility.domain.turns import TurnReason
from mobility.services.cases import (
    DeskFilters,
    DeskGroup,
    Lamp,
    assign_officer,
    case_for_applicant,
    case_for_officer,
    list_desk,
    list_my_cases,
    list_officers,
)
from mobility.services.requests import answer, ask
from mobility.services.threads import post_message
from mobility.storage.db import write_unit
from mobility.storage.scope import ALL, set_scope
from tests.factories import NOW, actor_for, make_case, make_person, make_provision
from tests.services.scenes import Scene, counted

TODAY = NOW.date()


def pausing_provision(session, code="S01"):
    return make_provision(
        session,
        code=code,
        starts_on="visa_lodged",
        met_by=("visa_decided",),
        calendar="actor",
        period="90",
        unit="days",
        suspension=Suspension(
            model=SuspensionModel.STOP_AND_RESUME,
            from_event=EventCode.DOCUMENTS_REQUESTED,
            to_event=EventCode.DOCUMENTS_RECEIVED,
        ),
    )


@pytest.fixture
def scene(session):
    pausing_provision(session)
    made = Scene(session, stages=("visa", "funding"), provisions={"visa": ["S01"]})
    made.take(made.officer("visa"), "lodge", {"lodged_on": TODAY - timedelta(days=4)})
    return made


def test_the_applicant_sees_facts_stages_and_the_next_date(session, scene) -> None:
    page = scene.read(case_for_applicant, scene.applicant, scene.case_id, scene.now)
    assert (page.reference, page.status, page.planned_days) == (scene.case.reference, "in_progress", 70)
    assert [(stage.kind, stage.status) for stage in page.stages] == [("visa", "lodged"), ("funding", "opened")]
    clock = page.stages[0].clocks[0]
    assert (clock.provision, clock.status, clock.lamp) == ("S01", ClockStatus.RUNNING, Lamp.ON_TIME)
    assert clock.days_left == (clock.earliest_on - TODAY).days
    assert clock.working_days_left is None
    assert (page.next_clock, page.next_on) == (clock, clock.earliest_on)
    assert page.turn is not None
    assert page.office(page.turn.office_id).id == scene.stage().office_id
    assert page.may_withdraw
    assert not page.case_offers


def test_whose_turn_it_is_comes_from_the_stages_and_the_questions(session, scene) -> None:
    officer = scene.officer("visa")
    scene.do(ask, officer, "visa", text="Proof of lodging, please.", document_kind="lodging", answer_by=TODAY)
    page = scene.read(case_for_applicant, scene.applicant, scene.case_id, scene.now)
    assert (page.turn.reason, page.turn.request_id) == (TurnReason.ANSWER_REQUEST, page.requests[0].id)
    assert page.next_on == TODAY
    assert [request.is_open for request in page.requests] == [True]


def test_a_clock_that_stands_still_moves_by_a_day_each_day(session, scene) -> None:
    officer = scene.officer("visa")
    before = scene.read(case_for_officer, officer, scene.case_id, NOW).clocks[0].due_on
    scene.do(ask, officer, "visa", text="?", answer_by=TODAY + timedelta(days=30))
    days = [
        scene.read(case_for_officer, officer, scene.case_id, NOW + timedelta(days=later)).clocks[0]
        for later in (0, 1, 5)
    ]
    assert [clock.lamp for clock in days] == [Lamp.STOPPED] * 3
    assert [(clock.latest_on - before).days for clock in days] == [1, 2, 6]
    assert [clock.paused_days for clock in days] == [1, 2, 6]


def test_officers_see_working_days_offers_and_what_others_propose(session, scene) -> None:
    officer = scene.officer("visa")
    page = scene.read(case_for_officer, officer, scene.case_id, scene.now)
    assert page.next_clock.working_days_left < page.next_clock.days_left
    visa, funding = page.stages
    assert visa.is_mine
    assert visa.may_ask
    assert "admit" in [offer.step for offer in visa.offers]
    assert not funding.is_mine
    assert funding.offers == ()
    assert page.my_office_ids == (visa.office.id,)
    assert officer.person_id in {person.id for person in page.officers}


def test_the_post_is_offered_what_fits_the_status(session) -> None:
    made = Scene(session, admitted=False)
    page = made.read(case_for_officer, made.post, made.case_id, NOW)
    offers = {offer.step: offer for offer in page.case_offers}
    assert set(offers) == {CaseStep.ADMIT, CaseStep.RETURN, CaseStep.DECLARE_INELIGIBLE}
    assert offers[CaseStep.RETURN].needs_ground
    assert "incomplete" in offers[CaseStep.RETURN].grounds
    assert page.stages[0].offers == ()


def test_a_manager_sees_the_case_and_may_do_nothing(session, scene) -> None:
    person = make_person(session)
    manager = actor_for(person, programmes=[scene.route.programme])
    set_scope(session, principals_of(manager))
    page = case_for_officer(session, manager, scene.case_id, scene.now)
    assert page.stages
    assert not page.case_offers
    assert not any(stage.offers or stage.may_ask for stage in page.stages)
    set_scope(session, ALL)


def test_the_wrong_reader_is_told_there_is_no_such_case(session, scene) -> None:
    stranger = actor_for(make_person(session))
    with pytest.raises(NotFound):
        case_for_applicant(session, stranger, scene.case_id, NOW)
    with pytest.raises(NotFound):
        scene.read(case_for_officer, scene.applicant, scene.case_id, NOW)
    with scene.as_reader(stranger), pytest.raises(NotFound):
        case_for_officer(session, scene.post, scene.case_id, NOW)


def test_notes_stay_among_offices(session, scene) -> None:
    officer = scene.officer("visa")
    scene.do(post_message, officer, text="Check the guarantor.", internal=True)
    scene.do(post_message, officer, text="We have your file.")
    scene.do(post_message, scene.applicant, text="شكراً", language="ar")
    mine = scene.read(case_for_applicant, scene.applicant, scene.case_id, scene.now)
    theirs = scene.read(case_for_officer, officer, scene.case_id, scene.now)
    assert [message.text for message in mine.messages] == ["We have your file.", "شكراً"]
    assert [message.is_internal for message in theirs.messages] == [True, False, False]
    assert "note_written" not in {entry.code for entry in mine.history}
    assert "note_written" in {entry.code for entry in theirs.history}


def test_the_history_says_which_dates_moved(session, scene) -> None:
    officer = scene.officer("visa")
    request = scene.do(ask, officer, "visa", text="?", answer_by=TODAY + timedelta(days=9))
    scene.now = NOW + timedelta(days=6)
    with write_unit(session):
        answer(session, scene.applicant, request.id, text="Here it is.", now=scene.now)
    page = scene.read(case_for_officer, officer, scene.case_id, scene.now)
    moved = [(entry.code, move.kinds, move.was_on, move.is_on) for entry in page.history for move in entry.moves]
    set_on = date(2026, 12, 10) + timedelta(days=90)
    assert moved[-1] == ("stage_step_taken", ("started",), None, set_on)
    assert moved[0][:3] == ("stage_step_taken", ("resumed",), moved[0][2])
    assert moved[0][3] > set_on
    assert page.history[-1].is_applicant
    assert page.history[-1].code == "case_opened"


def test_a_case_page_reads_at_most_twenty_statements(session, scene) -> None:
    officer = scene.officer("visa")
    for number in range(3):
        scene.do(ask, officer, "visa", text=f"Question {number}", answer_by=TODAY + timedelta(days=9))
    for read, reader in ((case_for_applicant, scene.applicant), (case_for_officer, officer)):
        with scene.as_reader(reader), counted(session) as statements:
            read(session, reader, scene.case_id, scene.now)
        assert len(statements) <= 20, statements


def test_the_plan_is_measured_against_the_arrival(session, scene) -> None:
    page = scene.read(case_for_applicant, scene.applicant, scene.case_id, scene.now)
    assert not page.outlook.is_feasible  # 90 days from 10 December end after 1 March
    assert page.outlook.first_break.kind == "visa"


def test_a_rolling_limit_of_the_route_counts_the_stay(session) -> None:
    make_provision(session, code="V10", stage="stay", rule_set="ROLL90_180", period="90", unit="days", kind="stay")
    made = Scene(session, provisions={"visa": ["V10"]}, departure_on=date(2027, 6, 9))
    advice = made.read(case_for_applicant, made.applicant, made.case_id, NOW).stay_advice
    assert (advice.provision, advice.counted_days, advice.allowed_days, advice.is_over) == ("V10", 101, 90, True)


def test_my_cases_count_the_open_questions(session, scene) -> None:
    scene.do(ask, scene.officer("visa"), "visa", text="?", answer_by=TODAY)
    rows = scene.read(list_my_cases, scene.applicant)
    assert [(row.id, row.open_requests, row.host_city) for row in rows] == [(scene.case_id, 1, "Dresden")]
    assert list_my_cases(session, actor_for(make_person(session))) == []


@pytest.fixture
def desk(session):
    """One office with five lodged cases, one day apart, the first of them late."""
    make_provision(
        session, code="V05", starts_on="visa_lodged", met_by=("visa_decided",), calendar="actor", unit="days"
    )
    first = Scene(session, provisions={"visa": ["V05"]})
    scenes = [first]
    for _ in range(4):
        other = Scene.__new__(Scene)
        other.session, other.now, other.route, other.post = session, NOW, first.route, first.post
        made = make_case(session, route=first.route)
        other.case_id, other.applicant = made.id, actor_for(made.person)
        other.admit()
        scenes.append(other)
    for number, each in enumerate(scenes):
        each.take(first.post, "lodge", {"lodged_on": TODAY - timedelta(days=16 - number)})
    return scenes


def test_the_queue_is_in_the_order_of_the_next_legal_day(session, desk) -> None:
    page = desk[0].read(list_desk, desk[0].post, desk[0].stage().office_id, now=NOW)
    assert [row.case_id for row in page.rows] == [each.case_id for each in desk]
    assert [row.group for row in page.rows] == [
        DeskGroup.DUE_TODAY,
        DeskGroup.DUE_TODAY,
        DeskGroup.THIS_WEEK,
        DeskGroup.THIS_WEEK,
        DeskGroup.THIS_WEEK,
    ]
    row = page.rows[0]
    assert (row.clock.provision, row.clock.lamp, row.waiting_for) == ("V05", Lamp.DUE_TODAY, "office")
    assert (page.counts.open, page.counts.late, page.counts.due_today, page.counts.this_week) == (5, 0, 2, 3)


def test_later_the_same_queue_is_late(session, desk) -> None:
    page = desk[0].read(list_desk, desk[0].post, desk[0].stage().office_id, now=NOW + timedelta(days=2))
    late = [row for row in page.rows if row.group is DeskGroup.LATE]
    assert [row.clock.days_left for row in late[:2]] == [-2, -2]
    assert page.counts.late == len(late)


def test_pages_follow_each_other_without_gap_or_repetition(session, desk) -> None:
    seen, after = [], None
    while True:
        page = desk[0].read(list_desk, desk[0].post, desk[0].stage().office_id, now=NOW, after=after, limit=2)
        seen += [row.case_id for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert seen == [each.case_id for each in desk]
    with pytest.raises(InvalidInput):
        desk[0].read(list_desk, desk[0].post, desk[0].stage().office_id, now=NOW, after="tomorrow")


def test_a_queue_reads_four_statements_at_any_size(session, desk) -> None:
    office_id = desk[0].stage().office_id
    for limit in (1, 50):
        with desk[0].as_reader(desk[0].post), counted(session) as statements:
            list_desk(session, desk[0].post, office_id, now=NOW, limit=limit)
        assert len(statements) <= 4, statements


def test_filters_narrow_the_queue(session, desk) -> None:
    actor, office_id = desk[0].post, desk[0].stage().office_id

    def found(**values):
        page = desk[0].read(list_desk, actor, office_id, now=NOW, filters=DeskFilters(**values))
        return [row.case_id for row in page.rows]

    everything = [each.case_id for each in desk]
    assert found(state=DeskGroup.DUE_TODAY) == everything[:2]
    assert found(state=DeskGroup.STOPPED) == []
    assert found(text=desk[2].case.reference.lower()) == [everything[2]]
    assert found(text="layla") == everything
    assert found(text="100%") == []
    assert found(sending="FR") == []
    assert found(stage="visa", status="in_progress") == everything
    assert found(assigned="nobody") == everything
    desk[1].do(assign_officer, actor, "visa", actor.person_id, row_version=desk[1].stage().row_version)
    assert found(assigned="mine") == found(assigned=str(actor.person_id)) == [everything[1]]


def test_a_stopped_case_stands_at_the_end(session) -> None:
    pausing_provision(session)
    made = Scene(session, provisions={"visa": ["S01"]})
    made.take(made.post, "lodge", {"lodged_on": TODAY})
    made.do(ask, made.post, "visa", text="?", answer_by=TODAY + timedelta(days=3))
    page = made.read(list_desk, made.post, made.stage().office_id, now=NOW)
    assert [(row.group, row.waiting_for, row.next_due_on) for row in page.rows] == [
        (DeskGroup.STOPPED, "applicant", None)
    ]
    assert page.counts.stopped == 1


def test_only_those_who_sit_there_see_a_desk(session, desk) -> None:
    stranger = actor_for(make_person(session))
    with pytest.raises(NotFound):
        list_desk(session, stranger, desk[0].stage().office_id, now=NOW)
    with pytest.raises(NotFound):
        list_officers(session, stranger, desk[0].stage().office_id)
    assert desk[0].post.person_id in {
        each.id for each in list_officers(session, desk[0].post, desk[0].stage().office_id)
    }
