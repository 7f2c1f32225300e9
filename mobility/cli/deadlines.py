"""`mobility deadlines`: computes time limits, one or many, and tells how a date comes about.

Parses the command line and prints; the answers come from `mobility.services.deadlines`. Needs no database, but for
`recompute`, which is a module of its own.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from mobility.cli.recompute import recompute
from mobility.domain.errors import DomainError
from mobility.domain.time_limits import Answer
from mobility.i18n import WIRED, use_locale
from mobility.i18n import gettext as _
from mobility.i18n.derivations import as_plain, cautions, result_text
from mobility.services.deadlines import (
    answered,
    compute_line,
    compute_question,
    error_text,
    explain_answer,
    protocol_day,
    question_from,
)

Command = Callable[..., None]


class QuestionRefused(click.ClickException):
    """The question has no answer: one line on stderr, exit status 1."""

    exit_code = 1


class InputUnreadable(click.ClickException):
    """Standard input could not be read: exit status 2."""

    exit_code = 2


@click.group("deadlines")
def group() -> None:
    """Time limits under real law: compute a date, explain it."""


group.add_command(recompute)


def _question_options(command: Command) -> Command:
    options: tuple[Callable[[Command], Command], ...] = (
        click.option("--rule-set", help="Body of law, such as EU1182, BGB187_1, WORKDAYS."),
        click.option("--start", help="The event: YYYY-MM-DD, or YYYY-MM-DDTHH:MM with or without an offset."),
        click.option("--period", default="", help="A number, 1.5 months, or steps such as 3w+2wd."),
        click.option("--unit", default="", help="hours, days, working_days, weeks, months, years, composite …"),
        click.option("--country", default="", help="Whose calendar: DE, DE-BY, GB-ENG, EU-COM, CJEU."),
        click.option("--direction", default="forward", show_default=True, help="forward, backward, periodic …"),
        click.option("--kind", default="act", show_default=True, help="act, decision, silence, effect …"),
        click.option("--params", default="{}", show_default=True, help="Further parameters as a JSON object."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@group.command("compute")
@_question_options
@click.option("--batch", is_flag=True, help="Read questions as JSON Lines on stdin, write answers to stdout.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer with its derivation as one JSON object.")
def compute(*, batch: bool, as_json: bool, **values: Any) -> None:
    """Compute the last day of one time limit, or of many with --batch.

    In a batch each line is answered, with an error where it cannot be computed; exit status 2 only if standard input
    cannot be read. A single question that cannot be answered ends with status 1.

    Example: mobility deadlines compute --rule-set EU1182 --start 2026-03-24 --period 10 --unit days --country DE
    """
    if batch:
        _answer_batch()
        return
    answer = _answer(values)
    if as_json:
        click.echo(json.dumps(answered(answer), ensure_ascii=False))
        return
    click.echo(protocol_day(answer.last_day))
    if answer.is_debatable:
        click.echo(f"{protocol_day(answer.earliest)} .. {protocol_day(answer.latest)}")


@group.command("explain")
@_question_options
@click.option(
    "--language",
    type=click.Choice([language.code for language in WIRED]),
    default="en",
    show_default=True,
    help="Language of the derivation.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the told steps as one JSON object.")
def explain(*, language: str, as_json: bool, **values: Any) -> None:
    """Tell how a date comes about: each step with its article and the day it leads to.

    Example: mobility deadlines explain --rule-set EU1182 --start 2026-03-24 --period 10 --unit days --country DE
    --language fr
    """
    answer = _answer(values)
    with use_locale(language):
        if as_json:
            told = answered(answer) | {"explanation": as_plain(explain_answer(answer)), "cautions": cautions(answer)}
            click.echo(json.dumps(told, ensure_ascii=False))
        else:
            _print_explanation(answer)


def _print_explanation(answer: Answer) -> None:
    click.echo(result_text(answer.last_day))
    if answer.is_debatable:
        click.echo(
            _(
                "On the earlier reading %(earliest)s, on the later %(latest)s.",
                earliest=result_text(answer.earliest),
                latest=result_text(answer.latest),
            )
        )
    click.echo()
    for number, step in enumerate(explain_answer(answer), start=1):
        day = result_text(step.day) if step.day else ""
        click.echo(f"{number:2}. {step.title}" + (f" → {day}" if day else ""))
        click.echo(f"    {step.sentence}" + (f" [{step.article}]" if step.article else ""))
    for caution in cautions(answer):
        click.echo(f" ⚠  {caution}")


def _answer(values: dict[str, Any]) -> Answer:
    for name in ("rule_set", "start"):
        if not values[name]:
            raise click.UsageError(_("--%(option)s is needed.", option=name.replace("_", "-")))
    try:
        params = json.loads(values["params"])
    except ValueError:
        raise QuestionRefused(_("--params is not a JSON object: %(value)s", value=values["params"])) from None
    try:
        return compute_question(question_from(values | {"params": params}))
    except DomainError as error:
        raise QuestionRefused(error_text(error)) from error


def _answer_batch() -> None:
    readable, writable = sys.stdin.buffer, sys.stdout.buffer
    try:
        for number, line in enumerate(readable):
            text = line.decode("utf-8-sig" if number == 0 else "utf-8", errors="replace")
            writable.write(compute_line(text.rstrip("\r\n")).encode("utf-8") + b"\n")
    except OSError as error:
        raise InputUnreadable(_("Standard input cannot be read: %(why)s", why=error.strerror or str(error))) from error
    finally:
        writable.flush()
