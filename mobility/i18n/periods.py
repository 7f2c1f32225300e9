"""The length of a legal period in words: "15 working days", "3 weeks and 2 working days", "6 months before".

Only words for what a provision says; how the days are then counted is explained with each date.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from babel.lists import format_list

from mobility.i18n.current import current_code, ngettext
from mobility.i18n.current import gettext as _
from mobility.i18n.formats import format_number

_STEP: Final = re.compile(r"([0-9]+)(h|d|wd|w|m|y)", re.ASCII)
_UNIT_OF_STEP: Final = MappingProxyType(
    {"h": "hours", "d": "days", "wd": "working_days", "w": "weeks", "m": "months", "y": "years"}
)
_WORDS: Final[MappingProxyType[str, Callable[[int], str]]] = MappingProxyType(
    {
        "hours": lambda n: ngettext("%(num)s hour", "%(num)s hours", n),
        "days": lambda n: ngettext("%(num)s day", "%(num)s days", n),
        "calendar_days": lambda n: ngettext("%(num)s calendar day", "%(num)s calendar days", n),
        "working_days": lambda n: ngettext("%(num)s working day", "%(num)s working days", n),
        "stay_days": lambda n: ngettext("%(num)s day of stay", "%(num)s days of stay", n),
        "weeks": lambda n: ngettext("%(num)s week", "%(num)s weeks", n),
        "months": lambda n: ngettext("%(num)s month", "%(num)s months", n),
        "years": lambda n: ngettext("%(num)s year", "%(num)s years", n),
        "persons_per_year": lambda n: ngettext("%(num)s person a year", "%(num)s people a year", n),
    }
)


def period_phrase(period: str, unit: str, direction: str = "") -> str:
    """Return a provision's period in the current language; says so where the law sets no length.

    `direction` is the provision's: what is counted back from an event is told as "before".
    """
    length = _length(period, unit)
    if not length:
        return _("no length set by law")
    if direction == "backward_latest":
        return _("%(length)s before, at the latest", length=length)
    if direction == "backward_earliest":
        return _("%(length)s before, at the earliest", length=length)
    if direction in ("maximum", "forward_max"):
        return _("at most %(length)s", length=length)
    if direction == "forward_min":
        return _("at least %(length)s", length=length)
    return length


def _length(period: str, unit: str) -> str:
    if unit in _WORDS and period.isdigit():
        return _WORDS[unit](int(period))
    if unit == "months" and re.fullmatch(r"[0-9]+\.[0-9]+", period):
        places = len(period.partition(".")[2])
        return _("%(number)s months", number=format_number(Decimal(period), places))
    steps = [_WORDS[_UNIT_OF_STEP[name]](int(count)) for count, name in _STEP.findall(period)]
    return str(format_list(steps, locale=current_code())) if steps else ""
