"""When a person is written to: at a decent hour of their own day, never before the day has begun where it counts.

The legal day is the office's: "due today" must not reach a reader while it is still yesterday at the office, nor
when it is tomorrow there already. So a notice of a day leaves at the first decent hour after the office's midnight.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_HOUR: Final = 8
LAST_HOUR: Final = 20
"""From this hour on nobody is written to before the next morning."""


def due_at(day: date, hour: int, time_zone: str) -> datetime:
    """Return the instant, in UTC, of a full hour on a day in a zone.

    An hour that the clock change skips is moved on by the length of the gap, one that occurs twice is the first: both
    are what PEP 495 makes of fold=0. Raises ZoneInfoNotFoundError for a zone that does not exist.
    """
    local = datetime.combine(day, time(hour), tzinfo=ZoneInfo(time_zone))
    return local.replace(fold=0).astimezone(UTC)


def next_decent(moment: datetime, hour: int, time_zone: str) -> datetime:
    """Return the moment itself while it is day for the reader, else their next morning at `hour`."""
    local = moment.astimezone(ZoneInfo(time_zone))
    if hour <= local.hour < max(LAST_HOUR, hour + 1):
        return moment
    return max(moment, due_at(local.date() + timedelta(days=local.hour >= hour), hour, time_zone))


def next_morning(moment: datetime, hour: int, time_zone: str) -> datetime:
    """Return the morning of the reader's next day."""
    return due_at(moment.astimezone(ZoneInfo(time_zone)).date() + timedelta(days=1), hour, time_zone)


@lru_cache(maxsize=4096)
def first_on_day(day: date, hour: int, time_zone: str, office_zone: str = "") -> datetime:
    """Return the first decent moment for a reader at which that day has begun at the office (`office_zone`)."""
    if not office_zone or office_zone == time_zone:
        return due_at(day, hour, time_zone)
    return next_decent(due_at(day, 0, office_zone), hour, time_zone)
