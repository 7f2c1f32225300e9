"""Why what was typed into a case cannot be used: one sentence for each reason that the services of cases give."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.errors import DomainError
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import days_phrase, format_date, format_number
from mobility.i18n.labels import ERRORS, error_sentence

REASONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "missing": _l("Fill this in."),
        "unknown": _l("This field does not belong to the step."),
        "wrong_type": _l("This cannot be read. Write it as in the example."),
        "not_a_choice": _l("Choose one of the answers in the list."),
        "too_long": _l("This is too long. Use at most %(most)s characters."),
        "year_out_of_range": _l("Give a year between 1900 and 2200."),
        "not_positive": _l("Give a number above zero."),
        "negative": _l("Give zero or more."),
        "before_start": _l("The last day lies before the first."),
        "more_than_validity": _l("That is more days than there are between the first and the last day: %(span_days)s."),
        "in_the_future": _l("This day lies ahead. Record what has happened, once it has."),
        "in_the_past": _l("This day has passed. Give today or a later day."),
        "too_far": _l("Give a day within one year."),
        "unchanged": _l("The time limit counts from this day already."),
        "not_later": _l("Must be after %(latest_on)s."),
        "departure_before_arrival": _l("Must be on or after %(arrived_on)s."),
        "stay_too_long": _l("The stay would last more than ten years. Check both days."),
        "arrival_past": _l("The arrival must lie in the future."),
        "amount_out_of_range": _l("Give an amount above zero and below ten thousand million."),
        "not_an_amount": _l("Give an amount in figures, for example %(example)s."),
        "too_many_decimals": _l("This currency has fewer decimal places."),
        "not_a_number": _l("Give a number in figures."),
    }
)


def refusal_sentence(error: DomainError) -> str:
    """Return why an answer is refused; for a refused file what is wrong with it."""
    if error.code != "invalid_input" and error.code in ERRORS:
        return error_sentence(error)
    reason = str(error.parameters.get("reason", ""))
    if reason not in REASONS:
        return _("This answer cannot be used.")
    return reason_words(reason, error.parameters)


def reason_words(reason: str, parameters: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a reason with its parameters told as days and figures."""
    values = {name: _shown(name, value) for name, value in (parameters or {}).items()}
    return str(REASONS[reason]) % ({"example": format_number(1250, 2)} | values)


def _shown(name: str, value: object) -> str:
    if isinstance(value, date):
        return format_date(value, "long")
    if name == "span_days" and isinstance(value, int):
        return days_phrase(value)
    return format_number(value) if isinstance(value, int) else str(value)
