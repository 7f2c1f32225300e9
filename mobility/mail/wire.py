"""Writes a rendered mail as the bytes that travel: headers, a text part, an HTML part.

Made by hand, because the standard library's message object costs more than everything else that sending needs (goal 14
of the benchmarks); that object reads the result in the tests. Nothing that came from outside can add a header: what is
not one line of text is refused. Seven bits on the wire, so that no server has to re-encode anything; only an address
that cannot be written in ASCII travels as UTF-8 (RFC 6531).
"""

import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from hashlib import sha256

from mobility.mail.messages import RenderedMail

_NOT_IN_A_LOCAL_PART = frozenset(' "(),:;<>@[\\]')
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ORDINARY = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE_LENGTH = 68  # with the longest name of a header below 78
_WORD_BYTES = 42  # in base64 and its frame under the 75 characters of one encoded word
_MOSTLY_FOREIGN = 1 / 4  # above this share of other scripts, base64 is shorter than quoted-printable


class HeaderRefused(Exception):
    """An address or a subject holds what a header cannot hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedMail:
    """A message ready to leave: the envelope and the bytes. `sender` and `recipient` are bare addresses."""

    key: str
    message_id: str
    sender: str
    recipient: str
    written_at: datetime
    content: bytes


def write_mail(
    mail: RenderedMail, *, sender: str, to: str, message_id: str, key: str, now: datetime, unsubscribe: str = ""
) -> FinishedMail:
    """Return the message ready for a transport; raises HeaderRefused for anything that could forge a header.

    `unsubscribe` is the address that ends mail of this sort; over https a mail program may use it by itself (RFC 8058).
    """
    author, sender_address = _author(sender)
    recipient = _address(to)
    boundary = "=_" + sha256(message_id.encode()).hexdigest()[:32]  # "=_" never occurs in what is encoded below
    headers = (
        f"From: {author}",
        f"To: {recipient}",
        f"Subject: {_words(mail.subject)}",
        f"Date: {format_datetime(now)}",
        f"Message-ID: {_line(message_id)}",
        "Auto-Submitted: auto-generated",
        f"X-Mobility-Reminder: {_line(key) if key.isascii() else _words(key)}",
        *_unsubscribing(unsubscribe),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        f"Content-Language: {_line(mail.tag)}",
    )
    border = f"--{boundary}".encode()
    parts = (*_part("plain", mail.text), border, *_part("html", mail.html))
    content = b"\r\n".join(("\r\n".join(headers).encode(), b"", border, *parts, border + b"--", b""))
    return FinishedMail(
        key=key,
        message_id=message_id,
        sender=sender_address,
        recipient=recipient,
        written_at=now,
        content=content,
    )


def _unsubscribing(address: str) -> tuple[str, ...]:
    """Return the headers of RFC 2369 and RFC 8058."""
    if not address:
        return ()
    if not address.isascii() or set(address) & set("<> "):
        raise HeaderRefused(f"not an address: {address!r}")
    listed = f"List-Unsubscribe: <{_line(address)}>"
    is_safe = address.startswith("https://")
    return (listed, "List-Unsubscribe-Post: List-Unsubscribe=One-Click") if is_safe else (listed,)


def _part(subtype: str, text: str) -> tuple[bytes, bytes, bytes]:
    """Return the headers, the empty line and the body of one part."""
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    lines = _LINE_END.sub("\r\n", text if text.endswith("\n") else text + "\n").encode()
    if foreign > len(text) * _MOSTLY_FOREIGN:
        encoding, body = "base64", encodebytes(lines).replace(b"\n", b"\r\n")
    else:
        encoding, body = "quoted-printable", b2a_qp(lines, istext=True)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}'
    return head.encode(), b"", body


def _words(text: str) -> str:
    """Return a header's text in lines that fit: as it is where that can be, in encoded words elsewhere (RFC 2047)."""
    pieces = _line(text).split(" ")
    if text.isascii() and "=?" not in text and max(map(len, pieces)) <= _LINE_LENGTH:
        return _folded(pieces)
    chunks = [""]
    for character in text:
        if len((chunks[-1] + character).encode()) > _WORD_BYTES:
            chunks.append("")
        chunks[-1] += character
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk.encode()).decode()}?=" for chunk in chunks)


def _folded(pieces: list[str]) -> str:
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if piece and len(lines[-1]) + len(piece) >= _LINE_LENGTH:
            lines.append(piece)
        else:
            lines[-1] += " " + piece
    return "\r\n ".join(lines)


def _line(text: str) -> str:
    if _CONTROL.search(text):
        raise HeaderRefused(f"not one line of text: {text!r}")
    return text


@lru_cache(maxsize=8)
def _author(sender: str) -> tuple[str, str]:
    """Return the From header and the bare address behind it."""
    name, spec = parseaddr(_line(sender))
    try:
        header = SMTP.header_factory("From", (Address(display_name=name, addr_spec=spec),))
        folded: str = header.fold(policy=SMTP)
    except (ValueError, MessageError, IndexError) as error:
        raise HeaderRefused(f"not a sender: {sender!r}") from error
    return folded.partition(":")[2].strip(), spec


def _address(text: str) -> str:
    """Return exactly one address; a domain in another script is written in ASCII (RFC 5891)."""
    if _ORDINARY.fullmatch(text):
        return text
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        if not local.isascii() and local.isprintable() and not _NOT_IN_A_LOCAL_PART & set(local):
            return Address(username=local, domain=ascii_domain).addr_spec
        return Address(addr_spec=f"{local}@{ascii_domain}").addr_spec
    except (ValueError, MessageError, IndexError) as error:
        raise HeaderRefused(f"not an address: {text!r}") from error
