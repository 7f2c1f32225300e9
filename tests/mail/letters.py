"""A message made from the sample facts, and its parts."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from mobility.mail.messages import build_message, render
from mobility.mail.samples import SAMPLES

FACTS: dict[str, dict[str, Any]] = {name: dict(facts) for name, facts in SAMPLES.items()}
REMINDER = FACTS["reminder"]
SITE = "https://mobility.example"


def a_message(
    now: datetime, *, template: str = "reminder", locale: str = "en", to: str = "a@example.org"
) -> EmailMessage:
    return build_message(
        render(template, locale, FACTS[template], SITE),
        sender="Mobility <post@mobility.example>",
        to=to,
        message_id=f"<0123456789abcdef{len(to)}@mobility.example>",
        key="reminder:12:before_7:1:4",
        now=now,
    )


def lines_of(message: EmailMessage, kind: str) -> list[str]:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).splitlines()
