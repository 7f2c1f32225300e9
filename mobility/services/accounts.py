"""Accounts from the owner's side: register, confirm the address, sign in, keep one's own details.

Answers are alike for known and unknown addresses: what differs goes out by mail. Setting a new password is in
`password_reset.py`, what administrators do to people in `roles.py`, sessions in `sessions.py`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.accounts import clean_language, clean_name, latin_form
from mobility.domain.errors import ChangedMeanwhile, InvalidInput
from mobility.i18n import offered_locales
from mobility.i18n.formats import country_choices
from mobility.i18n.time_zones import known_time_zones, usual_time_zone
from mobility.loading import deferred
from mobility.services.audit import record_event
from mobility.services.one_time_links import VALID, Purpose, issue_link, use_link
from mobility.services.outbox import enqueue
from mobility.services.people import KnownPerson, find_known_person
from mobility.services.throttle import address_limit, give_back_try, mail_limits, reserve_try, sign_in_limits
from mobility.storage.models.accounts import Person
from mobility.storage.queries.accounts import MOST_FAILED, SessionLine, list_sessions, reserve_failed_login

if TYPE_CHECKING:
    import email_validator
else:
    email_validator = deferred("email_validator")

LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What people say about themselves; an empty time zone means the usual one of the country."""

    name: str
    name_language: str
    name_latin: str
    country: str
    time_zone: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInTry:
    """A counted try: whose password to check, or nobody's; never says which to the outside."""

    person_id: int | None
    password_hash: str | None
    address: str = ""
    counted_at: datetime | None = None


def clean_email(text: str) -> str:
    """Return an address in lower case; raises InvalidInput when it cannot be one."""
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        raise InvalidInput(field="email", reason="not_an_address", value=text) from error
    return found.normalized.lower()


def clean_details(details: Details, *, needs_country: bool = True) -> Details:
    """Return details as they are stored; raises InvalidInput naming the first that cannot be used."""
    name = clean_name(details.name)
    if (details.country or needs_country) and details.country not in dict(country_choices()):
        raise InvalidInput(field="country", reason="not_a_country", value=details.country)
    zone = details.time_zone or usual_time_zone(details.country)
    if zone not in known_time_zones():
        raise InvalidInput(field="time_zone", reason="not_a_time_zone", value=details.time_zone)
    if details.locale not in offered_locales():
        raise InvalidInput(field="locale", reason="not_a_language", value=details.locale)
    return Details(
        name=name,
        name_language=clean_language(details.name_language),
        name_latin=latin_form(name, details.name_latin),
        country=details.country,
        time_zone=zone,
        locale=details.locale,
    )


def register_person(
    session: Session, details: Details, *, email: str, password_hash: str, address: str, now: datetime
) -> None:
    """Make an account that waits for its address to be confirmed; tells nobody whether the address was known.

    An unconfirmed account is taken over by the newest registration, and older links to it die: whoever registered
    somebody else's address first keeps nothing. `address` is the network address, for the limits.
    """
    email = clean_email(email)
    details = clean_details(details)
    reserve_try(session, mail_limits(session, "register", email, address), now)
    person = find_person_by_email(session, email) or _add_person(session, details, email, password_hash, now)
    if not person.is_active:
        return
    if person.confirmed_at is not None or person.password_hash is None:
        enqueue(
            session,
            key=f"address_known:{person.id}:{now.isoformat()}",
            template="address_known",
            recipient=person,
            parameters={"path": "/sign-in"},
            now=now,
        )
        return
    if person.password_hash != password_hash:
        _write_details(person, details)
        person.password_hash = password_hash
        person.credential_version += 1
    session.flush()
    record_event(
        session, Actor(person_id=person.id), "person_registered", at=now, subject="person", subject_id=person.id
    )
    _send_confirmation(session, person, now)


def find_person_by_email(session: Session, email: str) -> Person | None:
    """Return the person with this address, held until the end of the unit."""
    return session.scalars(select(Person).where(Person.email == email).with_for_update()).one_or_none()


def _add_person(session: Session, details: Details, email: str, password_hash: str, now: datetime) -> Person:
    person = Person(email=email, password_hash=password_hash, created_at=now)
    _write_details(person, details)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # registered twice in the same moment
        found = find_person_by_email(session, email)
        assert found is not None
        return found
    return person


def _write_details(person: Person, details: Details) -> None:
    person.name = details.name
    person.name_language = details.name_language
    person.name_latin = details.name_latin
    person.country = details.country
    person.time_zone = details.time_zone
    person.locale = details.locale


def _send_confirmation(session: Session, person: Person, now: datetime) -> None:
    link = issue_link(session, person, Purpose.CONFIRM, now)
    enqueue(
        session,
        key=f"confirm:{link.number}",
        template="confirm_address",
        recipient=person,
        parameters={
            "path": f"/confirm/{link.token}",
            "valid_hours": VALID[Purpose.CONFIRM] // timedelta(hours=1),
        },
        now=now,
    )


def resend_confirmation(session: Session, email: str, address: str, now: datetime) -> None:
    """Send another link to an address that waits for one; does nothing, and says nothing, for any other."""
    email = clean_email(email)
    reserve_try(session, mail_limits(session, "confirm", email, address), now)
    person = find_person_by_email(session, email)
    if person is not None and person.is_active and person.confirmed_at is None and person.password_hash:
        _send_confirmation(session, person, now)


def confirm_address(session: Session, token: str, now: datetime) -> None:
    """Confirm the address a link was sent to; signs nobody in. Raises LinkSpent."""
    person = use_link(session, token, (Purpose.CONFIRM,), now)
    person.confirmed_at = person.confirmed_at or now
    record_event(
        session, Actor(person_id=person.id), "person_confirmed", at=now, subject="person", subject_id=person.id
    )


def begin_sign_in(session: Session, email: str, address: str, now: datetime) -> SignInTry:
    """Count a try before the password is looked at; raises TooManyTries.

    An unknown, disabled, invited or locked person gives a try that fits no password, so that all answer alike.
    """
    reserve_try(session, sign_in_limits(session, email, address), now)
    row = session.execute(
        select(Person.id, Person.password_hash).where(
            Person.email == email, Person.is_active, Person.password_hash.is_not(None)
        )
    ).one_or_none()
    count = reserve_failed_login(session, row.id, now, LOCKED_FOR) if row else 0
    if row is None or count == 0:
        return SignInTry(person_id=None, password_hash=None)
    if count == MOST_FAILED:
        record_event(session, SYSTEM, "sign_in_locked", at=now, subject="person", subject_id=row.id)
    return SignInTry(person_id=row.id, password_hash=row.password_hash, address=address, counted_at=now)


def finish_sign_in(session: Session, attempt: SignInTry, now: datetime, new_hash: str = "") -> KnownPerson | None:
    """Sign a person in after a right password; None while the address is not confirmed.

    `new_hash` replaces a hash made at an older cost. Raises ChangedMeanwhile when the password was changed while this
    one was being checked.
    """
    person = session.execute(
        select(Person.id, Person.confirmed_at)
        .where(Person.id == attempt.person_id, Person.password_hash == attempt.password_hash, Person.is_active)
        .with_for_update()
    ).one_or_none()
    if person is None:
        raise ChangedMeanwhile
    values = {"failed_logins": 0, "locked_until": None} | ({"password_hash": new_hash} if new_hash else {})
    session.execute(
        update(Person).where(Person.id == person.id).values(values).execution_options(synchronize_session=False)
    )
    if attempt.counted_at is not None:
        give_back_try(session, address_limit(attempt.address), attempt.counted_at)
    if person.confirmed_at is None:
        return None
    actor = Actor(person_id=person.id)
    record_event(session, actor, "person_signed_in", at=now, subject="person", subject_id=person.id)
    return find_known_person(session, person.id)


def get_own_account(session: Session, actor: Actor) -> Person:
    """Return the row of the person who asks."""
    return session.get_one(Person, actor.person_id)


def list_own_sessions(session: Session, actor: Actor, now: datetime) -> list[SessionLine]:
    """Return the live sessions of the person who asks, the latest used first."""
    return list_sessions(session, actor.person_id, now)


def change_details(session: Session, actor: Actor, details: Details, *, row_version: int, now: datetime) -> None:
    """Save what a person says about themselves; raises ChangedMeanwhile when the form is older."""
    details = clean_details(details)
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.row_version != row_version:
        raise ChangedMeanwhile(subject="person", subject_id=person.id)
    _write_details(person, details)
    record_event(session, actor, "profile_changed", at=now, subject="person", subject_id=person.id)
