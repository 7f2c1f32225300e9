"""The only module that reads the date and the time; everything else takes them as arguments."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today_in(time_zone: str) -> date:
    """Return the civil date now in an IANA zone; raises ZoneInfoNotFoundError for an unknown one."""
    return datetime.now(ZoneInfo(time_zone)).date()


def monotonic_seconds() -> float:
    """Return a reading that only ever grows, for measuring durations; it runs on while the process stands still."""
    return time.monotonic()
