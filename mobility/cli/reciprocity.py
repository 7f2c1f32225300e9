"""`mobility reciprocity`: measures of balance, printed for programs to read.

Parses the command line and words what went wrong. `measure` works on a file (`mobility.services.flow_measure`) and
prints nothing but one JSON object on stdout; `report` reads the cases of a programme (`mobility.services.reciprocity`).
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.errors import InvalidInput, NotFound
from mobility.i18n import gettext as _
from mobility.i18n import reciprocity_labels as words
from mobility.services.flow_measure import FlowFault, FlowFileRefused, measure_csv
from mobility.services.reciprocity import Report, ReportQuery, StaysKind, Unit, build_report, report_as_data


class FileRefused(click.ClickException):
    """One line on stderr, exit status 2, nothing on stdout."""

    exit_code = 2


@click.group("reciprocity")
def group() -> None:
    """Is the exchange balanced? Measures of reciprocity."""


@group.command("measure")
@click.argument("flows", metavar="FLOWS.csv", type=click.Path(path_type=Path))
@click.option("--origin", default="origin", show_default=True, help="Column of the sending country.")
@click.option("--host", default="host", show_default=True, help="Column of the receiving country.")
@click.option("--weight", default="weight", show_default=True, help="Column of the number sent.")
def measure(flows: Path, origin: str, host: str, weight: str) -> None:
    """Measure a CSV file of flows and print one JSON object.

    The file is comma-separated UTF-8 with a header row. Rows of one direction are summed, all rows are pooled; filter
    periods before. Faults go to stderr with the line number, and the exit status is 2.

    Example: mobility reciprocity measure flows.csv --host destination --weight people
    """
    try:
        with flows.open(encoding="utf-8", newline="") as lines:
            found = measure_csv(lines, origin, host, weight)
    except OSError as error:
        raise FileRefused(
            _("%(file)s cannot be read: %(why)s", file=str(flows), why=error.strerror or str(error))
        ) from error
    except UnicodeDecodeError as error:
        raise FileRefused(_("%(file)s is not UTF-8 text.", file=str(flows))) from error
    except FlowFileRefused as refused:
        raise FileRefused(f"{flows}:{refused.line}: {_sentence(refused)}") from refused
    click.echo(json.dumps(found, allow_nan=False))


def _sentence(refused: FlowFileRefused) -> str:
    """What is wrong on that line, with the offending value."""
    column, value = refused.column, refused.value
    sentences = {
        FlowFault.NO_HEADER: _("The file is empty; a header row is needed."),
        FlowFault.NO_COLUMN: _(
            "There is no column “%(column)s”; the file has: %(columns)s.", column=column, columns=value
        ),
        FlowFault.COLUMN_TWICE: _("The column “%(column)s” stands in the header twice.", column=column),
        FlowFault.SAME_COLUMN: _("The column “%(column)s” is named for two things.", column=column),
        FlowFault.BROKEN_ROW: _("The row cannot be read: %(why)s.", why=value),
        FlowFault.EXTRA_CELLS: _("The row has more cells than the header; the first is “%(value)s”.", value=value),
        FlowFault.BLANK_CODE: _("The country in column “%(column)s” is blank.", column=column),
        FlowFault.WEIGHT_EMPTY: _("The number in column “%(column)s” is missing.", column=column),
        FlowFault.WEIGHT_NEGATIVE: _("“%(value)s” in column “%(column)s” is less than 0.", value=value, column=column),
        FlowFault.WEIGHT_NOT_FINITE: _(
            "“%(value)s” in column “%(column)s” is not a finite number.", value=value, column=column
        ),
        FlowFault.WEIGHT_NOT_A_NUMBER: _(
            "“%(value)s” in column “%(column)s” is not a number; write it with a point, as in 12.5.",
            value=value,
            column=column,
        ),
    }
    return sentences[refused.fault]


_DAY = click.DateTime(formats=["%Y-%m-%d"])


@group.command("report")
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


class ReportRefused(click.ClickException):
    """One line on stderr, exit status 1, nothing on stdout."""

    exit_code = 1


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
