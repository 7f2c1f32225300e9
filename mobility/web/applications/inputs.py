"""The inputs of a section as the shared macros draw them; made from the fields that the domain lists.

Not WTForms: the fields of a section, their order and their rules are data in `mobility.domain.applications`, and a
second list of them here could only drift. What was posted is read back by the same names.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from mobility.domain.applications.vocabulary import (
    SECTION_FIELDS,
    CallFacts,
    Field,
    FieldType,
    Problem,
    Reason,
    SectionCode,
)
from mobility.i18n import gettext as _
from mobility.i18n.applications_labels import BUDGET_ITEMS, DISCIPLINES, FIELDS, problem_sentence
from mobility.i18n.formats import country_choices, country_name, language_choices

NOT_YET: Final = frozenset({Reason.MISSING, Reason.NO_ROWS, Reason.MUST_BE_TICKED, Reason.DOCUMENT_MISSING})
"""Nothing was typed yet: no error while the section is still being filled in."""
_SPARE_ROWS: Final = 1
_LABELS_OF: Final = {"discipline": DISCIPLINES, "line": BUDGET_ITEMS}


@dataclass(frozen=True, slots=True)
class Flags:
    """Nothing is required of a draft: it may be saved with anything missing."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """The words of an input."""

    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list."""

    value: str
    label: str
    _selected: bool


@dataclass(slots=True)
class Input:
    """One input: its name, what stands in it, what is wrong with it, and what may be chosen."""

    name: str
    label: Label
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    errors: list[str] = field(default_factory=list)
    flags: Flags = Flags()

    @property
    def id(self) -> str:
        """Inputs are named once a page, so the name serves."""
        return self.name

    @property
    def data(self) -> bool:
        """Whether a box is ticked."""
        return self.value == "y"

    def _value(self) -> str:
        return self.value

    def iter_choices(self) -> Iterable[Choice]:
        """Yield the options; one that is not in the list selects nothing."""
        for value, words in self.options:
            yield Choice(value, words, value == self.value)


@dataclass(slots=True)
class Sheet:
    """All inputs of a section, in the shape in which the shared macros take a form."""

    code: SectionCode
    inputs: dict[str, Input]
    rows: list[dict[str, Input]] = field(default_factory=list)

    @property
    def errors(self) -> dict[str, list[str]]:
        """The messages by input, in the order of the page."""
        return {name: each.errors for name, each in self.inputs.items() if each.errors}

    def __getitem__(self, name: str) -> Input:
        return self.inputs[name]

    def csrf_token(self, **_options: Any) -> Markup:
        """Return the hidden token of the session."""
        return Markup('<input type="hidden" name="csrf_token" value="{}">').format(escape(generate_csrf()))


def make_sheet(
    code: SectionCode,
    shown: Mapping[str, Any],
    facts: CallFacts,
    problems: Iterable[Problem],
    *,
    spare_rows: int = _SPARE_ROWS,
    is_strict: bool = False,
) -> Sheet:
    """Return the inputs with what stands in them; `is_strict` also complains of what was not answered yet."""
    sheet = Sheet(code, {})
    for each in SECTION_FIELDS[code]:
        sheet.inputs[each.code] = _input(each, each.code, str(shown.get(each.code) or ""), facts)
        if each.type is FieldType.ROWS:
            sheet.inputs[each.code].value = ""
            _add_rows(sheet, each, shown.get(each.code) or [], facts, spare_rows)
    for problem in problems:
        if problem.path in sheet.inputs and (is_strict or problem.reason not in NOT_YET):
            sheet.inputs[problem.path].errors.append(problem_sentence(problem))
    return sheet


def read_form(code: SectionCode, form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what was posted, as the service takes it: text by field, rows as a list."""
    raw: dict[str, Any] = {}
    for each in SECTION_FIELDS[code]:
        if each.type is FieldType.ROWS:
            raw[each.code] = [
                {column.code: form.get(f"{each.code}-{number}-{column.code}", "") for column in each.columns}
                for number in range(each.most_rows + 1)
                if any(f"{each.code}-{number}-{column.code}" in form for column in each.columns)
            ]
        else:
            raw[each.code] = form.get(each.code, "")
    return raw


def pack(shown: Mapping[str, Any]) -> str:
    """Return what stands in the inputs as one hidden value, so that a later page can compare."""
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def unpack(code: SectionCode, text: str) -> dict[str, Any]:
    """Return what `pack` made, keeping nothing but known fields and texts; {} when it was tampered with."""
    try:
        packed = json.loads(text)
    except ValueError:
        return {}
    form: MultiDict[str, str] = MultiDict()
    for name, value in packed.items() if isinstance(packed, dict) else ():
        rows = value if isinstance(value, list) else []
        for number, row in enumerate(rows):
            for column, cell in row.items() if isinstance(row, dict) else ():
                form[f"{name}-{number}-{column}"] = str(cell)
        if isinstance(value, str):
            form[name] = value
    return read_form(code, form)


def _add_rows(sheet: Sheet, each: Field, rows: list[Mapping[str, str]], facts: CallFacts, spare: int) -> None:
    wanted = min(len(rows) + spare, each.most_rows) if len(rows) <= each.most_rows else len(rows)
    for number in range(max(wanted, 1)):
        row = rows[number] if number < len(rows) else {}
        cells = {}
        for column in each.columns:
            name = f"{each.code}-{number}-{column.code}"
            value = str(row.get(column.code) or (facts.currency if column.is_preset else ""))
            cells[column.code] = sheet.inputs[name] = _input(column, name, value, facts)
        sheet.rows.append(cells)


def _input(each: Field, name: str, value: str, facts: CallFacts) -> Input:
    return Input(name, Label(str(FIELDS[each.code])), value, tuple(_options(each, facts)))


def _options(each: Field, facts: CallFacts) -> list[tuple[str, str]]:
    if each.code == "payer":
        pairs = [(code, country_name(code)) for code in (facts.receiving, facts.sending)]
    elif each.type is FieldType.COUNTRY:
        pairs = country_choices()
    elif each.type is FieldType.LANGUAGE:
        pairs = language_choices()
    elif each.is_preset:
        return [(code, code) for code in dict.fromkeys((facts.currency, "EUR", *each.choices))]
    elif each.code == "discipline" and facts.discipline:
        pairs = [(facts.discipline, str(DISCIPLINES[facts.discipline]))]
    elif each.choices:
        labels = _LABELS_OF.get(each.code, {})
        pairs = [(code, str(labels.get(code, code.upper()))) for code in each.choices]
    else:
        return []
    return [("", _("Choose")), *pairs]
