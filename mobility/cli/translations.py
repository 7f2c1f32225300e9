"""`mobility translations`: keep the catalogues of a checkout."""

import sys

import click

from mobility.i18n import upkeep


@click.group()
def group() -> None:
    """Catalogues: update from the sources, check, compile."""


@group.command()
def update() -> None:
    """Extract every message and merge it into all languages. Example: mobility translations update"""
    for code, missing in upkeep.update().items():
        click.echo(f"{code}: {missing} to translate")


@group.command()
@click.option("--limit", default=40, show_default=True, help="How many problems to print.")
def check(limit: int) -> None:
    """Exit 1 and say why when a required catalogue is stale or incomplete. Example: mobility translations check"""
    found = list(upkeep.problems())
    for problem in found[:limit]:
        click.echo(problem, err=True)
    if found:
        click.echo(f"{len(found)} problems in the catalogues", err=True)
        sys.exit(1)
    click.echo("The catalogues are complete.")


@group.command(name="compile")
@click.option("--quiet", is_flag=True)
def compile_(quiet: bool) -> None:
    """Compile what has changed. Example: mobility translations compile"""
    done = upkeep.compile_all()
    if not quiet:
        click.echo(f"Compiled: {', '.join(done) or 'nothing, all were fresh'}")
