"""Sentences of the pages of one case: what the applicant can do, who else is at work, whether the plan holds."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from babel.lists import format_list

from mobility.domain.plan import Outlook
from mobility.i18n.applications_labels import STAGE_WORDS
from mobility.i18n.current import current_code, ngettext
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import days_phrase, format_date
from mobility.i18n.stages_labels import step_label

_APPLICANT_STEPS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "request_appointment": _l("I have asked for an appointment"),
        "collect": _l("I have collected the visa"),
        "file": _l("I have sent the file"),
        "register": _l("I have registered for the course"),
        "enrol": _l("Enrol in the course"),
    }
)

_PAYMENTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "proposed": _l("proposed, awaits a second person"),
        "approved": _l("approved, to be paid"),
        "paid": _l("paid"),
        "rejected": _l("rejected"),
    }
)


def applicant_step_label(step: str) -> str:
    """Return what the button of a step says to the person who applies."""
    return str(_APPLICANT_STEPS[step]) if step in _APPLICANT_STEPS else step_label(step)


def payment_status_label(status: str) -> str:
    """Return how an instalment stands."""
    return str(_PAYMENTS[status])


def listed(words: Sequence[str]) -> str:
    """Return names as one phrase, joined as the language joins them."""
    return str(format_list(list(words), locale=current_code()))


def meanwhile_sentence(offices: Sequence[str]) -> str:
    """Return which offices owe the applicant something while it is their own turn; nothing for none."""
    if not offices:
        return ""
    return ngettext(
        "Meanwhile %(offices)s owes you an answer. Its time runs on; it does not wait for you.",
        "Meanwhile %(offices)s each owe you an answer. Their time runs on; none of them waits for you.",
        len(offices),
        offices=listed(offices),
    )


def outlook_sentence(outlook: Outlook) -> str:
    """Return whether the plan holds on today's dates, and what is tightest."""
    broken = outlook.first_break
    if broken is not None:
        return _(
            "On today’s dates the arrival as planned is not safe: %(stage)s is expected to end %(days)s too late.",
            stage=STAGE_WORDS[broken.kind],
            days=days_phrase(-(broken.slack_days or 0)),
        )
    tightest = outlook.tightest
    if tightest is None:
        return _("Every stage has ended.")
    if tightest.slack_days == 0:
        return _(
            "On today’s dates you can arrive as planned. The tightest step is %(stage)s: no days to spare.",
            stage=STAGE_WORDS[tightest.kind],
        )
    return _(
        "On today’s dates you can arrive as planned. The tightest step is %(stage)s: %(days)s to spare.",
        stage=STAGE_WORDS[tightest.kind],
        days=days_phrase(tightest.slack_days or 0),
    )


def days_over_sentence(counted: int, allowed: int, window: int) -> str:
    """Return that a stay breaks a rolling limit, in days."""
    return ngettext(
        "Counted with earlier stays this is %(num)s day within %(window)s days; %(allowed)s are allowed.",
        "Counted with earlier stays this is %(num)s days within %(window)s days; %(allowed)s are allowed.",
        counted,
        window=window,
        allowed=allowed,
    )


def span_words(first_on: date, last_on: date) -> str:
    """Return "1 February to 30 April 2027": the year once where both days share it."""
    style = "yearless" if first_on.year == last_on.year else "long"
    return _("%(first)s to %(last)s", first=format_date(first_on, style), last=format_date(last_on, "long"))
