"""Correcting the day a time limit counts from: the officer sees what the correction does, then makes it.

Reached from the page that explains the date. What it does to reminders and letters is decided in
`services/recompute/correcting`.
"""

from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.domain.errors import InvalidInput, NotFound
from mobility.i18n import gettext as _
from mobility.i18n.clock_words import due_words
from mobility.i18n.formats import format_date
from mobility.i18n.law_texts import law_text
from mobility.services.cases import CasePage, ClockView
from mobility.services.recompute import Days, correct_trigger, preview_correction
from mobility.storage.db import db
from mobility.web.cases.forms import empty
from mobility.web.desk.acting import OFFICERS, Collision, Page, case_id_of, form_page, load, perform
from mobility.web.desk.forms import CorrectForm
from mobility.web.desk.views import blueprint
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.fact_forms import put_refusal


def _day(form: Any) -> date:
    """Return the day of a form that was found valid."""
    day: date | None = form.on_day.day
    assert day is not None, "the field is required"
    return day


def _clock(page: CasePage, clock_id: int) -> ClockView:
    found = page.clock(clock_id)
    if found is None or not found.can_correct:
        raise NotFound(clock=clock_id)
    return found


@blueprint.get("/desk/cases/<reference>/clocks/<int:clock_id>/correct")
@needs_role(*OFFICERS)
def correct(reference: str, clock_id: int) -> Page:
    """Ask from which day the time limit counts after all, and why."""
    page = load(reference)
    clock = _clock(page, clock_id)
    return _page(page, clock, empty(CorrectForm, data={"row_version": clock.row_version}))


@blueprint.post("/desk/cases/<reference>/clocks/<int:clock_id>/correct")
@needs_role(*OFFICERS)
def send_correction(reference: str, clock_id: int) -> Page:
    """Show what the day does; the same day sent again after that is recorded."""
    case_id_of(reference)
    page = load(reference)
    clock = _clock(page, clock_id)
    form = CorrectForm()
    if form.validate() and form.shown.data != _day(form).isoformat():
        return _previewed(page, clock, form)

    def work(session: Session, case_id: int) -> None:
        correct_trigger(
            session,
            current_actor(),
            clock_id,
            _day(form),
            form.reason.data or "",
            form.version(),
            utc_now(),
        )

    def collision(page: CasePage) -> Collision:
        found = page.clock(clock_id)
        theirs = due_words(found) if found is not None else ""
        yours = format_date(_day(form), "long")
        return Collision(
            label=_("Counted from"), theirs=theirs, yours=yours, can_repeat=found is not None and found.can_correct
        )

    return perform(
        reference,
        form,
        work,
        done=_("The time limit now counts from that day; its new date stands in the table."),
        again=lambda: _page(load(reference), clock, form),
        collision=collision,
    )


def _previewed(page: CasePage, clock: ClockView, form: Any) -> Page:
    """Render the form again with the date that the typed day leads to; the next press records it."""
    try:
        becomes = preview_correction(db.session(), current_actor(), clock.id, _day(form), utc_now())
    except InvalidInput as error:
        put_refusal(form, error)
        return _page(page, clock, form), 422
    form.shown.data = _day(form).isoformat()
    return _page(page, clock, form, becomes)


def _page(page: CasePage, clock: ClockView, form: Any, becomes: Days | None = None) -> str:
    lead = _("It counts from %(day)s now.", day=format_date(clock.trigger_on, "long"))
    if becomes is not None:
        lead = _(
            "Due until now: %(was)s. Counted from %(start)s, it is due %(day)s.",
            was=format_date(clock.earliest_on, "long"),
            start=format_date(_day(form), "long"),
            day=format_date(becomes.earliest_on, "long"),
        )
    return form_page(
        page,
        form,
        head=_("Correct the day it counts from"),
        lead=lead,
        button=_("Count from this day") if becomes is not None else _("Show what changes"),
        action=url_for("desk.send_correction", reference=page.reference, clock_id=clock.id),
        about=law_text(clock.owes),
        note=_("The earlier date and the reason are kept. Those concerned are told when a date moves."),
        was=due_words(clock),
    )
