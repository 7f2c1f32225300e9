"""The law for staff: instruments with parties and dates, provisions by stage, one provision with its history."""

from mobility.web.treaties.views import blueprint

__all__ = ["blueprint"]
