"""Correcting the day from which a clock counts: by the office that keeps it, with a reason that is kept."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.clocks import ClockEvent, ClockEventKind, replay
from mobility.domain.errors import DomainError, InvalidInput, NotFound
from mobility.domain.law_codes import PeriodUnit
from mobility.services.audit import record_event
from mobility.services.case_files import check_version, get_case, required_text, seat_for
from mobility.services.clocks import open_bench, refresh_next_due
from mobility.services.clocks.bench import LIVE, Bench, clock_events
from mobility.services.clocks.extending import LONGEST_REASON
from mobility.services.outbox import enqueue_many
from mobility.services.recompute.changes import Cause, Days
from mobility.services.recompute.writing import letters_about, told_before
from mobility.services.reminder_recipients import recipients_of_many
from mobility.storage.models.clocks import Clock
from mobility.storage.rule_set_files import installed_rule_sets


class ClockEnded(DomainError):
    """The clock was kept, has lapsed or was replaced: its trigger is history."""

    code = "clock_ended"


def correct_trigger(
    session: Session, actor: Actor, clock_id: int, on_day: date, reason: str, row_version: int, now: datetime
) -> Clock:
    """Count a clock from another day, keep the old answer, plan its notices anew and tell those concerned.

    Raises ClockEnded, ChangedMeanwhile, NotPermitted, the engine's errors, and InvalidInput for `reason` (missing,
    too_long) and `on_day` (unchanged, counts_in_hours).
    """
    bench, clock = _held(session, actor, clock_id, now, lock=True)
    check_version(clock, row_version)
    _check_day(bench, clock, on_day)
    was_on, before = clock.earliest_on, clock.due_version
    data = {
        "start": on_day.isoformat(),
        "cause": Cause.TRIGGER.value,
        "reason": required_text("reason", reason, LONGEST_REASON),
        "was": told_before(clock) | {"trigger_on": clock.trigger_on.isoformat()},
    }
    bench.add_event(clock, ClockEventKind.RECOMPUTED, bench.today(clock), data)
    recorded = bench.finish()
    refresh_next_due(session, bench.case, bench.clocks)
    if clock.due_version != before and clock.state == "running":
        recipients = recipients_of_many(session, [clock])[clock.id]
        letters = letters_about(clock, recipients, bench.case.reference, was_on.isoformat(), Cause.TRIGGER.value)
        enqueue_many(session, "date_moved", letters, now)
    record_event(
        session,
        actor,
        "trigger_corrected",
        at=now,
        subject="clock",
        subject_id=clock.id,
        case_id=bench.case.id,
        parameters={"stage": clock.stage_kind, "day": on_day.isoformat()} | recorded.as_data(),
    )
    return clock


def preview_correction(session: Session, actor: Actor, clock_id: int, on_day: date, now: datetime) -> Days:
    """Return the days a clock would have, counted from another day; writes nothing, raises as `correct_trigger`."""
    bench, clock = _held(session, actor, clock_id, now, lock=False)
    _check_day(bench, clock, on_day)
    events, today = clock_events(clock), bench.today(clock)
    corrected = ClockEvent(
        kind=ClockEventKind.RECOMPUTED,
        on=today,
        seq=max(event.seq for event in events) + 1,
        data={"start": on_day.isoformat()},
    )
    state = replay(
        bench.terms(clock),
        [*events, corrected],
        rule_sets=installed_rule_sets(),
        calendars=bench.source,
        today=today,
    )
    return Days(due_on=state.due_on, earliest_on=state.earliest_on, latest_on=state.latest_on)


def _held(session: Session, actor: Actor, clock_id: int, now: datetime, *, lock: bool) -> tuple[Bench, Clock]:
    case_id = session.scalar(select(Clock.case_id).where(Clock.id == clock_id))
    if case_id is None:
        raise NotFound(clock=clock_id)
    bench = open_bench(session, actor, get_case(session, case_id, lock=lock), now)
    clock = next(clock for clock in bench.clocks if clock.id == clock_id)
    seat_for(actor, clock.office_id or 0, clock.stage_kind)
    if clock.state not in LIVE:
        raise ClockEnded(clock=clock_id, state=clock.state)
    return bench, clock


def _check_day(bench: Bench, clock: Clock, on_day: date) -> None:
    if bench.version(clock).unit is PeriodUnit.HOURS:
        raise InvalidInput(field="on_day", reason="counts_in_hours", value=on_day)
    if on_day == clock.trigger_on:
        raise InvalidInput(field="on_day", reason="unchanged", value=on_day)
