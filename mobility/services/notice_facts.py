"""What a notice tells, as codes and facts: read for many rows at once, never a person's name or papers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.treaty_life import LifeDate
from mobility.services.notices import CASE_PATH, DESK_PATH
from mobility.services.reminder_recipients import known_zone
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.offices import Office
from mobility.storage.models.reminders import Reminder
from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow
from mobility.storage.reminder_files import reminder_rules

_ROW = (
    Reminder.id,
    Reminder.key,
    Reminder.clock_id,
    Reminder.case_id,
    Reminder.occasion,
    Reminder.rule,
    Reminder.due_version,
    Reminder.recipient_id,
    Reminder.about_on,
    Reminder.due_at,
    Reminder.next_at,
    Reminder.planned_at,
    Reminder.reason,
    Person.time_zone.label("reader_zone"),
    Person.is_active,
)


def _of_clocks() -> Any:
    return (
        select(
            *_ROW,
            Clock.stage_kind,
            Clock.owed_by,
            Clock.time_zone,
            Clock.earliest_on,
            Clock.latest_on,
            Clock.derivation,
            CaseFile.reference,
            CaseFile.person_id,
            ProvisionVersionRow.article,
            ProvisionVersionRow.terms,
            InstrumentRow.short_title,
            Office.names,
        )
        .join(Person, Person.id == Reminder.recipient_id)
        .join(Clock, Clock.id == Reminder.clock_id)
        .join(CaseFile, CaseFile.id == Clock.case_id)
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .join(ProvisionRow, ProvisionRow.id == ProvisionVersionRow.provision_id)
        .join(InstrumentRow, InstrumentRow.id == ProvisionRow.instrument_id)
        .outerjoin(Office, Office.id == Clock.office_id)
    )


def list_due_clocks(session: Session, people: Collection[int], now: datetime) -> Sequence[Any]:
    """Return the due notices about clocks of these people with everything that their mails tell, oldest first."""
    return session.execute(_due(_of_clocks(), people, now)).all()


def list_due_life(session: Session, people: Collection[int], now: datetime) -> Sequence[Any]:
    """Return the due notices of these people about what is no clock, oldest first; their zone is the reader's."""
    query = select(*_ROW, Person.time_zone).join(Person, Person.id == Reminder.recipient_id)
    return session.execute(_due(query.where(Reminder.occasion != ""), people, now)).all()


def find_clock_notice(session: Session, reminder_id: int) -> Any | None:
    """Return one planned notice about a clock with everything that its mail tells."""
    query = _of_clocks().where(Reminder.id == reminder_id, Reminder.state == "planned")
    return session.execute(query).one_or_none()


def find_life_notice(session: Session, reminder_id: int) -> Any | None:
    """Return one planned notice about what is no clock."""
    query = select(*_ROW, Person.time_zone).join(Person, Person.id == Reminder.recipient_id)
    query = query.where(Reminder.id == reminder_id, Reminder.occasion != "", Reminder.state == "planned")
    return session.execute(query).one_or_none()


def _due(query: Any, people: Collection[int], now: datetime) -> Any:
    return query.where(
        Reminder.recipient_id.in_(sorted(people)), Reminder.state == "planned", Reminder.next_at <= now
    ).order_by(Reminder.due_at, Reminder.id)


def facts_of_clock(row: Any) -> dict[str, Any]:
    """Return the parameters of the template `reminder`, but for how late it is."""
    is_applicant = row.person_id == row.recipient_id
    path = CASE_PATH if is_applicant else DESK_PATH
    return {
        "template": "reminder",
        "reference": row.reference,
        "path": path.format(reference=row.reference),
        "clock_id": row.clock_id,
        "due_version": row.due_version,
        "rule": row.rule,
        "audience": reminder_rules().audience_of(row.rule),
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
        "planned_on": _planned_on(row),
        "time_zone": row.time_zone,
        "derivation": row.derivation,
    }


def facts_of_life(row: Any, date_of: LifeDate) -> dict[str, Any]:
    """Return the parameters of the template `life_date`, but for how late it is."""
    return {
        "template": "life_date",
        "rule": row.rule,
        "kind": date_of.kind.value,
        "earliest_on": date_of.on.isoformat(),
        "planned_on": _planned_on(row),
        "time_zone": date_of.time_zone or known_zone(row.reader_zone),
        **date_of.facts,
    }


def _planned_on(row: Any) -> str:
    return str(row.due_at.astimezone(ZoneInfo(known_zone(row.reader_zone))).date().isoformat())
