"""Screens of statements for managers and the posts of the two states, and the public check of a hash."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound
from mobility.domain.statements import EntryCode, StatementState
from mobility.i18n import gettext as _
from mobility.i18n import reciprocity_labels, statements_labels
from mobility.i18n.law_texts import law_text
from mobility.services import statements
from mobility.services.statements import StatementPage
from mobility.storage.db import db, write_unit
from mobility.web.shared.access import current_actor, needs_role, public
from mobility.web.statements.forms import (
    FreezeForm,
    RemarkForm,
    StepForm,
    answer_form,
    correct_form,
    correctable,
    put_refusal,
    values_for_correction,
)

blueprint = Blueprint("statements", __name__, url_prefix="/statements")

Page = str | AnyResponse | tuple[str, int]
_READERS = (Role.MANAGER, Role.OFFICER, Role.HEAD)


@blueprint.get("/")
@needs_role(*_READERS)
def index() -> str:
    """The statements of the pairs this reader has to do with."""
    reader = current_actor()
    lines = statements.list_statement_lines(db.session(), reader)
    return render_template("statements/index.html", lines=lines, may_freeze=bool(reader.managed_programmes), **_WORDS)


@blueprint.get("/new")
@needs_role(Role.MANAGER)
def new() -> str:
    """Ask which statement to freeze."""
    return render_template("statements/new.html", form=_freeze_form())


@blueprint.post("/new")
@needs_role(Role.MANAGER)
def freeze() -> Page:
    """Freeze it."""
    form = _freeze_form()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                statement_id = statements.freeze_statement(unit, current_actor(), form.ask(), now=utc_now())
            flash(_("The statement is frozen. Nothing in it can change any more; one side signs next."))
            return redirect(url_for("statements.show", statement_id=statement_id))
        except InvalidInput as error:
            put_refusal(form, error)
    return render_template("statements/new.html", form=form), 422


def _freeze_form() -> FreezeForm:
    form = FreezeForm()
    form.fill_choices(statements.list_choices(db.session(), current_actor(), utc_now().date()))
    return form


@blueprint.get("/<int:statement_id>")
@needs_role(*_READERS)
def show(statement_id: int) -> str:
    """One version: its entries, whose turn it is, its steps and other versions."""
    page = statements.get_statement_page(db.session(), current_actor(), statement_id)
    form = StepForm(data={"row_version": str(page.row_version)})
    return render_template("statements/show.html", page=page, form=form, **_WORDS)


@blueprint.get("/<int:statement_id>.json")
@needs_role(*_READERS)
def download(statement_id: int) -> Response:
    """The frozen text itself: `sha256sum` of the file is the hash."""
    text, digest = statements.get_text(db.session(), current_actor(), statement_id)
    headers = {"Content-Disposition": f'attachment; filename="statement-{digest[:12]}.json"'}
    return Response(text.encode(), mimetype="application/json", headers=headers)


@blueprint.post("/<int:statement_id>/sign")
@needs_role(*_READERS)
def sign(statement_id: int) -> Page:
    """Sign for the reader's state."""
    form = StepForm()
    if not form.validate():
        abort(400)
    with write_unit(db.session()) as unit:
        statements.sign_statement(unit, current_actor(), statement_id, row_version=form.version(), now=utc_now())
    flash(_("The statement is signed. The other side was asked for its answer."))
    return redirect(url_for("statements.show", statement_id=statement_id))


@blueprint.get("/<int:statement_id>/answer")
@needs_role(*_READERS)
def ask_answer(statement_id: int) -> Page:
    """Ask for a word on each entry; who cannot answer lands on the statement."""
    page = _page(statement_id)
    if not page.may_answer:
        return redirect(url_for("statements.show", statement_id=statement_id))
    given = {f"v_{code}": verdict.value for code, verdict in page.verdicts.items()}
    form = answer_form(page)(data=given | {"row_version": str(page.row_version)})
    return render_template("statements/answer.html", page=page, form=form, **_WORDS)


@blueprint.post("/<int:statement_id>/answer")
@needs_role(*_READERS)
def answer(statement_id: int) -> Page:
    """Send the answer for the reader's state."""
    page = _page(statement_id)
    form = answer_form(page)()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                state = statements.answer_statement(
                    unit,
                    current_actor(),
                    statement_id,
                    form.verdicts(),
                    remarks=form.remarks(),
                    row_version=form.version(),
                    now=utc_now(),
                )
            flash(_CONFIRMED() if state is StatementState.CONFIRMED else _DISPUTED())
            return redirect(url_for("statements.show", statement_id=statement_id))
        except InvalidInput as error:
            put_refusal(form, error, ("t_", "v_"))
        except ChangedMeanwhile:
            return _overtaken(statement_id, form, "statements/answer.html")
    return render_template("statements/answer.html", page=page, form=form, **_WORDS), 422


def _CONFIRMED() -> str:  # noqa: N802 - a sentence
    return _("The statement is confirmed by both sides. The balance is carried over from it.")


def _DISPUTED() -> str:  # noqa: N802 - a sentence
    return _("The answer is sent. The other side was told which entries are disputed.")


def _overtaken(statement_id: int, form: Any, template: str, **more: Any) -> tuple[str, int]:
    """Show the form again over the statement as it stands now: nothing was overwritten, nothing typed is lost."""
    page = _page(statement_id)
    form.row_version.data = str(page.row_version)
    form.form_errors.append(_("Somebody else changed this statement meanwhile. Look at it again before you send."))
    return render_template(template, page=page, form=form, **more, **_WORDS), 409


@blueprint.get("/<int:statement_id>/correct")
@needs_role(Role.MANAGER)
def ask_correct(statement_id: int) -> Page:
    """Show what the records give today, and ask for agreed figures and the reason."""
    page = _page(statement_id)
    if not page.may_correct:
        return redirect(url_for("statements.show", statement_id=statement_id))
    form = correct_form(page)(data=values_for_correction(page))
    return render_template("statements/correct.html", page=page, form=form, **_counted(statement_id), **_WORDS)


@blueprint.post("/<int:statement_id>/correct")
@needs_role(Role.MANAGER)
def correct(statement_id: int) -> Page:
    """Freeze the corrected version."""
    page = _page(statement_id)
    form = correct_form(page)()
    if form.validate():
        try:
            with write_unit(db.session()) as unit:
                newer = statements.correct_statement(
                    unit,
                    current_actor(),
                    statement_id,
                    agreed=form.agreed(),
                    why=form.why.data,
                    row_version=form.version(),
                    now=utc_now(),
                )
            flash(_("A corrected version is frozen. One side signs it next."))
            return redirect(url_for("statements.show", statement_id=newer))
        except InvalidInput as error:
            put_refusal(form, error, ("r_" if error.parameters.get("reason") == "no_reason" else "n_", ""))
        except ChangedMeanwhile:
            return _overtaken(statement_id, form, "statements/correct.html", **_counted(statement_id))
    html = render_template("statements/correct.html", page=page, form=form, **_counted(statement_id), **_WORDS)
    return html, 422


def _counted(statement_id: int) -> dict[str, Any]:
    found = statements.count_again(db.session(), current_actor(), statement_id, now=utc_now())
    return {"counted": {entry.code: entry for entry in found}, "correctable": correctable()}


@blueprint.get("/<int:statement_id>/entries/<code>")
@needs_role(*_READERS)
def entry(statement_id: int, code: str) -> str:
    """One entry: its figure, the cases behind it, and the thread."""
    return _entry_html(statement_id, code, RemarkForm())


@blueprint.post("/<int:statement_id>/entries/<code>")
@needs_role(*_READERS)
def write_remark(statement_id: int, code: str) -> Page:
    """Write in the thread of an entry."""
    form = RemarkForm()
    if not form.validate():
        return _entry_html(statement_id, code, form), 422
    with write_unit(db.session()) as unit:
        statements.write_remark(unit, current_actor(), statement_id, _code(code), form.text.data, now=utc_now())
    flash(_("Your message was sent to the other side."))
    return redirect(url_for("statements.entry", statement_id=statement_id, code=code))


def _entry_html(statement_id: int, code: str, form: RemarkForm) -> str:
    found = statements.get_entry_page(db.session(), current_actor(), statement_id, _code(code))
    return render_template("statements/entry.html", found=found, page=found.page, form=form, **_WORDS)


def _code(code: str) -> EntryCode:
    try:
        return EntryCode(code)
    except ValueError:
        raise NotFound(entry=code) from None


@blueprint.get("/check")
@public
def check() -> Page:
    """Say what a hash stands for and whether the statement behind it is intact; nothing about cases."""
    typed = request.args.get("hash", "").strip()
    found, problem = None, ""
    if typed:
        try:
            found = statements.check_hash(db.session(), typed)
        except InvalidInput:
            problem = statements_labels.refusal_words("not_a_hash", typed[:80])
    html = render_template("statements/check.html", typed=typed[:200], found=found, problem=problem, **_WORDS)
    return (html, 422) if problem else html


def _page(statement_id: int) -> StatementPage:
    return statements.get_statement_page(db.session(), current_actor(), statement_id)


_WORDS: dict[str, Any] = {
    "words": statements_labels,
    "period_name": reciprocity_labels.period_name,
    "law_text": law_text,
    "StatementState": StatementState,
    "EntryCode": EntryCode,
}
