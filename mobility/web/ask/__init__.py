"""Ask about a date: any provision or body of rules, any day and place; open to everybody."""

from mobility.web.ask.views import blueprint

__all__ = ["blueprint"]
