"""In and out: register, confirm the address, sign in, sign out. Known and unknown addresses get the same pages."""

from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.accounts import LinkSpent
from mobility.domain.errors import InvalidInput
from mobility.i18n import gettext as _
from mobility.services import accounts, passwords
from mobility.services.people import KnownPerson
from mobility.storage.db import db, write_unit
from mobility.web.accounts.forms import AddressForm, RegisterForm, SignInForm
from mobility.web.accounts.screen import blueprint, home_of, network_address
from mobility.web.home.views import safe_target
from mobility.web.shared.access import current_actor, is_signed_in, public, signed_in
from mobility.web.shared.forms import Form
from mobility.web.shared.people import SignedIn, sign_in_person
from mobility.web.shared.refusals import refuse

Page = str | Response | tuple[str, int]


@blueprint.get("/register", endpoint="register")
@public
def show_register() -> Page:
    """Ask for everything an account needs."""
    if is_signed_in():
        return redirect(home_of(current_actor()))
    form = RegisterForm()
    form.fill_choices()
    return render_template("accounts/register.html", form=form)


@blueprint.post("/register", endpoint="send_register")
@public
def send_register() -> Page:
    """Make an account that waits for its address; the page after is the same for every address."""
    form = RegisterForm()
    form.fill_choices()
    if not (form.validate() and _registered(form)):
        return render_template("accounts/register.html", form=form), 422
    return redirect(url_for("accounts.registered"))


def _registered(form: RegisterForm) -> bool:
    details, email, password = form.details(), form.email.data or "", form.password.data or ""
    try:
        accounts.clean_details(details)
        email = accounts.clean_email(email)
        passwords.check_new_password(password, (details.name, details.name_latin, email))
        hashed = passwords.hash_password(password)
        with write_unit(db.session()) as unit:
            accounts.register_person(
                unit, details, email=email, password_hash=hashed, address=network_address(), now=utc_now()
            )
    except InvalidInput as error:
        refuse(form, error)
        return False
    return True


@blueprint.get("/register/sent", endpoint="registered")
@public
def registered() -> str:
    """Say that a mail is on its way, whatever it says."""
    return render_template("accounts/mail_sent.html", about="register")


@blueprint.get("/confirm/<token>", endpoint="confirm")
@public
def show_confirm(token: str) -> str:
    """Ask for one click more: programs that look through mails open links by themselves."""
    return render_template("accounts/confirm.html", form=Form(), token=token)


@blueprint.post("/confirm/<token>", endpoint="send_confirm")
@public
def send_confirm(token: str) -> Page:
    """Confirm the address; signs nobody in, since whoever reads the mail need not know the password."""
    try:
        with write_unit(db.session()) as unit:
            accounts.confirm_address(unit, token, utc_now())
    except LinkSpent:
        return render_template("accounts/link_spent.html", about="confirm"), 410
    flash(_("Your address is confirmed. Sign in now."))
    return redirect(url_for("accounts.sign_in"))


@blueprint.get("/confirm", endpoint="resend")
@public
def show_resend() -> str:
    """Ask which address waits for its link."""
    return render_template("accounts/resend.html", form=AddressForm())


@blueprint.post("/confirm", endpoint="send_resend")
@public
def send_resend() -> Page:
    """Send the link again where one is waited for."""
    form = AddressForm()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                accounts.resend_confirmation(unit, form.email.data, network_address(), utc_now())
            return redirect(url_for("accounts.registered"))
        except InvalidInput as error:
            refuse(form, error)
    return render_template("accounts/resend.html", form=form), 422


@blueprint.get("/sign-in", endpoint="sign_in")
@public
def show_sign_in() -> Page:
    """Ask for address and password; whoever is signed in already goes to their work."""
    if is_signed_in():
        return redirect(_target(home_of(current_actor())))
    return render_template("accounts/sign_in.html", form=SignInForm(), target=request.args.get("next", ""))


@blueprint.post("/sign-in", endpoint="send_sign_in")
@public
def send_sign_in() -> Page:
    """Count the try, check the password outside the transaction, then sign in; every refusal reads the same."""
    form = SignInForm()
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, target=request.args.get("next", "")), 422
    email = (form.email.data or "").strip().lower()
    with write_unit(db.session()) as unit:
        attempt = accounts.begin_sign_in(unit, email, network_address(), utc_now())
    if not passwords.password_fits(attempt.password_hash, form.password.data):
        form.form_errors.append(_wrong())
        return render_template("accounts/sign_in.html", form=form, target=request.args.get("next", "")), 422
    known = _finish(attempt, form.password.data)
    if known is None:
        return render_template("accounts/confirm_first.html", form=AddressForm(), email=email), 403
    _enter(known)
    return redirect(_target(home_of(known.actor)))


def _wrong() -> str:
    return _(
        "The address and the password do not belong together. After ten wrong tries in a row, wait 15 minutes or set "
        "a new password."
    )


def _finish(attempt: accounts.SignInTry, password: str) -> KnownPerson | None:
    outdated = passwords.is_outdated(attempt.password_hash or "")
    new_hash = passwords.hash_password(password) if outdated else ""
    with write_unit(db.session()) as unit:
        return accounts.finish_sign_in(unit, attempt, utc_now(), new_hash)


def _enter(known: KnownPerson) -> None:
    """Start a fresh session, so that nothing planted or left over before comes along."""
    chosen = session.get("locale")
    session.clear()
    if chosen:
        session["locale"] = chosen
    session.renew()  # type: ignore[attr-defined]
    login_user(SignedIn(known))
    g.actor_name = known.name
    sign_in_person(known.actor)


def _target(fallback: str) -> str:
    wanted = request.args.get("next", "")
    return safe_target(wanted) if wanted else fallback


@blueprint.post("/sign-out", endpoint="sign_out")
@signed_in
def sign_out() -> Response:
    """End the session in the database and let the browser forget what it stored."""
    chosen: Any = session.get("locale")
    logout_user()
    session.clear()
    if chosen:
        session["locale"] = chosen
        session.renew()  # type: ignore[attr-defined]
    response = redirect(url_for("accounts.signed_out"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.get("/signed-out", endpoint="signed_out")
@public
def signed_out() -> str:
    """Say that the session is over, which matters on a machine that others use."""
    return render_template("accounts/signed_out.html")
