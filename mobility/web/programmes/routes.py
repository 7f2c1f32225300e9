"""Routes of a programme: first from where to where, then desks, provisions and quotas."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import ChangedMeanwhile, InvalidInput
from mobility.i18n import gettext as _
from mobility.services import audit, programmes
from mobility.services.programmes.routes import check_direction
from mobility.storage.db import db, write_unit
from mobility.web.programmes.forms import DirectionForm, RouteFields, route_form, values_of_route
from mobility.web.programmes.screen import PROGRAMME_CODES, WORDS, Page, blueprint, refuse
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.merging import merge_lines


@blueprint.get("/<code>/routes/new", endpoint="new_route")
@needs_role(Role.MANAGER)
def show_new(code: str) -> Page:
    """Ask for the direction; once it can be, for everything else."""
    programme = programmes.get_managed(db.session(), current_actor(), code)
    direction = DirectionForm(request.args)
    direction.fill_choices()
    if not request.args:
        return _ask_direction(programme, direction)
    if direction.validate():
        try:
            check_direction(programme, direction.sending.data, direction.receiving.data)
            form = _form(programme, direction.sending.data, direction.receiving.data)(
                formdata=None, data={"row_version": programme.row_version}
            )
            return _page(programme, form, direction.sending.data, direction.receiving.data)
        except InvalidInput as error:
            refuse(direction, error)
    return _ask_direction(programme, direction), 422


def _ask_direction(programme: Any, form: DirectionForm) -> str:
    return render_template("programmes/direction.html", form=form, programme=programme, **WORDS)


def _form(programme: Any, sending: str, receiving: str, route: Any = None) -> type[RouteFields]:
    kept = {code for each in route.stages for code in each.provisions} if route else set()
    own = db.session()
    return route_form(
        [each.stage for each in programme.stages],
        programmes.list_desks(own, sending, receiving),
        programmes.list_provision_choices(own, programme, sending, receiving, utc_now().date(), kept=kept),
        sending,
        receiving,
    )


def _page(programme: Any, form: RouteFields, sending: str, receiving: str, route: Any = None) -> str:
    return render_template(
        "programmes/route.html",
        form=form,
        programme=programme,
        sending=sending,
        receiving=receiving,
        route=route,
        **WORDS,
    )


@blueprint.post("/<code>/routes/new", endpoint="create_route")
@needs_role(Role.MANAGER)
def create(code: str) -> Page:
    """Add the route."""
    sending, receiving = request.args.get("sending", ""), request.args.get("receiving", "")
    programme = programmes.get_managed(db.session(), current_actor(), code)
    form = _form(programme, sending, receiving)()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                programmes.create_route(
                    unit,
                    current_actor(),
                    code,
                    form.draft(sending, receiving),
                    row_version=form.version(),
                    now=utc_now(),
                )
            flash(_("The route is added. People can apply once a call on it is published."))
            return redirect(url_for("programmes.show", code=code))
        except InvalidInput as error:
            refuse(form, error)
        except ChangedMeanwhile:
            programme = programmes.get_managed(db.session(), current_actor(), code)
            form.row_version.data = str(programme.row_version)
            form.form_errors.append(_("The programme was saved meanwhile. Look once more, then add the route."))
            return _page(programme, form, sending, receiving), 409
    programme = programmes.get_managed(db.session(), current_actor(), code)
    return _page(programme, form, sending, receiving), 422


@blueprint.get("/<code>/routes/<int:route_id>", endpoint="edit_route")
@needs_role(Role.MANAGER)
def show_edit(code: str, route_id: int) -> str:
    """Show a route and the form to change it."""
    programme, route = programmes.get_route(db.session(), current_actor(), code, route_id)
    return _page(programme, _saved(programme, route), route.sending, route.receiving, route)


def _saved(programme: Any, route: Any) -> RouteFields:
    values = values_of_route(route) | {"row_version": programme.row_version}
    return _form(programme, route.sending, route.receiving, route)(formdata=None, data=values)


@blueprint.post("/<code>/routes/<int:route_id>", endpoint="change_route")
@needs_role(Role.MANAGER)
def change(code: str, route_id: int) -> Page:
    """Save a route; somebody else's save in between leads to the merge page."""
    programme, route = programmes.get_route(db.session(), current_actor(), code, route_id)
    sending, receiving = route.sending, route.receiving
    form = _form(programme, sending, receiving, route)()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                programmes.change_route(
                    unit,
                    current_actor(),
                    code,
                    route_id,
                    form.draft(sending, receiving),
                    row_version=form.version(),
                    now=utc_now(),
                )
            flash(_("The route is saved. Clocks that run already stay as they are."))
            return redirect(url_for("programmes.show", code=code))
        except InvalidInput as error:
            refuse(form, error)
        except ChangedMeanwhile:
            return _merge(code, route_id, form), 409
    programme, route = programmes.get_route(db.session(), current_actor(), code, route_id)
    return _page(programme, form, sending, receiving, route), 422


def _merge(code: str, route_id: int, form: RouteFields) -> str:
    own = db.session()
    programme, route = programmes.get_route(own, current_actor(), code, route_id)
    saved = _saved(programme, route)
    return render_template(
        "programmes/merge.html",
        form=saved,
        reference=programme.code,
        lines=[line for line in merge_lines(saved, form) if line.differs or line.theirs],
        change=audit.find_last_change(own, "programme", programme.id, *PROGRAMME_CODES),
        save_url=url_for("programmes.change_route", code=code, route_id=route_id),
        drop_url=url_for("programmes.edit_route", code=code, route_id=route_id),
    )
