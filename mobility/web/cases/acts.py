"""What an applicant sends from the page of a stay: answers, documents, messages, days of travel, the report.

Each is one service in one unit, then back to the place on the page where it was done.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.documents import WORKS, DocumentKind, FileMissing
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound
from mobility.i18n import current_code
from mobility.i18n import gettext as _
from mobility.services import documents, requests, stays, threads
from mobility.services.cases import case_for_applicant
from mobility.services.requests import RequestClosed
from mobility.storage.db import db, write_unit
from mobility.web.cases.forms import (
    AnswerForm,
    ArrivalForm,
    DepartureForm,
    DocumentForm,
    MessageForm,
    ReportForm,
    empty,
)
from mobility.web.cases.views import blueprint, case_page, own_case_id
from mobility.web.cases.words import CASE_WORDS
from mobility.web.shared.access import current_actor, signed_in
from mobility.web.shared.fact_forms import put_refusal
from mobility.web.shared.people import settings

Page = str | Response | tuple[str, int]
Work = Callable[[Session, int], Any]


def _back(reference: str, anchor: str = "") -> Response:
    return redirect(url_for("cases.show", reference=reference, _anchor=anchor or None))


def _do(reference: str, form: Any, name: str, work: Work) -> Page | None:
    """Do the work in a unit; return the page with what is wrong, or None when it is done."""
    case_id = own_case_id(reference)
    if form.validate():
        try:
            with write_unit(db.session()) as session:
                work(session, case_id)
            return None
        except InvalidInput as error:
            put_refusal(form, error)
    return case_page(reference, **{name: form}), 422


@blueprint.post("/stays/<reference>/requests/<int:request_id>")
@signed_in
def answer(reference: str, request_id: int) -> Page:
    """Send the answer to a question, with or without a file; sent twice, the first one counts."""
    page = case_for_applicant(db.session(), current_actor(), reference, utc_now())
    asked = next((each for each in page.requests if each.id == request_id), None)
    if asked is None:
        raise NotFound(request=request_id)
    form = AnswerForm(prefix=f"r{request_id}-")
    try:
        wrong = _do(reference, form, f"answer{request_id}", _answering(form, asked.document_kind, request_id))
    except RequestClosed:
        flash(_("This question was answered or taken back already. Nothing was sent twice."), "error")
        return _back(reference, "requests")
    except InvalidInput as error:
        put_refusal(form, error)
        return case_page(reference, **{f"answer{request_id}": form}), 422
    if wrong is not None:
        return wrong
    flash(_("Your answer was sent to %(office)s.", office=CASE_WORDS["office_name"](asked.office)))
    return _back(reference)


def _answering(form: AnswerForm, document_kind: str, request_id: int) -> Work:
    received = _receive(form.file.data) if _is_chosen(form.file.data) else None

    def work(session: Session, case_id: int) -> None:
        ids = []
        if received is not None:
            ids = [_store(session, case_id, document_kind, received, form.rights.data or "", request_id)]
        requests.answer(
            session, current_actor(), request_id, text=form.text.data or "", document_ids=ids, now=utc_now()
        )

    return work


def _is_chosen(upload: Any) -> bool:
    return bool(upload is not None and getattr(upload, "filename", ""))


def _receive(upload: Any) -> documents.ReceivedFile:
    """Check a file and keep its bytes, before any unit is open; raises a kind of FileRefused."""
    if not _is_chosen(upload):
        raise FileMissing(file_name="")
    return documents.receive_file(db.session(), upload.stream, upload.filename)


def _store(
    session: Session,
    case_id: int,
    kind: str,
    received: documents.ReceivedFile,
    rights: str,
    request_id: int | None = None,
) -> int:
    stored = documents.store_document(
        session,
        current_actor(),
        kind=kind or DocumentKind.OTHER,
        stream=received,
        case_id=case_id,
        request_id=request_id,
        rights=rights,
        now=utc_now(),
    )
    return stored.id


@blueprint.get("/stays/<reference>/documents/<kind>")
@signed_in
def document(reference: str, kind: str) -> str:
    """Ask for a file of one kind: a newer version, or a further one."""
    return _document_page(reference, kind, empty(DocumentForm))


def _document_page(reference: str, kind: str, form: DocumentForm) -> str:
    page = case_for_applicant(db.session(), current_actor(), reference, utc_now())
    if kind not in list(DocumentKind) or not page.is_open:
        raise NotFound(kind=kind)
    before = next((each for each in page.documents if each.kind == kind and each.status != "replaced"), None)
    if before is not None and form.rights.data is None:
        form.rights.data = before.rights
    return render_template(
        "cases/document.html",
        page=page,
        kind=kind,
        before=before,
        form=form,
        is_work=kind in WORKS,
        megabytes=settings().upload_megabytes,
        **CASE_WORDS,
    )


@blueprint.post("/stays/<reference>/documents/<kind>")
@signed_in
def send_document(reference: str, kind: str) -> Page:
    """Keep the file as the current version of its kind."""
    form = DocumentForm()
    case_id = own_case_id(reference)
    if kind not in list(DocumentKind) or not form.validate():
        return _document_page(reference, kind, form), 422
    try:
        received = _receive(form.file.data)
        with write_unit(db.session()) as session:
            _store(session, case_id, kind, received, form.rights.data or "")
    except InvalidInput as error:
        put_refusal(form, error)
        return _document_page(reference, kind, form), 422
    flash(_("%(file)s was sent.", file=received.file_name))
    return _back(reference, "documents")


@blueprint.post("/stays/<reference>/messages")
@signed_in
def message(reference: str) -> Page:
    """Write to the offices of the case."""
    form = MessageForm(prefix="message-")

    def work(session: Session, case_id: int) -> None:
        threads.post_message(
            session, current_actor(), case_id, text=form.text.data or "", language=current_code(), now=utc_now()
        )

    wrong = _do(reference, form, "message", work)
    if wrong is not None:
        return wrong
    flash(_("Your message was sent."))
    return _back(reference, "messages")


@blueprint.post("/stays/<reference>/arrival")
@signed_in
def arrival(reference: str) -> Page:
    """Record the first day."""
    form = ArrivalForm()

    def work(session: Session, case_id: int) -> None:
        assert form.arrived_on.day is not None, "a required day was checked"
        stays.record_arrival(session, current_actor(), case_id, arrived_on=form.arrived_on.day, now=utc_now())

    wrong = _do(reference, form, "arrival", work)
    if wrong is not None:
        return wrong
    flash(_("Your arrival is recorded. We wish you a good stay."))
    return _back(reference)


@blueprint.post("/stays/<reference>/departure")
@signed_in
def departure(reference: str) -> Page:
    """Record the last day."""
    form = DepartureForm()

    def work(session: Session, case_id: int) -> None:
        assert form.departed_on.day is not None, "a required day was checked"
        stays.record_departure(
            session,
            current_actor(),
            case_id,
            departed_on=form.departed_on.day,
            row_version=form.version(),
            now=utc_now(),
        )

    try:
        wrong = _do(reference, form, "departure", work)
    except ChangedMeanwhile as error:
        form.row_version.data = str(error.parameters["current"])
        form.form_errors.append(_("The stay was changed meanwhile. Look at the days, then send yours again."))
        return case_page(reference, departure=form), 409
    if wrong is not None:
        return wrong
    flash(_("Your departure is recorded."))
    return _back(reference)


@blueprint.post("/stays/<reference>/report")
@signed_in
def report(reference: str) -> Page:
    """Send the report after the stay."""
    form = ReportForm(prefix="report-")

    def work(session: Session, case_id: int) -> None:
        stays.submit_report(session, current_actor(), case_id, text=form.text.data or "", now=utc_now())

    wrong = _do(reference, form, "report", work)
    if wrong is not None:
        return wrong
    flash(_("Your report was sent. Thank you."))
    return _back(reference)
