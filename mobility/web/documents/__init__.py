"""Documents: sending them to an application, taking them back, and reading those one may see."""

from mobility.web.documents.views import blueprint

__all__ = ["blueprint"]
