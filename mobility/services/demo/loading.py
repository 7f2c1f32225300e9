"""Loads the demo world into an empty installation, in the one write unit of the caller: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM
from mobility.domain.errors import DomainError
from mobility.services.audit import record_event
from mobility.services.demo.files import read_demo_files
from mobility.services.demo.foundation import Foundation, lay_foundation
from mobility.services.demo.names import written
from mobility.services.demo.people import Population, populate
from mobility.services.passwords import hash_password
from mobility.services.treaties import load_treaties
from mobility.storage.models.accounts import Person

FOUNDED_BEFORE: Final = timedelta(days=600)


class DemoAlreadyThere(DomainError):
    """There are people in this installation; the demo is loaded into an empty one only."""

    code = "demo_already_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """One line of the table of log-ins; `does` is a code."""

    name: str
    email: str
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What cases are made in."""

    foundation: Foundation
    people: Population
    now: datetime


def has_people(session: Session) -> bool:
    """Tell whether anybody has an account here."""
    return session.scalar(select(Person.id).limit(1)) is not None


def hash_of_demo_password() -> str:
    """Return the hash that all demo people share; slow, so call it before the write unit."""
    return hash_password(read_demo_files().password)


def load_world(session: Session, *, seed: int, password_hash: str, now: datetime) -> World:
    """Make law, desks, programmes, calls and people; raises DemoAlreadyThere where there are people."""
    if has_people(session):
        raise DemoAlreadyThere()
    files = read_demo_files()
    since = now - FOUNDED_BEFORE
    load_treaties(session, now=since)
    foundation = lay_foundation(session, files, now.date())
    people = populate(session, files, foundation, seed=seed, password_hash=password_hash, since=since)
    record_event(session, SYSTEM, "demo_loaded", at=since, subject="demo", parameters={"seed": seed})
    return World(foundation=foundation, people=people, now=now)


def list_log_ins() -> Sequence[LogIn]:
    """Return the accounts worth trying, in the order of the story."""
    return [
        LogIn(name=written(table["name"])[1], email=table["email"], does=table["does"])
        for table in read_demo_files().accounts
        if table["does"]
    ]
