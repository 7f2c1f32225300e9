"""What a person wants by mail: on their own page, or by the link in a mail, without signing in."""

from flask import flash, redirect, render_template, request, url_for

from mobility.clock import utc_now
from mobility.domain.reminders import Sort
from mobility.i18n import gettext as _
from mobility.i18n import life_words
from mobility.services import feeds, unsubscribing
from mobility.storage.db import db, write_unit
from mobility.web.notices.screen import Page, blueprint
from mobility.web.shared.access import current_actor, public, signed_in
from mobility.web.shared.forms import Form


@blueprint.get("/notices/settings")
@signed_in
def settings() -> str:
    """What one wants by mail, and one's calendars."""
    return settings_page()


def settings_page(new_address: str = "") -> str:
    """Render the settings; the address of a fresh calendar is shown this once."""
    own, reader = db.session(), current_actor()
    return render_template(
        "notices/settings.html",
        form=Form(),
        sorts=_sorts_for(reader.is_staff, bool(reader.managed_programmes)),
        refused=unsubscribing.list_refused(own, reader),
        words=life_words,
        calendars=feeds.list_feeds(own, reader),
        desks=feeds.list_own_desks(own, reader),
        new_address=new_address,
    )


def _sorts_for(is_staff: bool, is_manager: bool) -> list[Sort]:
    """Return what can come to such a reader at all."""
    if is_manager:
        return [Sort.EARLY, Sort.TREATIES, Sort.CALLS]
    return [Sort.EARLY] if is_staff else [Sort.EARLY, Sort.VALIDITY, Sort.CALLS]


@blueprint.post("/notices/settings")
@signed_in
def choose() -> Page:
    """Keep what one wants by mail; a sort without its tick is refused."""
    reader = current_actor()
    offered = _sorts_for(reader.is_staff, bool(reader.managed_programmes))
    wanted = set(request.form.getlist("sort"))
    with write_unit(db.session()) as session:
        kept = unsubscribing.list_refused(session, reader) - set(offered)
        refused = kept | {each for each in offered if each.value not in wanted}
        unsubscribing.choose(session, reader, refused, utc_now())
    flash(_("Your choice is saved."))
    return redirect(url_for("notices.settings"))


@blueprint.get("/unsubscribe/<token>")
@public
def ask_refusal(token: str) -> str:
    """Ask once: a program that only looks at links must not end anything."""
    _, sorts = unsubscribing.read_token(db.session(), token)
    return render_template("notices/unsubscribe.html", sorts=sorts, words=life_words, form=Form(), is_done=False)


@blueprint.post("/unsubscribe/<token>")
@public
def refuse_by_link(token: str) -> str:
    """End mail of one sort; also what a mail program sends by itself (RFC 8058)."""
    with write_unit(db.session()) as session:
        sorts = unsubscribing.unsubscribe_by_link(session, token, utc_now())
    return render_template("notices/unsubscribe.html", sorts=sorts, words=life_words, form=Form(), is_done=True)
