"""Calendars for the time-limit engine: countries and subdivisions from `holidays`, institutions from cited files.

`source` hands out domain calendars and fails closed; `holiday_names` says what a holiday is called in the reader's
language. Which calendar a clock needs is decided elsewhere.
"""

from mobility.calendars.files import CalendarFileInvalid
from mobility.calendars.names import HolidayName, holiday_names
from mobility.calendars.sources import (
    Calendars,
    list_countries,
    list_institutions,
    list_subdivisions,
    source,
)

__all__ = [
    "CalendarFileInvalid",
    "Calendars",
    "HolidayName",
    "holiday_names",
    "list_countries",
    "list_institutions",
    "list_subdivisions",
    "source",
]
