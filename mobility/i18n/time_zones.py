"""Time zones as people choose them: by city, and the usual one of a country. Data: CLDR and the tz database."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from mobility.i18n.current import current_code

# Where a country has several zones, the one that most of its people, or its capital, live in.
_USUAL = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


@cache
def known_time_zones() -> frozenset[str]:
    """Return every IANA zone that this machine can compute with."""
    return frozenset(available_timezones())


@cache
def _zones_of_countries() -> dict[str, tuple[str, ...]]:
    known = known_time_zones()
    return {
        country: tuple(zone for zone in names if zone in known)
        for country, names in get_global("territory_zones").items()
        if len(country) == 2 and country.isalpha() and country != "ZZ"
    }


def usual_time_zone(country: str) -> str:
    """Return the zone that most people of a country live in; UTC where none is known."""
    zones = _zones_of_countries().get(country, ())
    return _USUAL.get(country) or (zones[0] if zones else "UTC")


@cache
def _city(code: str, zone: str) -> str:
    names = Locale.parse(code).time_zones.get(zone, {})
    return str(names.get("city") or zone.rsplit("/", 1)[-1].replace("_", " "))


def city_of(time_zone: str) -> str:
    """Return the city that stands for a zone: time zones are told by city, not by offset."""
    return _city(current_code(), time_zone)


@cache
def _choices(code: str) -> tuple[tuple[str, str], ...]:
    locale = Locale.parse(code)
    named = [
        (zone, f"{_city(code, zone)} ({locale.territories.get(country, country)})")
        for country, zones in _zones_of_countries().items()
        for zone in zones
    ]
    return (*sorted(named, key=lambda pair: pair[1].casefold()), ("UTC", "UTC"))


def time_zone_choices() -> tuple[tuple[str, str], ...]:
    """Return every zone as (zone, "City (Country)"), in the order of the reader's language."""
    return _choices(current_code())
