"""Sends what is due in the outbox: claim a batch, fence each message, hand it over outside any transaction, mark it.

Each step commits before the next begins, so whatever dies leaves a row that tells how far it came (RELIABILITY,
section 2): a message is never lost, and can arrive twice only where the connection broke after its final dot or the
process died between the server's yes and the mark; such a row is marked `uncertain` and keeps its Message-ID.

The time is the database's, read in each unit by `read_now`, because leases are compared by processes on several
machines; the process's own monotonic clock can only make it stop earlier. Units of work are opened by the caller.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mobility.clock import monotonic_seconds
from mobility.i18n import offered_locales
from mobility.i18n.locales import SOURCE
from mobility.mail.messages import build_message, render
from mobility.mail.transport import (
    NotSent,
    OutcomeUnknown,
    PermanentlyRefused,
    RelayUnavailable,
    Transport,
    make_transport,
)
from mobility.services import deliveries
from mobility.services.deliveries import LEASE, LOST, Claim
from mobility.settings import Settings
from mobility.storage.queries.leases import database_now

log = structlog.get_logger()
Units = Callable[[], AbstractContextManager[Session]]
BATCH = 20
_MARK_TRIES = 3
_PATIENCE_TRIES = 5
_SAFE_SECONDS = LEASE.total_seconds() / 2  # a message that waited longer between its fence and its sending is left


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Everything that dispatching needs: `units` opens a write unit that sees every case; `owner` names the process.

    `go_on` is asked before each message; when it says no, what was claimed is given back.
    """

    units: Units
    transport: Transport
    owner: str
    sender: str
    site: str
    read_now: Callable[[Session], datetime] = database_now
    go_on: Callable[[], bool] = lambda: True
    batch: int = BATCH


def post_for(settings: Settings, units: Units, *, owner: str, go_on: Callable[[], bool] = lambda: True) -> Post:
    """Return the post of this installation: its transport, its sender, its address."""
    transport = make_transport(settings.smtp_url, settings.instance / "mail")
    return Post(
        units=units, transport=transport, owner=owner, sender=settings.mail_from, site=settings.address, go_on=go_on
    )


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the messages of a run; `is_idle` is false where it ended before nothing was due."""

    counts: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)  # by domain of the recipient, in a row
    is_relay_down: bool = False
    is_idle: bool = True

    def add(self, outcome: str) -> None:
        """Count one message."""
        self.counts[outcome] = self.counts.get(outcome, 0) + 1


def dispatch_until_idle(post: Post, *, max_batches: int | None = None) -> Tally:
    """Send batch after batch until nothing is due, the relay is away, `go_on` says no, or so many were sent."""
    tally, batches = Tally(), 0
    try:
        while batches != max_batches and post.go_on():
            batches += 1
            with post.units() as session:
                claims = deliveries.claim_due(session, post.owner, post.read_now(session), post.batch)
            if not claims:
                return tally
            if not _work_off(post, claims, tally):
                break
    finally:
        post.transport.rest()
    tally.is_idle = False
    return tally


def _work_off(post: Post, claims: list[Claim], tally: Tally) -> bool:
    """Send one batch; False when the run must end, with the rest of the batch given back untouched."""
    for position, claim in enumerate(claims):
        if tally.is_relay_down or not post.go_on():
            with post.units() as session:
                deliveries.give_back(session, post.owner, claims[position:])
            return False
        outcome = _put_off(post, claim) if _is_open(tally, claim) else _deliver(post, claim, tally)
        tally.add(outcome)
        if outcome != "put_off":
            domain = _domain(claim)
            tally.refusals[domain] = tally.refusals.get(domain, 0) + 1 if outcome == "retry" else 0
    return not tally.is_relay_down


def _domain(claim: Claim) -> str:
    return claim.address.rpartition("@")[2].lower()


def _is_open(tally: Tally, claim: Claim) -> bool:
    """Tell whether the breaker of a domain is open: it asked for patience too often in this run."""
    return tally.refusals.get(_domain(claim), 0) >= _PATIENCE_TRIES


def _put_off(post: Post, claim: Claim) -> str:
    with post.units() as session:
        return deliveries.put_off(session, post.owner, claim, post.read_now(session))


def _deliver(post: Post, claim: Claim, tally: Tally) -> str:
    """Bring one message to its end and return the outcome."""
    try:
        message = _written(post, claim)
    except Exception as error:  # one broken template or recipient must not hold up the rest
        why = f"{type(error).__name__}: {error}"
        log.warning("message_not_written", key=claim.key, why=why)
        return _marked(post, claim, lambda s, at: deliveries.mark_dead(s, post.owner, claim, at, "render_failed", why))
    with post.units() as session:
        stopped = deliveries.reason_to_cancel(session, claim)
        if stopped:
            return deliveries.cancel(session, post.owner, claim, stopped)
        if not deliveries.fence(session, post.owner, claim, post.read_now(session)):
            return LOST
    return _handed_over(post, claim, message, tally, monotonic_seconds())


def _written(post: Post, claim: Claim) -> EmailMessage:
    locale = claim.locale if claim.locale in offered_locales() else SOURCE
    today = claim.claimed_at.astimezone(ZoneInfo(str(claim.parameters.get("time_zone", "UTC")))).date()
    return build_message(
        render(claim.template, locale, {"today": today.isoformat(), **claim.parameters}, post.site),
        sender=post.sender,
        to=claim.address,
        message_id=claim.message_id,
        key=claim.key,
        now=claim.claimed_at,
    )


def _handed_over(post: Post, claim: Claim, message: EmailMessage, tally: Tally, fenced_at: float) -> str:
    if monotonic_seconds() - fenced_at > _SAFE_SECONDS:
        return "left"  # this process stood still; the row is claimed again when its lease has run out
    try:
        reply = post.transport.send(message)
    except NotSent as error:
        failure = error
    except Exception as error:
        log.error("transport_failed", key=claim.key, exc_info=error)
        failure = OutcomeUnknown(f"{type(error).__name__}: {error}")
    else:
        return _marked(post, claim, lambda s, at: deliveries.mark_sent(s, post.owner, claim, at, reply))
    tally.is_relay_down = isinstance(failure, RelayUnavailable)
    return _marked(post, claim, lambda s, at: _after_failure(s, post.owner, claim, at, failure))


def _after_failure(session: Session, owner: str, claim: Claim, now: datetime, error: NotSent) -> str:
    if isinstance(error, PermanentlyRefused):
        return deliveries.mark_dead(session, owner, claim, now, "recipient_refused", error.reply)
    if isinstance(error, OutcomeUnknown):
        return deliveries.mark_unknown(session, owner, claim, now, error.reply)
    reason = "relay_unavailable" if isinstance(error, RelayUnavailable) else "temporarily_refused"
    return deliveries.mark_retry(session, owner, claim, now, reason, error.reply)


def _marked(post: Post, claim: Claim, mark: Callable[[Session, datetime], str]) -> str:
    """Write the outcome down; a database that is busy gets another chance, because the message may be out already."""
    tries = 0
    while True:
        tries += 1
        try:
            with post.units() as session:
                outcome = mark(session, post.read_now(session))
        except DBAPIError as error:
            log.warning("mark_failed", key=claim.key, tries=tries, error=type(error.orig).__name__)
            if tries == _MARK_TRIES:
                raise
            continue
        if outcome == LOST:
            log.warning("lease_lost", key=claim.key)
        return outcome
