"""Offices and calendar entries: list, make, change; administrators only."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import ChangedMeanwhile, InvalidInput
from mobility.i18n import gettext as _
from mobility.i18n import ngettext
from mobility.i18n.accounts_labels import competence_name, office_kind_name
from mobility.i18n.reminders_labels import stage_name
from mobility.services import audit, offices
from mobility.services.offices import OverrideDraft
from mobility.services.recompute import Difference, in_chunks
from mobility.storage.db import db, write_unit
from mobility.web.offices.forms import NewOfficeForm, OfficeForm, OverrideForm, values_of
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.merging import merge_lines
from mobility.web.shared.numbers import row_number
from mobility.web.shared.refusals import refuse

blueprint = Blueprint("offices", __name__)
SHOWN_MOVES = 50
Page = str | Response | tuple[str, int]


@blueprint.get("/offices", endpoint="index")
@needs_role(Role.ADMINISTRATOR)
def list_offices() -> str:
    """A page of offices; the country stands in the address."""
    country, after = request.args.get("country", "")[:2], request.args.get("after", "")[:32]
    own, reader = db.session(), current_actor()
    lines, more = offices.list_offices(own, reader, country, after)
    return render_template(
        "offices/index.html",
        offices=lines,
        more=more,
        country=country,
        after=after,
        countries=offices.list_countries(own, reader),
        kind_name=office_kind_name,
        competence_name=competence_name,
    )


@blueprint.get("/offices/new", endpoint="new")
@needs_role(Role.ADMINISTRATOR)
def show_new() -> str:
    """Ask what the new office is."""
    form = NewOfficeForm()
    form.fill_choices()
    return render_template("offices/edit.html", form=form, office=None)


@blueprint.post("/offices/new", endpoint="create")
@needs_role(Role.ADMINISTRATOR)
def create() -> Page:
    """Make the office."""
    form = NewOfficeForm()
    form.fill_choices()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                offices.create_office(unit, current_actor(), form.code.data, form.draft(), utc_now())
            flash(_("The office is made. Now give its people their roles."))
            return redirect(url_for("offices.index"))
        except InvalidInput as error:
            refuse(form, error)
    return render_template("offices/edit.html", form=form, office=None), 422


@blueprint.get("/offices/<int:office_id>", endpoint="edit")
@needs_role(Role.ADMINISTRATOR)
def show_edit(office_id: int) -> str:
    """Show an office and the form to change it."""
    office = offices.get_office(db.session(), current_actor(), office_id)
    form = OfficeForm(obj=office, data=values_of(office))
    form.fill_choices()
    return render_template("offices/edit.html", form=form, office=office)


@blueprint.post("/offices/<int:office_id>", endpoint="change")
@needs_role(Role.ADMINISTRATOR)
def change(office_id: int) -> Page:
    """Save the office; somebody else's save in between leads to the merge page."""
    form = OfficeForm()
    form.fill_choices()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                offices.change_office(
                    unit, current_actor(), office_id, form.draft(), row_version=form.version(), now=utc_now()
                )
            flash(_("The office is saved."))
            return redirect(url_for("offices.index"))
        except InvalidInput as error:
            refuse(form, error)
        except ChangedMeanwhile:
            return _merge(office_id, form), 409
    office = offices.get_office(db.session(), current_actor(), office_id)
    return render_template("offices/edit.html", form=form, office=office), 422


def _merge(office_id: int, form: OfficeForm) -> str:
    own = db.session()
    office = offices.get_office(own, current_actor(), office_id)
    saved = OfficeForm(formdata=None, obj=office, data=values_of(office))
    saved.fill_choices()
    return render_template(
        "offices/merge.html",
        form=saved,
        office=office,
        lines=merge_lines(saved, form),
        change=audit.find_last_change(own, "office", office_id, "office_created", "office_changed"),
    )


@blueprint.get("/offices/calendars", endpoint="overrides")
@needs_role(Role.ADMINISTRATOR)
def list_overrides() -> str:
    """Days entered in calendars, and the form to enter one."""
    form = OverrideForm(formdata=None)
    form.fill_choices()
    return _overrides_page(form)


def _overrides_page(form: OverrideForm) -> str:
    calendar = request.args.get("calendar", "").strip().upper()[:16]
    day, number = request.args.get("day", type=date.fromisoformat), request.args.get("id", type=row_number)
    lines, more = offices.list_overrides(
        db.session(), current_actor(), calendar, (day, number) if day and number else None
    )
    return render_template("offices/overrides.html", lines=lines, more=more, calendar=calendar, form=form)


@blueprint.post("/offices/calendars", endpoint="enter_override")
@needs_role(Role.ADMINISTRATOR)
def enter_override() -> Page:
    """Show what a day would move; enter it, and count again what it moves, when that was seen and confirmed."""
    form = OverrideForm()
    form.fill_choices()
    if form.validate():
        try:
            found = offices.preview_override(db.session(), current_actor(), form.draft(), utc_now())
            if not form.is_seen(len(found.moves)):
                return _preview_page(form, found)
            _enter(form.draft(), [move.clock_id for move in found.moves])
            return redirect(url_for("offices.overrides"))
        except InvalidInput as error:
            refuse(form, error)
    return _overrides_page(form), 422


def _preview_page(form: OverrideForm, found: Difference) -> str:
    """The difference, with the answers kept for the second step; a difference that grew meanwhile is shown again."""
    form.seen.data = str(len(found.moves))
    return render_template("offices/preview.html", form=form, found=found, most=SHOWN_MOVES, stage_name=stage_name)


def _enter(draft: OverrideDraft, clock_ids: Sequence[int]) -> None:
    """Enter the day, then write the moved clocks some at a time, so that nobody waits long for the database."""
    with write_unit(db.session()) as unit:
        offices.enter_override(unit, current_actor(), draft, utc_now())
    moved = 0
    for ids in in_chunks(clock_ids):
        with write_unit(db.session()) as unit:
            moved += offices.recount_entered(unit, current_actor(), draft, ids, utc_now())
    flash(_("The day is entered."))
    if moved:
        flash(
            ngettext(
                "%(num)s time limit has another last day now. The people concerned are told.",
                "%(num)s time limits have another last day now. The people concerned are told.",
                moved,
            )
        )
