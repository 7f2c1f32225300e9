"""`mobility demo`: load the demonstration world and print who can sign in."""

import gc
from datetime import datetime

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.services import demo
from mobility.storage.db import write_unit

DOES = {
    "applicant_waiting": "applicant: her case waits for her answer",
    "applicant_new": "applicant: nothing yet; find an open call and apply",
    "post_officer": "visa officer at the German Embassy, Cairo: admits cases, decides visas",
    "recognition_officer": "recognition officer in Bonn",
    "funder_first": "funder in Bonn: proposes",
    "funder_second": "funder in Bonn: confirms",
    "school_officer": "language school in Leipzig",
    "sending_officer": "Embassy of Egypt, Berlin: looks on, and receives guests from Germany",
    "manager": "programme manager: residencies and researchers, reciprocity",
    "administrator": "administrator: people, offices, outbox",
    "auditor": "auditor: the log",
}


@click.group()
def group() -> None:
    """The demonstration: invented people under real law."""


@group.command()
@click.option("--cases", default=80, show_default=True, type=click.IntRange(0, 5_000_000), help="How many cases.")
@click.option("--seed", default=1, show_default=True, type=int, help="Another seed gives other names.")
@click.option("--once", is_flag=True, help="Do nothing when there are people already.")
@pass_context
def load(context: CommandContext, cases: int, seed: int, once: bool) -> None:
    """Load the demo world into an empty database. Example: mobility demo load --cases 80"""
    with context.session() as session:
        is_loaded = once and demo.has_people(session)
    if not is_loaded:
        _load(context, cases, seed)
    show_log_ins()


def _load(context: CommandContext, cases: int, seed: int) -> None:
    password_hash = demo.hash_of_demo_password()
    now = utc_now()
    gc.disable()  # hundreds of thousands of short-lived objects: a fifth of the time went into looking for cycles
    try:
        _play(context, cases, seed, password_hash, now)
        if cases > demo.PLAYED:
            _copy(context, cases - demo.PLAYED, seed, password_hash, now)
    except demo.DemoAlreadyThere as error:
        raise click.ClickException(
            "there are people already; the demo is loaded into an empty database only"
        ) from error
    finally:
        gc.enable()


def _play(context: CommandContext, cases: int, seed: int, password_hash: str, now: datetime) -> None:
    with context.session() as session:
        papers = demo.prepare_papers(session)
        with write_unit(session):
            world = demo.load_world(session, seed=seed, password_hash=password_hash, now=now)
            with click.progressbar(length=1000, label="Playing cases") as bar:
                for done in demo.play_cases(session, world, papers, cases=cases):
                    bar.update(done - bar.pos)


def _copy(context: CommandContext, wanted: int, seed: int, password_hash: str, now: datetime) -> None:
    with context.session() as session:
        run = demo.plan_copies(session, wanted=wanted, seed=seed, password_hash=password_hash, now=now)
        with demo.many_rows(session, write_unit, rebuild_indexes=run.rebuilds_indexes):
            with click.progressbar(length=wanted, label="Copying cases") as bar:
                while run.done < wanted:
                    with write_unit(session):
                        bar.update(run.write_chunk(session))
            with write_unit(session):
                run.finish(session)
            click.echo("Building indexes")


@group.command("log-ins")
def log_ins() -> None:
    """Print who can sign in to the demo. Example: mobility demo log-ins"""
    show_log_ins()


def show_log_ins() -> None:
    """Print one line for each account of the demo, and the password they share."""
    lines = demo.list_log_ins()
    widths = [max(len(getattr(line, part)) for line in lines) for part in ("name", "email")]
    click.echo("\nDemo log-ins")
    for line in lines:
        click.echo(f"  {line.name:<{widths[0]}}  {line.email:<{widths[1]}}  {DOES[line.does]}")
    click.echo(f"  Password of them all: {demo.read_demo_files().password}\n")
