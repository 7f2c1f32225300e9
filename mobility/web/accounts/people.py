"""People, for administrators: find, invite, give and take roles, disable and enable."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for

from mobility.clock import utc_now
from mobility.domain.access import Actor, Role
from mobility.domain.accounts import Grant
from mobility.domain.errors import InvalidInput
from mobility.i18n import gettext as _
from mobility.i18n.formats import in_language
from mobility.services import roles
from mobility.storage.db import db, write_unit
from mobility.web.accounts.doors import Page
from mobility.web.accounts.forms import GrantForm, InviteForm
from mobility.web.accounts.screen import blueprint
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import Form
from mobility.web.shared.numbers import row_number
from mobility.web.shared.refusals import refuse


@blueprint.get("/people", endpoint="people")
@needs_role(Role.ADMINISTRATOR)
def list_people() -> str:
    """A page of people; what was searched for and where the page begins stand in the address."""
    typed, staff = request.args.get("q", "").strip()[:200], request.args.get("staff") == "1"
    name, number = request.args.get("name", ""), request.args.get("id", type=row_number)
    after = (name, number) if name and number else None
    people, more = roles.list_people(db.session(), current_actor(), typed, after, staff_only=staff)
    return render_template("accounts/people.html", people=people, more=more, q=typed, staff=staff, after=after)


@blueprint.get("/people/invite", endpoint="invite")
@needs_role(Role.ADMINISTRATOR)
def show_invite() -> str:
    """Ask who the new colleague is."""
    form = InviteForm()
    form.fill_choices()
    return render_template("accounts/invite.html", form=form)


@blueprint.post("/people/invite", endpoint="send_invite")
@needs_role(Role.ADMINISTRATOR)
def send_invite() -> Page:
    """Make the account and send the invitation; roles follow on the person's page."""
    form = InviteForm()
    form.fill_choices()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                person = roles.invite_person(
                    unit, current_actor(), form.details(), email=form.email.data, now=utc_now()
                )
                person_id = person.id
            flash(_("The invitation is on its way. Now give the person a role."))
            return redirect(url_for("accounts.person", person_id=person_id))
        except InvalidInput as error:
            refuse(form, error)
    return render_template("accounts/invite.html", form=form), 422


@blueprint.get("/people/<int:person_id>", endpoint="person")
@needs_role(Role.ADMINISTRATOR)
def show_person(person_id: int) -> str:
    """One person with their roles."""
    return _page(person_id, _grant_form())


def _grant_form() -> GrantForm:
    form, own, reader = GrantForm(), db.session(), current_actor()
    offices = [(each.id, in_language(each.names)[0]) for each in roles.list_office_choices(own, reader)]
    programmes = [(each.id, in_language(each.names)[0]) for each in roles.list_programme_choices(own, reader)]
    form.fill_choices(offices, programmes)
    return form


def _page(person_id: int, form: GrantForm) -> str:
    own, reader = db.session(), current_actor()
    return render_template(
        "accounts/person.html",
        person=roles.get_person(own, reader, person_id),
        grants=roles.list_grants(own, reader, person_id),
        form=form,
        empty=Form(),
    )


@blueprint.post("/people/<int:person_id>/roles", endpoint="grant_role")
@needs_role(Role.ADMINISTRATOR)
def grant_role(person_id: int) -> Page:
    """Give a role."""
    form = _grant_form()
    if form.validate():
        role, office_id, programme_id = form.place()
        grant = Grant(role=role, office_id=office_id, programme_id=programme_id)
        try:
            _do(roles.grant_role, person_id, grant)
            flash(_("The role is given. The person has to sign in again."))
            return redirect(url_for("accounts.person", person_id=person_id))
        except InvalidInput as error:
            refuse(form, error)
    return _page(person_id, form), 422


def _do(service: Any, person_id: int, *arguments: Any) -> None:
    """Run one change to a person in a unit; when it ends one's own sessions, this one goes on."""
    actor: Actor = current_actor()
    with write_unit(db.session()) as unit:
        service(unit, actor, person_id, *arguments, utc_now())
    if person_id == actor.person_id:
        session.renew()  # type: ignore[attr-defined]


def _back(person_id: int, words: str) -> Page:
    flash(words)
    return redirect(url_for("accounts.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/roles/<int:grant_id>/revoke", endpoint="revoke_role")
@needs_role(Role.ADMINISTRATOR)
def revoke_role(person_id: int, grant_id: int) -> Page:
    """Take a role away; whoever takes their own administrator role goes to their profile."""
    _do(roles.revoke_role, person_id, grant_id)
    if person_id == current_actor().person_id:
        flash(_("The role is taken away."))
        return redirect(url_for("accounts.profile"))
    return _back(person_id, _("The role is taken away. The person has to sign in again."))


@blueprint.post("/people/<int:person_id>/disable", endpoint="disable_person")
@needs_role(Role.ADMINISTRATOR)
def disable_person(person_id: int) -> Page:
    """Shut a person out at once."""
    _do(roles.disable_person, person_id)
    return _back(person_id, _("The person can no longer sign in, and was signed out everywhere."))


@blueprint.post("/people/<int:person_id>/enable", endpoint="enable_person")
@needs_role(Role.ADMINISTRATOR)
def enable_person(person_id: int) -> Page:
    """Let a person in again."""
    _do(roles.enable_person, person_id)
    return _back(person_id, _("The person can sign in again."))


@blueprint.post("/people/<int:person_id>/sessions", endpoint="end_sessions_of")
@needs_role(Role.ADMINISTRATOR)
def end_sessions_of(person_id: int) -> Page:
    """Sign a person out everywhere."""
    _do(roles.end_all_sessions, person_id)
    return _back(person_id, _("The person was signed out everywhere."))


@blueprint.post("/people/<int:person_id>/invite", endpoint="invite_again")
@needs_role(Role.ADMINISTRATOR)
def invite_again(person_id: int) -> Page:
    """Send the invitation once more."""
    _do(roles.invite_again, person_id)
    return _back(person_id, _("A new invitation is on its way; the older link no longer works."))
