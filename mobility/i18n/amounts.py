"""Reads and writes amounts of money as the reader of a language types them; values are whole minor units."""

import re
from decimal import Decimal
from typing import Final

from babel.numbers import NumberFormatError, format_decimal, get_currency_precision, parse_decimal

from mobility.domain.errors import InvalidInput
from mobility.i18n.current import current_locale

# A space before three figures groups in every language.
_GROUPING_SPACE: Final = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))")
# Figures with separators and spaces; what Decimal would take besides ("1e5", "NaN") nobody means as an amount.
_WRITTEN: Final = re.compile(r"[+−-]?[0-9][0-9.,'’٫٬\s]*")


def read_amount(text: str, currency: str) -> int:
    """Return the minor units meant by an amount typed in the current language.

    Raises InvalidInput with reason not_an_amount, which includes separators of another language ("1,5" in English),
    or too_many_decimals.
    """
    minor = read_decimal(text).scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise InvalidInput(field="amount", reason="too_many_decimals", value=text)
    return int(minor)


def read_decimal(text: str) -> Decimal:
    """Return the number typed in the current language; raises InvalidInput with reason not_an_amount."""
    written = "".join(str(int(each)) if each.isdecimal() else each for each in text.strip())
    if not _WRITTEN.fullmatch(written):
        raise InvalidInput(field="amount", reason="not_an_amount", value=text)
    try:
        return parse_decimal(_with_symbols(_GROUPING_SPACE.sub("", written)), locale=current_locale(), strict=True)
    except NumberFormatError:
        raise InvalidInput(field="amount", reason="not_an_amount", value=text) from None


def write_amount(minor: int, currency: str) -> str:
    """Return an amount without its currency, as one would type it in the current language."""
    places = get_currency_precision(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(Decimal(minor).scaleb(-places), format=pattern, locale=current_locale()))


def _with_symbols(written: str) -> str:
    """Turn what Arabic keyboards and typographers write into the separators of the current language."""
    symbols = current_locale().number_symbols["latn"]
    return written.replace("٫", symbols["decimal"]).replace("٬", symbols["group"]).replace("−", "-").replace("+", "")
