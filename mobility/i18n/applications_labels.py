"""The words of calls, applications and documents: sections, fields, choices, and what is wrong with an answer."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.lists import format_list

from mobility.domain.applications.vocabulary import Problem
from mobility.i18n.current import current_code, ngettext
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import days_phrase, format_date, format_number

SECTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "about_you": _l("About you"),
        "your_work": _l("Your work"),
        "your_stay": _l("Your stay"),
        "languages": _l("Your languages"),
        "funding": _l("What it costs"),
        "documents": _l("Documents"),
        "declarations": _l("Declarations"),
    }
)
SECTION_STATUS: Final[Mapping[str, Any]] = MappingProxyType(
    {"not_started": _l("not started"), "to_finish": _l("to finish"), "complete": _l("complete")}
)
APPLICATION_STATUS: Final[Mapping[str, Any]] = MappingProxyType(
    {"draft": _l("draft"), "submitted": _l("sent"), "withdrawn": _l("withdrawn")}
)
DISCIPLINES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "visual_arts": _l("Visual arts"),
        "music": _l("Music"),
        "theatre": _l("Theatre"),
        "dance": _l("Dance"),
        "literature": _l("Literature"),
        "film": _l("Film"),
        "design": _l("Design"),
        "architecture": _l("Architecture"),
        "heritage": _l("Heritage and restoration"),
        "research": _l("Research"),
        "teaching": _l("Teaching"),
    }
)
STAGES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "case": _l("Admission and travel"),
        "visa": _l("Visa"),
        "recognition": _l("Recognition"),
        "funding": _l("Funding"),
        "language": _l("Language"),
    }
)
STAGE_WORDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        # Translators: the four stages inside a sentence, as in "You will need: visa, funding"
        "visa": _l("visa"),
        "recognition": _l("recognition"),
        "funding": _l("funding"),
        "language": _l("language training"),
    }
)
BUDGET_ITEMS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "travel": _l("Travel"),
        "stay": _l("Daily costs"),
        "lodging": _l("Lodging"),
        "materials": _l("Materials"),
        "insurance": _l("Insurance"),
        "fees": _l("Fees"),
        "tuition": _l("Tuition"),
        "other": _l("Other costs"),
    }
)
FIELDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "birth_on": _l("Date of birth"),
        "passport_number": _l("Passport number"),
        "nationality": _l("Nationality"),
        "residence": _l("Country in which you live"),
        "phone": _l("Telephone, if you like"),
        "discipline": _l("Field"),
        "title": _l("Title of what you want to do"),
        "statement": _l("What you want to do, and why there"),
        "links": _l("Links to your work, if you like"),
        "arrival_on": _l("Day of arrival"),
        "departure_on": _l("Day of departure"),
        "languages": _l("Languages"),
        "language": _l("Language"),
        "level": _l("Level"),
        "lines": _l("Costs"),
        "line": _l("For what"),
        "amount": _l("Amount"),
        "currency": _l("Currency"),
        "payer": _l("Who is asked to pay"),
        "truthful": _l("What I have written is true and complete."),
        "rights": _l("I hold the rights in the works I send, or I name who does."),
        "data_protection": _l("The offices that decide on this application may read it for that purpose."),
    }
)
DOCUMENT_KINDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "passport": _l("Copy of your passport"),
        "cv": _l("Curriculum vitae"),
        "portfolio": _l("Portfolio or list of publications"),
        "diploma": _l("Diploma"),
        "transcript": _l("Transcript of records"),
        "invitation": _l("Invitation from the host"),
        "insurance": _l("Proof of health insurance"),
        "lodging": _l("Proof of lodging"),
        "means": _l("Proof of means"),
        "photograph": _l("Photograph"),
        "language_certificate": _l("Language certificate"),
        "report": _l("Report"),
        "other": _l("Other document"),
    }
)
DOCUMENT_STATUS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "to_check": _l("to be checked"),
        "accepted": _l("accepted"),
        "returned": _l("returned"),
        "replaced": _l("replaced by a later version"),
    }
)
PROBLEMS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "missing": _l("Give an answer."),
        "not_a_day": _l("Give day, month and year, for example 30 4 2027."),
        "no_such_day": _l("There is no such day: %(typed)s."),
        "year_out_of_range": _l("Give a year between 1900 and 2200. You wrote %(typed)s."),
        "not_a_choice": _l("Choose one of the answers in the list."),
        "too_long": _l("Use at most %(most)s characters. You wrote %(given)s."),
        "not_an_amount": _l("Give an amount in figures, for example %(example)s. You wrote %(typed)s."),
        "too_many_decimals": _l("This currency has fewer decimal places. You wrote %(typed)s."),
        "amount_out_of_range": _l("Give an amount above zero and below ten thousand million."),
        "birth_in_future": _l("The date of birth must lie in the past, after 1900."),
        "not_a_passport_number": _l("A passport number has 5 to 15 letters (A to Z) and figures."),
        "not_a_phone_number": _l("Use figures, spaces and a plus sign, for example +20 2 5555 0123."),
        "not_a_link": _l("Each line must be a web address that begins with https:// or http://. You wrote %(typed)s."),
        "too_many_links": _l("Give at most %(most)s links."),
        "other_discipline": _l("This call is for another field."),
        "arrival_past": _l("The arrival must lie in the future. You wrote %(given)s."),
        "before_window": _l("This call is for stays between %(first)s and %(last)s. You wrote %(given)s."),
        "after_window": _l("This call is for stays between %(first)s and %(last)s. You wrote %(given)s."),
        "departure_before_arrival": _l("Must be on or after %(first)s. You wrote %(given)s."),
        "stay_too_short": _l("The stay must last at least %(least)s. Yours would last %(days)s."),
        "stay_too_long": _l("The stay may last at most %(most)s. Yours would last %(days)s."),
        "no_rows": _l("Give at least one."),
        "too_many_rows": _l("Give at most %(most)s."),
        "same_language_twice": _l("This language stands here twice."),
        "not_a_payer": _l("Choose one of the two countries of this exchange."),
        "must_be_ticked": _l("Tick this box; the application cannot be sent without it."),
        "document_missing": _l("Send this document."),
        "document_returned": _l("This document was returned to you. Send another one."),
    }
)
FILE_ERRORS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "file_refused": _l("This file cannot be used."),
        "file_missing": _l("Choose a file first."),
        "file_empty": _l("This file is empty."),
        "file_too_large": _l("This file is too large. Send a smaller one."),
        "file_kind_refused": _l("Send a PDF, JPG or PNG file. Other kinds are not taken."),
        "file_disguised": _l("The content is not what the name says. Save it again as PDF, JPG or PNG."),
        "file_mixed": _l("This file is two kinds of file in one. Save it again as a plain PDF, JPG or PNG."),
        "file_unreadable": _l("This file is damaged: it could not be read to its end. Save it again and send that."),
        "file_encrypted": _l("This PDF is protected. Remove the password or the protection and send it again."),
        "file_active": _l(
            "This PDF contains a program, an attachment or a live form. Print it to a new PDF and send that."
        ),
        "file_too_many_pages": _l("This PDF has too many pages. Send at most 200."),
        "file_too_many_pixels": _l("This picture is too large. Send at most 40 million pixels."),
        "file_too_costly": _l("Reading this file took too long. Save it again in a simpler form."),
        "rights_missing": _l("Say whose works these are and how they may be used."),
        "quota_reached": _l("You have reached the space for your files. Remove some from a draft first."),
    }
)
APPLICATION_ERRORS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "sections_incomplete": _l("Some sections are not complete yet. Nothing was sent; everything is kept."),
        "call_closed": _l("This call is not open. Nothing was sent; everything you wrote is kept."),
        "already_sent": _l("This application was sent. Its answers can no longer be changed here."),
        "document_gone": _l("This file cannot be found. Whoever runs this site has to look for it."),
    }
)

_DAYS_IN: Final = frozenset({"least", "days"})


def problem_sentence(problem: Problem) -> str:
    """Return what is wrong with an answer and what was typed, in the reader's language."""
    values = {name: _shown(name, value, problem.reason) for name, value in problem.parameters.items()}
    values.setdefault("typed", "")
    values.setdefault("example", f"{format_number(1250, 2)}")
    return str(PROBLEMS[problem.reason]) % values


def _shown(name: str, value: object, reason: str) -> str:
    if isinstance(value, date):
        return format_date(value, "long")
    if isinstance(value, int) and (name in _DAYS_IN or (name == "most" and reason.startswith("stay_"))):
        return days_phrase(value)
    return format_number(value) if isinstance(value, int) else str(value)


def discipline_name(code: str) -> str:
    """Return the name of a discipline; "" means that a call is open to all."""
    return str(DISCIPLINES[code]) if code else _("All fields")


def stages_phrase(stages: Iterable[str]) -> str:
    """Return stages inside a sentence, separated as the language separates them."""
    return str(format_list([str(STAGE_WORDS[each]) for each in stages], style="unit", locale=current_code()))


def closing_words(days_left: int) -> str:
    """Return how long a call is still open; day 0 is the closing day itself."""
    if days_left < 0:
        return _("closed")
    if days_left == 0:
        return _("closes today")
    return ngettext("closes in %(num)s day", "closes in %(num)s days", days_left)


def saved_words(saved_at: datetime, time_zone: str) -> str:
    """Return when something was saved, as a time of day where the reader is."""
    return _("Saved at %(time)s", time=format_time_of_day(saved_at, time_zone))


def format_time_of_day(moment: datetime, time_zone: str) -> str:
    """Return the time of day in a zone, in 24 hours."""
    return moment.astimezone(ZoneInfo(time_zone)).strftime("%H:%M")


def size_words(size: int) -> str:
    """Return the size of a file: kilobytes for small ones, megabytes for large ones."""
    if size < 1024 * 1024:
        return _("%(number)s kB", number=format_number(max(1, round(size / 1024))))
    return _("%(number)s MB", number=format_number(size / 1024 / 1024, 1))
