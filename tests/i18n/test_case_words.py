"""Every code of cases and stages has its words, and whole sentences come out of codes."""

import pytest

from mobility.domain.case_grounds import CaseGround
from mobility.domain.cases import CaseStatus
from mobility.domain.clocks import ClockEventKind
from mobility.domain.errors import DomainError
from mobility.domain.law_codes import Silence
from mobility.domain.stages import TABLES, FactType, Side, StageKind, StageStatus, StageStep
from mobility.domain.turns import Turn, TurnReason
from mobility.i18n import cases_labels, history_words, stages_labels
from mobility.i18n.labels import ERRORS
from mobility.services.cases import CaseNotReadyToClose, DeskGroup, Lamp
from mobility.services.clocks import ExtensionNotAllowed
from mobility.services.funding import Milestone
from mobility.services.requests import RequestClosed
from mobility.services.stages import StepAwaitsConfirmation


@pytest.fixture(autouse=True)
def in_english(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (CaseStatus, cases_labels.CASE_STATUS),
        (Lamp, cases_labels.LAMPS),
        (DeskGroup, cases_labels.DESK_GROUPS),
        (Silence, cases_labels.SILENCE),
        (ClockEventKind, cases_labels.CLOCK_EVENTS),
        (StageStatus, stages_labels.STAGE_STATUS),
        (StageStep, stages_labels.STEPS),
        (StageStep, stages_labels.STEPS_TAKEN),
        (Milestone, stages_labels.MILESTONES),
        (CaseGround, stages_labels.GROUNDS),
        ([*StageKind, "case"], stages_labels.STAGES),
    ],
)
def test_every_code_has_words_and_no_word_is_left_over(codes, words) -> None:
    if words is stages_labels.GROUNDS:
        assert {str(code) for code in codes} <= set(words)
    else:
        assert {str(code) for code in codes} == set(words)
    assert all(str(word) for word in words.values())


def test_every_fact_and_every_choice_has_words() -> None:
    fields = {field for table in TABLES.values() for line in table.transitions for field in line.facts}
    assert {field.code for field in fields} <= set(stages_labels.FACTS)
    choices = {choice for field in fields if field.type is FactType.CHOICE for choice in field.choices}
    levels = {"a1", "a2", "b1", "b2", "c1", "c2"}
    assert choices - levels <= set(stages_labels.CHOICES)
    assert stages_labels.choice_label("b2") == "B2"


@pytest.mark.parametrize(
    "error", [CaseNotReadyToClose, ExtensionNotAllowed, RequestClosed, StepAwaitsConfirmation], ids=lambda e: e.code
)
def test_every_error_has_a_sentence(error: type[DomainError]) -> None:
    assert str(ERRORS[error.code]).endswith(".")


def test_every_stage_that_waits_for_somebody_says_what_for() -> None:
    for kind, table in TABLES.items():
        for status, who in table.awaits.items():
            turn = Turn(who=who, reason=TurnReason.STAGE, stage=kind, status=status)
            assert cases_labels.turn_task(turn).endswith("."), (kind, status)


@pytest.mark.parametrize("reason", [reason for reason in TurnReason if reason is not TurnReason.STAGE])
def test_every_other_turn_has_a_sentence(reason) -> None:
    turn = Turn(who=Side.OFFICE, reason=reason)
    assert cases_labels.turn_task(turn, office_name="German Embassy, Cairo").endswith(".")


def test_whose_turn_it_is_depends_on_the_reader() -> None:
    turn = Turn(who=Side.OFFICE, reason=TurnReason.STAGE, stage=StageKind.VISA, status=StageStatus.ADMISSIBLE)
    assert cases_labels.turn_sentence(turn, for_side="office") == "It is your turn: decide on the visa."
    told = cases_labels.turn_sentence(turn, for_side="applicant", office_name="the German Embassy")
    assert told == "It is the turn of the German Embassy: decide on the visa."


@pytest.mark.parametrize(
    ("code", "parameters", "sentence"),
    [
        ("stage_step_taken", {"stage": "visa", "step": "lodge"}, "Visa: Application lodged"),
        ("case_returned", {"ground": "incomplete", "case_status": "returned"},
         "Application returned: The application is incomplete"),
        ("request_asked", {"stage": "case", "answer_by": "2026-12-17"},
         "Case: question to the applicant, to be answered by 17 Dec 2026"),
        ("payment_paid", {"amount_minor": 645000, "currency": "EUR", "milestone": "arrival"},
         "Paid: 6,450.00 EUR, Arrival"),
        ("plan_changed", {"to": {"arrival": "2027-02-01", "departure": "2027-04-30"}},
         "Plan changed: 1 Feb 2027 to 30 Apr 2027"),
        ("never_heard_of", {}, "never_heard_of"),
    ],
)  # fmt: skip
def test_the_history_is_told_in_sentences(code, parameters, sentence) -> None:
    assert history_words.history_sentence(code, parameters).replace("\xa0", " ") == sentence
