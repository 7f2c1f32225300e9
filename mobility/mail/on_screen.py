"""The words of a mail on a page of this site: the same templates, without the frame of a letter.

Used by the reader's own notices; what is shown is what was sent, in the language the reader has now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from jinja2 import Template, TemplateError
from markupsafe import Markup

from mobility.i18n import current_code, language_of
from mobility.i18n.current import gettext as _
from mobility.mail.messages import MailNotRendered, mail_environment

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenMail:
    """One message on a page: its subject, its body as markup, and what its link says."""

    subject: str
    body: Markup
    button: str


def subject_of(template: str, parameters: Mapping[str, Any]) -> str:
    """Return the subject in the current language; raises MailNotRendered."""
    return _tried(template, lambda: _subject(template, _facts(parameters, "")))


def show(template: str, parameters: Mapping[str, Any], site: str) -> ScreenMail:
    """Return a message in the current language; raises MailNotRendered."""

    def made() -> ScreenMail:
        facts = _facts(parameters, site)
        found = mail_environment().get_template(f"mail/{template}.html")
        body, button = _block(found, "main", facts), _block(found, "button", facts)
        return ScreenMail(subject=_subject(template, facts), body=body, button=str(button) or _("Open the case"))

    return _tried(template, made)


def _facts(parameters: Mapping[str, Any], site: str) -> dict[str, Any]:
    return {"language": language_of(current_code()), "site": site, **parameters}


def _subject(template: str, facts: Mapping[str, Any]) -> str:
    return mail_environment().get_template(f"mail/{template}.subject.txt").render(facts).strip()


def _block(template: Template, name: str, facts: Mapping[str, Any]) -> Markup:
    """Return one block of a template; nothing where it leaves that to its frame."""
    block = template.blocks.get(name)
    made = "" if block is None else "".join(block(template.new_context(dict(facts)))).strip()
    return Markup(made)  # noqa: S704 - the environment escapes what is not markup


def _tried(template: str, make: Callable[[], Made]) -> Made:
    try:
        return make()
    except (TemplateError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise MailNotRendered(f"{template} in {current_code()}: {type(error).__name__}: {error}") from error
