"""Legal dates in words: how a clock stands, how long is left, when it is due, what happens if nobody acts.

The same words on every page: late by 10 days, due today, soon, running, stopped since 2 December, done 14 September.
Why a date is what it is, step by step, is told in `derivations`.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Protocol

from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.current import ngettext
from mobility.i18n.formats import format_date

MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "late": "late",
        "due_today": "soon",
        "soon": "soon",
        "on_time": "ok",
        "stopped": "paused",
        "done": "met",
        "done_late": "met",
        "reached": "met",
        "ended": "none",
    }
)
"""The sign of each lamp; it never stands without its word."""

CONFIDENCE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "seen": _l("compared with the official text"),
        "seen-parallel": _l("compared with a parallel text"),
        "seen-secondary": _l("taken from a source that quotes the text"),
        "recalled": _l("not verified: nobody has compared this wording with the text yet"),
    }
)

OWED_BY: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "applicant": _l("the applicant"),
        "post": _l("the embassy or consulate"),
        "recognition_body": _l("the recognition body"),
        "funder": _l("the funder"),
        "school": _l("the language school"),
        "consulted_state": _l("the consulted state"),
        "residence_authority": _l("the residence authority"),
        "home_authority": _l("the authority at home"),
        "sending_institution": _l("the sending institution"),
        "receiving_institution": _l("the host"),
        "sponsor": _l("the sponsor"),
        "authority": _l("the authority"),
        "sending_state": _l("the sending state"),
        "receiving_state": _l("the receiving state"),
        "parties": _l("the parties to the agreement"),
        "denouncing_party": _l("the party that ends the agreement"),
        "joint_commission": _l("the joint commission"),
        "association": _l("the association"),
        "customs": _l("the customs office"),
        "treaty_effect": _l("nobody: it follows from the law"),
    }
)


class TimedClock(Protocol):
    """What the words need of a clock, on a page of a case and in a queue alike."""

    @property
    def lamp(self) -> Any: ...
    @property
    def days_left(self) -> int: ...
    @property
    def earliest_on(self) -> date: ...
    @property
    def latest_on(self) -> date: ...
    @property
    def paused_since(self) -> date | None: ...


def late_words(days: int) -> str:
    """Return "late by 10 days" for a number of days above 0."""
    return ngettext("Late by %(num)s day", "Late by %(num)s days", days)


def days_left_words(days: int, working: int | None = None) -> str:
    """Return "17 days left, 12 of them working days"; below 0 how late, 0 is today. `working` None: not known."""
    if days < 0:
        return late_words(-days)
    if days == 0:
        return _("Due today")
    left = ngettext("%(num)s day left", "%(num)s days left", days)
    if working is None:
        return left
    if working == days:
        return ngettext("%(left)s, a working day", "%(left)s, all of them working days", days, left=left)
    if working == 0:
        return _("%(left)s, none of them a working day", left=left)
    return ngettext(
        "%(left)s, %(num)s of them a working day", "%(left)s, %(num)s of them working days", working, left=left
    )


def short_days_words(days: int, working: int | None) -> str:
    """Return the days for a narrow place on a desk: working days, then all days."""
    if days < 0:
        return late_words(-days)
    if working is None:
        return ngettext("%(num)s day left", "%(num)s days left", days)
    return ngettext("%(working)s working / %(num)s day", "%(working)s working / %(num)s days", days, working=working)


def state_words(clock: TimedClock, met_on: date | None = None) -> str:
    """Return how a clock stands, for the words beside its mark."""
    match str(clock.lamp):
        case "late":
            return late_words(max(1, -clock.days_left))
        case "due_today":
            return _("Due today")
        case "soon":
            return ngettext("Soon: %(num)s day", "Soon: %(num)s days", clock.days_left)
        case "on_time":
            return ngettext("Running, %(num)s day", "Running, %(num)s days", clock.days_left)
        case "stopped":
            since = clock.paused_since
            return _("Stopped since %(day)s", day=format_date(since, "short")) if since else _("Stopped")
        case "done" | "done_late":
            return _done(met_on, is_late=str(clock.lamp) == "done_late")
        case "reached":
            return _("The day has come")
    return _("Ended")


def _done(met_on: date | None, *, is_late: bool) -> str:
    if met_on is None:
        return _("Done late") if is_late else _("Done")
    day = format_date(met_on, "short")
    return _("Done %(day)s, late", day=day) if is_late else _("Done %(day)s", day=day)


def due_words(clock: TimedClock, style: str = "medium") -> str:
    """Return both readings, the earlier first; a stopped clock's day moves on and is told as a bound."""
    first, last = format_date(clock.earliest_on, style), format_date(clock.latest_on, style)
    if str(clock.lamp) == "stopped":
        return _("not before %(day)s", day=first)
    if clock.earliest_on == clock.latest_on:
        return first
    if style == "medium" and clock.earliest_on.year == clock.latest_on.year:
        last = format_date(clock.latest_on, "short")
    return _("%(earlier)s, or %(later)s", earlier=first, later=last)


def why_words(day: date) -> str:
    """Return the words of the link to the full count: "Why 28 December?"."""
    return _("Why %(day)s?", day=format_date(day, "yearless"))


def confidence_words(code: str) -> str:
    """Return how the wording behind a date was checked."""
    return str(CONFIDENCE.get(code, CONFIDENCE["recalled"]))
