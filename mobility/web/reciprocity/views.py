"""Screens of reciprocity for programme managers: choose, read the report, open a figure, take a table along."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.files.tables import XLSX, csv_bytes, xlsx_bytes
from mobility.files.typesetting import PDF
from mobility.i18n import current_code, offered_locales
from mobility.i18n import reciprocity_labels as words
from mobility.i18n.applications_labels import DISCIPLINES
from mobility.i18n.formats import country_name, in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.locales import language_of
from mobility.i18n.stages_labels import STAGE_STATUS, STAGES
from mobility.services import reciprocity
from mobility.services.reciprocity import About, Report, ReportQuery, StaysKind, Unit
from mobility.services.report_pdf import PdfOptions, report_pdf
from mobility.storage.db import db
from mobility.web.reciprocity import further, page
from mobility.web.reciprocity.asking import (
    address,
    cases_url,
    read_cases_query,
    read_query,
    report_url,
    table_url,
    whose,
)
from mobility.web.shared.access import current_actor, needs_role

blueprint = Blueprint("reciprocity", __name__, url_prefix="/reciprocity")

Page = str | tuple[str, int]


@blueprint.get("/")
@needs_role(Role.MANAGER)
def index() -> str:
    """The programmes and instruments whose balance this manager may read."""
    programmes = reciprocity.list_report_choices(db.session(), current_actor())
    instruments = {each.instrument_code: each.instrument_title for each in programmes}
    collections = reciprocity.list_collections(db.session())
    return render_template(
        "reciprocity/index.html", programmes=programmes, instruments=instruments, collections=collections, **_WORDS
    )


@blueprint.get("/report")
@needs_role(Role.MANAGER)
def show() -> Page:
    """The report; a choice that cannot be used is named, and the report shown without it."""
    problem = None
    try:
        report = _report(read_query(request.args))
    except InvalidInput as error:
        problem = words.problem_words(str(error.parameters.get("reason")), error.parameters.get("value"))
        report = _report(whose(request.args))
    html = render_template(
        "reciprocity/show.html", report=report, problem=problem, page=page, further=further, **_links(report), **_WORDS
    )
    return (html, 422) if problem else html


def _report(query: ReportQuery) -> Report:
    return reciprocity.build_report(db.session(), current_actor(), query, now=utc_now())


def _links(report: Report) -> dict[str, Any]:
    year, window = report.scope.year, report.window
    present = year.period_of(report.today).year
    first = year.period_of(report.first_on).year if report.first_on else present
    chosen = [each for each in (window.first_year, report.compared and report.compared.window.first_year) if each]
    span = range(min(first, present - 9, *chosen), max(window.last_year or present, present + 3) + 1)
    return {
        "years": [(number, words.period_name(year.period(number))) for number in span],
        "report_url": report_url,
        "cases_url": cases_url,
        "table_url": table_url,
        "whole_url": lambda kind, **more: url_for("reciprocity.whole", kind=kind, **address(report, **more)),
        "disciplines": DISCIPLINES,
        "other_languages": [language_of(code) for code in offered_locales() if code != current_code()],
        "own_language": language_of(current_code()),
        "rtl": page.is_rtl(),
    }


@blueprint.get("/report/<name>.<any(csv, xlsx):kind>")
@needs_role(Role.MANAGER)
def download(name: str, kind: str) -> Response:
    """One table of the report as a file."""
    rows = reciprocity.TABLES.get(name)
    if rows is None:
        abort(404)
    report = _report(read_query(request.args))
    if kind == "csv":
        return _file(report, f"{name}_", "csv", csv_bytes(rows(report)), "text/csv")
    return _file(report, f"{name}_", "xlsx", xlsx_bytes({name: rows(report)}, right_to_left=page.is_rtl()), XLSX)


@blueprint.get("/whole.<any(xlsx, pdf):kind>")
@needs_role(Role.MANAGER)
def whole(kind: str) -> Response:
    """The whole report as one file; a PDF in the reader's language, or in those that are named."""
    report = _report(read_query(request.args))
    if kind == "pdf":
        languages = tuple(request.args.getlist("language")) or (current_code(),)
        if unknown := [code for code in languages if code not in offered_locales()]:
            raise InvalidInput(field="language", reason="not_a_choice", value=unknown[0])
        return _file(report, "", kind, report_pdf(report, PdfOptions(languages=languages)), PDF)
    sheets = reciprocity.report_as_sheets(report)
    return _file(report, "", kind, xlsx_bytes(sheets, right_to_left=page.is_rtl()), XLSX)


def _file(report: Report, name: str, kind: str, content: bytes, mimetype: str) -> Response:
    query = report.query
    source = query.programme or query.instrument or f"collection-{query.collection}"
    years = f"{report.window.first_on.isoformat()}_{report.window.last_on.isoformat()}"
    disposition = f'attachment; filename="{_plain(source)}_{name}{years}.{kind}"'
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})


def _plain(text: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)


@blueprint.get("/cases")
@needs_role(Role.MANAGER)
def cases() -> str:
    """The cases behind one figure of the report."""
    query = read_cases_query(request.args)
    behind = reciprocity.list_cases_behind(db.session(), current_actor(), query, now=utc_now())
    following: dict[str, Any] = dict(request.args) | {"after": behind.next_after}
    return render_template(
        "reciprocity/cases.html",
        behind=behind,
        query=query,
        About=About,
        disciplines=DISCIPLINES,
        imported_url=_same_list(About.IMPORTED),
        stays_url=_same_list(About.STAYS),
        next_url=url_for("reciprocity.cases", **following) if behind.next_after else "",
        back_url=url_for("reciprocity.show", **_report_part(dict(request.args))),
        stage_names=STAGES,
        stage_statuses=STAGE_STATUS,
        **_WORDS,
    )


def _same_list(about: About) -> str:
    kept: dict[str, Any] = dict(request.args) | {"about": about.value, "after": None}
    return url_for("reciprocity.cases", **kept)


def _report_part(args: dict[str, str]) -> dict[str, Any]:
    kept = ("programme", "instrument", "collection", "from", "to", "unit", "stays", "discipline", "among")
    return {name: args[name] for name in kept if name in args}


_WORDS: dict[str, Any] = {
    "words": words,
    "in_language": in_language,
    "law_text": law_text,
    "country_name": country_name,
    "Unit": Unit,
    "StaysKind": StaysKind,
}
