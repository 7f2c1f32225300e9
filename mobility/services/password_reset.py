"""Setting a new password: by a link from a mail (forgotten, invited), or knowing the old one.

A new password ends every session of the person and every open link, and the person is told by mail. Hashing happens
outside the unit (`passwords.py`).
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import ChangedMeanwhile
from mobility.services.accounts import clean_email, find_person_by_email
from mobility.services.audit import record_event
from mobility.services.one_time_links import SETS_PASSWORD, VALID, Purpose, issue_link, use_link
from mobility.services.outbox import enqueue
from mobility.services.sessions import end_sessions_of
from mobility.services.throttle import mail_limits, password_limits, reserve_try
from mobility.storage.models.accounts import Person


def ask_for_reset(session: Session, email: str, address: str, now: datetime) -> None:
    """Send a link for a new password to an address that has an account; says nothing of whether it has."""
    email = clean_email(email)
    reserve_try(session, mail_limits(session, "reset", email, address), now)
    person = find_person_by_email(session, email)
    if person is None or not person.is_active:
        return
    link = issue_link(session, person, Purpose.RESET, now)
    enqueue(
        session,
        key=f"reset:{link.number}",
        template="reset_password",
        recipient=person,
        parameters={
            "path": f"/password/{link.token}",
            "valid_minutes": VALID[Purpose.RESET] // timedelta(minutes=1),
        },
        now=now,
    )


def set_password_by_link(session: Session, token: str, password_hash: str, now: datetime) -> None:
    """Use a link up and set the password; the link proves the address too. Raises LinkSpent."""
    person = use_link(session, token, SETS_PASSWORD, now)
    is_first = person.password_hash is None
    person.confirmed_at = person.confirmed_at or now
    _set_password(session, person, password_hash)
    record_event(
        session,
        Actor(person_id=person.id),
        "password_set" if is_first else "password_reset",
        at=now,
        subject="person",
        subject_id=person.id,
    )
    if not is_first:
        _tell(session, person, now)


def begin_password_change(session: Session, actor: Actor, now: datetime) -> str:
    """Count a try to change one's password and return the stored hash; raises TooManyTries."""
    reserve_try(session, password_limits(actor.person_id), now)
    return session.scalar(select(Person.password_hash).where(Person.id == actor.person_id)) or ""


def change_password(session: Session, actor: Actor, *, old_hash: str, new_hash: str, now: datetime) -> None:
    """Set a new password after the old one was checked against `old_hash`; ends all sessions, this one too."""
    person = session.get_one(Person, actor.person_id, with_for_update=True)
    if person.password_hash != old_hash:
        raise ChangedMeanwhile(subject="person", subject_id=person.id)
    _set_password(session, person, new_hash)
    record_event(session, actor, "password_changed", at=now, subject="person", subject_id=person.id)
    _tell(session, person, now)


def _set_password(session: Session, person: Person, password_hash: str) -> None:
    person.password_hash = password_hash
    person.credential_version += 1  # kills every other link and session
    person.failed_logins = 0
    person.locked_until = None
    session.flush()
    end_sessions_of(session, person.id)


def _tell(session: Session, person: Person, now: datetime) -> None:
    enqueue(
        session,
        key=f"password_changed:{person.id}:{person.credential_version}",
        template="password_changed",
        recipient=person,
        parameters={"path": "/forgotten", "changed_on": now.astimezone(ZoneInfo(person.time_zone)).date().isoformat()},
        now=now,
    )
