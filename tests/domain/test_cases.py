"""The way of a case, and the status that follows from its stages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.cases import (
    CASE_TRANSITIONS,
    NEED_GROUND,
    STEP_EVENTS,
    CaseStatus,
    CaseStep,
    StageStanding,
    derive_case_status,
    is_open,
    next_case_status,
    permitted_case_steps,
)
from mobility.domain.errors import TransitionNotPermitted
from mobility.domain.events import EventCode
from mobility.domain.stages import TABLES, Outcome, StageKind, StageStatus

C, S = CaseStatus, StageStatus


def stage(kind: StageKind, status: StageStatus, *, required: bool = True) -> StageStanding:
    return StageStanding(kind=kind, status=status, is_required=required)


def visa(status: StageStatus, *, required: bool = True) -> StageStanding:
    return stage(StageKind.VISA, status, required=required)


def funding(status: StageStatus, *, required: bool = True) -> StageStanding:
    return stage(StageKind.FUNDING, status, required=required)


def test_the_usual_way() -> None:
    status = C.DRAFT
    for step in (
        CaseStep.SUBMIT,
        CaseStep.ADMIT,
        CaseStep.BEGIN,
        CaseStep.MAKE_READY,
        CaseStep.RECORD_ARRIVAL,
        CaseStep.RECORD_DEPARTURE,
        CaseStep.CLOSE,
    ):
        assert is_open(status)
        status = next_case_status(status, step)
    assert status is C.CLOSED
    assert not is_open(status)


@pytest.mark.parametrize(
    ("status", "step", "after"),
    [
        (C.SUBMITTED, CaseStep.RETURN, C.RETURNED),
        (C.RETURNED, CaseStep.SUBMIT, C.SUBMITTED),
        (C.SUBMITTED, CaseStep.DECLARE_INELIGIBLE, C.INELIGIBLE),
        (C.INELIGIBLE, CaseStep.APPEAL, C.APPEALED),
        (C.REFUSED, CaseStep.APPEAL, C.APPEALED),
        (C.LAPSED, CaseStep.APPEAL, C.APPEALED),
        (C.APPEALED, CaseStep.UPHOLD_APPEAL, C.ADMISSIBLE),
        (C.APPEALED, CaseStep.DISMISS_APPEAL, C.REFUSED),
        (C.APPEALED, CaseStep.CONFIRM_INELIGIBILITY, C.INELIGIBLE),
        (C.READY, CaseStep.REOPEN, C.IN_PROGRESS),
        (C.TRAVELLING, CaseStep.REVOKE_ARRIVAL, C.READY),
        (C.COMPLETED, CaseStep.REVOKE_DEPARTURE, C.TRAVELLING),
    ],
)
def test_the_other_ways(status: CaseStatus, step: CaseStep, after: CaseStatus) -> None:
    assert next_case_status(status, step) is after


@given(st.sampled_from(CaseStatus), st.sampled_from(CaseStep))
def test_a_step_outside_the_table_names_status_and_step(status: CaseStatus, step: CaseStep) -> None:
    if (status, step) in CASE_TRANSITIONS:
        assert step in permitted_case_steps(status)
        return
    with pytest.raises(TransitionNotPermitted) as refused:
        next_case_status(status, step)
    assert refused.value.parameters == {"status": status, "step": step}


def test_every_status_can_be_come_to_and_every_open_one_left() -> None:
    assert set(CASE_TRANSITIONS.values()) == set(CaseStatus) - {C.DRAFT}
    assert all(permitted_case_steps(status) for status in CaseStatus if is_open(status))


def test_who_travels_can_no_longer_withdraw() -> None:
    withdrawing = {status for status, step in CASE_TRANSITIONS if step is CaseStep.WITHDRAW}
    assert not withdrawing & {C.TRAVELLING, C.COMPLETED, C.CLOSED}
    assert {C.DRAFT, C.SUBMITTED, C.IN_PROGRESS, C.READY} <= withdrawing


def test_steps_against_the_person_need_a_ground() -> None:
    worse = {C.RETURNED, C.INELIGIBLE, C.REFUSED, C.LAPSED}
    assert {step for (_, step), after in CASE_TRANSITIONS.items() if after in worse} == NEED_GROUND


def test_the_steps_that_clocks_listen_to_are_told() -> None:
    told = set(STEP_EVENTS.values())
    assert {
        EventCode.APPLICATION_SUBMITTED,
        EventCode.CASE_ADMISSIBLE,
        EventCode.CASE_RETURNED,
        EventCode.ARRIVED,
        EventCode.DEPARTED,
    } <= told


def test_admitted_and_nothing_opened_stays_admissible() -> None:
    assert derive_case_status([visa(S.WAITING), funding(S.WAITING)], current=C.ADMISSIBLE) is C.ADMISSIBLE


def test_the_first_stage_opened_begins_the_work() -> None:
    assert derive_case_status([visa(S.WAITING), funding(S.OPENED)], current=C.ADMISSIBLE) is C.IN_PROGRESS


@pytest.mark.parametrize("end", [S.SIGNED, S.PAYING, S.SETTLED, S.NOT_REQUIRED])
def test_ready_when_all_required_stages_ended_well(end: StageStatus) -> None:
    assert derive_case_status([visa(S.ISSUED), funding(end)], current=C.IN_PROGRESS) is C.READY


def test_not_ready_while_one_is_open() -> None:
    assert derive_case_status([visa(S.ISSUED), funding(S.OFFERED)], current=C.IN_PROGRESS) is C.IN_PROGRESS


def test_a_voluntary_stage_neither_holds_up_nor_refuses() -> None:
    for status in (S.OPENED, S.REFUSED, S.LAPSED, S.APPEALED):
        stages = [visa(S.ISSUED), funding(status, required=False)]
        assert derive_case_status(stages, current=C.IN_PROGRESS) is C.READY


def test_the_refusal_of_a_required_stage_refuses_the_case() -> None:
    assert derive_case_status([visa(S.REFUSED), funding(S.OPENED)], current=C.IN_PROGRESS) is C.REFUSED


@pytest.mark.parametrize(
    ("one", "other", "case"),
    [
        (S.LAPSED, S.OPENED, C.LAPSED),
        (S.WITHDRAWN, S.OPENED, C.WITHDRAWN),
        (S.DECLINED, S.OPENED, C.WITHDRAWN),
        (S.LAPSED, S.WITHDRAWN, C.WITHDRAWN),
        (S.REFUSED, S.WITHDRAWN, C.REFUSED),
        (S.REFUSED, S.LAPSED, C.REFUSED),
    ],
)
def test_the_weightier_end_gives_the_case_its_name(one: StageStatus, other: StageStatus, case: CaseStatus) -> None:
    assert derive_case_status([funding(one), visa(other)], current=C.IN_PROGRESS) is case


def test_an_appeal_in_a_required_stage_reopens_the_case_and_its_end_decides() -> None:
    assert derive_case_status([visa(S.APPEALED)], current=C.REFUSED) is C.APPEALED
    assert derive_case_status([visa(S.ADMISSIBLE)], current=C.APPEALED) is C.IN_PROGRESS
    assert derive_case_status([visa(S.REFUSED)], current=C.APPEALED) is C.REFUSED


def test_a_visa_revoked_before_the_journey_refuses_a_ready_case() -> None:
    assert derive_case_status([visa(S.REVOKED)], current=C.READY) is C.REFUSED


def test_what_was_decided_on_the_whole_case_no_stage_changes() -> None:
    stages = [visa(S.ISSUED)]
    assert derive_case_status(stages, current=C.REFUSED, decided_itself=True) is C.REFUSED
    assert derive_case_status(stages, current=C.REFUSED) is C.READY


def test_a_programme_without_required_stages_is_ready_at_once() -> None:
    assert derive_case_status([], current=C.ADMISSIBLE) is C.READY


@pytest.mark.parametrize(
    "current", [C.DRAFT, C.SUBMITTED, C.RETURNED, C.TRAVELLING, C.COMPLETED, C.CLOSED, C.WITHDRAWN]
)
def test_before_admission_and_on_the_road_stages_do_not_decide(current: CaseStatus) -> None:
    assert derive_case_status([visa(S.REFUSED)], current=current) is current


STANDINGS = st.one_of(
    *(
        st.builds(
            StageStanding,
            kind=st.just(table.kind),
            status=st.sampled_from(table.statuses()),
            is_required=st.booleans(),
        )
        for table in TABLES.values()
    )
)


@given(st.lists(STANDINGS, max_size=4), st.sampled_from([C.ADMISSIBLE, C.IN_PROGRESS, C.READY]))
def test_the_derived_status_is_settled_and_does_not_depend_on_the_order(
    stages: list[StageStanding], current: CaseStatus
) -> None:
    once = derive_case_status(stages, current=current)
    assert derive_case_status(reversed(stages), current=current) is once
    if once is not C.WITHDRAWN:
        assert derive_case_status(stages, current=once) is once
    if once is C.READY:
        assert all(each.outcome is Outcome.WELL for each in stages if each.is_required)
