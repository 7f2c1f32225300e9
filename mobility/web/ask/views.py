"""The public calculator: a question in the address, its answer with every step; the same as JSON with `?format=json`.

Reads and never writes. Whatever the address says, the answer is a date or a message beside the field it is about.
"""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.datastructures import MultiDict

from mobility.clock import utc_now
from mobility.domain.errors import DomainError
from mobility.domain.time_limits import Answer
from mobility.domain.time_limits.errors import DateOutOfRange
from mobility.i18n.ask_words import provision_choice, provision_group
from mobility.i18n.derivations import as_plain, calendar_name, cautions, explain, result_text
from mobility.i18n.law_texts import law_text
from mobility.services.asking import Question, Replied, list_askable, list_rule_sets, reply
from mobility.services.deadlines import answered, holiday_in_current_language
from mobility.storage.db import db
from mobility.web.ask.forms import AskForm, fill_choices, grouped
from mobility.web.clocks.ask_links import ask_url
from mobility.web.clocks.plate_page import plate_of
from mobility.web.clocks.words import CLOCK_WORDS
from mobility.web.shared.access import public

blueprint = Blueprint("ask", __name__)
_NOT_A_QUESTION = frozenset({"format", "lang"})


@blueprint.get("/ask")
@public
def index() -> Any:
    """The form, and the answer where a question was asked."""
    is_asked = bool(set(request.args) - _NOT_A_QUESTION)
    form = _form(is_asked=is_asked)
    question = form.question() if is_asked and form.validate() else None
    found = _reply(form, question) if question is not None else None
    status = 422 if is_asked and found is None else 200
    if request.args.get("format") == "json":
        return _as_json(form, found), status
    return render_template("ask/index.html", form=form, pauses=form.pauses(), **_shown(found), **CLOCK_WORDS), status


def _form(*, is_asked: bool) -> AskForm:
    typed = MultiDict((key, value.replace("\x00", "")) for key, value in request.args.items(multi=True))
    form = AskForm(formdata=typed if is_asked else None)
    provisions = grouped(
        list_askable(db.session(), utc_now().date()),
        lambda each: provision_group(each.stage, each.instrument_title),
        lambda each: provision_choice(each.code, each.terms),
    )
    fill_choices(form, provisions, [(rules.code, law_text(rules.law)) for rules in list_rule_sets()])
    return form


def _reply(form: AskForm, question: Question) -> Replied | None:
    try:
        return reply(db.session(), question)
    except (DomainError, OverflowError) as error:
        form.refuse_for(error if isinstance(error, DomainError) else DateOutOfRange())
        return None


def _shown(found: Replied | None) -> dict[str, Any]:
    if found is None:
        return {"found": None}
    today = utc_now().date()
    return {
        "found": found,
        "today": today,
        "steps": _steps(found),
        "cautions": cautions(found.answer),
        "plate": plate_of(found.answer, found.source, today),
        "calendar_words": _calendar_words(found.answer),
        "json_url": ask_url(request.args.to_dict() | {"format": "json"}),
        "result_text": result_text,
    }


def _steps(found: Replied) -> Any:
    terms = found.terms
    citation = f"{law_text(found.instrument_title)}, {terms.article}" if terms is not None else None
    return explain(found.answer, provision=citation, holiday_name=holiday_in_current_language)


def _calendar_words(answer: Answer) -> str:
    return calendar_name(answer.calendar_code.rpartition("+")[2]) if answer.calendar_code else ""


def _as_json(form: AskForm, found: Replied | None) -> Response:
    if found is None:
        return jsonify({"errors": {name: list(messages) for name, messages in form.errors.items() if name}})
    terms = found.terms
    law: dict[str, Any] = {"law": found.law, "law_source": found.law_source}
    if terms is not None:
        law |= {
            "article": terms.article,
            "url": found.url,
            "confidence": terms.confidence,
            "is_verified": terms.is_verified,
        }
    told = answered(found.answer)
    return jsonify(told | law | {"explanation": as_plain(_steps(found)), "cautions": cautions(found.answer)})
