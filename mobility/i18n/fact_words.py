"""What was recorded in a stage, as label and words: days told as days, codes as words, amounts with their currency."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel.numbers import get_currency_precision

from mobility.i18n.formats import country_name, format_date, format_money, format_number
from mobility.i18n.stages_labels import FACTS, choice_label, fact_label, milestone_label

_CHOICES: Final = frozenset({"ground", "visa_kind", "entries", "answer", "level"})
_LEFT_OUT: Final = frozenset({"request", "currency", "deemed"})
_FIRST: Final = ("ground", "legal_basis", "reasons", "differences")


def fact_lines(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and words of each fact, the ground of a decision first; what has no words is left out."""
    codes = [code for code in _FIRST if code in facts] + [code for code in facts if code not in _FIRST]
    return [
        (fact_label(code), words)
        for code in codes
        if code in FACTS and code not in _LEFT_OUT and (words := fact_words(code, facts))
    ]


def fact_words(code: str, facts: Mapping[str, Any]) -> str:
    """Return one fact in words; `facts` also has the currency of an amount. Nothing for an empty one."""
    value = facts.get(code)
    if value is None or value == "":
        return ""
    if code in _CHOICES:
        return choice_label(str(value))
    if code == "milestone":
        return milestone_label(str(value))
    if code == "consulted":
        return country_name(str(value))
    if code == "amount":
        return _amount(str(value), str(facts.get("currency", "")))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return format_date(value, "long")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format_number(value, max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0)
    try:
        return format_date(date.fromisoformat(str(value)), "long")
    except ValueError:
        return str(value)


def _amount(value: str, currency: str) -> str:
    try:
        minor = int(Decimal(value).scaleb(get_currency_precision(currency or "EUR")))
    except (InvalidOperation, ValueError):
        return value
    return format_money(minor, currency or "EUR")
