"""Turns due notices into messages: what is due today or late by itself, the rest as one digest a day for each person.

Whatever is due is looked at once more: duties that ended, dates that moved, sorts the reader refused, snoozes, nights.
A row that must wait gets a later `next_at` and stays planned, one that must not go out says why, and of several about
the same date the last goes out for all of them. Nothing is dropped silently, and nobody has two digests on one day:
the key of a digest is person and day.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.domain.reading_hours import due_at, next_decent, next_morning
from mobility.domain.reminders import Sort
from mobility.domain.treaty_life import LifeDate
from mobility.services.deliveries import reasons_against_clocks
from mobility.services.life_dates import SORTS, find_life_dates
from mobility.services.notice_facts import facts_of_clock, facts_of_life, list_due_clocks, list_due_life
from mobility.services.outbox import Letter, enqueue_all
from mobility.services.reminder_recipients import known_zone
from mobility.services.unsubscribing import path_for, refused_by
from mobility.storage.models.notices import Snooze
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.queries.reminders import hand_over
from mobility.storage.reminder_files import reminder_rules
from mobility.storage.site import site_of

LATE_AFTER: Final = timedelta(hours=1)
MOST_IN_A_DIGEST: Final = 40
NOTICES_PATH: Final = "/notices"
_AT_ONCE: Final = 500
_NOT_IN_A_DIGEST: Final = frozenset({"derivation", "consequence", "office_names", "programme_names"})
_SUPERSEDED: Final = frozenset({"clock_moved", "clock_paused", "date_moved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What one hand-over did with rows: gone out, collapsed into another, called off, made to wait."""

    handed_over: int = 0
    collapsed: int = 0
    cancelled: int = 0
    postponed: int = 0

    @property
    def total(self) -> int:
        """Return how many rows were due; none means that nothing is left."""
        return self.handed_over + self.collapsed + self.cancelled + self.postponed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    """One row that goes out, and how many earlier ones about the same date it stands for."""

    row: Any
    facts: Mapping[str, Any]
    sort: Sort | None
    is_late: bool


@dataclass(slots=True, kw_only=True)
class _Sweep:
    """The rows of some people, and what is to become of each: written down at the end, in few statements."""

    session: Session
    now: datetime
    states: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    waits: dict[tuple[datetime, str], list[int]] = field(default_factory=dict)
    out: dict[str, list[_Notice]] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)

    def close(self, rows: Iterable[Any], state: str, reason: str) -> None:
        """Note that rows will not go out, and why."""
        self.states.setdefault((state, reason), []).extend(row.id for row in rows)

    def hold(self, rows: Iterable[Any], until: datetime, reason: str) -> None:
        """Note that rows stay planned and are looked at again later."""
        self.waits.setdefault((until, reason), []).extend(row.id for row in rows)

    def write(self) -> HandedOver:
        """Put the messages into the outbox and the outcome into the rows."""
        written = enqueue_all(self.session, list(self.letters.values()), self.now)
        gone: list[tuple[int, str, str]] = []
        for key, notices in self.out.items():
            if key not in written and key.startswith("digest:"):
                for notice in notices:  # another process wrote today's digest a moment ago
                    self.hold([notice.row], _next_morning(self.session, notice.row, self.now), "waits_for_digest")
                continue
            gone.extend((each.row.id, "late" if each.is_late else "", key) for each in notices)
        hand_over(self.session, gone, self.now)
        for (state, reason), ids in self.states.items():
            self._set(ids, state=state, reason=reason)
        for (until, reason), ids in self.waits.items():
            self._set(ids, next_at=until, reason=reason)
        collapsed = len(self.states.get(("superseded", "collapsed"), ()))
        return HandedOver(
            handed_over=len(gone),
            collapsed=collapsed,
            cancelled=sum(map(len, self.states.values())) - collapsed,
            postponed=sum(map(len, self.waits.values())),
        )

    def _set(self, ids: Sequence[int], **values: Any) -> None:
        for start in range(0, len(ids), _AT_ONCE):
            self.session.execute(
                update(Reminder)
                .where(Reminder.id.in_(ids[start : start + _AT_ONCE]), Reminder.state == "planned")
                .values(**values)
                .execution_options(synchronize_session=False)
            )


def hand_over_due(session: Session, now: datetime, limit: int = 200) -> HandedOver:
    """Turn due notices into messages, in one write unit: those of the people who have waited longest, all of them."""
    people = session.scalars(
        select(Reminder.recipient_id)
        .where(Reminder.state == "planned", Reminder.next_at <= now)
        .order_by(Reminder.next_at, Reminder.id)
        .limit(limit)
    ).all()
    if not people:
        return HandedOver()
    sweep = _Sweep(session=session, now=now)
    rows = _still_true(sweep, set(people))
    rows = _wanted(sweep, rows)
    rows = _awake(sweep, _not_snoozed(sweep, rows))
    _address(sweep, _last_of_each(sweep, rows))
    return sweep.write()


def _still_true(sweep: _Sweep, people: Collection[int]) -> list[tuple[Any, LifeDate | None]]:
    """Return the due rows whose date still stands, each with its life date where it is about no clock."""
    session, now = sweep.session, sweep.now
    clocks = list_due_clocks(session, people, now)
    against = reasons_against_clocks(session, {(row.clock_id, row.due_version) for row in clocks})
    found: list[tuple[Any, LifeDate | None]] = []
    for row in clocks:
        reason = "" if row.is_active else "recipient_gone"
        reason = reason or against[row.clock_id, row.due_version]
        if reason:
            sweep.close([row], "superseded" if reason in _SUPERSEDED else "cancelled", reason)
        else:
            found.append((row, None))
    life = list_due_life(session, people, now)
    dates = find_life_dates(session, {row.occasion for row in life}, now) if life else {}
    for row in life:
        date = dates.get(row.occasion)
        if date is None or not row.is_active:
            sweep.close([row], "cancelled", "date_gone" if date is None else "recipient_gone")
        elif date.on != row.about_on:
            sweep.close([row], "superseded", "date_moved")
        else:
            found.append((row, date))
    return found


def _wanted(sweep: _Sweep, rows: list[tuple[Any, LifeDate | None]]) -> list[tuple[Any, LifeDate | None]]:
    """Leave out what its reader refused; what is due today or late comes all the same."""
    refused = refused_by(sweep.session, {row.recipient_id for row, _ in rows}) if rows else frozenset()
    kept = []
    for row, date in rows:
        sort = _sort_of(row, date)
        if sort is not None and (row.recipient_id, sort.value) in refused and not _is_urgent(sweep, row):
            sweep.close([row], "cancelled", "unsubscribed")
        else:
            kept.append((row, date))
    return kept


def _sort_of(row: Any, date: LifeDate | None) -> Sort | None:
    if date is not None:
        return SORTS[date.kind]
    return None if row.rule in reminder_rules().mandatory else Sort.EARLY


def _not_snoozed(sweep: _Sweep, rows: list[tuple[Any, LifeDate | None]]) -> list[tuple[Any, LifeDate | None]]:
    clock_ids = sorted({row.clock_id for row, date in rows if date is None})
    if not clock_ids:
        return rows
    query = select(Snooze.clock_id, Snooze.person_id, Snooze.until_on).where(Snooze.clock_id.in_(clock_ids))
    until = {(row.clock_id, row.person_id): row.until_on for row in sweep.session.execute(query)}
    kept = []
    for row, date in rows:
        day = until.get((row.clock_id, row.recipient_id)) if date is None else None
        morning = due_at(day, _hour(sweep.session), known_zone(row.reader_zone)) if day else sweep.now
        if morning > sweep.now and not _is_urgent(sweep, row):
            sweep.hold([row], morning, "snoozed")
        else:
            kept.append((row, date))
    return kept


def _awake(sweep: _Sweep, rows: list[tuple[Any, LifeDate | None]]) -> list[tuple[Any, LifeDate | None]]:
    """Let nobody be written to at night."""
    kept = []
    for row, date in rows:
        morning = next_decent(sweep.now, _hour(sweep.session), known_zone(row.reader_zone))
        if morning > sweep.now:
            sweep.hold([row], morning, "late" if _is_late(sweep, row) else "waits_for_morning")
        else:
            kept.append((row, date))
    return kept


def _last_of_each(sweep: _Sweep, rows: list[tuple[Any, LifeDate | None]]) -> Iterator[_Notice]:
    """Let the last notice about a date stand for the earlier ones to the same person."""

    def subject(pair: tuple[Any, LifeDate | None]) -> tuple[Any, ...]:
        row, date = pair
        return (row.recipient_id, date.occasion if date else "", row.clock_id or 0)

    for _, group in groupby(sorted(rows, key=lambda pair: (*subject(pair), pair[0].due_at, pair[0].id)), subject):
        *earlier, (row, date) = group
        sweep.close([each for each, _ in earlier], "superseded", "collapsed")
        is_late = _is_late(sweep, row)
        facts = facts_of_clock(row) if date is None else facts_of_life(row, date)
        late = {"is_late": is_late, "collapsed": len(earlier)}
        yield _Notice(row=row, facts={**facts, **late}, sort=_sort_of(row, date), is_late=is_late)


def _address(sweep: _Sweep, notices: Iterable[_Notice]) -> None:
    """Give each notice its message: one of its own, or a place in its reader's digest of the day."""
    by_reader: dict[int, list[_Notice]] = {}
    for notice in notices:
        if _is_urgent(sweep, notice.row):
            key = f"reminder:{notice.row.key}"
            sweep.letters[key], sweep.out[key] = _letter(sweep, key, [notice]), [notice]
        else:
            by_reader.setdefault(notice.row.recipient_id, []).append(notice)
    keys = {person: _digest_key(sweep, some[0].row) for person, some in by_reader.items()}
    query = select(OutboxMessage.key).where(OutboxMessage.key.in_(keys.values()))
    had = set(sweep.session.scalars(query)) if keys else set()
    for person, some in by_reader.items():
        if keys[person] in had:
            for notice in some:
                reason = "late" if notice.is_late else "waits_for_digest"
                sweep.hold([notice.row], _next_morning(sweep.session, notice.row, sweep.now), reason)
        else:
            some.sort(key=lambda each: (each.facts["earliest_on"], each.row.id))
            sweep.letters[keys[person]], sweep.out[keys[person]] = _letter(sweep, keys[person], some), some


def _is_urgent(sweep: _Sweep, row: Any) -> bool:
    """Tell whether the day has come, by the calendar of the office that it is counted for."""
    zone = known_zone(row.time_zone or row.reader_zone)
    return bool(row.about_on <= sweep.now.astimezone(ZoneInfo(zone)).date())


def _is_late(sweep: _Sweep, row: Any) -> bool:
    """Tell whether nobody was there when the notice was to leave; waiting for a morning or a digest is no delay."""
    return bool(row.reason == "late" or sweep.now - max(row.due_at, row.planned_at, row.next_at) > LATE_AFTER)


def _digest_key(sweep: _Sweep, row: Any) -> str:
    day = sweep.now.astimezone(ZoneInfo(known_zone(row.reader_zone))).date()
    return f"digest:{row.recipient_id}:{day.isoformat()}"


def _letter(sweep: _Sweep, key: str, notices: Sequence[_Notice]) -> Letter:
    """Return the message: the notice itself where it is one, a digest where they are several."""
    first = notices[0]
    sorts = {each.sort for each in notices if each.sort is not None}
    parameters: dict[str, Any] = dict(first.facts)
    template = str(parameters.pop("template"))
    if len(notices) > 1:
        template, shown = "digest", notices[:MOST_IN_A_DIGEST]
        parameters = {
            "path": NOTICES_PATH,
            "time_zone": _zone_of_days(notices),
            "items": [_in_digest(each.facts) for each in shown],
            "more": len(notices) - len(shown),
            "clocks": [[each.row.clock_id, each.row.due_version] for each in notices if each.row.clock_id],
        }
    if sorts and not _is_urgent(sweep, first.row):
        parameters["unsubscribe"] = path_for(sweep.session, first.row.recipient_id, sorts)
    case_id = first.row.case_id if len(notices) == 1 else None
    recipient_id = first.row.recipient_id
    return Letter(key=key, recipient_id=recipient_id, case_id=case_id, parameters=parameters, template=template)


def _zone_of_days(notices: Sequence[_Notice]) -> str:
    """Return whose today the days left are counted from: the office's where it is one, else the reader's."""
    zones = {known_zone(each.row.time_zone or each.row.reader_zone) for each in notices}
    return zones.pop() if len(zones) == 1 else known_zone(notices[0].row.reader_zone)


def _in_digest(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a digest says of one date; the rest stands behind its link."""
    return {name: value for name, value in facts.items() if name not in _NOT_IN_A_DIGEST}


def _next_morning(session: Session, row: Any, now: datetime) -> datetime:
    return next_morning(now, _hour(session), known_zone(row.reader_zone))


def _hour(session: Session) -> int:
    return site_of(session).quiet_hour
