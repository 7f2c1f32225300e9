"""The reciprocity report: is the exchange balanced, in people, days, money, places and service?"""

from mobility.web.reciprocity.views import blueprint

__all__ = ["blueprint"]
