"""The blueprint of programmes, and what its views share."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.ledger import LedgerTerms
from mobility.i18n.applications_labels import discipline_name
from mobility.i18n.formats import country_name, in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.ledger_words import ledger_terms_words
from mobility.i18n.periods import period_phrase
from mobility.i18n.programmes_labels import KINDS, STAGES, programme_reason
from mobility.web.shared.forms import Form

blueprint = Blueprint("programmes", __name__, url_prefix="/programmes")
Page = str | Response | tuple[str, int]
PROGRAMME_CODES = ("programme_created", "programme_changed", "route_created", "route_changed")
"""Entries that change a programme or a route; both are edited under the version of the programme."""
CALL_CODES = ("call_created", "call_changed", "call_published", "call_taken_back")

WORDS: dict[str, Any] = {
    "in_language": in_language,
    "law_text": law_text,
    "period_phrase": period_phrase,
    "country_name": country_name,
    "discipline_name": discipline_name,
    "kind_names": KINDS,
    "stage_names": STAGES,
    "surplus_words": lambda expires_after, cap: ledger_terms_words(LedgerTerms(expires_after=expires_after, cap=cap)),
}


def refuse(form: Form, error: InvalidInput) -> None:
    """Put the sentence of a refused answer beside its field; on the form as a whole where it has no such field."""
    field = form._fields.get(str(error.parameters.get("field")))
    if field is None:
        form.form_errors.append(programme_reason(error))
    else:
        field.errors = (*field.errors, programme_reason(error))
