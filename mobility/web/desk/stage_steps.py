"""The steps of a stage at its desk: choose one, fill in what it needs, take it; two people for money; who does it."""

from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.domain.errors import NotFound, TransitionNotPermitted
from mobility.domain.stages import TABLES, FactField, FactType, StageStep
from mobility.i18n import gettext as _
from mobility.i18n.stages_labels import stage_label, stage_status_label, step_label
from mobility.services.cases import CasePage, assign_officer
from mobility.services.cases.views import StageView
from mobility.services.stages import StepOffer, confirm_step, reject_step, take_step
from mobility.web.desk.acting import OFFICERS, Collision, Page, back, form_page, load, perform
from mobility.web.desk.forms import ActForm, AssignForm
from mobility.web.desk.views import blueprint
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.fact_forms import FactForm, make_fact_form


def _stage(page: CasePage, kind: str) -> StageView:
    stage = page.stage(kind)
    if stage is None:
        raise NotFound(case=page.id, stage=kind)
    return stage


def _offer(stage: StageView, step: str) -> StepOffer | None:
    return next((offer for offer in stage.offers if offer.step == step), None)


@blueprint.get("/desk/cases/<reference>/stages/<kind>/step")
@needs_role(*OFFICERS)
def step(reference: str, kind: str) -> Page:
    """Ask for exactly what the chosen step needs."""
    page = load(reference)
    stage = _stage(page, kind)
    offer = _offer(stage, request.args.get("step", ""))
    if offer is None:
        return back(reference)
    form = make_fact_form(offer.fields, _given(page, offer))
    form.row_version.data = str(stage.row_version)
    return _step_page(page, stage, offer, form)


def _given(page: CasePage, offer: StepOffer) -> dict[str, Any]:
    """Fill in beforehand what the case knows: today for what has happened, the planned days of a visa, the level."""
    given: dict[str, Any] = {
        field.code: page.today for field in offer.fields if field.type is FactType.DATE and field.code in _TODAY
    }
    if offer.step is StageStep.ISSUE:
        given |= {
            "valid_from": page.planned_arrival_on,
            "valid_until": page.planned_departure_on,
            "days": str(page.planned_days),
        }
    if any(field.type is FactType.CURRENCY for field in offer.fields):
        given["currency"] = page.budget[0].currency if page.budget else page.currency
    if any(field.code == "level" for field in offer.fields) and page.language_level:
        given["level"] = page.language_level
    return given


_TODAY = frozenset(
    {"requested_on", "lodged_on", "received_on", "complete_on", "completed_on", "registered_on", "collected_on"}
)


def _step_page(page: CasePage, stage: StageView, offer: StepOffer, form: FactForm) -> str:
    return form_page(
        page,
        form,
        head=step_label(offer.step),
        lead=_follows(offer),
        button=_("Propose it") if offer.needs_second else step_label(offer.step),
        action=url_for("desk.take", reference=page.reference, kind=stage.kind.value, step=offer.step.value),
        was=stage_status_label(stage.status),
        about=stage_label(stage.kind),
    )


def _follows(offer: StepOffer) -> str:
    status = stage_status_label(offer.target)
    if offer.needs_second:
        return _(
            "You propose it; a second person of your office confirms it. Only then the stage is: %(status)s, and the "
            "applicant is told.",
            status=status,
        )
    if offer.is_adverse:
        return _(
            "The applicant is told today, with ground, legal basis and reasons as you write them, and by when they can "
            "appeal. The stage is then: %(status)s.",
            status=status,
        )
    return _("The applicant is told today. The stage is then: %(status)s.", status=status)


@blueprint.post("/desk/cases/<reference>/stages/<kind>/steps/<step>")
@needs_role(*OFFICERS)
def take(reference: str, kind: str, step: str) -> Page:
    """Take the step, or propose it."""
    page = load(reference)
    stage = _stage(page, kind)
    offer = _offer(stage, step)
    # where somebody moved the stage meanwhile, the form still reads what was typed: the merge page shows it
    form = make_fact_form(offer.fields if offer is not None else _fields_of(stage, step))

    def work(session: Session, case_id: int) -> None:
        take_step(
            session,
            current_actor(),
            case_id,
            kind,
            StageStep(step),
            form.facts(),
            row_version=form.version(),
            now=utc_now(),
        )

    def again() -> str:
        if offer is None:
            raise TransitionNotPermitted(stage=kind, status=stage.status, step=step)
        return _step_page(page, stage, offer, form)

    return perform(
        reference,
        form,
        work,
        done=_done(kind, step, needs_second=offer is not None and offer.needs_second),
        again=again,
        collision=lambda fresh: _collision(fresh, kind, step),
    )


def _fields_of(stage: StageView, step: str) -> tuple[FactField, ...]:
    """Return what a step of this kind of stage asks for, from whatever status; NotFound for an unknown step."""
    line = next((line for line in TABLES[stage.kind].transitions if line.step == step), None)
    if line is None:
        raise NotFound(stage=stage.kind, step=step)
    return line.facts


def _done(kind: str, step: str, *, needs_second: bool) -> str:
    if needs_second:
        return _("Proposed. A second person of your office has to confirm it.")
    return _(
        "Done in %(stage)s: %(step)s. The applicant has been told.", stage=stage_label(kind), step=step_label(step)
    )


def _collision(page: CasePage, kind: str, step: str) -> Collision:
    stage = _stage(page, kind)
    offer = _offer(stage, step)
    return Collision(
        label=_("State of the stage"),
        theirs=_("proposed, awaits a second person") if stage.pending else stage_status_label(stage.status),
        yours=stage_status_label(offer.target) if offer is not None else step_label(step),
        can_repeat=offer is not None,
    )


@blueprint.post("/desk/cases/<reference>/proposals/<int:step_id>/confirm")
@needs_role(*OFFICERS)
def confirm(reference: str, step_id: int) -> Page:
    """Let a proposed step take effect, as the second person."""
    return _second(reference, step_id, is_confirmed=True)


@blueprint.post("/desk/cases/<reference>/proposals/<int:step_id>/reject")
@needs_role(*OFFICERS)
def reject(reference: str, step_id: int) -> Page:
    """Send a proposal back, or take one's own back."""
    return _second(reference, step_id, is_confirmed=False)


def _second(reference: str, step_id: int, *, is_confirmed: bool) -> Page:
    form = ActForm()

    def work(session: Session, case_id: int) -> None:
        service = confirm_step if is_confirmed else reject_step
        service(session, current_actor(), case_id, step_id, row_version=form.version(), now=utc_now())

    def collision(page: CasePage) -> Collision:
        stage = next((each for each in page.stages if any(step.id == step_id for step in each.steps)), None)
        pending = stage is not None and stage.pending is not None and stage.pending.id == step_id
        return Collision(
            label=stage_label(stage.kind) if stage is not None else _("Proposal"),
            theirs=stage_status_label(stage.status) if stage is not None else "",
            yours=_("confirmed") if is_confirmed else _("sent back"),
            can_repeat=pending,
        )

    return perform(
        reference,
        form,
        work,
        done=_("Confirmed; it takes effect now.") if is_confirmed else _("The proposal was sent back."),
        again=lambda: "",
        collision=collision,
    )


@blueprint.post("/desk/cases/<reference>/stages/<kind>/officer")
@needs_role(*OFFICERS)
def assign(reference: str, kind: str) -> Page:
    """Give the stage to somebody of the office, or to nobody."""
    page = load(reference)
    form = AssignForm()
    form.officer.choices = [("", ""), *((str(person.id), person.name) for person in page.officers)]

    def work(session: Session, case_id: int) -> None:
        officer_id = int(form.officer.data) if form.officer.data else None
        assign_officer(session, current_actor(), case_id, kind, officer_id, row_version=form.version(), now=utc_now())

    def collision(fresh: CasePage) -> Collision:
        yours = next((each.name for each in fresh.officers if str(each.id) == form.officer.data), _("nobody"))
        theirs = _stage(fresh, kind).officer_name or _("nobody")
        return Collision(label=_("Officer"), theirs=theirs, yours=yours, can_repeat=True)

    return perform(
        reference,
        form,
        work,
        done=_("The stage has its officer."),
        again=lambda: "",
        collision=collision,
    )
