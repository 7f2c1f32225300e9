"""Calendars for a person's own program: made and revoked on the settings page, read under a secret address."""

from datetime import timedelta

from flask import Response, flash, redirect, request, url_for

from mobility.clock import utc_now
from mobility.domain.errors import InvalidInput
from mobility.i18n import gettext as _
from mobility.services import feeds
from mobility.services.calendar_events import list_events
from mobility.storage.db import db, write_unit
from mobility.web.notices.choosing import settings_page
from mobility.web.notices.ics import write_calendar
from mobility.web.notices.screen import Page, blueprint
from mobility.web.shared.access import current_actor, public, signed_in
from mobility.web.shared.numbers import row_number
from mobility.web.shared.people import see_as, settings

_NOTED_EVERY = timedelta(hours=1)


@blueprint.post("/notices/calendars")
@signed_in
def make_calendar() -> Page:
    """Make a calendar and show its address, this once."""
    try:
        with write_unit(db.session()) as session:
            office_id = request.form.get("office", type=row_number)
            path = feeds.create_feed(session, current_actor(), office_id, utc_now())
    except InvalidInput:
        flash(_("You have too many calendars. Revoke one that you no longer use."))
        return redirect(url_for("notices.settings"))
    return settings_page(new_address=settings().address + path)


@blueprint.post("/notices/calendars/<int:feed_id>/revoke")
@signed_in
def revoke_calendar(feed_id: int) -> Page:
    """End a calendar; programs that read it get nothing any more."""
    with write_unit(db.session()) as session:
        feeds.revoke_feed(session, current_actor(), feed_id, utc_now())
    flash(_("The calendar is revoked. Its address opens nothing any more."))
    return redirect(url_for("notices.settings"))


@blueprint.get("/calendar/<token>.ics")
@public
def calendar(token: str) -> Response:
    """The calendar behind an address, as its owner may see it today."""
    session, now = db.session(), utc_now()
    opened = feeds.open_feed(session, token)
    see_as(opened.known)
    events = list_events(session, opened.known.actor, opened.office_id, now)
    content = write_calendar(events, site=settings().address, now=now)
    if opened.read_at is None or now - opened.read_at > _NOTED_EVERY:
        with write_unit(session) as unit:
            feeds.note_read(unit, opened.id, now)
    headers = {"Cache-Control": "private, max-age=900", "Referrer-Policy": "no-referrer"}
    return Response(content, mimetype="text/calendar", headers=headers)
