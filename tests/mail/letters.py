"""A message made from the sample facts, and its parts."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from mobility.mail.messages import RenderedMail, render
from mobility.mail.samples import SAMPLES
from mobility.mail.wire import FinishedMail, write_mail

FACTS: dict[str, dict[str, Any]] = {name: dict(facts) for name, facts in SAMPLES.items()}
REMINDER = FACTS["reminder"]
SITE = "https://mobility.example"


def a_mail(
    now: datetime,
    *,
    template: str = "reminder",
    locale: str = "en",
    to: str = "a@example.org",
    words: RenderedMail | None = None,
) -> FinishedMail:
    return write_mail(
        words or render(template, locale, FACTS[template], SITE),
        sender="Mobility <post@mobility.example>",
        to=to,
        message_id=f"<0123456789abcdef{len(to)}@mobility.example>",
        key="reminder:12:before_7:1:4",
        now=now,
    )


def read(content: bytes) -> EmailMessage:
    """What a reader's program makes of the bytes."""
    message = message_from_bytes(content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def a_message(now: datetime, **facts: Any) -> EmailMessage:
    return read(a_mail(now, **facts).content)


def lines_of(message: EmailMessage, kind: str) -> list[str]:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).splitlines()
