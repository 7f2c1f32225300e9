"""What pages cost: a fixed number of SQL statements, however many rows they show (PERFORMANCE goals 4 and 5)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.domain.stages import StageStep as Do
from mobility.services.case_files import get_case
from mobility.services.cases import declare_admissible
from mobility.services.requests import ask
from mobility.services.stages import take_step
from mobility.services.threads import post_message
from mobility.storage.db import write_unit
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.offices import Office
from tests.factories import (
    actor_for,
    make_call,
    make_case,
    make_grant,
    make_officer,
    make_payment,
    make_person,
    make_programme,
    make_provision,
    make_route,
)
from tests.web.forms import sign_in
from tests.web.statements import counted_statements

LIST, CASE = 4, 20
OPEN_CALLS = 5  # four for everybody, and one that says who is asking
FEW, MANY = 5, 60
DAY = timedelta(days=1)


@dataclass
class House:
    """A programme with its people, filled as far as a test wants."""

    session: Session
    people: dict[str, int] = field(default_factory=dict)
    cases: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = utc_now()
        provision = make_provision(self.session, starts_on="visa_lodged", met_by=("visa_decided",), calendar="actor")
        programme = make_programme(self.session)
        self.programme = programme.code
        self.route = make_route(self.session, programme=programme, provisions={"visa": [provision.code]})
        post = self.session.get_one(Office, self.route.receiving_office_id)
        officer = make_officer(self.session, post)
        self.post = actor_for(officer, post)
        manager, administrator = make_person(self.session), make_person(self.session)
        make_grant(self.session, manager, "manager", programme=programme)
        make_grant(self.session, administrator, "administrator")
        self.people = {"officer": officer.id, "manager": manager.id, "administrator": administrator.id}

    def send(self, number: int) -> None:
        """Send applications of as many people, each to a call of its own, and lodge their visas."""
        today = self.now.date()
        days = {"arrival_on": today + 80 * DAY, "departure_on": today + 149 * DAY}
        for _ in range(number):
            call = make_call(self.session, route=self.route, today=today)
            case = make_case(self.session, call=call, now=self.now, **days)
            self.cases.append(case.id)
            if len(self.cases) == 1:
                self.people["applicant"] = case.person_id
            with write_unit(self.session):
                declare_admissible(self.session, self.post, case.id, row_version=case.row_version, now=self.now)
                version = next(
                    each.row_version for each in get_case(self.session, case.id).stages if each.kind == "visa"
                )
                facts = {"lodged_on": today}
                take_step(self.session, self.post, case.id, "visa", Do.LODGE, facts, row_version=version, now=self.now)

    def write(self, number: int) -> str:
        """Fill the first case with letters, questions and instalments; return its reference."""
        case_id, answer_by = self.cases[0], self.now.date() + 9 * DAY
        for _ in range(number):
            with write_unit(self.session):
                post_message(self.session, self.post, case_id, text="Good morning.", now=self.now)
                ask(self.session, self.post, case_id, "visa", text="Which?", answer_by=answer_by, now=self.now)
            make_payment(self.session, self.session.get_one(CaseFile, case_id))
        return self.session.get_one(CaseFile, case_id).reference


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


@pytest.fixture
def statements(app: Flask, client: Any, house: House) -> Callable[[str, str], int]:
    """Return the function that counts the statements of a page, with those that say who is asking."""

    def count(person: str, address: str) -> int:
        sign_in(client, house.people[person])
        assert client.get(address).status_code == 200  # what is kept per process is kept now
        with counted_statements(app) as found:
            assert client.get(address).status_code == 200
        return len(found)

    return count


def test_lists_cost_the_same_with_five_rows_and_with_sixty(house: House, statements: Callable[[str, str], int]) -> None:
    lists = {
        "/desk": "officer",
        "/": "officer",
        "/people": "administrator",
        "/audit": "administrator",
        f"/reciprocity/cases?programme={house.programme}&origin=EG&host=DE&stays=planned": "manager",
    }
    house.send(FEW)
    few = {address: statements(person, address) for address, person in lists.items()}
    house.send(MANY - FEW)
    many = {address: statements(person, address) for address, person in lists.items()}
    assert many == few
    assert few.pop("/") <= OPEN_CALLS
    assert {address: number for address, number in few.items() if number > LIST} == {}


def test_a_case_costs_the_same_with_five_entries_and_with_sixty(
    house: House, statements: Callable[[str, str], int]
) -> None:
    house.send(1)
    reference = house.write(FEW)
    pages = {f"/desk/cases/{reference}": "officer", f"/stays/{reference}": "applicant"}
    few = {address: statements(person, address) for address, person in pages.items()}
    house.write(MANY - FEW)
    many = {address: statements(person, address) for address, person in pages.items()}
    assert many == few
    assert {address: number for address, number in few.items() if number > CASE} == {}
