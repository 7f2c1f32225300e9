"""Sealed values open only for who they belong to, under the right name; whoever reads somebody else's is noted."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import NotFound, NotPermitted
from mobility.services.sealing import SealBroken, is_sealed, open_sealed, seal, who_looked
from mobility.storage.db import write_unit
from mobility.storage.keys import Keys, give_keys
from mobility.storage.models.accounts import PersonKey, SealedReading, SealedValue
from tests.factories import make_person

PASSPORT = "passport_number"


def sealed(session, person, text="C01X00T47", name=PASSPORT):
    with write_unit(session) as unit:
        seal(unit, person.id, name, text)


def opened(session, person, now, reader=None, name=PASSPORT):
    with write_unit(session) as unit:
        return open_sealed(unit, Actor(person_id=(reader or person).id), person.id, name, now)


def ciphertext(session):
    return session.scalars(select(SealedValue.ciphertext)).one()


def test_what_is_sealed_can_be_opened_again(session, now):
    person = make_person(session)
    sealed(session, person)
    assert is_sealed(session, person.id, PASSPORT)
    assert opened(session, person, now) == "C01X00T47"


@given(text=st.text(min_size=1, max_size=300))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_survives(session, now, text):
    person = make_person(session)
    sealed(session, person, text)
    assert opened(session, person, now) == text
    stored = session.scalars(select(SealedValue.ciphertext).where(SealedValue.person_id == person.id)).one()
    assert len(text.encode()) < 4 or text.encode() not in stored


def test_the_same_text_never_looks_the_same(session):
    person = make_person(session)
    sealed(session, person)
    before = ciphertext(session)
    sealed(session, person)
    assert ciphertext(session) != before


def test_a_new_value_replaces_the_old_and_an_empty_one_takes_it_away(session, now):
    person = make_person(session)
    sealed(session, person)
    sealed(session, person, "NEW123")
    assert opened(session, person, now) == "NEW123"
    sealed(session, person, "")
    assert not is_sealed(session, person.id, PASSPORT)
    with pytest.raises(NotFound):
        opened(session, person, now)


def test_reading_somebody_elses_value_is_noted_and_they_can_see_it(session, now):
    person, officer = make_person(session), make_person(session, name="Selin Aydın")
    sealed(session, person)
    assert opened(session, person, now, officer) == "C01X00T47"
    (looked,) = who_looked(session, person.id)
    assert (looked.name, looked.reader_name, looked.read_at) == (PASSPORT, "Selin Aydın", now)
    assert who_looked(session, officer.id) == []


def test_reading_ones_own_value_leaves_no_note(session, now):
    person = make_person(session)
    sealed(session, person)
    opened(session, person, now)
    assert who_looked(session, person.id) == []


def test_a_reading_that_is_rolled_back_was_no_reading(session, now):
    person, officer = make_person(session), make_person(session)
    sealed(session, person)

    def read_and_fail():
        with write_unit(session) as unit:
            open_sealed(unit, Actor(person_id=officer.id), person.id, PASSPORT, now)
            raise KeyError

    with pytest.raises(KeyError):
        read_and_fail()
    assert session.scalar(select(func.count()).select_from(SealedReading)) == 0


def test_the_system_itself_reads_nothing(session, now):
    person = make_person(session)
    sealed(session, person)
    with pytest.raises(NotPermitted), write_unit(session) as unit:
        open_sealed(unit, SYSTEM, person.id, PASSPORT, now)


def test_a_ciphertext_moved_to_another_person_does_not_open(session, now):
    first, second = make_person(session), make_person(session)
    sealed(session, first)
    sealed(session, second, "OTHER")
    stolen = session.scalars(select(SealedValue.ciphertext).where(SealedValue.person_id == first.id)).one()
    with write_unit(session):
        session.execute(update(SealedValue).where(SealedValue.person_id == second.id).values(ciphertext=stolen))
    with pytest.raises(SealBroken):
        opened(session, second, now)


def test_a_ciphertext_moved_to_another_field_does_not_open(session, now):
    person = make_person(session)
    sealed(session, person)
    with write_unit(session):
        session.execute(update(SealedValue).values(name="bank_account"))
    with pytest.raises(SealBroken):
        opened(session, person, now, name="bank_account")


def test_a_key_moved_to_another_person_opens_nothing(session, now):
    first, second = make_person(session), make_person(session)
    sealed(session, first)
    sealed(session, second)
    stolen = session.scalars(select(PersonKey.wrapped).where(PersonKey.person_id == first.id)).one()
    with write_unit(session):
        session.execute(update(PersonKey).where(PersonKey.person_id == second.id).values(wrapped=stolen))
    with pytest.raises(SealBroken):
        opened(session, second, now)


@pytest.mark.parametrize("at", [0, 1, 20, -1])
def test_one_changed_byte_breaks_the_seal(session, now, at):
    person = make_person(session)
    sealed(session, person)
    damaged = bytearray(ciphertext(session))
    damaged[at] ^= 1
    with write_unit(session):
        session.execute(update(SealedValue).values(ciphertext=bytes(damaged)))
    with pytest.raises(SealBroken):
        opened(session, person, now)


def test_another_master_key_opens_nothing(session, now):
    person = make_person(session)
    sealed(session, person)
    give_keys(session, Keys.from_secret("another secret of this installation"))
    with pytest.raises(SealBroken):
        opened(session, person, now)


def test_destroying_the_key_erases_the_value_for_good(session, now):
    person = make_person(session)
    sealed(session, person)
    with write_unit(session):
        session.execute(delete(PersonKey))
    with pytest.raises(NotFound):
        opened(session, person, now)
