"""Screens of imports: the list, the form, what a file holds, and the three steps that follow."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.domain.flow_files import FlowFileUnreadable
from mobility.i18n import flow_import_labels as words
from mobility.i18n import gettext as _
from mobility.services import flow_imports, reciprocity
from mobility.services.flow_imports import AlreadyImported, Checked
from mobility.storage.db import db, write_unit
from mobility.web.flow_imports.forms import ImportForm
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import Form
from mobility.web.shared.numbers import row_number

blueprint = Blueprint("flow_imports", __name__, url_prefix="/flows")

Page = str | Response | tuple[str, int]
_READERS = (Role.MANAGER, Role.ADMINISTRATOR)


@blueprint.get("/")
@needs_role(*_READERS)
def index() -> str:
    """The imports that this reader may see, the newest first, page by page."""
    before = request.args.get("before", 0, type=row_number)
    lines, more = flow_imports.list_imports(db.session(), current_actor(), before)
    return render_template("flow_imports/index.html", lines=lines, more=more, before=before, words=words)


@blueprint.get("/new")
@needs_role(*_READERS)
def new() -> str:
    """Ask for a file."""
    return render_template("flow_imports/new.html", form=_form(), checked=None, words=words)


@blueprint.post("/new")
@needs_role(*_READERS)
def check() -> Page:
    """Check the file; a good one is kept, counted nowhere, and shown before it is."""
    form, checked = _form(), None
    if form.validate():
        try:
            number, checked = _stage(form)
            if number is not None:
                return redirect(url_for("flow_imports.show", number=number))
        except AlreadyImported as same:
            flash(_("This file is counted already; nothing was changed."))
            return redirect(url_for("flow_imports.show", number=same.parameters["import_id"]))
        except FlowFileUnreadable as error:
            form.refuse_file(error)
        except InvalidInput as error:
            form.form_errors.append(words.problem_words(str(error.parameters["field"])))
    return render_template("flow_imports/new.html", form=form, checked=checked, words=words), 422


def _form() -> ImportForm:
    form = ImportForm()
    form.fill_choices(reciprocity.list_report_choices(db.session(), current_actor()))
    return form


def _stage(form: ImportForm) -> tuple[int | None, Checked]:
    stream: Any = form.file.data.stream
    return flow_imports.stage_flows(
        db.session(), current_actor(), stream, form.request(), now=utc_now(), write=write_unit
    )


@blueprint.get("/<int:number>")
@needs_role(*_READERS)
def show(number: int) -> str:
    """What one import holds, and what can be done with it."""
    line = flow_imports.get_import(db.session(), current_actor(), number)
    return render_template("flow_imports/show.html", line=line, form=Form(), words=words)


@blueprint.post("/<int:number>/count")
@needs_role(*_READERS)
def count(number: int) -> Page:
    """Count a checked file in all figures."""
    with write_unit(db.session()) as unit:
        flow_imports.import_staged(unit, current_actor(), number, now=utc_now())
    flash(_("The file is counted from now on. You can take it back on this page."))
    return redirect(url_for("flow_imports.show", number=number))


@blueprint.post("/<int:number>/undo")
@needs_role(*_READERS)
def undo(number: int) -> Page:
    """Take a counted file out of all figures."""
    with write_unit(db.session()) as unit:
        flow_imports.undo_import(unit, current_actor(), number, now=utc_now())
    flow_imports.drop_rows(db.session(), number, write_unit)
    flash(_("The file is in no figure any more, and its rows are gone. To count it again, import it again."))
    return redirect(url_for("flow_imports.show", number=number))


@blueprint.post("/<int:number>/discard")
@needs_role(*_READERS)
def discard(number: int) -> Page:
    """Give up a checked file."""
    with write_unit(db.session()) as unit:
        flow_imports.discard_import(unit, current_actor(), number, now=utc_now())
    flow_imports.drop_rows(db.session(), number, write_unit)
    flash(_("The file was given up. Nothing of it was ever counted."))
    return redirect(url_for("flow_imports.index"))
