"""The words that pages of a case need, and small answers about a page that templates ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from mobility.domain.stages import Side, StageStep
from mobility.domain.turns import Turn, TurnReason
from mobility.i18n import gettext as _
from mobility.i18n import language_of
from mobility.i18n.amounts import write_amount
from mobility.i18n.applications_labels import BUDGET_ITEMS, DOCUMENT_KINDS, DOCUMENT_STATUS, size_words, stages_phrase
from mobility.i18n.case_page_words import (
    applicant_step_label,
    days_over_sentence,
    outlook_sentence,
    payment_status_label,
    span_words,
)
from mobility.i18n.cases_labels import case_status_label, turn_sentence, turn_task
from mobility.i18n.corridor_words import desk_outlook_sentence
from mobility.i18n.fact_words import fact_lines
from mobility.i18n.formats import in_language, language_name
from mobility.i18n.law_texts import law_text
from mobility.i18n.stages_labels import ground_label, milestone_label, stage_status_label, step_label, step_taken_label
from mobility.services.cases import CasePage, ClockView
from mobility.services.cases.views import DocumentView, OfficeView, StepRecord
from mobility.web.clocks.corridor_page import corridor_of
from mobility.web.clocks.words import CLOCK_WORDS, name_in, office_name

DOCUMENT_MARKS: Final = {"to_check": "ok", "accepted": "met", "returned": "late", "replaced": "none"}
_DECIDING: Final = frozenset(
    {
        StageStep.ISSUE,
        StageStep.REFUSE,
        StageStep.REVOKE,
        StageStep.RETURN_APPLICATION,
        StageStep.RECOGNISE,
        StageStep.RECOGNISE_PARTLY,
        StageStep.REQUIRE_COMPENSATION,
        StageStep.CONFIRM_COMPENSATION,
        StageStep.OFFER,
        StageStep.RECLAIM,
        StageStep.CERTIFY,
        StageStep.FAIL,
        StageStep.WAIVE,
        StageStep.EXEMPT,
        StageStep.LAPSE,
        StageStep.UPHOLD_APPEAL,
        StageStep.DISMISS_APPEAL,
    }
)
CASE_WORDS: dict[str, Any] = CLOCK_WORDS | {
    "applicant_step_label": applicant_step_label,
    "budget_items": BUDGET_ITEMS,
    "case_status_label": case_status_label,
    "corridor_of": corridor_of,
    "days_over_sentence": days_over_sentence,
    "desk_outlook_sentence": desk_outlook_sentence,
    "document_kinds": DOCUMENT_KINDS,
    "document_marks": DOCUMENT_MARKS,
    "document_status": DOCUMENT_STATUS,
    "fact_lines": fact_lines,
    "ground_label": ground_label,
    "in_language": in_language,
    "language_name": language_name,
    "language_of": language_of,
    "milestone_label": milestone_label,
    "name_in": name_in,
    "office_name": office_name,
    "outlook_sentence": outlook_sentence,
    "payment_status_label": payment_status_label,
    "size_words": size_words,
    "span_words": span_words,
    "stage_status_label": stage_status_label,
    "stages_phrase": stages_phrase,
    "step_label": step_label,
    "step_taken_label": step_taken_label,
    "write_amount": write_amount,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnWords:
    """Whose turn it is in two parts of one sentence: who, and what is to be done."""

    who: str
    task: str
    is_yours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something an office decided: what, when, on which ground; `stage` None is the case as a whole."""

    stage: str
    words: str
    taken_on: date | None
    office: OfficeView
    lines: Sequence[tuple[str, str]]


def turn_words(page: CasePage, turn: Turn, *, is_yours: bool) -> TurnWords:
    """Return the turn line for this reader; a bare time limit is told by what its provision says."""
    office = office_name(page.office(turn.office_id))
    clock = page.clock(turn.clock_id)
    task = turn_task(turn, office_name=office)
    side = ("applicant" if turn.who is Side.APPLICANT else "office") if is_yours else "other"
    whole = turn_sentence(turn, for_side=side, office_name=office, applicant_name=page.name_latin)
    who = whole.replace(task, "").strip()
    if turn.reason is TurnReason.TIME_LIMIT and clock is not None:
        who = _("It is your turn.") if is_yours else _("It is the turn of %(name)s.", name=_actor(page, turn, office))
        task = law_text(clock.owes)
    return TurnWords(who=who, task=task, is_yours=is_yours)


def _actor(page: CasePage, turn: Turn, office: str) -> str:
    return page.name_latin if turn.who is Side.APPLICANT else office


def waiting_offices(page: CasePage) -> list[str]:
    """Return the names of the offices that have something to do, each once, in the order of their dates."""
    names = [office_name(page.office(turn.office_id)) for turn in page.turns if turn.who is Side.OFFICE]
    return list(dict.fromkeys(name for name in names if name))


def current_documents(page: CasePage) -> list[DocumentView]:
    """Return the documents that count: the returned first, then by kind; replaced versions are left out."""
    found = [each for each in page.documents if each.status != "replaced"]
    return sorted(found, key=lambda each: (each.status != "returned", each.kind, each.id))


def shown_clocks(page: CasePage) -> list[ClockView]:
    """Return the clocks that are worth a line: running, stopped or done; those that ended otherwise are left out."""
    return [clock for clock in page.clocks if clock.lamp != "ended"]


def decisions(page: CasePage) -> list[Decision]:
    """Return what was decided, the latest first."""
    found = [
        (step.taken_on, step.id, _decision(step, stage.office))
        for stage in page.stages
        for step in stage.steps
        if step.step in _DECIDING and not step.is_pending and step.rejected_at is None
    ]
    made = [decision for _, _, decision in sorted(found, key=lambda each: each[:2], reverse=True)]
    facts = page.answers.get("decision")
    if facts and page.status.value in ("returned", "ineligible", "appealed"):
        made.insert(0, _case_decision(page, facts))
    return made


def _decision(step: StepRecord, office: OfficeView) -> Decision:
    return Decision(
        stage=step.stage.value,
        words=step_taken_label(step.step),
        taken_on=step.taken_on,
        office=office,
        lines=fact_lines(step.facts),
    )


def _case_decision(page: CasePage, facts: dict[str, Any]) -> Decision:
    return Decision(
        stage="case",
        words=case_status_label(page.status.value),
        taken_on=None,
        office=page.receiving_office,
        lines=fact_lines(facts),
    )
