"""Plans the notices of a clock with the change that causes them, and hands over those that are due to the outbox.

Which notices there are follows from `mobility.domain.reminders` and config/reminders.toml; who gets them is decided
here. A planned row is never edited: it is handed over, superseded by rows of a newer date, or cancelled, with a
reason. Nothing due is dropped silently: of several missed notices the last goes out and tells how many it stands for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from mobility.domain.reminders import PlannedReminder, plan
from mobility.services.deliveries import reason_against_clock
from mobility.services.notices import CASE_PATH, DESK_PATH
from mobility.services.outbox import enqueue
from mobility.services.reminder_recipients import Recipients, known_zone, recipients_of_many
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.offices import Office
from mobility.storage.models.reminders import Reminder
from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow
from mobility.storage.reminder_files import reminder_rules

LATE_AFTER = timedelta(hours=1)
_AT_ONCE = 500
_ENDED = {"paused": ("superseded", "clock_paused")}


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What one hand-over did: `handed_over` went to the outbox; the others have their reason in their row."""

    handed_over: int = 0
    collapsed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """Return how many rows were due; none means that nothing is left."""
        return self.handed_over + self.collapsed + self.cancelled


def plan_for_clock(session: Session, clock: Clock, now: datetime) -> list[Reminder]:
    """Plan the notices of a clock as it stands and supersede those that no longer fit; planning twice is planning once.

    Called in the write unit of whatever started, moved or resumed the clock, after its flush; returns the new rows.
    """
    if clock.state != "running":
        cancel_for_clock(session, clock, clock.state)
        return []
    made = [Reminder(**values) for values in _replan(session, [clock], recipients_of_many(session, [clock]), now)]
    session.add_all(made)
    session.flush()
    return made


def plan_for_clocks(
    session: Session, clocks: Sequence[Clock], recipients: Mapping[int, Recipients], now: datetime
) -> None:
    """The same for many running clocks, with who is told about each, in a session that sees every case."""
    rows = _replan(session, clocks, recipients, now)
    if rows:
        session.execute(insert(Reminder), rows)


def _replan(
    session: Session, clocks: Sequence[Clock], recipients: Mapping[int, Recipients], now: datetime
) -> list[dict[str, Any]]:
    """Change the state of what was planned and return the rows to be added; its statements do not grow in number."""
    planned = {each.key: (clock, each) for clock in clocks for each in _plan(clock, recipients[clock.id], now)}
    versions = {clock.id: clock.due_version for clock in clocks}
    known = {row.key: row for row in _known(session, versions)}
    by_change: dict[tuple[str, str], list[int]] = {}
    for row in known.values():
        if row.state == "planned" and row.key not in planned:
            reason = "clock_moved" if row.due_version < versions[row.clock_id] else "replanned"
            by_change.setdefault(("superseded", reason), []).append(row.id)
        elif row.state == "superseded" and row.key in planned:
            by_change.setdefault(("planned", ""), []).append(row.id)  # the pause ended, the day is still the same
    for (state, reason), ids in by_change.items():
        _change(session, ids, state, reason)
    return [_row(clock, each, now) for key, (clock, each) in planned.items() if key not in known]


def _plan(clock: Clock, recipients: Recipients, now: datetime) -> list[PlannedReminder]:
    return plan(
        clock_id=clock.id,
        due_version=clock.due_version,
        earliest_on=clock.earliest_on,
        trigger_on=clock.trigger_on,
        rules=reminder_rules().for_kind(str(clock.provision_version.terms["kind"])),
        recipients=recipients,
        now=now,
    )


def _known(session: Session, clock_ids: Iterable[int]) -> Sequence[Any]:
    query = select(Reminder.id, Reminder.key, Reminder.state, Reminder.due_version, Reminder.clock_id)
    return session.execute(query.where(Reminder.clock_id.in_(sorted(clock_ids)))).all()


def _change(session: Session, ids: Sequence[int], state: str, reason: str) -> None:
    """Write a state into many rows; a statement holds only so many numbers."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        session.execute(update(Reminder).where(Reminder.id.in_(some)).values(state=state, reason=reason))


def _row(clock: Clock, planned: PlannedReminder, now: datetime) -> dict[str, Any]:
    return {
        "key": planned.key,
        "clock_id": clock.id,
        "case_id": clock.case_id,
        "rule": planned.rule,
        "due_version": clock.due_version,
        "recipient_id": planned.recipient_id,
        "about_on": clock.earliest_on,
        "due_at": planned.due_at,
        "planned_at": now,
    }


def cancel_for_clock(session: Session, clock: Clock, reason: str) -> int:
    """Take back the planned notices of a clock that stands still or has ended; returns how many there were.

    `reason` is the clock's new state: a pause supersedes (the clock's return plans anew), anything else cancels.
    """
    state, why = _ENDED.get(reason, ("cancelled", "clock_ended"))
    found = session.execute(
        update(Reminder)
        .where(Reminder.clock_id == clock.id, Reminder.state == "planned")
        .values(state=state, reason=why)
        .execution_options(synchronize_session="fetch")
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def hand_over_due(session: Session, now: datetime, limit: int = 200) -> HandedOver:
    """Turn due notices into messages, in one write unit: those of the clocks that have waited longest, all of them."""
    clock_ids = session.scalars(
        select(Reminder.clock_id)
        .where(Reminder.state == "planned", Reminder.due_at <= now)
        .order_by(Reminder.due_at, Reminder.id)
        .limit(limit)
    ).all()
    if not clock_ids:
        return HandedOver()
    groups: dict[tuple[int, int], list[Any]] = {}
    for row in _due_of(session, set(clock_ids), now):
        groups.setdefault((row.clock_id, row.recipient_id), []).append(row)
    counts = {"handed_over": 0, "collapsed": 0, "cancelled": 0}
    for rows in groups.values():
        *earlier, last = rows
        stopped = reason_against_clock(session, last.clock_id, last.due_version)
        if stopped:
            counts["cancelled"] += len(rows)
            _close(session, rows, "superseded" if stopped in ("clock_moved", "clock_paused") else "cancelled", stopped)
            continue
        counts["handed_over"] += 1
        counts["collapsed"] += len(earlier)
        _close(session, earlier, "superseded", "collapsed")
        _hand_over(session, last, len(earlier), now)
    return HandedOver(**counts)


def _due_of(session: Session, clock_ids: Iterable[int], now: datetime) -> Sequence[Any]:
    """Return the due notices of these clocks with everything that their mails tell, oldest first."""
    return session.execute(
        select(
            Reminder.id,
            Reminder.key,
            Reminder.clock_id,
            Reminder.rule,
            Reminder.due_version,
            Reminder.recipient_id,
            Reminder.due_at,
            Reminder.planned_at,
            Clock.stage_kind,
            Clock.owed_by,
            Clock.time_zone,
            Clock.earliest_on,
            Clock.latest_on,
            Clock.derivation,
            CaseFile.id.label("case_id"),
            CaseFile.reference,
            CaseFile.person_id,
            ProvisionVersionRow.article,
            ProvisionVersionRow.terms,
            InstrumentRow.short_title,
            Office.names,
        )
        .join(Clock, Clock.id == Reminder.clock_id)
        .join(CaseFile, CaseFile.id == Clock.case_id)
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .join(ProvisionRow, ProvisionRow.id == ProvisionVersionRow.provision_id)
        .join(InstrumentRow, InstrumentRow.id == ProvisionRow.instrument_id)
        .outerjoin(Office, Office.id == Clock.office_id)
        .where(Reminder.clock_id.in_(clock_ids), Reminder.state == "planned", Reminder.due_at <= now)
        .order_by(Reminder.due_at, Reminder.id)
    ).all()


def _close(session: Session, rows: Iterable[Any], state: str, reason: str) -> None:
    ids = [row.id for row in rows]
    if ids:
        session.execute(update(Reminder).where(Reminder.id.in_(ids)).values(state=state, reason=reason))


def _hand_over(session: Session, row: Any, collapsed: int, now: datetime) -> None:
    is_late = now - max(row.due_at, row.planned_at) > LATE_AFTER
    person = session.get_one(Person, row.recipient_id)
    enqueue(
        session,
        key=f"reminder:{row.key}",
        template="reminder",
        recipient=person,
        case_id=row.case_id,
        now=now,
        parameters=_facts(row, person) | {"is_late": is_late, "collapsed": collapsed},
    )
    session.execute(
        update(Reminder)
        .where(Reminder.id == row.id)
        .values(state="handed_over", handed_over_at=now, reason="late" if is_late else "")
    )


def _facts(row: Any, person: Person) -> dict[str, Any]:
    is_applicant = row.person_id == person.id
    path = CASE_PATH if is_applicant else DESK_PATH
    return {
        "reference": row.reference,
        "path": path.format(reference=row.reference),
        "clock_id": row.clock_id,
        "due_version": row.due_version,
        "rule": row.rule,
        "kind": row.terms["kind"],
        "stage_kind": row.stage_kind,
        "owes": row.terms["owes"],
        "consequence": row.terms["consequence"],
        "instrument": row.short_title,
        "article": row.article,
        "owed_by": row.owed_by,
        "is_yours": is_applicant and row.owed_by == "applicant",
        "office_names": row.names or {},
        "earliest_on": row.earliest_on.isoformat(),
        "latest_on": row.latest_on.isoformat(),
        "planned_on": row.due_at.astimezone(ZoneInfo(known_zone(person.time_zone))).date().isoformat(),
        "time_zone": row.time_zone,
        "derivation": row.derivation,
    }


def list_planned(session: Session, until: datetime, limit: int = 200) -> Sequence[Any]:
    """Return what will be handed over until then, soonest first: due_at, rule, about_on, reference, e-mail address."""
    return session.execute(
        select(Reminder.due_at, Reminder.rule, Reminder.about_on, CaseFile.reference, Person.email)
        .join(CaseFile, CaseFile.id == Reminder.case_id)
        .join(Person, Person.id == Reminder.recipient_id)
        .where(Reminder.state == "planned", Reminder.due_at <= until)
        .order_by(Reminder.due_at, Reminder.id)
        .limit(limit)
    ).all()
