"""Offices, and the days entered in calendars, for administrators."""

from mobility.web.offices.views import blueprint

__all__ = ["blueprint"]
