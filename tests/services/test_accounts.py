"""Accounts from the owner's side: equal answers, counted tries, links that work once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mobility.domain.accounts import LinkSpent, TooManyTries
from mobility.domain.errors import ChangedMeanwhile, InvalidInput
from mobility.domain.tokens import hash_of
from mobility.services import accounts, password_reset, passwords
from mobility.services.one_time_links import SETS_PASSWORD, get_link_owner
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import OneTimeToken, Person, WebSession
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.reminders import OutboxMessage
from tests.factories import actor_for, make_person

DETAILS = accounts.Details(
    name="ليلى حداد", name_language="ar", name_latin="Layla Haddad", country="EG", time_zone="", locale="en"
)
PASSWORD = "plum gravel kite orbit"
ADDRESS = "203.0.113.7"


def register(session, now, email="layla@example.org", password=PASSWORD, **changes):
    with write_unit(session) as unit:
        accounts.register_person(
            unit,
            replace(DETAILS, **changes),
            email=email,
            password_hash=passwords.hash_password(password),
            address=ADDRESS,
            now=now,
        )


def mails(session, template=None):
    wanted = select(OutboxMessage).order_by(OutboxMessage.id)
    return session.scalars(wanted.where(OutboxMessage.template == template) if template else wanted).all()


def token_of(message):
    return message.parameters["path"].rsplit("/", 1)[-1]


def entries(session):
    return session.scalars(select(AuditEntry.code).order_by(AuditEntry.seq)).all()


def try_password(session, now, password=PASSWORD, email="layla@example.org", address=ADDRESS):
    """What the view does; returns the known person, None when unconfirmed, False when the password is wrong."""
    with write_unit(session) as unit:
        attempt = accounts.begin_sign_in(unit, email, address, now)
    if not passwords.password_fits(attempt.password_hash, password):
        return False
    with write_unit(session) as unit:
        return accounts.finish_sign_in(unit, attempt, now)


@pytest.fixture
def confirmed(session, now):
    register(session, now)
    with write_unit(session) as unit:
        accounts.confirm_address(unit, token_of(mails(session)[0]), now)
    return session.scalars(select(Person)).one()


def test_registering_makes_an_unconfirmed_person_and_one_mail(session, now):
    register(session, now)
    person = session.scalars(select(Person)).one()
    assert (person.name, person.name_latin, person.time_zone) == ("ليلى حداد", "Layla Haddad", "Africa/Cairo")
    assert person.confirmed_at is None
    assert person.password_hash.startswith("$argon2id$")
    (mail,) = mails(session)
    assert (mail.template, mail.recipient_id, mail.parameters["valid_hours"]) == ("confirm_address", person.id, 48)
    assert entries(session) == ["person_registered"]


def test_the_token_of_a_link_is_stored_hashed(session, now):
    register(session, now)
    token = token_of(mails(session)[0])
    assert session.scalars(select(OneTimeToken.token_hash)).all() == [hash_of(token)]


def test_the_address_is_kept_in_lower_case(session, now):
    register(session, now, email=" Layla@Example.ORG ")
    assert session.scalars(select(Person.email)).one() == "layla@example.org"


@pytest.mark.parametrize("email", ["", "layla", "layla@", "@example.org", "a b@example.org", "a@b\r\nBcc: c@d.org"])
def test_what_cannot_be_an_address_is_refused(session, now, email):
    with pytest.raises(InvalidInput) as refused:
        register(session, now, email=email)
    assert refused.value.parameters["reason"] == "not_an_address"
    assert session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("country", "ZZ", "not_a_country"),
        ("country", "", "not_a_country"),
        ("time_zone", "Mars/Olympus", "not_a_time_zone"),
        ("locale", "tlh", "not_a_language"),
        ("name", " ", "missing"),
        ("name_latin", "", "latin_needed"),
    ],
)
def test_details_that_cannot_be_used_are_named(session, now, field, value, reason):
    with pytest.raises(InvalidInput) as refused:
        register(session, now, **{field: value})
    assert refused.value.parameters["field"] == field
    assert refused.value.parameters["reason"] == reason


def test_a_chosen_time_zone_wins_over_the_guess(session, now):
    register(session, now, time_zone="Europe/Paris")
    assert session.scalars(select(Person.time_zone)).one() == "Europe/Paris"


def test_a_known_address_changes_nothing_and_is_told_by_mail(session, now, confirmed):
    before = (confirmed.name, confirmed.password_hash, confirmed.credential_version)
    register(session, now, password="another long password", name="Mallory", name_latin="Mallory")
    session.expire_all()
    assert (confirmed.name, confirmed.password_hash, confirmed.credential_version) == before
    assert [mail.template for mail in mails(session)] == ["confirm_address", "address_known"]


def test_the_newest_registration_of_an_unconfirmed_address_counts_and_older_links_die(session, now):
    register(session, now, name="Mallory", name_latin="", password="mallory knows this one")
    register(session, now)
    first, second = mails(session, "confirm_address")
    with pytest.raises(LinkSpent), write_unit(session) as unit:
        accounts.confirm_address(unit, token_of(first), now)
    with write_unit(session) as unit:
        accounts.confirm_address(unit, token_of(second), now)
    assert try_password(session, now, password="mallory knows this one") is False
    assert try_password(session, now).name == "ليلى حداد"


def test_a_disabled_person_cannot_register_again(session, now, confirmed):
    with write_unit(session):
        confirmed.is_active = False
    register(session, now)
    assert len(mails(session)) == 1


def test_one_mailbox_gets_at_most_five_such_mails_a_day(session, now):
    for minute in range(5):
        register(session, now + timedelta(minutes=minute * 10))
    with pytest.raises(TooManyTries):
        register(session, now + timedelta(hours=2))
    register(session, now + timedelta(days=1))
    assert len(mails(session)) == 6


def test_a_confirmation_link_works_once(session, now):
    register(session, now)
    token = token_of(mails(session)[0])
    with write_unit(session) as unit:
        accounts.confirm_address(unit, token, now)
    assert session.scalars(select(Person.confirmed_at)).one() == now
    with pytest.raises(LinkSpent), write_unit(session) as unit:
        accounts.confirm_address(unit, token, now)
    assert entries(session) == ["person_registered", "person_confirmed"]


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "a" * 5000])
def test_an_unknown_link_is_spent(session, now, token):
    with pytest.raises(LinkSpent), write_unit(session) as unit:
        accounts.confirm_address(unit, token, now)


def test_a_link_dies_of_age(session, now):
    register(session, now)
    with pytest.raises(LinkSpent), write_unit(session) as unit:
        accounts.confirm_address(unit, token_of(mails(session)[0]), now + timedelta(hours=48))


def test_a_link_for_one_purpose_opens_nothing_else(session, now):
    register(session, now)
    with pytest.raises(LinkSpent):
        get_link_owner(session, token_of(mails(session)[0]), SETS_PASSWORD, now)


def test_sending_again_replaces_the_link(session, now):
    register(session, now)
    with write_unit(session) as unit:
        accounts.resend_confirmation(unit, "LAYLA@example.org", ADDRESS, now)
    first, second = mails(session)
    with pytest.raises(LinkSpent), write_unit(session) as unit:
        accounts.confirm_address(unit, token_of(first), now)
    with write_unit(session) as unit:
        accounts.confirm_address(unit, token_of(second), now)


def test_sending_again_is_silent_for_unknown_and_confirmed_addresses(session, now, confirmed):
    for email in ("nobody@example.org", confirmed.email):
        with write_unit(session) as unit:
            accounts.resend_confirmation(unit, email, ADDRESS, now)
    assert len(mails(session)) == 1


def test_a_right_password_signs_in_and_is_noted(session, now, confirmed):
    known = try_password(session, now)
    assert known.actor.person_id == confirmed.id
    assert known.email == "layla@example.org"
    assert entries(session)[-1] == "person_signed_in"


def test_an_unconfirmed_person_is_told_only_after_a_right_password(session, now):
    register(session, now)
    assert try_password(session, now, password="wrong wrong wrong wrong") is False
    assert try_password(session, now) is None
    assert "person_signed_in" not in entries(session)


@pytest.mark.parametrize("email", ["nobody@example.org", "", "not an address", "x" * 300])
def test_an_unknown_address_is_a_wrong_password(session, now, confirmed, email):
    assert try_password(session, now, email=email) is False


def test_a_disabled_or_invited_person_is_a_wrong_password(session, now, confirmed):
    with write_unit(session):
        confirmed.is_active = False
    assert try_password(session, now) is False
    make_person(session, email="invited@example.org", password_hash=None)
    assert try_password(session, now, email="invited@example.org", password="nobody has this password") is False


def test_ten_wrong_passwords_lock_the_account_for_fifteen_minutes(session, now, confirmed):
    moments = [now + timedelta(minutes=6 * step) for step in range(10)]  # slow enough for every limit
    for moment in moments:
        assert try_password(session, moment, password="wrong wrong wrong wrong") is False
    assert entries(session)[-1] == "sign_in_locked"
    locked = moments[-1]
    assert try_password(session, locked + timedelta(minutes=14)) is False
    assert try_password(session, locked + timedelta(minutes=15)).actor.person_id == confirmed.id


def test_after_a_lock_has_run_out_the_count_starts_again(session, now, confirmed):
    for step in range(10):
        try_password(session, now + timedelta(minutes=6 * step), password="wrong wrong wrong wrong")
    later = now + timedelta(hours=2)
    assert try_password(session, later, password="wrong wrong wrong wrong") is False
    session.expire_all()
    assert (confirmed.failed_logins, confirmed.locked_until) == (1, None)


def test_signing_in_resets_the_count_and_leaves_the_row_version_alone(session, now, confirmed):
    version = confirmed.row_version
    for _ in range(9):
        try_password(session, now, password="wrong wrong wrong wrong")
    assert try_password(session, now) is not False
    session.expire_all()
    assert (confirmed.failed_logins, confirmed.locked_until, confirmed.row_version) == (0, None, version)


@pytest.mark.parametrize("email", ["layla@example.org", "nobody@example.org"])
def test_the_eleventh_try_in_five_minutes_is_refused_alike_for_known_and_unknown(session, now, confirmed, email):
    for step in range(10):
        try_password(session, now, email=email, password="wrong wrong wrong wrong", address=f"198.51.100.{step}")
    with pytest.raises(TooManyTries) as refused:
        try_password(session, now, email=email, address="198.51.100.99")
    assert refused.value.parameters == {"minutes": 5}


def test_one_network_address_gets_ten_tries_whoever_it_names(session, now):
    for step in range(10):
        try_password(session, now, email=f"person{step}@example.org")
    with pytest.raises(TooManyTries):
        try_password(session, now, email="another@example.org")
    try_password(session, now + timedelta(minutes=5), email="another@example.org")


def test_a_whole_office_signs_in_from_one_network_address(session, now, confirmed):
    others = [
        make_person(session, email=f"desk{n}@example.org", password_hash=confirmed.password_hash) for n in range(12)
    ]
    with write_unit(session):
        for each in others:
            each.confirmed_at = now
    for each in others:
        assert try_password(session, now, email=each.email).actor.person_id == each.id
    for step in range(10):  # and whoever guesses from there has ten tries all the same
        try_password(session, now, email=f"person{step}@example.org")
    with pytest.raises(TooManyTries):
        try_password(session, now, email=others[0].email)


def test_one_account_is_signed_in_to_ten_times_in_five_minutes_even_with_the_right_password(session, now, confirmed):
    for _ in range(10):
        assert try_password(session, now) is not False
    with pytest.raises(TooManyTries):
        try_password(session, now)


def test_a_password_changed_while_it_was_checked_does_not_sign_in(session, now, confirmed):
    with write_unit(session) as unit:
        attempt = accounts.begin_sign_in(unit, confirmed.email, ADDRESS, now)
    with write_unit(session) as unit:
        unit.get(Person, attempt.person_id).password_hash = passwords.hash_password("something else now")
    with pytest.raises(ChangedMeanwhile), write_unit(session) as unit:
        accounts.finish_sign_in(unit, attempt, now)


def test_a_hash_of_an_older_cost_is_replaced(session, now, confirmed):
    with write_unit(session) as unit:
        attempt = accounts.begin_sign_in(unit, confirmed.email, ADDRESS, now)
    with write_unit(session) as unit:
        accounts.finish_sign_in(unit, attempt, now, new_hash="$argon2id$newer")
    session.expire_all()
    assert confirmed.password_hash == "$argon2id$newer"


def ask_reset(session, now, email="layla@example.org"):
    with write_unit(session) as unit:
        password_reset.ask_for_reset(unit, email, ADDRESS, now)
    found = mails(session, "reset_password")
    return token_of(found[-1]) if found else ""


def set_by_link(session, now, token, password="violet anchor maple dust"):
    with write_unit(session) as unit:
        password_reset.set_password_by_link(unit, token, passwords.hash_password(password), now)


def test_a_reset_sets_the_password_once_ends_sessions_and_is_told(session, now, confirmed):
    with write_unit(session):
        moments = {"created_at": now, "seen_at": now, "expires_at": now}
        session.add(WebSession(token_hash="h", person_id=confirmed.id, credential_version=1, **moments))
    token = ask_reset(session, now)
    assert get_link_owner(session, token, SETS_PASSWORD, now).email == "layla@example.org"
    set_by_link(session, now, token)
    assert session.scalar(select(func.count()).select_from(WebSession)) == 0
    assert mails(session)[-1].template == "password_changed"
    assert mails(session)[-1].parameters == {"path": "/forgotten", "changed_on": "2026-12-14"}
    assert entries(session)[-1] == "password_reset"
    assert try_password(session, now) is False
    assert try_password(session, now, password="violet anchor maple dust")
    with pytest.raises(LinkSpent):
        set_by_link(session, now, token, "yet another long one")


def test_a_reset_link_dies_after_an_hour_with_a_newer_one_and_with_the_password(session, now, confirmed):
    first = ask_reset(session, now)
    second = ask_reset(session, now)
    with pytest.raises(LinkSpent):
        set_by_link(session, now, first)
    with pytest.raises(LinkSpent):
        set_by_link(session, now + timedelta(hours=1), second)
    third = ask_reset(session, now)
    actor = actor_for(confirmed)
    with write_unit(session) as unit:
        stored = password_reset.begin_password_change(unit, actor, now)
        password_reset.change_password(unit, actor, old_hash=stored, new_hash="$argon2id$x", now=now)
    with pytest.raises(LinkSpent):
        set_by_link(session, now, third)


def test_a_reset_unlocks(session, now, confirmed):
    for step in range(10):
        try_password(session, now + timedelta(minutes=6 * step), password="wrong wrong wrong wrong")
    later = now + timedelta(minutes=60)
    set_by_link(session, later, ask_reset(session, later))
    assert try_password(session, later, password="violet anchor maple dust")


def test_a_reset_is_silent_for_unknown_and_disabled(session, now, confirmed):
    assert ask_reset(session, now, "nobody@example.org") == ""
    with write_unit(session):
        confirmed.is_active = False
    assert ask_reset(session, now) == ""


def test_a_reset_link_proves_the_address_too(session, now):
    register(session, now)
    set_by_link(session, now, ask_reset(session, now))
    assert session.scalars(select(Person.confirmed_at)).one() == now


def test_changing_the_password_needs_the_stored_one_still_to_be_there(session, now, confirmed):
    with pytest.raises(ChangedMeanwhile), write_unit(session) as unit:
        password_reset.change_password(unit, actor_for(confirmed), old_hash="stale", new_hash="new", now=now)


def test_details_are_saved_on_the_version_they_were_read_from(session, now, confirmed):
    version = confirmed.row_version
    with write_unit(session) as unit:
        accounts.change_details(
            unit, actor_for(confirmed), replace(DETAILS, country="FR"), row_version=version, now=now
        )
    session.expire_all()
    assert (confirmed.country, confirmed.time_zone) == ("FR", "Europe/Paris")
    assert entries(session)[-1] == "profile_changed"
    with pytest.raises(ChangedMeanwhile), write_unit(session) as unit:
        accounts.change_details(unit, actor_for(confirmed), DETAILS, row_version=version, now=now)
    session.expire_all()
    assert confirmed.country == "FR"
