"""What the templates are given in tests: one full set of facts for each."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from mobility.mail.messages import build_message, render

OFFICE = {"en": "Embassy of Germany, Cairo", "ar": "سفارة ألمانيا في القاهرة"}
CASE = {"reference": "EG-DE-2027-000418-K", "path": "/cases/EG-DE-2027-000418-K"}
REMINDER = CASE | {
    "kind": "decision",
    "stage_kind": "visa",
    "owes": "The consulate decides on the application.",
    "consequence": "",
    "instrument": "Visa Code",
    "article": "23(1)",
    "owed_by": "office",
    "is_yours": False,
    "office_names": OFFICE,
    "earliest_on": "2026-12-31",
    "latest_on": "2026-12-31",
    "planned_on": "2026-12-14",
    "today": "2026-12-14",
    "is_late": False,
    "collapsed": 0,
    "derivation": {},
}
FACTS: dict[str, dict[str, Any]] = {
    "reminder": REMINDER,
    "case_submitted": CASE | {"programme_names": {"en": "Scholarships"}},
    "case_admissible": CASE | {"due_on": "2026-12-31"},
    "request_asked": CASE | {"stage_kind": "visa", "answer_by": "2026-12-31", "office_names": OFFICE},
    "request_answered": CASE | {"stage_kind": "recognition", "answered_on": "2026-12-13"},
    "stage_moved": CASE | {"stage_kind": "funding", "status": "assessed", "office_names": OFFICE},
    "decision_made": CASE
    | {"stage_kind": "visa", "status": "issued", "office_names": OFFICE, "appeal_by": "2027-01-31"},
    "message_received": CASE | {"office_names": OFFICE},
    "case_closed": CASE | {"status": "closed"},
}
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
