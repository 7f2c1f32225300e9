"""Why this date: the page behind every legal date."""

from mobility.web.clocks.views import blueprint

__all__ = ["blueprint"]
