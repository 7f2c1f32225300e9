"""An application from beginning to sending: start, task list, check the answers, send, what happens next.

The sections themselves are in `section_views`; the documents in `mobility.web.documents`.
"""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from mobility.clock import utc_now
from mobility.domain.applications.vocabulary import CallClosed, SectionCode, SectionsIncomplete
from mobility.i18n import gettext as _
from mobility.i18n.applications_labels import (
    APPLICATION_STATUS,
    DOCUMENT_KINDS,
    SECTION_STATUS,
    SECTIONS,
    closing_words,
    problem_sentence,
)
from mobility.i18n.formats import in_language
from mobility.i18n.time_zones import city_of
from mobility.services.applications import drafts, progress, sections, sending
from mobility.services.documents import list_documents
from mobility.storage.db import db, write_unit
from mobility.web.applications.display import answer_lines, field_label
from mobility.web.shared.access import current_actor, signed_in

blueprint = Blueprint("applications", __name__)


def section_url(application_id: int, code: SectionCode, **values: Any) -> str:
    """Return the page on which a section is filled in; the documents have one of their own."""
    if code is SectionCode.DOCUMENTS:
        return url_for("documents.application", application_id=application_id)
    return url_for("applications.section", application_id=application_id, code=code.value, **values)


WORDS = {
    "section_names": SECTIONS,
    "section_status": SECTION_STATUS,
    "application_status": APPLICATION_STATUS,
    "document_kinds": DOCUMENT_KINDS,
    "section_url": section_url,
    "closing_words": closing_words,
    "in_language": in_language,
    "city_of": city_of,
    "problem_sentence": problem_sentence,
}


@blueprint.get("/applications")
@signed_in
def mine() -> str:
    """The actor's drafts and sent applications."""
    lines = drafts.list_own_applications(db.session(), current_actor())
    return render_template("applications/mine.html", lines=lines, **WORDS)


@blueprint.post("/calls/<code>/apply")
@signed_in
def start(code: str) -> BaseResponse:
    """Begin an application, or go on with the one there is."""
    with write_unit(db.session()) as session:
        application_id = drafts.start_application(session, current_actor(), code, utc_now())
    return redirect(url_for("applications.show", application_id=application_id))


@blueprint.get("/applications/<int:application_id>")
@signed_in
def show(application_id: int) -> str | BaseResponse:
    """The task list; an application that was sent shows what was sent instead."""
    view = progress.get_progress(db.session(), current_actor(), application_id, utc_now())
    if not view.is_editable:
        return redirect(url_for("applications.sent", application_id=application_id))
    return render_template("applications/show.html", view=view, **WORDS)


@blueprint.get("/applications/<int:application_id>/check")
@signed_in
def check(application_id: int) -> str | BaseResponse:
    """All answers on one page, before they are sent."""
    view = progress.get_progress(db.session(), current_actor(), application_id, utc_now())
    if not view.is_editable:
        return redirect(url_for("applications.sent", application_id=application_id))
    return _check_page(application_id, view)


@blueprint.post("/applications/<int:application_id>/send")
@signed_in
def send(application_id: int) -> BaseResponse | tuple[str, int]:
    """Send the application; pressed twice, it is sent once."""
    try:
        with write_unit(db.session()) as session:
            sending.send_application(session, current_actor(), application_id, utc_now())
    except (CallClosed, SectionsIncomplete) as error:
        view = progress.get_progress(db.session(), current_actor(), application_id, utc_now())
        return _check_page(application_id, view, error.code), 422
    return redirect(url_for("applications.sent", application_id=application_id))


@blueprint.get("/applications/<int:application_id>/sent")
@signed_in
def sent(application_id: int) -> str:
    """The reference, what happens next, and whose turn it is."""
    view = sending.get_sent(db.session(), current_actor(), application_id)
    has_case_page = "cases.show" in current_app.view_functions
    return render_template("applications/sent.html", view=view, has_case_page=has_case_page, **WORDS)


@blueprint.get("/applications/<int:application_id>/withdraw")
@signed_in
def ask_withdraw(application_id: int) -> str | BaseResponse:
    """Ask once more before a draft is deleted."""
    view = progress.get_progress(db.session(), current_actor(), application_id, utc_now())
    if view.reference:
        return redirect(url_for("applications.sent", application_id=application_id))
    return render_template("applications/withdraw.html", view=view, **WORDS)


@blueprint.post("/applications/<int:application_id>/withdraw")
@signed_in
def withdraw(application_id: int) -> BaseResponse:
    """Delete a draft with its documents."""
    with write_unit(db.session()) as session:
        drafts.withdraw_draft(session, current_actor(), application_id, utc_now())
    flash(_("The draft and its documents were deleted."))
    return redirect(url_for("applications.mine"))


def _check_page(application_id: int, view: progress.Progress, trouble: str = "") -> str:
    session, actor = db.session(), current_actor()
    parts = sections.list_sections(session, actor, application_id, utc_now())
    return render_template(
        "applications/check.html",
        view=view,
        parts=[(part, answer_lines(part.code, part.answers, part.typed)) for part in parts],
        documents=list_documents(session, application_id),
        field_label=field_label,
        trouble=trouble,
        **WORDS,
    )
