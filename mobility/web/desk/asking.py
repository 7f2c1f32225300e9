"""Questions to the applicant, the office's word on documents, and longer periods."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.domain.documents import DocumentStatus
from mobility.domain.errors import NotFound
from mobility.i18n import gettext as _
from mobility.i18n.applications_labels import DOCUMENT_KINDS, DOCUMENT_STATUS
from mobility.i18n.clock_words import due_words
from mobility.i18n.law_texts import law_text
from mobility.i18n.periods import period_phrase
from mobility.i18n.stages_labels import stage_label, stage_status_label
from mobility.services import documents, requests
from mobility.services.cases import CasePage, ClockView
from mobility.services.cases.views import DocumentView, RequestView
from mobility.services.clocks import extend_clock
from mobility.web.cases.forms import empty
from mobility.web.desk.acting import OFFICERS, Collision, Page, case_id_of, form_page, load, perform
from mobility.web.desk.forms import ActForm, AskForm, ExtendForm, ExtendUntilForm, ReturnDocumentForm
from mobility.web.desk.views import blueprint
from mobility.web.shared.access import current_actor, needs_role


def _version_asked(page: CasePage, kind: str) -> int:
    """Return the version a question is asked on; NotFound where this reader may not ask."""
    stage = page.stage(kind)
    if kind == "case" and page.may_ask_about_case:
        return page.row_version
    if stage is None or not stage.may_ask:
        raise NotFound(case=page.id, stage=kind)
    return stage.row_version


@blueprint.get("/desk/cases/<reference>/ask/<kind>")
@needs_role(*OFFICERS)
def ask(reference: str, kind: str) -> Page:
    """Ask the applicant for a document or an answer."""
    page = load(reference)
    form = empty(AskForm, data={"row_version": _version_asked(page, kind)})
    form.fill_choices()
    return _ask_page(page, kind, form)


def _ask_page(page: CasePage, kind: str, form: Any) -> str:
    stops = any(clock.stage == kind and clock.lamp not in ("done", "ended") for clock in page.clocks)
    lead = _("The applicant is told today and answers on the page of the stay.")
    return form_page(
        page,
        form,
        head=_("Ask for a document…").rstrip("…"),
        lead=lead,
        button=_("Send the question"),
        action=url_for("desk.send_question", reference=page.reference, kind=kind),
        about=stage_label(kind),
        note=_("Where the provision says so, the time limit stands still until the answer is there.") if stops else "",
        was=_status(page, kind),
    )


def _status(page: CasePage, kind: str) -> str:
    stage = page.stage(kind)
    return stage_status_label(stage.status) if stage is not None else ""


@blueprint.post("/desk/cases/<reference>/ask/<kind>")
@needs_role(*OFFICERS)
def send_question(reference: str, kind: str) -> Page:
    """Send the question."""
    form = AskForm()
    form.fill_choices()

    def work(session: Session, case_id: int) -> None:
        requests.ask(
            session,
            current_actor(),
            case_id,
            None if kind == "case" else kind,
            text=form.text.data or "",
            document_kind=form.document_kind.data or "",
            answer_by=form.answer_by.day,  # type: ignore[arg-type]  # a required day was checked
            stage_row_version=None if kind == "case" else form.version(),
            now=utc_now(),
        )

    def collision(page: CasePage) -> Collision:
        stage = page.stage(kind)
        return Collision(
            label=_("State of the stage"),
            theirs=_status(page, kind),
            yours=_("question to the applicant"),
            can_repeat=stage is not None and stage.may_ask,
        )

    return perform(
        reference,
        form,
        work,
        done=_("The question was sent to the applicant."),
        again=lambda: _ask_page(load(reference), kind, form),
        collision=collision,
    )


def _request(page: CasePage, request_id: int) -> RequestView:
    found = next((each for each in page.requests if each.id == request_id), None)
    if found is None:
        raise NotFound(request=request_id)
    return found


@blueprint.post("/desk/cases/<reference>/requests/<int:request_id>/withdraw")
@needs_role(*OFFICERS)
def withdraw_request(reference: str, request_id: int) -> Page:
    """Take a question back; the clocks it stopped go on."""
    form = ActForm()

    def work(session: Session, case_id: int) -> None:
        requests.withdraw_request(session, current_actor(), request_id, row_version=form.version(), now=utc_now())

    def collision(page: CasePage) -> Collision:
        found = _request(page, request_id)
        return Collision(
            label=_("Question"),
            theirs=_("answered") if found.answered_at else _("open"),
            yours=_("taken back"),
            can_repeat=found.is_open,
        )

    _request(load(reference), request_id)
    return perform(reference, form, work, done=_("The question was taken back."), again=lambda: "", collision=collision)


def _document(page: CasePage, document_id: int) -> DocumentView:
    found = next((each for each in page.documents if each.id == document_id), None)
    if found is None:
        raise NotFound(document=document_id)
    return found


@blueprint.post("/desk/cases/<reference>/documents/<int:document_id>/accept")
@needs_role(*OFFICERS)
def accept_document(reference: str, document_id: int) -> Page:
    """Accept a document."""
    return _check(reference, document_id, ActForm(), DocumentStatus.ACCEPTED, _("The document is accepted."))


@blueprint.get("/desk/cases/<reference>/documents/<int:document_id>/return")
@needs_role(*OFFICERS)
def return_document(reference: str, document_id: int) -> Page:
    """Ask why a document is handed back."""
    page = load(reference)
    found = _document(page, document_id)
    return _return_page(page, found, empty(ReturnDocumentForm, data={"row_version": found.row_version}))


def _return_page(page: CasePage, found: DocumentView, form: Any) -> str:
    return form_page(
        page,
        form,
        head=_("Return: %(document)s", document=DOCUMENT_KINDS[found.kind]),
        lead=_("The applicant reads what you write and can send the document again. No time limit stops for it."),
        button=_("Return the document"),
        action=url_for("desk.send_back_document", reference=page.reference, document_id=found.id),
        about=_("Documents"),
        was=str(DOCUMENT_STATUS[found.status]),
    )


@blueprint.post("/desk/cases/<reference>/documents/<int:document_id>/return")
@needs_role(*OFFICERS)
def send_back_document(reference: str, document_id: int) -> Page:
    """Hand a document back with a reason."""
    done = _("The document was returned. The applicant sees why.")
    return _check(reference, document_id, ReturnDocumentForm(), DocumentStatus.RETURNED, done)


def _check(reference: str, document_id: int, form: Any, verdict: DocumentStatus, done: str) -> Page:
    _document(load(reference), document_id)
    reason = str(form.reason.data or "") if "reason" in form else ""

    def work(session: Session, case_id: int) -> None:
        documents.check_document(session, current_actor(), document_id, verdict, reason, form.version(), utc_now())

    def collision(page: CasePage) -> Collision:
        found = _document(page, document_id)
        return Collision(
            label=str(DOCUMENT_KINDS[found.kind]),
            theirs=str(DOCUMENT_STATUS[found.status]),
            yours=str(DOCUMENT_STATUS[verdict]),
            can_repeat=found.status != DocumentStatus.REPLACED,
        )

    def again() -> str:
        page = load(reference)
        return _return_page(page, _document(page, document_id), form)

    return perform(reference, form, work, done=done, again=again, collision=collision, anchor="documents")


def _clock(page: CasePage, clock_id: int) -> ClockView:
    found = page.clock(clock_id)
    if found is None or not found.can_extend:
        raise NotFound(clock=clock_id)
    return found


@blueprint.get("/desk/cases/<reference>/clocks/<int:clock_id>/extend")
@needs_role(*OFFICERS)
def extend(reference: str, clock_id: int) -> Page:
    """Ask why a period is made longer, and until when where the provision does not say."""
    page = load(reference)
    clock = _clock(page, clock_id)
    kind = ExtendForm if clock.extension_period else ExtendUntilForm
    return _extend_page(page, clock, empty(kind, data={"row_version": clock.row_version}))


def _extend_page(page: CasePage, clock: ClockView, form: Any) -> str:
    ground = law_text(clock.extension_ground)
    length = period_phrase(clock.extension_period, clock.extension_unit) if clock.extension_period else ""
    lead = _("The provision allows %(length)s more.", length=length) if length else _("You name the new last day.")
    return form_page(
        page,
        form,
        head=_("Extend the time limit"),
        lead=f"{lead} {ground}".strip(),
        button=_("Extend it"),
        action=url_for("desk.send_extension", reference=page.reference, clock_id=clock.id),
        about=law_text(clock.owes),
        note=_(
            "Now due: %(day)s. The reason is kept with the date, and the applicant can read it.", day=due_words(clock)
        ),
        was=due_words(clock),
    )


@blueprint.post("/desk/cases/<reference>/clocks/<int:clock_id>/extend")
@needs_role(*OFFICERS)
def send_extension(reference: str, clock_id: int) -> Page:
    """Make the period longer."""
    case_id_of(reference)
    clock = _clock(load(reference), clock_id)
    form = ExtendForm() if clock.extension_period else ExtendUntilForm()

    def work(session: Session, case_id: int) -> None:
        extend_clock(
            session,
            current_actor(),
            clock_id,
            reason=form.reason.data or "",
            until=None if clock.extension_period else form.until.day,
            row_version=form.version(),
            now=utc_now(),
        )

    def collision(page: CasePage) -> Collision:
        found = page.clock(clock_id)
        theirs = due_words(found) if found is not None else ""
        return Collision(
            label=_("Due"), theirs=theirs, yours=_("extended"), can_repeat=found is not None and found.can_extend
        )

    return perform(
        reference,
        form,
        work,
        done=_("The time limit was extended; its new date stands in the table."),
        again=lambda: _extend_page(load(reference), clock, form),
        collision=collision,
    )
