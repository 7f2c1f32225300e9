"""A new password: by a link for those who forgot it or were invited, or knowing the present one."""

from flask import flash, redirect, render_template, session, url_for

from mobility.clock import utc_now
from mobility.domain.accounts import LinkSpent
from mobility.domain.errors import InvalidInput
from mobility.i18n import gettext as _
from mobility.services import accounts, password_reset, passwords
from mobility.services.one_time_links import SETS_PASSWORD, get_link_owner
from mobility.storage.db import db, write_unit
from mobility.web.accounts.doors import Page
from mobility.web.accounts.forms import AddressForm, ChangePasswordForm, SetPasswordForm
from mobility.web.accounts.screen import blueprint, network_address
from mobility.web.shared.access import current_actor, public, signed_in
from mobility.web.shared.refusals import refuse


@blueprint.get("/forgotten", endpoint="forgotten")
@public
def show_forgotten() -> str:
    """Ask for the address of the account."""
    return render_template("accounts/forgotten.html", form=AddressForm())


@blueprint.post("/forgotten", endpoint="send_forgotten")
@public
def send_forgotten() -> Page:
    """Send a link where there is an account; the page after is the same for every address."""
    form = AddressForm()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                password_reset.ask_for_reset(unit, form.email.data, network_address(), utc_now())
            return redirect(url_for("accounts.reset_sent"))
        except InvalidInput as error:
            refuse(form, error)
    return render_template("accounts/forgotten.html", form=form), 422


@blueprint.get("/forgotten/sent", endpoint="reset_sent")
@public
def reset_sent() -> str:
    """Say that a mail is on its way if there is an account."""
    return render_template("accounts/mail_sent.html", about="reset")


@blueprint.get("/password/<token>", endpoint="set_password")
@public
def show_set_password(token: str) -> Page:
    """Ask for a new password; opening the link does not use it up."""
    try:
        get_link_owner(db.session(), token, SETS_PASSWORD, utc_now())
    except LinkSpent:
        return render_template("accounts/link_spent.html", about="reset"), 410
    return render_template("accounts/set_password.html", form=SetPasswordForm(), token=token)


@blueprint.post("/password/<token>", endpoint="send_set_password")
@public
def send_set_password(token: str) -> Page:
    """Use the link up, set the password, end every session."""
    form = SetPasswordForm()
    try:
        owner = get_link_owner(db.session(), token, SETS_PASSWORD, utc_now())
        if form.validate():
            passwords.check_new_password(form.password.data, owner.own_words)
            hashed = passwords.hash_password(form.password.data)
            with write_unit(db.session()) as unit:
                password_reset.set_password_by_link(unit, token, hashed, utc_now())
            flash(_("Your new password is set. Sign in with it now."))
            return redirect(url_for("accounts.sign_in"))
    except LinkSpent:
        return render_template("accounts/link_spent.html", about="reset"), 410
    except InvalidInput as error:
        refuse(form, error)
    return render_template("accounts/set_password.html", form=form, token=token), 422


@blueprint.get("/profile/password", endpoint="change_password")
@signed_in
def show_change_password() -> str:
    """Ask for the present and a new password."""
    return render_template("accounts/change_password.html", form=ChangePasswordForm())


@blueprint.post("/profile/password", endpoint="send_change_password")
@signed_in
def send_change_password() -> Page:
    """Set the new password; every other session ends, this one goes on under a new token."""
    form = ChangePasswordForm()
    if form.validate():
        try:
            _change(form)
            session.renew()  # type: ignore[attr-defined]
            flash(_("Your new password is set. You were signed out everywhere else."))
            return redirect(url_for("accounts.profile"))
        except InvalidInput as error:
            refuse(form, error)
    return render_template("accounts/change_password.html", form=form), 422


def _change(form: ChangePasswordForm) -> None:
    actor = current_actor()
    with write_unit(db.session()) as unit:
        stored = password_reset.begin_password_change(unit, actor, utc_now())
        person = accounts.get_own_account(unit, actor)
        own_words = (person.email, person.name, person.name_latin)
    if not passwords.password_fits(stored, form.present.data):
        raise InvalidInput(field="present", reason="wrong_password")
    passwords.check_new_password(form.password.data, own_words)
    hashed = passwords.hash_password(form.password.data)
    with write_unit(db.session()) as unit:
        password_reset.change_password(unit, actor, old_hash=stored, new_hash=hashed, now=utc_now())
