"""Server-side sessions: the cookie holds a random token, the database the rest, so a session can be ended.

What a session row is and when it dies is decided in `services/sessions.py`; this is only Flask's side of it.
"""

from typing import Any

from flask import Flask, Request, Response, has_app_context
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from mobility.clock import utc_now
from mobility.services import sessions
from mobility.services.people import KnownPerson
from mobility.settings import Settings
from mobility.storage.db import db, write_unit
from mobility.storage.scope import set_scope

_READING = ("GET", "HEAD")
"""What only reads goes on in the transaction in which its session was read."""


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls `session`; `token` is what the cookie carries, empty until there is something to keep."""

    def __init__(
        self, data: dict[str, Any], token: str = "", *, is_stale: bool = False, known: KnownPerson | None = None
    ) -> None:
        def on_update(_: Any) -> None:
            self.modified = True
            self.accessed = True

        super().__init__(data, on_update)
        self.token = token
        self.modified = False
        self.is_stale = is_stale
        self.known = known  # who it was when the session was read; what they hold was read with it
        self.rotate = False

    def renew(self) -> None:
        """Take a new token at the end of this request: at sign-in, so that a planted cookie is worthless."""
        self.rotate = True
        self.modified = True


def _own_session() -> Session:
    """Return a database session that sees no case data at all."""
    own = db.session()
    set_scope(own, ())
    return own


class DatabaseSessions(SessionInterface):
    """Reads and writes `ServerSession` around each request, in short transactions of its own."""

    def __init__(self, settings: Settings) -> None:
        self._lifetime = sessions.Lifetime(idle_minutes=settings.session_idle_minutes, hours=settings.session_hours)
        self._secure = settings.is_served_securely
        self.cookie = "__Host-mobility" if self._secure else "mobility"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Load what the cookie points at; an unknown, ended or expired token gives an empty session."""
        token = request.cookies.get(self.cookie, "")
        if not token or request.path.startswith(app.static_url_path or "/static"):
            return ServerSession({})
        own = _own_session()
        found = sessions.find_session(own, token, utc_now(), self._lifetime)
        if request.method not in _READING:
            own.rollback()  # without WAL, a reader blocks a commit: what a change does first may take long
        if found is None:
            return ServerSession({}, is_stale=True)
        return ServerSession(dict(found.data), token, is_stale=found.is_stale, known=found.known)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; an emptied session is ended and its cookie taken back."""
        assert isinstance(session, ServerSession)
        if session.accessed:
            response.vary.add("Cookie")
        is_ended = not session and bool(session.token)
        if not is_ended and (not session or not (session.modified or session.is_stale)):
            return
        if has_app_context():
            # Without WAL, a reader blocks a commit: end what this request still reads before writing beside it.
            db.session.rollback()
        if is_ended:
            with app.app_context(), write_unit(_own_session()) as unit:
                sessions.end_session(unit, session.token)
            response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
            return
        with app.app_context(), write_unit(_own_session()) as unit:
            token = sessions.save_session(
                unit, "" if session.rotate else session.token, dict(session), utc_now(), self._lifetime
            )
            if session.rotate and session.token:
                sessions.end_session(unit, session.token)
        if token != session.token:
            response.set_cookie(self.cookie, token, path="/", secure=self._secure, httponly=True, samesite="Lax")
