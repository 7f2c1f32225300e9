"""Puts calendars together: years of the package or of an institution's file, local overrides, cautions; cached."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from mobility.calendars.files import Institution, institutions
from mobility.calendars.package import PACKAGE, VERSION, Year, countries, load_year, open_holidays
from mobility.domain.calendars import Calendar, CalendarMissing, Override, Weekend, saturday_sunday

_INSTITUTION_PACKAGE = "config/calendars"


class Calendars:
    """Calendars of this installation, each cached by code and years; local overrides win over every source."""

    def __init__(self, overrides: Sequence[Override] = ()) -> None:
        self._overrides = tuple(overrides)
        self._cache: dict[tuple[str, int, int], Calendar] = {}

    def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
        """Return the calendar of a country, subdivision or institution for those years, both included.

        Raises CalendarMissing naming the code and the year or subdivision that has no data.
        """
        key = (code, first_year, last_year)
        if key not in self._cache:
            self._cache[key] = self._build(code, first_year, last_year)
        return self._cache[key]

    def _build(self, code: str, first_year: int, last_year: int) -> Calendar:
        if first_year > last_year:
            raise CalendarMissing(calendar=code, first_year=first_year, last_year=last_year, reason="range")
        overrides = self._overrides_of(code, first_year, last_year)
        institution = institutions().get(code)
        if institution is not None:
            return _institution_calendar(institution, first_year, last_year, overrides)
        years = {year: load_year(code, year) for year in range(first_year, last_year + 1)}
        return _country_calendar(code, years, overrides)

    def _overrides_of(self, code: str, first_year: int, last_year: int) -> list[Override]:
        """Return the entered days of a calendar: a country's hold in its parts too, where the part's own win."""
        country = code.partition("-")[0]
        held = [each for each in self._overrides if first_year <= each.day.year <= last_year]
        own = [each for each in held if each.calendar == code]
        return own if country == code else [*(each for each in held if each.calendar == country), *own]


@lru_cache(maxsize=64)
def _source(overrides: tuple[Override, ...]) -> Calendars:
    return Calendars(overrides)


def source(overrides: Sequence[Override] = ()) -> Calendars:
    """Return the calendars with those local overrides; the same object for the same overrides."""
    return _source(tuple(overrides))


def list_countries() -> list[str]:
    """Return the ISO codes of all countries with data, in order."""
    return sorted(countries())


def list_subdivisions(country: str) -> list[str]:
    """Return the subdivision codes of a country, in order, such as BY for Bavaria; raises CalendarMissing."""
    return sorted(code for code in open_holidays(country, range(0)).subdivisions if len(code) <= len("6AE"))


def list_institutions() -> list[tuple[str, str]]:
    """Return code and English name of each institution with a list of its own."""
    return [(each.code, each.name) for each in institutions().values()]


def _country_calendar(code: str, years: Mapping[int, Year], overrides: Sequence[Override]) -> Calendar:
    regular = {day: name for year in years.values() for day, name in year.holidays.items()}
    if not any(year.before_suspension is not None for year in years.values()):
        return _calendar(code, years, regular, overrides)
    before = {
        day: name
        for year in years.values()
        for day, name in (year.holidays if year.before_suspension is None else year.before_suspension).items()
    }
    otherwise = _calendar(code, years, before, overrides)
    return _calendar(code, years, regular, overrides, otherwise)


def _calendar(
    code: str,
    years: Mapping[int, Year],
    holidays: Mapping[date, str],
    overrides: Sequence[Override],
    otherwise: Calendar | None = None,
) -> Calendar:
    closed, make_up = _overridden(holidays, _joined(year.make_up for year in years.values()), overrides)
    return Calendar(
        code=code,
        first_year=min(years),
        last_year=max(years),
        weekend=_weekend(years),
        holidays=closed,
        make_up=make_up,
        estimated=_joined(year.estimated for year in years.values()) & frozenset(closed),
        overrides=overrides,
        otherwise=otherwise,
        flags=frozenset().union(*(year.flags for year in years.values())),
        package=PACKAGE,
        package_version=VERSION,
    )


def _joined(sets: "Sequence[frozenset[date]] | object") -> frozenset[date]:
    return frozenset().union(*sets)  # type: ignore[misc]


def _weekend(years: Mapping[int, Year]) -> Weekend:
    kinds = {id(year.weekend): year.weekend for year in years.values()}
    if len(kinds) == 1:
        return next(iter(kinds.values()))
    return lambda day: years[day.year].weekend(day)


def _overridden(
    holidays: Mapping[date, str], make_up: frozenset[date], overrides: Sequence[Override]
) -> tuple[dict[date, str], frozenset[date]]:
    """Return holidays and make-up days with the local overrides applied; the last one for a day wins."""
    days, opened = dict(holidays), set(make_up)
    for override in overrides:
        if override.working:
            days.pop(override.day, None)
            opened.add(override.day)
        else:
            days[override.day] = override.name or override.reason
            opened.discard(override.day)
    return days, frozenset(opened)


def _institution_calendar(
    institution: Institution, first_year: int, last_year: int, overrides: Sequence[Override]
) -> Calendar:
    for year in (first_year, last_year):
        if not institution.first_year <= year <= institution.last_year:
            raise CalendarMissing(
                calendar=institution.code,
                year=year,
                reason="year_outside_data",
                first_year=institution.first_year,
                last_year=institution.last_year,
            )
    years = range(first_year, last_year + 1)
    listed = {day: name for year in years for day, name in institution.holidays(year).items()}
    holidays, opened = _overridden(listed, frozenset(), overrides)
    typical = any(institution.is_typical(year) for year in years)
    usual_weekend = institution.weekend(date(2026, 1, 3)) and institution.weekend(date(2026, 1, 4))
    return Calendar(
        code=institution.code,
        first_year=first_year,
        last_year=last_year,
        weekend=saturday_sunday if usual_weekend else institution.weekend,
        holidays=holidays,
        make_up=opened,
        overrides=overrides,
        flags=frozenset({"typical_holiday_list"} if typical else ()),
        package=_INSTITUTION_PACKAGE,
        package_version=VERSION,
    )
