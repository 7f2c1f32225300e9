"""A domain that fails or dawdles is left alone for a while; then it is tried once."""

from datetime import timedelta

import pytest

from mobility.services.breakers import REST, SLOW_REST, SLOW_SECONDS, TRIES, Breakers

NOW = timedelta(0)


@pytest.fixture
def clock(monkeypatch):
    reading = [1000.0]
    monkeypatch.setattr("mobility.services.breakers.monotonic_seconds", lambda: reading[0])
    return reading


def test_a_domain_rests_after_so_many_failures_in_a_row(clock) -> None:
    breakers = Breakers()
    for _ in range(TRIES - 1):
        breakers.note_failure("a", 0.1)
    breakers.note_success("a", 0.1)
    for _ in range(TRIES - 1):
        breakers.note_failure("a", 0.1)
    assert breakers.rest_of("a") == NOW
    breakers.note_failure("a", 0.1)
    assert breakers.rest_of("a") == REST
    assert breakers.rest_of("b") == NOW


def test_after_its_rest_it_is_tried_once(clock) -> None:
    breakers = Breakers()
    for _ in range(TRIES):
        breakers.note_failure("a", 0.1)
    clock[0] += REST.total_seconds()
    assert breakers.rest_of("a") == NOW
    breakers.note_failure("a", 0.1)
    assert breakers.rest_of("a") == REST
    clock[0] += REST.total_seconds()
    breakers.note_success("a", 0.1)
    breakers.note_failure("a", 0.1)
    assert breakers.rest_of("a") == NOW


def test_one_that_hangs_rests_at_once_and_one_that_is_slow_lets_others_go_first(clock) -> None:
    breakers = Breakers()
    breakers.note_failure("hangs", SLOW_SECONDS + 1)
    breakers.note_success("slow", SLOW_SECONDS + 1)
    assert (breakers.rest_of("hangs"), breakers.rest_of("slow")) == (REST, SLOW_REST)
