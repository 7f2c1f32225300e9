"""`mobility reciprocity report`: the balance of a programme between two days, from its cases.

Parses the command line and words what went wrong; the report is `mobility.services.reciprocity`. Full figures: whoever
may run commands on the server sees them all.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.applications.vocabulary import Discipline
from mobility.domain.countries import find_country
from mobility.domain.errors import InvalidInput, NotFound
from mobility.files.tables import csv_bytes, xlsx_bytes
from mobility.files.typesetting import NotTypeset
from mobility.i18n import current_code
from mobility.i18n import gettext as _
from mobility.i18n import reciprocity_labels as words
from mobility.services.reciprocity import (
    TABLES,
    Report,
    ReportQuery,
    StaysKind,
    Unit,
    build_report,
    report_as_data,
    report_as_sheets,
)
from mobility.services.report_pdf import PdfOptions, report_pdf

_DAY = click.DateTime(formats=["%Y-%m-%d"])
FORMATS: Final = ("text", "json", "csv", "xlsx", "pdf")


class ReportRefused(click.ClickException):
    """One line on stderr, exit status 1, nothing on stdout."""

    exit_code = 1


@click.command("report")
@click.option("--programme", default="", help="Code of the programme.")
@click.option("--instrument", default="", help="Code of the instrument, with all programmes under it.")
@click.option("--collection", type=int, help="Number of an import that belongs to no programme.")
@click.option("--from", "first", required=True, type=_DAY, help="First day, such as 2026-01-01.")
@click.option("--to", "last", required=True, type=_DAY, help="Last day, counted too.")
@click.option("--unit", type=click.Choice([str(unit) for unit in Unit]), default="people", show_default=True)
@click.option("--stays", type=click.Choice([str(kind) for kind in StaysKind]), default="actual", show_default=True)
@click.option("--country", default="", help="Seen from this country (DE); default: the one with most traffic.")
@click.option("--partner", default="", help="Its partner; default: the one with most traffic.")
@click.option("--discipline", default="", type=click.Choice(["", *map(str, Discipline)]), help="Only this discipline.")
@click.option("--among", default="", help="Only flows between these countries: codes with blanks between them.")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--table", type=click.Choice(list(TABLES)), default="partners", show_default=True, help="Which, as CSV.")
@click.option("--language", "languages", multiple=True, help="Language of the PDF; given twice, two side by side.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: stdout.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@pass_context
def report(
    context: CommandContext,
    first: datetime,
    last: datetime,
    kind: str,
    table: str,
    languages: tuple[str, ...],
    output: Path | None,
    as_json: bool,
    **choices: Any,
) -> None:
    """Report how balanced a programme is between two days, from its cases and imports. Nothing is suppressed.

    Whole years and months are read from sums and fast; other days are counted from the stays themselves.

    Example: mobility reciprocity report --programme STAGE-SPACE --from 2026-01-01 --to 2026-12-31 --format json
    """
    with context.session() as session:
        try:
            query = _query(choices, (first.date(), last.date()))
            found = build_report(session, SYSTEM, query, now=utc_now())
            content = _content(found, "json" if as_json else kind, table, languages)
        except NotFound as missing:
            code = choices["programme"] or choices["instrument"] or str(choices["collection"] or "")
            raise ReportRefused(_("There is no programme “%(code)s”.", code=code)) from missing
        except InvalidInput as error:
            reason, value = str(error.parameters.get("reason")), error.parameters.get("value")
            raise ReportRefused(words.problem_words(reason, value)) from error
        except NotTypeset as error:
            raise ReportRefused(_("The PDF cannot be made: %(why)s", why=error.parameters["why"])) from error
    if output is not None:
        output.write_bytes(content)
    else:
        click.echo(content, nl=False)


def _query(choices: dict[str, Any], days: tuple[date, date]) -> ReportQuery:
    """Return the question. Raises InvalidInput for a country that does not exist."""
    among = []
    for typed in choices["among"].replace(",", " ").split():
        code = find_country(typed)
        if code is None:
            raise InvalidInput(field="among", reason="not_a_country", value=typed)
        among.append(code)
    return ReportQuery(
        programme=choices["programme"],
        instrument=choices["instrument"],
        collection=choices["collection"],
        days=days,
        unit=Unit(choices["unit"]),
        stays=StaysKind(choices["stays"]),
        country=choices["country"].upper(),
        partner=choices["partner"].upper(),
        discipline=choices["discipline"],
        among=tuple(sorted(set(among))),
    )


def _content(found: Report, kind: str, table: str, languages: tuple[str, ...]) -> bytes:
    """Return the report in the format that was asked for."""
    if kind == "json":
        return (json.dumps(report_as_data(found), allow_nan=False) + "\n").encode()
    if kind == "csv":
        return csv_bytes(TABLES[table](found))
    if kind == "xlsx":
        return xlsx_bytes(report_as_sheets(found))
    if kind == "pdf":
        return report_pdf(found, PdfOptions(languages=languages or (current_code(),)))
    return ("\n".join(_lines(found)) + "\n").encode()


def _lines(found: Report) -> list[str]:
    """Return the report in a few lines: the measures, the lamps, one line for each partner."""
    lines = [_("weighted reciprocity r = %(r)s", r=words.ratio(found.measures.r))]
    if found.pair is not None:
        a, b = words.pair_names(found.country, found.partner)
        planned = found.query.stays is StaysKind.PLANNED
        lines.append(words.headline(found.pair.people, found.pair.lamps[0], a, b, planned=planned))
        lines += words.verdict_sentences(found.pair.verdict, a, b)
        lines += [f"  {words.LAMPS[lamp.code]}: {words.lamp_sentence(lamp, a, b)}" for lamp in found.pair.lamps]
    lines += [_partner_line(row) for row in found.rows]
    return lines


def _partner_line(row: Any) -> str:
    sent, hosted = words.quantity(row.measures.ab), words.quantity(row.measures.ba)
    return f"{row.measures.a} {row.measures.b} {sent:>8} {hosted:>8}  {words.net_words(row.measures)}"
