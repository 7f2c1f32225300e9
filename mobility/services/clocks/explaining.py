"""Why this date: the provision, the derivation as it was told, the events, and the answers given before.

Read only. The answer shown is the stored one, so that the page says what the letters said; for a clock that stands
still it is counted as if it went on today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.clocks import ClockEvent, ClockEventKind, ClockState, replay
from mobility.domain.errors import NotFound
from mobility.domain.law_codes import SuspensionModel
from mobility.domain.time_limits import Answer
from mobility.domain.treaties import ProvisionVersion
from mobility.services.case_files import get_case
from mobility.services.clocks.bench import Bench, clock_events, open_bench
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.rule_set_files import installed_rule_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEventView:
    """One event with the name of whoever recorded it; empty for the system."""

    seq: int
    kind: ClockEventKind
    on_day: date
    recorded_at: datetime
    actor_name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAnswer:
    """The days as they were told until an event moved them, from `from_at` on."""

    due_on: date
    earliest_on: date
    latest_on: date
    from_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockExplanation:
    """Everything behind one date. `answer` has the steps; where `earliest` differs from `latest` both readings hold."""

    clock: Clock
    case: CaseFile
    state: ClockState
    terms: ProvisionVersion
    provision_code: str
    instrument_code: str
    instrument_title: str
    instrument_short_title: str
    url: str
    answer: Answer
    events: tuple[ClockEventView, ...]
    earlier: tuple[EarlierAnswer, ...]
    today: date
    can_correct: bool  # whether this reader's office may count it from another day

    @property
    def suspension_model(self) -> SuspensionModel | None:
        return self.terms.suspension.model if self.terms.suspension is not None else None


def explain_clock(session: Session, actor: Actor, clock_id: int, now: datetime) -> ClockExplanation:
    """Return why a clock ends when it does; NotFound outside the scope."""
    case_id = session.scalar(select(Clock.case_id).where(Clock.id == clock_id))
    if case_id is None:
        raise NotFound(clock=clock_id)
    bench = open_bench(session, actor, get_case(session, case_id), now)
    clock = next(clock for clock in bench.clocks if clock.id == clock_id)
    version, state = bench.version(clock), bench.state(clock)
    provision = clock.provision_version.provision
    return ClockExplanation(
        clock=clock,
        case=bench.case,
        state=state,
        terms=version,
        provision_code=provision.code,
        instrument_code=provision.instrument.code,
        instrument_title=provision.instrument.title,
        instrument_short_title=provision.instrument.short_title,
        url=version.url or provision.instrument.url,
        answer=state.answer if state.is_provisional or not clock.derivation else Answer.from_json(clock.derivation),
        events=_event_views(session, clock),
        earlier=tuple(_earlier_answers(bench, clock)),
        today=bench.today(clock),
        can_correct=bench.may_correct(clock),
    )


def _event_views(session: Session, clock: Clock) -> tuple[ClockEventView, ...]:
    ids = {event.actor_id for event in clock.events if event.actor_id}
    query = select(Person.id, Person.name_latin).where(Person.id.in_(ids))
    names = {row.id: row.name_latin for row in session.execute(query)} if ids else {}
    return tuple(
        ClockEventView(
            seq=event.seq,
            kind=ClockEventKind(event.kind),
            on_day=event.on_day,
            recorded_at=event.recorded_at,
            actor_name=names.get(event.actor_id or 0, ""),
            data=event.data,
        )
        for event in clock.events
    )


def _earlier_answers(bench: Bench, clock: Clock) -> list[EarlierAnswer]:
    """Return what was told before each event that moved a day, the latest first.

    An event of a recomputation holds what was told until then. The others are replayed from the first events alone,
    as of the day the next one was recorded, with the law and the calendar of today.
    """
    events, found = clock_events(clock), list[EarlierAnswer]()
    told: tuple[date, date, date] | None = None
    told_at: datetime | None = None
    for count, row in enumerate(clock.events, start=1):
        days = _days(bench, clock, events[:count], row.on_day)
        told = _told_until(row.data) or told
        if told is not None and told_at is not None and days != told:
            found.append(EarlierAnswer(due_on=told[0], earliest_on=told[1], latest_on=told[2], from_at=told_at))
        if days != told:
            told, told_at = days, row.recorded_at
    return found[::-1]


def _told_until(data: Mapping[str, Any]) -> tuple[date, date, date] | None:
    was = data.get("was")
    if not isinstance(was, Mapping):
        return None
    due, earliest, latest = (date.fromisoformat(was[name]) for name in ("due_on", "earliest_on", "latest_on"))
    return due, earliest, latest


def _days(bench: Bench, clock: Clock, events: list[ClockEvent], on: date) -> tuple[date, date, date]:
    state = replay(
        bench.terms(clock), events, rule_sets=installed_rule_sets(), calendars=bench.source, today=max(on, events[0].on)
    )
    return state.due_on, state.earliest_on, state.latest_on
