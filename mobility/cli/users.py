"""`mobility users`: the first administrator, and what must work when nobody can sign in."""

import sys

import click
from sqlalchemy.orm import Session

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.access import SYSTEM, Role
from mobility.domain.accounts import Grant
from mobility.domain.errors import DomainError, InvalidInput
from mobility.i18n.accounts_labels import reason_sentence
from mobility.i18n.labels import error_sentence
from mobility.services import passwords, roles
from mobility.services.accounts import Details
from mobility.storage.db import write_unit


@click.group("users")
def group() -> None:
    """People who can sign in."""


def _refused(error: DomainError) -> click.ClickException:
    """One line on stderr that names the answer."""
    if isinstance(error, InvalidInput):
        return click.ClickException(f"{error.parameters.get('field')}: {reason_sentence(error)}")
    return click.ClickException(error_sentence(error))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password (at least 15 characters)", hide_input=True, confirmation_prompt=True))


@group.command("create")
@click.option("--email", required=True, help="E-mail address, with which the person signs in.")
@click.option("--name", required=True, help="Name in the person's own script.")
@click.option("--name-latin", default="", help="Latin form, where the name is in another script.")
@click.option("--name-language", default="", help="Language of the name, for example ar.")
@click.option("--country", default="", help="ISO code of the country the person is based in.")
@click.option("--locale", default="en", show_default=True, help="Language of pages and messages.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Left out: an applicant.")
@click.option("--office", default="", metavar="CODE", help="Office, for officer and head.")
@click.option("--programme", default="", metavar="CODE", help="Programme, for manager.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@pass_context
def create(context: CommandContext, role: str | None, office: str, programme: str, **given: object) -> None:
    """Make a person who can sign in at once; the address counts as confirmed.

    Example: mobility users create --email mei@example.org --name "Mei Tan" --role administrator
    """
    password = _password(bool(given.pop("password_stdin")))
    email = str(given.pop("email"))
    details = Details(**{key: str(value) for key, value in given.items()}, time_zone="")
    try:
        passwords.check_new_password(password, (details.name, details.name_latin, email))
        hashed = passwords.hash_password(password)
        with context.session() as session, write_unit(session):
            person = roles.add_person(session, SYSTEM, details, email=email, password_hash=hashed, now=utc_now())
            if role:
                roles.grant_role(session, SYSTEM, person.id, _grant(session, role, office, programme), utc_now())
            made = person.email
    except DomainError as error:
        raise _refused(error) from error
    click.echo(f"{made} can sign in{f' as {role}' if role else ''}.")


def _grant(session: Session, role: str, office: str, programme: str) -> Grant:
    places = roles.find_places(session, SYSTEM, office_code=office, programme_code=programme)
    return Grant(role=Role(role), office_id=places.office_id, programme_id=places.programme_id)


@group.command("disable")
@click.option("--email", required=True, help="Whom to shut out.")
@pass_context
def disable(context: CommandContext, email: str) -> None:
    """Shut a person out at once and end their sessions; the last administrator is refused.

    Example: mobility users disable --email mei@example.org
    """
    try:
        with context.session() as session, write_unit(session):
            roles.disable_person(session, SYSTEM, roles.get_person_id(session, SYSTEM, email), utc_now())
    except DomainError as error:
        raise _refused(error) from error
    click.echo(f"{email} can no longer sign in.")


@group.command("enable")
@click.option("--email", required=True, help="Whom to let in again.")
@pass_context
def enable(context: CommandContext, email: str) -> None:
    """Let a disabled person in again, with the password and roles they had.

    Example: mobility users enable --email mei@example.org
    """
    try:
        with context.session() as session, write_unit(session):
            roles.enable_person(session, SYSTEM, roles.get_person_id(session, SYSTEM, email), utc_now())
    except DomainError as error:
        raise _refused(error) from error
    click.echo(f"{email} can sign in again.")
