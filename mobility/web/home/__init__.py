"""The start page and the small pages that belong to nobody else: language choice, health."""

from mobility.web.home.views import blueprint

__all__ = ["blueprint"]
