"""The list of programmes, the page of one, and its settings."""

from flask import flash, redirect, render_template, url_for

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import ChangedMeanwhile, InvalidInput
from mobility.i18n import gettext as _
from mobility.services import audit, programmes
from mobility.storage.db import db, write_unit
from mobility.web.programmes.forms import NewProgrammeForm, ProgrammeForm, values_of_programme
from mobility.web.programmes.screen import PROGRAMME_CODES, WORDS, Page, blueprint, refuse
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import Form
from mobility.web.shared.merging import merge_lines


@blueprint.get("/", endpoint="index")
@needs_role(Role.MANAGER, Role.ADMINISTRATOR)
def list_programmes() -> str:
    """The programmes a manager has; administrators see all, and make new ones."""
    lines = programmes.list_programmes(db.session(), current_actor())
    return render_template("programmes/index.html", lines=lines, **WORDS)


@blueprint.get("/new", endpoint="new")
@needs_role(Role.ADMINISTRATOR)
def show_new() -> str:
    """Ask what the new programme is."""
    form = _filled(NewProgrammeForm(data={"accounting_day": 1, "accounting_month": 1, "tolerance_percent": 20}))
    return render_template("programmes/edit.html", form=form, programme=None, **WORDS)


def _filled(form: ProgrammeForm) -> ProgrammeForm:
    form.fill_choices(programmes.list_instruments(db.session()))
    return form


@blueprint.post("/new", endpoint="create")
@needs_role(Role.ADMINISTRATOR)
def create() -> Page:
    """Make the programme; its manager then gives it routes and calls."""
    form = _filled(NewProgrammeForm())
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                programmes.create_programme(unit, current_actor(), form.code.data, form.draft(), utc_now())
            flash(_("The programme is made. Now give somebody the role of its manager, on the page of the person."))
            return redirect(url_for("programmes.index"))
        except InvalidInput as error:
            refuse(form, error)
    return render_template("programmes/edit.html", form=form, programme=None, **WORDS), 422


@blueprint.get("/<code>", endpoint="show")
@needs_role(Role.MANAGER)
def show(code: str) -> str:
    """One programme: settings, routes with desks and clocks, quotas, calls."""
    view = programmes.view_programme(db.session(), current_actor(), code, utc_now())
    return render_template("programmes/show.html", programme=view, form=Form(), **WORDS)


@blueprint.get("/<code>/edit", endpoint="edit")
@needs_role(Role.MANAGER)
def show_edit(code: str) -> str:
    """Show the settings and the form to change them."""
    programme = programmes.get_managed(db.session(), current_actor(), code)
    form = _filled(ProgrammeForm(obj=programme, data=values_of_programme(programme)))
    return render_template("programmes/edit.html", form=form, programme=programme, **WORDS)


@blueprint.post("/<code>/edit", endpoint="change")
@needs_role(Role.MANAGER)
def change(code: str) -> Page:
    """Save the settings; somebody else's save in between leads to the merge page."""
    form = _filled(ProgrammeForm())
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                programmes.change_programme(
                    unit, current_actor(), code, form.draft(), row_version=form.version(), now=utc_now()
                )
            flash(_("The programme is saved."))
            return redirect(url_for("programmes.show", code=code))
        except InvalidInput as error:
            refuse(form, error)
        except ChangedMeanwhile:
            return _merge(code, form), 409
    programme = programmes.get_managed(db.session(), current_actor(), code)
    return render_template("programmes/edit.html", form=form, programme=programme, **WORDS), 422


def _merge(code: str, form: ProgrammeForm) -> str:
    own = db.session()
    programme = programmes.get_managed(own, current_actor(), code)
    saved = _filled(ProgrammeForm(formdata=None, obj=programme, data=values_of_programme(programme)))
    return render_template(
        "programmes/merge.html",
        form=saved,
        reference=programme.code,
        lines=merge_lines(saved, form),
        change=audit.find_last_change(own, "programme", programme.id, *PROGRAMME_CODES),
        save_url=url_for("programmes.change", code=code),
        drop_url=url_for("programmes.edit", code=code),
    )
