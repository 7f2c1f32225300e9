"""The blueprint of everything around accounts, and what its views share."""

from flask import Blueprint, Response, current_app, request, url_for
from flask.blueprints import BlueprintSetupState

from mobility.domain.access import Actor
from mobility.i18n.accounts_labels import role_name, sealed_name
from mobility.i18n.formats import in_language

blueprint = Blueprint("accounts", __name__)


@blueprint.record_once
def give_words(state: BlueprintSetupState) -> None:
    """Let every template name roles, sealed fields, and what has a name per language."""
    state.app.jinja_env.globals.update(role_name=role_name, sealed_name=sealed_name, in_language=in_language)


@blueprint.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Pages with links that work once, or with what people typed, stay in no cache."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def network_address() -> str:
    """Return where a request comes from; behind a proxy what ProxyFix made of it."""
    return request.remote_addr or ""


def home_of(actor: Actor) -> str:
    """Return the page on which a person's work begins."""
    wanted = (
        ("desk.index", bool(actor.seats)),
        ("programmes.index", bool(actor.managed_programmes)),
        ("accounts.people", actor.is_administrator),
        ("audit.index", actor.is_auditor),
        ("cases.mine", not actor.is_staff),
        ("calls.index", True),
    )
    found = (url_for(name) for name, fits in wanted if fits and name in current_app.view_functions)
    return next(found, "/")
