"""The words in the picture of the way to the arrival: what a clock is about in one noun, and its day in a few words.

They stand inside a line of a drawing, so they begin with a small letter where the language has one. The table beside
the picture uses the longer words of `clock_words`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Protocol

from babel.dates import get_month_names

from mobility.domain.plan import Outlook
from mobility.i18n.applications_labels import STAGE_WORDS
from mobility.i18n.current import current_code, ngettext
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import days_phrase, format_date
from mobility.i18n.law_texts import law_text

_NOUNS: Final[Mapping[tuple[str, str], Any]] = MappingProxyType(
    {
        ("planned_arrival", "window_open"): _l("First day to apply"),
        ("planned_arrival", "window_close"): _l("Last day to apply"),
        ("visa_appointment_requested", "act"): _l("Appointment"),
        ("visa_lodged", "decision"): _l("Decision"),
        ("visa_consulted", "silence"): _l("Answer of the state asked"),
        ("visa_refused", "act"): _l("Appeal"),
        ("recognition_received", "decision"): _l("Receipt"),
        ("recognition_complete", "decision"): _l("Decision"),
        ("funding_requested", "silence"): _l("Decision"),
        ("grant_signed", "act"): _l("First payment"),
        ("report_submitted", "act"): _l("Last payment"),
        ("departed", "act"): _l("Report"),
        ("language_registered", "act"): _l("Beginning of the course"),
        ("language_registered", "validity"): _l("Right to the course"),
    }
)
"""By the event that starts the clock and its kind; for any other the sentence of the law stands there."""


class DrawnClock(Protocol):
    """What the words need of a clock."""

    @property
    def lamp(self) -> Any: ...
    @property
    def kind(self) -> str: ...
    @property
    def owes(self) -> str: ...
    @property
    def trigger_code(self) -> str: ...
    @property
    def days_left(self) -> int: ...
    @property
    def earliest_on(self) -> date: ...
    @property
    def latest_on(self) -> date: ...
    @property
    def met_on(self) -> date | None: ...
    @property
    def paused_since(self) -> date | None: ...
    @property
    def paused_days(self) -> int: ...
    @property
    def stops(self) -> Sequence[tuple[date, date]]: ...


def clock_noun(clock: DrawnClock) -> str:
    """Return what is owed in a word or two; the sentence of the law where there is no shorter word."""
    noun = _NOUNS.get((clock.trigger_code, clock.kind))
    return str(noun) if noun is not None else law_text(clock.owes).rstrip(".")


def clock_day_words(clock: DrawnClock) -> str:
    """Return the clock's day as it stands after the noun: "by 28 Dec", "10 days late", "done 14 Sep"."""
    day = format_date(clock.earliest_on, "short")
    match str(clock.lamp):
        case "late":
            return ngettext("%(num)s day late", "%(num)s days late", max(1, -clock.days_left))
        case "done" | "done_late":
            return _done_words(clock.met_on, is_late=str(clock.lamp) == "done_late")
        case "stopped":
            return _("not before %(day)s", day=day)
        case "reached":
            return _("since %(day)s", day=day)
    later = format_date(clock.latest_on, "short")
    if clock.kind == "window_open":
        return _("from %(day)s", day=day)
    if clock.earliest_on == clock.latest_on:
        return _("by %(day)s", day=day)
    return _("by %(day)s, latest reading %(later)s", day=day, later=later)


def _done_words(met_on: date | None, *, is_late: bool) -> str:
    if met_on is None:
        return _("done")
    day = format_date(met_on, "short")
    return _("done %(day)s, late", day=day) if is_late else _("done %(day)s", day=day)


def stop_words(clock: DrawnClock) -> str:
    """Return when the clock stood still; several times are told by their days together."""
    if clock.paused_since is not None:
        return _("stopped since %(day)s", day=format_date(clock.paused_since, "short"))
    if len(clock.stops) > 1:
        return _("stopped for %(days)s in all", days=days_phrase(clock.paused_days))
    if not clock.stops:
        return ""
    first, last = clock.stops[0]
    if first == last:
        return _("stopped on %(day)s", day=format_date(first, "short"))
    return _("stopped %(first)s to %(last)s", first=format_date(first, "short"), last=format_date(last, "short"))


def safe_words(day: date) -> str:
    """Return the latest safe day of a stage."""
    return _("safe until %(day)s", day=format_date(day, "short"))


def today_words(day: date) -> str:
    """Return the words at today's line."""
    return _("Today, %(day)s", day=format_date(day, "short"))


def arrival_words(day: date) -> str:
    """Return the words at the end of the axis."""
    return _("Arrival, %(day)s", day=format_date(day, "medium"))


def month_name(day: date, with_year: bool) -> str:
    """Return a month as a head of the axis: "Aug", or "Aug 2026"."""
    if with_year:
        return format_date(day, "month")
    return _month_names(current_code())[day.month]


@cache
def _month_names(code: str) -> dict[int, str]:
    return {number: str(name) for number, name in get_month_names("abbreviated", "stand-alone", locale=code).items()}


def corridor_title(opens_on: date, arrival_on: date) -> str:
    """Return the title of the picture."""
    return _(
        "The way to the arrival: every stage from %(first)s to %(last)s",
        first=format_date(opens_on, "long"),
        last=format_date(arrival_on, "long"),
    )


def corridor_description(lanes: Sequence[tuple[str, Sequence[tuple[str, str]]]], today: date) -> str:
    """Return the picture in sentences: stages with what they owe and when, and today."""
    told = [
        _("%(stage)s, %(what)s: %(when)s.", stage=stage, what=what, when=when)
        for stage, bars in lanes
        for what, when in bars
    ]
    told += [_("%(stage)s: no time limit runs.", stage=stage) for stage, bars in lanes if not bars]
    told.append(_("Today is %(day)s.", day=format_date(today, "long")))
    told.append(_("The same facts stand in the table below."))
    return " ".join(told)


def desk_outlook_sentence(outlook: Outlook) -> str:
    """Return whether the plan holds on today's dates, and what is tightest, as an office is told."""
    broken, tightest = outlook.first_break, outlook.tightest
    if broken is not None:
        return _(
            "On today’s dates the arrival as planned is not safe: %(stage)s is expected to end %(days)s too late.",
            stage=STAGE_WORDS[broken.kind],
            days=days_phrase(-(broken.slack_days or 0)),
        )
    if tightest is None:
        return _("Every stage has ended.")
    return _(
        "On today’s dates the arrival as planned is safe. The tightest step is %(stage)s, with %(days)s to spare.",
        stage=STAGE_WORDS[tightest.kind],
        days=days_phrase(tightest.slack_days or 0),
    )


KEY: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "runs": _l("time limit running, filled to today"),
        "flag": _l("due day we remind you by"),
        "stopped": _l("stopped"),
        "done": _l("done in time"),
        "late": _l("late"),
        "limit": _l("may lawfully be extended to"),
        "back": _l("counted back from a later day"),
        "safe": _l("latest safe day of a stage"),
        "week": _l("frame: one segment is one week"),
    }
)
