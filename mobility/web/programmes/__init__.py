"""Programmes for their managers: list, page, routes and calls; new ones are made by administrators."""

from mobility.web.programmes import calls, routes, views
from mobility.web.programmes.screen import blueprint

__all__ = ["blueprint", "calls", "routes", "views"]
