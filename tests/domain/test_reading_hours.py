"""People are written to in their own day, and never before the day has begun at the office that counts it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.reading_hours import LAST_HOUR, due_at, first_on_day, next_decent, next_morning

ZONES = ("Africa/Cairo", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "America/Sao_Paulo")
DAY = date(2026, 12, 29)


def test_a_moment_of_the_day_stays() -> None:
    noon = datetime(2026, 12, 29, 11, tzinfo=UTC)
    assert next_decent(noon, 8, "Europe/Berlin") == noon


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        (datetime(2026, 12, 29, 2, tzinfo=UTC), datetime(2026, 12, 29, 7, tzinfo=UTC)),
        (datetime(2026, 12, 29, 19, tzinfo=UTC), datetime(2026, 12, 30, 7, tzinfo=UTC)),
        (datetime(2026, 12, 29, 23, 30, tzinfo=UTC), datetime(2026, 12, 30, 7, tzinfo=UTC)),
    ],
)
def test_at_night_the_next_morning_counts(moment: datetime, morning: datetime) -> None:
    assert next_decent(moment, 8, "Europe/Berlin") == morning


def test_an_hour_after_the_evening_is_a_choice_too() -> None:
    late = datetime(2026, 12, 29, 21, 30, tzinfo=UTC)
    assert next_decent(late, 22, "Europe/Berlin") == late


def test_the_next_morning_is_that_of_the_readers_next_day() -> None:
    evening = datetime(2026, 12, 29, 23, 30, tzinfo=UTC)  # already the 30th in Berlin
    assert next_morning(evening, 8, "Europe/Berlin") == datetime(2026, 12, 31, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reader", "office", "local"),
    [
        ("Africa/Cairo", "Europe/Berlin", "2026-12-29 08:00"),
        ("Asia/Tokyo", "Europe/Berlin", "2026-12-29 08:00"),
        ("Pacific/Auckland", "America/Los_Angeles", "2026-12-30 08:00"),  # the office's day begins in their evening
        ("America/New_York", "Europe/Berlin", "2026-12-28 18:00"),  # at 8:00 half of the office's day would be gone
        ("America/Los_Angeles", "Pacific/Auckland", "2026-12-28 08:00"),
    ],
)
def test_the_day_is_the_offices(reader: str, office: str, local: str) -> None:
    moment = first_on_day(DAY, 8, reader, office)
    assert moment.astimezone(ZoneInfo(reader)).strftime("%Y-%m-%d %H:%M") == local
    assert moment.astimezone(ZoneInfo(office)).date() == DAY


@given(
    st.dates(date(2026, 1, 1), date(2036, 12, 31)),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.integers(6, 12),
)
def test_every_notice_leaves_by_day_on_the_offices_day(day: date, reader: str, office: str, hour: int) -> None:
    moment = first_on_day(day, hour, reader, office)
    assert moment.astimezone(ZoneInfo(office)).date() == day
    assert hour <= moment.astimezone(ZoneInfo(reader)).hour < LAST_HOUR
    assert moment >= due_at(day, 0, office)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES), st.integers(0, 23))
def test_waiting_is_under_a_day_and_ends_once(moment: datetime, zone: str, hour: int) -> None:
    start = moment.replace(tzinfo=UTC)
    found = next_decent(start, hour, zone)
    assert start <= found <= start + timedelta(hours=25)
    assert next_decent(found, hour, zone) == found
