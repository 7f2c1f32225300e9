"""The outbox on screen, for administrators only; the health check that a monitor asks."""

import pytest

from mobility.clock import utc_now
from mobility.mail.transport import PermanentlyRefused, TemporarilyRefused
from mobility.services.dispatch import dispatch_until_idle
from mobility.services.health import DISPATCH, note_job
from mobility.services.leases import take_lease
from mobility.storage.db import write_unit
from tests.factories import make_grant, make_office, make_officer, make_person
from tests.services.outbox_bench import Bench
from tests.web.forms import post, sentences, sign_in


@pytest.fixture
def bench(session, now):
    return Bench(session, now)


@pytest.fixture
def administrator(session, client):
    person = make_person(session, name="Admin")
    make_grant(session, person, "administrator")
    sign_in(client, person)
    return person


def given_up(bench) -> int:
    bench.put("a")
    bench.server.faults = [PermanentlyRefused("550 5.1.1 unknown user")]
    dispatch_until_idle(bench.post())
    return bench.row("a").id


def test_the_outbox_shows_first_what_was_given_up(client, bench, administrator) -> None:
    given_up(bench)
    bench.put("b")
    page = client.get("/outbox")
    said = sentences(page)
    assert page.status_code == 200
    assert "a@example.org" in page.text
    assert "b@example.org" not in page.text
    assert "given up (1)" in said
    assert "The mail server refused the address or the message for good." in page.text


@pytest.mark.parametrize("status", ["pending", "retry", "sent", "cancelled", "leased", "sending", "dead"])
def test_every_state_has_its_page(client, bench, administrator, status) -> None:
    bench.server.faults = [TemporarilyRefused("451 later"), None]
    bench.put("a")
    bench.put("b")
    dispatch_until_idle(bench.post())
    bench.put("c")
    assert client.get(f"/outbox?status={status}").status_code == 200


def test_a_state_that_does_not_exist_is_not_found(client, administrator) -> None:
    assert client.get("/outbox?status=lost").status_code == 404


def test_it_says_whether_mail_leaves_and_who_sends_it(client, session, administrator) -> None:
    page = client.get("/outbox")
    assert "mail does not leave" in page.text
    assert "start `mobility scheduler`" in page.text
    with write_unit(session) as unit:
        take_lease(unit, "host:1:abcd")
        note_job(unit, DISPATCH, started_at=utc_now(), now=utc_now(), counts={})
    page = client.get("/outbox")
    assert "mail leaves" in page.text
    assert "host:1:abcd" in page.text


def test_a_message_shows_its_attempts_and_goes_on_its_way_again(client, bench, administrator) -> None:
    message_id = given_up(bench)
    page = client.get(f"/outbox/{message_id}")
    assert "550 5.1.1 unknown user" in page.text
    assert "Send it on its way again" in page.text
    done = post(client, f"/outbox/{message_id}/requeue", page=f"/outbox/{message_id}", follow_redirects=True)
    assert "The message is on its way again." in done.text
    assert "Send it on its way again" not in done.text
    assert bench.row("a").status == "pending"


def test_putting_back_twice_changes_nothing_and_says_so(client, bench, administrator) -> None:
    message_id = given_up(bench)
    other = f"/outbox/{message_id}"
    post(client, f"{other}/requeue", page=other)
    dispatch_until_idle(bench.post())
    bench.put("b")
    bench.server.faults = [PermanentlyRefused("550")]
    dispatch_until_idle(bench.post())
    again = post(client, f"{other}/requeue", page=f"/outbox/{bench.row('b').id}")
    assert again.status_code == 409
    assert bench.row("a").status == "sent"


def test_a_form_without_its_token_is_refused(client, bench, administrator) -> None:
    message_id = given_up(bench)
    assert client.post(f"/outbox/{message_id}/requeue").status_code == 400
    assert bench.row("a").status == "dead"


def test_a_message_that_does_not_exist_is_not_found(client, administrator) -> None:
    assert client.get("/outbox/999999").status_code == 404


@pytest.mark.parametrize("address", ["/outbox", "/outbox/1"])
def test_nobody_else_sees_it(client, session, address) -> None:
    assert client.get(address).status_code == 302
    sign_in(client, make_officer(session, make_office(session)))
    assert client.get(address).status_code == 404


def test_the_monitor_sees_red_and_green(client, session) -> None:
    red = client.get("/health/ready")
    assert red.status_code == 503
    assert red.json == {
        "status": "failing",
        "problems": ["dispatcher_silent"],
        "lag_seconds": 0,
        "seconds_since_dispatch": None,
    }
    with write_unit(session) as unit:
        note_job(unit, DISPATCH, started_at=utc_now(), now=utc_now(), counts={})
    green = client.get("/health/ready")
    assert (green.status_code, green.json["status"]) == (200, "ok")
