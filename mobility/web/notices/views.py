"""One's own notices: the list, one of them, and that all were read."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.i18n import gettext as _
from mobility.i18n import reminders_labels as labels
from mobility.loading import deferred
from mobility.mail.messages import MailNotRendered
from mobility.mail.on_screen import ScreenMail, show, subject_of
from mobility.services import inbox
from mobility.services.inbox import NoticeLine
from mobility.storage.db import db, write_unit
from mobility.web.notices.screen import blueprint
from mobility.web.shared.access import current_actor, signed_in
from mobility.web.shared.forms import Form
from mobility.web.shared.numbers import row_number

if TYPE_CHECKING:
    import structlog
else:
    structlog = deferred("structlog")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One line of the list."""

    id: int
    subject: str
    due_at: datetime
    is_unread: bool


@blueprint.get("/notices")
@signed_in
def index() -> str:
    """The notices of the reader, newest first."""
    only_unread = request.args.get("show") == "unread"
    before = request.args.get("before", type=row_number)
    lines, more = inbox.list_notices(db.session(), current_actor(), before=before, only_unread=only_unread)
    return render_template(
        "notices/index.html",
        lines=[_shown(line) for line in lines],
        more=more,
        only_unread=only_unread,
        form=Form(),
    )


def _shown(line: NoticeLine) -> Shown:
    return Shown(id=line.id, subject=_subject(line), due_at=line.due_at, is_unread=line.is_unread)


def _subject(line: NoticeLine) -> str:
    try:
        return subject_of(line.template, _today(line) | dict(line.parameters))
    except MailNotRendered as error:
        structlog.get_logger().warning("notice_not_shown", notice=line.id, why=str(error))
        return labels.words_for(labels.TEMPLATES, line.template)


def _today(line: NoticeLine) -> dict[str, str]:
    """Days are told as on the day of the message: it says what was said then."""
    return {"today": line.due_at.date().isoformat()}


@blueprint.get("/notices/<int:notice_id>")
@signed_in
def notice(notice_id: int) -> str:
    """One notice, as it was mailed; opening it is reading it."""
    with write_unit(db.session()) as session:
        line = inbox.open_notice(session, current_actor(), notice_id, utc_now())
    path = str(line.parameters.get("path", ""))
    return render_template("notices/notice.html", line=line, mail=_mail(line), path=path if path[:1] == "/" else "")


def _mail(line: NoticeLine) -> ScreenMail | None:
    try:
        return show(line.template, _today(line) | dict(line.parameters), "")
    except MailNotRendered as error:
        structlog.get_logger().warning("notice_not_shown", notice=line.id, why=str(error))
        return None


@blueprint.post("/notices/read")
@signed_in
def read_all() -> Response:
    """Note that everything was read."""
    with write_unit(db.session()) as session:
        inbox.mark_all_read(session, current_actor(), utc_now())
    flash(_("All notices are marked as read."))
    return redirect(url_for("notices.index"))
