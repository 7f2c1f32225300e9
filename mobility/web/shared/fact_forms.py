"""Forms made from what a step of a stage asks for: one input for each fact, kept as typed, read in the reader's way.

Which facts a step needs and whether they fit together is decided in `mobility.domain.stages`; here they are asked for
and turned into values. Used by the desk and by the applicant's own steps.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from mobility.domain.applications.vocabulary import CURRENCIES
from mobility.domain.errors import DomainError, InvalidInput
from mobility.domain.stages import FactField, FactType
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.amounts import read_decimal
from mobility.i18n.case_refusals import reason_words, refusal_sentence
from mobility.i18n.formats import country_choices
from mobility.i18n.stages_labels import MILESTONES, choice_label, fact_label
from mobility.web.shared.forms import DayField, EditForm, Form, WholeNumberField
from mobility.web.shared.refusals import choices

_LONG = frozenset({"statement", "reasons", "assessment", "differences", "measure", "equivalent_to"})
_MANY = 7


class DecimalField(StringField):
    """An amount or a rate as the reader's language writes it; keeps what was typed when it is none."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.value: Any = None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip() if valuelist else ""
        if not self.data:
            return
        try:
            self.value = read_decimal(self.data)
        except InvalidInput as error:
            raise ValueError(reason_words(str(error.parameters["reason"]))) from None


class FactForm(EditForm):
    """Base of a form whose fields are facts; `asked` says which."""

    asked: tuple[FactField, ...] = ()

    def facts(self) -> dict[str, object]:
        """Return the values by code, empty ones left out."""
        values = {field.code: _value(self[field.code], field) for field in self.asked}
        return {code: value for code, value in values.items() if value not in (None, "")}


def make_fact_form(fields: Iterable[FactField], given: Mapping[str, Any] | None = None) -> FactForm:
    """Return a form that asks for these facts; `given` fills it beforehand."""
    asked = tuple(fields)
    made: dict[str, Any] = {field.code: _input(field) for field in asked}
    form: FactForm = type("StepForm", (FactForm,), {**made, "asked": asked})(data=dict(given or {}))
    return form


def _input(field: FactField) -> Any:
    label = fact_label(field.code)
    needed = [InputRequired(_l("Fill this in.")) if field.required else Optional()]
    if not field.required:
        label = str(_l("%(label)s (if you like)", label=label))
    match field.type:
        case FactType.DATE:
            return DayField(label, needed)
        case FactType.INTEGER:
            return WholeNumberField(label, needed, words=reason_words("not_a_number"))
        case FactType.DECIMAL:
            return DecimalField(label, needed)
        case FactType.CURRENCY:
            return SelectField(label, choices=choices((each, each) for each in CURRENCIES))
        case FactType.COUNTRY:
            return SelectField(label, needed, choices=choices(country_choices(), _l("Choose a country")))
        case FactType.CHOICE:
            return _choice(field, label)
    if field.code == "milestone":
        return SelectField(label, choices=choices(MILESTONES.items()))
    return TextAreaField(label, needed) if field.code in _LONG else StringField(label, needed)


def _choice(field: FactField, label: str) -> Any:
    needed = [InputRequired(_l("Choose one of these."))] if field.required else [Optional()]
    pairs = [(code, choice_label(code)) for code in field.choices]
    if len(pairs) <= _MANY:
        return RadioField(label, needed, choices=choices(pairs))
    return SelectField(label, needed, choices=choices(pairs, _l("Choose one")))


def _value(bound: Any, field: FactField) -> object:
    if isinstance(bound, DayField):
        return bound.day
    if isinstance(bound, WholeNumberField):
        return bound.number
    if isinstance(bound, DecimalField):
        return bound.value
    return str(bound.data or "").strip()


def put_refusal(form: Form, error: DomainError) -> None:
    """Put the sentence of a refused answer beside its field; above the form where it has no such field."""
    field = form._fields.get(str(error.parameters.get("field")))
    if field is None:
        form.form_errors.append(refusal_sentence(error))
    else:
        field.errors = (*field.errors, refusal_sentence(error))
