"""Calls of a programme: make, change, publish, take back."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import ChangedMeanwhile, InvalidInput
from mobility.i18n import gettext as _
from mobility.i18n.formats import country_name
from mobility.i18n.programmes_labels import programme_reason
from mobility.services import audit, programmes
from mobility.storage.db import db, write_unit
from mobility.web.programmes.forms import CallForm, NewCallForm, values_of_call
from mobility.web.programmes.screen import CALL_CODES, WORDS, Page, blueprint, refuse
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import EditForm
from mobility.web.shared.merging import merge_lines
from mobility.web.shared.refusals import choices


def _new_form(programme: Any) -> NewCallForm:
    form = NewCallForm()
    form.fill_choices()
    form.route.choices = choices(
        (each.id, _("%(a)s to %(b)s", a=country_name(each.sending), b=country_name(each.receiving)))
        for each in programme.routes
    )
    return form


@blueprint.get("/<code>/calls/new", endpoint="new_call")
@needs_role(Role.MANAGER)
def show_new(code: str) -> str:
    """Ask what the new call is."""
    programme = programmes.get_managed(db.session(), current_actor(), code)
    return _page(programme, _new_form(programme))


def _page(programme: Any, form: CallForm, call: Any = None) -> str:
    return render_template("programmes/call.html", form=form, programme=programme, call=call, **WORDS)


@blueprint.post("/<code>/calls/new", endpoint="create_call")
@needs_role(Role.MANAGER)
def create(code: str) -> Page:
    """Make the call; nobody sees it before it is published."""
    programme = programmes.get_managed(db.session(), current_actor(), code)
    form = _new_form(programme)
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                call = programmes.create_call(
                    unit, current_actor(), code, int(form.route.data), form.code.data, form.draft(), utc_now()
                )
                call_code = call.code
            flash(_("The call is kept. Nobody sees it before you publish it."))
            return redirect(url_for("programmes.edit_call", code=code, call_code=call_code))
        except InvalidInput as error:
            refuse(form, error)
    programme = programmes.get_managed(db.session(), current_actor(), code)
    return _page(programme, form), 422


@blueprint.get("/<code>/calls/<call_code>", endpoint="edit_call")
@needs_role(Role.MANAGER)
def show_edit(code: str, call_code: str) -> str:
    """Show a call and the form to change it."""
    programme, call = programmes.get_call(db.session(), current_actor(), code, call_code)
    return _page(programme, _saved(call), call)


def _saved(call: Any) -> CallForm:
    form = CallForm(formdata=None, obj=call, data=values_of_call(call))
    form.fill_choices()
    return form


@blueprint.post("/<code>/calls/<call_code>", endpoint="change_call")
@needs_role(Role.MANAGER)
def change(code: str, call_code: str) -> Page:
    """Save a call; somebody else's save in between leads to the merge page."""
    form = CallForm()
    form.fill_choices()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                programmes.change_call(
                    unit, current_actor(), code, call_code, form.draft(), row_version=form.version(), now=utc_now()
                )
            flash(_("The call is saved."))
            return redirect(url_for("programmes.edit_call", code=code, call_code=call_code))
        except InvalidInput as error:
            refuse(form, error)
        except ChangedMeanwhile:
            return _merge(code, call_code, form), 409
    programme, call = programmes.get_call(db.session(), current_actor(), code, call_code)
    return _page(programme, form, call), 422


def _merge(code: str, call_code: str, form: CallForm) -> str:
    own = db.session()
    _programme, call = programmes.get_call(own, current_actor(), code, call_code)
    saved = _saved(call)
    return render_template(
        "programmes/merge.html",
        form=saved,
        reference=call.code,
        lines=merge_lines(saved, form),
        change=audit.find_last_change(own, "call", call.id, *CALL_CODES),
        save_url=url_for("programmes.change_call", code=code, call_code=call_code),
        drop_url=url_for("programmes.edit_call", code=code, call_code=call_code),
    )


@blueprint.post("/<code>/calls/<call_code>/publish", endpoint="publish_call")
@needs_role(Role.MANAGER)
def publish(code: str, call_code: str) -> Page:
    """Let everybody see the call."""
    return _switch(code, call_code, programmes.publish_call, _("The call is published."))


@blueprint.post("/<code>/calls/<call_code>/take-back", endpoint="take_call_back")
@needs_role(Role.MANAGER)
def take_back(code: str, call_code: str) -> Page:
    """Hide the call again."""
    return _switch(code, call_code, programmes.take_call_back, _("The call is taken back. Nobody finds it any more."))


def _switch(code: str, call_code: str, service: Any, words: str) -> Page:
    opened = EditForm().version()
    try:
        with write_unit(db.session()) as unit:
            service(unit, current_actor(), code, call_code, row_version=opened, now=utc_now())
        flash(words)
    except InvalidInput as error:
        flash(programme_reason(error), "error")
    return redirect(url_for("programmes.edit_call", code=code, call_code=call_code))
