"""How a finished message leaves: to a mail server, to a folder, or into a list for tests.

A transport says what became of one message and nothing else; whether and when to try again is decided in
`services/dispatch.py`. What matters is told apart by exception: nothing was handed over (try again), the server
refused this message for good, or the connection broke after the final dot and nobody can know (RFC 1047).
"""

import os
import re
import smtplib
import ssl
from datetime import UTC
from pathlib import Path
from select import select
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from mobility.clock import monotonic_seconds
from mobility.mail.wire import FinishedMail

TIMEOUT_SECONDS = 20
# Before the text is handed over a dialogue may take this long in all; far below the lease of a message.
PATIENCE_SECONDS = 80


# So long a server that answered is taken to be still there.
_FRESH_SECONDS = 1.0


class NotSent(Exception):
    """The message did not leave; `reply` is what the server or the system said."""

    def __init__(self, reply: str) -> None:
        self.reply = reply[:500]
        super().__init__(self.reply)


class RelayUnavailable(NotSent):
    """No server to talk to: refused, unknown, not trusted, or it will not serve us. Concerns every message."""


class TemporarilyRefused(NotSent):
    """This message was not taken now (4xx, or a connection lost before the final dot)."""


class PermanentlyRefused(NotSent):
    """This message will never be taken (5xx for its recipient or its content)."""


class OutcomeUnknown(NotSent):
    """The whole message was handed over and no answer came: it may have arrived."""


class Transport(Protocol):
    """The one interface of everything that carries messages."""

    def send(self, mail: FinishedMail) -> str:
        """Hand one message over and return the answer; raises a NotSent."""

    def rest(self) -> None:
        """Let go of connections; called whenever nothing more is due."""


class FolderTransport:
    """Writes each message as an .eml file; the names sort by time. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: FinishedMail) -> str:
        """Write the message; a disk that does not take it is like a server that is away."""
        moment = mail.written_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        token = re.sub(r"[^0-9A-Za-z]", "", mail.message_id.partition("@")[0])[:32]
        target = self._folder / f"{moment}-{token}.eml"
        unfinished = target.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as handle:
                handle.write(mail.content)
                handle.flush()
                os.fsync(handle.fileno())
            unfinished.replace(target)
        except OSError as error:
            raise RelayUnavailable(f"{error.strerror}: {self._folder}") from error
        return f"250 {target.name}"

    def rest(self) -> None:
        """Nothing to let go of."""


class SmtpTransport:
    """Speaks SMTP, one connection for as many messages as are due: opening one costs more than a message."""

    def __init__(self, address: SplitResult, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = address
        self._timeout = timeout_seconds
        self._open: smtplib.SMTP | None = None
        self._used_at = 0.0

    def send(self, mail: FinishedMail) -> str:
        """Hand one message over; a connection that went stale meanwhile is opened again once."""
        give_up_at = monotonic_seconds() + PATIENCE_SECONDS
        server = self._ready()
        try:
            _envelope(server, mail)
            if monotonic_seconds() > give_up_at:
                raise TemporarilyRefused(f"the server was too slow: over {PATIENCE_SECONDS} s before the text")
            _hand_over(server, mail.content)
            reply = _answer(server)
        except NotSent as error:
            self._used_at = 0.0  # the next message asks first whether the dialogue is where it should be
            if not isinstance(error, PermanentlyRefused):
                self._drop()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise TemporarilyRefused(_said(error)) from error
        self._used_at = monotonic_seconds()
        return reply

    def rest(self) -> None:
        """Say goodbye to the server, politely where it still listens."""
        if self._open is not None:
            try:
                self._open.quit()
            except (OSError, smtplib.SMTPException):
                self._open.close()
            self._open = None

    def _ready(self) -> smtplib.SMTP:
        """Return a server that listens; one that answered a moment ago is not asked again."""
        if self._open is not None:
            if monotonic_seconds() - self._used_at < _FRESH_SECONDS and not _has_spoken(self._open):
                return self._open
            try:
                if self._open.rset()[0] == 250:
                    return self._open
            except (OSError, smtplib.SMTPException):
                pass
            self._drop()
        try:
            self._open = self._connect()
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise RelayUnavailable(_said(error)) from error
        return self._open

    def _connect(self) -> smtplib.SMTP:
        scheme, host = self._address.scheme, self._address.hostname or "localhost"
        if scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._address.port or 465, timeout=self._timeout, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(
                host, self._address.port or (587 if "starttls" in scheme else 25), None, self._timeout
            )
        try:
            if scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self._address.username:
                server.login(unquote(self._address.username), unquote(self._address.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def make_transport(smtp_url: str, folder: Path) -> Transport:
    """Return the transport that a setting asks for; without one, mail is written to the folder.

    Raises ValueError for an address of another kind than smtp, smtp+starttls and smtps.
    """
    if not smtp_url:
        return FolderTransport(folder)
    address = urlsplit(smtp_url)
    if address.scheme not in ("smtp", "smtp+starttls", "smtps") or not address.hostname:
        raise ValueError(f"MOBILITY_SMTP_URL: not smtp://, smtp+starttls:// or smtps://: {address.scheme}://")
    return SmtpTransport(address)


def _envelope(server: smtplib.SMTP, mail: FinishedMail) -> None:
    """Name sender and recipient, both checked when the mail was written."""
    options = ""
    if not mail.recipient.isascii():
        if not server.has_extn("smtputf8"):
            raise PermanentlyRefused("the server does not take addresses in other scripts (SMTPUTF8)")
        options = " SMTPUTF8 BODY=8BITMIME"
        server.command_encoding = "utf-8"
    else:
        server.command_encoding = "ascii"
    code, said = server.docmd(f"MAIL FROM:<{mail.sender}>{options}")
    if code != 250:
        raise RelayUnavailable(_reply(code, said))  # our own sender: no other message would fare better
    _check(*server.docmd(f"RCPT TO:<{mail.recipient}>"), expected=(250, 251))


def _has_spoken(server: smtplib.SMTP) -> bool:
    """Tell whether something came in unasked: a server that takes its leave says so, or just closes."""
    return server.sock is None or bool(select([server.sock], [], [], 0)[0])


def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
    _check(*server.docmd("DATA"), expected=(354,))
    doubled = re.sub(rb"(?m)^\.", b"..", content)
    # An error here means that not all was handed over: the dot did not leave.
    server.send(doubled + (b"" if doubled.endswith(b"\r\n") else b"\r\n") + b".\r\n")


def _answer(server: smtplib.SMTP) -> str:
    try:
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise OutcomeUnknown(_said(error)) from error
    _check(code, said, expected=(250,))
    return _reply(code, said)


def _check(code: int, said: bytes, *, expected: tuple[int, ...]) -> None:
    if code in expected:
        return
    raise (PermanentlyRefused if 500 <= code < 600 and code != 503 else TemporarilyRefused)(_reply(code, said))


def _reply(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}"


def _said(error: Exception) -> str:
    code: Any = getattr(error, "smtp_code", None)
    if code is not None:
        said = getattr(error, "smtp_error", b"")
        return _reply(int(code), said if isinstance(said, bytes) else str(said).encode())
    return f"{type(error).__name__}: {error}"
