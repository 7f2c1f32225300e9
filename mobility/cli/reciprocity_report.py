"""`mobility reciprocity report`: the balance of a programme between two days, from its cases.

Parses the command line and words what went wrong; the report is `mobility.services.reciprocity`. Full figures: whoever
may run commands on the server sees them all.
"""

import json
from datetime import datetime
from typing import Any

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.errors import InvalidInput, NotFound
from mobility.i18n import gettext as _
from mobility.i18n import reciprocity_labels as words
from mobility.services.reciprocity import Report, ReportQuery, StaysKind, Unit, build_report, report_as_data

_DAY = click.DateTime(formats=["%Y-%m-%d"])


class ReportRefused(click.ClickException):
    """One line on stderr, exit status 1, nothing on stdout."""

    exit_code = 1


@click.command("report")
@click.option("--programme", required=True, help="Code of the programme.")
@click.option("--from", "first", required=True, type=_DAY, help="First day, such as 2026-01-01.")
@click.option("--to", "last", required=True, type=_DAY, help="Last day, counted too.")
@click.option("--unit", type=click.Choice([str(unit) for unit in Unit]), default="people", show_default=True)
@click.option("--stays", type=click.Choice([str(kind) for kind in StaysKind]), default="actual", show_default=True)
@click.option("--country", default="", help="Seen from this country (DE); default: the one with most traffic.")
@click.option("--partner", default="", help="Its partner; default: the one with most traffic.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs to read.")
@pass_context
def report(
    context: CommandContext,
    programme: str,
    first: datetime,
    last: datetime,
    unit: str,
    stays: str,
    country: str,
    partner: str,
    as_json: bool,
) -> None:
    """Report how balanced a programme is between two days, from its cases. Nothing is suppressed.

    Example: mobility reciprocity report --programme STAGE-SPACE --from 2026-01-01 --to 2026-12-31 --json
    """
    query = ReportQuery(
        programme=programme,
        days=(first.date(), last.date()),
        unit=Unit(unit),
        stays=StaysKind(stays),
        country=country.upper(),
        partner=partner.upper(),
    )
    with context.session() as session:
        try:
            found = build_report(session, SYSTEM, query, now=utc_now())
        except NotFound as missing:
            raise ReportRefused(_("There is no programme “%(code)s”.", code=programme)) from missing
        except InvalidInput as error:
            reason, value = str(error.parameters.get("reason")), error.parameters.get("value")
            raise ReportRefused(words.problem_words(reason, value)) from error
    if as_json:
        click.echo(json.dumps(report_as_data(found), allow_nan=False))
        return
    for line in _lines(found):
        click.echo(line)


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
