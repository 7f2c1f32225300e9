"""Public screens of released statistics, and the screen on which a manager releases them."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import DomainError, InvalidInput
from mobility.domain.reciprocity.cube import CannotBeProtected, shown_pairs
from mobility.domain.reciprocity.pairs import balance_index
from mobility.domain.reciprocity.suppression import SMALLEST_DENOMINATOR
from mobility.i18n import current_code, direction_of, offered_locales, reciprocity_labels, use_locale
from mobility.i18n import gettext as _
from mobility.i18n import public_statistics_labels as labels
from mobility.i18n.formats import country_name
from mobility.i18n.labels import error_sentence
from mobility.i18n.law_texts import law_text
from mobility.i18n.locales import SOURCE
from mobility.services import public_statistics as statistics
from mobility.services.public_statistics import Preview, Release
from mobility.storage.db import db, write_unit
from mobility.web.public_statistics import picture
from mobility.web.reciprocity.csv_files import csv_bytes
from mobility.web.shared.access import current_actor, needs_role, public
from mobility.web.shared.forms import Form

blueprint = Blueprint("public_statistics", __name__, url_prefix="/statistics")

Page = str | AnyResponse | tuple[str, int]
_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=3600",
}
"""A released table is for everybody: other sites may show the picture and read the files."""


@blueprint.get("/")
@public
def index() -> str:
    """What was released."""
    releases = statistics.list_releases(db.session())
    return render_template("public_statistics/index.html", releases=releases, **_WORDS)


@blueprint.get("/<code>/<int:year>")
@public
def show(code: str, year: int) -> str:
    """One released table."""
    found = statistics.get_release(db.session(), code, year)
    return render_template("public_statistics/show.html", found=found, **_tables(found), **_WORDS)


def _tables(found: Release | Preview) -> dict[str, Any]:
    published = found.published
    return {
        "countries": sorted({*published.axes[0], *published.axes[1]}, key=country_name),
        "pairs": [
            (a, b, there, back, balance_index(there, back) if there + back >= SMALLEST_DENOMINATOR else None)
            for a, b, there, back in shown_pairs(published)
        ],
        "has_hidden": bool(published.hidden),
    }


@blueprint.get("/<code>/<int:year>.csv")
@public
def download(code: str, year: int) -> Response:
    """The table as a file: codes and plain numbers, hidden figures empty and named so."""
    found = statistics.get_release(db.session(), code, year)
    headers = _ANYWHERE | {"Content-Disposition": f'attachment; filename="{code}-{year}.csv"'}
    return Response(csv_bytes(statistics.rows_of(found.published)), mimetype="text/csv", headers=headers)


@blueprint.get("/<code>/<int:year>.json")
@public
def data(code: str, year: int) -> Response:
    """The frozen text of the release."""
    found = statistics.get_release(db.session(), code, year)
    return Response(found.text.encode(), mimetype="application/json", headers=_ANYWHERE)


@blueprint.get("/<code>/<int:year>.svg")
@public
def draw(code: str, year: int) -> Response:
    """The picture, which other pages may embed; its language stands in the address, English without one."""
    found = statistics.get_release(db.session(), code, year)
    wanted = request.args.get("language", "")
    with use_locale(wanted if wanted in offered_locales() else SOURCE):
        rtl = direction_of(current_code()) == "rtl"
        bars = picture.bars_of(found.published, rtl=rtl)
        height = picture.height_of(bars)
        svg = render_template("public_statistics/picture.svg", found=found, bars=bars, height=height, rtl=rtl, **_WORDS)
    return Response(svg, mimetype="image/svg+xml", headers=_ANYWHERE)


class ReleaseForm(Form):
    """What is released stands in the address; the form only carries the decision."""


@blueprint.get("/release")
@needs_role(Role.MANAGER)
def ask() -> Page:
    """Choose a table and look at what would be released; nothing is public yet."""
    code, year = _asked()
    preview, problem = _preview(code, year) if code and year else (None, "")
    html = _release_page(code, year, preview, problem)
    return (html, 422) if problem else html


def _asked() -> tuple[str, int]:
    typed = request.args.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else 0
    return request.args.get("instrument", "")[:64], year


def _preview(code: str, year: int) -> tuple[Preview | None, str]:
    try:
        return statistics.preview_release(db.session(), current_actor(), code, year, utc_now()), ""
    except (InvalidInput, CannotBeProtected) as error:
        return None, _problem(error)


def _problem(error: DomainError) -> str:
    if isinstance(error, InvalidInput):
        return labels.refusal_words(str(error.parameters.get("reason")))
    return error_sentence(error)


def _release_page(code: str, year: int, preview: Preview | None, problem: str) -> str:
    offered = statistics.list_releasable(db.session(), current_actor(), utc_now().date())
    tables = _tables(preview) if preview else {}
    return render_template(
        "public_statistics/release.html",
        offered=offered,
        code=code,
        year=year,
        found=preview,
        problem=problem,
        form=ReleaseForm(),
        **tables,
        **_WORDS,
    )


@blueprint.post("/release")
@needs_role(Role.MANAGER)
def release() -> Page:
    """Release the table: from now on it is public and frozen."""
    code, year = _asked()
    try:
        with write_unit(db.session()) as unit:
            statistics.release_statistics(unit, current_actor(), code, year, now=utc_now())
    except (InvalidInput, CannotBeProtected) as error:
        return _release_page(code, year, None, _problem(error)), 422
    flash(_("The table is public now and does not change any more."))
    return redirect(url_for("public_statistics.show", code=code, year=year))


_WORDS: dict[str, Any] = {
    "words": labels,
    "ratio": reciprocity_labels.ratio,
    "period_name": reciprocity_labels.period_name,
    "years_name": reciprocity_labels.years_name,
    "law_text": law_text,
}
