"""`mobility audit`: is the log whole, and a copy of it for somebody else to keep."""

import json
from typing import IO

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.domain.access import SYSTEM
from mobility.services import audit


@click.group("audit")
def group() -> None:
    """The log of who did what."""


@group.command("verify")
@pass_context
def verify(context: CommandContext) -> None:
    """Check the chain from the first entry to the last; exit status 1 names the first entry that does not fit.

    A log that was cut off at its end still fits: compare the last line of an export that was kept elsewhere.

    Example: mobility audit verify
    """
    with context.session() as session:
        broken, entries = audit.verify_chain(session), audit.count_entries(session)
    if broken is not None:
        raise click.ClickException(f"entry {broken} does not fit: it was changed, or one before it is missing.")
    click.echo(f"{entries} entries, chain sound.")


@group.command("export")
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="File; standard output otherwise.")
@pass_context
def export(context: CommandContext, output: IO[str]) -> None:
    """Write every entry in order, one JSON object a line, with its chain value.

    Example: mobility audit export --output audit.jsonl
    """
    with context.session() as session:
        for entry in audit.export_entries(session, SYSTEM):
            click.echo(json.dumps(entry, ensure_ascii=False, sort_keys=True), file=output)
