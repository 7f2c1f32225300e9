"""The steps of one message through the outbox: claimed, fenced, marked. Each is one statement that names its owner.

    pending ─claim─> leased ─fence─> sending ─> sent
       ^                               ├─> retry (not now)          ─claim─> leased
       └── requeue ── dead <───────────┤   dead (never, or too often)
                                       └─> sending, until its lease runs out (nobody knows)  ─claim─> leased, uncertain

A step that finds the row no longer its own changes nothing and says `lost`. The order in which the steps are taken,
and the sending itself, are in `services/dispatch.py`.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from mobility.domain.access import SYSTEM
from mobility.services.audit import record_event
from mobility.services.outbox import ONE_TIME
from mobility.storage.models.accounts import Person
from mobility.storage.models.clocks import Clock
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.queries import outbox as queries

LEASE = timedelta(seconds=300)  # over ten times the time-out of a mail server (mail/transport.py)
MAX_TRIES = 16  # with the delays below: over 50 hours
MAX_UNKNOWN = 4  # so often may one message leave without anybody knowing whether it arrived
_LONGEST_DELAY = timedelta(hours=6)
_CLAIMED = ("id", "token", "key", "template", "parameters", "message_id", "attempts", "history")
LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message that this process may send now; `token` proves it."""

    id: int
    token: int
    key: str
    template: str
    address: str
    locale: str
    parameters: Mapping[str, Any]
    message_id: str
    attempts: int
    history: Sequence[Mapping[str, Any]]
    claimed_at: datetime


def clocks_of(parameters: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the clocks that a message tells of, each with the version of its date: one, several in a digest, none."""
    several = [(each[0], each[1]) for each in parameters.get("clocks", ())]
    if "clock_id" in parameters:
        several.append((parameters["clock_id"], parameters["due_version"]))
    return [(int(clock_id), int(due_version)) for clock_id, due_version in several]


def delay_after(attempts: int, key: str) -> timedelta:
    """Return how long to wait after that many attempts: 2^n minutes, at most 6 hours, and up to a fifth more.

    The extra follows from the key, so that messages that failed together do not come back together.
    """
    plain = min(timedelta(minutes=2 ** min(attempts, 20)), _LONGEST_DELAY)
    spread = hashlib.sha256(f"{key}:{attempts}".encode()).digest()[0] / 255
    return plain * (1 + spread / 5)


def claim_due(session: Session, owner: str, now: datetime, limit: int, lease: timedelta = LEASE) -> list[Claim]:
    """Take the messages that have waited longest, and those whose holder died; on PostgreSQL past locked rows."""
    is_due = and_(OutboxMessage.status.in_(("pending", "retry")), OutboxMessage.next_at <= now)
    is_left = and_(OutboxMessage.status.in_(("leased", "sending")), OutboxMessage.lease_until < now)
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.status)
        .where(or_(is_due, is_left))
        .order_by(OutboxMessage.next_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    ids = [row.id for row in rows]
    given_up = [row.id for row in rows if row.status == "sending" and not _may_leave_again(session, row.id, now)]
    ids = [row_id for row_id in ids if row_id not in given_up]
    if not ids:
        return claim_due(session, owner, now, limit, lease) if given_up else []
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids))
        .values(status="leased", owner=owner, token=OutboxMessage.token + 1, lease_until=now + lease)
        .execution_options(synchronize_session=False)
    )
    return _claimed(session, ids, now)


def _may_leave_again(session: Session, row_id: int, now: datetime) -> bool:
    """Note that nobody knows what became of the last attempt; False when that happened too often."""
    row = session.execute(
        select(
            OutboxMessage.attempts,
            OutboxMessage.history,
            OutboxMessage.reply,
            OutboxMessage.template,
            OutboxMessage.case_id,
        ).where(OutboxMessage.id == row_id)
    ).one()
    history = _with_attempt(row.history, row.attempts, now, "unknown", row.reply)
    unknown = _count_unknown(history)
    if unknown == 1 and row.case_id is not None:  # the officers of the case read it in its history
        facts = {"template": row.template}
        record_event(
            session,
            SYSTEM,
            "message_uncertain",
            at=now,
            subject="outbox",
            subject_id=row_id,
            case_id=row.case_id,
            parameters=facts,
        )
    values: dict[str, Any] = {"uncertain": True, "reason": "outcome_unknown", "history": history}
    if unknown >= MAX_UNKNOWN:
        values |= {"status": "dead", "lease_until": None}
    _set(session, row_id, values)
    return unknown < MAX_UNKNOWN


def _count_unknown(history: Sequence[Mapping[str, Any]]) -> int:
    """Return how many attempts had no answer since somebody last put the message back by hand."""
    count = 0
    for entry in history:
        count = 0 if entry["outcome"] == "requeued" else count + (entry["outcome"] == "unknown")
    return count


def _claimed(session: Session, ids: Sequence[int], now: datetime) -> list[Claim]:
    columns = [getattr(OutboxMessage, name) for name in _CLAIMED]
    rows = session.execute(
        select(*columns, OutboxMessage.address, OutboxMessage.locale, Person.email, Person.locale)
        .outerjoin(Person, Person.id == OutboxMessage.recipient_id)
        .where(OutboxMessage.id.in_(ids))
        .order_by(OutboxMessage.next_at, OutboxMessage.id)
    )
    return [
        Claim(
            **dict(zip(_CLAIMED, values, strict=True)),
            address=address or email or "",
            locale=locale or own_locale or "",
            claimed_at=now,
        )
        for *values, address, locale, email, own_locale in rows
    ]


def without_ended(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims with their digests shortened by the dates that ended or moved since; an empty one stays whole.

    It is called off as a whole just before it would leave, like any other message (`reason_to_cancel`).
    """
    several = [claim for claim in claims if "items" in claim.parameters]
    against = reasons_against_clocks(session, {pair for claim in several for pair in clocks_of(claim.parameters)})
    return [_shortened(claim, against) if "items" in claim.parameters else claim for claim in claims]


def _shortened(claim: Claim, against: Mapping[tuple[int, int], str]) -> Claim:
    kept = [
        item
        for item in claim.parameters["items"]
        if "clock_id" not in item or not against.get((item["clock_id"], item["due_version"]))
    ]
    return replace(claim, parameters={**claim.parameters, "items": kept}) if kept else claim


def reason_to_cancel(session: Session, claim: Claim) -> str:
    """Return why a message must not leave any more, or nothing: asked at the last moment before it does."""
    if not queries.has_recipient(session, claim.id):
        return "recipient_gone"
    clocks = clocks_of(claim.parameters)
    if not clocks or any("clock_id" not in item for item in claim.parameters.get("items", ())):
        return ""
    against = reasons_against_clocks(session, clocks)
    return against[clocks[0]] if all(against.values()) else ""


def reasons_against_clocks(session: Session, clocks: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return for each clock, with the version of its date, why nobody must be reminded of it any more, or nothing."""
    if not clocks:
        return {}
    version, current = ProvisionVersionRow, aliased(ProvisionVersionRow)
    is_replaced = exists().where(current.provision_id == version.provision_id, current.superseded_at.is_(None))
    rows = session.execute(
        select(Clock.id, Clock.state, Clock.due_version, version.superseded_at, is_replaced)
        .join(version, version.id == Clock.provision_version_id)
        .where(Clock.id.in_(sorted({clock_id for clock_id, _ in clocks})))
    )
    found = {row_id: facts for row_id, *facts in rows}
    return {(clock_id, wanted): _against(found.get(clock_id), wanted) for clock_id, wanted in clocks}


def _against(facts: Sequence[Any] | None, wanted: int) -> str:
    if facts is None:
        return "case_gone"
    state, due_version, superseded_at, is_replaced = facts
    if state != "running":
        return "clock_paused" if state == "paused" else "clock_ended"
    if superseded_at is not None and not is_replaced:
        return "provision_withdrawn"
    return "" if due_version == wanted else "clock_moved"


def fence(session: Session, owner: str, claim: Claim, now: datetime, lease: timedelta = LEASE) -> bool:
    """Note that the dialogue with the server begins; False when the claim is no longer ours."""
    return queries.fence(session, claim.id, owner, claim.token, now, now + lease)


def cancel(session: Session, owner: str, claim: Claim, reason: str) -> str:
    """Call a claimed message off."""
    values = {"status": "cancelled", "reason": reason, "lease_until": None}
    return "cancelled" if _set(session, claim.id, values, *_own(owner, claim, "leased")) else LOST


def give_back(session: Session, owner: str, claims: Sequence[Claim]) -> None:
    """Put claimed messages back as they were: they were not tried."""
    for status, tried in (("pending", False), ("retry", True)):
        some = [claim for claim in claims if bool(claim.attempts) == tried]
        if some:
            session.execute(
                update(OutboxMessage)
                .where(
                    tuple_(OutboxMessage.id, OutboxMessage.token).in_([(claim.id, claim.token) for claim in some]),
                    OutboxMessage.owner == owner,
                    OutboxMessage.status == "leased",
                )
                .values(status=status, owner="", lease_until=None)
                .execution_options(synchronize_session=False)
            )


def put_off(session: Session, owner: str, claim: Claim, until: datetime) -> str:
    """Leave a message for later untried, because its domain takes nothing now: it costs none of its tries."""
    values = {"status": "retry", "reason": "temporarily_refused", "next_at": until, "lease_until": None}
    return "put_off" if _set(session, claim.id, values, *_own(owner, claim, "leased")) else LOST


def mark_sent(session: Session, owner: str, claim: Claim, now: datetime, reply: str, reason: str = "") -> str:
    """Note that the server took the message; `reason` tells what was not as it should be, though it left."""
    is_sent = queries.mark_sent(
        session,
        claim.id,
        owner,
        claim.token,
        now,
        reply=reply,
        reason=reason,
        history=_with_attempt(claim.history, claim.attempts + 1, now, "sent", reply),
        parameters={} if claim.template in ONE_TIME else claim.parameters,  # a one-time link, needed no more
    )
    return "sent" if is_sent else LOST


def mark_retry(session: Session, owner: str, claim: Claim, now: datetime, reason: str, reply: str) -> str:
    """Note that the server did not take it now; given up after `MAX_TRIES`, unless the server itself was away."""
    tries = claim.attempts + 1
    if tries >= MAX_TRIES and reason != "relay_unavailable":
        return mark_dead(session, owner, claim, now, "tries_exhausted", reply)
    values = {"status": "retry", "reason": reason, "next_at": now + delay_after(tries, claim.key), "lease_until": None}
    return _mark(session, owner, claim, now, "retry", reply, values)


def mark_dead(session: Session, owner: str, claim: Claim, now: datetime, reason: str, reply: str) -> str:
    """Note that the message can never leave as it is; an administrator sees it and can requeue it."""
    return _mark(session, owner, claim, now, "dead", reply, {"status": "dead", "reason": reason, "lease_until": None})


def mark_unwritten(session: Session, owner: str, claim: Claim, now: datetime, why: str) -> str:
    """Note that the message could not be written from its template: it never began to leave, which is no attempt."""
    history = _with_attempt(claim.history, claim.attempts, now, "dead", why)
    values = {"status": "dead", "reason": "render_failed", "lease_until": None, "reply": why, "history": history}
    return "dead" if _set(session, claim.id, values, *_own(owner, claim, "leased")) else LOST


def mark_unknown(
    session: Session, owner: str, claim: Claim, now: datetime, reply: str, lease: timedelta = LEASE
) -> str:
    """Leave the row in `sending`: it is sent again, marked uncertain, when this longer lease has run out."""
    until = now + max(lease, delay_after(claim.attempts + 1, claim.key))
    values = {"reason": "outcome_unknown", "lease_until": until, "uncertain": True}
    return _mark(session, owner, claim, now, "unknown", reply, values)


def _mark(
    session: Session, owner: str, claim: Claim, now: datetime, outcome: str, reply: str, values: dict[str, Any]
) -> str:
    values = values | {"reply": reply, "history": _with_attempt(claim.history, claim.attempts + 1, now, outcome, reply)}
    return outcome if _set(session, claim.id, values, *_own(owner, claim, "sending", "leased")) else LOST


def _with_attempt(
    history: Sequence[Mapping[str, Any]], attempt: int, now: datetime, outcome: str, reply: str
) -> list[Mapping[str, Any]]:
    """Return the history with this attempt in it, once."""
    entry = {"attempt": attempt, "at": now.isoformat(), "outcome": outcome, "reply": reply}
    is_noted = bool(history) and (history[-1]["attempt"], history[-1]["outcome"]) == (attempt, "unknown")
    return [*(history[:-1] if is_noted else history), entry]


def _own(owner: str, claim: Claim, *statuses: str) -> tuple[Any, ...]:
    return (OutboxMessage.owner == owner, OutboxMessage.token == claim.token, OutboxMessage.status.in_(statuses))


def _set(session: Session, row_id: int, values: dict[str, Any], *conditions: Any) -> bool:
    found = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == row_id, *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(found.rowcount == 1)  # type: ignore[attr-defined]
