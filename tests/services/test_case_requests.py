"""Questions to the applicant stop the clocks that the law lets stop, and the answer lets them go on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mobility.domain.access import principals_of
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.domain.events import EventCode
from mobility.domain.law_codes import SuspensionModel
from mobility.domain.treaties import Suspension
from mobility.services.requests import RequestClosed, answer, ask, withdraw_request
from mobility.services.threads import post_message
from mobility.storage.db import write_unit
from mobility.storage.models.cases import Request
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.documents import Document
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.scope import ALL, CaseScope, set_scope
from tests.factories import NOW, actor_for, keep, make_person, make_provision
from tests.services.scenes import Scene

TODAY = NOW.date()
BY = TODAY + timedelta(days=10)


def pausing(session, model=SuspensionModel.STOP_AND_RESUME, **values):
    suspension = Suspension(
        model=model, from_event=EventCode.DOCUMENTS_REQUESTED, to_event=EventCode.DOCUMENTS_RECEIVED
    )
    given = {"code": "S01", "period": "90", "unit": "days", "calendar": "actor", "met_by": ("visa_decided",)}
    return make_provision(session, starts_on="visa_lodged", suspension=suspension, **(given | values))


@pytest.fixture
def lodged(session):
    pausing(session)
    scene = Scene(session, provisions={"visa": ["S01"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY - timedelta(days=5)})
    scene.take(scene.post, "admit")
    return scene


def reply(scene, request, later=0, **values):
    scene.now = NOW + timedelta(days=later)
    with write_unit(scene.session):
        return answer(scene.session, scene.applicant, request.id, now=scene.now, **({"text": "Here it is."} | values))


def test_a_question_stops_the_clock_and_tells_the_applicant(session, lodged) -> None:
    before = lodged.clocks()["S01"].due_on
    request = lodged.do(
        ask, lodged.post, "visa", text="Proof of lodging, please.", document_kind="lodging", answer_by=BY
    )
    clock = lodged.clocks()["S01"]
    assert (lodged.stage().status, clock.state, clock.paused_since) == ("documents_requested", "paused", TODAY)
    assert lodged.case.next_due_on is None
    letter = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "request_asked")).one()
    assert letter.parameters | {"office_names": 0} == {
        "reference": lodged.case.reference,
        "path": f"/stays/{lodged.case.reference}",
        "answer_by": BY.isoformat(),
        "document_kind": "lodging",
        "stage_kind": "visa",
        "office_names": 0,
    }
    reply(lodged, request, later=6)
    clock = lodged.clocks()["S01"]
    assert (lodged.stage().status, clock.state) == ("admissible", "running")
    assert (clock.latest_on - before).days == 7  # both ends of the pause are left out
    assert clock.earliest_on < clock.latest_on  # whether the day of the request counts, the law does not say
    assert lodged.case.next_due_on == clock.earliest_on
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "request_answered")).one()
    assert (told.recipient_id, told.parameters["answered_on"]) == (lodged.post.person_id, "2026-12-20")


def test_the_due_version_rises_when_the_date_moves(session, lodged) -> None:
    assert lodged.clocks()["S01"].due_version == 1
    request = lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY)
    stopped = lodged.clocks()["S01"].due_version
    reply(lodged, request, later=6)
    assert lodged.clocks()["S01"].due_version > stopped >= 1


def test_the_offices_own_day_follows_its_clock(session, lodged) -> None:
    def due(principal):
        query = select(CaseScope.due_on).where(CaseScope.principal == principal)
        return session.scalar(query)

    office = f"o:{lodged.stage().office_id}"
    assert due(office) == lodged.clocks()["S01"].earliest_on
    lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY)
    assert due(office).year == 9999


def test_a_second_question_keeps_the_clock_stopped_until_both_are_answered(session, lodged) -> None:
    first = lodged.do(ask, lodged.post, "visa", text="One?", answer_by=BY)
    second = lodged.do(ask, lodged.post, "visa", text="Two?", answer_by=BY)
    reply(lodged, first, later=2)
    assert (lodged.clocks()["S01"].state, lodged.stage().status) == ("paused", "documents_requested")
    reply(lodged, second, later=4)
    assert (lodged.clocks()["S01"].state, lodged.stage().status) == ("running", "admissible")


def test_a_question_taken_back_lets_the_clock_go_on(session, lodged) -> None:
    request = lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY)
    with pytest.raises(ChangedMeanwhile), write_unit(session):
        withdraw_request(session, lodged.post, request.id, row_version=request.row_version + 1, now=NOW)
    with write_unit(session):
        withdraw_request(session, lodged.post, request.id, row_version=request.row_version, now=NOW)
    assert (lodged.clocks()["S01"].state, lodged.stage().status) == ("running", "admissible")
    with pytest.raises(RequestClosed):
        reply(lodged, request)


def test_papers_over_the_counter_answer_the_open_questions(session, lodged) -> None:
    request = lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY)
    lodged.take(lodged.post, "receive_documents", {"received_on": TODAY})
    assert session.get_one(Request, request.id).answered_on == TODAY
    assert lodged.clocks()["S01"].state == "running"


def test_a_law_without_pauses_does_not_stop(session) -> None:
    make_provision(session, code="V05", starts_on="visa_lodged", met_by=("visa_decided",), calendar="actor")
    scene = Scene(session, provisions={"visa": ["V05"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    scene.do(ask, scene.post, "visa", text="?", answer_by=BY)
    assert scene.clocks()["V05"].state == "running"


def test_a_law_that_stops_for_the_time_allowed_goes_on_by_itself(session) -> None:
    pausing(session, model=SuspensionModel.TIME_ALLOWED)
    scene = Scene(session, provisions={"visa": ["S01"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    scene.do(ask, scene.post, "visa", text="?", answer_by=BY)
    event = session.scalars(select(ClockEventRow).where(ClockEventRow.kind == "suspended")).one()
    assert event.data["allowed_until"] == BY.isoformat()


def test_a_question_about_the_case_stops_no_stage(session, lodged) -> None:
    lodged.do(ask, lodged.post, None, text="Your new address?", answer_by=BY)
    assert lodged.clocks()["S01"].state == "running"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "  "}, "text"),
        ({"answer_by": TODAY - timedelta(days=1)}, "answer_by"),
        ({"answer_by": date(9999, 1, 1)}, "answer_by"),
    ],
)
def test_a_question_needs_words_and_a_day_that_can_be(session, lodged, values, field) -> None:
    with pytest.raises(InvalidInput) as refused:
        lodged.do(ask, lodged.post, "visa", **({"text": "?", "answer_by": BY} | values))
    assert refused.value.parameters["field"] == field
    assert session.scalars(select(Request)).all() == []


def test_only_the_office_asks_and_only_the_applicant_answers(session, lodged) -> None:
    with pytest.raises(NotPermitted):
        lodged.do(ask, lodged.applicant, "visa", text="?", answer_by=BY)
    request = lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY)
    with pytest.raises(NotPermitted), write_unit(session):
        answer(session, lodged.post, request.id, text="!", now=NOW)


def test_outside_the_scope_there_is_no_question(session, lodged) -> None:
    request_id = lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY).id
    stranger = actor_for(make_person(session))
    set_scope(session, principals_of(stranger))
    with pytest.raises(NotFound), write_unit(session):
        answer(session, stranger, request_id, text="!", now=NOW)
    with pytest.raises(NotFound), write_unit(session):
        post_message(session, stranger, lodged.case_id, text="!", now=NOW)
    set_scope(session, ALL)


def test_documents_answer_a_question(session, lodged) -> None:
    request = lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY)
    values = {"kind": "lodging", "file_name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64}
    mine = keep(session, Document(person_id=lodged.case.person_id, case_id=lodged.case_id, sent_at=NOW, **values))
    other = keep(session, Document(person_id=make_person(session).id, sent_at=NOW, **values))
    with pytest.raises(NotFound):
        reply(lodged, request, document_ids=[mine.id, other.id])
    with pytest.raises(InvalidInput):
        reply(lodged, request, text=" ")
    reply(lodged, request, text="", document_ids=[mine.id])
    assert session.get_one(Document, mine.id).request_id == request.id


def test_nothing_is_asked_in_a_stage_that_waits_or_has_failed(session) -> None:
    scene = Scene(session, stages=("visa", "funding"), after={"visa": ["funding"]})
    with pytest.raises(TransitionNotPermitted):
        scene.do(ask, scene.post, "visa", text="?", answer_by=BY)


def test_messages_reach_the_other_side(session, lodged) -> None:
    lodged.do(post_message, lodged.applicant, text="When will you decide?")
    lodged.do(post_message, lodged.post, text="Soon.")
    told = session.scalars(
        select(OutboxMessage.recipient_id)
        .where(OutboxMessage.template == "message_received")
        .order_by(OutboxMessage.id)
    ).all()
    assert told == [lodged.post.person_id, lodged.applicant.person_id]
    with pytest.raises(NotPermitted):
        lodged.do(post_message, lodged.applicant, text="…", internal=True)
    with pytest.raises(InvalidInput):
        lodged.do(post_message, lodged.post, text=" ")


def test_a_paused_clock_keeps_its_events_in_order(session, lodged) -> None:
    request = lodged.do(ask, lodged.post, "visa", text="?", answer_by=BY)
    reply(lodged, request, later=3)
    clock_id = session.scalar(select(Clock.id))
    rows = session.execute(
        select(ClockEventRow.seq, ClockEventRow.kind, ClockEventRow.data)
        .where(ClockEventRow.clock_id == clock_id)
        .order_by(ClockEventRow.seq)
    ).all()
    assert [(row.seq, row.kind) for row in rows] == [(1, "started"), (2, "suspended"), (3, "resumed")]
    assert rows[1].data["ref"] == rows[2].data["ref"] == f"request:{request.id}"
