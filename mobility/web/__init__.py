"""HTTP in, HTML out. Registers one blueprint per screen; a screen is parse, one service call, render."""

from flask import Flask

from mobility.web import accounts, applications, audit, calls, documents, home, offices, reciprocity, reminders

SCREENS = (
    home.blueprint,
    accounts.blueprint,
    offices.blueprint,
    audit.blueprint,
    reminders.blueprint,
    calls.blueprint,
    applications.blueprint,
    documents.blueprint,
    reciprocity.blueprint,
)


def register_screens(app: Flask) -> None:
    """Attach every screen."""
    for blueprint in SCREENS:
        app.register_blueprint(blueprint)
