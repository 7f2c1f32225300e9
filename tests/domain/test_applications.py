"""When a section is complete, table by table: one line an answer, and why it does not do."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.applications.completeness import (
    check_documents,
    check_section,
    section_status,
    sections_of,
)
from mobility.domain.applications.vocabulary import (
    SEALED,
    SECTION_FIELDS,
    CallFacts,
    FieldType,
    Reason,
    SectionCode,
    SectionStatus,
    SentDocument,
    Typed,
)
from mobility.domain.documents import DocumentKind, DocumentStatus, required_documents
from mobility.domain.stages import StageKind

ALL = frozenset(StageKind)
FACTS = CallFacts(
    sending="EG",
    receiving="DE",
    discipline="",
    stay_from=date(2027, 2, 1),
    stay_until=date(2027, 8, 31),
    min_days=30,
    max_days=90,
    stages=ALL,
    language_level="a2",
    currency="EUR",
    today=date(2026, 12, 14),
)
GOOD = {
    SectionCode.ABOUT_YOU: {
        "birth_on": SEALED,
        "passport_number": SEALED,
        "nationality": "EG",
        "residence": "EG",
    },
    SectionCode.YOUR_WORK: {"discipline": "theatre", "title": "Light", "statement": "Wood and light."},
    SectionCode.YOUR_STAY: {"arrival_on": "2027-03-01", "departure_on": "2027-05-09"},
    SectionCode.LANGUAGES: {"languages": [{"language": "en", "level": "b1"}]},
    SectionCode.FUNDING: {"lines": [{"line": "travel", "amount_minor": 90000, "currency": "EUR", "payer": "EG"}]},
    SectionCode.DECLARATIONS: {"truthful": True, "rights": True, "data_protection": True},
}


def reasons(code, answers, typed=None, facts=FACTS):
    return {problem.path: problem.reason for problem in check_section(code, answers, typed or {}, facts)}


@pytest.mark.parametrize("code", GOOD)
def test_good_answers_make_a_section_complete(code) -> None:
    assert check_section(code, GOOD[code], {}, FACTS) == []


@pytest.mark.parametrize(
    ("code", "field"),
    [(code, each.code) for code in GOOD for each in SECTION_FIELDS[code] if each.is_required],
)
def test_every_required_answer_is_missed(code, field) -> None:
    answers = {key: value for key, value in GOOD[code].items() if key != field}
    kind = next(each.type for each in SECTION_FIELDS[code] if each.code == field)
    expected = {FieldType.ROWS: Reason.NO_ROWS, FieldType.TICK: Reason.MUST_BE_TICKED}.get(kind, Reason.MISSING)
    assert reasons(code, answers) == {field: expected}


def test_what_is_not_required_may_be_absent() -> None:
    assert "phone" not in GOOD[SectionCode.ABOUT_YOU]
    assert "links" not in GOOD[SectionCode.YOUR_WORK]


@pytest.mark.parametrize(
    ("arrival", "departure", "expected"),
    [
        ("2027-02-01", "2027-03-02", {}),  # first day of the window, 30 days, both ends counted
        ("2027-06-03", "2027-08-31", {}),  # last day of the window, 90 days
        ("2027-01-31", "2027-03-31", {"arrival_on": Reason.BEFORE_WINDOW}),
        ("2027-08-01", "2027-09-01", {"departure_on": Reason.AFTER_WINDOW}),
        ("2026-12-14", "2027-02-20", {"arrival_on": Reason.BEFORE_WINDOW}),
        ("2027-03-01", "2027-03-29", {"departure_on": Reason.STAY_TOO_SHORT}),
        ("2027-03-01", "2027-05-30", {"departure_on": Reason.STAY_TOO_LONG}),
        ("2027-03-01", "2027-02-28", {"departure_on": Reason.DEPARTURE_BEFORE_ARRIVAL}),
        ("2027-03-01", "2027-03-01", {"departure_on": Reason.STAY_TOO_SHORT}),
    ],
)
def test_the_stay_fits_the_call(arrival, departure, expected) -> None:
    assert reasons(SectionCode.YOUR_STAY, {"arrival_on": arrival, "departure_on": departure}) == expected


def test_an_arrival_that_has_passed_is_refused_even_inside_the_window() -> None:
    facts = replace(FACTS, today=date(2027, 3, 1))
    assert reasons(SectionCode.YOUR_STAY, GOOD[SectionCode.YOUR_STAY], facts=facts) == {
        "arrival_on": Reason.ARRIVAL_PAST
    }


def test_the_length_is_told_with_both_limits() -> None:
    answers = {"arrival_on": "2027-03-01", "departure_on": "2027-03-10"}
    [problem] = check_section(SectionCode.YOUR_STAY, answers, {}, FACTS)
    assert problem.parameters == {"days": 10, "least": 30, "most": 90}


def test_a_day_that_could_not_be_read_is_told_with_what_was_typed() -> None:
    typed = {"arrival_on": Typed(text="30 2 2027", reason=Reason.NO_SUCH_DAY)}
    problems = check_section(SectionCode.YOUR_STAY, {"departure_on": "2027-05-09"}, typed, FACTS)
    assert [(each.path, each.reason, each.parameters["typed"]) for each in problems] == [
        ("arrival_on", Reason.NO_SUCH_DAY, "30 2 2027")
    ]


@pytest.mark.parametrize(
    ("birth_on", "is_good"),
    [("1990-02-28", True), ("2026-12-13", True), ("2026-12-14", False), ("1899-12-31", False), ("1900-01-01", True)],
)
def test_a_birth_lies_in_the_past(birth_on, is_good) -> None:
    answers = GOOD[SectionCode.ABOUT_YOU] | {"birth_on": birth_on}
    assert reasons(SectionCode.ABOUT_YOU, answers) == ({} if is_good else {"birth_on": Reason.BIRTH_IN_FUTURE})


@pytest.mark.parametrize(
    ("number", "is_good"), [("A1234567", True), ("12345", True), ("1234", False), ("A" * 16, False), ("AÉ12345", False)]
)
def test_a_passport_number_is_letters_and_figures(number, is_good) -> None:
    answers = GOOD[SectionCode.ABOUT_YOU] | {"passport_number": number}
    expected = {} if is_good else {"passport_number": Reason.NOT_A_PASSPORT_NUMBER}
    assert reasons(SectionCode.ABOUT_YOU, answers) == expected


@pytest.mark.parametrize(("phone", "is_good"), [("+20 2 5555 0123", True), ("call me", False), ("12", False)])
def test_a_telephone_number_is_figures(phone, is_good) -> None:
    answers = GOOD[SectionCode.ABOUT_YOU] | {"phone": phone}
    assert reasons(SectionCode.ABOUT_YOU, answers) == ({} if is_good else {"phone": Reason.NOT_A_PHONE_NUMBER})


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (["https://example.org/portfolio?x=1"], None),
        (["http://xn--mgbh0fb.xn--kgbechtv/"], None),
        (["javascript:alert(1)"], Reason.NOT_A_LINK),
        (["https://user:secret@example.org"], Reason.NOT_A_LINK),
        (["example.org"], Reason.NOT_A_LINK),
        (["https://example.org/" + "a" * 300], Reason.NOT_A_LINK),
        (["https://example.org"] * 11, Reason.TOO_MANY_LINKS),
    ],
)
def test_links_are_web_addresses(links, expected) -> None:
    answers = GOOD[SectionCode.YOUR_WORK] | {"links": links}
    assert reasons(SectionCode.YOUR_WORK, answers).get("links") == expected


def test_a_call_for_one_field_takes_no_other() -> None:
    facts = replace(FACTS, discipline="music")
    assert reasons(SectionCode.YOUR_WORK, GOOD[SectionCode.YOUR_WORK], facts=facts) == {
        "discipline": Reason.OTHER_DISCIPLINE
    }


def test_a_text_has_a_longest() -> None:
    answers = GOOD[SectionCode.YOUR_WORK] | {"statement": "x" * 6001}
    [problem] = check_section(SectionCode.YOUR_WORK, answers, {}, FACTS)
    assert (problem.reason, problem.parameters) == (Reason.TOO_LONG, {"most": 6000, "given": 6001})


def test_a_choice_must_be_one_of_those_offered() -> None:
    answers = GOOD[SectionCode.YOUR_WORK] | {"discipline": "alchemy"}
    assert reasons(SectionCode.YOUR_WORK, answers) == {"discipline": Reason.NOT_A_CHOICE}


def test_a_language_stands_once_and_with_its_level() -> None:
    rows = [{"language": "en", "level": "b1"}, {"language": "en", "level": "c1"}, {"language": "fr"}]
    assert reasons(SectionCode.LANGUAGES, {"languages": rows}) == {
        "languages-1-language": Reason.SAME_LANGUAGE_TWICE,
        "languages-2-level": Reason.MISSING,
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount_minor": 0}, {"lines-0-amount": Reason.AMOUNT_OUT_OF_RANGE}),
        ({"amount_minor": -1}, {"lines-0-amount": Reason.AMOUNT_OUT_OF_RANGE}),
        ({"amount_minor": 10**12}, {}),
        ({"amount_minor": 10**12 + 1}, {"lines-0-amount": Reason.AMOUNT_OUT_OF_RANGE}),
        ({"amount_minor": None}, {"lines-0-amount": Reason.MISSING}),
        ({"payer": "FR"}, {"lines-0-payer": Reason.NOT_A_PAYER}),
        ({"payer": "DE"}, {}),
        ({"currency": "XXX"}, {"lines-0-currency": Reason.NOT_A_CHOICE}),
        ({"line": "yacht"}, {"lines-0-line": Reason.NOT_A_CHOICE}),
    ],
)
def test_a_budget_line_is_whole(change, expected) -> None:
    line = GOOD[SectionCode.FUNDING]["lines"][0] | change
    assert reasons(SectionCode.FUNDING, {"lines": [line]}) == expected


def test_there_are_only_so_many_lines() -> None:
    lines = GOOD[SectionCode.FUNDING]["lines"] * 21
    assert reasons(SectionCode.FUNDING, {"lines": lines}) == {"lines": Reason.TOO_MANY_ROWS}


def test_a_programme_without_funding_asks_for_no_costs() -> None:
    assert SectionCode.FUNDING not in sections_of({StageKind.VISA})
    assert sections_of(ALL) == tuple(SectionCode)


def test_a_section_is_not_started_until_something_stands_in_it() -> None:
    def status(answers, typed=None):
        problems = check_section(SectionCode.YOUR_STAY, answers, typed or {}, FACTS)
        return section_status(answers, typed or {}, problems)

    assert status({}) is SectionStatus.NOT_STARTED
    assert status({"arrival_on": ""}) is SectionStatus.NOT_STARTED
    assert status({"arrival_on": "2027-03-01"}) is SectionStatus.TO_FINISH
    assert status({}, {"arrival_on": Typed(text="soon", reason=Reason.NOT_A_DAY)}) is SectionStatus.TO_FINISH
    assert status(GOOD[SectionCode.YOUR_STAY]) is SectionStatus.COMPLETE


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        (set(), {"cv", "portfolio"}),
        ({StageKind.VISA}, {"cv", "portfolio", "passport", "invitation"}),
        ({StageKind.RECOGNITION, StageKind.LANGUAGE}, {"cv", "portfolio", "diploma"}),
        (ALL, {"cv", "portfolio", "passport", "invitation", "diploma"}),
    ],
)
def test_which_documents_the_stages_need(stages, expected) -> None:
    assert set(required_documents(stages)) == expected


def test_documents_are_complete_when_every_kind_has_a_current_version() -> None:
    def sent(*pairs):
        return [SentDocument(kind=DocumentKind(kind), status=DocumentStatus(status)) for kind, status in pairs]

    assert check_documents(sent(("cv", "to_check"), ("portfolio", "accepted")), set()) == []
    problems = check_documents(sent(("cv", "returned"), ("portfolio", "replaced")), set())
    assert {each.path: each.reason for each in problems} == {
        "cv": Reason.DOCUMENT_RETURNED,
        "portfolio": Reason.DOCUMENT_MISSING,
    }


@given(arrival=st.dates(date(2026, 1, 1), date(2028, 1, 1)), length=st.integers(min_value=-400, max_value=400))
def test_a_stay_is_good_exactly_when_it_fits(arrival, length) -> None:
    departure = arrival + timedelta(days=length)
    answers = {"arrival_on": arrival.isoformat(), "departure_on": departure.isoformat()}
    fits = arrival >= FACTS.stay_from and departure <= FACTS.stay_until and 30 <= length + 1 <= 90
    assert (check_section(SectionCode.YOUR_STAY, answers, {}, FACTS) == []) is fits
