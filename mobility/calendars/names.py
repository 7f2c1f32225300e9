"""What a holiday is called in the reader's language, with the fallback recorded."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from mobility.calendars.files import institutions
from mobility.calendars.package import ENGLISH, languages_of, load_year, open_holidays, split


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayName:
    """A holiday's name, the language it is in, and whether that is a fallback from the language asked for."""

    text: str
    language: str
    is_fallback: bool


def holiday_names(code: str, day: date, language: str) -> HolidayName | None:
    """Return the name of the holiday on that day in `language` (en, fr, ar …), English where that is missing.

    None if the day is no holiday there. Raises CalendarMissing for a calendar or year without data.
    """
    institution = institutions().get(code)
    if institution is not None:
        name = institution.holidays(day.year).get(day)
        return HolidayName(text=name, language="en", is_fallback=language != "en") if name else None
    english = load_year(code, day.year).holidays.get(day)
    if english is None:
        return None
    package_language = _package_language(split(code)[0], language)
    if package_language is None:
        return HolidayName(text=english, language="en", is_fallback=language != "en")
    named = _named(code, day.year, package_language).get(day, english)
    return HolidayName(text=named, language=language, is_fallback=False)


def _package_language(country: str, language: str) -> str | None:
    """Return the package's code for the reader's language: the same, or one of its regions; None for English."""
    if language == "en":
        return None
    supported = languages_of(country)
    if language in supported:
        return language
    regional = [code for code in supported if code.startswith(f"{language}_") and code != ENGLISH]
    return regional[0] if regional else None


@lru_cache(maxsize=512)
def _named(code: str, year: int, language: str) -> dict[date, str]:
    data = open_holidays(code, range(year, year + 1), language=language)
    labels = [
        str(getattr(data, name)) for name in ("observed_estimated_label", "estimated_label") if hasattr(data, name)
    ]
    suffixes = [data.tr(label).replace("%s", "") for label in labels]
    result = {}
    for day, name in data.items():
        for suffix in suffixes:
            name = name.removesuffix(suffix)
        result[day] = name
    return result
