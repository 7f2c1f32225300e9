"""`mobility users` and `mobility audit`: the first administrator, shutting out, and whether the log is whole."""

import json

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, text

from mobility.cli.audit import group as audit
from mobility.cli.context import CommandContext
from mobility.cli.users import group as users
from mobility.services.passwords import password_fits
from mobility.services.people import find_known_person
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import Person
from tests.factories import make_grant, make_office, make_person, make_programme

PASSWORD = "plum gravel kite orbit"
MEI = ["create", "--email", "Mei@example.org", "--name", "Mei Tan"]


@pytest.fixture
def run(app: Flask, session):
    def invoke(group, *arguments: str, given: str | None = None) -> Result:
        session.commit()
        return CliRunner().invoke(group, list(arguments), input=given, obj=CommandContext(lambda: app))

    return invoke


def person(session):
    return session.scalars(select(Person).where(Person.email == "mei@example.org")).one()


def test_the_first_administrator(run, session):
    result = run(users, *MEI, "--role", "administrator", "--password-stdin", given=f"{PASSWORD}\n")
    assert (result.exit_code, result.output) == (0, "mei@example.org can sign in as administrator.\n")
    made = person(session)
    assert made.confirmed_at is not None
    assert password_fits(made.password_hash, PASSWORD)
    assert find_known_person(session, made.id).actor.is_administrator


def test_the_password_is_asked_for_twice_and_not_shown(run, session):
    result = run(users, *MEI, given=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert not find_known_person(session, person(session).id).actor.is_staff


def test_roles_with_their_places(run, session):
    office, programme = make_office(session), make_programme(session)
    run(users, *MEI, "--role", "head", "--office", office.code, "--password-stdin", given=PASSWORD)
    assert find_known_person(session, person(session).id).actor.seats[0].office_id == office.id
    given = ["create", "--email", "b@example.org", "--name", "Bo", "--role", "manager", "--programme", programme.code]
    assert run(users, *given, "--password-stdin", given=PASSWORD).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "password", "words"),
    [
        (["--role", "officer"], PASSWORD, "office: Choose the office for this role."),
        (["--role", "officer", "--office", "nowhere"], PASSWORD, "office: There is no such office any more."),
        (["--role", "manager", "--programme", "nope"], PASSWORD, "programme: There is no such programme any more."),
        (["--country", "ZZ"], PASSWORD, "country: Choose a country from the list."),
        ([], "short", "password: At least 15 characters"),
        ([], "mei tan mei tan mei", "password: This is made of your name"),
    ],
)
def test_what_is_refused_is_one_line_and_changes_nothing(run, session, arguments, password, words):
    result = run(users, *MEI, *arguments, "--password-stdin", given=password)
    assert result.exit_code == 1
    assert words in result.output
    assert session.scalar(select(Person.id)) is None


def test_an_address_is_given_once(run, session):
    make_person(session, email="mei@example.org")
    result = run(users, *MEI, "--password-stdin", given=PASSWORD)
    assert (result.exit_code, "Somebody already has an account" in result.output) == (1, True)


def test_disabling_and_enabling(run, session):
    someone = make_person(session, email="mei@example.org")
    assert run(users, "disable", "--email", "MEI@example.org").exit_code == 0
    assert find_known_person(session, someone.id) is None
    assert run(users, "enable", "--email", "mei@example.org").exit_code == 0
    assert find_known_person(session, someone.id) is not None
    assert run(users, "disable", "--email", "nobody@example.org").exit_code == 1


def test_the_last_administrator_is_refused(run, session):
    make_grant(session, make_person(session, email="mei@example.org", password_hash="x"), "administrator")
    result = run(users, "disable", "--email", "mei@example.org")
    assert result.exit_code == 1
    assert "last administrator" in result.output


def test_a_sound_log_and_its_export(run, session):
    run(users, *MEI, "--role", "auditor", "--password-stdin", given=PASSWORD)
    assert run(audit, "verify").output == "2 entries, chain sound.\n"
    lines = [json.loads(line) for line in run(audit, "export").output.splitlines()]
    assert [(line["seq"], line["code"]) for line in lines] == [(1, "person_added"), (2, "role_granted")]


def test_a_tampered_log_names_the_first_entry_that_does_not_fit(run, session):
    run(users, *MEI, "--role", "auditor", "--password-stdin", given=PASSWORD)
    reviewed = {"execution_options": {"reviewed_core": True}}
    with write_unit(session):
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_entry_no_update"), **reviewed)
        else:
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"), **reviewed)
        session.execute(text("UPDATE audit_entry SET code = 'x' WHERE seq = 2"), **reviewed)
    result = run(audit, "verify")
    assert result.exit_code == 1
    assert "entry 2 does not fit" in result.output
