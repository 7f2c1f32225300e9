"""Addresses of the public calculator with a question typed in: from a clock's page, and from an answer to its data."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import urlencode

from flask import url_for

from mobility.calendars import list_institutions

_PAUSES: Final = 3


def ask_url(typed: Mapping[str, str]) -> str:
    """Return the address of the calculator with these fields filled."""
    return f"{url_for('ask.index')}?{urlencode(typed)}"


def ask_address(*, provision: str, day: date, calendar: str, pauses: tuple[tuple[date, date], ...]) -> str:
    """Return the address of the page with a question typed in already."""
    is_institution = calendar in {code for code, _name in list_institutions()}
    country, _dash, region = (calendar, "", "") if is_institution else calendar.partition("-")
    typed = {"provision": provision, "day": day.isoformat(), "place": country, "region": region}
    for number, (first, last) in enumerate(pauses[:_PAUSES], start=1):
        typed |= {f"from{number}": first.isoformat(), f"to{number}": last.isoformat()}
    return ask_url({key: value for key, value in typed.items() if value})
