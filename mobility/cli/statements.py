"""`mobility statements`: list them, freeze one, and verify that none was changed."""

import json

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.errors import DomainError
from mobility.services.statements import Ask, check_hash, freeze_statement, verify_statements
from mobility.services.statements.verifying import Checked
from mobility.storage.db import write_unit


@click.group()
def group() -> None:
    """Statements of what two states exchanged: list, freeze, verify."""


def _facts(each: Checked) -> dict[str, object]:
    return {
        "id": each.statement_id,
        "states": list(each.sides),
        "instrument": each.instrument_title,
        "from": each.period.starts_on.isoformat(),
        "to": each.period.ends_on.isoformat(),
        "version": each.version,
        "state": each.state.value,
        "current": each.is_current,
        "intact": each.is_intact,
        "hash": each.content_hash,
    }


def _show(each: Checked, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_facts(each), ensure_ascii=False))
        return
    period = f"{each.period.starts_on} to {each.period.ends_on}"
    marks = f"{each.state.value}{'' if each.is_current else ', replaced'}{'' if each.is_intact else ', NOT INTACT'}"
    click.echo(f"{each.statement_id}  {'-'.join(each.sides)}  {period}  version {each.version}  {marks}")
    click.echo(f"    {each.content_hash}")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@pass_context
def list_all(context: CommandContext, as_json: bool) -> None:
    """List every version of every statement with its hash. Example: mobility statements list"""
    with context.session() as session:
        found = verify_statements(session)
    for each in found:
        _show(each, as_json)
    if not found and not as_json:
        click.echo("No statement was frozen yet.")


@group.command()
@click.argument("instrument")
@click.argument("first")
@click.argument("second")
@click.argument("year", type=click.IntRange(1950, 2150))
@pass_context
def freeze(context: CommandContext, instrument: str, first: str, second: str, year: int) -> None:
    """Freeze what two states exchanged in the accounting year that begins in YEAR.

    Example: mobility statements freeze film_agreement_ch_fr CH FR 2025
    """
    a, b = sorted((first.strip().upper(), second.strip().upper()))
    with context.session() as session:
        try:
            with write_unit(session) as unit:
                statement_id = freeze_statement(
                    unit, SYSTEM, Ask(instrument=instrument, pair=(a, b), year=year), now=utc_now()
                )
        except DomainError as error:
            raise click.ClickException(str(error)) from error
        frozen = next(each for each in verify_statements(session) if each.statement_id == statement_id)
    _show(frozen, as_json=False)


@group.command()
@click.argument("digest", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@pass_context
def verify(context: CommandContext, digest: str | None, as_json: bool) -> None:
    """Check the statement with a hash, or all of them; exit 1 if any is unknown or not what was frozen.

    Example: mobility statements verify
    """
    with context.session() as session:
        if digest is None:
            found = verify_statements(session)
        else:
            try:
                one = check_hash(session, digest)
            except DomainError as error:
                raise click.ClickException(str(error)) from error
            if one is None:
                raise click.ClickException(f"no statement has the hash {digest}")
            found = [one]
    for each in found:
        _show(each, as_json)
    broken = sum(not each.is_intact for each in found)
    if broken:
        raise click.ClickException(f"{broken} of {len(found)} are not what was frozen")
    if not as_json:
        click.echo(f"{len(found)} checked, all intact.")
