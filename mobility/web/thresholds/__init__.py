"""Follow a threshold of reciprocity, and see the reviews that were called for."""

from mobility.web.thresholds.views import blueprint

__all__ = ["blueprint"]
