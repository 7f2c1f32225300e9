"""From an event of a case to its clocks: which start, are kept, stop, go on or end because of it.

A route lists the provisions of each stage; a provision says which event starts it, which keep it, and between which
two it stands still. An event of a stage reaches that stage's clocks and the case's own; an event of the case reaches
all. Who may cause an event is decided by the services that call this.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.calendars import CalendarMissing
from mobility.domain.clocks import ClockEventKind, ClockStatus, may_suspend
from mobility.domain.events import PLANNED_EVENTS, EventCode
from mobility.domain.law_codes import PeriodUnit
from mobility.domain.time_limits import TimeLimitRefused
from mobility.domain.treaties import ProvisionVersion
from mobility.services.case_files import CASE
from mobility.services.clocks.bench import LIVE, Bench, open_bench
from mobility.services.clocks.changes import Recorded
from mobility.services.clocks.standing import refresh_next_due
from mobility.services.clocks.terms import Setting, calendar_for, owed_by
from mobility.services.treaties import version_of
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import CaseEvent, Clock
from mobility.storage.models.offices import Office
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.queries.clocks import ListedProvision, list_provisions_of_route

ENDS_STAGE: Final = frozenset(
    {
        EventCode.STAGE_WITHDRAWN,
        EventCode.STAGE_LAPSED,
        EventCode.STAGE_EXEMPTED,
        EventCode.VISA_RETURNED,
        EventCode.LANGUAGE_WAIVED,
        EventCode.FUNDING_DECLINED,
    }
)
"""After these nothing is owed in the stage any more. A refusal is not among them: what keeps a clock says so itself."""

ENDS_CASE: Final = frozenset(
    {
        EventCode.CASE_RETURNED,
        EventCode.CASE_INELIGIBLE,
        EventCode.CASE_WITHDRAWN,
        EventCode.CASE_LAPSED,
        EventCode.CASE_CLOSED,
    }
)
"""After these nothing is owed in the case. CASE_REFUSED is left out: the other offices still owe their answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event on its day; `stage` is a stage kind or "case", `ref` says which question stops or resumes a clock."""

    stage: str
    code: EventCode
    on: date
    ref: str = ""
    allowed_until: date | None = None


def record_case_event(
    session: Session, actor: Actor, case: CaseFile, stage_kind: str, code: EventCode, on_day: date, now: datetime
) -> Recorded:
    """Record one event; see `record_case_events`."""
    return record_case_events(session, actor, case, [Happening(stage=stage_kind, code=code, on=on_day)], now)


def record_case_events(
    session: Session, actor: Actor, case: CaseFile, happenings: Iterable[Happening], now: datetime
) -> Recorded:
    """Record events in their order and bring clocks, reminders and next dates up to them.

    A provision that the engine refuses, or whose calendar has no data, starts no clock: it is named in the result,
    which belongs into the caller's audit entry, so that nobody takes a missing clock for a missing duty.
    """
    bench = open_bench(session, actor, case, now)
    listed = list_provisions_of_route(session, case.route_id)
    offices = _offices(session, case, listed)
    for happening in happenings:
        session.add(_row(actor, case, happening, now))
        for clock in bench.live():
            _touch(bench, clock, happening)
        for provision in listed:
            if happening.stage in (CASE, provision.stage) or provision.stage == CASE:
                _start(bench, provision, offices, happening)
    recorded = bench.finish()
    refresh_next_due(session, case, bench.clocks)
    return recorded


def resume_clocks(session: Session, actor: Actor, case: CaseFile, ref: str, on_day: date, now: datetime) -> Recorded:
    """Let the clocks that a question stopped go on, without an answer: the office took the question back."""
    bench = open_bench(session, actor, case, now)
    for clock in bench.live():
        _resume(bench, clock, Happening(stage=clock.stage_kind, code=EventCode.DOCUMENTS_RECEIVED, on=on_day, ref=ref))
    recorded = bench.finish()
    refresh_next_due(session, case, bench.clocks)
    return recorded


def _row(actor: Actor, case: CaseFile, happening: Happening, now: datetime) -> CaseEvent:
    return CaseEvent(
        case_id=case.id,
        stage_kind=happening.stage,
        code=happening.code.value,
        on_day=happening.on,
        recorded_at=now,
        actor_id=actor.person_id or None,
    )


def _offices(session: Session, case: CaseFile, listed: Iterable[ListedProvision]) -> dict[str, Office]:
    """Return the office for each stage a provision is listed in; the receiving post for what names none."""
    fallback = case.route.receiving_office_id
    wanted = {each.stage: each.office_id or _office_of_stage(case, each.stage) or fallback for each in listed}
    found = {office.id: office for office in session.scalars(select(Office).where(Office.id.in_(wanted.values())))}
    return {stage: found[office_id] for stage, office_id in wanted.items()}


def _office_of_stage(case: CaseFile, kind: str) -> int | None:
    return next((stage.office_id for stage in case.stages if stage.kind == kind), None)


def _touch(bench: Bench, clock: Clock, happening: Happening) -> None:
    """Do to one live clock what the event means for it."""
    is_near = happening.stage in (CASE, clock.stage_kind) or clock.stage_kind == CASE
    if is_near and happening.code in bench.version(clock).met_by:
        bench.add_event(clock, ClockEventKind.MET, happening.on)
    elif happening.code in ENDS_CASE or (happening.code in ENDS_STAGE and clock.stage_kind == happening.stage):
        bench.add_event(clock, ClockEventKind.LAPSED, happening.on, {"because": happening.code.value})
    elif clock.stage_kind == happening.stage:
        _pause(bench, clock, happening)
        _resume(bench, clock, happening)


def _pause(bench: Bench, clock: Clock, happening: Happening) -> None:
    suspension = bench.version(clock).suspension
    if suspension is None or suspension.from_event is not happening.code:
        return
    if not may_suspend(bench.terms(clock), bench.state(clock)):
        return
    data = {"ref": happening.ref}
    if happening.allowed_until is not None:
        data["allowed_until"] = happening.allowed_until.isoformat()
    bench.add_event(clock, ClockEventKind.SUSPENDED, happening.on, data)


def _resume(bench: Bench, clock: Clock, happening: Happening) -> None:
    suspension = bench.version(clock).suspension
    if suspension is None or suspension.to_event is not happening.code:
        return
    for ref in open_refs(clock):
        if happening.ref in ("", ref):
            bench.add_event(clock, ClockEventKind.RESUMED, happening.on, {"ref": ref})


def open_refs(clock: Clock) -> list[str]:
    """Return the questions for which a clock was stopped and has not gone on, in their order."""
    refs: dict[str, None] = {}
    for event in clock.events:
        ref = str(event.data.get("ref", ""))
        if event.kind == ClockEventKind.SUSPENDED:
            refs[ref] = None
        elif event.kind == ClockEventKind.RESUMED:
            refs.pop(ref, None)
    return list(refs)


def _start(bench: Bench, listed: ListedProvision, offices: dict[str, Office], happening: Happening) -> None:
    """Start the clock of a provision that this event triggers; move it where it runs already."""
    row = listed.in_force(happening.on)
    if row is None or row.terms.get("starts_on") != happening.code.value:
        return
    held = list(_held(bench, listed))
    running = next((clock for clock in held if clock.state in LIVE), None)
    if running is not None:
        _move(bench, running, happening)
    elif happening.code not in PLANNED_EVENTS or not any(clock.state == ClockStatus.MET.value for clock in held):
        _start_new(bench, listed, row, offices[listed.stage], happening)


def _held(bench: Bench, listed: ListedProvision) -> Iterator[Clock]:
    for clock in bench.clocks:
        if clock.stage_kind == listed.stage and clock.provision_version.provision.code == listed.code:
            yield clock


def _move(bench: Bench, clock: Clock, happening: Happening) -> None:
    """The trigger happened on another day than was recorded: the clock is counted anew from it."""
    if clock.trigger_on != happening.on:
        bench.add_event(clock, ClockEventKind.RECOMPUTED, happening.on, {"start": happening.on.isoformat()})


def _start_new(
    bench: Bench, listed: ListedProvision, row: ProvisionVersionRow, office: Office, happening: Happening
) -> None:
    version = version_of(row)
    stage = next((stage for stage in bench.case.stages if stage.kind == listed.stage), None)
    setting = Setting(case=bench.case, office=office, stage=stage)
    clock = Clock(
        case_id=bench.case.id,
        stage_kind=listed.stage,
        provision_version=row,
        owed_by=owed_by(version),
        office=office,
        calendar=calendar_for(version, setting),
        time_zone=office.time_zone,
        events=[],
    )
    try:
        bench.add_event(clock, ClockEventKind.STARTED, happening.on, _start_data(bench, clock, version, happening))
    except (TimeLimitRefused, CalendarMissing) as error:
        bench.forget(clock)
        bench.recorded.uncomputed.append((listed.code, error.code))
        return
    bench.session.add(clock)
    bench.clocks.append(clock)


def _start_data(bench: Bench, clock: Clock, version: ProvisionVersion, happening: Happening) -> dict[str, str]:
    """A period in hours runs from the moment, in the zone of the office; every other from the day."""
    if version.unit is not PeriodUnit.HOURS or happening.on != bench.today(clock):
        return {}
    return {"start": bench.now.astimezone(ZoneInfo(clock.time_zone)).isoformat(timespec="minutes")}
