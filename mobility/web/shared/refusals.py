"""Puts what a service refuses beside the field it is about, and fills selects; for the forms of all screens."""

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice

from mobility.domain.errors import InvalidInput
from mobility.i18n.accounts_labels import reason_sentence
from mobility.web.shared.forms import Form


def choices(pairs: Iterable[tuple[Any, Any]], empty: Any = None) -> list[SelectChoice]:
    """Return choices for a select from (value, words) pairs, after one for an empty answer where there is one."""
    first = [SelectChoice("", str(empty))] if empty is not None else []
    return first + [SelectChoice(str(value), str(words)) for value, words in pairs]


def refuse(form: Form, error: InvalidInput) -> None:
    """Put the sentence of a refused answer beside its field; on the form as a whole where it has no such field."""
    field = form._fields.get(str(error.parameters.get("field")))
    if field is None:
        form.form_errors.append(reason_sentence(error))
    else:
        field.errors = (*field.errors, reason_sentence(error))
