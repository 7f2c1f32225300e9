"""The outbox, for administrators: what leaves the house, what will, how it looks, and whether anybody sends it."""

from mobility.web.reminders import ahead
from mobility.web.reminders.views import blueprint

__all__ = ["ahead", "blueprint"]
