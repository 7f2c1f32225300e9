"""The words that every page with legal dates needs, handed to its template."""

from collections.abc import Mapping
from typing import Any

from mobility.i18n.cases_labels import clock_event_label, silence_sentence
from mobility.i18n.clock_words import (
    MARKS,
    OWED_BY,
    confidence_words,
    days_left_words,
    due_words,
    state_words,
    why_words,
)
from mobility.i18n.event_labels import event_words
from mobility.i18n.formats import in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.periods import period_phrase
from mobility.i18n.stages_labels import stage_label
from mobility.services.cases import OfficeView

CLOCK_WORDS: dict[str, Any] = {
    "lamp_marks": MARKS,
    "owed_by_names": OWED_BY,
    "clock_event_label": clock_event_label,
    "confidence_words": confidence_words,
    "days_left_words": days_left_words,
    "due_words": due_words,
    "event_words": event_words,
    "law_text": law_text,
    "period_phrase": period_phrase,
    "silence_sentence": silence_sentence,
    "stage_label": stage_label,
    "state_words": state_words,
    "why_words": why_words,
}


def name_in(names: Mapping[str, str]) -> str:
    """Return one of the names kept per language: the reader's, else the English one."""
    return str(in_language(names)[0])


def office_name(office: OfficeView | None) -> str:
    """Return the name of an office in the reader's language; nothing for no office."""
    return name_in(office.names) if office is not None else ""
