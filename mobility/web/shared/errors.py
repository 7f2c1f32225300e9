"""One table from what went wrong to a page and a status code. Services know nothing of either."""

import sqlite3
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from mobility.domain.accounts import LastAdministrator, LinkSpent, TooManyTries
from mobility.domain.applications.vocabulary import AlreadySent, CallClosed, SectionsIncomplete
from mobility.domain.documents import DocumentGone
from mobility.domain.errors import (
    ChangedMeanwhile,
    DomainError,
    InvalidInput,
    NotFound,
    NotPermitted,
    TransitionNotPermitted,
)
from mobility.domain.reciprocity.cube import CannotBeProtected
from mobility.domain.statements import StatementReplaced
from mobility.files.typesetting import NotTypeset
from mobility.i18n import current_code, language_of, set_locale
from mobility.i18n.labels import error_sentence
from mobility.loading import deferred
from mobility.services.cases import CaseNotReadyToClose
from mobility.services.clocks import ExtensionNotAllowed

if TYPE_CHECKING:
    import structlog
else:
    structlog = deferred("structlog")

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotPermitted: 403,
    TransitionNotPermitted: 409,
    ChangedMeanwhile: 409,
    InvalidInput: 422,
    LastAdministrator: 409,
    LinkSpent: 410,
    AlreadySent: 409,
    CallClosed: 409,
    SectionsIncomplete: 422,
    DocumentGone: 410,
    CaseNotReadyToClose: 409,
    ExtensionNotAllowed: 409,
    StatementReplaced: 409,
    CannotBeProtected: 409,
    NotTypeset: 422,
    TooManyTries: 429,
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a domain error; what the table does not name is the program's own fault."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def _page(status: int, sentence: str = "") -> tuple[str, int]:
    return render_template("errors/error.html", status=status, sentence=sentence), status


def _on_domain_error(error: DomainError) -> tuple[str, int]:
    status = status_of(error)
    if status == 500:
        structlog.get_logger().error("domain_error_unmapped", code=error.code, exc_info=error)
    return _page(status, error_sentence(error) if status not in (404, 500) else "")


def _on_http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code is None or error.code < 400 or isinstance(error, SecurityError):
        return error  # for a host that is not ours no address can be built, so none of our pages either
    return _page(error.code)


def _on_csrf_error(error: CSRFError) -> tuple[str, int]:
    return render_template("errors/csrf.html"), 400


def _on_stale(error: StaleDataError) -> tuple[str, int]:
    return _page(409, error_sentence(ChangedMeanwhile()))


def _on_database_error(error: DBAPIError | sqlite3.OperationalError) -> tuple[str, int, dict[str, str]]:
    """Missing, locked, full or read-only database: say so plainly, without touching the database again."""
    structlog.get_logger().error("database_unavailable", error=type(getattr(error, "orig", error)).__name__)
    g.actor = None
    set_locale(g.get("locale", "en"))
    page = current_app.jinja_env.get_template("errors/unavailable.html")  # the session may be what could not be opened
    return page.render(language=language_of(current_code())), 503, {"Retry-After": "30"}


def _on_data_error(error: DataError) -> tuple[str, int]:
    """A value that the database cannot hold (a NUL in a text, a number without end) came in with the request."""
    structlog.get_logger().warning("value_refused_by_database", error=type(error.orig).__name__)
    return _page(400)


def _on_crash(error: InternalServerError) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    cause = error.original_exception
    if isinstance(cause, OperationalError | sqlite3.OperationalError):
        return _on_database_error(cause)  # while a session was opened or kept, where no other handler is asked
    structlog.get_logger().error("request_failed", exc_info=error)
    return _page(500)


def register_error_pages(app: Flask) -> None:
    """Attach the table to the application."""
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(StaleDataError, _on_stale)
    app.register_error_handler(OperationalError, _on_database_error)
    app.register_error_handler(DataError, _on_data_error)
    app.register_error_handler(sqlite3.OperationalError, _on_database_error)
    if not app.testing:
        app.register_error_handler(500, _on_crash)
