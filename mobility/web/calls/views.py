"""The start page with its filters, and the page of one call. Everybody may read both.

Filters live in the address; a page with an impossible one says so instead of showing everything.
"""

from flask import Blueprint, render_template, request

from mobility.clock import utc_now
from mobility.i18n.applications_labels import DISCIPLINES, STAGES, closing_words, discipline_name, stages_phrase
from mobility.i18n.formats import country_name, in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.periods import period_phrase
from mobility.i18n.time_zones import city_of
from mobility.services import calls
from mobility.services.applications.drafts import find_own_application
from mobility.storage.db import db
from mobility.web.shared.access import current_actor, is_signed_in, public

blueprint = Blueprint("calls", __name__)
_FILTERS = {"from": "sending", "to": "receiving", "field": "discipline", "words": "words", "after": "after"}


@blueprint.get("/")
@public
def index() -> str:
    """Open calls, the next one to close first."""
    chosen = {name: request.args.get(name, "").replace("\x00", "").strip()[:100] for name in _FILTERS}
    wanted = {_FILTERS[name]: value for name, value in chosen.items()}
    page = calls.list_calls(db.session(), **wanted, now=utc_now())
    choices = page.choices
    return render_template(
        "calls/index.html",
        page=page,
        chosen=chosen,
        is_filtered=any(value for name, value in chosen.items() if name != "after"),
        sending=_named(choices.sending),
        receiving=_named(choices.receiving),
        disciplines=[(code, str(DISCIPLINES[code])) for code in choices.disciplines],
        **_WORDS,
    )


@blueprint.get("/calls/<code>")
@public
def show(code: str) -> str:
    """One call: what, where, when, who may apply, and which time limits the law gives."""
    session = db.session()
    call = calls.get_call(session, code, utc_now())
    own = find_own_application(session, current_actor(), call.call_id) if is_signed_in() else None
    return render_template("calls/show.html", call=call, own=own, period_phrase=period_phrase, **_WORDS)


_WORDS = {
    "closing_words": closing_words,
    "discipline_name": discipline_name,
    "stage_names": STAGES,
    "stages_phrase": stages_phrase,
    "in_language": in_language,
    "law_text": law_text,
    "city_of": city_of,
}


def _named(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1].casefold())
