"""Pages on which an applicant decides: a step of a stage, an appeal, giving the stay up. Each asks once more."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.cases import CaseStep
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound
from mobility.domain.stages import FactType, StageStep
from mobility.i18n import gettext as _
from mobility.services.cases import CasePage, appeal_case, case_for_applicant, withdraw_case
from mobility.services.cases.views import StageView
from mobility.services.stages import StepOffer, take_step
from mobility.storage.db import db, write_unit
from mobility.web.cases.forms import AppealForm, WithdrawForm, empty
from mobility.web.cases.views import blueprint
from mobility.web.cases.words import CASE_WORDS
from mobility.web.shared.access import current_actor, signed_in
from mobility.web.shared.fact_forms import FactForm, make_fact_form, put_refusal

Page = str | Response | tuple[str, int]


def _load(reference: str) -> CasePage:
    return case_for_applicant(db.session(), current_actor(), reference, utc_now())


def _back(reference: str) -> Response:
    return redirect(url_for("cases.show", reference=reference))


def _offered(page: CasePage, kind: str, step: str) -> tuple[StageView, StepOffer]:
    stage = page.stage(kind)
    offer = next((each for each in stage.offers if each.step == step), None) if stage is not None else None
    if stage is None or offer is None:
        raise NotFound(case=page.id, stage=kind, step=step)
    return stage, offer


def known_facts(page: CasePage, offer: StepOffer) -> dict[str, Any]:
    """Return what a form is filled with beforehand: today for a day that is past, the sum asked for as the amount."""
    given: dict[str, Any] = {
        field.code: page.today
        for field in offer.fields
        if field.type is FactType.DATE and field.required and field.code.endswith("_on") and field.code != "ends_on"
    }
    if offer.step is StageStep.REQUEST:
        given |= _sum_asked(page)
    return given


def _sum_asked(page: CasePage) -> dict[str, str]:
    currencies = {line.currency for line in page.budget}
    if len(currencies) != 1:
        return {"currency": page.currency}
    currency = currencies.pop()
    asked = sum(line.requested_minor for line in page.budget)
    return {"amount": CASE_WORDS["write_amount"](asked, currency), "currency": currency}


@blueprint.get("/stays/<reference>/steps/<kind>/<step>")
@signed_in
def step(reference: str, kind: str, step: str) -> str:
    """Ask for what a step needs, and say what follows from it."""
    page = _load(reference)
    stage, offer = _offered(page, kind, step)
    form = make_fact_form(offer.fields, known_facts(page, offer))
    form.row_version.data = str(stage.row_version)
    return _step_page(page, stage, offer, form)


def _step_page(page: CasePage, stage: StageView, offer: StepOffer, form: FactForm) -> str:
    return render_template("cases/step.html", page=page, stage=stage, offer=offer, form=form, **CASE_WORDS)


@blueprint.post("/stays/<reference>/steps/<kind>/<step>")
@signed_in
def take(reference: str, kind: str, step: str) -> Page:
    """Take the step, or show again what was typed."""
    page = _load(reference)
    stage, offer = _offered(page, kind, step)
    form = make_fact_form(offer.fields)
    if not form.validate():
        return _step_page(page, stage, offer, form), 422
    try:
        with write_unit(db.session()) as session:
            take_step(
                session,
                current_actor(),
                page.id,
                kind,
                offer.step,
                form.facts(),
                row_version=form.version(),
                now=utc_now(),
            )
    except InvalidInput as error:
        put_refusal(form, error)
        return _step_page(page, stage, offer, form), 422
    except ChangedMeanwhile as error:
        form.row_version.data = str(error.parameters["current"])
        form.form_errors.append(_changed())
        return _step_page(page, stage, offer, form), 409
    flash(_("Done: %(stage)s. The office has been told.", stage=CASE_WORDS["stage_label"](kind)))
    return _back(reference)


def _changed() -> str:
    return _("This stage was changed after you opened the page. Read it again, then send what you typed once more.")


@blueprint.get("/stays/<reference>/withdraw")
@signed_in
def withdraw(reference: str) -> Page:
    """Ask once more before everything ends."""
    page = _load(reference)
    if not page.may_withdraw:
        return _back(reference)
    form = empty(WithdrawForm, data={"row_version": page.row_version})
    return render_template("cases/withdraw.html", page=page, form=form, **CASE_WORDS)


@blueprint.post("/stays/<reference>/withdraw")
@signed_in
def send_withdrawal(reference: str) -> Page:
    """End the case at the applicant's wish."""
    page, form = _load(reference), WithdrawForm()
    try:
        with write_unit(db.session()) as session:
            withdraw_case(session, current_actor(), page.id, row_version=form.version(), now=utc_now())
    except ChangedMeanwhile as error:
        form.row_version.data = str(error.parameters["current"])
        form.form_errors.append(_("The case has moved on since you opened this page. Look at it, then decide again."))
        return render_template("cases/withdraw.html", page=page, form=form, **CASE_WORDS), 409
    flash(_("Your application is withdrawn. Every office has been told."))
    return _back(reference)


@blueprint.get("/stays/<reference>/appeal")
@signed_in
def appeal(reference: str) -> Page:
    """Ask why the decision on the case as a whole is wrong."""
    page = _load(reference)
    if CaseStep.APPEAL not in {offer.step for offer in page.case_offers}:
        return _back(reference)
    form = empty(AppealForm, data={"row_version": page.row_version})
    return render_template("cases/appeal.html", page=page, form=form, **CASE_WORDS)


@blueprint.post("/stays/<reference>/appeal")
@signed_in
def send_appeal(reference: str) -> Page:
    """Lodge the appeal against the decision on the case as a whole."""
    page, form = _load(reference), AppealForm()
    status = 422
    if form.validate():
        try:
            with write_unit(db.session()) as session:
                appeal_case(
                    session,
                    current_actor(),
                    page.id,
                    statement=form.statement.data or "",
                    row_version=form.version(),
                    now=utc_now(),
                )
            flash(_("Your appeal was sent."))
            return _back(reference)
        except InvalidInput as error:
            put_refusal(form, error)
        except ChangedMeanwhile as error:
            form.row_version.data, status = str(error.parameters["current"]), 409
            form.form_errors.append(_("The case has moved on since you opened this page. Look at it, then send again."))
    return render_template("cases/appeal.html", page=page, form=form, **CASE_WORDS), status
