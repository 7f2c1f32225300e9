"""`mobility flows`: flows from elsewhere into the figures of a programme, or into a collection of their own, and back.

Parses the command line and words what went wrong; the work is `mobility.services.flow_imports`. Whoever may run
commands on the server may import for every programme.
"""

from pathlib import Path
from typing import Any

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.errors import InvalidInput, NotFound, TransitionNotPermitted
from mobility.domain.flow_files import USUAL_NAMES, FlowFileUnreadable
from mobility.i18n import flow_import_labels as words
from mobility.i18n import gettext as _
from mobility.i18n import ngettext
from mobility.services import flow_imports
from mobility.services.flow_imports import AlreadyImported, Checked, FileOptions, ImportLine, ImportRequest
from mobility.storage.db import write_unit


class ImportRefused(click.ClickException):
    """Lines on stderr, exit status 2, nothing kept."""

    exit_code = 2


@click.group("flows")
def group() -> None:
    """Flows from elsewhere: import, list, undo."""


def _column_options(command: Any) -> Any:
    for role in tuple(USUAL_NAMES)[::-1]:
        option = click.option(
            f"--{role}", default="", metavar="COL", help=f"{words.COLUMNS[role]}: name of the column."
        )
        command = option(command)
    return command


@group.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--programme", default="", help="Code of the programme; without it the file is a collection of its own.")
@click.option("--title", default="", help="What the import is called; default: the name of the file.")
@click.option("--source", required=True, help="Where the file comes from; printed beside every figure made of it.")
@click.option("--licence", required=True, help="Licence of the data, such as CC BY 4.0.")
@click.option("--dry-run", is_flag=True, help="Only say what the file holds and what is wrong with it.")
@click.option("--delimiter", default="", help="What stands between cells; default: the most frequent in the header.")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the file, such as cp1252.")
@click.option("--keep-unconverted", is_flag=True, help="Keep amounts without a rate; they are in no total.")
@_column_options
@pass_context
def import_(
    context: CommandContext,
    file: Path,
    programme: str,
    title: str,
    source: str,
    licence: str,
    dry_run: bool,
    delimiter: str,
    encoding: str,
    keep_unconverted: bool,
    **columns: str,
) -> None:
    """Import a CSV file of flows, all of it or nothing.

    A row is one direction in a year (year, origin, host, people) or stays from day to day (start, end). Usual column
    names are recognised; "-" says that the file has no such column. Countries are codes of two or three letters. Rows
    that cannot be taken in are listed with their line, and the exit status is 2. The same file twice changes nothing.

    Example: mobility flows import scholars.csv --host destination --source "MPIDR 2023" --licence "CC BY 4.0" --dry-run
    """
    request = ImportRequest(
        file_name=file.name,
        source=source,
        licence=licence,
        programme=programme,
        title=title,
        options=FileOptions(
            encoding=encoding,
            delimiter="\t" if delimiter == "\\t" else delimiter[:1],
            columns={role: column for role, column in columns.items() if column},
        ),
        keep_unconverted=keep_unconverted,
    )
    try:
        _run(context, file, request, dry_run)
    except AlreadyImported as same:
        number = same.parameters["import_id"]
        click.echo(_("This file is counted already, as import %(number)s. Nothing was changed.", number=number))
    except NotFound as missing:
        raise ImportRefused(_("There is no programme “%(code)s”.", code=programme)) from missing
    except FlowFileUnreadable as error:
        raise ImportRefused(f"{file}: {words.file_fault_words(error.fault, error.column, error.value)}") from error
    except InvalidInput as error:
        raise ImportRefused(words.problem_words(str(error.parameters["field"]))) from error


def _run(context: CommandContext, file: Path, request: ImportRequest, dry_run: bool) -> None:
    with context.session() as session, file.open("rb") as stream:
        now = utc_now()
        if dry_run:
            checked = flow_imports.check_flows(session, SYSTEM, stream, request, now=now)
            _tell(file, checked)
            click.echo(_("Nothing was imported: this was a dry run."))
            return
        import_id, checked = flow_imports.stage_flows(session, SYSTEM, stream, request, now=now, write=write_unit)
        _tell(file, checked)
        assert import_id is not None
        with write_unit(session):
            flow_imports.import_staged(session, SYSTEM, import_id, now=now)
    click.echo(_("Imported as number %(number)s. To take it back: mobility flows undo %(number)s", number=import_id))


def _tell(file: Path, checked: Checked) -> None:
    """Say what the file holds; a file with faults raises ImportRefused with the first of them."""
    if checked.faults:
        lines = [
            f"{file}:{each.line}: {words.row_fault_words(each.fault, each.column, each.value)}"
            for each in checked.errors
        ]
        rest = checked.error_count - len(lines)
        if rest > 0:
            lines.append(ngettext("and %(num)s more row", "and %(num)s more rows", rest))
        refused = ngettext(
            "%(num)s row cannot be taken in, so nothing is imported.",
            "%(num)s rows cannot be taken in, so nothing is imported.",
            checked.error_count,
        )
        raise ImportRefused("\n".join([refused, *lines]))
    columns = ", ".join(f"{role}={column}" for role, column in checked.columns.named().items())
    click.echo(_("Columns: %(columns)s", columns=columns))
    click.echo(
        _(
            "%(rows)s rows, %(people)s people, %(countries)s countries, %(first)s to %(last)s",
            rows=checked.rows,
            people=checked.people,
            countries=len(checked.countries),
            first=checked.first_on,
            last=checked.last_on,
        )
    )
    if checked.payments:
        paid, missing = checked.payments, checked.not_converted
        click.echo(_("%(payments)s payments, %(missing)s of them not converted", payments=paid, missing=missing))


@group.command("list")
@pass_context
def list_(context: CommandContext) -> None:
    """List the imports, the newest first. Example: mobility flows list"""
    with context.session() as session:
        lines, more = flow_imports.list_imports(session, SYSTEM)
        while lines:
            for line in lines:
                _tell_import(line)
            lines, more = flow_imports.list_imports(session, SYSTEM, more) if more else ([], 0)


def _tell_import(line: ImportLine) -> None:
    owner = line.programme or _("collection")
    told = f"{line.import_id:>5}  {words.STATUS[line.status]}  {owner}  {line.rows}  {line.people}  {line.title}"
    click.echo(f"{told}  ({line.source}; {line.licence})")


@group.command("undo")
@click.argument("number", type=int)
@pass_context
def undo(context: CommandContext, number: int) -> None:
    """Take an import out of all figures and drop its rows. Example: mobility flows undo 3"""
    with context.session() as session:
        try:
            with write_unit(session):
                line = flow_imports.get_import(session, SYSTEM, number)
                change = flow_imports.discard_import if line.status == "staged" else flow_imports.undo_import
                change(session, SYSTEM, number, now=utc_now())
        except NotFound as missing:
            raise ImportRefused(_("There is no import %(number)s.", number=number)) from missing
        except TransitionNotPermitted as refused:
            raise ImportRefused(_("Import %(number)s was taken back before.", number=number)) from refused
        flow_imports.drop_rows(session, number, write_unit)
    click.echo(_("Import %(number)s is in no figure any more.", number=number))
