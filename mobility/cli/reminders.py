"""`mobility reminders`: what will leave the house, what leaves now, what could not, and how it will look."""

import json

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.cli.dispatching import dispatch
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.errors import DomainError
from mobility.i18n import WIRED
from mobility.mail.messages import MailNotRendered, RenderedMail, render, template_names
from mobility.mail.samples import SAMPLES
from mobility.services.ahead import Source, list_ahead
from mobility.services.ahead import preview as show_mail
from mobility.services.outbox_desk import get_message, list_messages, requeue_all
from mobility.services.outbox_desk import requeue as requeue_one
from mobility.settings import load_settings
from mobility.storage.db import write_unit


@click.group()
def group() -> None:
    """Reminders and the outbox: due, dispatch, dead, requeue, preview."""


@group.command()
@click.option("--days", default=7, show_default=True, type=click.IntRange(0, 3660), help="How far ahead to look.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@pass_context
def due(context: CommandContext, days: int, as_json: bool) -> None:
    """List the notices that will go out, soonest first; nothing is sent. Example: mobility reminders due --days 14"""
    with context.session() as session:
        lines = list_ahead(session, SYSTEM, utc_now(), days)
    for line in lines:
        facts = {
            "due_at": line.leaves_at.isoformat(),
            "rule": line.rule,
            "about_on": line.about_on.isoformat(),
            "reference": line.reference or line.occasion,
            "recipient": line.recipient,
            "how": "alone" if line.goes_alone else "digest",
        }
        click.echo(json.dumps(facts) if as_json else "  ".join(facts.values()))
    if not lines and not as_json:
        click.echo(f"No notice is due in the next {days} days.")


group.add_command(dispatch)


@group.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@pass_context
def dead(context: CommandContext, as_json: bool) -> None:
    """List the messages that could not leave, newest first. Example: mobility reminders dead"""
    with context.session() as session:
        found, more = list_messages(session, SYSTEM, status="dead")
    for each in found:
        facts = {"id": each.id, "template": each.template, "reason": each.reason, "reply": each.reply}
        line = f"{each.id}  {each.template}  {each.reason}  {each.reply}"
        click.echo(json.dumps(facts | {"key": each.key, "attempts": each.attempts}) if as_json else line)
    if not as_json and (more or not found):
        click.echo("There are more; requeue or mend these first." if more else "No message was given up.")


@group.command()
@click.argument("message_id", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="Every message that was given up.")
@pass_context
def requeue(context: CommandContext, message_id: int | None, every: bool) -> None:
    """Send a message that was given up on its way again. Example: mobility reminders requeue 12"""
    if (message_id is None) == (not every):
        raise click.UsageError("give the number of one message, or --all")
    with context.session() as session, write_unit(session) as unit:
        if message_id is None:
            count = requeue_all(unit, SYSTEM, utc_now())
        else:
            try:
                get_message(unit, SYSTEM, message_id)
                requeue_one(unit, SYSTEM, message_id, utc_now())
            except DomainError as error:
                raise click.ClickException(str(error)) from error
            count = 1
    click.echo(f"{count} on the way again.")


@group.command()
@click.argument("template", type=click.Choice(template_names()))
@click.option("--language", default="en", show_default=True, type=click.Choice([each.code for each in WIRED]))
@click.option("--html", "as_html", is_flag=True, help="The HTML part instead of the text.")
@click.option("--real", is_flag=True, help="With the facts of the newest such message in the outbox.")
@click.option("--message", "message_id", type=int, help="With the facts of this message in the outbox.")
@pass_context
def preview(
    context: CommandContext, template: str, language: str, as_html: bool, real: bool, message_id: int | None
) -> None:
    """Show a mail, with sample facts or real ones. Example: mobility reminders preview reminder --language ar"""
    if real or message_id is not None:
        mail = _real_mail(context, template, language, message_id)
    else:
        mail = render(template, language, SAMPLES[template], load_settings().address)
    click.echo(mail.html if as_html else f"{mail.subject}\n\n{mail.text}")


def _real_mail(context: CommandContext, template: str, language: str, message_id: int | None) -> RenderedMail:
    site = context.settings.address
    try:
        with context.session() as session:
            found = show_mail(session, SYSTEM, template, language, site, utc_now(), message_id=message_id)
    except (DomainError, MailNotRendered) as error:
        raise click.ClickException(str(error)) from error
    if found.source is Source.SAMPLE:
        raise click.ClickException(f"no message of {template} is in the outbox with its facts; leave --real out")
    return found.mail
