"""Makes a mail: words from `templates/mail/<template>.{subject.txt,txt,html}` in the reader's language, then headers.

A template gets codes and facts, never the database; which message goes to whom is decided in `services`, how it
leaves in `transport`. Nothing that came from outside can add a header: a line break in one is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from mobility.i18n import WIRED, language_of, use_locale
from mobility.i18n.current import gettext, plural_form
from mobility.i18n.locales import SOURCE
from mobility.mail.words import WORDS
from mobility.resources import resource_dir

# 7 bits on the wire: a server without 8BITMIME then never has to refuse, and nothing is re-encoded on the way.
_PLAIN = SMTP.clone(cte_type="7bit")
_WIDE = _PLAIN.clone(utf8=True)  # RFC 6531, only for addresses that cannot be written in ASCII
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")
_NOT_IN_A_LOCAL_PART = frozenset(' "(),:;<>@[\\]')


class MailNotRendered(Exception):
    """A template is missing, broken, or was not given what it needs."""


class HeaderRefused(Exception):
    """An address or a subject holds what a header cannot hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMail:
    """The words of one message in one language; `tag` is that language's."""

    subject: str
    text: str
    html: str
    tag: str


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource_dir("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_callables(gettext, plural_form, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(WORDS)
    return environment


def template_names() -> tuple[str, ...]:
    """Return the names of all mail templates, in order."""
    folder = resource_dir("templates") / "mail"
    return tuple(sorted(path.name.removesuffix(".subject.txt") for path in folder.glob("*.subject.txt")))


def render(template: str, locale: str, parameters: Mapping[str, Any], address_of_site: str) -> RenderedMail:
    """Return the message in that language, in English where the language is not wired.

    Raises MailNotRendered naming the template and what it lacks.
    """
    code = locale if locale in {language.code for language in WIRED} else SOURCE
    language = language_of(code)
    facts = {"language": language, "site": address_of_site, **parameters}
    if "path" in parameters:
        facts["link"] = _link(address_of_site, parameters["path"])
    try:
        with use_locale(code):
            subject = _environment().get_template(f"mail/{template}.subject.txt").render(facts).strip()
            facts["subject"] = subject
            text = _MANY_EMPTY_LINES.sub("\n\n", _environment().get_template(f"mail/{template}.txt").render(facts))
            html = _environment().get_template(f"mail/{template}.html").render(facts)
    except (TemplateError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise MailNotRendered(f"{template} in {code}: {type(error).__name__}: {error}") from error
    return RenderedMail(subject=subject, text=text, html=html, tag=language.tag)


def _link(site: str, path: object) -> str:
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//") or not path.isprintable():
        raise MailNotRendered(f"not a path on this site: {path!r}")
    return site + path


def build_message(
    mail: RenderedMail, *, sender: str, to: str, message_id: str, key: str, now: datetime
) -> EmailMessage:
    """Return the message ready for a transport; raises HeaderRefused for anything that could forge a header."""
    recipient = _address(to)
    message = EmailMessage(policy=_PLAIN if recipient.addr_spec.isascii() else _WIDE)
    name, spec = parseaddr(sender)
    if not sender.isprintable():
        raise HeaderRefused(f"not a sender: {sender!r}")
    try:
        message["From"] = Address(display_name=name, addr_spec=spec)
        message["To"] = recipient
        message["Subject"] = mail.subject
        message["Date"] = now
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        message["X-Mobility-Reminder"] = key
    except (ValueError, MessageError, IndexError) as error:
        raise HeaderRefused(str(error)) from error
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    message["Content-Language"] = mail.tag  # last: making an alternative moves Content-* into the first part
    return message


def _address(text: str) -> Address:
    """Return exactly one address; a domain in another script is written in ASCII (RFC 5891)."""
    local, _, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
        if not local.isascii() and local.isprintable() and not _NOT_IN_A_LOCAL_PART & set(local):
            return Address(username=local, domain=ascii_domain)
        return Address(addr_spec=f"{local}@{ascii_domain}")
    except (ValueError, MessageError, IndexError) as error:
        raise HeaderRefused(f"not an address: {text!r}") from error
