"""Forms of statements: what to freeze, an answer for each entry, a remark, agreed figures, and a hash to check."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.domain.errors import InvalidInput
from mobility.domain.statements import DERIVED, EntryCode, Verdict
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.formats import country_name
from mobility.i18n.law_texts import law_text
from mobility.i18n.reciprocity_labels import period_name
from mobility.i18n.statements_labels import entry_name, refusal_words
from mobility.services.statements import Agreed, Ask, Choice, StatementPage
from mobility.web.shared.forms import EditForm, Form, WholeNumberField
from mobility.web.shared.refusals import choices

_NEEDED = InputRequired(_l("Fill this in."))


class FreezeForm(Form):
    """Which statement to freeze: instrument with both states, and the accounting year."""

    what = SelectField(_l("Instrument and states"), [_NEEDED])
    year = SelectField(_l("Accounting year"), [_NEEDED])

    def fill_choices(self, offered: Sequence[Choice]) -> None:
        """Offer the pairs that this manager may freeze, and every year any of them has."""
        told = sorted((_told(each), _key(each)) for each in offered)
        self.what.choices = choices(((key, words) for words, key in told), _("Choose"))
        periods = {period.year: period_name(period) for each in offered for period in each.periods}
        self.year.choices = choices((year, periods[year]) for year in sorted(periods, reverse=True))

    def ask(self) -> Ask:
        """Return what a valid form asks for."""
        instrument, a, b = str(self.what.data).rsplit(":", 2)
        return Ask(instrument=instrument, pair=(a, b), year=int(self.year.data))


def _key(choice: Choice) -> str:
    return ":".join((choice.instrument_code, *choice.pair))


def _told(choice: Choice) -> str:
    a, b = (country_name(code) for code in choice.pair)
    return _("%(instrument)s: %(a)s and %(b)s", instrument=law_text(choice.instrument_title), a=a, b=b)


class StepForm(EditForm):
    """A step without answers of its own."""


class RemarkForm(Form):
    """One message in the thread of an entry."""

    text = TextAreaField(_l("Write to the other side"), [_NEEDED, Length(max=4000)])


class AnswerFields(EditForm):
    """A choice and words for each entry; see `answer_form`."""

    def verdicts(self) -> dict[EntryCode, Verdict]:
        """Return the choices of a valid form."""
        return {code: Verdict(self[f"v_{code}"].data) for code in EntryCode}

    def remarks(self) -> dict[EntryCode, str]:
        """Return the words, empty where nothing was written."""
        return {code: self[f"t_{code}"].data or "" for code in EntryCode}


def answer_form(page: StatementPage) -> type[AnswerFields]:
    """Return the form of an answer: every entry confirmed or disputed, with words for a dispute."""
    fields: dict[str, Any] = {}
    for code in EntryCode:
        name = entry_name(code, page.content.sides)
        fields[f"v_{code}"] = RadioField(
            name,
            [InputRequired(_l("Say of this entry whether you confirm or dispute it."))],
            choices=choices(((Verdict.CONFIRMED.value, _("Confirm")), (Verdict.DISPUTED.value, _("Dispute")))),
        )
        fields[f"t_{code}"] = TextAreaField(_("What is disputed: %(entry)s", entry=name), [Length(max=4000)])
    return type("AnswerForm", (AnswerFields,), fields)


class CorrectFields(EditForm):
    """Why, and for each entry the agreed figure with its reason; see `correct_form`."""

    why = TextAreaField(_l("Why the statement is corrected"), [_NEEDED, Length(max=2000)])

    def agreed(self) -> dict[EntryCode, Agreed]:
        """Return the figures that were typed."""
        found = {}
        for code in correctable():
            number = self[f"n_{code}"].number
            if number is not None:
                found[code] = Agreed(value=number, reason=self[f"r_{code}"].data or "")
        return found


def correctable() -> list[EntryCode]:
    """Return the entries that people may agree on; the others follow from them."""
    return [code for code in EntryCode if code not in DERIVED]


def correct_form(page: StatementPage) -> type[CorrectFields]:
    """Return the form of a correction."""
    fields: dict[str, Any] = {}
    for code in correctable():
        name = entry_name(code, page.content.sides)
        if code in (EntryCode.MONEY_AB, EntryCode.MONEY_BA):
            label = _("Agreed figure in euro cents: %(entry)s", entry=name)
        elif code is EntryCode.TOLERANCE:
            label = _("Agreed figure in per cent: %(entry)s", entry=name)
        elif code is EntryCode.OPENING:
            label = _(
                "Agreed balance brought forward: how many more %(country)s has sent, below zero if fewer",
                country=country_name(page.content.sides[0]),
            )
        else:
            label = _("Agreed figure: %(entry)s", entry=name)
        fields[f"n_{code}"] = WholeNumberField(label, most_digits=14, signed=True)
        fields[f"r_{code}"] = StringField(_("Reason: %(entry)s", entry=name), [Length(max=2000)])
    return type("CorrectForm", (CorrectFields,), fields)


def values_for_correction(page: StatementPage) -> Mapping[str, Any]:
    """Return the figures that were agreed on in the version that is corrected, so that they are not lost."""
    values: dict[str, Any] = {"row_version": str(page.row_version)}
    for entry in page.content.entries:
        if entry.reason:
            values |= {f"n_{entry.code}": str(entry.value), f"r_{entry.code}": entry.reason}
    return values


def put_refusal(form: Any, error: InvalidInput, prefixes: Sequence[str] = ("",)) -> None:
    """Put what a service refused beside its field, or on the form as a whole."""
    reason, value = str(error.parameters.get("reason")), error.parameters.get("value", "")
    words = refusal_words(reason, value)
    for prefix in prefixes:
        field = form._fields.get(f"{prefix}{error.parameters.get('field')}")
        if field is not None:
            field.errors = (*field.errors, words)
            return
    form.form_errors.append(words)
