"""What stands in the top bar: only what this reader can use, the present page marked."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for

from mobility.domain.access import Role
from mobility.i18n import current_code
from mobility.i18n import lazy_gettext as _l
from mobility.web.shared.access import access_of, roles_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the top bar."""

    url: str
    words: str
    is_here: bool


# (endpoint, words, roles that see it; an empty set: everybody, {None}: applicants only)
_ENTRIES: tuple[tuple[str, Any, frozenset[Role | None]], ...] = (
    ("cases.mine", _l("My stay"), frozenset({None})),
    ("desk.index", _l("Desk"), frozenset({Role.OFFICER, Role.HEAD})),
    ("calls.index", _l("Open calls"), frozenset()),
    ("ask.index", _l("Ask about a date"), frozenset()),
    ("public_statistics.index", _l("Statistics"), frozenset()),
    ("programmes.index", _l("Programmes"), frozenset({Role.MANAGER})),
    ("treaties.index", _l("Law"), frozenset({Role.MANAGER, Role.OFFICER, Role.HEAD})),
    ("reciprocity.index", _l("Reciprocity"), frozenset({Role.MANAGER})),
    ("statements.index", _l("Statements"), frozenset({Role.MANAGER, Role.OFFICER, Role.HEAD})),
    ("accounts.people", _l("People"), frozenset({Role.ADMINISTRATOR})),
    ("offices.index", _l("Offices"), frozenset({Role.ADMINISTRATOR})),
    ("reminders.outbox", _l("Outbox"), frozenset({Role.ADMINISTRATOR})),
    ("flow_imports.index", _l("Imported flows"), frozenset({Role.ADMINISTRATOR})),
    ("audit.index", _l("Audit"), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
)


_NOT_FOR_STAFF = frozenset({"calls.index", "public_statistics.index"})
"""Staff have enough in their bar: the calls stand behind the product's name, the statistics at the foot."""


def _is_for(app: Flask, actor: Any, endpoint: str, roles: frozenset[Role | None]) -> bool:
    if endpoint not in app.view_functions:
        return False
    if endpoint in _NOT_FOR_STAFF:
        return actor is None or not actor.is_staff
    if not roles:
        return True
    if actor is None:
        return False
    if None in roles:
        return not actor.is_staff
    access = access_of(app, endpoint)
    return bool(access and access.admits(actor) and roles & roles_of(actor))


def navigation() -> tuple[Entry, ...]:
    """Return the links of the top bar for this reader."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return _entries(app, g.get("actor"), request.blueprint, current_code(), request.script_root)


@lru_cache(maxsize=1024)
def _entries(app: Flask, actor: Any, blueprint: str | None, code: str, root: str) -> tuple[Entry, ...]:
    """The language and where the application is mounted are in words and addresses: a bar is the same on every page."""
    return tuple(
        Entry(url_for(endpoint), str(words), endpoint.split(".")[0] == blueprint)
        for endpoint, words, roles in _ENTRIES
        if _is_for(app, actor, endpoint, roles)
    )
