"""`mobility reciprocity verify`: are the sums that reports read still those of the cases and the imports?"""

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.i18n import gettext as _
from mobility.services.flow_verification import Difference, list_differences, recount_flows
from mobility.storage.db import write_unit


@click.command("verify")
@click.option("--repair", is_flag=True, help="Compute all sums anew where they differ.")
@pass_context
def verify(context: CommandContext, repair: bool) -> None:
    """Compare the sums that reports read with a full recount; status 1 where they differ.

    Example: mobility reciprocity verify
    """
    with context.session() as session:
        found = list_differences(session)
        for each in found:
            click.echo(_line(each))
        if found and repair:
            with write_unit(session):
                recount_flows(session)
            click.echo(_("All sums were computed anew."))
            return
    if found:
        raise click.exceptions.Exit(1)
    click.echo(_("Every sum equals a full recount."))


def _line(each: Difference) -> str:
    place = f"{each.programme_id}/{each.import_id} {each.discipline or '*'} {each.period} {each.origin}-{each.host}"
    return f"{place}  {' '.join(map(str, each.numbers))}"
