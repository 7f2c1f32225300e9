"""Putting off the notices about one date, and the list of what is put off at a desk."""

from flask import flash, redirect, render_template, url_for
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.formats import format_date, in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.stages_labels import stage_label
from mobility.services import snoozing
from mobility.storage.db import db, write_unit
from mobility.web.notices.screen import Page, blueprint
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import DayField, Form


class SnoozeForm(Form):
    """Until when, and why."""

    until_on = DayField(_l("Until"), [InputRequired()])
    reason = TextAreaField(_l("Why"), [InputRequired(), Length(max=snoozing.LONGEST_REASON)])


@blueprint.get("/clocks/<int:clock_id>/snooze")
@needs_role(Role.OFFICER, Role.HEAD)
def ask_snooze(clock_id: int) -> str:
    """Ask until when and why."""
    clock = snoozing.get_clock(db.session(), current_actor(), clock_id, utc_now())
    return _page(SnoozeForm(data={"until_on": clock.until_on, "reason": clock.reason}), clock)


def _page(form: SnoozeForm, clock: snoozing.SnoozedClock) -> str:
    return render_template("notices/snooze.html", form=form, clock=clock, law_text=law_text, stage_label=stage_label)


@blueprint.post("/clocks/<int:clock_id>/snooze")
@needs_role(Role.OFFICER, Role.HEAD)
def snooze(clock_id: int) -> Page:
    """Put the notices off."""
    form, actor, now = SnoozeForm(), current_actor(), utc_now()
    clock = snoozing.get_clock(db.session(), actor, clock_id, now)
    if form.validate() and form.until_on.day is not None:
        try:
            with write_unit(db.session()) as session:
                until, why = form.until_on.day, str(form.reason.data)
                snoozing.snooze(session, actor, clock_id, until_on=until, reason=why, now=now)
            flash(_("The notices about this date are put off."))
            return redirect(url_for("desk.show", reference=clock.reference))
        except InvalidInput as error:
            _refuse(form, error, clock)
    return _page(form, clock), 422


def _refuse(form: SnoozeForm, error: InvalidInput, clock: snoozing.SnoozedClock) -> None:
    if error.parameters["field"] == "until_on":
        latest = format_date(clock.latest_until, "long")
        form.until_on.errors = [_("Give a day after today and at the latest %(day)s.", day=latest)]
    else:
        form.reason.errors = [_("Say why, in a sentence.")]


@blueprint.post("/clocks/<int:clock_id>/snooze/end")
@needs_role(Role.OFFICER, Role.HEAD)
def end_snooze(clock_id: int) -> Page:
    """Let the notices come again."""
    with write_unit(db.session()) as session:
        snoozing.end_snooze(session, current_actor(), clock_id, utc_now())
    flash(_("The notices about this date come again."))
    return redirect(url_for("notices.snoozed"))


@blueprint.get("/desk/snoozed")
@needs_role(Role.OFFICER, Role.HEAD)
def snoozed() -> str:
    """What is put off, by whom and why: one's own, and at a desk that one heads everybody's."""
    lines = snoozing.list_snoozes(db.session(), current_actor(), utc_now().date())
    return render_template(
        "notices/snoozed.html",
        lines=lines,
        form=Form(),
        law_text=law_text,
        stage_label=stage_label,
        in_language=in_language,
    )
