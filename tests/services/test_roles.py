"""Administrators: roles with their place, never one's own, never without a last administrator."""

import pytest
from sqlalchemy import func, select

from mobility.domain.access import SYSTEM, Actor, Role
from mobility.domain.accounts import Grant, LastAdministrator, LinkSpent, OwnRole
from mobility.domain.errors import InvalidInput, NotFound, NotPermitted
from mobility.services import password_reset, passwords, roles
from mobility.services.accounts import Details
from mobility.services.people import find_known_person
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import Person, RoleGrant, WebSession
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.queries.accounts import PAGE
from tests.factories import NOW, make_grant, make_office, make_officer, make_person, make_programme

DETAILS = Details(name="Amadou Ba", name_language="", name_latin="", country="SN", time_zone="", locale="en")
OUTSIDERS = [
    Actor(person_id=5),
    Actor(person_id=5, is_auditor=True),
    Actor(person_id=5, managed_programmes=frozenset({1})),
]


def make_administrator(session, **values):
    person = make_person(session, **({"name": "Mei Tan", "password_hash": "$argon2id$x"} | values))
    make_grant(session, person, "administrator")
    return person, Actor(person_id=person.id, is_administrator=True)


@pytest.fixture
def admin(session):
    return make_administrator(session)[1]


def give_session(session, person, now):
    with write_unit(session):
        moments = {"created_at": now, "seen_at": now, "expires_at": now}
        session.add(WebSession(token_hash=f"h{person.id}", person_id=person.id, credential_version=1, **moments))


def count_sessions(session, person):
    return session.scalar(select(func.count()).select_from(WebSession).where(WebSession.person_id == person.id))


def entries(session):
    return session.execute(select(AuditEntry.code, AuditEntry.parameters).order_by(AuditEntry.seq)).all()


def do(session, service, *arguments):
    with write_unit(session) as unit:
        return service(unit, *arguments)


@pytest.mark.parametrize("actor", OUTSIDERS)
def test_nobody_else_administers_people(session, now, actor):
    person = make_person(session)
    grant = Grant(role=Role.AUDITOR)
    for service, arguments in [
        (roles.grant_role, (actor, person.id, grant, now)),
        (roles.revoke_role, (actor, person.id, 1, now)),
        (roles.disable_person, (actor, person.id, now)),
        (roles.enable_person, (actor, person.id, now)),
        (roles.end_all_sessions, (actor, person.id, now)),
        (roles.invite_again, (actor, person.id, now)),
        (roles.get_person, (actor, person.id)),
        (roles.list_people, (actor,)),
        (roles.list_grants, (actor, person.id)),
        (roles.list_office_choices, (actor,)),
        (roles.list_programme_choices, (actor,)),
        (roles.get_person_id, (actor, person.email)),
    ]:
        with pytest.raises(NotPermitted):
            do(session, service, *arguments)
    assert entries(session) == []


def test_a_role_at_an_office_gives_a_seat_and_ends_the_sessions(session, now, admin):
    office, person = make_office(session), make_person(session)
    give_session(session, person, now)
    do(session, roles.grant_role, admin, person.id, Grant(role=Role.OFFICER, office_id=office.id), now)
    known = find_known_person(session, person.id)
    assert [(seat.office_id, seat.role) for seat in known.actor.seats] == [(office.id, Role.OFFICER)]
    assert count_sessions(session, person) == 0
    assert entries(session) == [("role_granted", {"role": "officer", "office_id": office.id})]


def test_a_programme_manager_manages_that_programme(session, now, admin):
    programme, person = make_programme(session), make_person(session)
    do(session, roles.grant_role, admin, person.id, Grant(role=Role.MANAGER, programme_id=programme.id), now)
    assert find_known_person(session, person.id).actor.managed_programmes == {programme.id}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_a_role_is_not_given_twice(session, now, admin, role):
    person = make_person(session)
    do(session, roles.grant_role, admin, person.id, Grant(role=role), now)
    with pytest.raises(InvalidInput) as refused:
        do(session, roles.grant_role, admin, person.id, Grant(role=role), now)
    assert refused.value.parameters["reason"] == "role_held"


@pytest.mark.parametrize(
    ("grant", "reason"),
    [
        (Grant(role=Role.OFFICER), "office_needed"),
        (Grant(role=Role.OFFICER, office_id=99_999), "no_such_office"),
        (Grant(role=Role.MANAGER, programme_id=99_999), "no_such_programme"),
    ],
)
def test_a_place_that_is_missing_or_unknown_is_named(session, now, admin, grant, reason):
    person = make_person(session)
    with pytest.raises(InvalidInput) as refused:
        do(session, roles.grant_role, admin, person.id, grant, now)
    assert refused.value.parameters["reason"] == reason


def test_nobody_gives_a_role_to_themselves(session, now, admin):
    with pytest.raises(OwnRole):
        do(session, roles.grant_role, admin, admin.person_id, Grant(role=Role.AUDITOR), now)


def test_taking_a_role_away_ends_the_sessions(session, now, admin):
    officer = make_officer(session, make_office(session))
    give_session(session, officer, now)
    grant_id = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == officer.id))
    do(session, roles.revoke_role, admin, officer.id, grant_id, now)
    assert not find_known_person(session, officer.id).actor.is_staff
    assert count_sessions(session, officer) == 0
    with pytest.raises(NotFound):
        do(session, roles.revoke_role, admin, officer.id, grant_id, now)


def test_a_grant_of_somebody_else_is_not_found_under_this_person(session, now, admin):
    officer, other = make_officer(session, make_office(session)), make_person(session)
    grant_id = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == officer.id))
    with pytest.raises(NotFound):
        do(session, roles.revoke_role, admin, other.id, grant_id, now)


def test_the_last_administrator_stays(session, now, admin):
    grant_id = session.scalar(select(RoleGrant.id).where(RoleGrant.person_id == admin.person_id))
    with pytest.raises(LastAdministrator):
        do(session, roles.disable_person, admin, admin.person_id, now)
    with pytest.raises(LastAdministrator):
        do(session, roles.revoke_role, admin, admin.person_id, grant_id, now)
    with pytest.raises(LastAdministrator):
        do(session, roles.disable_person, SYSTEM, admin.person_id, now)


@pytest.mark.parametrize("values", [{"password_hash": None}, {"is_active": False}, {"confirmed_at": None}])
def test_an_administrator_who_cannot_sign_in_does_not_count(session, now, admin, values):
    make_administrator(session, **values)
    with pytest.raises(LastAdministrator):
        do(session, roles.disable_person, admin, admin.person_id, now)


def test_with_two_administrators_one_may_go(session, now, admin):
    other, _ = make_administrator(session)
    do(session, roles.disable_person, admin, other.id, now)
    assert find_known_person(session, other.id) is None
    with pytest.raises(LastAdministrator):
        do(session, roles.disable_person, admin, admin.person_id, now)


def test_disabling_ends_sessions_and_links_and_is_undone(session, now, admin):
    person = make_person(session, password_hash="$argon2id$x")
    give_session(session, person, now)
    do(session, password_reset.ask_for_reset, person.email, "203.0.113.7", now)
    token = session.scalar(select(OutboxMessage.parameters))["path"].rsplit("/", 1)[-1]
    do(session, roles.disable_person, admin, person.id, now)
    assert count_sessions(session, person) == 0
    do(session, roles.disable_person, admin, person.id, now)
    do(session, roles.enable_person, admin, person.id, now)
    do(session, roles.enable_person, admin, person.id, now)
    assert find_known_person(session, person.id) is not None
    with pytest.raises(LinkSpent):
        do(session, password_reset.set_password_by_link, token, passwords.hash_password("x" * 20), now)
    assert [code for code, _ in entries(session)] == ["person_disabled", "person_enabled"]


def test_an_invited_colleague_sets_a_password_and_is_confirmed_by_it(session, now, admin):
    person = do(session, lambda unit: roles.invite_person(unit, admin, DETAILS, email="ba@example.org", now=now))
    assert (person.password_hash, person.confirmed_at, person.time_zone) == (None, None, "Africa/Dakar")
    message = session.scalars(select(OutboxMessage)).one()
    assert (message.template, message.parameters["valid_days"]) == ("invitation", 7)
    token = message.parameters["path"].rsplit("/", 1)[-1]
    do(session, password_reset.set_password_by_link, token, passwords.hash_password("violet anchor maple"), now)
    session.expire_all()
    assert person.confirmed_at == now
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1, "a first password changes nothing"
    assert [code for code, _ in entries(session)] == ["person_invited", "password_set"]
    with pytest.raises(InvalidInput) as refused:
        do(session, roles.invite_again, admin, person.id, now)
    assert refused.value.parameters["reason"] == "no_invitation_open"


def test_an_invitation_can_bring_a_role_and_be_sent_again(session, now, admin):
    office = make_office(session)
    grant = Grant(role=Role.HEAD, office_id=office.id)
    person = do(
        session, lambda unit: roles.invite_person(unit, admin, DETAILS, email="ba@example.org", now=now, grant=grant)
    )
    do(session, roles.invite_again, admin, person.id, now)
    first, second = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    hashed = passwords.hash_password("violet anchor maple")
    with pytest.raises(LinkSpent):
        do(session, password_reset.set_password_by_link, first.parameters["path"].rsplit("/", 1)[-1], hashed, now)
    do(session, password_reset.set_password_by_link, second.parameters["path"].rsplit("/", 1)[-1], hashed, now)


def test_an_address_is_given_to_one_person(session, now, admin):
    make_person(session, email="ba@example.org")
    with pytest.raises(InvalidInput) as refused:
        do(session, lambda unit: roles.invite_person(unit, admin, DETAILS, email="BA@example.org", now=now))
    assert refused.value.parameters["reason"] == "address_taken"


def test_people_are_found_by_the_beginning_of_address_or_of_any_word_of_a_name(session, admin):
    layla = make_person(
        session, name="ليلى حداد", name_latin="Layla Haddad", name_language="ar", email="lh@kultur.example"
    )
    make_person(session, name="Haakon Lie", email="haakon@example.org")
    make_person(session, name="Élodie Petit", email="e.petit@example.org")

    def found(typed):
        return [line.name_latin for line in roles.list_people(session, admin, typed)[0]]

    assert found("lay") == ["Layla Haddad"]
    assert found("HAD") == ["Layla Haddad"]
    assert found("حداد") == ["Layla Haddad"]
    assert found("LH@kul") == ["Layla Haddad"]
    assert found("Élo") == ["Élodie Petit"]
    assert set(found("ha")) == {"Layla Haddad", "Haakon Lie"}
    assert found("addad") == []
    assert found("%") == []
    assert found("_") == []
    assert roles.get_person(session, admin, layla.id).name == "ليلى حداد"


def test_the_list_of_people_comes_in_pages_without_gaps_or_doubles(session, admin):
    with write_unit(session):
        for number in range(PAGE + 20):
            name = f"Name {number % 7}"  # many share a name: the id decides between them
            given = {"email": f"p{number}@pages.example", "created_at": NOW, "name": name}
            session.add(Person(**given, name_latin=name))
    first, after = roles.list_people(session, admin, "p", None)
    second, end = roles.list_people(session, admin, "p", after)
    assert len(first) == PAGE
    assert end is None
    ids = [line.id for line in first + second if line.email.endswith("@pages.example")]
    assert len(ids) == len(set(ids)) == PAGE + 20


def test_staff_can_be_listed_alone_with_their_roles(session, admin):
    office = make_office(session)
    officer = make_officer(session, office, name="Zoe Officer")
    make_grant(session, officer, "head", office=office)
    make_person(session, name="Zed Applicant")
    lines, _ = roles.list_people(session, admin, "z", staff_only=True)
    assert [(line.name, line.roles) for line in lines] == [("Zoe Officer", ("officer", "head"))]


def test_roles_are_listed_with_the_names_of_their_places(session, admin):
    office, programme = make_office(session, names={"en": "Embassy"}), make_programme(session)
    person = make_officer(session, office)
    make_grant(session, person, "manager", programme=programme)
    lines = roles.list_grants(session, admin, person.id)
    assert [(line.role, line.office_names, line.programme_id) for line in lines] == [
        (Role.OFFICER, {"en": "Embassy"}, None),
        (Role.MANAGER, None, programme.id),
    ]
    assert roles.list_own_grants(session, Actor(person_id=person.id)) == lines


def test_one_may_end_ones_own_sessions(session, now):
    person = make_person(session)
    give_session(session, person, now)
    do(session, roles.end_all_sessions, Actor(person_id=person.id), person.id, now)
    assert count_sessions(session, person) == 0
