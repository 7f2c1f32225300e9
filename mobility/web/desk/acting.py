"""How an officer's act goes: check the form, one service in one unit, then back to the case file.

What is refused is shown again as it was typed; what somebody else changed meanwhile becomes the merge page, where the
officer sees what it was, what was saved, what they typed, and decides again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectField

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound
from mobility.i18n import gettext as _
from mobility.i18n.history_words import history_sentence
from mobility.services.cases import CasePage, case_for_officer, get_case
from mobility.storage.db import db, write_unit
from mobility.web.cases.words import CASE_WORDS
from mobility.web.shared.access import current_actor
from mobility.web.shared.fact_forms import put_refusal

OFFICERS = (Role.OFFICER, Role.HEAD)
Page = str | Response | tuple[str, int]
Work = Callable[[Session, int], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """What two people decided about one thing: its name, how it stands now, what this reader wanted it to become."""

    label: str
    theirs: str
    yours: str
    can_repeat: bool


def load(reference: str) -> CasePage:
    """Return the case file as this officer sees it."""
    return case_for_officer(db.session(), current_actor(), reference, utc_now())


def require(is_possible: bool, page: CasePage) -> None:
    """Raise NotFound for a page that this officer was not offered."""
    if not is_possible:
        raise NotFound(case=page.id)


def case_id_of(reference: str) -> int:
    """Return the id of somebody else's case within the scope; NotFound for one's own."""
    case = get_case(db.session(), reference)
    if case.person_id == current_actor().person_id:
        raise NotFound(case=reference)
    return case.id


def back(reference: str, anchor: str = "") -> Response:
    """Return to the case file."""
    return redirect(url_for("desk.show", reference=reference, _anchor=anchor or None))


def perform(
    reference: str,
    form: Any,
    work: Work,
    *,
    done: str,
    again: Callable[[], str],
    collision: Callable[[CasePage], Collision],
    anchor: str = "",
) -> Page:
    """Do the work in a unit and go back to the case file; `again` renders the form with what was typed."""
    case_id = case_id_of(reference)
    if request.form.get("choice") == "theirs":
        flash(_("What was saved meanwhile stands. Your change was dropped."))
        return back(reference, anchor)
    if not form.validate():
        return again(), 422
    try:
        with write_unit(db.session()) as session:
            work(session, case_id)
    except InvalidInput as error:
        put_refusal(form, error)
        return again(), 422
    except ChangedMeanwhile as error:
        return merge_page(reference, form, error, collision), 409
    flash(done)
    return back(reference, anchor)


def merge_page(reference: str, form: Any, error: ChangedMeanwhile, collision: Callable[[CasePage], Collision]) -> str:
    """Show before, theirs and yours; choosing yours sends the same form again on the present version."""
    page = load(reference)
    seen = request.form.get("seen", "")
    newer = [entry for entry in page.history if seen.isdecimal() and entry.seq > int(seen)]
    return render_template(
        "desk/merge.html",
        page=page,
        collision=collision(page),
        was=request.form.get("was", ""),
        newer=newer,
        typed=typed_lines(form),
        values=[(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT],
        version=error.parameters["current"],
        seen=page.history[0].seq if page.history else 0,
        action=request.path,
        history_words=lambda entry: history_sentence(entry.code, entry.parameters),
        **CASE_WORDS,
    )


_NOT_KEPT = frozenset({"csrf_token", "row_version", "seen", "was", "choice"})


def typed_lines(form: Any) -> list[tuple[str, str]]:
    """Return label and words of everything that was typed into a form."""
    lines = []
    for field in form:
        words = "" if isinstance(field, HiddenField) or field.type == "CSRFTokenField" else _words(field)
        if words:
            lines.append((str(field.label.text), words))
    return lines


def _words(field: Any) -> str:
    if isinstance(field, RadioField | SelectField):
        return next((str(choice.label) for choice in field.iter_choices() if choice.value == field.data), "")
    return str(field._value() or "")


def form_page(page: CasePage, form: Any, *, head: str, lead: str, button: str, **more: Any) -> str:
    """Render the page of one form: head, what follows from it, the fields, one button."""
    return render_template(
        "desk/form.html",
        page=page,
        form=form,
        head=head,
        lead=lead,
        button=button,
        action=more.pop("action", request.path),
        **more,
        **CASE_WORDS,
    )
