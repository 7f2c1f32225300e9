"""What became of a message is told exactly: taken, not now, never, or nobody knows."""

import select
import socket
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller

from mobility.mail.messages import RenderedMail
from mobility.mail.transport import (
    FolderTransport,
    OutcomeUnknown,
    PermanentlyRefused,
    RelayUnavailable,
    SmtpTransport,
    TemporarilyRefused,
    make_transport,
)
from tests.mail.letters import a_mail, lines_of, read
from tests.mail.smtp_server import CLOSE, HANG, faulty_server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def over():
    opened = []

    def make(url: str, timeout: float = 0.5) -> SmtpTransport:
        opened.append(SmtpTransport(urlsplit(url), timeout))
        return opened[-1]

    yield make
    for transport in opened:
        transport.rest()


class Keeper:
    def __init__(self) -> None:
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        return "250 kept"


@pytest.fixture
def keeper():
    handler = Keeper()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@pytest.mark.parametrize("locale", ["en", "fr", "ar", "zh"])
def test_a_message_arrives_as_it_was_sent(keeper, now, locale, over) -> None:
    handler, url = keeper
    transport = over(url, 5)
    mail = a_mail(now, locale=locale)
    assert transport.send(mail).startswith("250")
    (envelope,) = handler.envelopes
    assert envelope.rcpt_tos == ["a@example.org"]
    got, sent = read(envelope.content), read(mail.content)
    assert got["Subject"] == sent["Subject"]
    for kind in ("plain", "html"):
        assert lines_of(got, kind) == lines_of(sent, kind)


def test_lines_that_begin_with_a_dot_survive(keeper, now, over) -> None:
    handler, url = keeper
    words = RenderedMail(subject="S", text=".\n..two\n.\nend\n", html="<p>.</p>\n.\n", tag="en")
    over(url, 5).send(a_mail(now, words=words))
    got = read(handler.envelopes[0].content)
    assert got.get_body(("plain",)).get_content().split() == [".", "..two", ".", "end"]
    over(url, 5).send(replace(a_mail(now), content=b".\r\n..two\r\n.\r\nend"))
    assert handler.envelopes[1].content == b".\r\n..two\r\n.\r\nend\r\n"


def test_many_messages_share_a_connection(now, over) -> None:
    with faulty_server() as server:
        transport = over(server.url)
        for _ in range(3):
            transport.send(a_mail(now))
        assert (server.connections, len(server.accepted)) == (1, 3)


def test_a_server_that_answered_a_moment_ago_is_not_asked_whether_it_is_there(now, over) -> None:
    with faulty_server({"RSET": CLOSE}) as server:
        transport = over(server.url)
        for _ in range(2):
            transport.send(a_mail(now))
        assert (server.connections, len(server.accepted)) == (1, 2)


def test_a_server_that_took_its_leave_is_met_again(now, over) -> None:
    with faulty_server({"after": CLOSE}) as server:
        transport = over(server.url)
        transport.send(a_mail(now))
        select.select([transport._open.sock], [], [], 5)
        transport.send(a_mail(now))
        assert (server.connections, len(server.accepted)) == (2, 2)


def test_a_connection_that_went_stale_is_opened_again(now, monkeypatch, over) -> None:
    monkeypatch.setattr("mobility.mail.transport._FRESH_SECONDS", -1)
    with faulty_server({"RSET": CLOSE}) as server:
        transport = over(server.url)
        for _ in range(2):
            transport.send(a_mail(now))
        assert (server.connections, len(server.accepted)) == (2, 2)


@pytest.mark.parametrize(
    ("faults", "outcome"),
    [
        ({"greeting": "421 busy"}, RelayUnavailable),
        ({"greeting": "554 no service"}, RelayUnavailable),
        ({"greeting": CLOSE}, RelayUnavailable),
        ({"greeting": HANG}, RelayUnavailable),
        ({"MAIL": "530 authenticate first"}, RelayUnavailable),
        ({"RCPT": "451 later"}, TemporarilyRefused),
        ({"RCPT": "421 closing"}, TemporarilyRefused),
        ({"RCPT": HANG}, TemporarilyRefused),
        ({"RCPT": "550 unknown"}, PermanentlyRefused),
        ({"DATA": "451 later"}, TemporarilyRefused),
        ({"DATA": "552 full"}, PermanentlyRefused),
        ({"dot": "451 later"}, TemporarilyRefused),
        ({"dot": "552 too large"}, PermanentlyRefused),
        ({"dot": CLOSE}, OutcomeUnknown),
        ({"dot": HANG}, OutcomeUnknown),
    ],
)
def test_each_fault_is_told_for_what_it_is(now, faults, outcome, over) -> None:
    with faulty_server(faults) as server, pytest.raises(outcome):
        over(server.url, 0.3).send(a_mail(now))


def test_a_reset_while_the_text_is_handed_over_is_not_taken_for_success(now, over) -> None:
    with faulty_server({"text": CLOSE}) as server:
        with pytest.raises((TemporarilyRefused, OutcomeUnknown)):
            over(server.url).send(a_mail(now))
        assert server.accepted == []


def test_a_slow_answer_is_still_an_answer(now, over) -> None:
    with faulty_server({"dot": 0.4}) as server:
        assert over(server.url, 2).send(a_mail(now)) == "250 taken"


def test_a_server_that_drags_on_is_left_before_the_text(now, monkeypatch, over) -> None:
    monkeypatch.setattr("mobility.mail.transport.PATIENCE_SECONDS", -1)
    with faulty_server() as server, pytest.raises(TemporarilyRefused, match="too slow"):
        over(server.url).send(a_mail(now))


def test_nobody_listens(now, over) -> None:
    with pytest.raises(RelayUnavailable, match="refused"):
        over(f"smtp://127.0.0.1:{free_port()}").send(a_mail(now))


def test_a_host_that_does_not_exist(now, over) -> None:
    with pytest.raises(RelayUnavailable):
        over("smtp://no-such-host.invalid:25").send(a_mail(now))


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_an_unsafe_connection_is_never_used_instead_of_a_safe_one(now, scheme, over) -> None:
    with faulty_server() as server, pytest.raises(RelayUnavailable):
        over(f"{scheme}://127.0.0.1:{server.port}").send(a_mail(now))
    assert server.accepted == []


def test_an_address_in_another_script_needs_a_server_that_takes_it(now, over) -> None:
    with faulty_server() as server, pytest.raises(PermanentlyRefused, match="SMTPUTF8"):
        over(server.url).send(a_mail(now, to="ليلى@example.org"))


def test_an_address_in_another_script_is_handed_over_where_it_is_taken(now, over) -> None:
    with faulty_server({"EHLO": "250-here\r\n250-8BITMIME\r\n250 SMTPUTF8"}) as server:
        over(server.url).send(a_mail(now, to="ليلى@example.org"))
        assert "ليلى@example.org".encode() in server.accepted[0]


def test_a_refused_recipient_does_not_touch_the_next(now, over) -> None:
    with faulty_server({"RCPT": "550 unknown"}) as server:
        transport = over(server.url)
        with pytest.raises(PermanentlyRefused):
            transport.send(a_mail(now))
        server.faults.clear()
        assert transport.send(a_mail(now)) == "250 taken"


def test_the_folder_takes_whole_files_named_by_time(tmp_path, now) -> None:
    transport = FolderTransport(tmp_path / "mail")
    reply = transport.send(a_mail(now))
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "20261214T090000Z-0123456789abcdef13.eml"
    assert reply == f"250 {file.name}"
    assert read(file.read_bytes())["To"] == "a@example.org"


def test_a_folder_that_cannot_be_written_is_like_a_server_that_is_away(tmp_path, now) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(RelayUnavailable, match="mail"):
        FolderTransport(tmp_path / "mail").send(a_mail(now))


def test_the_setting_chooses_the_transport(tmp_path) -> None:
    assert isinstance(make_transport("", tmp_path), FolderTransport)
    assert isinstance(make_transport("smtps://u:p@relay.example:465", tmp_path), SmtpTransport)
    for wrong in ("http://relay.example", "smtp://", "relay.example:25"):
        with pytest.raises(ValueError, match="MOBILITY_SMTP_URL"):
            make_transport(wrong, tmp_path)
