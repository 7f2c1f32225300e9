"""When notices go out, as a programme or an office has it: other days, or no such notice where it is not mandatory."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.i18n import gettext as _
from mobility.i18n import reminders_labels as labels
from mobility.i18n.formats import in_language
from mobility.services import offices
from mobility.services.programmes import get_managed
from mobility.services.reminder_rules import RuleLine, change_rules, list_rules
from mobility.storage.db import db, write_unit
from mobility.web.notices.screen import Page, blueprint
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import Form


@blueprint.get("/programmes/<code>/notices")
@needs_role(Role.MANAGER)
def programme_rules(code: str) -> str:
    """The notices of one programme."""
    programme = get_managed(db.session(), current_actor(), code)
    return _page(list_rules(db.session(), programme_id=programme.id), programme.names, _to_programme(code))


def _to_programme(code: str) -> str:
    return url_for("programmes.show", code=code)


@blueprint.post("/programmes/<code>/notices")
@needs_role(Role.MANAGER)
def change_programme_rules(code: str) -> Page:
    """Keep what this programme has otherwise."""
    programme = get_managed(db.session(), current_actor(), code)
    return _change({"programme_id": programme.id}, programme.names, _to_programme(code))


@blueprint.get("/offices/<int:office_id>/notices")
@needs_role(Role.ADMINISTRATOR)
def office_rules(office_id: int) -> str:
    """The notices about the dates of one office."""
    office = offices.get_office(db.session(), current_actor(), office_id)
    return _page(list_rules(db.session(), office_id=office.id), office.names, _to_office(office_id))


def _to_office(office_id: int) -> str:
    return url_for("offices.edit", office_id=office_id)


@blueprint.post("/offices/<int:office_id>/notices")
@needs_role(Role.ADMINISTRATOR)
def change_office_rules(office_id: int) -> Page:
    """Keep what this office has otherwise."""
    office = offices.get_office(db.session(), current_actor(), office_id)
    return _change({"office_id": office.id}, office.names, _to_office(office_id))


def _page(lines: Sequence[RuleLine], names: Any, back: str, wrong: str = "") -> str:
    return render_template(
        "notices/rules.html",
        lines=[(line, *(_typed(line) if wrong else _kept(line))) for line in lines],
        heading=in_language(names)[0],
        back=back,
        form=Form(),
        wrong=wrong,
        labels=labels,
    )


def _kept(line: RuleLine) -> tuple[str, bool]:
    """Return what the field of the days says and whether the notice goes out, as it holds now."""
    return str(abs(line.usual_days if line.offset_days is None else line.offset_days)), line.offset_days is not None


def _typed(line: RuleLine) -> tuple[str, bool]:
    """Return the same as it was sent."""
    name = _name(line)
    return request.form.get(f"days-{name}", ""), f"on-{name}" in request.form


def _name(line: RuleLine) -> str:
    return f"{line.code}-{line.audience.value}"


def _change(owner: dict[str, int], names: Any, back: str) -> Page:
    lines = list_rules(db.session(), **owner)
    names = dict(names)
    try:
        wanted = {(line.code, line.audience.value): _read(line) for line in lines}
        with write_unit(db.session()) as session:
            change_rules(session, current_actor(), wanted, now=utc_now(), **owner)
    except InvalidInput as error:
        return _page(lines, names, back, _why(error)), 422
    flash(_("Saved. It holds for notices that are planned from now on."))
    return redirect(request.path)


def _read(line: RuleLine) -> int | None:
    """Return the days from the anchor that the form gives; the fields of a fixed day are not there."""
    name = _name(line)
    if not line.is_mandatory and f"on-{name}" not in request.form:
        return None
    typed = request.form.get(f"days-{name}", "").strip()
    if not typed:
        return line.usual_days
    if not typed.isdecimal() or len(typed) > 4:
        raise InvalidInput(field="offset_days", reason="not_days", value=typed)
    return int(typed) if line.usual_days > 0 else -int(typed)


def _why(error: InvalidInput) -> str:
    if error.parameters["reason"] == "too_far":
        return _("A notice can go out at most %(days)s days before or after.", days=str(error.parameters["most"]))
    return _("Give a whole number of days, at least 1. A warning comes before the day, an escalation after it.")
