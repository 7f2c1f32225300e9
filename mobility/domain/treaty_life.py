"""Days that are nobody's clock: in the life of a treaty, of a visa, of a call; and when each comes again.

A treaty binds for terms that renew themselves unless notice is given, wants reports and meetings every so many
years, or names a day of each year. Which provisions say so is data (config/treaties); the last day for notice is
counted by the engine, because it is law; what repeats is laid out here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from mobility.domain.reminders import RuleCode

LAST_YEAR: Final = 2199


class LifeKind(StrEnum):
    """What comes on the day; the codes of `[life]` in config/reminders.toml."""

    NOTICE = "notice"  # last day to give notice
    RENEWAL = "renewal"  # the term ends and another begins
    SUNSET = "sunset"  # the instrument, or a wording, ends
    REPORT = "report"
    MEETING = "meeting"
    AGREEMENT = "agreement"  # what the parties must agree by a day of each year
    VALIDITY = "validity"  # a visa or permit ends
    CALL = "call"
    DRAFT = "draft"  # a call closes on an application that was begun


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeDate:
    """One day; `occasion` is its name for ever, whatever day it moves to.

    `facts` are codes and texts of the law for the words of a notice: owes, instrument, article, and so on.
    """

    occasion: str
    kind: LifeKind
    on: date
    facts: Mapping[str, Any]
    version: int = 1
    revision: int = 0  # rises with every change of what stands behind it
    case_id: int | None = None
    time_zone: str = ""


def code_of(days_before: int) -> str:
    """Return the code of the notice that many days before."""
    return RuleCode.DUE_TODAY.value if days_before == 0 else f"before_{days_before}"


def version_of(on: date) -> int:
    """Return the number that stands for a day in the key of a notice: another day, another notice."""
    return on.toordinal()


def next_yearly(month: int, day: int, today: date) -> date:
    """Return the next such day of a year, today included; the 29 February of a common year is its 28."""
    found = _day_of(today.year, month, day)
    return found if found >= today else _day_of(today.year + 1, month, day)


def next_periodic(first_on: date, years: int, today: date, *, month: int = 0, day: int = 0) -> date:
    """Return the next day, today included, of those every so many years after `first_on`, itself included.

    With `month` and `day` it is that day of the year in which the period ends (a common reporting day).
    Raises ValueError for a period under one year.
    """
    if years < 1:
        raise ValueError(f"a period of {years} years")
    year = first_on.year
    while year <= LAST_YEAR:
        found = _day_of(year, month or first_on.month, day or first_on.day)
        if found >= today and found >= first_on:
            return found
        year += years
    raise ValueError(f"no such day before {LAST_YEAR}")


def _day_of(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
            if day < 28:
                raise
