"""Who a person is to the system: their roles and desks gathered into an Actor, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor, OfficeSeat, Role
from mobility.services.inbox import unread_of
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.offices import Office, OfficeCompetence
from mobility.storage.prepared import Statement, prepared
from mobility.storage.rows import list_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """An actor with the name that the page shows."""

    actor: Actor
    name: str
    email: str
    unread: int = 0  # notices on the site; counted in the statement that reads the person


KNOWN: Final = (
    Person.id.label("known_id"),
    Person.name,
    Person.email,
    Person.locale,
    Person.time_zone,
    unread_of(Person).label("unread"),
    RoleGrant.role,
    RoleGrant.office_id,
    RoleGrant.programme_id,
    Office.country,
    Office.time_zone.label("office_time_zone"),
    OfficeCompetence.competence,
)
"""What `known_from` reads: a person once for each role and each competence of its office."""


def with_roles(query: Statement) -> Statement:
    """Return a statement that reads `KNOWN` of a person, joined to what they hold and in the order of it."""
    return (
        query.outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .outerjoin(Office, Office.id == RoleGrant.office_id)
        .outerjoin(OfficeCompetence, OfficeCompetence.office_id == Office.id)
        .order_by(RoleGrant.id, OfficeCompetence.competence)
    )


@prepared
def _known() -> Statement:
    return with_roles(select(*KNOWN).select_from(Person)).where(Person.id == bindparam("person_id"), Person.is_active)


def find_known_person(session: Session, person_id: int) -> KnownPerson | None:
    """Return an active person with all their roles; None for anybody else."""
    rows = list_rows(session, _known(), {"person_id": person_id})
    return known_from(rows) if rows else None


def known_from(rows: Sequence[Any]) -> KnownPerson:
    """Gather the rows of one person."""
    seats: dict[tuple[int, Role], set[str]] = {}
    facts: dict[int, tuple[str, str]] = {}
    programmes: set[int] = set()
    roles: set[Role] = set()
    for grant in rows:
        if grant.role is None:
            continue
        role = Role(grant.role)
        roles.add(role)
        if grant.office_id is not None:
            facts[grant.office_id] = (grant.country, grant.office_time_zone)
            seats.setdefault((grant.office_id, role), set()).update(filter(None, [grant.competence]))
        if grant.programme_id is not None and role is Role.MANAGER:
            programmes.add(grant.programme_id)
    person = rows[0]
    actor = Actor(
        person_id=person.known_id,
        locale=person.locale,
        time_zone=person.time_zone,
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
    return KnownPerson(actor=actor, name=person.name, email=person.email, unread=person.unread)
