"""Builds the web application: the only place where settings, database, languages, sign-in and screens meet."""

import gc
import hashlib
from pathlib import Path

from flask import Flask, g
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from mobility.files.of_session import Files
from mobility.files.store import FileStoreUnknown, store_at
from mobility.resources import resource_dir
from mobility.services.passwords import use_cheap_hashes
from mobility.settings import Settings, SettingsRefused, load_settings
from mobility.storage.db import db, install_engine_hooks
from mobility.web import register_screens
from mobility.web.shared.access import enforce_access
from mobility.web.shared.context import register_context
from mobility.web.shared.errors import register_error_pages
from mobility.web.shared.headers import add_security_headers
from mobility.web.shared.locale import name_language
from mobility.web.shared.people import begin_request, load_signed_in
from mobility.web.shared.sessions import DatabaseSessions

_COLLECT_AFTER = (20_000, 20, 20)
"""A page makes thousands of objects that die by themselves: to look at them after each 700 costs a fifth of it."""
STATIC = Path(__file__).resolve().parent / "web" / "static"


def create_app(settings: Settings | None = None) -> Flask:
    """Return a ready application; raises SettingsRefused when the settings are unsafe."""
    settings = settings or load_settings()
    app = Flask("mobility", static_folder=str(STATIC), template_folder=str(resource_dir("templates")))
    _configure(app, settings)
    db.init_app(app)
    with app.app_context():
        install_engine_hooks(db.engine)
    app.session_interface = DatabaseSessions(settings)
    _sign_in_state(app)
    register_context(app)
    register_error_pages(app)
    app.before_request(begin_request)
    CSRFProtect(app)  # after the scope is fixed: the page that refuses a form asks who is reading
    app.before_request(enforce_access)
    app.after_request(name_language)
    app.after_request(add_security_headers)
    register_screens(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if settings.environment == "testing":
        use_cheap_hashes()
    else:
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app, root=str(STATIC), prefix="static/", max_age=31536000, add_headers_function=_static_headers
        )
        gc.freeze()  # what is loaded now lives for ever; not walking it takes p99 of a page from 35 to 8 ms
        gc.set_threshold(*_COLLECT_AFTER)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_address,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.database_address.startswith("sqlite")},
        MAX_CONTENT_LENGTH=(settings.upload_megabytes + 1) * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=300,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open overnight must still keep what was typed
        WTF_CSRF_SSL_STRICT=True,
        FILES=_files(settings),
        STATIC_VERSION=_static_version(),
        TEMPLATES_AUTO_RELOAD=settings.environment == "development",
        TESTING=settings.environment == "testing",
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _files(settings: Settings) -> Files:
    try:
        store = store_at(settings.files_url, settings.instance / "files")
    except FileStoreUnknown as error:
        raise SettingsRefused(str(error)) from error
    return Files(store=store, megabytes=settings.upload_megabytes)


def _static_version() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _static_headers(headers: dict[str, str], path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _sign_in_state(app: Flask) -> None:
    login = LoginManager(app)
    login.session_protection = None  # the session is server-side and ends on any credential change
    login.user_loader(load_signed_in)

    @app.teardown_request
    def forget(error: BaseException | None) -> None:
        g.pop("actor", None)
