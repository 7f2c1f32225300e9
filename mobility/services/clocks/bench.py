"""All clocks of one case on the table: read once, changed in memory, counted again by replaying their events.

The row of a clock is the engine's last answer for its events; here alone is it written. Which event happens to which
clock is decided in `recording`, `extending` and `silence`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility import calendars
from mobility.domain.access import Actor
from mobility.domain.calendars import CalendarSource, Override
from mobility.domain.clocks import ClockEvent, ClockEventKind, ClockState, ClockStatus, ClockTerms, replay
from mobility.domain.law_codes import PeriodUnit
from mobility.domain.treaties import ProvisionVersion
from mobility.services.case_files import find_seat, office_day
from mobility.services.clocks.changes import ClockChange, Recorded
from mobility.services.clocks.terms import Setting, clock_terms
from mobility.services.reminders import cancel_for_clock, plan_for_clock
from mobility.services.treaties import version_of
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.offices import CalendarOverride
from mobility.storage.prepared import Statement, prepared
from mobility.storage.queries.clocks import list_clocks
from mobility.storage.rule_set_files import installed_rule_sets

LIVE = frozenset({ClockStatus.RUNNING.value, ClockStatus.PAUSED.value})


def calendar_source(session: Session, planned: tuple[Override, ...] = ()) -> CalendarSource:
    """Return the calendars of this installation with the overrides that were entered, and those still planned."""
    overrides = tuple(
        Override(calendar=row.calendar, day=row.day, working=row.is_working, name=row.name, reason=row.reason)
        for row in session.execute(_overrides())
    )
    return calendars.source((*overrides, *planned))


@prepared
def _overrides() -> Statement:
    return select(
        CalendarOverride.calendar,
        CalendarOverride.day,
        CalendarOverride.is_working,
        CalendarOverride.name,
        CalendarOverride.reason,
    ).order_by(CalendarOverride.calendar, CalendarOverride.day)


def clock_events(clock: Clock) -> list[ClockEvent]:
    """Return the stored events of a clock as the domain reads them."""
    return [
        ClockEvent(kind=ClockEventKind(row.kind), on=row.on_day, seq=row.seq, data=row.data or {})
        for row in clock.events
    ]


@dataclass(slots=True, kw_only=True)
class Bench:
    """The clocks of one case while somebody changes them; ends with `finish`."""

    session: Session
    actor: Actor
    case: CaseFile
    now: datetime
    clocks: list[Clock]
    source: CalendarSource
    recorded: Recorded = field(default_factory=Recorded)
    _versions: dict[int, ProvisionVersion] = field(default_factory=dict)
    _touched: dict[int, ClockChange] = field(default_factory=dict)

    def version(self, clock: Clock) -> ProvisionVersion:
        """Return the wording that governs a clock."""
        row = clock.provision_version
        if row.id not in self._versions:
            self._versions[row.id] = version_of(row)
        return self._versions[row.id]

    def terms(self, clock: Clock) -> ClockTerms:
        """Return the terms of a clock as they apply to this case now."""
        return clock_terms(self.version(clock), self.setting(clock), clock.calendar)

    def setting(self, clock: Clock) -> Setting:
        """Return where a clock runs."""
        stage = next((stage for stage in self.case.stages if stage.kind == clock.stage_kind), None)
        assert clock.office is not None, "every clock is owed to, or watched by, an office"
        return Setting(case=self.case, office=clock.office, stage=stage)

    def today(self, clock: Clock) -> date:
        """Return the civil date where the step is owed."""
        return office_day(self.now, clock.time_zone)

    def state(self, clock: Clock) -> ClockState:
        """Return how a clock stands today; raises the engine's errors."""
        return replay(
            self.terms(clock),
            clock_events(clock),
            rule_sets=installed_rule_sets(),
            calendars=self.source,
            today=self.today(clock),
        )

    def live(self) -> list[Clock]:
        """Return the clocks that have not ended."""
        return [clock for clock in self.clocks if clock.state in LIVE]

    def may_correct(self, clock: Clock) -> bool:
        """Say whether the actor's office keeps a clock that may still be counted from another day; hours have none."""
        if clock.state not in LIVE or self.version(clock).unit is PeriodUnit.HOURS:
            return False
        return find_seat(self.actor, clock.office_id or 0, clock.stage_kind) is not None

    def add_event(self, clock: Clock, kind: ClockEventKind, on: date, data: Mapping[str, Any] | None = None) -> None:
        """Append an event to a clock; its row is counted again at once."""
        is_new = not clock.events
        change = self._touched.get(id(clock))
        if change is None:
            provision = clock.provision_version.provision.code
            was_on = None if is_new else clock.due_on
            change = ClockChange(clock=clock, provision=provision, kinds=[], was_on=was_on)
            self._touched[id(clock)] = change
        change.kinds.append(kind.value)
        clock.events.append(
            ClockEventRow(
                case_id=self.case.id,
                seq=max((event.seq for event in clock.events), default=0) + 1,
                kind=kind.value,
                on_day=on,
                recorded_at=self.now,
                actor_id=self.actor.person_id or None,
                data=dict(data or {}),
            )
        )
        write_state(clock, self.state(clock), is_new=is_new)

    def forget(self, clock: Clock) -> None:
        """Take back a clock that could not be started."""
        self._touched.pop(id(clock), None)

    def finish(self) -> Recorded:
        """Flush, plan or cancel the reminders of every touched clock, and return what happened."""
        self.session.flush()
        for change in self._touched.values():
            clock = change.clock
            if clock.state == ClockStatus.RUNNING.value:
                plan_for_clock(self.session, clock, self.now)
            else:
                cancel_for_clock(self.session, clock, clock.state)
        self.recorded.changes = list(self._touched.values())
        return self.recorded


def open_bench(
    session: Session, actor: Actor, case: CaseFile, now: datetime, source: CalendarSource | None = None
) -> Bench:
    """Read the clocks of a case, three statements in all, or two where the calendars are at hand."""
    return Bench(
        session=session,
        actor=actor,
        case=case,
        now=now,
        clocks=list_clocks(session, case.id),
        source=source or calendar_source(session),
    )


def write_state(clock: Clock, state: ClockState, *, is_new: bool = False) -> None:
    """Write the engine's answer into the row; the due version rises when a day moves that warnings use."""
    moved = not is_new and (clock.due_on, clock.earliest_on) != (state.due_on, state.earliest_on)
    clock.due_version = 1 if is_new else clock.due_version + moved
    clock.trigger_on = state.started_on
    clock.due_on = state.due_on
    clock.earliest_on = state.earliest_on
    clock.latest_on = state.latest_on
    clock.state = state.stored_status.value
    clock.paused_since = state.paused_since
    clock.met_on = state.met_on
    answer = state.answer
    clock.derivation = answer.to_dict()
    clock.calendar_version = f"{answer.calendar_package} {answer.calendar_package_version}".strip()[:40]
