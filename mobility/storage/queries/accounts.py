"""Statements about people: the atomic counters at the door, lists for administrators, who may not be the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from mobility.domain.access import Role
from mobility.storage.inserting import insert_into
from mobility.storage.models.accounts import (
    OneTimeToken,
    Person,
    PersonKey,
    RoleGrant,
    SealedReading,
    ThrottleCount,
    WebSession,
)
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Programme

PAGE = 50
MOST_FAILED = 10


def count_if_below(session: Session, key: str, window_start: datetime, most: int) -> bool:
    """Raise the counter by one unless it stands at `most` already; one statement, so never raced."""
    counted = insert_into(session, ThrottleCount).values(key=key, window_start=window_start, count=1)
    counted = counted.on_conflict_do_update(
        index_elements=["key", "window_start"],
        set_={"count": ThrottleCount.count + 1},
        where=ThrottleCount.count < most,
    ).returning(ThrottleCount.key)
    return session.execute(counted).first() is not None


def lower_count(session: Session, key: str, window_start: datetime) -> None:
    """Lower the counter by one where it stands above nought."""
    counter = and_(ThrottleCount.key == key, ThrottleCount.window_start == window_start, ThrottleCount.count > 0)
    session.execute(
        update(ThrottleCount)
        .where(counter)
        .values(count=ThrottleCount.count - 1)
        .execution_options(synchronize_session=False)
    )


def reserve_failed_login(session: Session, person_id: int, now: datetime, locked_for: timedelta) -> int:
    """Count a sign-in as failed before its password is looked at; return the count, 0 when the account is locked.

    The tenth failure locks; once the lock has run out the count starts again. One statement: parallel guesses each
    take a number, and only ten do.
    """
    unlocked = and_(Person.locked_until.is_not(None), Person.locked_until <= now)
    raised = case((unlocked, 1), else_=Person.failed_logins + 1)
    reserved = (
        update(Person)
        .where(Person.id == person_id, Person.is_active, or_(Person.failed_logins < MOST_FAILED, unlocked))
        .values(
            failed_logins=raised,
            locked_until=case((raised >= MOST_FAILED, now + locked_for), else_=None),
        )
        .returning(Person.failed_logins)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(reserved) or 0


def take_token(session: Session, token_hash: str, purposes: Sequence[str], now: datetime) -> int | None:
    """Use up a one-time token and return its person; None when it is used, old, unknown or overtaken."""
    present = select(Person.credential_version).where(Person.id == OneTimeToken.person_id, Person.is_active)
    taken = (
        update(OneTimeToken)
        .where(
            OneTimeToken.token_hash == token_hash,
            OneTimeToken.purpose.in_(purposes),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
            OneTimeToken.credential_version == present.scalar_subquery(),
        )
        .values(used_at=now)
        .returning(OneTimeToken.person_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(taken)


def find_token_person(
    session: Session, token_hash: str, purposes: Sequence[str], now: datetime
) -> Row[int, str, str, str] | None:
    """Return id, e-mail and both names of the person a usable token belongs to, without using it up."""
    return session.execute(
        select(Person.id, Person.email, Person.name, Person.name_latin)
        .join(OneTimeToken, OneTimeToken.person_id == Person.id)
        .where(
            OneTimeToken.token_hash == token_hash,
            OneTimeToken.purpose.in_(purposes),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
            OneTimeToken.credential_version == Person.credential_version,
            Person.is_active,
        )
    ).one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One line of the list of people."""

    id: int
    email: str
    name: str
    name_language: str
    name_latin: str
    country: str
    is_active: bool
    is_confirmed: bool
    roles: tuple[str, ...] = ()


def _begins(typed: str) -> ColumnElement[bool]:
    """Match the beginning of the e-mail address or of any word of a name; SQLite lowers ASCII letters only."""
    low = typed.lower()
    names = [
        condition
        for column in (Person.name_latin, Person.name)
        for form, text in ((func.lower(column), low), (column, typed))
        for condition in (form.startswith(text, autoescape=True), form.contains(f" {text}", autoescape=True))
    ]
    return or_(Person.email.startswith(low, autoescape=True), *names)


def list_people(
    session: Session, typed: str = "", after: tuple[str, int] | None = None, *, staff_only: bool = False
) -> list[PersonLine]:
    """Return a page of people by Latin name, and one more than a page when there is another."""
    wanted = select(
        Person.id,
        Person.email,
        Person.name,
        Person.name_language,
        Person.name_latin,
        Person.country,
        Person.is_active,
        Person.confirmed_at,
    ).order_by(Person.name_latin, Person.id)
    if typed:
        wanted = wanted.where(_begins(typed))
    if staff_only:
        wanted = wanted.where(Person.id.in_(select(RoleGrant.person_id)))
    if after:
        wanted = wanted.where(tuple_(Person.name_latin, Person.id) > after)
    rows = session.execute(wanted.limit(PAGE + 1)).all()
    roles = _roles_of_people(session, [row.id for row in rows])
    return [
        PersonLine(
            id=row.id,
            email=row.email,
            name=row.name,
            name_language=row.name_language,
            name_latin=row.name_latin,
            country=row.country,
            is_active=row.is_active,
            is_confirmed=row.confirmed_at is not None,
            roles=roles.get(row.id, ()),
        )
        for row in rows
    ]


def _roles_of_people(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for row in session.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.person_id.in_(ids)).order_by(RoleGrant.id)
    ):
        roles = found.setdefault(row.person_id, [])
        if row.role not in roles:
            roles.append(row.role)
    return {person_id: tuple(roles) for person_id, roles in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLine:
    """One role of one person with the names of its place."""

    id: int
    role: Role
    office_id: int | None
    office_names: dict[str, Any] | None
    programme_id: int | None
    programme_names: dict[str, Any] | None
    granted_at: datetime


def list_grants(session: Session, person_id: int) -> list[GrantLine]:
    """Return the roles of a person in the order in which they were given."""
    return [
        GrantLine(
            id=row.id,
            role=Role(row.role),
            office_id=row.office_id,
            office_names=row.office_names,
            programme_id=row.programme_id,
            programme_names=row.programme_names,
            granted_at=row.granted_at,
        )
        for row in session.execute(
            select(
                RoleGrant.id,
                RoleGrant.role,
                RoleGrant.office_id,
                Office.names.label("office_names"),
                RoleGrant.programme_id,
                Programme.names.label("programme_names"),
                RoleGrant.granted_at,
            )
            .outerjoin(Office, Office.id == RoleGrant.office_id)
            .outerjoin(Programme, Programme.id == RoleGrant.programme_id)
            .where(RoleGrant.person_id == person_id)
            .order_by(RoleGrant.id)
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """An office or a programme at which a role can be held."""

    id: int
    code: str
    names: dict[str, Any]


def list_office_places(session: Session) -> list[PlaceLine]:
    """Return active offices by code."""
    rows = session.execute(select(Office.id, Office.code, Office.names).where(Office.is_active).order_by(Office.code))
    return [PlaceLine(id=row.id, code=row.code, names=row.names) for row in rows]


def list_programme_places(session: Session) -> list[PlaceLine]:
    """Return programmes by code."""
    rows = session.execute(select(Programme.id, Programme.code, Programme.names).order_by(Programme.code))
    return [PlaceLine(id=row.id, code=row.code, names=row.names) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A live session of a person."""

    created_at: datetime
    seen_at: datetime


def list_sessions(session: Session, person_id: int, now: datetime) -> list[SessionLine]:
    """Return a person's sessions that have not run out, the latest used first."""
    return [
        SessionLine(created_at=row.created_at, seen_at=row.seen_at)
        for row in session.execute(
            select(WebSession.created_at, WebSession.seen_at)
            .where(WebSession.person_id == person_id, WebSession.expires_at > now)
            .order_by(WebSession.seen_at.desc(), WebSession.token_hash)
        )
    ]


def lock_administrators(session: Session) -> list[int]:
    """Return who can act as administrator, held until the end of the unit: two cannot oust each other."""
    return list(
        session.scalars(
            select(Person.id)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(
                RoleGrant.role == Role.ADMINISTRATOR,
                Person.is_active,
                Person.confirmed_at.is_not(None),
                Person.password_hash.is_not(None),
            )
            .order_by(Person.id)
            .with_for_update()
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Somebody opened a sealed value."""

    name: str
    read_at: datetime
    reader_name: str
    reader_language: str
    reader_latin: str


def list_readings(session: Session, person_id: int, most: int = 100) -> list[Looked]:
    """Return who opened a person's sealed values, newest first."""
    return [
        Looked(
            name=row.sealed,
            read_at=row.read_at,
            reader_name=row.name,
            reader_language=row.name_language,
            reader_latin=row.name_latin,
        )
        for row in session.execute(
            select(
                SealedReading.name.label("sealed"),
                SealedReading.read_at,
                Person.name,
                Person.name_language,
                Person.name_latin,
            )
            .join(Person, Person.id == SealedReading.reader_id)
            .where(SealedReading.person_id == person_id)
            .order_by(SealedReading.read_at.desc(), SealedReading.id.desc())
            .limit(most)
        )
    ]


def keep_first_key(session: Session, person_id: int, wrapped: bytes) -> bytes:
    """Store a person's key unless there is one already, and return the one that stands."""
    session.execute(
        insert_into(session, PersonKey)
        .values(person_id=person_id, wrapped=wrapped)
        .on_conflict_do_nothing(index_elements=["person_id"])
    )
    return session.execute(select(PersonKey.wrapped).where(PersonKey.person_id == person_id)).scalar_one()
