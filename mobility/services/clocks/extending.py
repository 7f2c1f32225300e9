"""Making a period longer: where its provision allows it, in time, by the office, with a reason that is kept."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.clocks import ClockEventKind, may_extend
from mobility.domain.errors import DomainError, InvalidInput, NotFound
from mobility.services.audit import record_event
from mobility.services.case_files import check_version, get_case, required_text, seat_for
from mobility.services.clocks.bench import open_bench
from mobility.services.clocks.standing import refresh_next_due
from mobility.storage.models.clocks import Clock

LONGEST_REASON = 1000


class ExtensionNotAllowed(DomainError):
    """The provision knows no extension, it was used already, or the period has run out."""

    code = "extension_not_allowed"


def extend_clock(
    session: Session,
    actor: Actor,
    clock_id: int,
    *,
    reason: str,
    row_version: int,
    now: datetime,
    until: date | None = None,
) -> Clock:
    """Extend by what the provision sets, or to `until` where the provision leaves the length to the office.

    Raises ExtensionNotAllowed, and InvalidInput for `reason` (missing, too_long) and `until` (missing, not_later).
    """
    case_id = session.scalar(select(Clock.case_id).where(Clock.id == clock_id))
    if case_id is None:
        raise NotFound(clock=clock_id)
    bench = open_bench(session, actor, get_case(session, case_id, lock=True), now)
    clock = next(clock for clock in bench.clocks if clock.id == clock_id)
    seat_for(actor, clock.office_id or 0, clock.stage_kind)
    check_version(clock, row_version)
    terms = bench.terms(clock)
    if not may_extend(terms, bench.state(clock)):
        raise ExtensionNotAllowed(clock=clock_id, provision=clock.provision_version.provision.code)
    data = {"reason": required_text("reason", reason, LONGEST_REASON)} | _length(
        clock, until, needs_day=not terms.extension_period
    )
    bench.add_event(clock, ClockEventKind.EXTENDED, bench.today(clock), data)
    recorded = bench.finish()
    refresh_next_due(session, bench.case, bench.clocks)
    record_event(
        session,
        actor,
        "clock_extended",
        at=now,
        subject="clock",
        subject_id=clock.id,
        case_id=case_id,
        parameters={"stage": clock.stage_kind} | recorded.as_data(),
    )
    return clock


def _length(clock: Clock, until: date | None, *, needs_day: bool) -> dict[str, str]:
    if not needs_day:
        return {}
    if until is None:
        raise InvalidInput(field="until", reason="missing")
    if until <= clock.latest_on:
        raise InvalidInput(field="until", reason="not_later", value=until, latest_on=clock.latest_on)
    return {"until": until.isoformat()}
