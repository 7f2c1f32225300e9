"""Statistics for everybody: tables that managers released, as page, CSV, JSON and picture."""

from mobility.web.public_statistics.views import blueprint

__all__ = ["blueprint"]
