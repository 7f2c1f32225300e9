"""Every message leaves once; what goes wrong is written on its row, and the rest goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from mobility.mail.accepted import AcceptedNotes
from mobility.mail.samples import SAMPLES
from mobility.mail.transport import OutcomeUnknown, PermanentlyRefused, RelayUnavailable, TemporarilyRefused
from mobility.services import deliveries
from mobility.services.cases.parts import history_entries
from mobility.services.deliveries import LEASE, MAX_TRIES, MAX_UNKNOWN, delay_after
from mobility.services.dispatch import NOTED, dispatch_until_idle
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.queries.leases import database_now
from tests.factories import make_case, make_clock, make_person
from tests.services.outbox_bench import FACTS, Bench, Crash


@pytest.fixture
def bench(session, now):
    return Bench(session, now)


def test_everything_due_leaves_once_and_the_oldest_first(bench) -> None:
    for key in ("a", "b", "c"):
        bench.put(key)
        bench.later(seconds=1)
    tally = dispatch_until_idle(bench.post(batch=2))
    assert bench.server.keys == ["a", "b", "c"]
    assert (tally.counts, tally.is_idle, bench.server.rested) == ({"sent": 3}, True, 1)
    assert dispatch_until_idle(bench.post()).counts == {}


def test_a_message_that_left_says_when_and_with_which_answer(bench) -> None:
    bench.put("a")
    dispatch_until_idle(bench.post())
    row = bench.row("a")
    assert (row.status, row.reply, row.sent_at, row.attempts) == ("sent", "250 taken", bench.now, 1)
    assert (row.uncertain, row.reason, row.lease_until) == (False, "", None)
    assert [(entry["attempt"], entry["outcome"]) for entry in row.history] == [(1, "sent")]


def test_a_one_time_link_does_not_stay_in_the_database(bench) -> None:
    bench.put("a", template="confirm_address", parameters={"path": "/confirm/secret", "valid_hours": 24})
    bench.put("b")
    dispatch_until_idle(bench.post())
    assert "/confirm/secret" in bench.server.taken[0].get_body(("plain",)).get_content()
    assert (bench.row("a").parameters, "reference" in bench.row("b").parameters) == ({}, True)


def test_what_is_not_due_stays(bench) -> None:
    bench.put("a", due_at=bench.now + timedelta(hours=1))
    dispatch_until_idle(bench.post())
    assert bench.row("a").status == "pending"
    bench.later(hours=1)
    dispatch_until_idle(bench.post())
    assert bench.row("a").status == "sent"


def test_it_goes_to_the_persons_present_address_in_their_present_language(bench, session) -> None:
    person = make_person(session, locale="en", email="old@example.org")
    bench.put("a", recipient=person, address="", locale="")
    with write_unit(session) as unit:
        unit.execute(update(Person).where(Person.id == person.id).values(email="new@example.org"))
    dispatch_until_idle(bench.post())
    assert bench.server.taken[0]["To"] == "new@example.org"
    assert bench.server.taken[0]["Content-Language"] == "en"


def test_an_address_given_with_a_recipient_is_the_one_used(bench, session) -> None:
    bench.put("a", recipient=make_person(session, email="old@example.org"), address="new@example.org", locale="")
    dispatch_until_idle(bench.post())
    assert bench.server.taken[0]["To"] == "new@example.org"


def test_a_closed_account_gets_nothing(bench, session) -> None:
    bench.put("a", recipient=make_person(session, is_active=False), address="", locale="")
    bench.put("b")
    assert dispatch_until_idle(bench.post()).counts == {"cancelled": 1, "sent": 1}
    assert (bench.row("a").status, bench.row("a").reason) == ("cancelled", "recipient_gone")


def test_a_language_that_is_not_offered_becomes_english_and_the_row_says_so(bench) -> None:
    bench.put("a", locale="tlh")
    dispatch_until_idle(bench.post())
    assert bench.server.taken[0]["Content-Language"] == "en"
    assert (bench.row("a").status, bench.row("a").reason) == ("sent", "language_replaced")


def test_what_ended_between_claim_and_sending_is_called_off_with_the_reason(bench, session, now) -> None:
    """The case closed, the provision was withdrawn, the date moved; a digest goes out while one date stands."""
    clocks = {name: make_clock(session, make_case(session)) for name in ("ended", "withdrawn", "moved", "stands")}
    pairs = {name: [clock.id, clock.due_version] for name, clock in clocks.items()}
    for name, (clock_id, due_version) in pairs.items():
        bench.put(name, parameters=FACTS | {"clock_id": clock_id, "due_version": due_version})
    bench.put("digest", parameters=FACTS | {"clocks": [pairs["ended"], pairs["stands"]]})
    bench.put("empty", parameters=FACTS | {"clocks": [pairs["ended"], pairs["moved"]]})
    with write_unit(session) as unit:
        unit.execute(update(Clock).where(Clock.id == clocks["ended"].id).values(state="met"))
        unit.execute(update(Clock).where(Clock.id == clocks["moved"].id).values(due_version=9))
        wording = unit.get_one(Clock, clocks["withdrawn"].id).provision_version_id
        unit.execute(update(ProvisionVersionRow).where(ProvisionVersionRow.id == wording).values(superseded_at=now))
    assert dispatch_until_idle(bench.post()).counts["cancelled"] == 4
    assert {"digest", "empty", *pairs} & set(bench.server.keys) == {"digest", "stands"}
    reasons = {name: bench.row(name).reason for name in (*pairs, "empty")}
    assert reasons == {
        "ended": "clock_ended",
        "withdrawn": "provision_withdrawn",
        "moved": "clock_moved",
        "stands": "",
        "empty": "clock_ended",
    }


def test_a_digest_leaves_out_what_ended_meanwhile(bench, session) -> None:
    ended, stands = (make_clock(session, make_case(session)) for _ in range(2))
    items = [
        SAMPLES["reminder"]
        | {"template": "reminder", "clock_id": each.id, "due_version": each.due_version, "owes": owes}
        for each, owes in ((ended, "What ended."), (stands, "What stands."))
    ]
    clocks = [[each.id, each.due_version] for each in (ended, stands)]
    bench.put("digest", template="digest", parameters={"path": "/notices", "items": items, "more": 0, "clocks": clocks})
    with write_unit(session) as unit:
        unit.execute(update(Clock).where(Clock.id == ended.id).values(state="met"))
    dispatch_until_idle(bench.post())
    (digest,) = [mail for mail in bench.server.taken if mail["X-Mobility-Reminder"] == "digest"]
    text = digest.get_body(("plain",)).get_content()
    assert "What stands." in text
    assert "What ended." not in text


@pytest.mark.parametrize(
    "broken",
    [
        {"template": "no_such_template"},
        {"parameters": {}},
        {"parameters": {"reference": "X", "path": "//elsewhere.example"}},
        {"parameters": {"reference": "X", "path": "/x", "time_zone": "Mars/Olympus"}},
        {"parameters": {"reference": "X\r\nBcc: b@example.org", "path": "/x"}},
        {"address": "not an address"},
    ],
)
def test_a_message_that_cannot_be_written_is_given_up_and_the_rest_goes_on(bench, broken) -> None:
    bench.put("broken", **broken)
    bench.put("whole")
    assert dispatch_until_idle(bench.post()).counts == {"dead": 1, "sent": 1}
    row = bench.row("broken")
    assert (row.status, row.reason, row.attempts) == ("dead", "render_failed", 0)
    assert row.reply


def test_a_refused_address_is_given_up_at_once_and_the_rest_goes_on(bench) -> None:
    bench.server.faults = [PermanentlyRefused("550 unknown"), None]
    bench.put("a")
    bench.put("b")
    assert dispatch_until_idle(bench.post()).counts == {"dead": 1, "sent": 1}
    assert (bench.row("a").reason, bench.row("a").reply) == ("recipient_refused", "550 unknown")


def test_not_now_means_later_with_the_same_identity(bench) -> None:
    bench.server.faults = [TemporarilyRefused("451 later")]
    bench.put("a")
    assert dispatch_until_idle(bench.post()).counts == {"retry": 1}
    row = bench.row("a")
    assert (row.status, row.reason, row.attempts) == ("retry", "temporarily_refused", 1)
    assert timedelta(minutes=2) <= row.next_at - bench.now <= timedelta(minutes=2.4)
    identity = row.message_id
    bench.later(minutes=3)
    dispatch_until_idle(bench.post())
    assert bench.server.taken[0]["Message-ID"] == identity
    assert [entry["outcome"] for entry in bench.row("a").history] == ["retry", "sent"]


def test_it_is_tried_at_least_twelve_times_over_at_least_two_days_and_then_given_up(bench) -> None:
    bench.put("a")
    begun, tries = bench.now, 0
    while bench.row("a").status in ("pending", "retry"):
        bench.now = max(bench.now, bench.row("a").next_at)
        bench.server.faults = [TemporarilyRefused("451 later")]
        dispatch_until_idle(bench.post())
        tries += 1
    assert tries == MAX_TRIES >= 12
    assert bench.now - begun >= timedelta(hours=48)
    assert (bench.row("a").status, bench.row("a").reason) == ("dead", "tries_exhausted")
    assert len(bench.row("a").history) == MAX_TRIES


def test_delays_grow_and_do_not_come_back_together() -> None:
    for attempts in range(1, 40):
        plain = min(timedelta(minutes=2**attempts), timedelta(hours=6))
        found = {delay_after(attempts, f"k{number}") for number in range(20)}
        assert all(plain <= each <= plain * 1.2 for each in found)
        assert len(found) > 10


def test_a_server_that_is_away_costs_one_try_and_holds_the_rest_back(bench) -> None:
    bench.server.faults = [RelayUnavailable("refused")]
    for key in ("a", "b", "c"):
        bench.put(key)
    tally = dispatch_until_idle(bench.post())
    assert (tally.counts, tally.is_relay_down, tally.is_idle) == ({"retry": 1}, True, False)
    assert [(bench.row(key).status, bench.row(key).attempts) for key in ("b", "c")] == [("pending", 0), ("pending", 0)]
    bench.later(minutes=3)
    assert dispatch_until_idle(bench.post()).counts == {"sent": 3}


def test_a_domain_that_keeps_asking_for_patience_is_left_alone_for_a_while(bench) -> None:
    for number in range(8):
        bench.put(f"k{number}", address=f"k{number}@busy.example")
    bench.put("other")
    bench.server.faults = [TemporarilyRefused("451 later") for _ in range(5)]
    assert dispatch_until_idle(bench.post()).counts == {"retry": 5, "put_off": 3, "sent": 1}
    assert bench.server.keys == ["other"]
    rest = bench.row("k7").next_at - bench.now
    assert (bench.row("k7").attempts, timedelta(minutes=9) < rest <= timedelta(minutes=10)) == (0, True)
    bench.later(minutes=11)
    assert dispatch_until_idle(bench.post()).counts == {"sent": 8}


def test_a_domain_that_answers_slowly_lets_the_others_go_first(bench, monkeypatch) -> None:
    seconds = iter(range(0, 1000, 6))
    monkeypatch.setattr("mobility.services.dispatch.monotonic_seconds", lambda: float(next(seconds)))
    for key, domain in (("a", "slow"), ("b", "slow"), ("c", "quick")):
        bench.put(key, address=f"{key}@{domain}.example")
    assert dispatch_until_idle(bench.post()).counts == {"sent": 2, "put_off": 1}
    assert bench.server.keys == ["a", "c"]
    assert bench.row("b").next_at - bench.now <= timedelta(seconds=30)


def test_no_message_is_given_up_because_the_server_is_away(bench) -> None:
    bench.put("a")
    for _ in range(MAX_TRIES + 3):
        bench.now = max(bench.now, bench.row("a").next_at)
        bench.server.faults = [RelayUnavailable("refused")]
        dispatch_until_idle(bench.post())
    assert (bench.row("a").status, bench.row("a").attempts) == ("retry", MAX_TRIES + 3)


def test_an_unknown_outcome_waits_for_its_lease_and_is_marked(bench) -> None:
    bench.server.faults = [OutcomeUnknown("reset")]
    bench.put("a")
    assert dispatch_until_idle(bench.post()).counts == {"unknown": 1}
    row = bench.row("a")
    assert (row.status, row.uncertain, row.reason) == ("sending", True, "outcome_unknown")
    bench.later(seconds=LEASE.total_seconds() - 1)
    assert dispatch_until_idle(bench.post()).counts == {}
    bench.later(seconds=3)
    assert dispatch_until_idle(bench.post()).counts == {"sent": 1}
    row = bench.row("a")
    assert (row.status, row.uncertain, row.attempts) == ("sent", True, 2)
    assert [entry["outcome"] for entry in row.history] == ["unknown", "sent"]


def test_the_officers_of_a_case_read_that_a_message_was_possibly_sent_twice(bench, session) -> None:
    case = make_case(session)
    bench.put("a", case_id=case.id)
    dispatch_until_idle(bench.post())  # what the case itself sent
    bench.put("b", case_id=case.id)
    for _ in range(2):
        bench.server.faults = [OutcomeUnknown("reset")]
        dispatch_until_idle(bench.post())
        bench.later(hours=7)
    session.rollback()
    case = session.get_one(CaseFile, case.id)
    for for_office, times in ((True, 1), (False, 0)):
        codes = [entry.code for entry in history_entries(session, case, for_office=for_office)]
        assert codes.count("message_uncertain") == times


def test_nobody_gets_a_message_many_times_because_a_server_never_answers(bench) -> None:
    bench.put("a")
    for _ in range(10):
        bench.server.faults = [OutcomeUnknown("reset")]
        dispatch_until_idle(bench.post())
        bench.later(hours=7)
    row = bench.row("a")
    assert (row.status, row.reason, row.attempts) == ("dead", "outcome_unknown", MAX_UNKNOWN)


def test_a_transport_that_breaks_is_taken_for_an_unknown_outcome(bench) -> None:
    bench.server.faults = [RuntimeError("a bug")]
    bench.put("a")
    bench.put("b")
    assert dispatch_until_idle(bench.post()).counts == {"unknown": 1, "sent": 1}


def test_a_process_told_to_stop_finishes_the_message_in_hand_and_gives_back_the_rest(bench) -> None:
    for key in ("a", "b", "c"):
        bench.put(key)
    bench.go_on = lambda: not bench.server.taken
    tally = dispatch_until_idle(bench.post())
    assert (tally.counts, tally.is_idle) == ({"sent": 1}, False)
    assert [bench.row(key).status for key in ("a", "b", "c")] == ["sent", "pending", "pending"]
    assert bench.row("b").owner == ""


def test_two_processes_never_hold_the_same_message(bench, session, now) -> None:
    for number in range(6):
        bench.put(f"k{number}")
    with write_unit(session) as unit:
        first = deliveries.claim_due(unit, "one", now + timedelta(seconds=1), 4)
    with write_unit(session) as unit:
        second = deliveries.claim_due(unit, "two", now + timedelta(seconds=1), 4)
    assert (len(first), len(second)) == (4, 2)
    assert not {claim.id for claim in first} & {claim.id for claim in second}


def test_a_claim_that_ran_out_is_taken_over_and_its_former_holder_can_do_nothing(bench, session) -> None:
    bench.put("a")
    with write_unit(session) as unit:
        (old,) = deliveries.claim_due(unit, "one", bench.now, 5)
    bench.later(seconds=LEASE.total_seconds() + 1)
    with write_unit(session) as unit:
        assert not deliveries.fence(unit, "one", old, bench.now)
        (new,) = deliveries.claim_due(unit, "two", bench.now, 5)
    assert new.token == old.token + 1
    with write_unit(session) as unit:
        assert deliveries.mark_sent(unit, "one", old, bench.now, "250") == "lost"
        assert deliveries.cancel(unit, "one", old, "x") == "lost"
        deliveries.give_back(unit, "one", [old])
        assert deliveries.fence(unit, "two", new, bench.now)
    assert bench.row("a").owner == "two"
    assert not bench.row("a").uncertain


def test_a_process_that_stood_still_after_its_fence_sends_nothing(bench, monkeypatch) -> None:
    bench.put("a")
    readings = iter([0.0, LEASE.total_seconds() / 2 + 1])
    monkeypatch.setattr("mobility.services.dispatch.monotonic_seconds", lambda: next(readings))
    assert dispatch_until_idle(bench.post()).counts == {"left": 1}
    assert bench.server.taken == []
    monkeypatch.undo()
    bench.later(seconds=LEASE.total_seconds() + 1)
    assert dispatch_until_idle(bench.post()).counts == {"sent": 1}


def test_a_busy_database_does_not_make_a_double_of_a_message_that_left(bench) -> None:
    bench.put("a")
    real, calls = bench.unit, []

    def unit():
        calls.append(1)
        if len(calls) == 3:  # claim, fence, and then the mark
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return real()

    assert dispatch_until_idle(bench.post(units=unit)).counts == {"sent": 1}
    assert bench.row("a").status == "sent"


# Where a process can die: (unit, moment) around each commit, and two moments inside the dialogue with the server.
# Units: 1 claims, 2 fences a, 3 marks a and fences b, 4 marks b, 5 finds nothing more.
POINTS = {
    "before the claim is committed": ((1, "before"), None, 0),
    "after the claim": ((1, "after"), None, 0),
    "before the fence is committed": ((2, "before"), None, 0),
    "after the fence": ((2, "after"), None, 0),
    "in the dialogue, before the final dot": (None, "before", 0),
    "after the final dot": (None, "after", 1),
    "after the yes, before the mark is committed": ((3, "before"), None, 1),
    "after the mark and the next fence": ((3, "after"), None, 0),
    "after the last mark": ((4, "after"), None, 0),
}


class DyingServer:
    def __init__(self, inner, moment) -> None:
        self.inner, self.moment = inner, moment

    def send(self, mail):
        moment, self.moment = self.moment, None
        if moment == "before":
            raise Crash
        reply = self.inner.send(mail)
        if moment == "after":
            raise Crash
        return reply

    def rest(self) -> None:
        self.inner.rest()


@pytest.mark.parametrize("point", POINTS)
def test_wherever_a_process_dies_nothing_is_lost_and_only_two_points_can_double(session, now, point) -> None:
    crash_at, moment, doubles = POINTS[point]
    first = Bench(session, now, owner="one")
    first.put("a")
    first.put("b")
    first.crash_at = crash_at
    transport = DyingServer(first.server, moment)
    with pytest.raises(Crash):
        dispatch_until_idle(first.post(transport=transport))
    session.rollback()
    second = Bench(session, now + LEASE + timedelta(seconds=1), owner="two")
    second.server = first.server
    dispatch_until_idle(second.post())
    assert (second.row("a").status, second.row("b").status) == ("sent", "sent")
    taken = first.server.keys
    assert sorted(set(taken)) == ["a", "b"]
    assert len(taken) == 2 + doubles
    identities = {message["Message-ID"] for message in first.server.taken}
    assert len(identities) == 2
    if doubles:
        assert second.row("a").uncertain


def test_the_database_says_what_time_it_is(session) -> None:
    first = database_now(session)
    assert first.tzinfo is not None
    assert database_now(session) >= first
    bench = Bench(session, first)
    bench.put("a")
    assert dispatch_until_idle(bench.post(read_now=database_now)).counts == {"sent": 1}


def test_a_row_that_was_erased_meanwhile_is_no_error(bench, session, now) -> None:
    bench.put("a")
    with write_unit(session) as unit:
        (claim,) = deliveries.claim_due(unit, "one", now, 5)
    with write_unit(session) as unit:
        unit.delete(unit.get(OutboxMessage, claim.id))
    with write_unit(session) as unit:
        assert deliveries.reason_to_cancel(unit, claim) == "recipient_gone"
        assert deliveries.mark_sent(unit, "one", claim, now, "250") == "lost"


# -- what this machine noted -------------------------------------------------------------------------------------------


def test_what_arrived_and_was_noted_is_marked_and_not_sent_again(bench, tmp_path) -> None:
    bench.put("a")
    bench.crash_at = (3, "before")  # after the server's yes, before the mark
    with pytest.raises(Crash):
        dispatch_until_idle(bench.post(accepted=AcceptedNotes(tmp_path, "one")))
    assert (bench.row("a").status, bench.server.keys) == ("sending", ["a"])
    bench.crash_at = None
    bench.later(seconds=LEASE.total_seconds() + 1)
    dispatch_until_idle(bench.post(accepted=AcceptedNotes(tmp_path, "two")))
    row = bench.row("a")
    assert (row.status, row.reply, row.uncertain, bench.server.keys) == ("sent", NOTED, True, ["a"])


def test_without_a_note_it_is_sent_again(bench, tmp_path) -> None:
    bench.put("a")
    bench.crash_at = (3, "before")
    with pytest.raises(Crash):
        dispatch_until_idle(bench.post())
    bench.crash_at = None
    bench.later(seconds=LEASE.total_seconds() + 1)
    dispatch_until_idle(bench.post(accepted=AcceptedNotes(tmp_path, "two")))
    assert bench.server.keys == ["a", "a"]


def test_notes_are_dropped_once_all_is_marked(bench, tmp_path) -> None:
    bench.put("a")
    dispatch_until_idle(bench.post(accepted=AcceptedNotes(tmp_path, "one")))
    assert list(tmp_path.iterdir()) == []
