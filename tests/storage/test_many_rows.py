"""Many rows at once: written like objects, refused where objects would be refused, and read again afterwards."""

from datetime import UTC, date, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from mobility.domain.errors import Unscoped
from mobility.storage.db import write_unit
from mobility.storage.many_rows import insert_many, update_many
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import CaseEvent, Clock
from mobility.storage.models.reminders import Lease, OutboxMessage
from mobility.storage.scope import ALL, CaseScope, set_scope
from tests.factories import NOW, make_case, make_clock, make_provision

DAY = date(2027, 5, 4)


def event_of(case_id, number=1, at=NOW):
    return {
        "case_id": case_id,
        "stage_kind": "visa",
        "code": f"event_{number}",
        "on_day": DAY + timedelta(days=number % 2),
        "recorded_at": at,
        "actor_id": None,
    }


def message_of(key, **values):
    return {
        "key": key,
        "template": "case_closed",
        "address": "a@example.org",
        "locale": "en",
        "parameters": {"name": "أمل", "days": [1, None]},
        "status": "pending",
        "due_at": NOW,
        "next_at": NOW,
        "attempts": 0,
        "owner": "",
        "token": 0,
        "uncertain": False,
        "message_id": key,
        "reply": "",
        "reason": "",
        "history": [],
        "created_at": NOW,
        "in_app": True,
    } | values


def test_added_rows_read_back_as_objects_do(session) -> None:
    case_id = make_case(session).id
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    with write_unit(session):
        instants = (NOW, elsewhere, NOW + timedelta(microseconds=7))
        insert_many(session, CaseEvent, [event_of(case_id, number, at) for number, at in enumerate(instants, 1)])
        insert_many(session, OutboxMessage, [message_of("a")])
    found = session.scalars(select(CaseEvent).where(CaseEvent.code.like("event_%")).order_by(CaseEvent.id)).all()
    assert [(each.code, each.on_day, each.actor_id) for each in found] == [
        ("event_1", DAY + timedelta(days=1), None),
        ("event_2", DAY, None),
        ("event_3", DAY + timedelta(days=1), None),
    ]
    assert [each.recorded_at for each in found] == [NOW, NOW, NOW + timedelta(microseconds=7)]
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.key == "a")).one()
    assert (message.parameters, message.in_app, message.sent_at) == ({"name": "أمل", "days": [1, None]}, True, None)
    assert message.due_at == NOW.astimezone(UTC)


def test_rows_that_are_known_are_left_as_they_are(session) -> None:
    with write_unit(session):
        insert_many(session, OutboxMessage, [message_of("a")])
        insert_many(session, OutboxMessage, [message_of("a", locale="fr"), message_of("b")], unless_known="key")
    rows = session.execute(select(OutboxMessage.key, OutboxMessage.locale).order_by(OutboxMessage.key)).all()
    assert [tuple(row) for row in rows] == [("a", "en"), ("b", "en")]


def test_written_rows_are_read_again_and_rise_in_version(session) -> None:
    case = make_case(session)
    provision = make_provision(session)
    ids = [make_clock(session, case, provision=provision).id for _ in range(2)]
    with write_unit(session):
        held = session.scalars(select(Clock).order_by(Clock.id)).all()
        update_many(
            session,
            Clock,
            [
                {"id": number, "row_version": 1, "due_on": DAY, "derivation": {"steps": [place]}}
                for place, number in enumerate(ids)
            ],
        )
        assert [(clock.due_on, clock.derivation, clock.row_version) for clock in held] == [
            (DAY, {"steps": [0]}, 2),
            (DAY, {"steps": [1]}, 2),
        ]
    assert session.scalars(select(Clock.row_version)).all() == [2, 2]


def test_rows_with_a_key_of_two_columns_are_told_apart(session) -> None:
    first, second = make_case(session), make_case(session)
    principals = session.execute(select(CaseScope.principal, CaseScope.case_id)).all()
    mine = [row for row in principals if row.case_id == first.id]
    with write_unit(session):
        update_many(session, CaseScope, [{"principal": row[0], "case_id": row[1], "due_on": DAY} for row in mine])
    found = session.execute(select(CaseScope.case_id, CaseScope.due_on)).all()
    assert {row.due_on for row in found if row.case_id == first.id} == {DAY}
    assert DAY not in {row.due_on for row in found if row.case_id == second.id}


@pytest.mark.parametrize("row_version", [1, 3])
def test_a_row_that_changed_meanwhile_undoes_the_unit(session, row_version) -> None:
    case, other = make_case(session), make_case(session)
    with write_unit(session):
        session.get_one(CaseFile, other.id).applicant_name = "Someone"
    rows = [
        {"id": case.id, "row_version": 1, "next_due_on": DAY},
        {"id": other.id, "row_version": row_version, "next_due_on": DAY},
    ]
    with pytest.raises(StaleDataError), write_unit(session):
        update_many(session, CaseFile, rows)
    assert session.scalars(select(CaseFile.next_due_on)).all() == [None, None]


def test_what_objects_hold_is_written_first(session) -> None:
    case = make_case(session)
    with write_unit(session):
        held = session.get_one(CaseFile, case.id)
        held.applicant_name = "Someone"
        session.flush()
        update_many(session, CaseFile, [{"id": held.id, "row_version": held.row_version, "next_due_on": DAY}])
        assert (held.applicant_name, held.next_due_on) == ("Someone", DAY)


def test_nothing_is_written_outside_a_unit_or_past_the_scope(session) -> None:
    case = make_case(session)
    events, scope = [event_of(case.id)], (f"p:{case.person_id}",)
    rows = [{"id": case.id, "row_version": 1, "next_due_on": DAY}]
    with pytest.raises(RuntimeError, match="outside a write unit"):
        insert_many(session, CaseEvent, events)
    set_scope(session, scope)
    with write_unit(session):
        with pytest.raises(Unscoped):
            insert_many(session, CaseEvent, events)
        with pytest.raises(Unscoped):
            update_many(session, CaseFile, rows)
        insert_many(session, Lease, [{"name": "a", "holder": "b", "epoch": 1, "expires_at": 0.5}])
    set_scope(session, ALL)
    assert session.scalars(select(Lease.expires_at)).one() == 0.5
    assert session.scalars(select(CaseFile.next_due_on)).one() is None


def test_no_rows_need_no_unit(session) -> None:
    insert_many(session, CaseEvent, [])
    update_many(session, CaseFile, [])


def test_columns_that_rows_do_not_name_hold_their_defaults(session) -> None:
    left_out = ("status", "attempts", "owner", "uncertain", "reason")
    row = {name: value for name, value in message_of("short").items() if name not in left_out}
    with write_unit(session):
        insert_many(session, OutboxMessage, [row])
    kept = session.scalars(select(OutboxMessage).where(OutboxMessage.key == "short")).one()
    assert [getattr(kept, name) for name in left_out] == ["pending", 0, "", False, ""]
