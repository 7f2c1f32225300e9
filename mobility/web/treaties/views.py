"""Pages of law; they read the registry and change nothing."""

from typing import Any

from flask import Blueprint, render_template

from mobility.clock import utc_now
from mobility.i18n import treaties_labels as labels
from mobility.i18n.event_labels import event_words
from mobility.i18n.formats import country_name
from mobility.i18n.law_texts import law_text
from mobility.i18n.periods import period_phrase
from mobility.services import registry
from mobility.storage.db import db
from mobility.web.shared.access import current_actor, staff_only

blueprint = Blueprint("treaties", __name__, url_prefix="/law")

_WORDS: dict[str, Any] = {
    "labels": labels,
    "law_text": law_text,
    "country_name": country_name,
    "period_phrase": period_phrase,
    "event_words": event_words,
}


@blueprint.get("/")
@staff_only
def index() -> str:
    """Every instrument, by kind."""
    instruments = registry.list_instruments(db.session())
    by_kind = {kind: [each for each in instruments if each.kind == kind] for kind in labels.INSTRUMENT_KINDS}
    return render_template(
        "treaties/index.html", by_kind={kind: found for kind, found in by_kind.items() if found}, **_WORDS
    )


@blueprint.get("/<code>")
@staff_only
def show(code: str) -> str:
    """One instrument: parties with their dates, provisions by stage."""
    instrument = registry.view_instrument(db.session(), code, utc_now())
    parties = sorted(instrument.parties, key=lambda each: country_name(each.country).casefold())
    return render_template("treaties/show.html", instrument=instrument, parties=parties, **_WORDS)


@blueprint.get("/provisions/<code>")
@staff_only
def provision(code: str) -> str:
    """One provision: what it says now, and every wording it has had."""
    found = registry.view_provision(db.session(), code, utc_now())
    return render_template("treaties/provision.html", provision=found, zone=current_actor().time_zone, **_WORDS)
