"""The demo's people: the log-ins that are printed, two officers at every desk, and applicants as they are needed.

All have the one password of the demo, hashed once by the caller. Rows are made directly: nobody confirms an address
of a person who does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.services.demo.files import DemoFiles, Table
from mobility.services.demo.foundation import Foundation
from mobility.services.demo.names import FullName, NamePool, address_part, written
from mobility.services.people import find_known_person
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.offices import Office

PEOPLE_AT_A_DESK: Final = 2


@dataclass(slots=True, kw_only=True)
class Population:
    """The people made so far; `staff` by office code, heads and printed accounts first."""

    session: Session
    files: DemoFiles
    names: NamePool
    password_hash: str
    since: datetime
    accounts: dict[str, Person] = field(default_factory=dict)
    staff: dict[str, list[Person]] = field(default_factory=dict)
    _addresses: set[str] = field(default_factory=set)
    _actors: dict[int, Actor] = field(default_factory=dict)

    def actor(self, person_id: int) -> Actor:
        """Return a person with their roles, read once."""
        if person_id not in self._actors:
            known = find_known_person(self.session, person_id)
            assert known is not None, "every demo person is active"
            self._actors[person_id] = known.actor
        return self._actors[person_id]

    def officer(self, office_code: str, number: int = 0) -> Actor:
        """Return somebody who sits at a desk; `number` 1 is the second person."""
        return self.actor(self.staff[office_code][number].id)

    def new_applicant(self, country: str) -> Person:
        """Make a person of a country who has no role."""
        table = self.files.countries[country]
        name = self.names.take(country)
        return self._add(name, f"{country.lower()}.example.org", table["locale"], table["time_zone"], country)

    def _add(self, name: FullName, domain: str, locale: str, zone: str, country: str) -> Person:
        address = self._free_address(address_part(name.latin), domain)
        return self.add_at(address, name, locale, zone, country)

    def add_at(self, address: str, name: FullName, locale: str, zone: str, country: str) -> Person:
        """Make a confirmed person with a given address."""
        self._addresses.add(address)
        person = Person(
            email=address,
            password_hash=self.password_hash,
            name=name.own,
            name_language=name.language,
            name_latin=name.latin,
            locale=locale,
            time_zone=zone,
            country=country,
            confirmed_at=self.since,
            created_at=self.since,
        )
        self.session.add(person)
        return person

    def add_officer(self, office: Office) -> Person:
        """Make somebody of the office's state and seat them there."""
        table = self.files.countries[office.country]
        name = self.names.take(office.country)
        return self._add(name, f"{office.code}.example.org", table["locale"], office.time_zone, office.seat_country)

    def _free_address(self, part: str, domain: str) -> str:
        address, number = f"{part}@{domain}", 1
        while address in self._addresses:
            number += 1
            address = f"{part}{number}@{domain}"
        return address


def populate(
    session: Session, files: DemoFiles, foundation: Foundation, *, seed: int, password_hash: str, since: datetime
) -> Population:
    """Make the accounts of config/demo and fill every desk with two people."""
    people = Population(
        session=session,
        files=files,
        names=NamePool(files.countries, seed),
        password_hash=password_hash,
        since=since,
    )
    for table in files.accounts:
        person = _account(people, table)
        people.accounts[table["email"]] = person
        session.flush()
        session.add_all(_grants(foundation, table, person, since))
        if "office" in table:
            people.staff.setdefault(table["office"], []).append(person)
    for code, office in foundation.offices.items():
        _fill(session, people, office, since)
        assert len(people.staff[code]) >= PEOPLE_AT_A_DESK
    session.flush()
    return people


def _account(people: Population, table: Table) -> Person:
    own, latin = written(table["name"])
    name = FullName(own=own, language=table["language"], latin=latin)
    return people.add_at(table["email"], name, table["locale"], table["time_zone"], table["country"])


def _grants(foundation: Foundation, table: Table, person: Person, since: datetime) -> Iterable[RoleGrant]:
    role = table.get("role")
    if role is None:
        return []
    if "programmes" in table:
        programmes = (foundation.programmes[code].id for code in table["programmes"])
        return [RoleGrant(person_id=person.id, role=role, programme_id=each, granted_at=since) for each in programmes]
    office = foundation.offices.get(table.get("office", ""))
    return [RoleGrant(person_id=person.id, role=role, office_id=office and office.id, granted_at=since)]


def _fill(session: Session, people: Population, office: Office, since: datetime) -> None:
    seated = people.staff.setdefault(office.code, [])
    while len(seated) < PEOPLE_AT_A_DESK:
        person = people.add_officer(office)
        session.flush()
        role = "head" if seated else "officer"
        session.add(RoleGrant(person_id=person.id, role=role, office_id=office.id, granted_at=since))
        seated.append(person)
