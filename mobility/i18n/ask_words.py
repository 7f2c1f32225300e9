"""The words of the page that answers questions about dates: choices of its form, groups, whose calendar counted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.treaties import ProvisionVersion
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.law_texts import law_text
from mobility.i18n.periods import period_phrase
from mobility.i18n.treaties_labels import LEGAL_STAGES

UNITS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "days": _l("days"),
        "working_days": _l("working days"),
        "weeks": _l("weeks"),
        "months": _l("months"),
        "years": _l("years"),
        "hours": _l("hours"),
        "composite": _l("several steps"),
    }
)

DIRECTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "forward": _l("forward from the event"),
        "backward": _l("back from the event"),
    }
)

KINDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "act": _l("something has to be done"),
        "decision": _l("a decision is owed"),
        "notice": _l("notice has to be given"),
        "report": _l("a report is owed"),
        "silence": _l("silence has an effect"),
        "effect": _l("an effect sets in"),
        "validity": _l("something is valid so long"),
        "window_open": _l("from this day it is possible"),
        "window_close": _l("until this day it is possible"),
    }
)


def optional_choice() -> str:
    """Return the words for leaving a choice open."""
    return _("not given")


def provision_group(stage: str, instrument_title: str) -> str:
    """Return the head of a group of provisions."""
    return _("%(stage)s: %(instrument)s", stage=LEGAL_STAGES[stage], instrument=law_text(instrument_title))  # type: ignore[index]


def provision_choice(code: str, terms: ProvisionVersion) -> str:
    """Return a provision in one line: article, what is owed, how long."""
    return _(
        "%(article)s: %(owes)s (%(period)s)",
        article=terms.article,
        owes=law_text(terms.owes),
        period=period_phrase(str(terms.period), str(terms.unit or ""), str(terms.direction)),
    )
