"""Whose turn it is: the first line of every case page."""

from datetime import date

import pytest

from mobility.domain.cases import CaseStatus, is_open
from mobility.domain.stages import Side, StageKind, StageStatus
from mobility.domain.turns import (
    OpenRequest,
    RunningClock,
    StagePosition,
    TurnReason,
    list_turns,
    whose_turn,
)

VISA = StagePosition(kind=StageKind.VISA, status=StageStatus.ADMISSIBLE, office_id=1)
RECOGNITION = StagePosition(kind=StageKind.RECOGNITION, status=StageStatus.COMPLETE, office_id=2)
FUNDING = StagePosition(kind=StageKind.FUNDING, status=StageStatus.OFFERED, office_id=3)
VISA_CLOCK = RunningClock(
    clock_id=10,
    earliest_on=date(2026, 12, 28),
    owed_by=Side.OFFICE,
    office_id=1,
    stage=StageKind.VISA,
)
RECOGNITION_CLOCK = RunningClock(
    clock_id=11,
    earliest_on=date(2026, 12, 31),
    owed_by=Side.OFFICE,
    office_id=2,
    stage=StageKind.RECOGNITION,
)
QUESTION = OpenRequest(request_id=5, office_id=1, answer_by=date(2027, 3, 1), stage=StageKind.VISA)


@pytest.mark.parametrize(
    ("status", "who", "reason"),
    [
        (CaseStatus.DRAFT, Side.APPLICANT, TurnReason.SEND_APPLICATION),
        (CaseStatus.RETURNED, Side.APPLICANT, TurnReason.CORRECT_APPLICATION),
        (CaseStatus.SUBMITTED, Side.OFFICE, TurnReason.CHECK_APPLICATION),
        (CaseStatus.ADMISSIBLE, Side.OFFICE, TurnReason.OPEN_STAGES),
        (CaseStatus.READY, Side.APPLICANT, TurnReason.TRAVEL),
        (CaseStatus.TRAVELLING, Side.APPLICANT, TurnReason.GO_HOME),
        (CaseStatus.COMPLETED, Side.OFFICE, TurnReason.CLOSE_CASE),
        (CaseStatus.APPEALED, Side.OFFICE, TurnReason.DECIDE_APPEAL),
    ],
)
def test_the_case_itself_says_whose_turn_it_is(status: CaseStatus, who: Side, reason: TurnReason) -> None:
    turn = whose_turn(case_status=status)
    assert turn is not None
    assert (turn.who, turn.reason, turn.due_on) == (who, reason, None)


@pytest.mark.parametrize("status", [status for status in CaseStatus if not is_open(status)])
def test_a_case_that_has_ended_is_nobodys_turn(status: CaseStatus) -> None:
    assert list_turns(case_status=status, requests=[QUESTION], stages=[VISA], clocks=[VISA_CLOCK]) == ()
    assert whose_turn(case_status=status) is None


def test_the_earliest_defensible_day_comes_first() -> None:
    turns = list_turns(
        case_status=CaseStatus.IN_PROGRESS,
        stages=[RECOGNITION, VISA],
        clocks=[RECOGNITION_CLOCK, VISA_CLOCK],
    )
    assert [(turn.stage, turn.due_on, turn.clock_id) for turn in turns] == [
        (StageKind.VISA, date(2026, 12, 28), 10),
        (StageKind.RECOGNITION, date(2026, 12, 31), 11),
    ]
    assert {turn.reason for turn in turns} == {TurnReason.STAGE}


def test_what_has_a_day_goes_before_what_has_none() -> None:
    turns = list_turns(case_status=CaseStatus.IN_PROGRESS, stages=[FUNDING, VISA], clocks=[VISA_CLOCK])
    assert [turn.stage for turn in turns] == [StageKind.VISA, StageKind.FUNDING]
    assert (turns[1].who, turns[1].status) == (Side.APPLICANT, StageStatus.OFFERED)


def test_an_open_question_wins_even_against_an_earlier_day() -> None:
    turn = whose_turn(case_status=CaseStatus.IN_PROGRESS, requests=[QUESTION], stages=[VISA], clocks=[VISA_CLOCK])
    assert turn is not None
    assert (turn.who, turn.reason, turn.request_id) == (Side.APPLICANT, TurnReason.ANSWER_REQUEST, 5)
    assert turn.due_on == date(2027, 3, 1)


def test_of_two_questions_the_one_to_be_answered_sooner_is_first() -> None:
    sooner = OpenRequest(request_id=6, office_id=2, answer_by=date(2027, 1, 1))
    whenever = OpenRequest(request_id=4, office_id=2)
    turns = list_turns(case_status=CaseStatus.IN_PROGRESS, requests=[whenever, QUESTION, sooner])
    assert [turn.request_id for turn in turns] == [6, 5, 4]


def test_a_paused_clock_gives_no_day() -> None:
    paused = RunningClock(
        clock_id=10,
        earliest_on=date(2026, 12, 28),
        owed_by=Side.OFFICE,
        stage=StageKind.VISA,
        is_paused=True,
    )
    turns = list_turns(case_status=CaseStatus.IN_PROGRESS, stages=[VISA], clocks=[paused])
    assert [(turn.stage, turn.due_on) for turn in turns] == [(StageKind.VISA, None)]


def test_the_first_of_two_clocks_of_one_office_gives_the_day() -> None:
    later = RunningClock(clock_id=12, earliest_on=date(2027, 1, 20), owed_by=Side.OFFICE, stage=StageKind.VISA)
    turns = list_turns(case_status=CaseStatus.IN_PROGRESS, stages=[VISA], clocks=[later, VISA_CLOCK])
    assert [turn.clock_id for turn in turns] == [10]


def test_a_clock_that_no_stage_speaks_for_is_a_turn_of_its_own() -> None:
    report = RunningClock(clock_id=20, earliest_on=date(2027, 6, 1), owed_by=Side.OFFICE, office_id=7)
    lodging = RunningClock(
        clock_id=21, earliest_on=date(2027, 1, 17), owed_by=Side.APPLICANT, stage=StageKind.VISA, office_id=1
    )
    turns = list_turns(case_status=CaseStatus.IN_PROGRESS, stages=[VISA], clocks=[report, lodging])
    assert [(turn.who, turn.reason, turn.clock_id) for turn in turns] == [
        (Side.APPLICANT, TurnReason.TIME_LIMIT, 21),
        (Side.OFFICE, TurnReason.TIME_LIMIT, 20),
        (Side.OFFICE, TurnReason.STAGE, None),
    ]


def test_what_nobody_in_the_case_owes_is_nobodys_turn() -> None:
    treaty = RunningClock(clock_id=30, earliest_on=date(2027, 1, 1), owed_by=None)
    assert list_turns(case_status=CaseStatus.IN_PROGRESS, clocks=[treaty]) == ()


def test_the_cases_own_clock_gives_its_turn_a_day() -> None:
    check = RunningClock(clock_id=40, earliest_on=date(2027, 1, 4), owed_by=Side.OFFICE, office_id=9)
    turn = whose_turn(case_status=CaseStatus.SUBMITTED, clocks=[check])
    assert turn is not None
    assert (turn.reason, turn.due_on, turn.clock_id, turn.office_id) == (
        TurnReason.CHECK_APPLICATION,
        date(2027, 1, 4),
        40,
        9,
    )
    assert len(list_turns(case_status=CaseStatus.SUBMITTED, clocks=[check])) == 1


def test_an_appeal_in_a_stage_is_told_by_the_stage() -> None:
    appealed = StagePosition(kind=StageKind.VISA, status=StageStatus.APPEALED, office_id=1)
    turns = list_turns(case_status=CaseStatus.APPEALED, stages=[appealed])
    assert [(turn.reason, turn.stage) for turn in turns] == [(TurnReason.STAGE, StageKind.VISA)]


def test_stages_wait_until_the_case_is_admitted() -> None:
    turns = list_turns(case_status=CaseStatus.SUBMITTED, stages=[VISA])
    assert [turn.reason for turn in turns] == [TurnReason.CHECK_APPLICATION]


def test_on_the_road_money_is_still_paid() -> None:
    paying = StagePosition(kind=StageKind.FUNDING, status=StageStatus.PAYING, office_id=3)
    turns = list_turns(case_status=CaseStatus.TRAVELLING, stages=[paying])
    assert [turn.reason for turn in turns] == [TurnReason.STAGE, TurnReason.GO_HOME]


def test_an_issued_visa_is_still_to_be_collected_before_the_journey() -> None:
    issued = StagePosition(kind=StageKind.VISA, status=StageStatus.ISSUED, office_id=1)
    turns = list_turns(case_status=CaseStatus.READY, stages=[issued])
    assert [(turn.who, turn.reason) for turn in turns] == [
        (Side.APPLICANT, TurnReason.STAGE),
        (Side.APPLICANT, TurnReason.TRAVEL),
    ]


def test_a_stage_that_waits_is_nobodys_turn() -> None:
    waiting = StagePosition(kind=StageKind.VISA, status=StageStatus.WAITING, office_id=1)
    assert list_turns(case_status=CaseStatus.IN_PROGRESS, stages=[waiting]) == ()
