"""The outbox, for administrators: what leaves the house, what could not, and whether anybody sends it."""

from mobility.web.reminders.views import blueprint

__all__ = ["blueprint"]
