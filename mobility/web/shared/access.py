"""Who may reach a view. Every view carries exactly one of these declarations; one without is refused and fails a test.

What of the data the person then sees is the session's scope, not this: a case outside it answers 404.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from mobility.domain.access import SYSTEM, Actor, Role

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """The four audiences a view can declare."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Access:
    """The declaration attached to a view."""

    audience: Audience
    roles: frozenset[Role] = field(default_factory=frozenset)

    def admits(self, actor: Actor | None) -> bool:
        """Tell whether this person (None: not signed in) may reach the view."""
        if self.audience is Audience.PUBLIC:
            return True
        if actor is None:
            return False
        if self.audience is Audience.SIGNED_IN:
            return True
        if self.audience is Audience.STAFF:
            return actor.is_staff
        return bool(self.roles & roles_of(actor))


def roles_of(actor: Actor) -> frozenset[Role]:
    """Return every role a person holds anywhere."""
    held = {seat.role for seat in actor.seats}
    if actor.managed_programmes:
        held.add(Role.MANAGER)
    if actor.is_administrator:
        held.add(Role.ADMINISTRATOR)
    if actor.is_auditor:
        held.add(Role.AUDITOR)
    return frozenset(held)


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return _declare(view, Access(Audience.PUBLIC))


def signed_in(view: View) -> View:
    """Everybody with an account."""
    return _declare(view, Access(Audience.SIGNED_IN))


def staff_only(view: View) -> View:
    """Officers, heads, managers, administrators and auditors."""
    return _declare(view, Access(Audience.STAFF))


def needs_role(*roles: Role) -> Callable[[View], View]:
    """Only people who hold one of these roles somewhere; others get 404, as for any page that is not theirs."""
    return lambda view: _declare(view, Access(Audience.ROLES, frozenset(roles)))


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return what a view declared; static files are public."""
    if endpoint == "static":
        return Access(Audience.PUBLIC)
    return getattr(app.view_functions[endpoint], "access", None)


def current_actor() -> Actor:
    """Return who is signed in; inside a public view, SYSTEM with person 0 stands for nobody."""
    return g.get("actor") or SYSTEM


def is_signed_in() -> bool:
    """Tell whether somebody is signed in."""
    return g.get("actor") is not None


def enforce_access() -> Response | None:
    """Before each request: refuse what is undeclared, send strangers to sign in, hide what is not theirs."""
    if request.endpoint is None:
        return None  # no such address: the router's 404 or 405 follows
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise RuntimeError(f"view {request.endpoint} declares no access")
    actor = g.get("actor")
    if access.admits(actor):
        return None
    if actor is None and request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if actor is None:
        abort(401)
    return abort(404)
