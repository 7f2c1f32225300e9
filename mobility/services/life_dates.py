"""Days that are nobody's clock, gathered from where they stand, and the notices planned about them.

The source of each stays the truth: the treaty registry, the facts of a visa, the call. So they are planned by a sweep,
again and again, and planning twice plans nothing twice; when a day moves or goes, its notices say so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.reminders import Audience, PlannedReminder, Recipient, ReminderRule, Sort, plan
from mobility.domain.stages import StageStatus
from mobility.domain.treaty_life import LifeDate, LifeKind, version_of
from mobility.services.notices import CASE_PATH
from mobility.services.reminder_recipients import as_recipient, managers_of
from mobility.services.treaty_dates import PREFIX, treaty_dates
from mobility.storage.models.accounts import Person
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call, Route
from mobility.storage.models.reminders import Reminder
from mobility.storage.reminder_files import reminder_rules

SORTS: Final[Mapping[LifeKind, Sort]] = MappingProxyType(
    dict.fromkeys(LifeKind, Sort.TREATIES)
    | {LifeKind.VALIDITY: Sort.VALIDITY, LifeKind.CALL: Sort.CALLS, LifeKind.DRAFT: Sort.CALLS}
)
_LONG_BEFORE: Final = timedelta(days=3000)
_AT_ONCE: Final = 500
_VALID: Final = (StageStatus.ISSUED.value, StageStatus.COLLECTED.value)
"""A visa that was revoked ends otherwise, and its holder was told."""
_CALL_PATH: Final = "/calls/{code}"
_DRAFT_PATH: Final = "/applications/{number}"


def find_life_dates(session: Session, occasions: Collection[str], now: datetime) -> dict[str, LifeDate]:
    """Return the dates of these occasions as they stand today; one that is gone is not there."""
    numbers: dict[str, set[int]] = {}
    for occasion in occasions:
        source, number = occasion.split(":")[:2]
        numbers.setdefault(source, set()).add(int(number))
    found: list[LifeDate] = []
    if PREFIX in numbers:
        found += treaty_dates(session, now.date(), numbers[PREFIX])
    if "visa" in numbers:
        found += [each for each, _ in _visas(session, now.date(), numbers["visa"])]
    if "call" in numbers:
        found += [each for each, _ in _calls(session, now.date(), numbers["call"])]
    if "draft" in numbers:
        found += [each for each, _ in _drafts(session, now.date(), numbers["draft"])]
    return {each.occasion: each for each in found if each.occasion in occasions}


def list_own_dates(session: Session, actor: Actor, today: date) -> list[LifeDate]:
    """Return the dates that are no clock and concern a person: as manager, as holder of a visa, as applicant."""
    dates = treaty_dates(session, today, actor.managed_programmes) if actor.managed_programmes else []
    if actor.managed_programmes:
        dates += [each for each, programme_id in _calls(session, today) if programme_id in actor.managed_programmes]
    dates += [each for each, _ in _visas(session, today, person_id=actor.person_id)]
    dates += [each for each, _ in _drafts(session, today, person_id=actor.person_id)]
    return sorted(dates, key=lambda each: (each.on, each.occasion))


def plan_life(session: Session, now: datetime) -> int:
    """Plan the notices of everything that has a day and no clock; returns how many rows are new. Needs a write unit
    in a session that sees every case."""
    rules = reminder_rules().life
    wanted: dict[str, tuple[LifeDate, PlannedReminder]] = {}
    alive: dict[tuple[str, int], int] = {}
    for date_of, people in _dates_with_people(session, now.date()):
        alive |= {(date_of.occasion, person.recipient_id): date_of.version for person in people}
        for each in _plan(date_of, people, rules.get(date_of.kind, ()), now):
            wanted[each.key] = (date_of, each)
    known = _known(session, wanted)
    _take_back(session, alive)
    fresh = [key for key in wanted if key not in known]
    session.add_all(_row(*wanted[key], now) for key in fresh)
    session.flush()
    return len(fresh)


def _plan(
    date_of: LifeDate, people: Sequence[Recipient], rules: Iterable[ReminderRule], now: datetime
) -> list[PlannedReminder]:
    return plan(
        clock_id=date_of.occasion,
        due_version=date_of.version,
        earliest_on=date_of.on,
        trigger_on=date_of.on - _LONG_BEFORE,
        rules=rules,
        recipients={Audience.OWING: people},
        now=now,
        office_zone=date_of.time_zone,
    )


def _dates_with_people(session: Session, today: date) -> list[tuple[LifeDate, Sequence[Recipient]]]:
    dates: list[tuple[LifeDate, Sequence[Recipient]]] = []
    managers = managers_of(session)
    for each in treaty_dates(session, today):
        dates.append((each, managers.get(int(each.occasion.split(":")[1]), ())))
    dates += _visas(session, today)
    for each, programme_id in _calls(session, today):
        dates.append((each, managers.get(programme_id, ())))
    return dates + _drafts(session, today)


def _known(session: Session, keys: Collection[str]) -> set[str]:
    found: set[str] = set()
    ordered = sorted(keys)
    for start in range(0, len(ordered), _AT_ONCE):
        query = select(Reminder.key).where(Reminder.key.in_(ordered[start : start + _AT_ONCE]))
        found.update(session.scalars(query))
    return found


def _take_back(session: Session, alive: Mapping[tuple[str, int], int]) -> None:
    """Take back planned rows whose day moved or went, or whose reader has nothing to do with it any more."""
    query = select(Reminder.id, Reminder.occasion, Reminder.recipient_id, Reminder.due_version).where(
        Reminder.occasion != "", Reminder.state == "planned"
    )
    moved, gone = [], []
    for row in session.execute(query):
        version = alive.get((row.occasion, row.recipient_id))
        if version is None:
            gone.append(row.id)
        elif version != row.due_version:
            moved.append(row.id)
    for ids, state, reason in ((moved, "superseded", "date_moved"), (gone, "cancelled", "date_gone")):
        for start in range(0, len(ids), _AT_ONCE):
            some = Reminder.id.in_(ids[start : start + _AT_ONCE])
            session.execute(update(Reminder).where(some).values(state=state, reason=reason))


def _row(date_of: LifeDate, planned: PlannedReminder, now: datetime) -> Reminder:
    return Reminder(
        key=planned.key,
        occasion=date_of.occasion,
        case_id=date_of.case_id,
        rule=planned.rule,
        due_version=date_of.version,
        recipient_id=planned.recipient_id,
        about_on=date_of.on,
        due_at=planned.due_at,
        planned_at=now,
    )


def _visas(
    session: Session, today: date, stage_ids: Collection[int] | None = None, *, person_id: int | None = None
) -> list[tuple[LifeDate, Sequence[Recipient]]]:
    """Return the last days of visas of open cases: those that end soon, or all of one person."""
    until = Stage.facts["valid_until"].as_string()
    query = (
        select(
            Stage.id,
            Stage.row_version,
            until.label("until"),
            CaseFile.id.label("case_id"),
            CaseFile.reference,
            Person.id.label("person_id"),
            Person.time_zone,
            Office.time_zone.label("office_zone"),
        )
        .join(CaseFile, CaseFile.id == Stage.case_id)
        .join(Person, Person.id == CaseFile.person_id)
        .join(Office, Office.id == Stage.office_id)
        .where(Stage.kind == "visa", Stage.status.in_(_VALID), CaseFile.is_open, Person.is_active)
        .where(until >= today.isoformat())
        .order_by(Stage.id)
    )
    if person_id is not None:
        query = query.where(CaseFile.person_id == person_id)
    else:
        days = max((-rule.offset_days for rule in reminder_rules().life.get(LifeKind.VALIDITY, ())), default=0) + 1
        query = query.where(until <= (today + timedelta(days=days)).isoformat())
    if stage_ids is not None:
        query = query.where(Stage.id.in_(sorted(stage_ids)))
    return [(_visa(row), [as_recipient(session, row.person_id, row.time_zone)]) for row in session.execute(query)]


def _visa(row: Any) -> LifeDate:
    on = date.fromisoformat(row.until)
    facts = {"reference": row.reference, "stage_kind": "visa", "path": CASE_PATH.format(reference=row.reference)}
    return LifeDate(
        occasion=f"visa:{row.id}",
        kind=LifeKind.VALIDITY,
        on=on,
        facts=facts,
        version=version_of(on),
        revision=row.row_version,
        case_id=row.case_id,
        time_zone=row.office_zone,
    )


def _calls(session: Session, today: date, call_ids: Collection[int] | None = None) -> list[tuple[LifeDate, int]]:
    """Return the last days of published calls with the programme of each."""
    query = (
        select(Call.id, Call.row_version, Call.code, Call.closes_on, Call.time_zone, Call.texts, Route.programme_id)
        .join(Route, Route.id == Call.route_id)
        .where(Call.is_published, Call.closes_on >= today)
        .order_by(Call.id)
    )
    if call_ids is not None:
        query = query.where(Call.id.in_(sorted(call_ids)))
    return [
        (_closing(f"call:{row.id}", LifeKind.CALL, row, _CALL_PATH.format(code=row.code)), row.programme_id)
        for row in session.execute(query)
    ]


def _drafts(
    session: Session, today: date, application_ids: Collection[int] | None = None, *, person_id: int | None = None
) -> list[tuple[LifeDate, Sequence[Recipient]]]:
    """Return the last days for applications that were begun and not sent."""
    query = (
        select(Application.id, Person.id.label("person_id"), Person.time_zone.label("reader_zone"))
        .add_columns(Call.row_version, Call.code, Call.closes_on, Call.time_zone, Call.texts)
        .join(Call, Call.id == Application.call_id)
        .join(Person, Person.id == Application.person_id)
        .where(
            Application.status == "draft",
            Application.case_id.is_(None),
            Call.is_published,
            Call.closes_on >= today,
            Person.is_active,
        )
        .order_by(Application.id)
    )
    if person_id is not None:
        query = query.where(Application.person_id == person_id)
    if application_ids is not None:
        query = query.where(Application.id.in_(sorted(application_ids)))
    return [
        (
            _closing(f"draft:{row.id}", LifeKind.DRAFT, row, _DRAFT_PATH.format(number=row.id)),
            [as_recipient(session, row.person_id, row.reader_zone)],
        )
        for row in session.execute(query)
    ]


def _closing(occasion: str, kind: LifeKind, row: Any, path: str) -> LifeDate:
    titles = {locale: texts.get("title", "") for locale, texts in row.texts.items()}
    return LifeDate(
        occasion=occasion,
        kind=kind,
        on=row.closes_on,
        facts={"call_titles": titles, "path": path},
        version=version_of(row.closes_on),
        revision=row.row_version,
        time_zone=row.time_zone,
    )
