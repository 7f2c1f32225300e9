"""An application becomes a case once, with everything a case needs, and its first clocks run."""

from datetime import date

import pytest
from sqlalchemy import func, select

from mobility.domain.access import Actor, principals_of
from mobility.domain.errors import InvalidInput, NotFound, NotPermitted
from mobility.domain.references import is_reference
from mobility.services.audit import verify_chain
from mobility.services.cases import get_case, open_case
from mobility.storage.db import write_unit
from mobility.storage.models.applications import Application
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import CaseEvent, Clock
from mobility.storage.models.documents import Document
from mobility.storage.models.funding import BudgetLine
from mobility.storage.models.reciprocity import Flow
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.scope import ALL, CaseScope, set_scope
from tests.factories import (
    NOW,
    actor_for,
    keep,
    make_application,
    make_call,
    make_case,
    make_officer,
    make_person,
    make_provision,
    make_route,
)

LINES = [
    {"line": "travel", "amount_minor": 42000, "currency": "EUR", "payer": "EG"},
    {"line": "stay", "amount_minor": 215000, "currency": "EUR", "payer": "DE"},
]


def scope_of(session, case):
    return set(session.scalars(select(CaseScope.principal).where(CaseScope.case_id == case.id)))


def test_a_case_has_a_reference_with_its_check_character(session) -> None:
    first, second = make_case(session), make_case(session)
    assert first.reference.startswith("EG-DE-2026-000001-")
    assert second.reference.startswith("EG-DE-2026-000002-")
    assert is_reference(first.reference)


def test_numbers_count_for_each_direction_apart(session) -> None:
    make_case(session)
    other = make_case(session, route=make_route(session, sending="DE", receiving="EG"))
    assert other.reference.startswith("DE-EG-2026-000001-")


def test_sending_the_same_application_again_returns_the_same_case(session) -> None:
    case = make_case(session)
    person = session.get_one(type(case.person), case.person_id)
    with write_unit(session):
        again = open_case(session, actor_for(person), session.get_one(Application, case.application_id), NOW)
        assert again.id == case.id
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 1


def test_somebody_elses_application_is_refused(session) -> None:
    application = make_application(session)
    stranger = make_person(session)
    with pytest.raises(NotPermitted), write_unit(session):
        open_case(session, actor_for(stranger), application, NOW)


@pytest.mark.parametrize(
    ("arrival_on", "departure_on", "reason"),
    [(date(2027, 3, 9), date(2027, 3, 1), "departure_before_arrival"), (date(1, 1, 1), date(2027, 3, 1), "year")],
)
def test_an_impossible_stay_makes_no_case(session, arrival_on, departure_on, reason) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_case(session, arrival_on=arrival_on, departure_on=departure_on)
    assert reason in str(refused.value.parameters["reason"])
    assert session.scalars(select(CaseFile)).all() == []


def test_the_stages_of_the_programme_wait_at_their_offices(session) -> None:
    case = make_case(session)
    assert [(stage.kind, stage.status) for stage in case.stages] == [
        ("visa", "waiting"),
        ("recognition", "waiting"),
        ("funding", "waiting"),
        ("language", "waiting"),
    ]
    desks = {desk.stage: desk.office_id for desk in case.route.stages}
    assert {stage.kind: stage.office_id for stage in case.stages} == {k: v for k, v in desks.items() if k != "case"}


def test_the_case_is_open_to_those_it_concerns_and_nobody_else(session) -> None:
    case = make_case(session)
    offices = {f"o:{stage.office_id}" for stage in case.stages} | {f"o:{case.route.receiving_office_id}"}
    assert scope_of(session, case) == {f"p:{case.person_id}", f"g:{case.programme_id}", *offices}


def test_a_stranger_is_told_that_there_is_no_such_case(session) -> None:
    case_id, reference = (case := make_case(session)).id, case.reference
    set_scope(session, principals_of(Actor(person_id=make_person(session).id)))
    with pytest.raises(NotFound):
        get_case(session, case_id)
    with pytest.raises(NotFound):
        get_case(session, reference)
    set_scope(session, ALL)


def test_a_case_is_found_by_its_reference_as_people_write_it(session) -> None:
    case = make_case(session)
    assert get_case(session, case.reference.lower().replace("-", " ")).id == case.id
    with pytest.raises(NotFound):
        get_case(session, "EG-DE-2026-999999-0")


def test_the_applicant_opens_a_case_under_their_own_scope(session) -> None:
    person, call = make_person(session), make_call(session)
    application_id = make_application(session, person=person, call=call, lines=LINES).id
    actor = actor_for(person)
    set_scope(session, principals_of(actor))
    with write_unit(session):
        case = open_case(session, actor, session.get_one(Application, application_id), NOW)
    assert get_case(session, case.id).status == "submitted"
    set_scope(session, ALL)


def test_budget_flow_answers_and_documents_come_with_it(session) -> None:
    person, call = make_person(session), make_call(session)
    application = make_application(session, person=person, call=call, lines=LINES)
    keep(session, a_document(application, person))
    actor = actor_for(person)
    with write_unit(session):
        case = open_case(session, actor, session.get_one(Application, application.id), NOW)
    lines = session.scalars(select(BudgetLine).order_by(BudgetLine.id)).all()
    assert [(line.line, line.requested_minor, line.payer, line.granted_minor) for line in lines] == [
        ("travel", 42000, "EG", None),
        ("stay", 215000, "DE", None),
    ]
    flow = session.scalars(select(Flow)).one()
    assert (flow.status, flow.origin, flow.host, flow.start_on) == ("planned", "EG", "DE", date(2027, 3, 1))
    assert case.answers["your_work"]["title"] == "Light for small stages"
    assert session.scalars(select(Document.case_id)).all() == [case.id]


def a_document(application, person) -> Document:
    return Document(
        person_id=person.id,
        application_id=application.id,
        kind="passport",
        file_name="passport.pdf",
        media_type="application/pdf",
        size=10,
        sha256="0" * 64,
        sent_at=NOW,
    )


def test_both_sides_are_written_to_and_the_log_says_so(session) -> None:
    route = make_route(session)
    officer = make_officer(session, session.get_one(type(route.receiving_office), route.receiving_office_id))
    case = make_case(session, route=route)
    told = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert [(each.template, each.recipient_id) for each in told] == [
        ("case_submitted", case.person_id),
        ("case_submitted", officer.id),
    ]
    assert told[0].parameters["reference"] == case.reference
    entry = session.scalars(select(AuditEntry).where(AuditEntry.code == "case_opened")).one()
    assert (entry.case_id, entry.actor_id) == (case.id, case.person_id)
    assert verify_chain(session) is None


def test_events_are_recorded_on_their_days(session) -> None:
    make_case(session)
    events = session.execute(select(CaseEvent.code, CaseEvent.on_day).order_by(CaseEvent.id)).all()
    assert [tuple(each) for each in events] == [
        ("application_submitted", date(2026, 12, 14)),
        ("planned_arrival", date(2027, 3, 1)),
        ("planned_departure", date(2027, 5, 9)),
    ]


def test_a_provision_that_starts_on_the_planned_arrival_runs_from_the_first_day(session) -> None:
    code = make_provision(
        session,
        code="V02",
        starts_on="planned_arrival",
        met_by=("visa_lodged",),
        direction="backward_latest",
        kind="window_close",
        owed_by="applicant",
        calendar="actor",
    ).code
    case = make_case(session, route=make_route(session, provisions={"visa": [code]}))
    clock = session.scalars(select(Clock)).one()
    assert (clock.stage_kind, clock.owed_by, clock.calendar, clock.time_zone) == (
        "visa", "applicant", "DE", "Europe/Berlin",
    )  # fmt: skip
    assert (clock.trigger_on, clock.due_on, clock.state) == (date(2027, 3, 1), date(2027, 2, 14), "running")
    assert case.next_due_on == clock.earliest_on
