"""Reads a day as people type it, in any order of separators and in any decimal figures."""

from datetime import date
from typing import Final

from mobility.domain.errors import InvalidInput

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200


def read_day(text: str) -> date:
    """Return the day meant by "30 4 2027", "30/4/2027", "30.4.2027" or "2027-04-30", also in Arabic-Indic figures.

    Raises InvalidInput with reason not_a_day (not three numbers), no_such_day (30 February) or year_out_of_range.
    """
    parts = text.replace("/", " ").replace(".", " ").replace("-", " ").split()
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        raise InvalidInput(field="day", reason="not_a_day", value=text)
    numbers = [int(part) for part in parts]
    year, month, day = numbers if len(parts[0]) == 4 else reversed(numbers)
    try:
        found = date(year, month, day)
    except ValueError:
        raise InvalidInput(field="day", reason="no_such_day", value=text) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise InvalidInput(field="day", reason="year_out_of_range", value=text)
    return found


def write_day(day: date) -> str:
    """Return a day as one would type it: day, month, year."""
    return f"{day.day} {day.month} {day.year}"
