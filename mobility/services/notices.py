"""Who is told what about a case: the messages that a change of a case puts into the outbox.

Facts and codes only, in the unit of the change; the words are made when they are sent (`services/outbox`). Reminders
of clocks are planned elsewhere.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.services.outbox import enqueue
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.cases import CaseFile

CASE_PATH: Final = "/stays/{reference}"
DESK_PATH: Final = "/desk/cases/{reference}"


def case_path(case: CaseFile) -> str:
    """Return where the applicant finds the case on this site."""
    return CASE_PATH.format(reference=case.reference)


def desk_path(case: CaseFile) -> str:
    """Return where an officer finds the case on this site."""
    return DESK_PATH.format(reference=case.reference)


def tell_applicant(
    session: Session, case: CaseFile, template: str, occasion: str, now: datetime, **parameters: Any
) -> None:
    """Write to the applicant; `occasion` makes the key, so that one occasion is told once."""
    person = session.get_one(Person, case.person_id)
    _tell(session, case, person, template, occasion, now, {"path": case_path(case)} | parameters)


def tell_office(
    session: Session, case: CaseFile, office_id: int, template: str, occasion: str, now: datetime, **parameters: Any
) -> None:
    """Write to everybody who sits at an office."""
    for person in list_people_of(session, office_id):
        _tell(session, case, person, template, occasion, now, {"path": desk_path(case)} | parameters)


def tell_officer(
    session: Session, case: CaseFile, person_id: int, template: str, occasion: str, now: datetime, **parameters: Any
) -> None:
    """Write to one officer, unless the account was closed since."""
    person = session.get(Person, person_id)
    if person is not None and person.is_active:
        _tell(session, case, person, template, occasion, now, {"path": desk_path(case)} | parameters)


def list_people_of(session: Session, office_id: int) -> list[Person]:
    """Return the active officers and heads of an office."""
    query = (
        select(Person)
        .where(
            Person.is_active,
            Person.id.in_(
                select(RoleGrant.person_id).where(
                    RoleGrant.office_id == office_id, RoleGrant.role.in_(("officer", "head"))
                )
            ),
        )
        .order_by(Person.id)
    )
    return list(session.scalars(query))


def _tell(
    session: Session,
    case: CaseFile,
    person: Person,
    template: str,
    occasion: str,
    now: datetime,
    parameters: Mapping[str, Any],
) -> None:
    enqueue(
        session,
        key=f"{template}:{case.id}:{occasion}:{person.id}",
        template=template,
        recipient=person,
        case_id=case.id,
        now=now,
        parameters={"reference": case.reference} | dict(parameters),
    )
