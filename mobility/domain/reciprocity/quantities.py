"""Exact numbers for reciprocity: people and days are whole, money and treaty units are fractions.

Decides how quantities are held and when a share is undefined. Rounding and number formats are the reader's
business and happen elsewhere, once, at the end.
"""

from decimal import Decimal
from fractions import Fraction

Quantity = int | Fraction


def exact(value: int | Fraction | Decimal) -> Quantity:
    """The same number without rounding; a whole one becomes an `int`, so that it prints without decimals."""
    if isinstance(value, int):
        return value
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else fraction


def share(part: Quantity, whole: Quantity) -> Fraction | None:
    """`part / whole`, exactly; None when the whole is 0, because the share is then undefined, not 0."""
    return Fraction(part) / whole if whole else None


def magnitude(value: Quantity) -> Quantity:
    """|value|; `abs` loses the type of a union."""
    return -value if value < 0 else value


def sign(value: Quantity) -> int:
    """−1, 0 or +1."""
    return (value > 0) - (value < 0)
