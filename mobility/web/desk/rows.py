"""The rows of a queue as markup: written once, and again when anything in them changes.

A row is made of nothing but what its `DeskRow` holds and of the reader's language, so the two are the key: whoever may
read the same row gets the same markup, and what changed is another row. Writing fifty costs more than all else on the
page; most stand there unchanged each time it is opened on a day.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from flask import current_app, url_for
from jinja2 import Template
from markupsafe import Markup

from mobility.i18n import current_code
from mobility.i18n.cases_labels import lamp_label
from mobility.services.cases.views import DeskRow
from mobility.web.cases.words import CASE_WORDS

_MOST_KEPT = 2000


def row_writer() -> Callable[[DeskRow], Markup]:
    """Return the function that writes a row in the language, and with the addresses, of this request."""
    template = current_app.jinja_env.get_template("desk/rows.html")  # another one when the file was changed
    urls = url_for("clocks.why", clock_id=0), url_for("desk.show", reference="~")
    return partial(_written, _macros(template, current_code(), *urls))


@lru_cache(maxsize=32)
def _macros(template: Template, code: str, why_url: str, case_url: str) -> Any:
    words = {"lamp_label": lamp_label, "why_url": why_url, "case_url": case_url}
    return template.make_module(CASE_WORDS | words)


@lru_cache(maxsize=_MOST_KEPT)
def _written(macros: Any, row: DeskRow) -> Markup:
    written = macros.row(row)
    assert isinstance(written, Markup)
    return written
