"""The words of the calendar of one date: what its signs mean, and the period in a sentence."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from babel.dates import get_day_names

from mobility.i18n.current import current_locale, ngettext
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import format_date

KEY: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "trigger": _l("the event, not counted"),
        "trigger_counts": _l("the event, counted as the first day"),
        "counted": _l("counted"),
        "stopped": _l("stopped"),
        "not_counted": _l("not a working day, not counted"),
        "skipped": _l("skipped: cannot be the last day"),
        "holiday": _l("public holiday"),
        "earliest": _l("last day, earlier reading"),
        "last": _l("last day, later reading"),
        "only": _l("last day"),
        "today": _l("today"),
    }
)


def counted_sentence(counted: int, stopped: int, skipped: int) -> str:
    """Return what the picture shows: how many days count, are left out, are skipped."""
    told = [ngettext("The period has %(num)s counted day.", "The period has %(num)s counted days.", counted)]
    if stopped:
        told.append(
            ngettext("%(num)s day is left out of the count.", "%(num)s days are left out of the count.", stopped)
        )
    if skipped:
        told.append(
            ngettext(
                "%(num)s closed day cannot be the last and is skipped.",
                "%(num)s closed days cannot be the last and are skipped.",
                skipped,
            )
        )
    return " ".join(told)


def plate_title(first_on: date, last_on: date) -> str:
    """Return the title of the picture."""
    return _(
        "Calendar from %(first)s to %(last)s", first=format_date(first_on, "long"), last=format_date(last_on, "long")
    )


def plate_description(sentence: str, earliest: date, latest: date) -> str:
    """Return the picture in sentences."""
    if earliest == latest:
        return _("%(sentence)s The last day is %(day)s.", sentence=sentence, day=format_date(latest, "full"))
    return _(
        "%(sentence)s The last day is %(earlier)s on the earlier reading and %(later)s on the later one.",
        sentence=sentence,
        earlier=format_date(earliest, "full"),
        later=format_date(latest, "full"),
    )


def gap_words(first_month: date, last_month: date) -> str:
    """Return the line that stands for months that are not drawn."""
    if first_month == last_month:
        return _("… %(month)s: nothing but days of the period …", month=format_date(first_month, "month"))
    return _(
        "… %(first)s to %(last)s: nothing but days of the period …",
        first=format_date(first_month, "month"),
        last=format_date(last_month, "month"),
    )


def too_long_sentence() -> str:
    """Return why there is no picture."""
    return _("The period is too long to be drawn day by day. The steps above tell how it is counted.")


def holiday_line(day: date, name: str) -> str:
    """Return a holiday beside its month: "25 Christmas Day"."""
    return _("%(number)s %(holiday)s", number=day.day, holiday=name)


def holiday_words(day: date, name: str) -> str:
    """Return a holiday with its day, for the list below the picture."""
    return _("%(day)s, %(holiday)s", day=format_date(day, "weekday"), holiday=name)


def weekday_names() -> list[str]:
    """Return the short names of the weekdays, Monday first."""
    names = get_day_names("abbreviated", "stand-alone", locale=current_locale())
    return [str(names[number]) for number in range(7)]


def first_weekday() -> int:
    """Return on which day the week begins for the reader; 0 is Monday."""
    return int(current_locale().first_week_day)
