"""`mobility db`: bring the database to the present schema, compare, back up, restore."""

import sys
from pathlib import Path

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.cli.demo import load
from mobility.clock import utc_now
from mobility.domain.errors import DomainError
from mobility.services import backups
from mobility.services.treaties import load_treaties
from mobility.storage.db import write_unit
from mobility.storage.migrations import migrations_for


@click.group()
def db() -> None:
    """The database: upgrade, check, backup, restore."""


def _upgrade(context: CommandContext) -> None:
    context.app.config["SETTINGS"].instance.mkdir(parents=True, exist_ok=True)
    with context.app.app_context():
        migrations_for(context.app).upgrade()


@db.command()
@pass_context
def upgrade(context: CommandContext) -> None:
    """Create or migrate the database. Example: mobility db upgrade"""
    _upgrade(context)
    click.echo("The database is at the present schema.")


@db.command()
@click.option("--demo", is_flag=True, help="Load the demo data too, unless there are people already.")
@click.pass_context
def prepare(click_context: click.Context, demo: bool) -> None:
    """Migrate, load the law, and with --demo the demo data. Example: mobility db prepare --demo"""
    context = click_context.ensure_object(CommandContext)
    _upgrade(context)
    with context.session() as session, write_unit(session):
        load_treaties(session, now=utc_now())
    if demo:
        click_context.invoke(load, once=True)


@db.command()
@pass_context
def check(context: CommandContext) -> None:
    """Compare the database with the models; exit 1 and list the differences. Example: mobility db check"""
    with context.app.app_context():
        differences = migrations_for(context.app).compare_metadata()
    for difference in differences:
        click.echo(str(difference), err=True)
    if differences:
        sys.exit(1)
    click.echo("The database has exactly the tables that the program expects.")


@db.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@pass_context
def backup(context: CommandContext, target: Path) -> None:
    """Write a consistent copy of the SQLite database. Example: mobility db backup monday.sqlite"""
    _or_fail(lambda: click.echo(f"{backups.back_up(_file(context), target)} bytes in {target}"))


@db.command()
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@pass_context
def restore(context: CommandContext, source: Path) -> None:
    """Put a copy back; stop web and scheduler first. Example: mobility db restore monday.sqlite"""
    _or_fail(lambda: backups.restore(source, _file(context)))
    click.echo(f"Restored. The former file is {_file(context)}.before-restore")


def _file(context: CommandContext) -> Path:
    address = context.settings.database_address
    if not address.startswith("sqlite:///"):
        raise click.ClickException("this command copies SQLite files; for PostgreSQL use pg_dump and pg_restore")
    return Path(address.removeprefix("sqlite:///"))


def _or_fail(action: object) -> None:
    assert callable(action)
    try:
        action()
    except DomainError as error:
        raise click.ClickException(str(error)) from error
