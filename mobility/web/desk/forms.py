"""What an office fills in on a case file; the facts of a stage's steps are made in `web/shared/fact_forms`."""

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from mobility.domain.applications.vocabulary import CURRENCIES
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.applications_labels import DOCUMENT_KINDS
from mobility.i18n.formats import country_name
from mobility.i18n.stages_labels import MILESTONES, ground_label
from mobility.services.cases import CasePage
from mobility.services.cases.views import BudgetView, CaseStepOffer
from mobility.web.shared.fact_forms import DecimalField
from mobility.web.shared.forms import DayField, EditForm, Form
from mobility.web.shared.refusals import choices

_NEEDED = InputRequired(_l("Fill this in."))


class ActForm(EditForm):
    """One button: what it does is said by its words, the version tells a stale press from a fresh one."""


class AskForm(EditForm):
    """A question to the applicant."""

    document_kind = SelectField(_l("Document"), choices=[])
    text = TextAreaField(_l("What is needed, and why"), [_NEEDED, Length(max=4000)])
    answer_by = DayField(_l("Answer by"), [_NEEDED])

    def fill_choices(self) -> None:
        """Offer the kinds of document in the language of the request."""
        self.document_kind.choices = choices(DOCUMENT_KINDS.items(), _l("None, words are enough"))


class ReturnDocumentForm(EditForm):
    """Why a document is handed back."""

    reason = TextAreaField(_l("What is wrong with it"), [_NEEDED, Length(max=400)])


class ExtendForm(EditForm):
    """Why a period is made longer."""

    reason = TextAreaField(_l("Reason"), [_NEEDED, Length(max=1000)])


class ExtendUntilForm(ExtendForm):
    """As above, where the provision leaves the new day to the office."""

    until = DayField(_l("New last day"), [_NEEDED])


class CorrectForm(EditForm):
    """From which day a clock counts after all; `shown` is the day whose result was on the page before."""

    on_day = DayField(_l("Counted from"), [_NEEDED])
    reason = TextAreaField(_l("Reason"), [_NEEDED, Length(max=1000)])
    shown = HiddenField()


class LetterForm(Form):
    """A message to the applicant, or a note among offices."""

    text = TextAreaField(_l("Text"), [_NEEDED, Length(max=8000)])


class AssignForm(EditForm):
    """Who of the office looks after a stage."""

    officer = SelectField(_l("Officer"), choices=[])


class GroundForm(EditForm):
    """Why an application as a whole is turned down; made by `ground_form`."""


def ground_form(offer: CaseStepOffer, **options: Any) -> Any:
    """Return the form of a step of the case: ground, legal basis and reasons as far as the step needs them."""
    fields: dict[str, Any] = {}
    if offer.needs_ground:
        pairs = [(code, ground_label(code)) for code in offer.grounds]
        fields["ground"] = RadioField(_l("Ground"), [InputRequired(_l("Choose one of these."))], choices=choices(pairs))
    if offer.needs_ground and offer.step != "return":
        fields["legal_basis"] = StringField(_l("Legal basis"), [_NEEDED, Length(max=4000)])
    if offer.needs_ground:
        needed = _NEEDED if offer.step == "return" else Optional()
        fields["reasons"] = TextAreaField(_l("Reasons, as the applicant will read them"), [needed, Length(max=4000)])
    return type("GroundForm", (GroundForm,), fields)(**options)


class PaymentForm(Form):
    """An instalment to be proposed."""

    milestone = SelectField(_l("Milestone"), choices=[])
    amount = DecimalField(_l("Amount"), [_NEEDED])
    currency = SelectField(_l("Currency"), choices=[])
    payer = SelectField(_l("Paid by"), choices=[])

    def fill_choices(self, page: CasePage) -> None:
        """Offer milestones, currencies and the two states of the case."""
        self.milestone.choices = choices(MILESTONES.items())
        self.currency.choices = choices((each, each) for each in CURRENCIES)
        self.payer.choices = choices((each, country_name(each)) for each in (page.receiving, page.sending))


class PaidForm(EditForm):
    """That an instalment was paid."""

    paid_on = DayField(_l("Paid on"), [_NEEDED])
    rate = StringField(_l("Units of the currency for one euro (if you know a rate)"), [Length(max=20)])
    rate_source = StringField(_l("Where the rate comes from"), [Length(max=120)])


class PlanForm(EditForm):
    """The planned stay, moved."""

    arrival_on = DayField(_l("Day of arrival"), [_NEEDED])
    departure_on = DayField(_l("Day of departure"), [_NEEDED])


def grant_form(lines: Iterable[BudgetView], words: dict[int, str], **options: Any) -> Any:
    """Return a form with one amount for each line of the budget."""
    fields: dict[str, Any] = {f"line_{line.id}": DecimalField(words[line.id], [_NEEDED]) for line in lines}
    return type("GrantForm", (Form,), fields)(**options)
