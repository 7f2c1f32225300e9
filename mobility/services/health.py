"""Whether mail leaves the house: the dead man's switch behind `/health/ready`, fed by what jobs note of themselves.

Red means that somebody must look: nothing dispatches any more, or messages wait although they are due. A message that
one server asked to bring later is no reason; a mail server that is away is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from mobility.storage.models.reminders import JobRun, OutboxMessage

DISPATCH: Final = "dispatch"
LONGEST_LAG: Final = timedelta(minutes=5)
LONGEST_SILENCE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """`lag_seconds` is how long the longest waiting message has been due, `silence_seconds` since dispatching beat."""

    lag_seconds: int
    silence_seconds: int | None
    dead: int

    @property
    def problems(self) -> tuple[str, ...]:
        """Return what is wrong, as codes."""
        silent = self.silence_seconds is None or self.silence_seconds > LONGEST_SILENCE.total_seconds()
        late = self.lag_seconds > LONGEST_LAG.total_seconds()
        return (*(("dispatcher_silent",) if silent else ()), *(("messages_waiting",) if late else ()))

    @property
    def is_ready(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def check_readiness(session: Session, now: datetime) -> Readiness:
    """Return how mail leaves at this moment."""
    waits = or_(
        OutboxMessage.status == "pending",
        and_(OutboxMessage.status == "retry", OutboxMessage.reason == "relay_unavailable"),
    )
    oldest = session.scalar(select(func.min(OutboxMessage.due_at)).where(waits, OutboxMessage.due_at <= now))
    beat = session.scalar(select(func.max(JobRun.ended_at)).where(JobRun.job == DISPATCH))
    dead = session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == "dead"))
    return Readiness(
        lag_seconds=_seconds(oldest, now) or 0,
        silence_seconds=_seconds(beat, now),
        dead=int(dead or 0),
    )


def _seconds(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, int((now - since).total_seconds()))


def note_job(
    session: Session, job: str, *, started_at: datetime, now: datetime, counts: dict[str, Any], error: str = ""
) -> None:
    """Note that a job is alive or done, in its one row; a job has one row and never many."""
    row = session.scalars(select(JobRun).where(JobRun.job == job).order_by(JobRun.id).limit(1)).one_or_none()
    if row is None:
        row = JobRun(job=job)
        session.add(row)
    row.started_at, row.ended_at, row.counts, row.error = started_at, now, counts, error[:2000]


def list_jobs(session: Session) -> list[JobRun]:
    """Return what each job did last, in order of name."""
    return list(session.scalars(select(JobRun).order_by(JobRun.job, JobRun.id)))
