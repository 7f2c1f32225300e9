"""The log: gapless, chained, refused to everybody who would change it, readable by code, person and case."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import InvalidInput, NotPermitted
from mobility.services import audit
from mobility.storage.db import write_unit
from mobility.storage.keys import Keys, give_keys
from mobility.storage.models.audit import AuditEntry
from mobility.storage.queries.audit import PAGE
from mobility.storage.scope import set_scope
from tests.factories import make_case, make_person

AUDITOR = Actor(person_id=7, is_auditor=True)


def record(session, now, code="profile_changed", actor=SYSTEM, **values):
    with write_unit(session) as unit:
        return audit.record_event(unit, actor, code, at=now, **({"subject": "person"} | values)).seq


def listed(session, before=None, **typed):
    lines, more = audit.list_entries(session, AUDITOR, audit.make_filter(session, AUDITOR, **typed), before)
    return [line.seq for line in lines], more


def test_entries_are_numbered_without_gaps_also_after_a_failure(session, now):
    first = record(session, now)

    def fail():
        with write_unit(session) as unit:
            audit.record_event(unit, SYSTEM, "x", at=now, subject="person")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert record(session, now) == first + 1


def test_a_sound_chain_has_no_broken_entry(session, now):
    for number in range(5):
        record(session, now, subject_id=number, parameters={"ä": [number, None, True]})
    assert audit.verify_chain(session) is None
    assert audit.count_entries(session) == 5


@pytest.mark.parametrize(
    "change",
    [
        "code = 'other'",
        "actor_id = 99",
        "subject_id = 99",
        "case_id = 99",
        "parameters = '{\"a\": 2}'",
        "at = '2020-01-01 00:00:00.000000+00'",
        "chain = 'f'",
    ],
)
def test_any_changed_field_is_found(session, now, change):
    for number in range(4):
        record(session, now, subject_id=number, parameters={"a": number})
    _bypass(session, f"UPDATE audit_entry SET {change} WHERE seq = 2")
    assert audit.verify_chain(session) == 2


def test_a_missing_entry_is_found(session, now):
    for _ in range(4):
        record(session, now)
    _bypass(session, "DELETE FROM audit_entry WHERE seq = 3")
    assert audit.verify_chain(session) == 3


def _bypass(session, statement):
    """What somebody with the database's own password could do: take the guards away, then change the log."""
    reviewed = {"execution_options": {"reviewed_core": True}}
    with write_unit(session):
        if session.get_bind().dialect.name == "sqlite":
            for name in ("audit_entry_no_update", "audit_entry_no_delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS {name}"), **reviewed)
        else:
            session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"), **reviewed)
        session.execute(text(statement), **reviewed)
    session.expire_all()


def test_another_key_fits_no_entry(session, now):
    record(session, now)
    give_keys(session, Keys.from_secret("another installation's secret"))
    assert audit.verify_chain(session) == 1


@pytest.mark.parametrize("statement", [update(AuditEntry).values(code="x"), delete(AuditEntry)])
def test_the_database_refuses_to_change_or_delete_entries(session, now, statement):
    record(session, now)
    with pytest.raises(DBAPIError, match="never"), write_unit(session) as unit:
        unit.execute(statement)
    assert audit.count_entries(session) == 1


def test_only_administrators_and_auditors_read_it(session, now):
    for reader in (Actor(person_id=1), Actor(person_id=1, managed_programmes=frozenset({1}))):
        with pytest.raises(NotPermitted):
            audit.make_filter(session, reader)
        with pytest.raises(NotPermitted):
            audit.list_entries(session, reader, audit.AuditFilter())
        with pytest.raises(NotPermitted):
            list(audit.export_entries(session, reader))
    assert audit.list_entries(session, Actor(person_id=1, is_administrator=True), audit.AuditFilter()) == ([], None)


def test_entries_come_newest_first_in_pages(session, now):
    with write_unit(session) as unit:
        for _ in range(PAGE + 10):
            audit.record_event(unit, SYSTEM, "profile_changed", at=now, subject="person")
    first, more = listed(session)
    second, end = listed(session, before=more)
    assert first + second == list(range(PAGE + 10, 0, -1))
    assert end is None


def test_entries_are_found_by_code_and_by_person_as_actor_or_subject(session, now):
    person, other = make_person(session, email="p@example.org"), make_person(session)
    done = record(session, now, actor=Actor(person_id=person.id), subject_id=other.id)
    suffered = record(session, now, "person_disabled", actor=Actor(person_id=other.id), subject_id=person.id)
    record(session, now, "role_granted", subject="office", subject_id=person.id)
    assert listed(session, person="P@example.org")[0] == [suffered, done]
    assert listed(session, person=str(person.id))[0] == [suffered, done]
    assert listed(session, code="person_disabled")[0] == [suffered]
    assert listed(session, code="person_disabled", person=str(person.id))[0] == [suffered]
    lines, _ = audit.list_entries(session, AUDITOR, audit.AuditFilter(code="person_disabled"))
    assert lines[0].actor_name == other.name


def test_entries_are_found_by_case_reference_by_readers_who_see_no_case(session, now):
    case = make_case(session)
    reference, case_id = case.reference, case.id
    set_scope(session, ("p:7",))
    lines, _ = audit.list_entries(session, AUDITOR, audit.make_filter(session, AUDITOR, reference=reference.lower()))
    assert lines
    assert {(line.case_id, line.reference) for line in lines} == {(case_id, reference)}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"reference": "EG-DE-2027-999999-X"}, "no_such_case"),
        ({"person": "nobody@example.org"}, "no_such_person"),
        ({"person": "9" * 40}, "no_such_person"),
        ({"person": "99999999"}, "no_such_person"),
    ],
)
def test_a_filter_that_stands_for_nothing_is_named(session, typed, reason):
    with pytest.raises(InvalidInput) as refused:
        audit.make_filter(session, AUDITOR, **typed)
    assert refused.value.parameters["reason"] == reason


def test_the_last_change_of_a_thing_names_who_and_when(session, now):
    person = make_person(session, name="Mei Tan")
    record(session, now, "office_changed", actor=Actor(person_id=person.id), subject="office", subject_id=3)
    record(session, now, "office_seen", subject="office", subject_id=3)
    found = audit.find_last_change(session, "office", 3, "office_changed")
    assert (found.name, found.at) == ("Mei Tan", now)
    assert audit.find_last_change(session, "office", 3, "office_seen").name == ""
    assert audit.find_last_change(session, "office", 4, "office_changed") is None


def test_an_export_holds_every_entry_in_order_with_its_chain(session, now):
    for number in range(3):
        record(session, now, subject_id=number)
    exported = list(audit.export_entries(session, SYSTEM))
    assert [entry["seq"] for entry in exported] == [1, 2, 3]
    chains = session.scalars(select(AuditEntry.chain).order_by(AuditEntry.seq)).all()
    assert [entry["chain"] for entry in exported] == chains
