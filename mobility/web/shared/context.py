"""What every template may use; nothing here asks the database."""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup

from mobility.domain.access import Role
from mobility.i18n import WIRED, Language, current_code, direction_of, language_of, offered_locales
from mobility.i18n import formats as formats_of_day
from mobility.i18n.current import gettext, plural_form
from mobility.web.shared.access import roles_of
from mobility.web.shared.navigation import navigation


@lru_cache(maxsize=256)
def _language_links(spoken: str, here: str, root: str) -> list[tuple[Language, str]]:
    """Return the other languages, each with the address that changes to it and comes back; `root` is in all of them."""
    others = [language for language in WIRED if language.code in offered_locales() and language.code != spoken]
    return [(other, url_for("home.choose_language", code=other.code, next=here)) for other in others]


def _shared() -> dict[str, Any]:
    actor, code, here = g.get("actor"), current_code(), request.full_path.rstrip("?")
    return {
        "language": language_of(code),
        "language_links": _language_links(code, here, request.script_root),
        "actor": actor,
        "actor_name": g.get("actor_name", ""),
        "unread": g.get("unread", 0),
        "roles": roles_of(actor) if actor else frozenset(),
        "Role": Role,
    }


def _static_url(name: str) -> str:
    return _versioned(current_app.config["STATIC_VERSION"], request.script_root, name)


@lru_cache(maxsize=256)
def _versioned(version: str, root: str, name: str) -> str:
    return url_for("static", filename=name, v=version)


def _page_url(endpoint: str) -> str:
    return _address(endpoint, request.script_root)


@lru_cache(maxsize=256)
def _address(endpoint: str, root: str) -> str:
    """Return the address of a page that has no parts; `root` is in it, and there is one for each."""
    return url_for(endpoint)


def _iso(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=16384)
def _message(code: str, message: str) -> Markup:
    """Return a message of a template in the language that is spoken, whose code is the key."""
    return Markup(gettext(message))  # noqa: S704 - catalogues are ours, as templates are


def _words(message: str, /, **variables: Any) -> Markup:
    """Return a message as markup, its variables escaped: what Jinja's own gettext does, without a context per call."""
    text = _message(current_code(), message)
    return text % variables if variables or "%" in text else text


def _plural_words(singular: str, plural: str, num: int, /, **variables: Any) -> Markup:
    """Return the form that fits `num` as markup; `num` is among the variables."""
    return Markup(plural_form(singular, plural, num)) % ({"num": num} | variables)  # noqa: S704


def register_context(app: Flask) -> None:
    """Give templates their words, formats and filters."""
    app.context_processor(_shared)
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(gettext, plural_form, newstyle=True)  # type: ignore[attr-defined]
    # Jinja's wrappers make a new context for every string inside a loop: a third of the time of a long list
    env.globals.update(_=_words, gettext=_words, ngettext=_plural_words)
    env.globals.update(
        country_name=formats_of_day.country_name,
        direction_of=direction_of,
        navigation=navigation,
        days_phrase=formats_of_day.days_phrase,
        page_url=_page_url,
        static_url=_static_url,
    )
    env.filters.update(
        day=formats_of_day.format_date,
        instant=formats_of_day.format_instant,
        number=formats_of_day.format_number,
        share=formats_of_day.format_share,
        money=formats_of_day.format_money,
        iso=_iso,
    )
