"""The facts given with a step: of the right form, complete, and possible."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from mobility.domain.errors import InvalidInput
from mobility.domain.stages import (
    TABLES,
    FactType,
    StageKind,
    StageStatus,
    StageStep,
    Transition,
    check_facts,
    get_transition,
)

S, Do = StageStatus, StageStep
ALL_LINES = [(table.kind, line) for table in TABLES.values() for line in table.transitions]


ISSUED_FACTS: dict[str, object] = {
    "visa_kind": "short_stay",
    "entries": "multiple",
    "valid_from": date(2027, 2, 1),
    "valid_until": date(2027, 4, 30),
    "days": 89,
}


def issue(**changes: object) -> None:
    check_facts(get_transition(StageKind.VISA, S.ADMISSIBLE, Do.ISSUE), ISSUED_FACTS | changes)


def test_the_facts_of_a_visa_are_checked_and_pass() -> None:
    issue()
    issue(days=1, valid_until=date(2027, 2, 1))


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"entries": None}, "entries", "missing"),
        ({"entries": "  "}, "entries", "missing"),
        ({"entries": "three"}, "entries", "not_a_choice"),
        ({"days": "89"}, "days", "wrong_type"),
        ({"days": True}, "days", "wrong_type"),
        ({"days": 0}, "days", "not_positive"),
        ({"days": 90}, "days", "more_than_validity"),
        ({"valid_from": datetime(2027, 2, 1)}, "valid_from", "wrong_type"),
        ({"valid_until": date(9999, 1, 1)}, "valid_until", "year_out_of_range"),
        ({"valid_until": date(2027, 1, 31)}, "valid_until", "before_start"),
        ({"colour": "green"}, "colour", "unknown"),
    ],
)
def test_wrong_facts_are_named(changes: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue(**changes)
    assert (refused.value.parameters["field"], refused.value.parameters["reason"]) == (field, reason)


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        (Decimal("0"), "EUR", "not_positive"),
        (Decimal("-5"), "EUR", "not_positive"),
        (Decimal("NaN"), "EUR", "wrong_type"),
        (100.5, "EUR", "wrong_type"),
        (Decimal("100.50"), "eur", "wrong_type"),
        (Decimal("100.50"), "EURO", "wrong_type"),
    ],
)
def test_money_is_a_positive_decimal_with_a_currency(amount: object, currency: str, reason: str) -> None:
    request = get_transition(StageKind.FUNDING, S.OPENED, Do.REQUEST)
    check_facts(request, {"amount": Decimal("6450.00"), "currency": "EUR"})
    with pytest.raises(InvalidInput) as refused:
        check_facts(request, {"amount": amount, "currency": currency})
    assert refused.value.parameters["reason"] == reason


def test_a_country_is_two_capitals() -> None:
    consult = get_transition(StageKind.VISA, S.ADMISSIBLE, Do.CONSULT)
    check_facts(consult, {"consulted": "FR"})
    with pytest.raises(InvalidInput):
        check_facts(consult, {"consulted": "France"})


def test_what_is_voluntary_may_be_left_out_and_is_checked_when_given() -> None:
    pay = get_transition(StageKind.FUNDING, S.SIGNED, Do.PAY)
    paid: dict[str, object] = {
        "milestone": "arrival",
        "amount": Decimal("4515.00"),
        "currency": "EUR",
        "paid_on": date(2027, 2, 3),
    }
    check_facts(pay, paid)
    check_facts(pay, paid | {"rate": Decimal("1.0832"), "rate_on": None})
    with pytest.raises(InvalidInput) as refused:
        check_facts(pay, paid | {"rate": Decimal("0")})
    assert refused.value.parameters == {"field": "rate", "reason": "not_positive", "value": Decimal("0")}


def test_a_refusal_without_its_legal_basis_is_not_recorded() -> None:
    refuse = get_transition(StageKind.VISA, S.ADMISSIBLE, Do.REFUSE)
    check_facts(refuse, {"ground": "means_not_proved", "legal_basis": "Visa Code 32(1)(a)(iii)"})
    for left_out in ("ground", "legal_basis"):
        facts: dict[str, object] = {"ground": "means_not_proved", "legal_basis": "Visa Code 32(1)(a)(iii)"}
        del facts[left_out]
        with pytest.raises(InvalidInput) as refused:
            check_facts(refuse, facts)
        assert refused.value.parameters == {"field": left_out, "reason": "missing"}


def test_a_ground_of_another_kind_of_stage_is_none() -> None:
    refuse = get_transition(StageKind.VISA, S.ADMISSIBLE, Do.REFUSE)
    with pytest.raises(InvalidInput) as refused:
        check_facts(refuse, {"ground": "budget_exhausted", "legal_basis": "none"})
    assert refused.value.parameters["reason"] == "not_a_choice"


def test_a_course_does_not_end_before_it_starts() -> None:
    offer = get_transition(StageKind.LANGUAGE, S.PLACED, Do.OFFER_COURSE)
    course: dict[str, object] = {
        "provider": "German Courses, Dokki",
        "starts_on": date(2026, 10, 4),
        "ends_on": date(2026, 10, 3),
        "hours": 96,
    }
    with pytest.raises(InvalidInput) as refused:
        check_facts(offer, course)
    assert refused.value.parameters["field"] == "ends_on"


def test_hours_attended_may_be_none_but_not_negative() -> None:
    attendance = get_transition(StageKind.LANGUAGE, S.ENROLLED, Do.RECORD_ATTENDANCE)
    check_facts(attendance, {"hours_attended": 0})
    with pytest.raises(InvalidInput) as refused:
        check_facts(attendance, {"hours_attended": -1})
    assert refused.value.parameters["reason"] == "negative"


@pytest.mark.parametrize(("kind", "line"), ALL_LINES)
def test_a_choice_has_choices_and_nothing_else_has(kind: StageKind, line: Transition) -> None:
    for field in line.facts:
        assert bool(field.choices) is (field.type is FactType.CHOICE), (kind, line.step, field.code)
