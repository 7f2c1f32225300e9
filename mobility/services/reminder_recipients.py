"""Who is told about a clock: the one who owes, the office that waits, and whom a long delay is taken to.

When the applicant owes, the office watches. When an office owes, its officer of the stage is told, or all its
officers where none is assigned, or its heads where it has no officer; then the heads, the programme's managers and
the other state's office on the same route, as the rules ask for them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mobility.domain.reminders import Audience, Recipient
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.programmes import Route
from mobility.storage.site import site_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """The people of one office."""

    officers: tuple[Recipient, ...] = ()
    heads: tuple[Recipient, ...] = ()

    def workers(self, assigned: int | None) -> tuple[Recipient, ...]:
        mine = tuple(each for each in self.officers + self.heads if each.recipient_id == assigned)
        return mine[:1] or self.officers or self.heads


Recipients = Mapping[Audience, Sequence[Recipient]]


def recipients_of(session: Session, clock: Clock) -> Recipients:
    """Return the people behind each audience of a clock, active ones only; in three statements."""
    return recipients_of_many(session, [clock])[clock.id]


def recipients_of_many(session: Session, clocks: Sequence[Clock]) -> dict[int, Recipients]:
    """Return the people behind each audience of each clock, by its id; in three statements for all of them."""
    cases = _cases(session, {clock.case_id for clock in clocks})
    officers = _assigned_officers(session, cases)
    others = {clock.id: _other_office(clock, cases[clock.case_id]) for clock in clocks}
    desks, managers = _people(
        session,
        {clock.office_id for clock in clocks} | set(others.values()),
        {case.programme_id for case in cases.values()},
    )
    return {
        clock.id: _audiences(
            session,
            clock,
            cases[clock.case_id],
            desk=desks.get(clock.office_id, _Desk()),
            assigned=officers.get((clock.case_id, clock.stage_kind)),
            managers=managers.get(cases[clock.case_id].programme_id, ()),
            other=desks.get(others[clock.id], _Desk()),
        )
        for clock in clocks
    }


def _other_office(clock: Clock, case: Any) -> int | None:
    other: int | None = (
        case.sending_office_id if case.receiving_office_id == clock.office_id else case.receiving_office_id
    )
    return other


def _audiences(
    session: Session,
    clock: Clock,
    case: Any,
    *,
    desk: _Desk,
    assigned: int | None,
    managers: tuple[Recipient, ...],
    other: _Desk,
) -> Recipients:
    workers = desk.workers(assigned)
    applicant = (as_recipient(session, case.person_id, case.time_zone),) if case.is_active else ()
    by_applicant = clock.owed_by == "applicant"
    return {
        Audience.OWING: applicant if by_applicant else workers,
        Audience.WATCHING: workers if by_applicant else (),
        Audience.HEAD: desk.heads,
        Audience.MANAGER: managers,
        Audience.OTHER_SIDE: () if by_applicant else other.workers(None),
    }


def _cases(session: Session, case_ids: Collection[int]) -> dict[int, Any]:
    query = (
        select(
            CaseFile.id,
            CaseFile.programme_id,
            CaseFile.person_id,
            Person.time_zone,
            Person.is_active,
            Route.receiving_office_id,
            Route.sending_office_id,
        )
        .join(Person, Person.id == CaseFile.person_id)
        .join(Route, Route.id == CaseFile.route_id)
        .where(CaseFile.id.in_(sorted(case_ids)))
    )
    return {row.id: row for row in session.execute(query)}


def _assigned_officers(session: Session, case_ids: Collection[int]) -> dict[tuple[int, str], int | None]:
    query = select(Stage.case_id, Stage.kind, Stage.officer_id).where(Stage.case_id.in_(sorted(case_ids)))
    return {(row.case_id, row.kind): row.officer_id for row in session.execute(query)}


def _people(
    session: Session, office_ids: set[int | None], programme_ids: set[int]
) -> tuple[dict[int | None, _Desk], dict[int, tuple[Recipient, ...]]]:
    rows = session.execute(
        select(Person.id, Person.time_zone, RoleGrant.role, RoleGrant.office_id, RoleGrant.programme_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.is_active,
            or_(RoleGrant.office_id.in_(office_ids - {None}), RoleGrant.programme_id.in_(programme_ids)),
            RoleGrant.role.in_(("officer", "head", "manager")),
        )
        .order_by(Person.id)
    ).all()
    found: dict[tuple[str, int | None], list[Recipient]] = {}
    for row in rows:
        place = row.programme_id if row.role == "manager" else row.office_id
        found.setdefault((row.role, place), []).append(as_recipient(session, row.id, row.time_zone))
    desks = {
        each: _Desk(officers=tuple(found.get(("officer", each), ())), heads=tuple(found.get(("head", each), ())))
        for each in office_ids
    }
    return desks, {each: tuple(found.get(("manager", each), ())) for each in programme_ids}


def managers_of(session: Session) -> dict[int, tuple[Recipient, ...]]:
    """Return the active managers of every programme that has some, by its id."""
    rows = session.execute(
        select(Person.id, Person.time_zone, RoleGrant.programme_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.is_active, RoleGrant.role == "manager", RoleGrant.programme_id.is_not(None))
        .order_by(RoleGrant.programme_id, Person.id)
    )
    found: dict[int, tuple[Recipient, ...]] = {}
    for row in rows:
        person = as_recipient(session, row.id, row.time_zone)
        found[row.programme_id] = (*found.get(row.programme_id, ()), person)
    return found


def as_recipient(session: Session, person_id: int, time_zone: str) -> Recipient:
    """Return a person with their zone and the hour of this installation."""
    return Recipient(recipient_id=person_id, time_zone=known_zone(time_zone), hour=site_of(session).quiet_hour)


@lru_cache(maxsize=512)
def known_zone(time_zone: str) -> str:
    """Return the zone, or UTC where the name in a profile is none: a wrong profile must not stop a case."""
    try:
        ZoneInfo(time_zone)
    except (LookupError, ValueError, OSError):
        return "UTC"
    return time_zone
