"""The words of followed thresholds."""

from fractions import Fraction

from mobility.domain.thresholds import ThresholdKind
from mobility.i18n.current import gettext as _
from mobility.i18n.formats import country_name, format_share

UNDEFINED = "—"


def threshold_words(kind: str, country_a: str, country_b: str, level_percent: int) -> str:
    """Return what is followed, as a sentence."""
    level = format_share(level_percent / 100)
    if kind == ThresholdKind.R_BELOW:
        return _("Weighted reciprocity falls below %(level)s", level=level)
    a, b = country_name(country_a), country_name(country_b)
    return _("The balance of %(a)s and %(b)s leaves the tolerance of %(level)s", a=a, b=b, level=level)


def measured_words(measured: str) -> str:
    """Return what was measured last, a dash where it is undefined."""
    return format_share(float(Fraction(measured))) if measured else UNDEFINED


def refusal_words(reason: str) -> str:
    """Return why a threshold cannot be followed."""
    return {
        "not_between": _("Give a whole number of per cent from 1 to 99."),
        "not_a_pair": _("Choose two states that the instrument links."),
    }.get(reason, _("This answer cannot be used."))
