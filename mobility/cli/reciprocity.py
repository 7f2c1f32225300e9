"""`mobility reciprocity`: measures of balance, printed for programs to read.

`measure` works on a file (`mobility.services.flow_measure`): it parses the command line, words what went wrong, and
prints nothing but one JSON object on stdout. The others need the database and are imported only when they are called.
"""

import json
from importlib import import_module
from pathlib import Path

import click

from mobility.i18n import gettext as _
from mobility.services.flow_measure import FlowFault, FlowFileRefused, measure_csv


class FileRefused(click.ClickException):
    """One line on stderr, exit status 2, nothing on stdout."""

    exit_code = 2


ELSEWHERE = {"report": "mobility.cli.reciprocity_report", "verify": "mobility.cli.reciprocity_verify"}
"""Commands that need the database, by their module."""


class Measures(click.Group):
    """Finds the others in modules of their own, so that measuring a file starts without the application."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all commands."""
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command of another module when it is asked for."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found = getattr(import_module(ELSEWHERE[cmd_name]), cmd_name)
        assert isinstance(found, click.Command)
        return found


def _one_letter(context: click.Context, option: click.Parameter, value: str) -> str:
    value = "\t" if value == "\\t" else value
    if len(value) != 1 or value in '"\r\n':
        raise click.BadParameter(_("It must be one character, such as ; or \\t for a tab."))
    return value


@click.group("reciprocity", cls=Measures)
def group() -> None:
    """Is the exchange balanced? Measures of reciprocity."""


@group.command("measure")
@click.argument("flows", metavar="FLOWS.csv", type=click.Path(path_type=Path))
@click.option("--origin", default="origin", show_default=True, help="Column of the sending country.")
@click.option("--host", default="host", show_default=True, help="Column of the receiving country.")
@click.option("--weight", default="weight", show_default=True, help="Column of the number sent.")
@click.option(
    "--delimiter", default=",", show_default=True, callback=_one_letter, help="What stands between cells, such as ;"
)
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the file, such as cp1252.")
def measure(flows: Path, origin: str, host: str, weight: str, delimiter: str, encoding: str) -> None:
    """Measure a CSV file of flows and print one JSON object.

    The file is comma-separated UTF-8 with a header row; options name others. Rows of one direction are summed, all
    rows are pooled; filter periods before. Faults go to stderr with the line number, and the exit status is 2.

    Example: mobility reciprocity measure flows.csv --host destination --weight people
    """
    try:
        with flows.open(encoding=encoding, newline="") as lines:
            found = measure_csv(lines, origin, host, weight, delimiter)
    except LookupError as error:
        raise FileRefused(_("There is no encoding “%(name)s”.", name=encoding)) from error
    except OSError as error:
        raise FileRefused(
            _("%(file)s cannot be read: %(why)s", file=str(flows), why=error.strerror or str(error))
        ) from error
    except UnicodeDecodeError as error:
        raise FileRefused(_wrong_encoding(flows, error)) from error
    except FlowFileRefused as refused:
        raise FileRefused(f"{flows}:{refused.line}: {_sentence(refused)}") from refused
    click.echo(json.dumps(found, allow_nan=False))


def _wrong_encoding(flows: Path, error: UnicodeDecodeError) -> str:
    if error.encoding.replace("_", "-").lower() in ("utf-8", "utf8"):
        return _("%(file)s is not UTF-8 text.", file=str(flows))
    return _("%(file)s is not text in %(encoding)s.", file=str(flows), encoding=error.encoding)


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
