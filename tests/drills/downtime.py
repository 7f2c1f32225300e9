"""Seven days without a scheduler, and ten thousand hours of day: every notice comes out once, or says why it does not.

The rows are those of the product: people, cases and clocks copied from one of each, notices planned by its own rules.
Time is given to the sweep, so that a week takes seconds; the messages are sent to a real mail server.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bench.figures import Figure
from mobility.domain.reading_hours import due_at
from mobility.services.dispatch import dispatch_until_idle
from mobility.services.handing_over import hand_over_due
from mobility.services.reminder_recipients import recipients_of_many
from mobility.services.reminders import plan_for_clocks
from mobility.storage.models.accounts import Person
from mobility.storage.models.clocks import Clock
from mobility.storage.models.reminders import OutboxMessage, Reminder
from tests.drills.copies import START, insert_notices, make_copies
from tests.drills.ground import Ground

DAYS_DOWN = 7
OPEN_REASONS = ("waits_for_morning", "waits_for_digest", "snoozed", "late")


def week(ground: Ground, notices: int) -> Iterator[Figure]:
    """Plan, go away for a week in which duties end and dates move, come back, and account for every missed notice."""
    back = START + timedelta(days=DAYS_DOWN)
    with ground.fresh() as sink:
        clocks = _copies(ground, notices, random.Random(7), zones=("Africa/Cairo", "Asia/Tokyo", "America/Lima"))
        with ground.unit() as unit:
            _plan(unit, clocks)
            missed = _due_until(unit, back)
            _change_a_few(unit, clocks)
        swept = _sweep_through(ground, [back + timedelta(hours=hours) for hours in range(0, 60, 6)])
        post = ground.post(sink.url, read_now=lambda session: back + timedelta(days=3), batch=500)
        dispatch_until_idle(post)
        with ground.unit() as unit:
            unaccounted = [row for row in _rows(unit, missed) if not _is_accounted(row)]
            sent = set(unit.scalars(select(OutboxMessage.key).where(OutboxMessage.status == "sent")))
            unsent = [r for r in _rows(unit, missed) if r.state == "handed_over" and r.message_key not in sent]
            unmarked = [r for r in _rows(unit, missed) if r.state == "handed_over" and r.reason != "late"]
        arrived = sink.keys()
    yield ground.figure("week_down_missed_notices", len(missed), "notices", notices, at_least=True)
    yield ground.figure("week_down_swept", swept, "rows", len(missed), at_least=True)
    yield ground.figure("week_down_accounted_for", 100 * (1 - len(unaccounted) / len(missed)), "%", 100, at_least=True)
    yield ground.figure("week_down_handed_over_but_not_sent", len(unsent), "notices", 0)
    yield ground.figure("week_down_sent_late_but_not_marked", len(unmarked), "notices", 0)
    yield ground.figure("week_down_doubled", sum(arrived.values()) - len(arrived), "messages", 0)


def civil_time(ground: Ground, cases: int) -> Iterator[Figure]:
    """One notice for each of many readers, in all zones, about the hours when clocks change, under a jumping clock."""
    chance = random.Random(cases)
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    with ground.fresh():
        clocks = _copies(ground, cases, chance, zones=zones)
        early = _plan_one_each(ground, clocks, chance)
        moment, moments = START, []
        while moment < START + timedelta(days=40):
            moments.append(moment)
            moment += timedelta(hours=chance.choice((1, 5, 7, 26, 75, -3, -26)))
        _sweep_through(ground, [*moments, *(START + timedelta(days=41, hours=6 * n) for n in range(12))])
        with ground.unit() as unit:
            query = select(OutboxMessage.recipient_id, func.count()).group_by(OutboxMessage.recipient_id)
            got = {row[0]: row[1] for row in unit.execute(query)}
            rows = unit.execute(
                select(Reminder.due_at, Reminder.handed_over_at, Reminder.state, Person.time_zone).join(
                    Person, Person.id == Reminder.recipient_id
                )
            ).all()
    wrong = sum(got.get(clock, 0) != 1 for clock in clocks)
    hours = [row.handed_over_at.astimezone(ZoneInfo(row.time_zone)).hour for row in rows if row.handed_over_at]
    yield ground.figure(f"civil_time_{cases}_cases_without_exactly_one", wrong, "cases", 0)
    yield ground.figure("civil_time_planned_at_another_instant", early, "cases", 0)
    yield ground.figure("civil_time_before_due", sum(r.handed_over_at < r.due_at for r in rows), "cases", 0)
    yield ground.figure("civil_time_at_night", sum(hour < 8 or hour >= 20 for hour in hours), "cases", 0)


def _sweep_through(ground: Ground, moments: Sequence[datetime]) -> int:
    """Hand over what is due at each of these moments, in portions as the scheduler does; returns how many rows."""
    total = 0
    for moment in moments:
        while True:
            with ground.unit() as unit:
                done = hand_over_due(unit, moment)
            total += done.total
            if not done.total:
                break
    return total


def _copies(ground: Ground, count: int, chance: random.Random, *, zones: Sequence[str]) -> list[int]:
    with ground.unit() as unit:
        unit.execute(delete(Reminder))
        return make_copies(unit, count, chance, zones=zones, days=(2, 30))


def _plan(unit: Session, clock_ids: Sequence[int]) -> None:
    for first in range(0, len(clock_ids), 500):
        some = clock_ids[first : first + 500]
        clocks = unit.scalars(select(Clock).where(Clock.id.in_(some)).order_by(Clock.id)).all()
        plan_for_clocks(unit, clocks, recipients_of_many(unit, clocks), START)
        unit.flush()


def _due_until(unit: Session, until: datetime) -> list[int]:
    return list(unit.scalars(select(Reminder.id).where(Reminder.due_at <= until).order_by(Reminder.id)))


def _change_a_few(unit: Session, clocks: Sequence[int]) -> None:
    """While nobody sends, some duties are done, some pause, some dates move: the rows are not told."""
    for remainder, values in ((0, {"state": "met"}), (1, {"state": "paused"}), (2, {"due_version": 2})):
        some = [clock for clock in clocks if clock % 10 == remainder]
        unit.execute(update(Clock).where(Clock.id.in_(some)).values(**values))


def _rows(unit: Session, ids: Sequence[int]) -> list[Any]:
    wanted = set(ids)
    query = select(Reminder.id, Reminder.state, Reminder.reason, Reminder.message_key)
    return [row for row in unit.execute(query) if row.id in wanted]


def _is_accounted(row: Any) -> bool:
    """Sent in a message that is named, or ended with a reason."""
    if row.state == "handed_over":
        return bool(row.message_key)
    return row.state in ("superseded", "cancelled") and bool(row.reason)


def _plan_one_each(ground: Ground, clocks: Sequence[int], chance: random.Random) -> int:
    """Write one notice for each reader; returns how many would leave at an instant that an oracle disagrees with."""
    wrong = 0
    with ground.unit() as unit:
        zones = dict(unit.execute(select(Person.id, Person.time_zone)).all())
        notices = []
        for number in clocks:
            day = START.date() + timedelta(days=chance.randrange(0, 14))
            hour = chance.randrange(0, 24)
            instant = due_at(day, hour, zones[number])
            wrong += not _is_that_hour(instant, day, hour, ZoneInfo(zones[number]))
            notices.append((number, instant))
        insert_notices(unit, notices)
    return wrong


def _is_that_hour(instant: datetime, day: date, hour: int, zone: ZoneInfo) -> bool:
    """Look through the quarters of an hour in UTC for the first at which the zone's clock shows that hour, or later."""
    begin = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=16)
    wanted = datetime.combine(day, time(hour))
    steps = (begin + timedelta(minutes=minutes) for minutes in range(0, 64 * 60, 15))
    first = next(step for step in steps if step.astimezone(zone).replace(tzinfo=None) >= wanted)
    shown = first.astimezone(zone).replace(tzinfo=None)
    skipped = shown - wanted  # nothing, or what is left of a gap that the hour fell into
    return instant == first or (skipped > timedelta(0) and timedelta(0) <= instant - first <= timedelta(hours=24))
