"""The queue of a desk and the case file, read only; every act on a case is in a module of its own."""

from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.applications.vocabulary import SEALED, SECTION_FIELDS, SectionCode
from mobility.domain.cases import CaseStatus
from mobility.domain.errors import NotFound
from mobility.domain.stages import Side, StageKind, StageStep
from mobility.i18n.applications_labels import DISCIPLINES, SECTIONS
from mobility.i18n.cases_labels import case_step_label, desk_group_label, lamp_label
from mobility.i18n.clock_words import short_days_words
from mobility.i18n.formats import format_date
from mobility.i18n.history_words import history_sentence
from mobility.services.cases import (
    CasePage,
    DeskFilters,
    DeskGroup,
    case_for_officer,
    list_desk,
    list_desks,
    open_sealed_of_case,
)
from mobility.services.cases.views import StageView
from mobility.services.stages import StepOffer
from mobility.storage.db import db, write_unit
from mobility.web.applications.display import answer_lines, field_label
from mobility.web.cases.forms import empty
from mobility.web.cases.words import CASE_WORDS, current_documents, decisions, turn_words
from mobility.web.desk.forms import LetterForm
from mobility.web.desk.rows import above_rows, row_writer
from mobility.web.shared.access import current_actor, needs_role

Code = TypeVar("Code", bound=StrEnum)
blueprint = Blueprint("desk", __name__)
_LAST = (StageStep.RECEIVE_DOCUMENTS, StageStep.EXEMPT, StageStep.WAIVE, StageStep.LAPSE, StageStep.WITHDRAW)
"""Steps that are rarely the next one stand at the end of the choice."""
_FILTERS = ("q", "state", "stage", "status", "officer", "sending", "receiving")
DESK_WORDS: dict[str, Any] = CASE_WORDS | {
    "case_step_label": case_step_label,
    "desk_group_label": desk_group_label,
    "disciplines": DISCIPLINES,
    "history_sentence": history_sentence,
    "lamp_label": lamp_label,
    "short_days_words": short_days_words,
}


@blueprint.get("/desk")
@needs_role(Role.OFFICER, Role.HEAD)
def index() -> str | Response:
    """The queue of one desk; whoever sits at several chooses first."""
    session, actor = db.session(), current_actor()
    office_id = request.args.get("office", type=int)
    if office_id is None and len(actor.seats) > 1:
        return render_template("desk/desks.html", desks=list_desks(session, actor), **DESK_WORDS)
    office_id = actor.seats[0].office_id if office_id is None else office_id
    filters = read_filters()
    queue = list_desk(
        session, actor, office_id, filters=filters, now=utc_now(), after=request.args.get("after") or None
    )
    if not queue.rows and request.args.get("after"):
        return redirect(url_for("desk.index", **_kept(office_id)))
    has_other_desks = len(actor.seats) > 1
    bar, table_head = above_rows(filters, office_id if has_other_desks else None)
    return render_template(
        "desk/index.html",
        queue=queue,
        bar=bar,
        table_head=table_head,
        groups=[(group, rows) for group in DeskGroup if (rows := [row for row in queue.rows if row.group is group])],
        filters=filters,
        is_filtered=filters != DeskFilters(),
        kept=_kept(office_id),
        has_other_desks=has_other_desks,
        write_rows=row_writer(),
        **DESK_WORDS,
    )


def read_filters() -> DeskFilters:
    """Read the filters from the address; a value that is none is as good as no filter."""
    args = request.args
    given = {name: args[name].strip()[:100] if name in args else "" for name in _FILTERS}
    return DeskFilters(
        state=_one_of(DeskGroup, given["state"]),
        stage=_one_of(StageKind, given["stage"]),
        status=_one_of(CaseStatus, given["status"]),
        text=given["q"],
        sending=given["sending"].upper()[:2],
        receiving=given["receiving"].upper()[:2],
        assigned=given["officer"],
    )


def _one_of(codes: type[Code], given: str) -> Code | None:
    return codes(given) if given and given in list(codes) else None


def _kept(office_id: int) -> dict[str, Any]:
    """Return what of the address the links of the page carry on."""
    args = request.args
    kept = {name: args[name] for name in _FILTERS if args.get(name)}
    return ({"office": str(office_id)} if len(current_actor().seats) > 1 else {}) | kept


@blueprint.get("/desk/cases/<reference>")
@needs_role(Role.OFFICER, Role.HEAD, Role.MANAGER)
def show(reference: str) -> str:
    """The case file."""
    return case_file(reference)


def case_file(reference: str, **forms: Any) -> str:
    """Render the case file; `forms` take the place of the empty ones, to show again what was typed."""
    page = case_for_officer(db.session(), current_actor(), reference, utc_now())
    shown = {
        "message": empty(LetterForm, prefix="message-"),
        "note": empty(LetterForm, prefix="note-"),
    } | forms
    return render_template(
        "desk/show.html",
        page=page,
        turn=turn_words(page, page.turn, is_yours=_is_yours(page)) if page.turn else None,
        own_clocks=[clock for clock in page.clocks if clock.office and clock.office.id in page.my_office_ids],
        offers=ordered_offers,
        is_office=bool(page.my_office_ids),
        documents_shown=current_documents(page),
        decisions=decisions(page),
        forms=shown,
        wrong=next((form for form in shown.values() if form.errors), None),
        **DESK_WORDS,
    )


def _is_yours(page: CasePage) -> bool:
    office = page.office(page.turn.office_id) if page.turn is not None else None
    return (
        page.turn is not None
        and page.turn.who is Side.OFFICE
        and office is not None
        and office.id in page.my_office_ids
    )


def ordered_offers(stage: StageView) -> list[StepOffer]:
    """Return what may be done in a stage, the ways out at the end."""
    return sorted(stage.offers, key=lambda offer: (_LAST.index(offer.step) + 1) if offer.step in _LAST else 0)


@blueprint.get("/desk/cases/<reference>/application")
@needs_role(Role.OFFICER, Role.HEAD, Role.MANAGER)
def application(reference: str) -> str:
    """What the applicant answered, as it was sent."""
    page = case_for_officer(db.session(), current_actor(), reference, utc_now())
    sections = [
        (SECTIONS[code.value], code, _lines(code, page.answers[code.value]))
        for code in SectionCode
        if code.value in page.answers and SECTION_FIELDS[code]
    ]
    return render_template("desk/application.html", page=page, sections=sections, field_label=field_label, **DESK_WORDS)


def _lines(code: SectionCode, answers: dict[str, Any]) -> dict[str, list[str]]:
    """Return the answers of a section line by line; what is protected has no line but its code."""
    given = {name: value for name, value in answers.items() if value != SEALED}
    return answer_lines(code, given, {}) | {name: [SEALED] for name in answers if name not in given}


@blueprint.post("/desk/cases/<reference>/protected")
@needs_role(Role.OFFICER, Role.HEAD)
def sealed(reference: str) -> str:
    """Show protected fields once; that they were read is kept, and the applicant can see by whom."""
    page = case_for_officer(db.session(), current_actor(), reference, utc_now())
    if not page.my_office_ids:
        raise NotFound(case=page.id)
    with write_unit(db.session()) as session:
        values = open_sealed_of_case(session, current_actor(), page.id, utc_now())
    lines = [(field_label(code), _sealed_words(code, value)) for code, value in values.items()]
    return render_template("desk/sealed.html", page=page, lines=lines, **DESK_WORDS)


def _sealed_words(code: str, value: str) -> str:
    return format_date(date.fromisoformat(value), "long") if code == "birth_on" else value
