"""What is put into the outbox once is there once, with an identity that never changes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mobility.services.outbox import enqueue, message_id_for
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import Person
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.scope import set_scope
from mobility.storage.site import Site, give_site


def a_person(now, email="layla@example.org"):
    return Person(email=email, name="Layla", name_latin="Layla", locale="ar", created_at=now)


def test_a_message_is_pending_and_due_at_once(session, now) -> None:
    with write_unit(session) as unit:
        person = a_person(now)
        unit.add(person)
        row = enqueue(unit, key="k", template="case_submitted", now=now, recipient=person, parameters={"path": "/x"})
    assert row is not None
    assert (row.status, row.due_at, row.next_at, row.attempts) == ("pending", now, now, 0)
    assert (row.recipient_id, row.address, row.locale, row.parameters) == (person.id, "", "", {"path": "/x"})


def test_the_same_key_is_kept_once(session, now) -> None:
    with write_unit(session) as unit:
        first = enqueue(unit, key="k", template="a", now=now, address="a@example.org", locale="fr")
        second = enqueue(unit, key="k", template="b", now=now, address="b@example.org", locale="fr")
    assert first is not None
    assert second is None
    assert session.scalars(select(OutboxMessage.template)).all() == ["a"]


def test_a_key_that_is_there_does_not_end_the_unit(session, now) -> None:
    for _ in range(2):
        with write_unit(session) as unit:
            enqueue(unit, key="k", template="a", now=now, address="a@example.org")
            enqueue(unit, key=f"other-{now}", template="a", now=now, address="a@example.org")
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 2


def test_a_later_moment_is_kept(session, now) -> None:
    with write_unit(session) as unit:
        row = enqueue(unit, key="k", template="a", now=now, address="a@example.org", due_at=now + timedelta(days=2))
    assert row.next_at == row.due_at == now + timedelta(days=2)


def test_a_message_to_nobody_is_refused(session, now) -> None:
    with pytest.raises(ValueError, match="neither recipient nor address"), write_unit(session) as unit:
        enqueue(unit, key="k", template="a", now=now)


def test_it_works_in_a_request_that_sees_no_case(session, now) -> None:
    set_scope(session, ("p:1",))
    with write_unit(session) as unit:
        assert enqueue(unit, key="k", template="a", now=now, address="a@example.org") is not None


def test_it_is_refused_outside_a_write_unit(session, now) -> None:
    with pytest.raises(RuntimeError, match="outside a write unit"):
        enqueue(session, key="k", template="a", now=now, address="a@example.org")


def test_the_message_id_follows_from_the_key_alone(session, now) -> None:
    give_site(session, Site.at("https://mobility.example:8443/"))
    with write_unit(session) as unit:
        row = enqueue(unit, key="12:before_7:1:4", template="a", now=now, address="a@example.org")
    assert row.message_id == message_id_for("12:before_7:1:4", "mobility.example")
    assert row.message_id != message_id_for("12:before_7:2:4", "mobility.example")
    assert len(row.message_id) == len("<@mobility.example>") + 32


def test_a_site_without_a_name_signs_with_a_host_that_is_nobodys() -> None:
    assert Site.at("http://127.0.0.1:8000").mail_host == Site().mail_host == "mobility.invalid"
    assert Site.at("http://[::1]:8000").mail_host == "mobility.invalid"
