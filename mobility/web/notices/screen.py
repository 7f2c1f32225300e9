"""The blueprint of everything around a person's notices, and what its views share."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

blueprint = Blueprint("notices", __name__)
Page = str | Response | tuple[str, int]


@blueprint.record_once
def take_one_click(state: BlueprintSetupState) -> None:
    """A mail program that refuses for its reader has no form of ours (RFC 8058); the signed address is what counts."""
    state.app.extensions["csrf"].exempt("mobility.web.notices.choosing.refuse_by_link")
