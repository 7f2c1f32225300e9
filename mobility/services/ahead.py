"""What will go out: a dry run of the next days, and any mail as it will look, with the facts of a real one.

For administrators: references and addresses, never a case file. Nothing is changed and nothing is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import NotFound
from mobility.mail.messages import RenderedMail, render, template_names
from mobility.mail.samples import SAMPLES
from mobility.services.life_dates import find_life_dates
from mobility.services.notice_facts import facts_of_clock, facts_of_life, find_clock_notice, find_life_notice
from mobility.services.reminder_recipients import known_zone
from mobility.services.reminders import list_planned
from mobility.services.roles import require_administrator
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.scope import every_case

MOST_LINES: Final = 500


class Source(StrEnum):
    """Where the facts of a previewed mail come from."""

    MESSAGE = "message"  # one in the outbox
    PLANNED = "planned"  # a notice that is to go out
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadLine:
    """One notice that will go out; `goes_alone` because its day has come, else in its reader's digest of the day."""

    reminder_id: int
    leaves_at: datetime
    leaves_on: date  # in the reader's zone
    rule: str
    about_on: date
    reference: str
    occasion: str
    recipient: str
    reason: str
    goes_alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A mail as it will look; `message_id` is the one in the outbox whose facts it has."""

    mail: RenderedMail
    source: Source
    message_id: int | None = None


def list_ahead(session: Session, actor: Actor, now: datetime, days: int) -> list[AheadLine]:
    """Return what goes out in the next days, soonest first, at most `MOST_LINES`."""
    require_administrator(actor)
    with every_case(session):
        return [_line(row) for row in list_planned(session, now + timedelta(days=days), MOST_LINES)]


def _line(row: Any) -> AheadLine:
    reader, office = known_zone(row.reader_zone), known_zone(row.time_zone or row.reader_zone)
    return AheadLine(
        reminder_id=row.id,
        leaves_at=row.next_at,
        leaves_on=row.next_at.astimezone(ZoneInfo(reader)).date(),
        rule=row.rule,
        about_on=row.about_on,
        reference=row.reference or "",
        occasion=row.occasion,
        recipient=row.email,
        reason=row.reason,
        goes_alone=row.about_on <= row.next_at.astimezone(ZoneInfo(office)).date(),
    )


def list_messages_of(session: Session, actor: Actor, template: str) -> Sequence[int]:
    """Return the numbers of the last messages of a template whose facts are still there, newest first."""
    require_administrator(actor)
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.parameters)
        .where(OutboxMessage.template == template)
        .order_by(OutboxMessage.id.desc())
        .limit(10)
    )
    return [row.id for row in rows if row.parameters]


def preview(
    session: Session,
    actor: Actor,
    template: str,
    locale: str,
    site: str,
    now: datetime,
    *,
    message_id: int | None = None,
) -> Preview:
    """Return a mail in a language with the facts of a message: the one named, else the newest, else invented ones.

    Raises NotFound for an unknown template or message, MailNotRendered where the facts do not fit.
    """
    require_administrator(actor)
    if template not in template_names():
        raise NotFound(template=template)
    numbers = [message_id] if message_id is not None else list_messages_of(session, actor, template)[:1]
    if not numbers:
        return Preview(mail=render(template, locale, SAMPLES[template], site), source=Source.SAMPLE)
    row = session.execute(
        select(OutboxMessage.parameters).where(OutboxMessage.id == numbers[0], OutboxMessage.template == template)
    ).one_or_none()
    if row is None or not row.parameters:
        raise NotFound(message=numbers[0])
    facts = _today(row.parameters, now) | dict(row.parameters)
    return Preview(mail=render(template, locale, facts, site), source=Source.MESSAGE, message_id=numbers[0])


def preview_planned(session: Session, actor: Actor, reminder_id: int, locale: str, site: str, now: datetime) -> Preview:
    """Return a notice that is planned as it would go out on its day, by itself; raises NotFound."""
    require_administrator(actor)
    with every_case(session):
        facts = _facts_of(session, reminder_id, now)
    template = str(facts.pop("template"))
    return Preview(mail=render(template, locale, facts, site), source=Source.PLANNED)


def _facts_of(session: Session, reminder_id: int, now: datetime) -> dict[str, Any]:
    row = find_clock_notice(session, reminder_id)
    if row is not None:
        facts = facts_of_clock(row)
    else:
        row = find_life_notice(session, reminder_id)
        dates = {} if row is None else find_life_dates(session, {row.occasion}, now)
        if row is None or row.occasion not in dates:
            raise NotFound(reminder=reminder_id)
        facts = facts_of_life(row, dates[row.occasion])
    leaves = max(row.next_at, now)
    return {**_today(facts, leaves), **facts, "is_late": False, "collapsed": 0}


def _today(facts: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    zone = ZoneInfo(known_zone(str(facts.get("time_zone", "UTC"))))
    return {"today": moment.astimezone(zone).date().isoformat()}
