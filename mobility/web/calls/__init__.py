"""Open calls: the start page and the page of one call."""

from mobility.web.calls.views import blueprint

__all__ = ["blueprint"]
