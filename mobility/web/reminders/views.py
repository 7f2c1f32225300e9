"""The outbox by status, one message with its attempts, and putting a given-up message back."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.i18n import gettext as _
from mobility.i18n import reminders_labels as labels
from mobility.services import outbox_desk
from mobility.services.health import check_readiness
from mobility.services.leases import find_lease
from mobility.storage.db import db, write_unit
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import Form
from mobility.web.shared.numbers import row_number

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/outbox")
@needs_role(Role.ADMINISTRATOR)
def outbox() -> str:
    """A page of one status; the first that has anything is shown when none is asked for."""
    own, reader = db.session(), current_actor()
    counts = outbox_desk.count_by_status(own, reader)
    status = request.args.get("status") or next((each for each, count in counts.items() if count), "dead")
    if status not in counts:
        abort(404)
    messages, more = outbox_desk.list_messages(
        own, reader, status=status, before=request.args.get("before", type=row_number)
    )
    return render_template(
        "reminders/outbox.html",
        messages=messages,
        more=more,
        counts=counts,
        many=outbox_desk.MANY,
        status=status,
        readiness=check_readiness(own, utc_now()),
        lease=find_lease(own),
        labels=labels,
    )


@blueprint.get("/outbox/<int:message_id>")
@needs_role(Role.ADMINISTRATOR)
def message(message_id: int) -> str:
    """One message: where it goes, what became of it, every attempt."""
    found = outbox_desk.get_message(db.session(), current_actor(), message_id)
    return render_template("reminders/message.html", message=found, form=Form(), labels=labels)


@blueprint.post("/outbox/<int:message_id>/requeue")
@needs_role(Role.ADMINISTRATOR)
def requeue(message_id: int) -> Response:
    """Send a message that was given up on its way again."""
    with write_unit(db.session()) as session:
        outbox_desk.requeue(session, current_actor(), message_id, utc_now())
    flash(_("The message is on its way again."))
    return redirect(url_for("reminders.message", message_id=message_id))
