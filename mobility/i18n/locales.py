"""Which languages exist here, how each is written, and which one a reader gets.

Wired are the six languages of the product; offered is only what has a complete catalogue (`catalogs`).
"""

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, negotiate_locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the interface: `code` names its catalogue, `tag` stands in the html element."""

    code: str
    tag: str
    own_name: str

    @property
    def direction(self) -> str:
        """Return "rtl" or "ltr", as CLDR has it."""
        return direction_of(self.code)


WIRED = (
    Language(code="ar", tag="ar", own_name="العربية"),
    Language(code="zh", tag="zh-Hans", own_name="中文"),
    Language(code="en", tag="en", own_name="English"),
    Language(code="fr", tag="fr", own_name="Français"),
    Language(code="ru", tag="ru", own_name="Русский"),
    Language(code="es", tag="es", own_name="Español"),
)
SOURCE = "en"
_BY_CODE = {language.code: language for language in WIRED}


def language_of(code: str) -> Language:
    """Return a wired language; raises KeyError for any other code."""
    return _BY_CODE[code]


def negotiate(preferred: list[str], offered: tuple[str, ...]) -> str:
    """Return the offered language that suits the reader best; the source language when none does."""
    found = negotiate_locale([tag.replace("-", "_") for tag in preferred], list(offered), sep="_")
    return found or SOURCE


@lru_cache(maxsize=256)
def direction_of(tag: str) -> str:
    """Return the direction of any language tag; "auto" when the tag is empty or unknown."""
    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (ValueError, LookupError):
        return "auto"
    return "rtl" if locale.character_order == "right-to-left" else "ltr"
