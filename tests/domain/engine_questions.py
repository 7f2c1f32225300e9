"""Asks the engine in one line: the installed rule sets and calendars made by hand, so that no package is needed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from mobility.domain.calendars import Calendar, CalendarMissing, saturday_sunday
from mobility.domain.time_limits import Answer, RuleSet, TimeLimit, compute
from mobility.storage.rule_set_files import installed_rule_sets

FIXED = {(1, 1): "New Year's Day", (5, 1): "Labor Day", (12, 25): "Christmas Day", (12, 26): "Second Day of Christmas"}
EASTER_DAYS = {
    date(2026, 4, 3): "Good Friday",
    date(2026, 4, 6): "Easter Monday",
    date(2027, 3, 26): "Good Friday",
    date(2027, 3, 29): "Easter Monday",
}


class HandMade:
    """Calendars XA (Saturday and Sunday), XF (Friday and Saturday), and X0 that has no data after 2026."""

    def __init__(self, extra: Mapping[date, str] | None = None, **changes: Any) -> None:
        self.extra = dict(extra or {})
        self.changes = changes
        self.asked: list[tuple[str, int, int]] = []

    def calendar(self, code: str, first_year: int, last_year: int) -> Calendar:
        self.asked.append((code, first_year, last_year))
        if code[0] != "X" or (code == "X0" and last_year > 2026):
            raise CalendarMissing(calendar=code, year=last_year, reason="no_data")
        years = range(first_year, last_year + 1)
        holidays = {date(year, *day): name for year in years for day, name in FIXED.items()}
        holidays |= {day: name for day, name in (EASTER_DAYS | self.extra).items() if day.year in years}
        weekend = (lambda day: day.weekday() in (4, 5)) if code == "XF" else saturday_sunday
        values = {"weekend": weekend, "holidays": holidays, "package": "by hand", "package_version": "1"} | self.changes
        return Calendar(code=code, first_year=first_year, last_year=last_year, **values)


def ask(
    rule_set: str,
    start: str | date | datetime,
    period: str = "",
    unit: str = "",
    *,
    calendar: str = "XA",
    direction: str = "forward",
    kind: str = "act",
    params: Mapping[str, Any] | None = None,
    calendars: Any = None,
    rule_sets: Mapping[str, RuleSet] | None = None,
) -> Answer:
    question = TimeLimit(
        rule_set=rule_set,
        start=date.fromisoformat(start) if isinstance(start, str) else start,
        period=period,
        unit=unit,
        calendar=calendar,
        direction=direction,
        kind=kind,
        params=params or {},
    )
    return compute(question, rule_sets=rule_sets or installed_rule_sets(), calendars=calendars or HandMade())


def told(answer: Answer) -> tuple[str, str, str]:
    """Last day, earliest and latest as texts."""
    return answer.last_day.isoformat(), answer.earliest.isoformat(), answer.latest.isoformat()


def codes(answer: Answer) -> list[str]:
    return [step.code for step in answer.steps]


def step(answer: Answer, code: str) -> Mapping[str, Any]:
    found = [each for each in answer.steps if each.code == code]
    assert found, f"{code} is not among {codes(answer)}"
    return found[0].arguments | {"day": found[0].day}
