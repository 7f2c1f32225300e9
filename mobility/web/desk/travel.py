"""The journey as the receiving post records it: arrival, departure, and a plan that changes before."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.i18n import gettext as _
from mobility.i18n.case_page_words import span_words
from mobility.i18n.cases_labels import case_status_label
from mobility.i18n.formats import format_date
from mobility.services import stays
from mobility.services.cases import CasePage
from mobility.web.cases.forms import ArrivalForm, DepartureForm, empty
from mobility.web.desk.acting import OFFICERS, Collision, Page, form_page, load, perform, require
from mobility.web.desk.forms import PlanForm
from mobility.web.desk.views import blueprint
from mobility.web.shared.access import current_actor, needs_role


@blueprint.get("/desk/cases/<reference>/arrival")
@needs_role(*OFFICERS)
def arrival(reference: str) -> Page:
    """Ask for the day of arrival."""
    page = load(reference)
    require(page.may_record_arrival, page)
    return _arrival_page(page, empty(ArrivalForm))


def _arrival_page(page: CasePage, form: Any) -> str:
    return form_page(
        page,
        form,
        head=_("Record the arrival"),
        lead=_("The day the person really arrived. It counts in the balance between the two states at once."),
        button=_("Record the arrival"),
        action=url_for("desk.record_arrival", reference=page.reference),
        about=span_words(page.planned_arrival_on, page.planned_departure_on),
    )


@blueprint.post("/desk/cases/<reference>/arrival")
@needs_role(*OFFICERS)
def record_arrival(reference: str) -> Page:
    """Record the day of arrival."""
    form = ArrivalForm()

    def work(session: Session, case_id: int) -> None:
        assert form.arrived_on.day is not None, "a required day was checked"
        stays.record_arrival(session, current_actor(), case_id, arrived_on=form.arrived_on.day, now=utc_now())

    return perform(
        reference,
        form,
        work,
        done=_("The arrival is recorded."),
        again=lambda: _arrival_page(load(reference), form),
        collision=_status,
    )


def _status(page: CasePage) -> Collision:
    status = case_status_label(page.status)
    return Collision(label=_("State of the case"), theirs=status, yours=status, can_repeat=True)


@blueprint.get("/desk/cases/<reference>/departure")
@needs_role(*OFFICERS)
def departure(reference: str) -> Page:
    """Ask for the day of departure."""
    page = load(reference)
    require(page.may_record_departure and page.stay is not None, page)
    version = page.stay.row_version if page.stay else 0
    return _departure_page(page, empty(DepartureForm, data={"row_version": version}))


def _departure_page(page: CasePage, form: Any) -> str:
    arrived = format_date(page.stay.arrived_on, "full") if page.stay else ""
    return form_page(
        page,
        form,
        head=_("Record the departure"),
        lead=_("The day the person really left. Arrived on %(day)s; both days count.", day=arrived),
        button=_("Record the departure"),
        action=url_for("desk.record_departure", reference=page.reference),
        about=span_words(page.planned_arrival_on, page.planned_departure_on),
    )


@blueprint.post("/desk/cases/<reference>/departure")
@needs_role(*OFFICERS)
def record_departure(reference: str) -> Page:
    """Record the day of departure."""
    form = DepartureForm()

    def work(session: Session, case_id: int) -> None:
        assert form.departed_on.day is not None, "a required day was checked"
        stays.record_departure(
            session,
            current_actor(),
            case_id,
            departed_on=form.departed_on.day,
            row_version=form.version(),
            now=utc_now(),
        )

    def collision(page: CasePage) -> Collision:
        left = page.stay.departed_on if page.stay else None
        return Collision(
            label=_("Day of departure"),
            theirs=format_date(left, "long") if left else _("empty"),
            yours=format_date(form.departed_on.day, "long") if form.departed_on.day else "",
            can_repeat=page.stay is not None,
        )

    return perform(
        reference,
        form,
        work,
        done=_("The departure is recorded."),
        again=lambda: _departure_page(load(reference), form),
        collision=collision,
    )


@blueprint.get("/desk/cases/<reference>/plan")
@needs_role(*OFFICERS)
def plan(reference: str) -> Page:
    """Ask for the new days of the planned stay."""
    page = load(reference)
    require(page.may_change_plan, page)
    given = {
        "row_version": page.row_version,
        "arrival_on": page.planned_arrival_on,
        "departure_on": page.planned_departure_on,
    }
    return _plan_page(page, empty(PlanForm, data=given))


def _plan_page(page: CasePage, form: Any) -> str:
    return form_page(
        page,
        form,
        head=_("Move the planned stay"),
        lead=_("Time limits that are counted back from the arrival move with it."),
        button=_("Move the stay"),
        action=url_for("desk.change_plan", reference=page.reference),
        about=span_words(page.planned_arrival_on, page.planned_departure_on),
        was=span_words(page.planned_arrival_on, page.planned_departure_on),
    )


@blueprint.post("/desk/cases/<reference>/plan")
@needs_role(*OFFICERS)
def change_plan(reference: str) -> Page:
    """Move the planned stay."""
    form = PlanForm()

    def work(session: Session, case_id: int) -> None:
        arrival_on, departure_on = form.arrival_on.day, form.departure_on.day
        assert arrival_on is not None, "a required day was checked"
        assert departure_on is not None, "a required day was checked"
        stays.change_plan(
            session,
            current_actor(),
            case_id,
            arrival_on=arrival_on,
            departure_on=departure_on,
            row_version=form.version(),
            now=utc_now(),
        )

    def collision(page: CasePage) -> Collision:
        first, last = form.arrival_on.day, form.departure_on.day
        return Collision(
            label=_("Planned stay"),
            theirs=span_words(page.planned_arrival_on, page.planned_departure_on),
            yours=span_words(first, last) if first and last else "",
            can_repeat=page.may_change_plan,
        )

    return perform(
        reference,
        form,
        work,
        done=_("The planned stay was moved."),
        again=lambda: _plan_page(load(reference), form),
        collision=collision,
    )
