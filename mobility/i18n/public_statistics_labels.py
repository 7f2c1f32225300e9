"""The words of public statistics: hidden figures, fields of work, and why a table cannot be released."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mobility.i18n.applications_labels import discipline_name
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import country_name, format_number

STATISTICS_ERRORS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "cannot_be_protected": _l(
            "Together with the table that was released before, this one would give a small figure away. "
            "It cannot be released."
        ),
    }
)
REFUSALS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "period_not_over": _l("This accounting year has not ended yet."),
        "overlaps_a_release": _l(
            "A table for other first and last days was released. Two tables that overlap would give figures away."
        ),
        "nothing_new": _l("This table was released already and nothing in it has changed."),
    }
)
UNSPECIFIED: Final = "_U"


def refusal_words(reason: str) -> str:
    """Return why a table cannot be released."""
    return str(REFUSALS.get(reason) or _("This table cannot be released."))


def field_name(code: str) -> str:
    """Return a field of work in words."""
    return _("not stated") if code == UNSPECIFIED else discipline_name(code)


def figure(value: int | None) -> str:
    """Return a figure, or the one neutral word for a hidden one."""
    return _("hidden") if value is None else format_number(value)


def direction(origin: str, host: str) -> str:
    """Return where people came from and went."""
    return _("%(a)s to %(b)s", a=country_name(origin), b=country_name(host))
