"""`mobility deadlines recompute`: counts running time limits again, shows what moves, and writes it when told to."""

import json
from datetime import date
from typing import Any

import click
from sqlalchemy.orm import Session

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.errors import DomainError
from mobility.i18n import gettext as _
from mobility.i18n import ngettext
from mobility.services.recompute import Change, Difference, Move, Recount, apply_to, in_chunks
from mobility.storage.db import write_unit

_SHOWN = 50


class CannotRecompute(click.ClickException):
    """The change cannot be looked at: one line and exit status 1."""

    exit_code = 1


@click.command("recompute")
@click.option("--calendar", default="", help="Only what a day of this calendar can move, such as DE; needs --day.")
@click.option("--day", "day_text", default="", help="The day of that calendar, YYYY-MM-DD.")
@click.option("--provision", "provisions", multiple=True, help="Only clocks under this provision; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Show what would move and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the difference as one JSON object.")
@pass_context
def recompute(
    context: CommandContext, *, calendar: str, day_text: str, provisions: tuple[str, ...], dry_run: bool, as_json: bool
) -> None:
    """Count running time limits again after law, calendars or the holidays package have changed.

    Without options every running clock is looked at. Exit status 0, also when nothing moves.

    Example: mobility deadlines recompute --dry-run --calendar DE --day 2027-05-03
    """
    change = _change(calendar, day_text, provisions)
    now = utc_now()
    with context.session() as session:
        try:
            recount = Recount(session, change, now)
            found = recount.difference(session)
        except DomainError as error:
            raise CannotRecompute(str(error)) from error
        if not dry_run:
            _apply(session, recount, found)
    if as_json:
        click.echo(json.dumps(_as_data(found, applied=not dry_run), ensure_ascii=False))
    else:
        _print(found, applied=not dry_run)


def _change(calendar: str, day_text: str, provisions: tuple[str, ...]) -> Change:
    if bool(calendar) is not bool(day_text):
        raise click.UsageError(_("--calendar and --day are given together."))
    if calendar and provisions:
        raise click.UsageError(_("Give either a day of a calendar or provisions."))
    try:
        day = date.fromisoformat(day_text) if day_text else None
    except ValueError:
        raise click.UsageError(_("--day is not a date: %(value)s", value=day_text)) from None
    return Change(calendar=calendar, day=day, provisions=provisions)


def _apply(session: Session, recount: Recount, found: Difference) -> None:
    """Write some clocks at a time, so that nobody waits long for the database."""
    for ids in in_chunks([move.clock_id for move in found.moves]):
        with write_unit(session) as unit:
            apply_to(unit, SYSTEM, recount, ids)


def _as_data(found: Difference, *, applied: bool) -> dict[str, Any]:
    return {
        "change": found.change.as_data(),
        "applied": applied,
        "looked_at": found.looked_at,
        "cases": found.cases,
        "newly_overdue": found.newly_overdue,
        "moves": [move.as_data() for move in found.moves],
        "refused": [{"clock": clock, "error": error} for clock, error in found.refused],
    }


def _print(found: Difference, *, applied: bool) -> None:
    click.echo(
        _(
            "Preview: cases %(cases)d, time limits that move %(moves)d of %(looked_at)d, become overdue %(overdue)d.",
            looked_at=found.looked_at,
            moves=len(found.moves),
            cases=found.cases,
            overdue=found.newly_overdue,
        )
    )
    for move in found.moves[:_SHOWN]:
        click.echo(_line(move))
    more = len(found.moves) - _SHOWN
    if more > 0:
        click.echo(ngettext("… and %(num)s more", "… and %(num)s more", more))
    for clock, error in found.refused:
        click.echo(_("Clock %(clock)d cannot be counted: %(error)s", clock=clock, error=error), err=True)
    if applied and found.moves:
        click.echo(_("Written. The people concerned are told."))


def _line(move: Move) -> str:
    mark = "!" if move.becomes_overdue else " "
    days = f"{move.was.earliest_on.isoformat()} → {move.becomes.earliest_on.isoformat()}"
    return f"{mark} {move.reference}  {move.provision:<6} {move.stage:<12} {days}"
