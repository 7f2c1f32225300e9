"""Plans the notices of a clock in the unit of the change that causes them, and tells what is planned.

Which notices there are follows from `mobility.domain.reminders` and the rules in force (`services/reminder_rules`);
who gets them from `services/reminder_recipients`; how due ones become messages is `services/handing_over`. A planned
row is never edited: it is handed over, superseded by rows of a newer date, or cancelled, with a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.domain.reminders import PlannedReminder, ReminderRule, plan
from mobility.services.handing_over import HandedOver, hand_over_due
from mobility.services.reminder_recipients import Recipients, recipients_of_many
from mobility.services.reminder_rules import read_changes
from mobility.storage.many_rows import insert_many
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.reminders import Reminder

__all__ = ["HandedOver", "cancel_for_clock", "hand_over_due", "list_planned", "plan_for_clock", "plan_for_clocks"]

_AT_ONCE = 500
_ENDED = {"paused": ("superseded", "clock_paused")}


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
    insert_many(session, Reminder, _replan(session, clocks, recipients, now))


def _replan(
    session: Session, clocks: Sequence[Clock], recipients: Mapping[int, Recipients], now: datetime
) -> list[dict[str, Any]]:
    """Change the state of what was planned and return the rows to be added; its statements do not grow in number."""
    changes = read_changes(session, {clock.case_id for clock in clocks})
    plans = [(clock, _plan(clock, recipients[clock.id], changes.rules_for(clock), now)) for clock in clocks]
    planned = {each.key for _, plan_of_clock in plans for each in plan_of_clock}
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
    return [
        row for clock, plan_of_clock in plans for row in _rows(clock, plan_of_clock, now) if row["key"] not in known
    ]


def _plan(clock: Clock, recipients: Recipients, rules: Sequence[ReminderRule], now: datetime) -> list[PlannedReminder]:
    return plan(
        clock_id=clock.id,
        due_version=clock.due_version,
        earliest_on=clock.earliest_on,
        trigger_on=clock.trigger_on,
        rules=rules,
        recipients=recipients,
        now=now,
        office_zone=clock.time_zone,
    )


def _known(session: Session, clock_ids: Iterable[int]) -> Sequence[Any]:
    query = select(Reminder.id, Reminder.key, Reminder.state, Reminder.due_version, Reminder.clock_id)
    return session.execute(query.where(Reminder.clock_id.in_(sorted(clock_ids)))).all()


def _change(session: Session, ids: Sequence[int], state: str, reason: str) -> None:
    """Write a state into many rows; a statement holds only so many numbers."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        session.execute(update(Reminder).where(Reminder.id.in_(some)).values(state=state, reason=reason))


def _rows(clock: Clock, planned: Iterable[PlannedReminder], now: datetime) -> list[dict[str, Any]]:
    shared = {
        "clock_id": clock.id,
        "case_id": clock.case_id,
        "due_version": clock.due_version,
        "about_on": clock.earliest_on,
        "planned_at": now,
    }
    return [
        shared
        | {
            "key": each.key,
            "rule": each.rule,
            "recipient_id": each.recipient_id,
            "due_at": each.due_at,
            "next_at": each.due_at,
        }
        for each in planned
    ]


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


def list_planned(session: Session, until: datetime, limit: int = 200) -> Sequence[Any]:
    """Return what will be handed over until then, soonest first; no case (`reference` None) where it is about none."""
    return session.execute(
        select(
            Reminder.id,
            Reminder.next_at,
            Reminder.due_at,
            Reminder.rule,
            Reminder.about_on,
            Reminder.occasion,
            Reminder.reason,
            Clock.time_zone,
            CaseFile.reference,
            Person.email,
            Person.time_zone.label("reader_zone"),
        )
        .join(Person, Person.id == Reminder.recipient_id)
        .outerjoin(Clock, Clock.id == Reminder.clock_id)
        .outerjoin(CaseFile, CaseFile.id == Reminder.case_id)
        .where(Reminder.state == "planned", Reminder.next_at <= until)
        .order_by(Reminder.next_at, Reminder.id)
        .limit(limit)
    ).all()
