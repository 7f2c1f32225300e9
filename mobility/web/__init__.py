"""HTTP in, HTML out. Registers one blueprint per screen; a screen is parse, one service call, render."""

from flask import Flask

from mobility.web import (
    accounts,
    applications,
    ask,
    audit,
    calls,
    cases,
    clocks,
    desk,
    documents,
    flow_imports,
    home,
    notices,
    offices,
    programmes,
    public_statistics,
    reciprocity,
    reminders,
    statements,
    thresholds,
    treaties,
)
from mobility.web.shared.numbers import RowNumber

SCREENS = (
    home.blueprint,
    accounts.blueprint,
    offices.blueprint,
    audit.blueprint,
    reminders.blueprint,
    notices.blueprint,
    calls.blueprint,
    applications.blueprint,
    documents.blueprint,
    cases.blueprint,
    desk.blueprint,
    clocks.blueprint,
    ask.blueprint,
    reciprocity.blueprint,
    flow_imports.blueprint,
    statements.blueprint,
    public_statistics.blueprint,
    thresholds.blueprint,
    programmes.blueprint,
    treaties.blueprint,
)


def register_screens(app: Flask) -> None:
    """Attach every screen."""
    app.url_map.converters["int"] = RowNumber
    for blueprint in SCREENS:
        app.register_blueprint(blueprint)
