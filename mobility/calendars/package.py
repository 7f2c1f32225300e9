"""One country or subdivision of the `holidays` package, year by year, with its pitfalls handled.

Names are always asked in English, because a missing language falls back silently to the locale of the process.
The range is checked, because outside it every day would be "not a holiday". Weekends are asked day by day, because
only that is aware of dates. Estimated dates are recognised by the suffix of the English name.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from mobility.calendars.files import corrections
from mobility.domain.calendars import CalendarMissing, Weekend, saturday_sunday
from mobility.loading import deferred

if TYPE_CHECKING:
    import holidays
else:
    holidays = deferred("holidays")

ENGLISH = "en_US"
PACKAGE = "holidays"
VERSION = version("holidays")

_CODE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?", re.ASCII)
_ESTIMATED = re.compile(r" \((observed, )?estimated\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The days of one calendar year of one country or subdivision."""

    holidays: dict[date, str]
    estimated: frozenset[date]
    make_up: frozenset[date]
    weekend: Weekend
    flags: frozenset[str]
    before_suspension: dict[date, str] | None


@cache
def countries() -> frozenset[str]:
    """Return the ISO codes of the countries that the package knows, without its aliases."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@cache
def _languages() -> dict[str, list[str]]:
    return dict(holidays.list_localized_countries(include_aliases=False))


def languages_of(country: str) -> list[str]:
    """Return the languages in which the package names the country's holidays; none where it has only English."""
    return _languages().get(country, [])


def split(code: str) -> tuple[str, str]:
    """Return country and subdivision of a code such as DE or DE-BY; raises CalendarMissing for anything else."""
    match = _CODE.fullmatch(code)
    if match is None or match[1] not in countries():
        raise CalendarMissing(calendar=code, reason="unknown_calendar")
    return match[1], match[2] or ""


def open_holidays(
    code: str, years: range, language: str | None = None, categories: tuple[str, ...] | None = None
) -> "holidays.HolidayBase":
    """Return the package's object for those years; raises CalendarMissing for an unknown subdivision."""
    country, subdivision = split(code)
    if language is None and ENGLISH in languages_of(country):
        language = ENGLISH
    try:
        return holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=years,
            expand=False,
            language=language,
            categories=categories,
        )
    except NotImplementedError:
        raise CalendarMissing(calendar=code, reason="unknown_subdivision", subdivision=subdivision) from None


@lru_cache(maxsize=4096)
def load_year(code: str, year: int) -> Year:
    """Return one year; raises CalendarMissing when the package has no data for it."""
    country, _ = split(code)
    data = open_holidays(code, range(year, year + 1))
    if not data.start_year <= year <= data.end_year:
        raise CalendarMissing(
            calendar=code, year=year, reason="year_outside_data", first_year=data.start_year, last_year=data.end_year
        )
    if year - 1 >= data.start_year and year + 1 <= data.end_year:
        data = open_holidays(code, range(year - 1, year + 2))
    named = {day: name for day, name in data.items() if day.year == year}
    suspended = corrections().suspended.get(country)
    is_suspended = suspended is not None and suspended.since.year <= year
    if not named and not is_suspended:
        raise CalendarMissing(calendar=code, year=year, reason="no_holidays_for_year")
    make_up = frozenset(day for day in data.weekend_workdays if day.year == year)
    weekend = _weekend(data, country, year)
    before = _before_suspension(code, year, weekend, named) if is_suspended else None
    return Year(
        holidays={day: _ESTIMATED.sub(_keep_observed, name) for day, name in named.items()},
        estimated=frozenset(day for day, name in named.items() if _is_estimated(country, day, name)),
        make_up=make_up,
        weekend=weekend,
        flags=_flags(code, data, make_up, suspended=is_suspended),
        before_suspension=before,
    )


def _keep_observed(match: re.Match[str]) -> str:
    return " (observed)" if match[1] else ""


def _is_estimated(country: str, day: date, name: str) -> bool:
    moon = corrections().moon.get(country)
    by_moon = moon is not None and day.year >= moon.from_year and name.startswith(moon.names)
    return by_moon or _ESTIMATED.search(name) is not None


def _weekend(data: "holidays.HolidayBase", country: str, year: int) -> Weekend:
    corrected = corrections().weekends.get(country)
    if corrected is not None:
        return corrected
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = frozenset(day for day in map(date.fromordinal, range(first, last + 1)) if data.is_weekend(day))
    if all(saturday_sunday(day) for day in days) and len(days) >= len(range(first, last + 1)) // 7 * 2:
        return saturday_sunday
    return days.__contains__


def _flags(code: str, data: "holidays.HolidayBase", make_up: frozenset[date], *, suspended: bool) -> frozenset[str]:
    country, subdivision = split(code)
    known = corrections()
    flags = {
        "subdivision_missing": bool(data.subdivisions) and not subdivision,
        "weekend_unverified": country in known.doubtful_weekends or country in known.recalled_weekends,
        "make_up_days_unknown": country in known.make_up and not make_up,
        "calendar_suspended_by_law": suspended,
    }
    return frozenset(flag for flag, holds in flags.items() if holds)


def _before_suspension(code: str, year: int, weekend: Weekend, named: dict[date, str]) -> dict[date, str]:
    """Return the holidays as they would be without the suspension, moved on from weekends where the law does so."""
    suspended = corrections().suspended[split(code)[0]]
    data = open_holidays(code, range(year, year + 1), categories=("public", "workday"))
    found = named | {day: name for day, name in data.items() if day.year == year}
    if not suspended.moved_from_weekend:
        return found
    for day, name in sorted(found.items()):
        if day < suspended.since or not weekend(day):
            continue
        moved = day
        while weekend(moved) or moved in found:
            moved += timedelta(days=1)
        found[moved] = f"{name} (observed)"
    return found
