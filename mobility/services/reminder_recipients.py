"""Who is told about a clock: the one who owes, the office that waits, and whom a long delay is taken to.

When the applicant owes, the office watches. When an office owes, its officer of the stage is told, or all its
officers where none is assigned, or its heads where it has no officer; then the heads, the programme's managers and
the other state's office on the same route, as the rules ask for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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


def recipients_of(session: Session, clock: Clock) -> Mapping[Audience, Sequence[Recipient]]:
    """Return the people behind each audience of a clock, active ones only; in three statements."""
    case = session.execute(
        select(
            CaseFile.programme_id,
            CaseFile.person_id,
            Person.time_zone,
            Person.is_active,
            Route.receiving_office_id,
            Route.sending_office_id,
        )
        .join(Person, Person.id == CaseFile.person_id)
        .join(Route, Route.id == CaseFile.route_id)
        .where(CaseFile.id == clock.case_id)
    ).one()
    other_id = case.sending_office_id if case.receiving_office_id == clock.office_id else case.receiving_office_id
    desks, managers = _people(session, {clock.office_id, other_id}, case.programme_id)
    desk = desks.get(clock.office_id, _Desk())
    workers = desk.workers(_assigned_officer(session, clock))
    applicant = (_recipient(session, case.person_id, case.time_zone),) if case.is_active else ()
    by_applicant = clock.owed_by == "applicant"
    return {
        Audience.OWING: applicant if by_applicant else workers,
        Audience.WATCHING: workers if by_applicant else (),
        Audience.HEAD: desk.heads,
        Audience.MANAGER: managers,
        Audience.OTHER_SIDE: () if by_applicant else desks.get(other_id, _Desk()).workers(None),
    }


def _assigned_officer(session: Session, clock: Clock) -> int | None:
    return session.execute(
        select(Stage.officer_id).where(Stage.case_id == clock.case_id, Stage.kind == clock.stage_kind)
    ).scalar_one_or_none()


def _people(
    session: Session, office_ids: set[int | None], programme_id: int
) -> tuple[dict[int | None, _Desk], tuple[Recipient, ...]]:
    rows = session.execute(
        select(Person.id, Person.time_zone, RoleGrant.role, RoleGrant.office_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.is_active,
            or_(RoleGrant.office_id.in_(office_ids - {None}), RoleGrant.programme_id == programme_id),
            RoleGrant.role.in_(("officer", "head", "manager")),
        )
        .order_by(Person.id)
    ).all()

    def those(role: str, office_id: int | None = None) -> tuple[Recipient, ...]:
        return tuple(_recipient(session, r.id, r.time_zone) for r in rows if (r.role, r.office_id) == (role, office_id))

    desks = {each: _Desk(officers=those("officer", each), heads=those("head", each)) for each in office_ids}
    return desks, those("manager")


def _recipient(session: Session, person_id: int, time_zone: str) -> Recipient:
    return Recipient(recipient_id=person_id, time_zone=known_zone(time_zone), hour=site_of(session).quiet_hour)


@lru_cache(maxsize=512)
def known_zone(time_zone: str) -> str:
    """Return the zone, or UTC where the name in a profile is none: a wrong profile must not stop a case."""
    try:
        ZoneInfo(time_zone)
    except (LookupError, ValueError, OSError):
        return "UTC"
    return time_zone
