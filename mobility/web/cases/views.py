"""The list of one's stays and the page of one stay, as its applicant sees it."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.documents import WORKS
from mobility.domain.errors import NotFound
from mobility.domain.stages import Side, StageStep
from mobility.domain.turns import TurnReason
from mobility.i18n import gettext as _
from mobility.i18n.case_page_words import applicant_step_label, meanwhile_sentence
from mobility.services.applications.drafts import list_own_applications
from mobility.services.cases import CasePage, case_for_applicant, get_case, list_my_cases
from mobility.services.cases.views import RequestView
from mobility.storage.db import db
from mobility.web.cases.forms import AnswerForm, ArrivalForm, DepartureForm, MessageForm, ReportForm, empty
from mobility.web.cases.words import (
    CASE_WORDS,
    current_documents,
    decisions,
    shown_clocks,
    turn_words,
    waiting_offices,
)
from mobility.web.shared.access import current_actor, signed_in
from mobility.web.shared.people import settings

blueprint = Blueprint("cases", __name__)
NOT_FOR_THE_LIST = frozenset({StageStep.WITHDRAW, StageStep.RECEIVE_DOCUMENTS, StageStep.APPEAL})
"""Steps that have their own place: withdrawing the case, answering a question, the decision one appeals against."""


@blueprint.get("/stays")
@signed_in
def mine() -> str | Response:
    """The actor's stays and drafts; straight to the only stay where there is nothing else."""
    session, actor = db.session(), current_actor()
    cases = list_my_cases(session, actor)
    drafts = [line for line in list_own_applications(session, actor) if not line.reference]
    if len(cases) == 1 and not drafts:
        return redirect(url_for("cases.show", reference=cases[0].reference))
    return render_template("cases/mine.html", cases=cases, drafts=drafts, **CASE_WORDS)


@blueprint.get("/stays/<reference>")
@signed_in
def show(reference: str) -> str:
    """The page of one stay."""
    return case_page(reference)


def own_case_id(reference: str) -> int:
    """Return the id of the actor's own case; NotFound for anybody else's, whatever desk they sit at."""
    case = get_case(db.session(), reference)
    if case.person_id != current_actor().person_id:
        raise NotFound(case=reference)
    return case.id


def answer_form(request: RequestView) -> Any:
    """Return an empty form for the answer to a question."""
    return empty(AnswerForm, prefix=f"r{request.id}-")


def case_page(reference: str, **forms: Any) -> str:
    """Render the page; `forms` take the place of the empty ones, to show again what was typed."""
    page = case_for_applicant(db.session(), current_actor(), reference, utc_now())
    wrong = next((form for form in forms.values() if getattr(form, "errors", None)), None)
    stay = page.stay
    shown = {
        "message": empty(MessageForm, prefix="message-"),
        "report": empty(ReportForm, prefix="report-"),
        "arrival": empty(ArrivalForm),
        "departure": empty(DepartureForm, data={"row_version": stay.row_version if stay else ""}),
    } | forms
    return render_template(
        "cases/show.html",
        page=page,
        turn=turn_words(page, page.turn, is_yours=page.turn.who is Side.APPLICANT) if page.turn else None,
        act=_main_act(page),
        can_appeal=_can_appeal(page),
        meanwhile=_meanwhile(page),
        clocks_shown=shown_clocks(page),
        documents_shown=current_documents(page),
        decisions=decisions(page),
        answer_form=lambda request: shown.get(f"answer{request.id}") or answer_form(request),
        forms=shown,
        wrong=wrong,
        works=WORKS,
        megabytes=settings().upload_megabytes,
        not_for_the_list=NOT_FOR_THE_LIST,
        **CASE_WORDS,
    )


def _can_appeal(page: CasePage) -> bool:
    offers = [offer.step.value for stage in page.stages for offer in stage.offers]
    return "appeal" in offers or any(offer.step.value == "appeal" for offer in page.case_offers)


def _meanwhile(page: CasePage) -> str:
    if page.turn is None or page.turn.who is not Side.APPLICANT or page.turn.reason is TurnReason.GO_HOME:
        return ""
    return meanwhile_sentence(waiting_offices(page))


def _main_act(page: CasePage) -> tuple[str, str] | None:
    """Return address and words of the main button; None unless the applicant has something to press."""
    turn = page.turn
    if turn is None or turn.who is not Side.APPLICANT:
        return None
    match turn.reason:
        case TurnReason.ANSWER_REQUEST:
            return f"#request-{turn.request_id}", _("Answer the request")
        case TurnReason.CORRECT_APPLICATION if page.application_id is not None:
            return url_for("applications.show", application_id=page.application_id), _("Complete the application")
        case TurnReason.TRAVEL if page.may_record_arrival:
            return "#stay", _("Record the arrival")
        case TurnReason.GO_HOME if page.may_record_departure:
            return "#stay", _("Record the departure")
    stage = page.stage(turn.stage) if turn.stage is not None else None
    offer = next((each for each in stage.offers if each.step not in NOT_FOR_THE_LIST), None) if stage else None
    if stage is None or offer is None:
        return None
    url = url_for("cases.step", reference=page.reference, kind=stage.kind.value, step=offer.step.value)
    return url, applicant_step_label(offer.step)
