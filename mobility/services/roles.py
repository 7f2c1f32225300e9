"""What administrators do to people: invite, give and take roles, disable and enable, end sessions.

A change of roles ends the person's sessions, so that nobody works on with what they no longer are. Nobody gives
themselves a role, and the last administrator stays one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor, Role
from mobility.domain.accounts import Grant, LastAdministrator, OwnRole, check_grant
from mobility.domain.errors import InvalidInput, NotFound, NotPermitted
from mobility.services.accounts import Details, clean_details, clean_email, find_person_by_email
from mobility.services.audit import record_event
from mobility.services.one_time_links import VALID, Purpose, issue_link
from mobility.services.outbox import enqueue
from mobility.services.sessions import end_sessions_of
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Programme
from mobility.storage.queries import accounts as queries
from mobility.storage.queries.accounts import GrantLine, PersonLine, PlaceLine, lock_administrators


def require_administrator(actor: Actor) -> None:
    """Raise NotPermitted for anybody but administrators and the system itself (person 0: the command line)."""
    if not actor.is_administrator and actor.person_id != 0:
        raise NotPermitted(step="administer")


def list_people(
    session: Session, actor: Actor, typed: str = "", after: tuple[str, int] | None = None, *, staff_only: bool = False
) -> tuple[list[PersonLine], tuple[str, int] | None]:
    """Return a page of people whose address or a word of whose name begins as typed, and where the next begins."""
    require_administrator(actor)
    lines = queries.list_people(session, typed.strip(), after, staff_only=staff_only)
    if len(lines) <= queries.PAGE:
        return lines, None
    page = lines[: queries.PAGE]
    return page, (page[-1].name_latin, page[-1].id)


def get_person(session: Session, actor: Actor, person_id: int) -> Person:
    """Return a person; raises NotFound."""
    require_administrator(actor)
    return _held(session, person_id)


def list_grants(session: Session, actor: Actor, person_id: int) -> list[GrantLine]:
    """Return a person's roles in the order in which they were given."""
    require_administrator(actor)
    return queries.list_grants(session, person_id)


def list_own_grants(session: Session, actor: Actor) -> list[GrantLine]:
    """Return the roles of the person who asks."""
    return queries.list_grants(session, actor.person_id)


def list_office_choices(session: Session, actor: Actor) -> list[PlaceLine]:
    """Return the offices at which a role can be held, by code."""
    require_administrator(actor)
    return queries.list_office_places(session)


def list_programme_choices(session: Session, actor: Actor) -> list[PlaceLine]:
    """Return the programmes that can be managed, by code."""
    require_administrator(actor)
    return queries.list_programme_places(session)


def get_person_id(session: Session, actor: Actor, email: str) -> int:
    """Return the person with an e-mail address; raises InvalidInput."""
    require_administrator(actor)
    person_id = session.scalar(select(Person.id).where(Person.email == email.strip().lower()))
    if person_id is None:
        raise InvalidInput(field="email", reason="no_such_person", value=email)
    return person_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Office and programme that two codes stand for; None for an empty code."""

    office_id: int | None
    programme_id: int | None


def find_places(session: Session, actor: Actor, *, office_code: str, programme_code: str) -> Places:
    """Return what the codes stand for; raises InvalidInput for a code that stands for nothing."""
    require_administrator(actor)
    office_id = session.scalar(select(Office.id).where(Office.code == office_code)) if office_code else None
    if office_code and office_id is None:
        raise InvalidInput(field="office", reason="no_such_office", value=office_code)
    wanted = select(Programme.id).where(Programme.code == programme_code)
    programme_id = session.scalar(wanted) if programme_code else None
    if programme_code and programme_id is None:
        raise InvalidInput(field="programme", reason="no_such_programme", value=programme_code)
    return Places(office_id=office_id, programme_id=programme_id)


def _held(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id, with_for_update=bool(session.info.get("writing")))
    if person is None:
        raise NotFound(subject="person", subject_id=person_id)
    return person


def invite_person(
    session: Session, actor: Actor, details: Details, *, email: str, now: datetime, grant: Grant | None = None
) -> Person:
    """Make an account without a password and send its owner a link to set one; raises InvalidInput when it is taken."""
    require_administrator(actor)
    person = add_person(session, actor, details, email=email, password_hash=None, now=now)
    if grant is not None:
        grant_role(session, actor, person.id, grant, now)
    _send_invitation(session, person, now)
    return person


def add_person(
    session: Session, actor: Actor, details: Details, *, email: str, password_hash: str | None, now: datetime
) -> Person:
    """Make an account for somebody else, confirmed when it comes with a password; raises InvalidInput when taken."""
    require_administrator(actor)
    email, details = clean_email(email), clean_details(details, needs_country=actor.person_id != 0)
    if find_person_by_email(session, email) is not None:
        raise InvalidInput(field="email", reason="address_taken", value=email)
    person = Person(
        email=email,
        password_hash=password_hash,
        confirmed_at=now if password_hash else None,
        created_at=now,
        name=details.name,
        name_language=details.name_language,
        name_latin=details.name_latin,
        country=details.country,
        time_zone=details.time_zone,
        locale=details.locale,
    )
    session.add(person)
    session.flush()
    code = "person_added" if password_hash else "person_invited"
    record_event(session, actor, code, at=now, subject="person", subject_id=person.id)
    return person


def invite_again(session: Session, actor: Actor, person_id: int, now: datetime) -> None:
    """Send a new link to somebody who has not set a password yet; raises InvalidInput when they have."""
    require_administrator(actor)
    person = _held(session, person_id)
    if person.password_hash is not None or not person.is_active:
        raise InvalidInput(field="person", reason="no_invitation_open", value=person_id)
    _send_invitation(session, person, now)
    record_event(session, actor, "person_invited", at=now, subject="person", subject_id=person.id)


def _send_invitation(session: Session, person: Person, now: datetime) -> None:
    link = issue_link(session, person, Purpose.INVITE, now)
    enqueue(
        session,
        key=f"invite:{link.number}",
        template="invitation",
        recipient=person,
        parameters={"path": f"/password/{link.token}", "valid_days": VALID[Purpose.INVITE] // timedelta(days=1)},
        now=now,
    )


def grant_role(session: Session, actor: Actor, person_id: int, grant: Grant, now: datetime) -> None:
    """Give a role; raises InvalidInput when its place is missing, unknown, or the person holds it already."""
    require_administrator(actor)
    if actor.person_id == person_id:
        raise OwnRole(step="grant_role")
    check_grant(grant)
    person = _held(session, person_id)
    _check_place(session, grant)
    same = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == grant.role,
        RoleGrant.office_id.is_not_distinct_from(grant.office_id),
        RoleGrant.programme_id.is_not_distinct_from(grant.programme_id),
    )
    if session.scalar(same) is not None:
        raise InvalidInput(field="role", reason="role_held", value=grant.role)
    session.add(
        RoleGrant(
            person_id=person_id,
            role=grant.role,
            office_id=grant.office_id,
            programme_id=grant.programme_id,
            granted_at=now,
        )
    )
    _credentials_changed(session, person)
    _record(session, actor, "role_granted", person, grant, now)


def _check_place(session: Session, grant: Grant) -> None:
    if grant.office_id is not None and session.get(Office, grant.office_id) is None:
        raise InvalidInput(field="office", reason="no_such_office", value=grant.office_id)
    if grant.programme_id is not None and session.get(Programme, grant.programme_id) is None:
        raise InvalidInput(field="programme", reason="no_such_programme", value=grant.programme_id)


def revoke_role(session: Session, actor: Actor, person_id: int, grant_id: int, now: datetime) -> None:
    """Take a role away; raises NotFound, or LastAdministrator when nobody could give roles any more."""
    require_administrator(actor)
    row = session.get(RoleGrant, grant_id)
    if row is None or row.person_id != person_id:
        raise NotFound(subject="role_grant", subject_id=grant_id)
    if row.role == Role.ADMINISTRATOR:
        _check_not_last(session, person_id)
    person = _held(session, person_id)
    grant = Grant(role=Role(row.role), office_id=row.office_id, programme_id=row.programme_id)
    session.delete(row)
    _credentials_changed(session, person)
    _record(session, actor, "role_revoked", person, grant, now)


def _check_not_last(session: Session, person_id: int) -> None:
    if lock_administrators(session) == [person_id]:  # locked before the person, so that two units cannot deadlock
        raise LastAdministrator(person_id=person_id)


def _credentials_changed(session: Session, person: Person) -> None:
    person.credential_version += 1
    session.flush()
    end_sessions_of(session, person.id)


def _record(session: Session, actor: Actor, code: str, person: Person, grant: Grant, now: datetime) -> None:
    place = {"office_id": grant.office_id, "programme_id": grant.programme_id}
    parameters = {"role": grant.role.value} | {key: value for key, value in place.items() if value is not None}
    record_event(session, actor, code, at=now, subject="person", subject_id=person.id, parameters=parameters)


def disable_person(session: Session, actor: Actor, person_id: int, now: datetime) -> None:
    """Shut a person out at once; raises LastAdministrator. Disabling somebody twice changes nothing."""
    require_administrator(actor)
    _check_not_last(session, person_id)
    person = _held(session, person_id)
    if not person.is_active:
        return
    person.is_active = False
    _credentials_changed(session, person)
    record_event(session, actor, "person_disabled", at=now, subject="person", subject_id=person.id)


def enable_person(session: Session, actor: Actor, person_id: int, now: datetime) -> None:
    """Let a person in again, with the password and roles they had."""
    require_administrator(actor)
    person = _held(session, person_id)
    if person.is_active:
        return
    person.is_active = True
    person.failed_logins = 0
    person.locked_until = None
    session.flush()
    record_event(session, actor, "person_enabled", at=now, subject="person", subject_id=person.id)


def end_all_sessions(session: Session, actor: Actor, person_id: int, now: datetime) -> None:
    """Sign a person out everywhere; everybody may do it for themselves, administrators for anybody. NotFound."""
    if actor.person_id != person_id:
        require_administrator(actor)
    _held(session, person_id)
    end_sessions_of(session, person_id)
    record_event(session, actor, "sessions_ended", at=now, subject="person", subject_id=person_id)
