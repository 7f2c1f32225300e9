"""The dry run of the next days, and every mail as it looks in every language."""

from itertools import groupby

from flask import Response, abort, render_template, request

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.i18n import WIRED, current_code
from mobility.i18n import reminders_labels as labels
from mobility.mail.messages import MailNotRendered, template_names
from mobility.services.ahead import MOST_LINES, Preview, list_ahead, list_messages_of, preview, preview_planned
from mobility.storage.db import db
from mobility.web.reminders.views import blueprint
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.headers import policy_with
from mobility.web.shared.numbers import row_number
from mobility.web.shared.people import settings

_DAYS = (7, 30, 90)
_MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@blueprint.get("/outbox/ahead")
@needs_role(Role.ADMINISTRATOR)
def ahead() -> str:
    """What goes out in the next days, by the reader's day."""
    days = request.args.get("days", 7, type=int)
    days = days if days in _DAYS else _DAYS[0]
    lines = list_ahead(db.session(), current_actor(), utc_now(), days)
    return render_template(
        "reminders/ahead.html",
        by_day=[(day, list(some)) for day, some in groupby(lines, key=lambda line: line.leaves_on)],
        days=days,
        choices=_DAYS,
        is_cut=len(lines) == MOST_LINES,
        labels=labels,
    )


@blueprint.get("/outbox/preview")
@needs_role(Role.ADMINISTRATOR)
def show_preview() -> Response:
    """A mail in a language: subject, both parts, and whose facts it has."""
    template, language = _asked()
    wrong, found = "", None
    try:
        found = _preview(template, language)
    except MailNotRendered as error:
        wrong = str(error)
    page = render_template(
        "reminders/preview.html",
        template=template,
        language_code=language,
        templates=template_names(),
        languages=WIRED,
        found=found,
        wrong=wrong,
        messages=list_messages_of(db.session(), current_actor(), template),
        query=_query(template, language),
        labels=labels,
    )
    response = Response(page)
    response.headers["Content-Security-Policy"] = policy_with("frame-src 'self'")
    return response


@blueprint.get("/outbox/preview/part")
@needs_role(Role.ADMINISTRATOR)
def preview_part() -> Response:
    """The HTML part alone, as a mail program would show it: no script, nothing from outside."""
    template, language = _asked()
    try:
        found = _preview(template, language)
    except MailNotRendered:
        abort(404)
    response = Response(found.mail.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _asked() -> tuple[str, str]:
    template = request.args.get("template", "reminder")
    language = request.args.get("language", current_code())
    if template not in template_names() or language not in {each.code for each in WIRED}:
        abort(404)
    return template, language


def _query(template: str, language: str) -> dict[str, str]:
    kept = {name: request.args[name] for name in ("message", "planned") if request.args.get(name)}
    return {"template": template, "language": language} | kept


def _preview(template: str, language: str) -> Preview:
    own, reader, site, now = db.session(), current_actor(), settings().address, utc_now()
    planned = request.args.get("planned", type=row_number)
    if planned is not None:
        return preview_planned(own, reader, planned, language, site, now)
    message_id = request.args.get("message", type=row_number)
    return preview(own, reader, template, language, site, now, message_id=message_id)
