"""`mobility scheduler`: the process that sends what is due. Any number may run; one works at a time."""

import json
from importlib import import_module

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.storage.revisions import find_schema_problem


@click.command()
@click.option("--once", is_flag=True, help="Do everything that is due, once, and end.")
@pass_context
def scheduler(context: CommandContext, once: bool) -> None:
    """Send reminders and mail as they fall due; ends in good order on Ctrl-C and SIGTERM.

    Example: mobility scheduler --once
    """
    problem = find_schema_problem(context.settings)
    if problem:
        raise click.ClickException(problem)
    work, jobs = (
        import_module("mobility.jobs.work"),
        import_module("mobility.jobs.scheduler"),
    )  # layers: beside, not below
    worker = work.Worker(settings=context.settings, sessions=context.session)
    if not once:
        click.echo(f"Dispatching every {context.settings.dispatch_seconds} s as {worker.holder}")
        jobs.run_until_told_to_stop(worker)
        return
    done = jobs.run_once(worker)
    click.echo(json.dumps(done))
    if done["dispatch"] is None:
        raise click.ClickException("another scheduler is at work; nothing was done here")
