"""Applying: the task list, its sections, checking and sending."""

from mobility.web.applications import section_views
from mobility.web.applications.views import blueprint

__all__ = ["blueprint", "section_views"]
