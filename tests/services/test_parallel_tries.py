"""Parallel guesses: ten are evaluated, one use of a link succeeds, one administrator of two stays. Real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM
from mobility.domain.accounts import LastAdministrator, LinkSpent, TooManyTries
from mobility.services import accounts, password_reset, passwords, roles
from mobility.services.one_time_links import Purpose, issue_link
from mobility.storage.db import db, write_unit
from mobility.storage.keys import Keys, give_keys
from mobility.storage.models.accounts import Person
from mobility.storage.queries.accounts import MOST_FAILED, reserve_failed_login
from mobility.storage.scope import ALL, set_scope
from tests.factories import make_grant, make_person

TRIES, AT_ONCE = 50, 8


def opened() -> Session:
    session = db.session()
    set_scope(session, ALL)
    give_keys(session, Keys.from_secret("t" * 40))
    return session


def in_one(app: Flask, work: Callable[[Session], Any]) -> Any:
    with app.app_context(), write_unit(opened()) as unit:
        return work(unit)


def in_parallel(app: Flask, works: list[Callable[[Session], Any]]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda work: in_one(app, work), works))


def test_of_fifty_parallel_guesses_ten_are_evaluated(shared_app, now):
    person_id = in_one(shared_app, lambda unit: make_person(unit, password_hash="x").id)
    counts = in_parallel(
        shared_app, [lambda unit: reserve_failed_login(unit, person_id, now, accounts.LOCKED_FOR)] * TRIES
    )
    assert sorted(count for count in counts if count) == list(range(1, MOST_FAILED + 1))


def test_of_fifty_parallel_sign_ins_ten_reach_the_password(shared_app, now):
    hashed = passwords.hash_password("plum gravel kite orbit")
    in_one(shared_app, lambda unit: make_person(unit, email="a@example.org", password_hash=hashed).id)

    def try_once(address: str) -> Callable[[Session], Any]:
        def work(unit: Session) -> bool:
            try:
                return accounts.begin_sign_in(unit, "a@example.org", address, now).person_id is not None
            except TooManyTries:
                return False

        return work

    reached = in_parallel(shared_app, [try_once(f"203.0.113.{number}") for number in range(TRIES)])
    assert reached.count(True) == 10


def test_of_fifty_parallel_uses_of_a_link_one_succeeds(shared_app, now):
    def prepare(unit: Session) -> str:
        return issue_link(unit, make_person(unit, password_hash="x"), Purpose.RESET, now).token

    token = in_one(shared_app, prepare)

    def use(unit: Session) -> bool:
        try:
            password_reset.set_password_by_link(unit, token, "$argon2id$new", now)
        except LinkSpent:
            return False
        return True

    assert in_parallel(shared_app, [use] * TRIES).count(True) == 1


def test_two_administrators_cannot_oust_each_other(shared_app, now):
    def prepare(unit: Session) -> list[int]:
        people = [make_person(unit, password_hash="x") for _ in range(2)]
        for person in people:
            make_grant(unit, person, "administrator")
        return [person.id for person in people]

    ids = in_one(shared_app, prepare)

    def disable(person_id: int) -> Callable[[Session], Any]:
        def work(unit: Session) -> bool:
            try:
                roles.disable_person(unit, SYSTEM, person_id, now)
            except LastAdministrator:
                return False
            return True

        return work

    assert sorted(in_parallel(shared_app, [disable(person_id) for person_id in ids])) == [False, True]
    left = in_one(shared_app, lambda unit: unit.scalars(select(Person.id).where(Person.is_active)).all())
    assert len(left) == 1


def test_of_many_registrations_of_one_address_one_account_comes(shared_app, now):
    details = accounts.Details(name="Ana", name_language="", name_latin="", country="PT", time_zone="", locale="en")

    def register(number: int) -> Callable[[Session], Any]:
        def work(unit: Session) -> None:
            accounts.register_person(
                unit, details, email="ana@example.org", password_hash=f"h{number}", address="203.0.113.1", now=now
            )

        return work

    in_parallel(shared_app, [register(number) for number in range(5)])
    assert len(in_one(shared_app, lambda unit: unit.scalars(select(Person.id)).all())) == 1
