"""One process holds the lease; the others wait until it is given back or runs out."""

from sqlalchemy import update

from mobility.services.leases import find_lease, give_back_lease, new_holder, take_lease
from mobility.storage.db import write_unit
from mobility.storage.models.reminders import Lease


def take(session, holder):
    with write_unit(session) as unit:
        return take_lease(unit, holder)


def test_the_first_gets_it_the_second_does_not(session) -> None:
    assert find_lease(session) is None
    assert take(session, "one") == 1
    assert take(session, "two") is None
    facts = find_lease(session)
    assert facts is not None
    assert (facts.holder, facts.epoch) == ("one", 1)
    assert 55 < facts.seconds_left <= 60


def test_its_holder_renews_it_without_a_new_epoch(session) -> None:
    assert [take(session, "one") for _ in range(3)] == [1, 1, 1]


def test_a_lease_given_back_is_free_at_once_and_the_epoch_rises(session) -> None:
    take(session, "one")
    with write_unit(session) as unit:
        give_back_lease(unit, "two")
    assert take(session, "two") is None
    with write_unit(session) as unit:
        give_back_lease(unit, "one")
    assert take(session, "two") == 2
    assert take(session, "one") is None


def test_a_holder_that_died_is_followed_when_its_lease_has_run_out(session) -> None:
    take(session, "one")
    with write_unit(session) as unit:
        unit.execute(update(Lease).values(expires_at=Lease.expires_at - 61))
    assert find_lease(session).seconds_left < 0
    assert take(session, "two") == 2


def test_no_two_processes_have_one_name() -> None:
    assert len({new_holder() for _ in range(100)}) == 100
    assert len(new_holder()) <= 60
