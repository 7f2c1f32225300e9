"""Sends what is due in the outbox: claim a batch, write it, then for each message: fence, hand over, mark.

Each step commits before the next begins, so whatever dies leaves a row that tells how far it came (RELIABILITY,
section 2): a message is never lost, and can arrive twice only where the connection broke after its final dot or the
process died between the server's yes and the mark; such a row is marked `uncertain` and keeps its Message-ID. A mark
and the fence of the next message share a commit, so that one commit is all that a message costs; still only one
message of a process is ever on its way. What the server took is noted on this machine at once (`mail/accepted.py`): a
message that comes back uncertain is marked, not sent, where a note says that it arrived.

The time is the database's, read in each unit by `read_now`, because leases are compared by processes on several
machines; the process's own monotonic clock can only make it stop earlier. Units of work are opened by the caller.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mobility.clock import monotonic_seconds
from mobility.i18n import offered_locales
from mobility.i18n.locales import SOURCE
from mobility.loading import deferred
from mobility.mail.accepted import AcceptedNotes
from mobility.mail.messages import render
from mobility.mail.transport import (
    NotSent,
    OutcomeUnknown,
    PermanentlyRefused,
    RelayUnavailable,
    Transport,
    make_transport,
)
from mobility.mail.wire import FinishedMail, write_mail
from mobility.services import deliveries
from mobility.services.breakers import Breakers
from mobility.services.deliveries import LEASE, LOST, Claim
from mobility.settings import Settings
from mobility.storage.queries.leases import database_now

if TYPE_CHECKING:
    import structlog
else:
    structlog = deferred("structlog")

Units = Callable[[], AbstractContextManager[Session]]
BATCH = 50
NOTED = "taken by the mail server, as noted before the sender ended"
_UNIT_TRIES = 3
_SAFE_SHARE = 1 / 2  # of a lease: a message that waited longer between its fence and its sending is left


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
    breakers: Breakers = field(default_factory=Breakers)
    lease: timedelta = LEASE  # at least ten times the time-out of the transport
    accepted: AcceptedNotes | None = None


def post_for(settings: Settings, units: Units, *, owner: str, go_on: Callable[[], bool] = lambda: True) -> Post:
    """Return the post of this installation: its transport, its sender, its address."""
    transport = make_transport(settings.smtp_url, settings.instance / "mail")
    return Post(
        units=units,
        transport=transport,
        owner=owner,
        sender=settings.mail_from,
        site=settings.address,
        go_on=go_on,
        accepted=AcceptedNotes(settings.instance / "accepted", owner),
    )


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the messages of a run; `is_idle` is false where it ended before nothing was due."""

    counts: dict[str, int] = field(default_factory=dict)
    is_relay_down: bool = False
    is_idle: bool = True

    def add(self, outcome: str) -> None:
        """Count one message."""
        self.counts[outcome] = self.counts.get(outcome, 0) + 1


Step = Callable[[Session, datetime], str]


def dispatch_until_idle(post: Post, *, max_batches: int | None = None) -> Tally:
    """Send batch after batch until nothing is due, the relay is away, `go_on` says no, or so many were sent."""
    tally, batches = Tally(), 0
    try:
        while batches != max_batches and post.go_on():
            batches += 1
            with post.units() as session:
                claims = deliveries.claim_due(session, post.owner, post.read_now(session), post.batch, post.lease)
                claims = deliveries.without_ended(session, claims)
            if not claims:
                return tally
            goes_on = _Batch(post, tally).work_off(claims)
            if post.accepted:
                post.accepted.forget()  # every mark of this batch is committed
            if not goes_on:
                break
    finally:
        post.transport.rest()
    tally.is_idle = False
    return tally


@dataclass(slots=True)
class _Batch:
    """The claimed messages of one process; `unmarked` is what became of the last one, not yet written down."""

    post: Post
    tally: Tally
    unmarked: Step | None = None

    def work_off(self, claims: Sequence[Claim]) -> bool:
        """Send one batch; False when the run must end, with the rest of the batch given back untouched."""
        letters = self._written(claims)
        for position, (claim, mail) in enumerate(letters):
            if self.tally.is_relay_down or not self.post.go_on():
                self._commit(partial(self._give_back, [each for each, _ in letters[position:]]))
                return False
            rest = self.post.breakers.rest_of(_domain(claim))
            if rest:
                self._count(self._commit(partial(self._put_off, claim, rest)))
                continue
            stopped = self._commit(partial(self._fence, claim))
            if stopped:
                self._count(stopped)
            elif self._has_arrived(claim):
                self.unmarked = partial(self._mark_sent, claim, NOTED)
            else:
                self.unmarked = self._hand_over(claim, mail, monotonic_seconds())
        if self.unmarked:
            self._commit(lambda session, now: "")
        return not self.tally.is_relay_down

    def _has_arrived(self, claim: Claim) -> bool:
        """Tell whether this machine noted that the last attempt arrived, of which the row knows nothing."""
        is_uncertain = bool(claim.history) and claim.history[-1]["outcome"] == "unknown"
        return is_uncertain and self.post.accepted is not None and self.post.accepted.holds(claim.message_id)

    def _written(self, claims: Sequence[Claim]) -> list[tuple[Claim, FinishedMail]]:
        """Write all of them, outside any transaction; one broken template or recipient must not hold up the rest."""
        letters = []
        for claim in claims:
            try:
                letters.append((claim, _write(self.post, claim)))
            except Exception as error:
                why = f"{type(error).__name__}: {error}"
                structlog.get_logger().warning("message_not_written", key=claim.key, why=why)
                self._count(self._commit(partial(self._give_up, claim, why)))
        return letters

    def _commit(self, step: Step) -> str:
        """Take the next step, in one commit with the mark of the last message, and return what came of the step.

        A database that is busy gets another chance: the last message may be out already.
        """
        tries = 0
        while True:
            tries += 1
            try:
                with self.post.units() as session:
                    now = self.post.read_now(session)
                    marked = self.unmarked(session, now) if self.unmarked else ""
                    done = step(session, now)
            except DBAPIError as error:
                structlog.get_logger().warning("unit_failed", tries=tries, error=type(error.orig).__name__)
                if tries == _UNIT_TRIES:
                    raise
                continue
            self.unmarked = None
            self._count(marked)
            return done

    def _count(self, outcome: str) -> None:
        if outcome:
            self.tally.add(outcome)

    def _fence(self, claim: Claim, session: Session, now: datetime) -> str:
        """Announce that a message is about to leave; returns what came in between, or nothing."""
        stopped = deliveries.reason_to_cancel(session, claim)
        if stopped:
            return deliveries.cancel(session, self.post.owner, claim, stopped)
        return "" if deliveries.fence(session, self.post.owner, claim, now, self.post.lease) else LOST

    def _give_up(self, claim: Claim, why: str, session: Session, now: datetime) -> str:
        return deliveries.mark_unwritten(session, self.post.owner, claim, now, why)

    def _put_off(self, claim: Claim, rest: timedelta, session: Session, now: datetime) -> str:
        return deliveries.put_off(session, self.post.owner, claim, now + rest)

    def _give_back(self, claims: Sequence[Claim], session: Session, now: datetime) -> str:
        deliveries.give_back(session, self.post.owner, claims)
        return ""

    def _hand_over(self, claim: Claim, mail: FinishedMail, fenced_at: float) -> Step | None:
        """Hand one message to the transport, outside any transaction; returns the mark that says what became of it."""
        started = monotonic_seconds()
        if started - fenced_at > self.post.lease.total_seconds() * _SAFE_SHARE:
            self._count("left")  # this process stood still; the row is claimed again when its lease has run out
            return None
        try:
            reply = self.post.transport.send(mail)
        except NotSent as error:
            failure = error
        except Exception as error:
            structlog.get_logger().error("transport_failed", key=claim.key, exc_info=error)
            failure = OutcomeUnknown(f"{type(error).__name__}: {error}")
        else:
            if self.post.accepted:
                self.post.accepted.note(claim.message_id)
            self.post.breakers.note_success(_domain(claim), monotonic_seconds() - started)
            return partial(self._mark_sent, claim, reply)
        self._note_failure(claim, failure, monotonic_seconds() - started)
        return partial(self._mark_failed, claim, failure)

    def _note_failure(self, claim: Claim, failure: NotSent, seconds: float) -> None:
        if isinstance(failure, RelayUnavailable):
            self.tally.is_relay_down = True
        elif isinstance(failure, PermanentlyRefused):
            self.post.breakers.note_success(_domain(claim), seconds)
        else:
            self.post.breakers.note_failure(_domain(claim), seconds)

    def _mark_sent(self, claim: Claim, reply: str, session: Session, now: datetime) -> str:
        reason = "language_replaced" if claim.locale and claim.locale not in offered_locales() else ""
        return _known(claim, deliveries.mark_sent(session, self.post.owner, claim, now, reply, reason))

    def _mark_failed(self, claim: Claim, error: NotSent, session: Session, now: datetime) -> str:
        owner = self.post.owner
        if isinstance(error, PermanentlyRefused):
            outcome = deliveries.mark_dead(session, owner, claim, now, "recipient_refused", error.reply)
        elif isinstance(error, OutcomeUnknown):
            outcome = deliveries.mark_unknown(session, owner, claim, now, error.reply, self.post.lease)
        else:
            reason = "relay_unavailable" if isinstance(error, RelayUnavailable) else "temporarily_refused"
            outcome = deliveries.mark_retry(session, owner, claim, now, reason, error.reply)
        return _known(claim, outcome)


def _known(claim: Claim, outcome: str) -> str:
    if outcome == LOST:
        structlog.get_logger().warning("lease_lost", key=claim.key)
    return outcome


def _domain(claim: Claim) -> str:
    return claim.address.rpartition("@")[2].lower()


def _write(post: Post, claim: Claim) -> FinishedMail:
    locale = claim.locale if claim.locale in offered_locales() else SOURCE
    today = claim.claimed_at.astimezone(ZoneInfo(str(claim.parameters.get("time_zone", "UTC")))).date()
    refusal = str(claim.parameters.get("unsubscribe", ""))
    return write_mail(
        render(claim.template, locale, {"today": today.isoformat(), **claim.parameters}, post.site),
        sender=post.sender,
        to=claim.address,
        message_id=claim.message_id,
        key=claim.key,
        now=claim.claimed_at,
        unsubscribe=post.site + refusal if refusal else "",
    )
