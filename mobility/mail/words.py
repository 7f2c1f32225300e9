"""What a mail template may call: days, names, citations, and marks that keep codes whole inside Arabic text.

A mail is rendered outside any request, so nothing here knows Flask; the page templates have their own set.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup

from mobility.domain.statements import EntryCode
from mobility.domain.time_limits.answers import Answer
from mobility.i18n import current_code, direction_of
from mobility.i18n.derivations import one_sentence
from mobility.i18n.formats import country_name, days_phrase, format_date, format_share, in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.life_words import life_title
from mobility.i18n.reminders_labels import stage_name
from mobility.i18n.statements_labels import entry_name

_LRI, _FSI, _PDI = "\u2066", "\u2068", "\u2069"  # Unicode's isolates: what <bdi> is for plain text


def day_in_words(day: date | str, style: str = "full") -> str:
    """Return a day, given as such or as ISO text, in the reader's words."""
    return format_date(date.fromisoformat(day) if isinstance(day, str) else day, style)


def days_between(first: str, second: str) -> int:
    """Return how many days lie from the first ISO day to the second; negative when it is past."""
    return (date.fromisoformat(second) - date.fromisoformat(first)).days


@pass_eval_context
def code(context: EvalContext, text: str) -> str:
    """Return a reference or citation that reads left to right wherever it stands."""
    if context.autoescape:
        return Markup('<bdi dir="ltr">{}</bdi>').format(text)
    return f"{_LRI}{text}{_PDI}" if _is_rtl() else text


@pass_eval_context
def name(context: EvalContext, names: Mapping[str, Any]) -> str:
    """Return the name that suits the reader, in whatever script it has."""
    text, language = in_language(names)
    if context.autoescape:
        return Markup('<bdi lang="{}">{}</bdi>').format(language, text)
    return f"{_FSI}{text}{_PDI}" if _is_rtl() else str(text)


@pass_eval_context
def law(context: EvalContext, text: str) -> str:
    """Return a sentence of the law in the reader's language, or in its own where it has no translation."""
    words = law_text(text)
    return Markup("<bdi>{}</bdi>").format(words) if context.autoescape else words


@pass_context
def life(context: Context, item: Mapping[str, Any] | None = None) -> str:
    """Return what comes on a day that is nobody's clock: of an item of a digest, or of the mail itself."""
    facts = context.get_all() if item is None else item
    return life_title(str(facts["kind"]), facts)


def why(derivation: Mapping[str, Any]) -> str:
    """Return in one sentence how a stored answer came to its day."""
    return one_sentence(Answer.from_json(derivation))


def share(percent: int) -> str:
    """Return a share given in per cent, in the reader's way of writing it."""
    return format_share(percent / 100)


def entry_of_statement(entry: str, country_a: str, country_b: str) -> str:
    """Return what an entry of a statement counts."""
    return entry_name(EntryCode(entry), (country_a, country_b))


def _is_rtl() -> bool:
    return direction_of(current_code()) == "rtl"


WORDS = {
    "day": day_in_words,
    "days_between": days_between,
    "days_phrase": days_phrase,
    "code": code,
    "name": name,
    "law": law,
    "life": life,
    "country": country_name,
    "share": share,
    "entry_of_statement": entry_of_statement,
    "stage_name": stage_name,
    "why": why,
}
