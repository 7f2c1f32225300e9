"""Reference numbers: what a case is called in every letter, on the telephone and in a search box.

`EG-DE-2027-000418-K`: sending state, receiving state, year of submission, number within that pair and year, and a
check character by ISO/IEC 7064, MOD 37-2 (the pure system: weights are powers of 2 modulo 37). It finds every single
wrong character and every swap of two neighbours. MOD 37,36 was rejected because, like all hybrid systems of that
standard, it lets some swaps pass; the price is that one reference in 37 ends in an asterisk. Which numbers are taken
is known to storage alone.
"""

import re
from dataclasses import dataclass
from typing import Final

from mobility.domain.errors import InvalidInput

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
MODULUS: Final = 37
RADIX: Final = 2
NUMBER_DIGITS: Final = 6
HIGHEST_NUMBER: Final = 999_999_999

_FORM: Final = re.compile(r"([A-Z]{2})-([A-Z]{2})-([0-9]{4})-([0-9]{6,9})-([0-9A-Z*])")
_SEPARATORS: Final = re.compile(r"[\s/‐‑–—-]+")  # what people type for a hyphen


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference taken apart; `str()` gives it back with its check character."""

    sending: str
    receiving: str
    year: int
    number: int

    def __str__(self) -> str:
        body = f"{self.sending}-{self.receiving}-{self.year:04d}-{self.number:0{NUMBER_DIGITS}d}"
        return f"{body}-{check_character(body)}"


def check_character(body: str) -> str:
    """Return the ISO/IEC 7064 MOD 37-2 character for a body of digits and capital letters; hyphens do not count."""
    remainder = 0
    for character in body:
        if character != "-":
            remainder = (remainder + ALPHABET.index(character)) * RADIX % MODULUS
    return ALPHABET[(1 - remainder) % MODULUS]


def build_reference(*, sending: str, receiving: str, year: int, number: int) -> str:
    """Return the reference of the `number`-th case of a year between two states (ISO 3166 alpha-2 codes).

    Raises InvalidInput naming the field. Numbers above 999,999 make the reference longer, never ambiguous.
    """
    for field, code in (("sending", sending), ("receiving", receiving)):
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise InvalidInput(field=field, reason="not_a_country", value=code)
    if not 1900 <= year <= 9999:
        raise InvalidInput(field="year", reason="year_out_of_range", value=year)
    if not 1 <= number <= HIGHEST_NUMBER:
        raise InvalidInput(field="number", reason="out_of_range", value=number)
    return str(Reference(sending=sending, receiving=receiving, year=year, number=number))


def parse_reference(text: str) -> Reference:
    """Read a reference as people write it: small letters, spaces, slashes or dashes for hyphens.

    Raises InvalidInput with reason `not_a_reference` (the form is wrong) or `check_character` (it was mistyped).
    """
    written = _SEPARATORS.sub("-", text.strip()).upper()
    form = _FORM.fullmatch(written)
    if form is None:
        raise InvalidInput(field="reference", reason="not_a_reference", value=text)
    sending, receiving, year, number, check = form.groups()
    if check_character(written[:-2]) != check:
        raise InvalidInput(field="reference", reason="check_character", value=text)
    return Reference(sending=sending, receiving=receiving, year=int(year), number=int(number))


def is_reference(text: str) -> bool:
    """Say whether the text is a reference with the right check character; whether the case exists is another matter."""
    try:
        parse_reference(text)
    except InvalidInput:
        return False
    return True
