"""Dates, numbers, money, country and language names in the current language, through CLDR.

One digit system per page: Western digits for Arabic, so that dates, articles and codes agree (LOOK.md).
Patterns are cached per language, because looking one up costs more than a whole table row.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import DateTimePattern, format_datetime, parse_pattern
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from mobility.i18n.current import current_code, ngettext
from mobility.i18n.current import gettext as _

_SKELETONS = {"short": "MMMd", "medium": "yMMMd", "weekday": "MMMEd", "month": "yMMM", "yearless": "MMMMd"}
# English in the product is British in order: Thursday 31 December 2026, never "Thursday, December 31".
_ENGLISH = {
    "full": "EEEE d MMMM y",
    "long": "d MMMM y",
    "short": "d MMM",
    "medium": "d MMM y",
    "weekday": "EEE d MMM",
    "month": "MMM y",
    "yearless": "d MMMM",
}


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@cache
def _pattern(code: str, style: str) -> DateTimePattern:
    if code == "en":
        return parse_pattern(_ENGLISH[style])
    if style in ("full", "long"):
        found: DateTimePattern = _locale(code).date_formats[style]
        return found
    return parse_pattern(_locale(code).datetime_skeletons[_SKELETONS[style]])


@cache
def _formatted(code: str, style: str, day: date) -> str:
    return _pattern(code, style).apply(day, _locale(code))


def format_date(day: date, style: str = "medium") -> str:
    """Return a day in words: full, long, medium, short (no year), weekday, month. Never numeric."""
    plain = day.date() if isinstance(day, datetime) else day
    return _formatted(current_code(), style, plain)


def format_instant(moment: datetime, time_zone: str, style: str = "medium") -> str:
    """Return an aware instant as day and time of day in a zone."""
    local = moment.astimezone(ZoneInfo(time_zone))
    clock = format_datetime(local, "HH:mm", locale=_locale("en"))
    return _("%(day)s, %(time)s", day=format_date(local.date(), style), time=clock)


def format_number(value: int | float | Decimal, places: int = 0) -> str:
    """Return a number with a true minus sign and the reader's separators."""
    write = _kept_number if isinstance(value, int) else _number  # 0.0 and -0.0 are equal and not written alike
    return write(current_code(), value, places)


def _number(code: str, value: int | float | Decimal, places: int) -> str:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(value, format=pattern, locale=_locale(code))).replace("-", "−")


_kept_number = lru_cache(maxsize=4096)(_number)


def format_share(value: float, places: int = 0) -> str:
    """Return a fraction of one as a percentage."""
    pattern = "#,##0" + ("." + "0" * places if places else "") + "%"
    return str(format_percent(value, format=pattern, locale=_locale(current_code()))).replace("-", "−")


def format_money(minor: int, currency: str) -> str:
    """Return an amount given in minor units (cents; whole yen) with its currency code."""
    return _money(current_code(), minor, currency)


@lru_cache(maxsize=4096)
def _money(code: str, minor: int, currency: str) -> str:
    places = get_currency_precision(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "") + " ¤¤"
    amount = Decimal(minor).scaleb(-places)
    text = format_currency(amount, currency, format=pattern, locale=_locale(code), currency_digits=False)
    return str(text).replace("-", "−")


def country_name(code: str) -> str:
    """Return the CLDR name of an ISO 3166-1 country; the code itself where CLDR has none."""
    return str(_locale(current_code()).territories.get(code, code))


def language_name(tag: str) -> str:
    """Return the CLDR name of a language tag; the tag itself where CLDR has none."""
    return str(_locale(current_code()).languages.get(tag.split("-")[0], tag))


def country_choices() -> list[tuple[str, str]]:
    """Return every ISO country as (code, name), in the order of the reader's language."""
    territories = _locale(current_code()).territories
    real = [
        (code, str(name))
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return sorted(real, key=lambda pair: pair[1].casefold())


def language_choices() -> list[tuple[str, str]]:
    """Return the languages that have a two-letter code as (code, name), in the order of the reader's language."""
    names = _locale(current_code()).languages
    real = [(code, str(name)) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted(real, key=lambda pair: pair[1].casefold())


_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


def days_phrase(days: int) -> str:
    """Return "1 day", "14 days" in the right plural form."""
    return ngettext("%(num)s day", "%(num)s days", days)


def in_language(texts: Mapping[str, Any]) -> tuple[Any, str]:
    """Choose from texts kept per language: the reader's, else English, else any. Returns (text, its language)."""
    for code in (current_code(), "en", *texts):
        if code in texts:
            return texts[code], code
    return "", ""
