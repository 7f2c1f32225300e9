"""Makes the words of a mail from `templates/mail/<template>.{subject.txt,txt,html}` in the reader's language.

A template gets codes and facts, never the database; which message goes to whom is decided in `services`, what travels
in `wire`, how it leaves in `transport`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from mobility.i18n import WIRED, language_of, use_locale
from mobility.i18n.current import gettext, plural_form
from mobility.i18n.locales import SOURCE
from mobility.mail.words import WORDS
from mobility.resources import resource_dir

_MANY_EMPTY_LINES = re.compile(r"\n{3,}")


class MailNotRendered(Exception):
    """A template is missing, broken, or was not given what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMail:
    """The words of one message in one language; `tag` is that language's."""

    subject: str
    text: str
    html: str
    tag: str


@cache
def mail_environment() -> Environment:
    """Return the environment of mail templates, made once."""
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
            subject = mail_environment().get_template(f"mail/{template}.subject.txt").render(facts).strip()
            facts["subject"] = subject
            words = mail_environment().get_template(f"mail/{template}.txt").render(facts)
            text = _MANY_EMPTY_LINES.sub("\n\n", words)
            html = mail_environment().get_template(f"mail/{template}.html").render(facts)
    except (TemplateError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise MailNotRendered(f"{template} in {code}: {type(error).__name__}: {error}") from error
    return RenderedMail(subject=subject, text=text, html=html, tag=language.tag)


def _link(site: str, path: object) -> str:
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//") or not path.isprintable():
        raise MailNotRendered(f"not a path on this site: {path!r}")
    return site + path
