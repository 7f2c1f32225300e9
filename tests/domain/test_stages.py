"""The four stage tables: every way through, every way out, and what each step asks for."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.errors import TransitionNotPermitted
from mobility.domain.events import EventCode
from mobility.domain.stages import (
    INITIAL_STATUS,
    TABLES,
    Level,
    Outcome,
    SecondPersonRequired,
    Side,
    StageKind,
    StageStatus,
    StageStep,
    Transition,
    apply_step,
    check_second_person,
    get_transition,
    is_level_reached,
    outcome_of,
    permitted_steps,
    side_awaited,
)

S, Do = StageStatus, StageStep
ALL_LINES = [(table.kind, line) for table in TABLES.values() for line in table.transitions]
AGAINST_THE_PERSON = {
    Do.REFUSE,
    Do.REVOKE,
    Do.LAPSE,
    Do.FAIL,
    Do.RECLAIM,
    Do.DISMISS_APPEAL,
    Do.RETURN_APPLICATION,
}


def walk(kind: StageKind, steps: Iterable[StageStep], status: StageStatus = INITIAL_STATUS) -> StageStatus:
    for step in steps:
        status = apply_step(kind, status, step)
    return status


def events_along(kind: StageKind, steps: Iterable[StageStep]) -> list[EventCode]:
    status = INITIAL_STATUS
    events: list[EventCode] = []
    for step in steps:
        line = get_transition(kind, status, step)
        events += line.events
        status = line.target
    return events


VISA_WAY = (
    Do.OPEN,
    Do.REQUEST_APPOINTMENT,
    Do.GIVE_APPOINTMENT,
    Do.LODGE,
    Do.ADMIT,
    Do.CONSULT,
    Do.ANSWER_CONSULTATION,
    Do.REQUEST_DOCUMENTS,
    Do.RECEIVE_DOCUMENTS,
    Do.ISSUE,
    Do.COLLECT,
)
RECOGNITION_WAY = (Do.OPEN, Do.FILE, Do.ACKNOWLEDGE, Do.DECLARE_COMPLETE, Do.EVALUATE, Do.RECOGNISE)
FUNDING_WAY = (
    Do.OPEN,
    Do.REQUEST,
    Do.ASSESS,
    Do.OFFER,
    Do.ACCEPT,
    Do.SIGN,
    Do.PAY,
    Do.REQUEST_PAYMENT,
    Do.PAY,
    Do.SETTLE,
)
LANGUAGE_WAY = (
    Do.OPEN,
    Do.REGISTER,
    Do.PLACE,
    Do.OFFER_COURSE,
    Do.ENROL,
    Do.RECORD_ATTENDANCE,
    Do.CERTIFY,
)


@pytest.mark.parametrize(
    ("kind", "steps", "end"),
    [
        (StageKind.VISA, VISA_WAY, S.COLLECTED),
        (StageKind.RECOGNITION, RECOGNITION_WAY, S.RECOGNISED),
        (StageKind.FUNDING, FUNDING_WAY, S.SETTLED),
        (StageKind.LANGUAGE, LANGUAGE_WAY, S.CERTIFIED),
    ],
)
def test_the_usual_way_ends_well(kind: StageKind, steps: tuple[StageStep, ...], end: StageStatus) -> None:
    assert walk(kind, steps) is end
    assert outcome_of(kind, end) is Outcome.WELL


def test_the_visa_way_tells_what_clocks_listen_to() -> None:
    assert events_along(StageKind.VISA, VISA_WAY) == [
        EventCode.STAGE_OPENED,
        EventCode.VISA_APPOINTMENT_REQUESTED,
        EventCode.VISA_APPOINTMENT_GIVEN,
        EventCode.VISA_LODGED,
        EventCode.VISA_ADMISSIBLE,
        EventCode.VISA_CONSULTED,
        EventCode.VISA_CONSULTATION_ANSWERED,
        EventCode.DOCUMENTS_REQUESTED,
        EventCode.DOCUMENTS_RECEIVED,
        EventCode.VISA_DECIDED,
        EventCode.VISA_ISSUED,
        EventCode.VISA_COLLECTED,
    ]


def test_the_funding_way_tells_of_each_payment() -> None:
    events = events_along(StageKind.FUNDING, FUNDING_WAY)
    assert events.count(EventCode.PAYMENT_MADE) == 2
    assert EventCode.GRANT_SIGNED in events


@pytest.mark.parametrize(
    "needed",
    [
        EventCode.VISA_REFUSED,
        EventCode.RECOGNITION_RECEIVED,
        EventCode.RECOGNITION_ACKNOWLEDGED,
        EventCode.RECOGNITION_COMPLETE,
        EventCode.RECOGNITION_DECIDED,
        EventCode.RECOGNITION_REFUSED,
        EventCode.FUNDING_REQUESTED,
        EventCode.FUNDING_ASSESSED,
        EventCode.FUNDING_OFFERED,
        EventCode.FUNDING_ACCEPTED,
        EventCode.PAYMENT_REQUESTED,
        EventCode.LANGUAGE_REGISTERED,
        EventCode.LANGUAGE_PLACED,
        EventCode.LANGUAGE_ENROLLED,
        EventCode.LANGUAGE_CERTIFIED,
        EventCode.LANGUAGE_WAIVED,
        EventCode.APPEAL_LODGED,
        EventCode.APPEAL_DECIDED,
    ],
)
def test_every_event_a_provision_may_name_is_told_by_some_step(needed: EventCode) -> None:
    assert any(needed in line.events for _, line in ALL_LINES)


@pytest.mark.parametrize("kind", StageKind)
def test_every_status_can_be_come_to_from_the_beginning(kind: StageKind) -> None:
    reached, open_ends = {INITIAL_STATUS}, [INITIAL_STATUS]
    while open_ends:
        status = open_ends.pop()
        for step in permitted_steps(kind, status):
            after = apply_step(kind, status, step)
            if after not in reached:
                reached.add(after)
                open_ends.append(after)
    assert reached == set(TABLES[kind].statuses())


@pytest.mark.parametrize("kind", StageKind)
def test_no_open_status_is_a_dead_end(kind: StageKind) -> None:
    for status in TABLES[kind].statuses():
        if outcome_of(kind, status) is Outcome.OPEN:
            assert permitted_steps(kind, status), status


@pytest.mark.parametrize("kind", StageKind)
def test_whoever_is_awaited_has_a_step_to_take(kind: StageKind) -> None:
    for status, side in TABLES[kind].awaits.items():
        assert side_awaited(kind, status) is side
        offered = permitted_steps(kind, status, side=side)
        meeting_at_the_counter = kind is StageKind.VISA and status is S.APPOINTMENT_GIVEN
        waiting_for_the_person = status in {S.COMPENSATION_REQUIRED, S.RECLAIMING}
        assert offered or meeting_at_the_counter or waiting_for_the_person, status


@pytest.mark.parametrize("kind", StageKind)
def test_a_stage_that_waits_or_has_ended_well_awaits_nobody_but_follow_ups(kind: StageKind) -> None:
    assert side_awaited(kind, S.WAITING) is None
    for status in TABLES[kind].statuses():
        if outcome_of(kind, status) is Outcome.BADLY:
            assert side_awaited(kind, status) is None


@pytest.mark.parametrize(("kind", "line"), ALL_LINES)
def test_every_refusal_carries_a_ground_and_a_legal_basis(kind: StageKind, line: Transition) -> None:
    if line.step in AGAINST_THE_PERSON:
        fields = {field.code: field for field in line.facts}
        assert fields["ground"].required, kind
        assert fields["ground"].choices
        assert fields["legal_basis"].required


@pytest.mark.parametrize(("kind", "line"), ALL_LINES)
def test_every_refused_status_can_be_appealed(kind: StageKind, line: Transition) -> None:
    if line.target in {S.REFUSED, S.REVOKED, S.NOT_PASSED}:
        assert Do.APPEAL in permitted_steps(kind, line.target)


@pytest.mark.parametrize(
    ("kind", "reopened"),
    [
        (StageKind.VISA, S.ADMISSIBLE),
        (StageKind.RECOGNITION, S.COMPLETE),
        (StageKind.FUNDING, S.REQUESTED),
        (StageKind.LANGUAGE, S.REGISTERED),
    ],
)
def test_an_appeal_reopens_the_stage_or_leaves_it_refused(kind: StageKind, reopened: StageStatus) -> None:
    appealed = apply_step(kind, S.REFUSED, Do.APPEAL)
    assert outcome_of(kind, appealed) is Outcome.OPEN
    assert apply_step(kind, appealed, Do.UPHOLD_APPEAL) is reopened
    assert apply_step(kind, appealed, Do.DISMISS_APPEAL) is S.REFUSED


def test_a_partial_recognition_can_be_appealed_and_improved() -> None:
    appealed = apply_step(StageKind.RECOGNITION, S.PARTLY_RECOGNISED, Do.APPEAL)
    line = get_transition(StageKind.RECOGNITION, appealed, Do.RECOGNISE)
    assert line.target is S.RECOGNISED
    assert line.events == (EventCode.APPEAL_DECIDED,)


def test_a_compensation_measure_keeps_the_stage_open_until_it_is_done() -> None:
    status = walk(StageKind.RECOGNITION, (*RECOGNITION_WAY[:-1], Do.REQUIRE_COMPENSATION))
    assert outcome_of(StageKind.RECOGNITION, status) is Outcome.OPEN
    assert side_awaited(StageKind.RECOGNITION, status) is Side.APPLICANT
    assert apply_step(StageKind.RECOGNITION, status, Do.CONFIRM_COMPENSATION) is S.RECOGNISED


def test_a_result_can_be_exported_as_often_as_wanted() -> None:
    for status in (S.RECOGNISED, S.PARTLY_RECOGNISED):
        assert walk(StageKind.RECOGNITION, [Do.EXPORT_RESULT, Do.EXPORT_RESULT], status) is status


def test_evidence_asked_after_the_evaluation_is_looked_at_again() -> None:
    steps = (Do.REQUEST_DOCUMENTS, Do.RECEIVE_DOCUMENTS)
    assert walk(StageKind.RECOGNITION, steps, S.EVALUATED) is S.COMPLETE


def test_a_visa_is_not_issued_before_the_consultation_is_answered() -> None:
    with pytest.raises(TransitionNotPermitted):
        apply_step(StageKind.VISA, S.CONSULTED, Do.ISSUE)
    assert Do.REFUSE in permitted_steps(StageKind.VISA, S.CONSULTED)


def test_a_consultation_and_a_question_may_run_side_by_side() -> None:
    steps = (Do.REQUEST_DOCUMENTS, Do.ANSWER_CONSULTATION, Do.RECEIVE_DOCUMENTS, Do.ISSUE)
    assert walk(StageKind.VISA, steps, S.CONSULTED) is S.ISSUED


def test_an_inadmissible_visa_application_is_returned_and_may_be_lodged_again() -> None:
    steps = (Do.OPEN, Do.LODGE, Do.RETURN_APPLICATION, Do.LODGE, Do.ADMIT)
    assert walk(StageKind.VISA, steps) is S.ADMISSIBLE


def test_a_question_before_admission_leaves_the_application_lodged() -> None:
    steps = (Do.REQUEST_DOCUMENTS, Do.RECEIVE_DOCUMENTS)
    assert walk(StageKind.VISA, steps, S.LODGED) is S.LODGED


def test_money_is_decided_by_two_people_and_nothing_else_is() -> None:
    two = {(kind, line.step) for kind, line in ALL_LINES if line.second_person}
    assert two == {(StageKind.FUNDING, step) for step in (Do.ASSESS, Do.OFFER, Do.REFUSE, Do.PAY, Do.RECLAIM)}


def test_the_second_person_is_another_one() -> None:
    offer = get_transition(StageKind.FUNDING, S.ASSESSED, Do.OFFER)
    check_second_person(offer, proposed_by=7, confirmed_by=8)
    with pytest.raises(SecondPersonRequired) as refused:
        check_second_person(offer, proposed_by=7, confirmed_by=7)
    assert refused.value.parameters == {"step": Do.OFFER, "proposed_by": 7}
    check_second_person(get_transition(StageKind.VISA, S.LODGED, Do.ADMIT), proposed_by=7, confirmed_by=7)


def test_only_the_applicant_accepts_or_declines_an_offer() -> None:
    assert permitted_steps(StageKind.FUNDING, S.OFFERED, side=Side.OFFICE) == (Do.WITHDRAW, Do.LAPSE)
    assert {Do.ACCEPT, Do.DECLINE} <= set(permitted_steps(StageKind.FUNDING, S.OFFERED, side=Side.APPLICANT))


@pytest.mark.parametrize("kind", StageKind)
def test_no_applicant_decides_their_own_case(kind: StageKind) -> None:
    deciding = {Do.ISSUE, Do.REFUSE, Do.RECOGNISE, Do.OFFER, Do.PAY, Do.CERTIFY, Do.WAIVE, Do.EXEMPT, Do.ADMIT}
    for status in TABLES[kind].statuses():
        assert not deciding & set(permitted_steps(kind, status, side=Side.APPLICANT))


def test_language_can_be_waived_until_it_is_certified() -> None:
    for status in TABLES[StageKind.LANGUAGE].statuses():
        may = Do.WAIVE in permitted_steps(StageKind.LANGUAGE, status)
        closed = {S.CERTIFIED, S.WAIVED, S.REFUSED, S.WITHDRAWN, S.LAPSED, S.APPEALED}
        assert may is (status not in closed), status


def test_who_does_not_pass_may_sit_again() -> None:
    assert walk(StageKind.LANGUAGE, (Do.FAIL, Do.RETAKE, Do.CERTIFY), S.ATTENDED) is S.CERTIFIED


@pytest.mark.parametrize("kind", StageKind)
def test_withdrawal_and_lapse_are_final(kind: StageKind) -> None:
    assert permitted_steps(kind, S.WITHDRAWN) == ()
    assert permitted_steps(kind, S.LAPSED) == ()
    assert outcome_of(kind, S.LAPSED) is Outcome.BADLY


@pytest.mark.parametrize("kind", StageKind)
def test_a_waiting_stage_ends_with_its_case(kind: StageKind) -> None:
    assert {Do.WITHDRAW, Do.LAPSE} <= set(permitted_steps(kind, S.WAITING))


def test_money_is_settled_before_it_is_forgotten() -> None:
    assert walk(StageKind.FUNDING, (Do.RECLAIM, Do.RECORD_REPAYMENT), S.PAYING) is S.SETTLED


@given(st.sampled_from(StageKind), st.sampled_from(StageStatus), st.sampled_from(StageStep))
def test_a_step_is_applied_exactly_when_it_is_permitted(kind: StageKind, status: StageStatus, step: StageStep) -> None:
    if step in permitted_steps(kind, status):
        assert apply_step(kind, status, step) in TABLES[kind].statuses()
        return
    with pytest.raises(TransitionNotPermitted) as refused:
        apply_step(kind, status, step)
    assert refused.value.parameters == {"kind": kind, "status": status, "step": step}


def test_levels_have_a_rank() -> None:
    assert is_level_reached(Level.B2, Level.B1)
    assert is_level_reached(Level.B1, Level.B1)
    assert not is_level_reached(Level.A2, Level.B1)
