"""One section of an application: filling it in, autosave, and the merge page when two tabs collide.

A form carries the version and a name of its page, and what stood in it when it was opened. Saving keeps whatever was
typed; only then is it judged. htmx posts the same form to the same address after each change.
"""

import secrets
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.domain.applications.vocabulary import SECTION_FIELDS, SectionCode
from mobility.domain.errors import ChangedMeanwhile
from mobility.i18n.applications_labels import format_time_of_day, saved_words
from mobility.services.applications import sections
from mobility.services.applications.reading import read_answers
from mobility.services.applications.sections import SectionView
from mobility.storage.db import db, write_unit
from mobility.web.applications.display import answer_lines, field_label
from mobility.web.applications.inputs import Sheet, make_sheet, pack, read_form, unpack
from mobility.web.applications.views import WORDS, blueprint, section_url
from mobility.web.shared.access import current_actor, signed_in

Page = str | Response | tuple[str, int]


@blueprint.get("/applications/<int:application_id>/<code>")
@signed_in
def section(application_id: int, code: str) -> Page:
    """The form of a section; `more` asks for further empty rows, `strict` also names what is still missing."""
    view = sections.get_section(db.session(), current_actor(), application_id, _section(code), utc_now())
    spare = min(max(request.args.get("more", 1, type=int), 1), 5)
    sheet = make_sheet(
        view.code, view.shown, view.facts, view.problems, spare_rows=spare, is_strict="strict" in request.args
    )
    return _page(view, sheet)


@blueprint.post("/applications/<int:application_id>/<code>")
@signed_in
def save(application_id: int, code: str) -> Page:
    """Keep what was typed, then go on, or say what is wrong; an autosave only answers that it was kept."""
    kind = _section(code)
    raw = _chosen(kind, application_id) if "mine" in request.form else read_form(kind, request.form)
    try:
        view = _save(application_id, kind, raw)
    except ChangedMeanwhile:
        return _collision(application_id, kind, raw)
    if "HX-Request" in request.headers:
        return _fragment(view)
    return _go_on(view)


def _section(code: str) -> SectionCode:
    if code not in list(SectionCode) or code == SectionCode.DOCUMENTS:
        abort(404)
    return SectionCode(code)


def _save(application_id: int, code: SectionCode, raw: dict[str, Any]) -> SectionView:
    version = request.form.get("row_version", "")
    with write_unit(db.session()) as session:
        return sections.save_section(
            session,
            current_actor(),
            application_id,
            code,
            raw,
            row_version=int(version) if version.isdecimal() and len(version) < 10 else -1,
            page=request.form.get("page", "")[:32],
            now=utc_now(),
        )


def _go_on(view: SectionView) -> Page:
    then = request.form.get("then", "continue")
    if then == "later":
        return redirect(url_for("applications.show", application_id=view.application_id))
    if then == "more":
        return redirect(section_url(view.application_id, view.code, more="2") + "#more")
    if view.problems:
        sheet = make_sheet(view.code, view.shown, view.facts, view.problems, is_strict=True)
        return _page(view, sheet, page=request.form.get("page", "")[:32]), 422
    if view.following is None:
        return redirect(url_for("applications.show", application_id=view.application_id))
    return redirect(section_url(view.application_id, view.following))


def _page(view: SectionView, sheet: Sheet, page: str = "") -> str:
    return render_template(
        f"applications/sections/{view.code.value}.html",
        view=view,
        sheet=sheet,
        page=page or secrets.token_hex(16),
        before=pack(view.shown),
        saved=_saved(view),
        **WORDS,
    )


def _fragment(view: SectionView) -> str:
    return render_template("applications/saved.html", view=view, words=_saved(view))


def _saved(view: SectionView) -> str:
    return saved_words(view.saved_at, current_actor().time_zone) if view.saved_at else ""


def _chosen(code: SectionCode, application_id: int) -> dict[str, Any]:
    """Put together what was chosen line by line on the merge page: mine where so marked, else what is stored."""
    mine = unpack(code, request.form["mine"])
    theirs = sections.get_section(db.session(), current_actor(), application_id, code, utc_now()).shown
    return {
        each.code: (mine if request.form.get(f"choice-{each.code}") == "mine" else theirs).get(each.code)
        for each in SECTION_FIELDS[code]
    }


def _collision(application_id: int, code: SectionCode, raw: dict[str, Any]) -> Page:
    """Another page saved in between: show both, or simply go on where both say the same."""
    theirs = sections.get_section(db.session(), current_actor(), application_id, code, utc_now())
    mine = sections.read_shown(code, raw)
    is_autosave = "HX-Request" in request.headers
    if mine == theirs.shown:
        return _fragment(theirs) if is_autosave else _go_on(theirs)
    if is_autosave:
        return render_template("applications/collided.html", opened=request.form.get("row_version", ""))
    before = unpack(code, request.form.get("before", ""))
    page = render_template(
        "applications/merge.html",
        view=theirs,
        lines=_merge_lines(theirs, before, mine),
        mine=pack(mine),
        page=secrets.token_hex(16),
        time=format_time_of_day(theirs.saved_at, current_actor().time_zone) if theirs.saved_at else "",
        **WORDS,
    )
    return page, 409


def _merge_lines(theirs: SectionView, before: dict[str, Any], mine: dict[str, Any]) -> list[dict[str, Any]]:
    """One line a field: the words of each side, who changed it, and which side is chosen beforehand."""
    words = []
    for shown in (before, theirs.shown, mine):
        reading = read_answers(theirs.code, shown)
        words.append(answer_lines(theirs.code, reading.answers, reading.typed))
    was, stands, written = words
    return [
        {
            "code": each.code,
            "label": field_label(each.code),
            "before": was[each.code],
            "theirs": stands[each.code],
            "mine": written[each.code],
            "is_different": stands[each.code] != written[each.code],
            "chosen": "mine" if stands[each.code] == was[each.code] else "theirs",
        }
        for each in SECTION_FIELDS[theirs.code]
    ]
