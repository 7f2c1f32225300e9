"""The documents of an application, and the download of any document that the reader may see.

Files leave as attachments under the strictest policy: nothing in them can run on this site.
"""

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.applications.completeness import sections_of
from mobility.domain.applications.vocabulary import SectionCode
from mobility.domain.documents import WORKS, DocumentKind, FileMissing, required_documents
from mobility.domain.errors import InvalidInput, NotFound
from mobility.i18n import gettext as _
from mobility.i18n.applications_labels import DOCUMENT_KINDS, DOCUMENT_STATUS, size_words
from mobility.i18n.formats import in_language
from mobility.i18n.labels import ERRORS, error_sentence
from mobility.services import documents
from mobility.services.applications import progress
from mobility.storage.db import db, write_unit
from mobility.web.shared.access import current_actor, signed_in
from mobility.web.shared.people import settings

blueprint = Blueprint("documents", __name__)
_OPTIONAL = (DocumentKind.LANGUAGE_CERTIFICATE, DocumentKind.OTHER)
_ACCEPT = ".pdf,.jpg,.jpeg,.png"
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@blueprint.get("/applications/<int:application_id>/documents")
@signed_in
def application(application_id: int) -> str | Response:
    """What must be sent with this application, and what was sent already."""
    view = progress.get_progress(db.session(), current_actor(), application_id, utc_now())
    if not view.is_editable:
        return redirect(url_for("applications.sent", application_id=application_id))
    return _page(view)


@blueprint.post("/applications/<int:application_id>/documents")
@signed_in
def send(application_id: int) -> Response | tuple[str, int]:
    """Check a file, keep it, and make it the current version of its kind."""
    session, actor = db.session(), current_actor()
    view = progress.get_progress(session, actor, application_id, utc_now())
    kind = request.form.get("kind", "")
    try:
        received = _receive()
        with write_unit(session):
            documents.store_document(
                session,
                actor,
                kind=kind,
                stream=received,
                application_id=application_id,
                rights=request.form.get("rights", ""),
                now=utc_now(),
            )
    except InvalidInput as error:
        return _page(view, wrong={"kind": kind, "field": error.parameters["field"], "words": _words(error)}), 422
    flash(_("%(file)s was sent.", file=received.file_name))
    return redirect(url_for("documents.application", application_id=application_id, _anchor=f"kind-{kind}"))


@blueprint.get("/documents/<int:document_id>")
@signed_in
def download(document_id: int) -> Response:
    """Hand out the file as an attachment; that somebody else than its owner read it is kept in the log."""
    with write_unit(db.session()) as session:
        opened = documents.read_document(session, current_actor(), document_id, utc_now())
        with opened.stream as stream:
            content = BytesIO(stream.read())  # at most what an upload may be; nothing is left open
    answer = send_file(
        content, mimetype=opened.media_type, as_attachment=True, download_name=opened.file_name, max_age=0
    )
    answer.headers.update(_HEADERS)
    return answer


@blueprint.post("/documents/<int:document_id>/remove")
@signed_in
def remove(document_id: int) -> Response:
    """Take a document out of a draft."""
    with write_unit(db.session()) as session:
        application_id = documents.remove_document(session, current_actor(), document_id, utc_now())
    flash(_("The document was removed."))
    return redirect(url_for("documents.application", application_id=application_id))


def _receive() -> documents.ReceivedFile:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise FileMissing(file_name="")
    return documents.receive_file(db.session(), upload.stream, upload.filename)


def _words(error: InvalidInput) -> str:
    if error.code in ERRORS and error.code != "invalid_input":
        return error_sentence(error)
    return _("Use at most 400 characters.") if error.parameters["reason"] == "too_long" else _("Choose a kind first.")


def _page(view: progress.Progress, wrong: dict[str, Any] | None = None) -> str:
    if SectionCode.DOCUMENTS not in sections_of(view.facts.stages):
        raise NotFound(application=view.application_id)
    sent = documents.list_documents(db.session(), view.application_id)
    needed = required_documents(view.facts.stages)
    return render_template(
        "documents/application.html",
        view=view,
        wrong=wrong or {},
        kinds=[(kind, kind in needed, [each for each in sent if each.kind is kind]) for kind in (*needed, *_OPTIONAL)],
        works=WORKS,
        kind_names=DOCUMENT_KINDS,
        status_names=DOCUMENT_STATUS,
        size_words=size_words,
        in_language=in_language,
        megabytes=settings().upload_megabytes,
        accept=_ACCEPT,
        typed_rights=request.form.get("rights", ""),
    )
