"""Statements of what two states exchanged: freeze, sign, answer, correct, and check a hash."""

from mobility.web.statements.views import blueprint

__all__ = ["blueprint"]
