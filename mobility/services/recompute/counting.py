"""Counts clocks again and tells the difference; writes nothing.

Clocks that only started are counted in bulk, one table for each wording and calendar. Those that were stopped or made
longer, whose days hang on the case, or whose wording was replaced, are replayed from their events one by one.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from mobility import calendars
from mobility.domain.access import SYSTEM
from mobility.domain.calendars import CalendarMissing, CalendarSource
from mobility.domain.clocks import ClockDataMissing, ClockState, replay
from mobility.domain.errors import NotFound
from mobility.domain.law_codes import PeriodUnit
from mobility.domain.time_limits import Answer, ManyStarts, TimeLimit, TimeLimitRefused, compute
from mobility.domain.treaties import ProvisionVersion, counting_direction
from mobility.domain.treaty_data import version_from_data
from mobility.services.case_files import get_case, office_day
from mobility.services.clocks import Bench, calendar_for, calendar_source, clock_events, clock_terms, open_bench
from mobility.services.clocks.terms import hangs_on_case
from mobility.services.recompute.changes import Cause, Change, Days, Difference, Move
from mobility.services.treaties import governing_version
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.queries import recompute as queries
from mobility.storage.rule_set_files import installed_rule_sets

_YEARS_AROUND: Final = 2
_AT_ONCE: Final = 5_000
_WINDOW: Final = 50_000
_REFUSED: Final = (TimeLimitRefused, CalendarMissing, ClockDataMissing)


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording with its terms read: values, because rows do not outlive a write unit.

    `needs_events` where the day of the trigger alone does not give the answer.
    """

    provision: str
    version: ProvisionVersion
    is_superseded: bool
    needs_events: bool

    @classmethod
    def of(cls, row: Any) -> "Wording":
        """Read a row; once, because every clock under it asks."""
        version = version_from_data(row.terms)
        needs_events = hangs_on_case(version) or version.unit is PeriodUnit.HOURS
        return cls(row.code, version, row.superseded_at is not None, needs_events)

    @property
    def counts_back(self) -> bool:
        return counting_direction(self.version.direction) == "backward"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A new answer as it is stored; `derivation` None keeps the one that was told."""

    derivation: dict[str, Any] | None
    calendar_version: str
    calendar: str

    @classmethod
    def of(cls, answer: Answer, calendar: str) -> "StoredAnswer":
        """Write an answer out."""
        version = f"{answer.calendar_package} {answer.calendar_package_version}"
        return cls(answer.to_dict(), version.strip()[:40], calendar)


@dataclass(slots=True)
class _Found:
    """The clocks with another answer (days, the wording they go over to, whether replayed), and those without any."""

    moved: list[tuple[Any, Days, int, bool]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def note(self, line: Any, count: Callable[[Any], tuple[Days, int]]) -> None:
        """Replay one clock; the second value is the wording it goes over to, 0 for its own."""
        try:
            days, version_id = count(line)
        except _REFUSED as error:
            self.refused.append((line.id, error.code))
            return
        if version_id or days != _days_of(line):
            self.moved.append((line, days, version_id, True))


class Recount:
    """One recomputation: the calendars as they are or will be, and the tables filled so far."""

    def __init__(self, session: Session, change: Change, now: datetime) -> None:
        """Read the law and, with a planned day, the calendars as if it were entered."""
        self.change, self.now = change, now
        self.source: CalendarSource = calendar_source(session, () if change.planned is None else (change.planned,))
        self.wordings = {row.id: Wording.of(row) for row in queries.list_versions(session)}
        self._tables: dict[tuple[int, str], tuple[TimeLimit, ManyStarts]] = {}
        self._todays: dict[str, date] = {}
        self._answers: dict[tuple[int, str, date], StoredAnswer] = {}

    def difference(self, session: Session, only: Collection[int] | None = None) -> Difference:
        """Return what the change does, to these clocks or to all that it can reach, by case and clock."""
        found, looked_at = _Found(), 0
        for conditions in self._portions(session) if only is None else [[queries.with_ids(only)]]:
            lines = queries.list_lines(session, conditions)
            looked_at += len(lines)
            self._look_at(session, lines, found)
        moves = self._moves(session, found.moved)
        return Difference(change=self.change, looked_at=looked_at, moves=moves, refused=tuple(found.refused))

    def _look_at(self, session: Session, lines: Sequence[Any], found: _Found) -> None:
        by_case: dict[int, list[Any]] = {}
        for line in lines:
            if self.is_single(line):
                by_case.setdefault(line.case_id, []).append(line)
            else:
                self._count_in_bulk(line, found)
        for case_id, held in by_case.items():
            bench = self.bench(session, case_id)
            for line in held:
                found.note(line, lambda line, bench=bench: self._replayed(session, bench, line))  # type: ignore[misc]

    def _portions(self, session: Session) -> Iterator[list[ColumnElement[bool]]]:
        """Return conditions to be asked one portion after the other: every clock is too many to hold at once."""
        if self.change.cause is Cause.EVERYTHING:
            yield from ([condition] for condition in queries.id_windows(session, _WINDOW))
        else:
            yield self._conditions()

    def _conditions(self) -> list[ColumnElement[bool]]:
        change = self.change
        if change.provisions:
            return [queries.under_versions(self._ids(lambda each: each.provision in change.provisions))]
        assert change.day is not None, "a calendar is named with a day"
        codes, day = _reached_calendars(change.calendar), change.day
        conditions = [queries.on_calendars(codes, day)]
        back = self._ids(lambda each: each.counts_back)
        if back:
            conditions.append(queries.counted_back_on(codes, back, day))
        abroad = self._ids(lambda each: "other_calendar" in each.version.params)
        if abroad:
            conditions.append(queries.under_versions(abroad, day))
        return conditions

    def _ids(self, holds: Callable[[Wording], bool]) -> list[int]:
        return [number for number, wording in self.wordings.items() if holds(wording)]

    def is_single(self, line: Any) -> bool:
        """Say whether this clock must be replayed from its events."""
        if line.is_changed or line.state != "running":
            return True
        wording = self.wordings[line.provision_version_id]
        return wording.needs_events or (wording.is_superseded and self.change.cause is not Cause.CALENDAR)

    def bench(self, session: Session, case_id: int) -> Bench:
        """Return the clocks of a case, to be counted with these calendars."""
        return open_bench(session, SYSTEM, get_case(session, case_id), self.now, self.source)

    def _count_in_bulk(self, line: Any, found: _Found) -> None:
        """Count a clock by its table; most have not moved, so nothing is made of them."""
        try:
            bounds = self._table(line)[1].bounds(line.trigger_on)
        except _REFUSED as error:
            found.refused.append((line.id, error.code))
            return
        if bounds != (line.due_on, line.earliest_on, line.latest_on):
            days = Days(due_on=bounds[0], earliest_on=bounds[1], latest_on=bounds[2])
            found.moved.append((line, days, 0, False))

    def table_of(self, wording: Wording, calendar: str, first: date, last: date) -> ManyStarts:
        """Return the answers of a wording on a calendar for triggers and ends between two days."""
        question = _question(wording.version, calendar, first)
        return self._many(question, first, last)

    def _many(self, question: TimeLimit, first: date, last: date) -> ManyStarts:
        years = (first.year - _YEARS_AROUND, last.year + _YEARS_AROUND)
        return ManyStarts(question, years=years, rule_sets=installed_rule_sets(), calendars=self.source)

    def _table(self, line: Any) -> tuple[TimeLimit, ManyStarts]:
        key = (line.provision_version_id, line.calendar)
        found = self._tables.get(key)
        if found is None:
            question = _question(self.wordings[line.provision_version_id].version, line.calendar, line.trigger_on)
            many = self._many(question, line.trigger_on, line.latest_on)
            found = self._tables[key] = (question, many)
        return found

    def answer(self, clock: Any) -> StoredAnswer:
        """Return the answer of a clock that only started; those of one wording, calendar and trigger share it."""
        key = (clock.provision_version_id, clock.calendar, clock.trigger_on)
        if key not in self._answers:
            question = replace(self._table(clock)[0], start=clock.trigger_on)
            found = compute(question, rule_sets=installed_rule_sets(), calendars=self.source)
            self._answers[key] = StoredAnswer.of(found, clock.calendar)
        return self._answers[key]

    def replayed(self, session: Session, bench: Bench, clock_id: int) -> tuple[ClockState, ProvisionVersionRow, str]:
        """Return how a clock stands under the wording that governs it now, with that wording and its calendar."""
        clock = next(clock for clock in bench.clocks if clock.id == clock_id)
        row, calendar = clock.provision_version, clock.calendar
        if self.change.cause is not Cause.CALENDAR and row.superseded_at is not None:
            row = _replacement(session, row, clock.trigger_on)
        version = self.wordings[row.id].version
        if row.id != clock.provision_version_id:
            calendar = calendar_for(version, bench.setting(clock))
        state = replay(
            clock_terms(version, bench.setting(clock), calendar),
            clock_events(clock),
            rule_sets=installed_rule_sets(),
            calendars=self.source,
            today=bench.today(clock),
        )
        return state, row, calendar

    def _replayed(self, session: Session, bench: Bench, line: Any) -> tuple[Days, int]:
        state, row, _ = self.replayed(session, bench, line.id)
        days = Days(due_on=state.due_on, earliest_on=state.earliest_on, latest_on=state.latest_on)
        if state.is_provisional:
            days = _days_of(line)  # nobody is told the days of a clock that stands still; it is counted as it goes on
        return days, 0 if row.id == line.provision_version_id else row.id

    def _today(self, time_zone: str) -> date:
        if time_zone not in self._todays:
            self._todays[time_zone] = office_day(self.now, time_zone)
        return self._todays[time_zone]

    def _moves(self, session: Session, found: Sequence[tuple[Any, Days, int, bool]]) -> tuple[Move, ...]:
        references = _references(session, {line.case_id for line, *_ in found})
        moves = [self._move(references[each[0].case_id], *each) for each in found]
        return tuple(sorted(moves, key=lambda move: (move.case_id, move.clock_id)))

    def _move(self, reference: str, line: Any, days: Days, version_id: int, is_replayed: bool) -> Move:
        today = self._today(line.time_zone)
        return Move(
            clock_id=line.id,
            case_id=line.case_id,
            reference=reference,
            provision=self.wordings[line.provision_version_id].provision,
            stage=line.stage_kind,
            was=_days_of(line),
            becomes=days,
            becomes_overdue=line.state == "running" and days.latest_on < today <= line.latest_on,
            version_id=version_id,
            is_replayed=is_replayed,
        )


def _question(version: ProvisionVersion, calendar: str, start: date) -> TimeLimit:
    terms = clock_terms(version, None, calendar)
    return TimeLimit(
        rule_set=terms.rule_set,
        start=start,
        period=terms.period,
        unit=terms.unit,
        calendar=terms.calendar,
        direction=terms.direction,
        kind=terms.kind,
        params=terms.params,
    )


def _replacement(session: Session, row: ProvisionVersionRow, trigger_on: date) -> ProvisionVersionRow:
    """Return what replaced a wording for that trigger; the wording itself where nothing did."""
    try:
        return governing_version(session, row.provision.code, trigger_on)
    except NotFound:
        return row


def _days_of(line: Any) -> Days:
    return Days(due_on=line.due_on, earliest_on=line.earliest_on, latest_on=line.latest_on)


def _reached_calendars(code: str) -> set[str]:
    """Return a calendar and, for a country, those of its parts, whose people rest on its days as well."""
    try:
        return {code, *(f"{code}-{part}" for part in calendars.list_subdivisions(code))}
    except CalendarMissing:
        return {code}


def _references(session: Session, case_ids: Iterable[int]) -> dict[int, str]:
    ids, found = sorted(case_ids), dict[int, str]()
    for start in range(0, len(ids), _AT_ONCE):
        found |= queries.references_of(session, ids[start : start + _AT_ONCE])
    return found
