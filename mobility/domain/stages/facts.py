"""Whether the facts given with a step are the ones the step needs.

Checks form (there, of the right type, a known code) and the rules between fields that hold for every office:
a visa does not end before it begins, amounts are positive. Whether the facts are true is the officer's decision.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from mobility.domain.errors import InvalidInput
from mobility.domain.stages.vocabulary import FactField, FactType, Transition

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200

_ORDERED: Final = (("valid_from", "valid_until"), ("starts_on", "ends_on"))
_POSITIVE: Final = ("amount", "rate", "days", "hours")


def check_facts(transition: Transition, facts: Mapping[str, object]) -> None:
    """Check the facts of a step against its fields.

    Raises InvalidInput with `field` and `reason`: missing, unknown, wrong_type, not_a_choice, year_out_of_range,
    not_positive, negative, before_start or more_than_validity. Dates are `date`, money is `Decimal`, codes are text.
    """
    fields = {field.code: field for field in transition.facts}
    for code in facts:
        if code not in fields:
            raise InvalidInput(field=code, reason="unknown", value=facts[code])
    for code, field in fields.items():
        _check_one(field, facts.get(code))
    _check_signs(facts)
    _check_order(facts)


def _check_one(field: FactField, value: object) -> None:
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required:
            raise InvalidInput(field=field.code, reason="missing")
        return
    if not _has_type(field.type, value):
        raise InvalidInput(field=field.code, reason="wrong_type", value=value)
    if field.type is FactType.CHOICE and value not in field.choices:
        raise InvalidInput(field=field.code, reason="not_a_choice", value=value)
    if isinstance(value, date) and not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise InvalidInput(field=field.code, reason="year_out_of_range", value=value)


def _has_type(wanted: FactType, value: object) -> bool:
    match wanted:
        case FactType.DATE:
            return isinstance(value, date) and not isinstance(value, datetime)
        case FactType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case FactType.DECIMAL:
            return isinstance(value, Decimal) and value.is_finite()
        case FactType.CURRENCY:
            return isinstance(value, str) and len(value) == 3 and value.isascii() and value.isupper()
        case FactType.COUNTRY:
            return isinstance(value, str) and len(value) == 2 and value.isascii() and value.isupper()
        case FactType.TEXT | FactType.CHOICE:
            return isinstance(value, str)


def _check_signs(facts: Mapping[str, object]) -> None:
    for code in _POSITIVE:
        value = facts.get(code)
        if isinstance(value, int | Decimal) and value <= 0:
            raise InvalidInput(field=code, reason="not_positive", value=value)
    attended = facts.get("hours_attended")
    if isinstance(attended, int) and attended < 0:
        raise InvalidInput(field="hours_attended", reason="negative", value=attended)


def _check_order(facts: Mapping[str, object]) -> None:
    for first, last in _ORDERED:
        begins, ends = facts.get(first), facts.get(last)
        if isinstance(begins, date) and isinstance(ends, date) and ends < begins:
            raise InvalidInput(field=last, reason="before_start", value=ends)
    _check_visa_days(facts)


def _check_visa_days(facts: Mapping[str, object]) -> None:
    """A visa cannot allow more days of stay than lie between its first and last day, both counted."""
    begins, ends, days = facts.get("valid_from"), facts.get("valid_until"), facts.get("days")
    if isinstance(begins, date) and isinstance(ends, date) and isinstance(days, int):
        span_days = (ends - begins).days + 1
        if days > span_days:
            raise InvalidInput(field="days", reason="more_than_validity", value=days, span_days=span_days)
