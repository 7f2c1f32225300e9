"""Money at the funder's desk: what is granted line by line, instalments proposed, approved by another, paid."""

from typing import Any

from babel.numbers import get_currency_precision
from flask import url_for
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.domain.errors import InvalidInput, NotFound
from mobility.i18n import gettext as _
from mobility.i18n.amounts import write_amount
from mobility.i18n.applications_labels import BUDGET_ITEMS
from mobility.i18n.case_page_words import payment_status_label
from mobility.i18n.formats import country_name, format_money
from mobility.i18n.stages_labels import stage_label
from mobility.services import funding
from mobility.services.cases import CasePage
from mobility.services.cases.views import PaymentView
from mobility.web.cases.forms import empty
from mobility.web.desk.acting import OFFICERS, Collision, Page, form_page, load, perform, require
from mobility.web.desk.forms import ActForm, PaidForm, PaymentForm, grant_form
from mobility.web.desk.views import blueprint
from mobility.web.shared.access import current_actor, needs_role


def minor_units(value: Any, currency: str) -> int:
    """Return whole minor units of an amount; raises InvalidInput for decimals that the currency has not."""
    minor = value.scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise InvalidInput(field="amount", reason="too_many_decimals", value=str(value))
    return int(minor)


def _nothing(page: CasePage) -> Collision:
    return Collision(label="", theirs="", yours="", can_repeat=True)


@blueprint.get("/desk/cases/<reference>/grant")
@needs_role(*OFFICERS)
def grant(reference: str) -> Page:
    """Ask what is granted for each line of the budget."""
    page = load(reference)
    require(page.may_set_granted and bool(page.budget), page)
    given = {
        f"line_{line.id}": write_amount(
            line.requested_minor if line.granted_minor is None else line.granted_minor, line.currency
        )
        for line in page.budget
    }
    return _grant_page(page, _grant_form(page, formdata=None, data=given))


def _grant_form(page: CasePage, **options: Any) -> Any:
    words = {
        line.id: _(
            "%(line)s, %(currency)s. Asked for: %(amount)s, of %(payer)s",
            line=BUDGET_ITEMS.get(line.line, line.line),
            currency=line.currency,
            amount=format_money(line.requested_minor, line.currency),
            payer=country_name(line.payer),
        )
        for line in page.budget
    }
    return grant_form(page.budget, words, **options)


def _grant_page(page: CasePage, form: Any) -> str:
    return form_page(
        page,
        form,
        head=_("Set what is granted"),
        lead=_("The applicant sees it with the offer, not before."),
        button=_("Keep these amounts"),
        action=url_for("desk.set_grant", reference=page.reference),
        about=stage_label("funding"),
    )


@blueprint.post("/desk/cases/<reference>/grant")
@needs_role(*OFFICERS)
def set_grant(reference: str) -> Page:
    """Keep what is granted."""
    page = load(reference)
    form = _grant_form(page)

    def work(session: Session, case_id: int) -> None:
        granted = {line.id: _granted(form[f"line_{line.id}"], line.currency) for line in page.budget}
        funding.set_granted(session, current_actor(), case_id, granted, now=utc_now())

    return perform(
        reference,
        form,
        work,
        done=_("The amounts are kept."),
        again=lambda: _grant_page(load(reference), form),
        collision=_nothing,
        anchor="money",
    )


def _granted(field: Any, currency: str) -> int:
    try:
        return minor_units(field.value, currency)
    except InvalidInput as error:
        raise InvalidInput(field=field.short_name, reason=error.parameters["reason"]) from None


@blueprint.get("/desk/cases/<reference>/payments/new")
@needs_role(*OFFICERS)
def payment(reference: str) -> Page:
    """Ask which instalment is to be paid."""
    page = load(reference)
    require(page.may_propose_payment, page)
    form = empty(PaymentForm, data={"currency": page.currency, "payer": page.receiving})
    form.fill_choices(page)
    return _payment_page(page, form)


def _payment_page(page: CasePage, form: Any) -> str:
    return form_page(
        page,
        form,
        head=_("Propose an instalment"),
        lead=_("A second person of your office approves it before it can be paid."),
        button=_("Propose it"),
        action=url_for("desk.propose_payment", reference=page.reference),
        about=stage_label("funding"),
    )


@blueprint.post("/desk/cases/<reference>/payments/new")
@needs_role(*OFFICERS)
def propose_payment(reference: str) -> Page:
    """Propose an instalment."""
    page = load(reference)
    form = PaymentForm()
    form.fill_choices(page)

    def work(session: Session, case_id: int) -> None:
        funding.propose_payment(
            session,
            current_actor(),
            case_id,
            milestone=form.milestone.data,
            amount_minor=minor_units(form.amount.value, form.currency.data),
            currency=form.currency.data,
            payer=form.payer.data,
            now=utc_now(),
        )

    return perform(
        reference,
        form,
        work,
        done=_("Proposed. A second person of your office has to approve it."),
        again=lambda: _payment_page(page, form),
        collision=_nothing,
        anchor="money",
    )


def _payment(page: CasePage, payment_id: int) -> PaymentView:
    found = next((each for each in page.payments if each.id == payment_id), None)
    if found is None:
        raise NotFound(payment=payment_id)
    return found


@blueprint.post("/desk/cases/<reference>/payments/<int:payment_id>/approve")
@needs_role(*OFFICERS)
def approve_payment(reference: str, payment_id: int) -> Page:
    """Approve an instalment as the second person."""
    return _decide(reference, payment_id, funding.approve_payment, "approved", _("The instalment is approved."))


@blueprint.post("/desk/cases/<reference>/payments/<int:payment_id>/reject")
@needs_role(*OFFICERS)
def reject_payment(reference: str, payment_id: int) -> Page:
    """Send a proposed instalment back."""
    return _decide(reference, payment_id, funding.reject_payment, "rejected", _("The instalment was sent back."))


def _decide(reference: str, payment_id: int, service: Any, wanted: str, done: str) -> Page:
    form = ActForm()
    _payment(load(reference), payment_id)

    def work(session: Session, case_id: int) -> None:
        service(session, current_actor(), payment_id, row_version=form.version(), now=utc_now())

    def collision(page: CasePage) -> Collision:
        found = _payment(page, payment_id)
        return Collision(
            label=_("Instalment"),
            theirs=payment_status_label(found.status),
            yours=payment_status_label(wanted),
            can_repeat=found.status == "proposed",
        )

    return perform(reference, form, work, done=done, again=lambda: "", collision=collision, anchor="money")


@blueprint.get("/desk/cases/<reference>/payments/<int:payment_id>/paid")
@needs_role(*OFFICERS)
def paid(reference: str, payment_id: int) -> Page:
    """Ask when an instalment was paid."""
    page = load(reference)
    found = _payment(page, payment_id)
    require(found.can_mark_paid, page)
    form = empty(PaidForm, data={"row_version": found.row_version, "paid_on": page.today})
    return _paid_page(page, found, form)


def _paid_page(page: CasePage, found: PaymentView, form: Any) -> str:
    if found.currency == funding.EURO and "rate" in form:
        del form.rate, form.rate_source
    return form_page(
        page,
        form,
        head=_("Record that it was paid"),
        lead=_(
            "%(amount)s, paid by %(payer)s.",
            amount=format_money(found.amount_minor, found.currency),
            payer=country_name(found.payer),
        ),
        button=_("Record the payment"),
        action=url_for("desk.mark_paid", reference=page.reference, payment_id=found.id),
        about=stage_label("funding"),
        was=payment_status_label(found.status),
        note=""
        if found.currency == funding.EURO
        else _("Without a rate the published one of that day is used; without any it stays unconverted."),
    )


@blueprint.post("/desk/cases/<reference>/payments/<int:payment_id>/paid")
@needs_role(*OFFICERS)
def mark_paid(reference: str, payment_id: int) -> Page:
    """Record that an instalment was paid."""
    form = PaidForm()
    page = load(reference)
    found = _payment(page, payment_id)

    def work(session: Session, case_id: int) -> None:
        assert form.paid_on.day is not None, "a required day was checked"
        funding.mark_paid(
            session,
            current_actor(),
            payment_id,
            paid_on=form.paid_on.day,
            row_version=form.version(),
            now=utc_now(),
            rate=form.rate.data or "",
            rate_source=form.rate_source.data or "",
        )

    def collision(fresh: CasePage) -> Collision:
        now = _payment(fresh, payment_id)
        return Collision(
            label=_("Instalment"),
            theirs=payment_status_label(now.status),
            yours=payment_status_label("paid"),
            can_repeat=now.can_mark_paid,
        )

    return perform(
        reference,
        form,
        work,
        done=_("The payment is recorded."),
        again=lambda: _paid_page(page, found, form),
        collision=collision,
        anchor="money",
    )
