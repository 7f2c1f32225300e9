"""Parts of a queue's page as markup: written once, and again when anything in them changes.

A row is made of nothing but its `DeskRow` and the reader's language, so the two are the key: whoever may read the same
row gets the same markup, and what changed is another row. What stands above the rows is made of the filters and the
language. Writing all that costs more than all else on the page; most stands there unchanged each time it is opened.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any

from flask import current_app, request, url_for
from jinja2 import Template
from markupsafe import Markup

from mobility.domain.cases import CaseStatus
from mobility.domain.stages import StageKind
from mobility.i18n import current_code
from mobility.i18n.cases_labels import desk_group_label, lamp_label
from mobility.services.cases.views import DeskFilters, DeskGroup, DeskRow
from mobility.web.cases.words import CASE_WORDS

_MOST_KEPT = 2000
_STATES = (DeskGroup.LATE, DeskGroup.DUE_TODAY, DeskGroup.THIS_WEEK, DeskGroup.LATER, DeskGroup.STOPPED)
_ROW_WORDS = CASE_WORDS | {"lamp_label": lamp_label}
_BAR_WORDS = CASE_WORDS | {
    "desk_group_label": desk_group_label,
    "stages": list(StageKind),
    "states": _STATES,
    "statuses": list(CaseStatus),
}


def row_writer() -> Callable[[Iterable[DeskRow]], Markup]:
    """Return the function that writes rows in the language, and with the addresses, of this request."""
    template = current_app.jinja_env.get_template("desk/rows.html")  # another one when the file was changed
    return partial(_rows, _row_macros(template, current_code(), request.script_root))


def above_rows(filters: DeskFilters, office_id: int | None) -> tuple[Markup, Markup]:
    """Return views and filters of a queue, and the head of its table; `office_id` where the reader has several."""
    template = current_app.jinja_env.get_template("desk/bar.html")
    return _above(_bar_macros(template, current_code(), request.script_root), filters, office_id)


@lru_cache(maxsize=32)
def _row_macros(template: Template, code: str, root: str) -> Any:
    """Return the macros for a language and a place: `root` is in every address that they write."""
    urls = {"why_url": url_for("clocks.why", clock_id=0), "case_url": url_for("desk.show", reference="~")}
    return template.make_module(_ROW_WORDS | urls)


@lru_cache(maxsize=32)
def _bar_macros(template: Template, code: str, root: str) -> Any:
    return template.make_module(_BAR_WORDS)


def _rows(macros: Any, rows: Iterable[DeskRow]) -> Markup:
    return Markup("".join([_row(macros, row) for row in rows]))  # noqa: S704 - each is markup


@lru_cache(maxsize=_MOST_KEPT)
def _row(macros: Any, row: DeskRow) -> Markup:
    written = macros.row(row)
    assert isinstance(written, Markup)
    return written


@lru_cache(maxsize=256)
def _above(macros: Any, filters: DeskFilters, office_id: int | None) -> tuple[Markup, Markup]:
    base = {} if office_id is None else {"office": office_id}
    return macros.bar(filters, filters != DeskFilters(), base), macros.table_head()
