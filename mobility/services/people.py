"""Who a person is to the system: their roles and desks gathered into an Actor, in two statements per request."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor, OfficeSeat, Role
from mobility.services.inbox import unread_of
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.offices import Office, OfficeCompetence


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """An actor with the name that the page shows."""

    actor: Actor
    name: str
    email: str
    unread: int = 0  # notices on the site; counted in the statement that reads the person


def find_known_person(session: Session, person_id: int) -> KnownPerson | None:
    """Return an active person with all their roles; None for anybody else."""
    row = session.execute(
        select(Person.name, Person.email, Person.locale, Person.time_zone, unread_of(person_id).label("unread")).where(
            Person.id == person_id, Person.is_active
        )
    ).one_or_none()
    if row is None:
        return None
    seats: dict[tuple[int, Role], set[str]] = {}
    facts: dict[int, tuple[str, str]] = {}
    programmes: set[int] = set()
    roles: set[Role] = set()
    for grant in session.execute(
        select(
            RoleGrant.role,
            RoleGrant.office_id,
            RoleGrant.programme_id,
            Office.country,
            Office.time_zone,
            OfficeCompetence.competence,
        )
        .outerjoin(Office, Office.id == RoleGrant.office_id)
        .outerjoin(OfficeCompetence, OfficeCompetence.office_id == Office.id)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.id)
    ):
        role = Role(grant.role)
        roles.add(role)
        if grant.office_id is not None:
            facts[grant.office_id] = (grant.country, grant.time_zone)
            seats.setdefault((grant.office_id, role), set()).update(filter(None, [grant.competence]))
        if grant.programme_id is not None and role is Role.MANAGER:
            programmes.add(grant.programme_id)
    actor = Actor(
        person_id=person_id,
        locale=row.locale,
        time_zone=row.time_zone,
        seats=tuple(
            OfficeSeat(
                office_id=office_id,
                role=role,
                country=facts[office_id][0],
                time_zone=facts[office_id][1],
                competences=frozenset(competences),
            )
            for (office_id, role), competences in seats.items()
        ),
        managed_programmes=frozenset(programmes),
        is_administrator=Role.ADMINISTRATOR in roles,
        is_auditor=Role.AUDITOR in roles,
    )
    return KnownPerson(actor=actor, name=row.name, email=row.email, unread=row.unread)
