"""The dates in the life of the treaties behind a manager's programmes, and when recurring duties last took place."""

from flask import flash, redirect, render_template, request, url_for

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.i18n import gettext as _
from mobility.i18n.formats import in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.life_words import KINDS, life_title
from mobility.services.treaty_dates import enter_start, list_starts, treaty_dates
from mobility.storage.db import db, write_unit
from mobility.web.notices.screen import Page, blueprint
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import DayField, Form
from mobility.web.shared.numbers import row_number


class StartForm(Form):
    """When something last took place."""

    on_day = DayField()


@blueprint.get("/treaty-dates", endpoint="treaty_dates")
@needs_role(Role.MANAGER)
def show_dates() -> str:
    """All next dates, soonest first, and what has no date because nobody said when it last took place."""
    return _page(StartForm())


def _page(form: StartForm, wrong: str = "") -> str:
    own, reader, today = db.session(), current_actor(), utc_now().date()
    return render_template(
        "notices/treaty_dates.html",
        dates=treaty_dates(own, today, reader.managed_programmes),
        starts=list_starts(own, reader, today),
        form=form,
        wrong=wrong,
        today=today,
        kinds=KINDS,
        life_title=life_title,
        law_text=law_text,
        in_language=in_language,
    )


@blueprint.post("/treaty-dates")
@needs_role(Role.MANAGER)
def enter_treaty_start() -> Page:
    """Keep when a meeting or a report last took place; the next date follows from it."""
    form = StartForm()
    programme_id, provision_id = (request.form.get(name, 0, type=row_number) for name in ("programme", "provision"))
    wrong = f"{programme_id}-{provision_id}"
    if not form.validate() or form.on_day.day is None:
        form.on_day.errors = form.on_day.errors or [_("Give day, month and year, for example 30 4 2027.")]
        return _page(form, wrong), 422
    try:
        with write_unit(db.session()) as session:
            enter_start(
                session,
                current_actor(),
                programme_id=programme_id or 0,
                provision_id=provision_id or 0,
                on=form.on_day.day,
                now=utc_now(),
            )
    except InvalidInput:
        form.on_day.errors = [_("This day has not come yet.")]
        return _page(form, wrong), 422
    flash(_("The day is saved. The next date follows from it."))
    return redirect(url_for("notices.treaty_dates"))
