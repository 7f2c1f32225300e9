"""Steps of a case as a whole at the receiving post: admit, return, declare ineligible, decide an appeal, close."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.domain.case_grounds import CASE_GROUNDS
from mobility.domain.cases import NEED_GROUND, CaseStep
from mobility.domain.errors import NotFound
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.cases_labels import case_status_label, case_step_label, open_end_sentence
from mobility.services import cases
from mobility.services.cases import CasePage
from mobility.services.cases.views import CaseStepOffer
from mobility.web.desk.acting import OFFICERS, Collision, Page, back, form_page, load, perform
from mobility.web.desk.forms import ground_form
from mobility.web.desk.views import blueprint
from mobility.web.shared.access import current_actor, needs_role

_FOLLOWS: dict[CaseStep, Any] = {
    CaseStep.ADMIT: _l("The stages open today, their time limits start, and the applicant is told."),
    CaseStep.RETURN: _l(
        "The applicant can change the application and send it again. What you write is what they read."
    ),
    CaseStep.DECLARE_INELIGIBLE: _l(
        "The case ends here. The applicant is told today, with ground, legal basis and reasons, and can appeal."
    ),
    CaseStep.UPHOLD_APPEAL: _l("The application is admitted after all, and the stages open today."),
    CaseStep.CONFIRM_INELIGIBILITY: _l(
        "The decision stands. The applicant is told today, with ground and legal basis."
    ),
    CaseStep.CLOSE: _l("Nothing can be changed in the case after that. The applicant is told today."),
}
_DONE: dict[CaseStep, Any] = {
    CaseStep.ADMIT: _l("The application is admitted. The applicant has been told."),
    CaseStep.RETURN: _l("The application was returned. The applicant has been told what is missing."),
    CaseStep.DECLARE_INELIGIBLE: _l("The decision was sent to the applicant."),
    CaseStep.UPHOLD_APPEAL: _l("The appeal was upheld; the application is admitted."),
    CaseStep.CONFIRM_INELIGIBILITY: _l("The appeal was dismissed. The applicant has been told."),
    CaseStep.CLOSE: _l("The case is closed."),
}


def _offer(page: CasePage, step: str) -> CaseStepOffer | None:
    return next((offer for offer in page.case_offers if offer.step == step), None)


@blueprint.get("/desk/cases/<reference>/step")
@needs_role(*OFFICERS)
def case_step(reference: str) -> Page:
    """Ask for what a step of the case needs."""
    page = load(reference)
    offer = _offer(page, request.args.get("step", ""))
    if offer is None:
        return back(reference)
    form = ground_form(offer, formdata=None, data={"row_version": page.row_version})
    return _page(page, offer, form)


def _page(page: CasePage, offer: CaseStepOffer, form: Any) -> str:
    return form_page(
        page,
        form,
        head=case_step_label(offer.step),
        lead=str(_FOLLOWS[offer.step]),
        button=case_step_label(offer.step),
        action=url_for("desk.take_case_step", reference=page.reference, step=offer.step.value),
        was=case_status_label(page.status),
        about=_("The case as a whole"),
    )


@blueprint.post("/desk/cases/<reference>/steps/<step>")
@needs_role(*OFFICERS)
def take_case_step(reference: str, step: str) -> Page:
    """Take a step of the case."""
    page = load(reference)
    if step not in list(CaseStep) or CaseStep(step) not in _FOLLOWS:
        raise NotFound(case=page.id, step=step)
    known = CaseStep(step)
    # where somebody was faster, the form still reads what was typed: the merge page shows it
    offer = _offer(page, step) or CaseStepOffer(
        step=known, needs_ground=known in NEED_GROUND, grounds=tuple(CASE_GROUNDS.get(known, ()))
    )
    form = ground_form(offer)

    def work(session: Session, case_id: int) -> None:
        _SERVICES[known](session, case_id, form)

    try:
        return perform(
            reference,
            form,
            work,
            done=str(_DONE[known]),
            again=lambda: _page(page, offer, form),
            collision=lambda fresh: _collision(fresh, known),
        )
    except cases.CaseNotReadyToClose as error:
        reasons = error.parameters["reasons"]
        assert isinstance(reasons, list), "the service gives a list of codes"
        form.form_errors.extend(open_end_sentence(code) for code in reasons)
        return _page(page, offer, form), 409


def _collision(page: CasePage, step: CaseStep) -> Collision:
    return Collision(
        label=_("State of the case"),
        theirs=case_status_label(page.status),
        yours=case_step_label(step),
        can_repeat=_offer(page, step) is not None,
    )


def _text(form: Any, name: str) -> str:
    return str(form[name].data or "") if name in form else ""


def _common(form: Any) -> dict[str, Any]:
    return {"row_version": form.version(), "now": utc_now()}


def _admit(session: Session, case_id: int, form: Any) -> None:
    cases.declare_admissible(session, current_actor(), case_id, **_common(form))


def _return(session: Session, case_id: int, form: Any) -> None:
    ground, reasons = _text(form, "ground"), _text(form, "reasons")
    cases.return_case(session, current_actor(), case_id, ground=ground, reasons=reasons, **_common(form))


def _declare_ineligible(session: Session, case_id: int, form: Any) -> None:
    cases.declare_ineligible(session, current_actor(), case_id, **_grounds(form), **_common(form))


def _uphold(session: Session, case_id: int, form: Any) -> None:
    cases.decide_appeal(session, current_actor(), case_id, upheld=True, **_common(form))


def _dismiss(session: Session, case_id: int, form: Any) -> None:
    cases.decide_appeal(session, current_actor(), case_id, upheld=False, **_grounds(form), **_common(form))


def _close(session: Session, case_id: int, form: Any) -> None:
    cases.close_case(session, current_actor(), case_id, **_common(form))


def _grounds(form: Any) -> dict[str, Any]:
    return {name: _text(form, name) for name in ("ground", "legal_basis", "reasons")}


_SERVICES: dict[CaseStep, Callable[[Session, int, Any], None]] = {
    CaseStep.ADMIT: _admit,
    CaseStep.RETURN: _return,
    CaseStep.DECLARE_INELIGIBLE: _declare_ineligible,
    CaseStep.UPHOLD_APPEAL: _uphold,
    CaseStep.CONFIRM_INELIGIBILITY: _dismiss,
    CaseStep.CLOSE: _close,
}
