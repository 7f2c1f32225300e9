"""What is to leave the house: messages are put into the outbox in the transaction of the change that causes them.

Nothing is sent here and no words are made here: a message is a template's name and facts. `services/dispatch.py`
sends it later, in the reader's language. Parameters are codes, numbers, ISO dates and paths on this site, never a
person's name, a birth date or what a document says. Those of a message that is not about a case are forgotten once it
has left, because they hold a one-time link.

==================  ==================================================================================================
template            parameters (a star: always there)
==================  ==================================================================================================
confirm_address     path* of the link, valid_hours*
address_known       path*
invitation          path* of the link, valid_days*
reset_password      path* of the link, valid_minutes*
password_changed    path*, changed_on* (ISO day)
case_submitted      reference*, path*, programme_names (locale -> name)
case_admissible     reference*, path*, due_on (ISO day of the next date)
request_asked       reference*, path*, document_kind, answer_by* (ISO day), stage_kind, office_names (locale -> name)
request_answered    reference*, path*, document_kind, stage_kind, answered_on (ISO day)
stage_moved         reference*, path*, stage_kind*, status* (code of domain/stages), office_names
decision_made       reference*, path*, stage_kind*, status*, office_names, appeal_by (ISO day)
message_received    reference*, path*, office_names (absent when the applicant wrote)
date_moved          reference*, path*, stage_kind*, cause*, owes*, instrument*, article*, is_yours*,
                    was_on*, earliest_on*, latest_on* (ISO days)
case_closed         reference*, path*, status*
statement_signed    path*, instrument*, country_a*, country_b*, starts_on*, ends_on* (ISO days), version*, side*
statement_answered  as statement_signed, and disputed* (how many entries)
statement_remark    as statement_signed without side, and entry*
threshold_crossed   path*, instrument*, kind*, country_a*, country_b*, level*, measured* (per cent), starts_on*,
                    ends_on*, reviews* (owes, article, due_on)
reminder            written by `services/handing_over.py` only, like the next two
digest              path*, items* (several of the others), more*, clocks* (id and due version of each), unsubscribe
life_date           path*, kind* (domain/treaty_life), earliest_on*, owes, instrument, article, programme_names,
                    reference, stage_kind, call_titles, unsubscribe (a path, as in the others)
==================  ==================================================================================================
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.storage.inserting import insert_into
from mobility.storage.many_rows import insert_many
from mobility.storage.models.accounts import Person
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.site import site_of

ONE_TIME = frozenset({"confirm_address", "address_known", "invitation", "reset_password", "password_changed"})
"""Templates about an account: they may hold a link that works once, and are not shown in the reader's notices."""


def message_id_for(key: str, host: str) -> str:
    """Return the Message-ID of a key: the same on every attempt, so that a reader's program can tell a double."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


def enqueue(
    session: Session,
    *,
    key: str,
    template: str,
    now: datetime,
    recipient: Person | None = None,
    address: str = "",
    locale: str = "",
    parameters: Mapping[str, Any] | None = None,
    case_id: int | None = None,
    due_at: datetime | None = None,
) -> OutboxMessage | None:
    """Put a message into the outbox; None when its key is already there, whatever became of that one.

    With a recipient, `address` and `locale` stay empty and are the person's own at the moment of sending; give an
    address beside a recipient only where another one must be used (confirming a new one). Needs a write unit.
    """
    if recipient is None and not address:
        raise ValueError(f"message {key!r} has neither recipient nor address")
    session.flush()  # a person made in this unit gets an id
    due = due_at or now
    values = _values(session, key, template, recipient.id if recipient is not None else None, now, due)
    values |= {"case_id": case_id, "address": address, "locale": locale, "parameters": dict(parameters or {})}
    statement = insert_into(session, OutboxMessage).values(values)
    return session.scalars(
        statement.on_conflict_do_nothing(index_elements=["key"]).returning(OutboxMessage)
    ).one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One of many messages: to a person, or to an address in a language. Without `due_at` it is due at once."""

    key: str
    parameters: Mapping[str, Any]
    recipient_id: int | None = None
    case_id: int | None = None
    address: str = ""
    locale: str = ""
    due_at: datetime | None = None
    template: str = ""  # only where those of one call differ


def enqueue_many(session: Session, template: str, letters: Iterable[Letter], now: datetime) -> None:
    """Put many messages of one template into the outbox; those whose key is there are left as they are."""
    insert_many(session, OutboxMessage, [_row_of(session, each, template, now) for each in letters], unless_known="key")


def enqueue_all(session: Session, letters: Sequence[Letter], now: datetime) -> set[str]:
    """Put messages of several templates into the outbox and return the keys of those that were not there yet."""
    if not letters:
        return set()
    rows = [_row_of(session, each, each.template, now) for each in letters]
    statement = insert_into(session, OutboxMessage).on_conflict_do_nothing(index_elements=["key"])
    return set(session.scalars(statement.returning(OutboxMessage.key), rows))


def _row_of(session: Session, letter: Letter, template: str, now: datetime) -> dict[str, Any]:
    return _values(session, letter.key, template, letter.recipient_id, now, letter.due_at or now) | {
        "case_id": letter.case_id,
        "parameters": dict(letter.parameters),
        "address": letter.address,
        "locale": letter.locale,
    }


def _values(
    session: Session, key: str, template: str, recipient_id: int | None, now: datetime, due: datetime
) -> dict[str, Any]:
    """Return the row of a message that waits for its turn."""
    return {
        "key": key,
        "template": template,
        "recipient_id": recipient_id,
        "case_id": None,
        "address": "",
        "locale": "",
        "parameters": {},
        "status": "pending",
        "due_at": due,
        "next_at": due,
        "attempts": 0,
        "owner": "",
        "token": 0,
        "uncertain": False,
        "message_id": message_id_for(key, site_of(session).mail_host),
        "reply": "",
        "reason": "",
        "history": [],
        "created_at": now,
        "in_app": recipient_id is not None and template not in ONE_TIME,
    }
