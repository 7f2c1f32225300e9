"""Steps in stages: who may take them, in which state, with which facts, and what follows for clocks and case."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mobility.domain.access import principals_of
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.domain.stages import SecondPersonRequired, StageStep
from mobility.services.audit import verify_chain
from mobility.services.stages import StepAwaitsConfirmation, confirm_step, permitted, reject_step, take_step
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import StageStep as StageStepRow
from mobility.storage.models.clocks import Clock
from mobility.storage.models.offices import Office
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.scope import ALL, set_scope
from tests.factories import (
    NOW,
    actor_for,
    make_officer,
    make_person,
    make_provision,
)
from tests.services.scenes import Scene

TODAY = NOW.date()


LODGED = {"lodged_on": TODAY}


def lodging(session, **values):
    make_provision(
        session, code="V05", starts_on="visa_lodged", met_by=("visa_decided", "visa_issued", "visa_refused"),
        calendar="actor", **values,
    )  # fmt: skip
    return Scene(session, provisions={"visa": ["V05"]})


ISSUE = {
    "visa_kind": "short_stay",
    "entries": "one",
    "valid_from": date(2027, 2, 20),
    "valid_until": date(2027, 5, 20),
    "days": 90,
}


def test_admission_opens_what_waits_for_nothing(session) -> None:
    scene = Scene(session, stages=("visa", "funding", "language"), after={"visa": ["funding"]})
    assert {stage.kind: stage.status for stage in scene.case.stages} == {
        "visa": "waiting",
        "funding": "opened",
        "language": "opened",
    }
    assert scene.case.status == "in_progress"


def test_a_stage_opens_when_the_last_it_waits_for_has_ended_well(session) -> None:
    scene = Scene(session, stages=("visa", "language"), after={"visa": ["language"]})
    scene.take(
        scene.officer("language"), "waive",
        {"ground": "native_speaker", "legal_basis": "Call 2027, rule 9"}, kind="language",
    )  # fmt: skip
    assert scene.stage().status == "opened"


def test_a_step_starts_the_clock_and_the_decision_keeps_it(session) -> None:
    scene = lodging(session)
    officer = scene.officer("visa")
    scene.take(officer, "lodge", LODGED)
    clock = scene.clocks()["V05"]
    assert (clock.trigger_on, clock.due_on, clock.state, clock.owed_by) == (
        TODAY,
        date(2026, 12, 29),
        "running",
        "office",
    )
    assert scene.case.next_due_on == date(2026, 12, 29)
    scene.take(officer, "admit")
    scene.take(officer, "issue", ISSUE)
    assert (scene.clocks()["V05"].state, scene.clocks()["V05"].met_on) == ("met", TODAY)
    assert (scene.stage().status, scene.stage().is_ended, scene.case.status) == ("issued", True, "ready")
    assert scene.case.next_due_on is None
    assert verify_chain(session) is None


def test_the_day_of_the_facts_is_the_trigger(session) -> None:
    scene = lodging(session)
    scene.take(scene.officer("visa"), "lodge", {"lodged_on": TODAY - timedelta(days=3)})
    assert scene.clocks()["V05"].trigger_on == TODAY - timedelta(days=3)


def test_a_step_in_the_future_is_refused(session) -> None:
    scene = lodging(session)
    with pytest.raises(InvalidInput) as refused:
        scene.take(scene.officer("visa"), "lodge", {"lodged_on": TODAY + timedelta(days=1)})
    assert refused.value.parameters["reason"] == "in_the_future"
    assert scene.stage().status == "opened"


def test_the_law_of_the_trigger_day_governs(session) -> None:
    scene = lodging(session, valid_from=date(2026, 12, 12))
    scene.take(scene.officer("visa"), "lodge", {"lodged_on": date(2026, 12, 11)})
    assert scene.clocks() == {}


def test_a_provision_the_engine_refuses_is_named_and_stops_nobody(session) -> None:
    scene = lodging(session, rule_set="NATIONAL", period="")
    scene.take(scene.officer("visa"), "lodge", LODGED)
    assert scene.stage().status == "lodged"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.code == "stage_step_taken")).one()
    assert entry.parameters["uncomputed"] == [["V05", "not_computed_by_itself"]]


def test_the_second_of_two_officers_decides_again(session) -> None:
    scene = lodging(session)
    first, second = scene.officer("visa"), scene.officer("visa")
    scene.take(first, "lodge", LODGED)
    scene.take(first, "admit")
    version = scene.stage().row_version
    scene.take(first, "issue", ISSUE, version=version)
    refusal = {"ground": "means_not_proved", "legal_basis": "Article 32(1)(a)(iii)"}
    with pytest.raises(ChangedMeanwhile) as refused:
        scene.take(second, "refuse", refusal, version=version)
    assert refused.value.parameters["current"] == version + 1
    assert scene.stage().status == "issued"
    assert "ground" not in scene.stage().facts


def test_an_officer_of_another_office_may_not(session) -> None:
    scene = Scene(session, stages=("visa", "recognition"))
    with pytest.raises(NotPermitted):
        scene.take(scene.officer("recognition"), "lodge", LODGED)
    assert permitted(scene.officer("recognition"), scene.case, scene.stage()) == ()


def test_a_seat_without_the_competence_is_no_seat(session) -> None:
    scene = Scene(session)
    office = session.get_one(Office, scene.stage().office_id)
    officer = actor_for(make_officer(session, office), office)
    bare = type(officer)(
        person_id=officer.person_id,
        seats=tuple(
            type(seat)(
                office_id=seat.office_id, role=seat.role, country="DE", time_zone="UTC", competences=frozenset({"case"})
            )
            for seat in officer.seats
        ),
    )
    with pytest.raises(NotPermitted):
        scene.take(bare, "lodge", LODGED)


def test_outside_the_scope_there_is_no_case(session) -> None:
    scene = Scene(session)
    stranger = actor_for(make_person(session))
    set_scope(session, principals_of(stranger))
    with pytest.raises(NotFound), write_unit(session):
        take_step(session, stranger, scene.case_id, "visa", StageStep.LODGE, LODGED, row_version=1, now=NOW)
    set_scope(session, ALL)


def test_a_case_that_is_not_admitted_does_not_move(session) -> None:
    scene = Scene(session, admitted=False)
    officer = scene.officer("visa")
    assert permitted(officer, scene.case, scene.stage()) == ()
    with pytest.raises(TransitionNotPermitted):
        scene.take(officer, "withdraw")


def test_a_step_the_table_does_not_know_is_refused(session) -> None:
    scene = Scene(session)
    with pytest.raises(TransitionNotPermitted):
        scene.take(scene.officer("visa"), "issue", ISSUE)


def test_a_refusal_needs_ground_and_legal_basis(session) -> None:
    scene = lodging(session)
    officer = scene.officer("visa")
    scene.take(officer, "lodge", LODGED)
    scene.take(officer, "admit")
    for facts in ({"legal_basis": "Art. 32"}, {"ground": "means_not_proved"}, {"ground": "mood", "legal_basis": "x"}):
        with pytest.raises(InvalidInput):
            scene.take(officer, "refuse", facts)
    assert scene.stage().status == "admissible"


def test_a_refusal_opens_the_appeal_with_its_own_clock_and_the_letter_says_until_when(session) -> None:
    make_provision(
        session, code="V09", starts_on="visa_refused", met_by=("appeal_lodged",), owed_by="applicant", period="30",
        unit="days", kind="act",
        calendar="actor",
    )  # fmt: skip
    scene = Scene(session, provisions={"visa": ["V09"]})
    officer = scene.officer("visa")
    for step, facts in (("lodge", LODGED), ("admit", {})):
        scene.take(officer, step, facts)
    scene.take(officer, "refuse", {"ground": "means_not_proved", "legal_basis": "Article 32(1)(a)(iii)"})
    clock = scene.clocks()["V09"]
    assert (scene.case.status, scene.case.is_open, clock.state, clock.owed_by) == (
        "refused",
        False,
        "running",
        "applicant",
    )
    letter = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "decision_made")).one()
    assert letter.parameters["appeal_by"] == clock.earliest_on.isoformat()
    scene.take(scene.applicant, "appeal", {"statement": "The guarantee was in the file."})
    assert (scene.case.status, scene.case.is_open, scene.clocks()["V09"].state) == ("appealed", True, "met")
    scene.take(officer, "uphold_appeal")
    assert scene.case.status == "in_progress"


def test_nothing_happens_to_a_stage_after_its_case_was_refused_but_the_ways_back(session) -> None:
    scene = Scene(session, stages=("visa", "language"))
    officer = scene.officer("visa")
    for step, facts in (("lodge", LODGED), ("admit", {})):
        scene.take(officer, step, facts)
    scene.take(officer, "refuse", {"ground": "means_not_proved", "legal_basis": "Article 32"})
    assert permitted(scene.officer("language"), scene.case, scene.stage("language")) == ()
    assert [offer.step for offer in permitted(officer, scene.case, scene.stage())] == ["appeal"]


def test_a_stage_that_is_withdrawn_owes_nothing_any_more(session) -> None:
    scene = lodging(session)
    scene.take(scene.officer("visa"), "lodge", LODGED)
    scene.take(scene.applicant, "withdraw")
    assert (scene.clocks()["V05"].state, scene.case.status) == ("lapsed", "withdrawn")


def test_what_happens_to_be_lodged_twice_moves_the_clock(session) -> None:
    scene = lodging(session)
    officer = scene.officer("visa")
    scene.take(officer, "lodge", {"lodged_on": TODAY - timedelta(days=5)})
    scene.take(officer, "return_application", {"ground": "not_admissible", "legal_basis": "Article 19(3)"})
    assert scene.clocks()["V05"].state == "lapsed"
    scene.take(officer, "lodge", LODGED)
    states = session.scalars(select(Clock.state).order_by(Clock.id)).all()
    assert states == ["lapsed", "running"]


MONEY = {"amount": Decimal("2150.00"), "currency": "EUR"}


@pytest.fixture
def funding(session):
    make_provision(
        session, code="F99", stage="funding", starts_on="funding_requested", met_by=("funding_assessed",),
        owed_by="funder",
        calendar="actor",
    )  # fmt: skip
    scene = Scene(session, stages=("funding",), provisions={"funding": ["F99"]})
    scene.take(scene.applicant, "request", MONEY, kind="funding")
    return scene


def assess(scene, officer):
    scene.take(officer, "assess", MONEY | {"assessment": "Sound plan."}, kind="funding")
    return scene.session.scalars(select(StageStepRow).order_by(StageStepRow.id.desc())).first()


def test_money_is_decided_by_two_people(session, funding) -> None:
    first, second = funding.officer("funding"), funding.officer("funding")
    row = assess(funding, first)
    assert (funding.stage("funding").status, funding.clocks()["F99"].state) == ("requested", "running")

    def confirm(actor):
        version = funding.stage("funding").row_version
        with write_unit(session):
            confirm_step(session, actor, funding.case_id, row.id, row_version=version, now=NOW)

    with pytest.raises(SecondPersonRequired):
        confirm(first)
    confirm(second)
    assert (funding.stage("funding").status, funding.clocks()["F99"].state) == ("assessed", "met")
    assert funding.stage("funding").facts["amount"] == "2150.00"
    with pytest.raises(TransitionNotPermitted):
        confirm(second)


def test_while_a_step_awaits_the_second_person_no_other_is_taken(session, funding) -> None:
    first = funding.officer("funding")
    assess(funding, first)
    with pytest.raises(StepAwaitsConfirmation):
        funding.take(first, "refuse", {"ground": "below_threshold", "legal_basis": "Rule 6"}, kind="funding")


def test_a_proposal_can_be_rejected_and_made_again(session, funding) -> None:
    first, second = funding.officer("funding"), funding.officer("funding")
    row = assess(funding, first)
    stale = funding.stage("funding").row_version - 1
    with pytest.raises(ChangedMeanwhile), write_unit(session):
        reject_step(session, second, funding.case_id, row.id, row_version=stale, now=NOW)
    with write_unit(session):
        reject_step(session, second, funding.case_id, row.id, row_version=stale + 1, now=NOW)
    assert funding.stage("funding").status == "requested"
    assert assess(funding, first).id != row.id


def test_offers_say_what_a_step_needs(session, funding) -> None:
    offers = {
        offer.step: offer for offer in permitted(funding.officer("funding"), funding.case, funding.stage("funding"))
    }
    assert set(offers) == {"assess", "refuse", "withdraw", "lapse", "receive_documents"} - {"receive_documents"}
    assert offers["assess"].needs_second
    assert [field.code for field in offers["refuse"].fields] == ["ground", "legal_basis", "reasons"]
    assert offers["refuse"].is_adverse
    assert [offer.step for offer in permitted(funding.applicant, funding.case, funding.stage("funding"))] == [
        "withdraw"
    ]
