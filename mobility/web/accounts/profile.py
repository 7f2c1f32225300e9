"""One's own account: details, language, password, sessions, and who opened one's protected data."""

from flask import flash, redirect, render_template, session, url_for

from mobility.clock import utc_now
from mobility.domain.errors import ChangedMeanwhile, InvalidInput
from mobility.i18n import gettext as _
from mobility.i18n import use_locale
from mobility.services import accounts, audit, roles, sealing
from mobility.storage.db import db, write_unit
from mobility.web.accounts.doors import Page
from mobility.web.accounts.forms import ProfileForm
from mobility.web.accounts.screen import blueprint
from mobility.web.shared.access import current_actor, signed_in
from mobility.web.shared.merging import merge_lines
from mobility.web.shared.refusals import refuse


@blueprint.get("/profile", endpoint="profile")
@signed_in
def show_profile() -> str:
    """Show the account and the form to change it."""
    person = accounts.get_own_account(db.session(), current_actor())
    form = ProfileForm(obj=person)
    form.fill_choices()
    return _page(form)


def _page(form: ProfileForm) -> str:
    reader, own = current_actor(), db.session()
    return render_template(
        "accounts/profile.html",
        form=form,
        person=accounts.get_own_account(own, reader),
        grants=roles.list_own_grants(own, reader),
        sessions=accounts.list_own_sessions(own, reader, utc_now()),
        looked=sealing.who_looked(own, reader.person_id),
    )


@blueprint.post("/profile", endpoint="send_profile")
@signed_in
def send_profile() -> Page:
    """Save one's details; a new language speaks from the next page on."""
    form = ProfileForm()
    form.fill_choices()
    if not form.validate():
        return _page(form), 422
    try:
        with write_unit(db.session()) as unit:
            accounts.change_details(unit, current_actor(), form.details(), row_version=form.version(), now=utc_now())
    except InvalidInput as error:
        refuse(form, error)
        return _page(form), 422
    except ChangedMeanwhile:
        return _merge(form), 409
    session["locale"] = form.locale.data
    with use_locale(form.locale.data):
        flash(_("Your details are saved."))
    return redirect(url_for("accounts.profile"))


def _merge(form: ProfileForm) -> str:
    own = db.session()
    person = accounts.get_own_account(own, current_actor())
    saved = ProfileForm(formdata=None, obj=person)
    saved.fill_choices()
    return render_template(
        "accounts/profile_merge.html",
        form=saved,
        lines=merge_lines(saved, form),
        change=audit.find_last_change(own, "person", person.id, "profile_changed"),
    )


@blueprint.post("/profile/sessions", endpoint="end_sessions")
@signed_in
def end_sessions() -> Page:
    """Sign out everywhere else; this session goes on under a new token."""
    actor = current_actor()
    with write_unit(db.session()) as unit:
        roles.end_all_sessions(unit, actor, actor.person_id, utc_now())
    session.renew()  # type: ignore[attr-defined]
    flash(_("You are signed out everywhere else."))
    return redirect(url_for("accounts.profile"))
