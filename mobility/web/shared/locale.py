"""Chooses the language of a request: the address (?lang=), then the session, the profile, the browser."""

from flask import Response, g, request, session

from mobility.i18n import language_of, negotiate, offered_locales, set_locale


def choose_locale(profile: str | None) -> None:
    """Set the language for this request; only complete languages can be chosen."""
    offered = offered_locales()
    wanted = [request.args.get("lang", ""), session.get("locale", ""), profile or ""]
    found = next((code for code in wanted if code in offered), None)
    code = found or negotiate([tag for tag, _ in request.accept_languages], offered)
    set_locale(code)
    g.locale = code


def name_language(response: Response) -> Response:
    """Tell caches and readers which language a page is in."""
    if "locale" in g:
        response.headers["Content-Language"] = language_of(g.locale).tag
    return response
