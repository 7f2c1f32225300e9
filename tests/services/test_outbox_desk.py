"""An administrator sees what became of every message and puts back what was given up; nobody else does."""

import pytest
from sqlalchemy import select

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import NotFound, NotPermitted, TransitionNotPermitted
from mobility.mail.transport import OutcomeUnknown, PermanentlyRefused, TemporarilyRefused
from mobility.services import outbox_desk
from mobility.services.deliveries import MAX_UNKNOWN
from mobility.services.dispatch import dispatch_until_idle
from mobility.services.outbox_desk import count_by_status, get_message, list_messages, requeue, requeue_all
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from tests.factories import make_person
from tests.services.outbox_bench import Bench

ADMINISTRATOR = Actor(person_id=1, is_administrator=True)


@pytest.fixture
def bench(session, now):
    return Bench(session, now)


def given_up(bench, *keys) -> None:
    for key in keys:
        bench.put(key)
    bench.server.faults = [PermanentlyRefused("550 unknown") for _ in keys]
    dispatch_until_idle(bench.post())


def put_back(bench, key, actor=SYSTEM) -> None:
    message_id = bench.row(key).id
    with write_unit(bench.session) as unit:
        requeue(unit, actor, message_id, bench.now)


def test_messages_are_listed_by_status_newest_first(bench, session) -> None:
    given_up(bench, "a", "b")
    bench.put("c")
    dead, more = list_messages(session, ADMINISTRATOR, status="dead")
    assert ([each.key for each in dead], more) == (["b", "a"], None)
    assert (dead[0].address, dead[0].reply, dead[0].reason) == ("b@example.org", "550 unknown", "recipient_refused")
    counts = count_by_status(session, ADMINISTRATOR)
    assert {code: count for code, count in counts.items() if count} == {"dead": 2, "pending": 1}


def test_a_long_list_comes_in_pages(bench, session, monkeypatch) -> None:
    monkeypatch.setattr(outbox_desk, "PAGE", 2)
    for key in ("a", "b", "c"):
        bench.put(key)
    first, more = list_messages(session, ADMINISTRATOR, status="pending")
    rest, end = list_messages(session, ADMINISTRATOR, status="pending", before=more)
    assert ([each.key for each in first + rest], end) == (["c", "b", "a"], None)


def test_the_recipients_own_address_is_shown_where_none_was_given(bench, session) -> None:
    bench.put("a", recipient=make_person(session, email="own@example.org"), address="", locale="")
    assert list_messages(session, ADMINISTRATOR, status="pending")[0][0].address == "own@example.org"


def test_every_attempt_is_told(bench, session) -> None:
    bench.put("a")
    bench.server.faults = [TemporarilyRefused("451 later")]
    dispatch_until_idle(bench.post())
    bench.later(minutes=5)
    dispatch_until_idle(bench.post())
    found = get_message(session, ADMINISTRATOR, bench.row("a").id)
    assert [(each.outcome, each.reply) for each in found.history] == [("retry", "451 later"), ("sent", "250 taken")]
    assert found.history[1].moment == bench.now


def test_what_was_given_up_goes_on_its_way_again_and_is_written_down(bench, session) -> None:
    given_up(bench, "a")
    put_back(bench, "a")
    row = bench.row("a")
    assert (row.status, row.reason, row.attempts, row.next_at) == ("pending", "requeued", 0, bench.now)
    dispatch_until_idle(bench.post())
    assert [entry["outcome"] for entry in bench.row("a").history] == ["dead", "requeued", "sent"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.code == "message_requeued")).one()
    assert (entry.subject, entry.subject_id) == ("outbox", row.id)


def test_unknown_outcomes_are_counted_anew_after_it_was_put_back(bench) -> None:
    bench.put("a")
    for _ in range(MAX_UNKNOWN):
        bench.server.faults = [OutcomeUnknown("reset")]
        dispatch_until_idle(bench.post())
        bench.later(hours=7)
    dispatch_until_idle(bench.post())
    assert bench.row("a").status == "dead"
    put_back(bench, "a")
    bench.server.faults = [OutcomeUnknown("reset")]
    dispatch_until_idle(bench.post())
    bench.later(hours=7)
    assert dispatch_until_idle(bench.post()).counts == {"sent": 1}


def test_only_what_was_given_up_can_be_put_back(bench) -> None:
    bench.put("a")
    with pytest.raises(TransitionNotPermitted):
        put_back(bench, "a")
    with pytest.raises(NotFound), write_unit(bench.session) as unit:
        requeue(unit, SYSTEM, 10_000_000, bench.now)
    with pytest.raises(NotFound):
        get_message(bench.session, SYSTEM, 10_000_000)


def test_all_can_be_put_back_at_once(bench) -> None:
    given_up(bench, "a", "b")
    with write_unit(bench.session) as unit:
        assert requeue_all(unit, SYSTEM, bench.now) == 2
    assert dispatch_until_idle(bench.post()).counts == {"sent": 2}


@pytest.mark.parametrize("actor", [Actor(person_id=5), Actor(person_id=5, is_auditor=True)])
def test_nobody_else_may(bench, session, actor) -> None:
    given_up(bench, "a")
    message_id = bench.row("a").id
    for call in (
        lambda: list_messages(session, actor, status="dead"),
        lambda: count_by_status(session, actor),
        lambda: get_message(session, actor, message_id),
        lambda: requeue(session, actor, message_id, bench.now),
        lambda: requeue_all(session, actor, bench.now),
    ):
        with pytest.raises(NotPermitted):
            call()
