"""Imports of flows for managers and administrators: send a file, see what it holds, count it, take it back."""

from mobility.web.flow_imports.views import blueprint

__all__ = ["blueprint"]
