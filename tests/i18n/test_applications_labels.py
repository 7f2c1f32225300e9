"""Every code of calls, applications and documents has its words; amounts and periods are read and told right."""

import pytest

from mobility.domain.applications.vocabulary import (
    SECTION_FIELDS,
    AlreadySent,
    ApplicationStatus,
    BudgetItem,
    CallClosed,
    Discipline,
    Problem,
    Reason,
    SectionCode,
    SectionsIncomplete,
    SectionStatus,
)
from mobility.domain.documents import (
    FILE_REFUSALS,
    DocumentGone,
    DocumentKind,
    DocumentStatus,
    QuotaReached,
    RightsMissing,
)
from mobility.domain.errors import InvalidInput
from mobility.domain.law_codes import Direction, PeriodUnit
from mobility.domain.stages import StageKind
from mobility.i18n import applications_labels as labels
from mobility.i18n import use_locale
from mobility.i18n.amounts import read_amount, write_amount
from mobility.i18n.labels import ERRORS, error_sentence
from mobility.i18n.periods import period_phrase


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (labels.SECTIONS, SectionCode),
        (labels.SECTION_STATUS, SectionStatus),
        (labels.APPLICATION_STATUS, ApplicationStatus),
        (labels.DISCIPLINES, Discipline),
        (labels.BUDGET_ITEMS, BudgetItem),
        (labels.DOCUMENT_KINDS, DocumentKind),
        (labels.DOCUMENT_STATUS, DocumentStatus),
        (labels.PROBLEMS, Reason),
        (labels.STAGE_WORDS, StageKind),
    ],
)
def test_every_code_has_words(table, codes) -> None:
    assert set(table) == {code.value for code in codes}


def test_every_field_has_a_label() -> None:
    fields = [each for section in SECTION_FIELDS.values() for each in section]
    codes = {each.code for each in [*fields, *(column for each in fields for column in each.columns)]}
    assert codes == set(labels.FIELDS)


def test_every_refusal_has_its_own_sentence() -> None:
    errors = [*FILE_REFUSALS.values(), RightsMissing, QuotaReached, DocumentGone]
    errors += [SectionsIncomplete, CallClosed, AlreadySent]
    assert len({error_sentence(error()) for error in errors}) == len(errors)
    assert all(error.code in ERRORS for error in errors)


@pytest.mark.parametrize("reason", Reason)
def test_every_problem_makes_a_sentence(reason) -> None:
    parameters = {
        "typed": "x",
        "given": 3,
        "most": 2,
        "least": 1,
        "days": 5,
        "first": 1,
        "last": 2,
        "discipline": "film",
    }
    sentence = labels.problem_sentence(Problem(path="x", reason=reason, parameters=parameters))
    assert sentence.endswith((".", "?"))
    assert "%" not in sentence


def test_lengths_of_stay_are_told_in_days() -> None:
    problem = Problem(path="x", reason=Reason.STAY_TOO_LONG, parameters={"days": 91, "least": 1, "most": 90})
    assert labels.problem_sentence(problem) == "The stay may last at most 90 days. Yours would last 91 days."


@pytest.mark.parametrize(
    ("locale", "text", "currency", "minor"),
    [
        ("en", "1,250.50", "EUR", 125050),
        ("en", "1250.5", "EUR", 125050),
        ("en", "1250", "JPY", 1250),
        ("en", "1.234", "KWD", 1234),
        ("fr", "1 250,50", "EUR", 125050),
        ("fr", "1\u202f250,50", "EUR", 125050),
        ("es", "1.250,50", "EUR", 125050),
        ("ru", "1250,5", "EUR", 125050),
        ("ar", "١٢٥٠٫٥٠", "EUR", 125050),
        ("ar", "1250.50", "EUR", 125050),
        ("zh", "1,250", "CNY", 125000),
        ("en", "−5", "EUR", -500),
        ("en", "0", "EUR", 0),
    ],
)
def test_an_amount_is_read_as_its_reader_writes_it(locale, text, currency, minor) -> None:
    with use_locale(locale):
        assert read_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("locale", "text", "currency", "reason"),
    [
        ("en", "1,5", "EUR", "not_an_amount"),
        ("en", "1.250,50", "EUR", "not_an_amount"),
        ("en", "12 EUR", "EUR", "not_an_amount"),
        ("en", "1e5", "EUR", "not_an_amount"),
        ("en", "NaN", "EUR", "not_an_amount"),
        ("en", "Infinity", "EUR", "not_an_amount"),
        ("en", "", "EUR", "not_an_amount"),
        ("en", "1.234", "EUR", "too_many_decimals"),
        ("en", "1250.50", "JPY", "too_many_decimals"),
    ],
)
def test_what_is_no_amount_says_why(locale, text, currency, reason) -> None:
    with use_locale(locale), pytest.raises(InvalidInput) as refused:
        read_amount(text, currency)
    assert (refused.value.parameters["reason"], refused.value.parameters["value"]) == (reason, text)


@pytest.mark.parametrize("locale", ["ar", "en", "es", "fr", "ru", "zh"])
@pytest.mark.parametrize(("minor", "currency"), [(125050, "EUR"), (1250, "JPY"), (1, "EUR"), (10**12, "KWD")])
def test_a_written_amount_is_read_back(locale, minor, currency) -> None:
    with use_locale(locale):
        assert read_amount(write_amount(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("period", "unit", "direction", "words"),
    [
        ("15", "calendar_days", "forward", "15 calendar days"),
        ("1", "months", "forward", "1 month"),
        ("3", "months", "backward_latest", "3 months before, at the latest"),
        ("6", "months", "backward_earliest", "6 months before, at the earliest"),
        ("90", "stay_days", "maximum", "at most 90 days of stay"),
        ("2", "weeks", "forward_min", "at least 2 weeks"),
        ("3w+2wd", "composite", "forward", "3 weeks and 2 working days"),
        ("1.5", "months", "forward", "1.5 months"),
        ("50", "persons_per_year", "quota", "50 people a year"),
        ("", "", "forward", "no length set by law"),
    ],
)
def test_a_period_is_told_in_words(period, unit, direction, words) -> None:
    assert period_phrase(period, unit, direction) == words


@pytest.mark.parametrize("unit", [unit for unit in PeriodUnit if unit is not PeriodUnit.COMPOSITE])
def test_every_unit_of_a_period_has_words(unit) -> None:
    assert all(period_phrase("2", unit, direction).count("2") == 1 for direction in Direction)


def test_closing_is_counted_down() -> None:
    assert [labels.closing_words(days) for days in (-1, 0, 1, 4)] == [
        "closed",
        "closes today",
        "closes in 1 day",
        "closes in 4 days",
    ]


def test_sizes_are_told_in_the_unit_that_fits() -> None:
    assert [labels.size_words(size) for size in (1, 2048, 5 * 1024 * 1024)] == ["1 kB", "2 kB", "5.0 MB"]
