"""Start page, language choice, health checks."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, request, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from mobility.clock import utc_now
from mobility.i18n import offered_locales
from mobility.services.health import check_readiness
from mobility.storage.db import db
from mobility.web.shared.access import public

blueprint = Blueprint("home", __name__)


def safe_target(target: str | None) -> str:
    """Return a path on this site to go back to; anything that could leave it becomes the start page.

    Browsers read a backslash as a slash and skip control characters, so neither may occur.
    """
    wanted = target or ""
    if wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable():
        return wanted
    return url_for("calls.index") if "calls.index" in current_app.view_functions else "/"


@blueprint.get("/language/<code>")
@public
def choose_language(code: str) -> Response:
    """Keep a language for this session and go back."""
    if code not in offered_locales():
        abort(404)
    session["locale"] = code
    return redirect(safe_target(request.args.get("next")))


@blueprint.get("/health/live")
@public
def live() -> tuple[dict[str, str], int]:
    """The process answers."""
    return {"status": "ok"}, 200


@blueprint.get("/health/database")
@public
def database() -> tuple[dict[str, str], int]:
    """The database answers; a failure is mapped to 503 by the error table."""
    db.session.execute(select(1), execution_options={"reviewed_core": True})
    return {"status": "ok"}, 200


@blueprint.get("/health/ready")
@public
def ready() -> tuple[dict[str, Any], int]:
    """Mail leaves the house: 503 when nothing dispatches any more or what is due waits too long."""
    found = check_readiness(db.session(), utc_now())
    facts: dict[str, Any] = {
        "status": "ok" if found.is_ready else "failing",
        "problems": list(found.problems),
        "lag_seconds": found.lag_seconds,
        "seconds_since_dispatch": found.silence_seconds,
    }
    return facts, 200 if found.is_ready else 503
