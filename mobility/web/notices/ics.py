"""Writes events as a calendar that other programs read (RFC 5545), in the current language.

A date of the law is a whole day and belongs to no zone. What an event says is reference and step; its description
names the duty and the article. Alarms ring the morning of a day three days before, and of the day before.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from mobility.i18n import current_code, language_of
from mobility.i18n import gettext as _
from mobility.i18n.formats import format_date
from mobility.i18n.law_texts import law_text
from mobility.i18n.life_words import life_title
from mobility.i18n.reminders_labels import stage_name
from mobility.loading import deferred
from mobility.services.calendar_events import CalendarEvent

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = deferred("icalendar")

_NINE_O_CLOCK: Final = 9
_DAYS_BEFORE: Final = (3, 1)
_EVERY: Final = timedelta(hours=6)


def write_calendar(events: Iterable[CalendarEvent], *, site: str, now: datetime) -> bytes:
    """Return the calendar; `site` is the address that links begin with."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//Mobility//{language_of(current_code()).tag}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Mobility: dates"))
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for event in events:
        calendar.add_component(_event(event, site, now))
    return bytes(calendar.to_ical())


def _event(given: CalendarEvent, site: str, now: datetime) -> "icalendar.Event":
    event = icalendar.Event()
    event.add("uid", given.uid)
    event.add("sequence", given.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", given.on)
    event.add("dtend", given.on + timedelta(days=1))
    event.add("summary", _summary(given))
    event.add("description", _description(given, site))
    event.add("url", site + given.path)
    event.add("status", "CANCELLED" if given.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if not given.is_cancelled:
        for days in _DAYS_BEFORE:
            event.add_component(_alarm(given, days))
    return event


def _summary(given: CalendarEvent) -> str:
    facts = given.facts
    if not given.kind:
        step = {"reference": facts["reference"], "step": stage_name(facts["stage_kind"])}
        return _("%(reference)s: %(step)s", **step)
    title = life_title(given.kind, facts)
    if "reference" in facts:
        return _("%(reference)s: %(step)s", reference=facts["reference"], step=title)
    return title


def _description(given: CalendarEvent, site: str) -> str:
    facts, lines = given.facts, []
    if facts.get("owes"):
        lines.append(law_text(str(facts["owes"])))
    if facts.get("instrument"):
        law = {"instrument": law_text(str(facts["instrument"])), "article": facts.get("article", "")}
        lines.append(_("Under: %(instrument)s %(article)s", **law).strip())
    if facts.get("latest_on"):
        lines.append(_("On a later reading of the law: %(day)s.", day=format_date(facts["latest_on"], "full")))
    if facts.get("is_paused"):
        lines.append(_("The period stands still; there is no date at present."))
    return "\n".join([*lines, site + given.path])


def _alarm(given: CalendarEvent, days: int) -> "icalendar.Alarm":
    """Return an alarm on the morning that many days before; the day itself begins at midnight."""
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _summary(given))
    alarm.add("trigger", timedelta(hours=_NINE_O_CLOCK) - timedelta(days=days))
    return alarm
