"""One section at a time: what stands in it, and saving it. Whatever was typed is kept, right or not.

A section is saved against the version its page was opened on. The page that saved last may save again, because its
own autosave raised the version; anybody else decides on a merge page. Values marked as sealed never reach the
answers: they are kept under the person's own key (`services/sealing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.applications.completeness import check_section, section_status, sections_of
from mobility.domain.applications.vocabulary import (
    SEALED,
    SECTION_FIELDS,
    AlreadySent,
    ApplicationStatus,
    CallFacts,
    Problem,
    SectionCode,
    SectionStatus,
    Typed,
)
from mobility.domain.errors import ChangedMeanwhile, NotFound
from mobility.services.applications.progress import case_standing, typed_as_data, typed_of
from mobility.services.applications.reading import Raw, Reading, read_answers, write_answers
from mobility.services.calls import facts_of
from mobility.services.sealing import is_sealed, open_sealed, seal
from mobility.storage.models.applications import Application, ApplicationSection
from mobility.storage.queries.applications import get_own_application

_AS_TYPED = "_typed"  # ending of the name under which a sealed value lies that could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section as its page shows it: `shown` is the text of every input, sealed values opened for their owner."""

    application_id: int
    call_code: str
    texts: Mapping[str, Any]
    code: SectionCode
    following: SectionCode | None
    answers: Mapping[str, Any]
    typed: Mapping[str, Typed]
    shown: Mapping[str, Any]
    problems: tuple[Problem, ...]
    status: SectionStatus
    facts: CallFacts
    row_version: int
    saved_at: datetime | None


def get_section(session: Session, actor: Actor, application_id: int, code: SectionCode, now: datetime) -> SectionView:
    """Return a section of the actor's own application; raises NotFound, or AlreadySent when it is frozen."""
    application = _editable(session, actor, application_id)
    return _view(session, actor, application, code, now)


def list_sections(session: Session, actor: Actor, application_id: int, now: datetime) -> tuple[SectionView, ...]:
    """Return every section of the actor's own application, to be read, whether or not it is frozen."""
    application = get_own_application(session, actor.person_id, application_id)
    codes = sections_of(facts_of(application.call, now).stages)
    return tuple(_view(session, actor, application, code, now) for code in codes)


def save_section(
    session: Session,
    actor: Actor,
    application_id: int,
    code: SectionCode,
    raw: Raw,
    *,
    row_version: int,
    page: str,
    now: datetime,
) -> SectionView:
    """Keep what was typed in a section and return how it now stands.

    `row_version` is 0 for a section never saved; `page` names the open page. Raises ChangedMeanwhile when another
    page saved in between.
    """
    application = _editable(session, actor, application_id, lock=True)
    facts = facts_of(application.call, now)
    row = _unchanged_row(application, code, row_version, page)
    reading = read_answers(code, raw)
    problems = check_section(code, reading.answers, reading.typed, facts)
    reading = _seal_all(session, actor, code, reading, problems, raw)
    if row is None:
        row = ApplicationSection(code=code.value)
    row.answers, row.typed = reading.answers, typed_as_data(reading.typed)
    row.page, row.is_complete, row.saved_at = page, not problems, now
    if row not in application.sections:
        application.sections.append(row)
    application.updated_at = now
    session.flush()
    return _view(session, actor, application, code, now)


def read_shown(code: SectionCode, raw: Raw) -> dict[str, Any]:
    """Return what was typed as the form would show it again, for the merge page."""
    reading = read_answers(code, raw)
    return write_answers(code, reading.answers, reading.typed)


def _editable(session: Session, actor: Actor, application_id: int, *, lock: bool = False) -> Application:
    application = get_own_application(session, actor.person_id, application_id, lock=lock)
    if application.status == ApplicationStatus.DRAFT or case_standing(session, application)[1]:
        return application
    raise AlreadySent(application=application_id)


def _unchanged_row(
    application: Application, code: SectionCode, row_version: int, page: str
) -> ApplicationSection | None:
    """Return the row that the page was opened on, None for a section never saved; raises ChangedMeanwhile."""
    row = next((each for each in application.sections if each.code == code), None)
    current = row.row_version if row else 0
    if current != row_version and not (row and page and row.page == page):
        raise ChangedMeanwhile(what="application_section", section=code.value, opened=row_version, current=current)
    return row


def _view(session: Session, actor: Actor, application: Application, code: SectionCode, now: datetime) -> SectionView:
    facts = facts_of(application.call, now)
    codes = sections_of(facts.stages)
    if code not in codes:
        raise NotFound(application=application.id, section=code.value)
    row = next((each for each in application.sections if each.code == code), None)
    answers, typed = (row.answers, typed_of(row)) if row else ({}, {})
    problems = check_section(code, answers, typed, facts)
    opened_answers, opened_typed = _open_all(session, actor, code, answers, typed, now, is_new=row is None)
    position = codes.index(code) + 1
    return SectionView(
        application_id=application.id,
        call_code=application.call.code,
        texts=application.call.texts,
        code=code,
        following=codes[position] if position < len(codes) else None,
        answers=opened_answers,
        typed=opened_typed,
        shown=write_answers(code, opened_answers, opened_typed),
        problems=tuple(_with_typed(problem, opened_typed) for problem in problems),
        status=section_status(answers, typed, problems),
        facts=facts,
        row_version=row.row_version if row else 0,
        saved_at=row.saved_at if row else None,
    )


def _seal_all(
    session: Session, actor: Actor, code: SectionCode, reading: Reading, problems: list[Problem], raw: Raw
) -> Reading:
    """Move values that must be sealed out of the answers; one that does not do is sealed as it was typed."""
    answers, typed = dict(reading.answers), dict(reading.typed)
    wrong = {problem.path: problem.reason for problem in problems}
    for each in SECTION_FIELDS[code]:
        if not each.is_sealed:
            continue
        value, text = answers.pop(each.key, None), str(raw.get(each.code) or "").strip()
        if text and each.code in wrong:
            seal(session, actor.person_id, each.code + _AS_TYPED, text[: each.longest * 2])
            typed[each.code] = Typed(text="", reason=wrong[each.code])
        elif value:
            seal(session, actor.person_id, each.code, value)
            seal(session, actor.person_id, each.code + _AS_TYPED, "")
            answers[each.key] = SEALED
    return Reading(answers=answers, typed=typed)


def _open_all(
    session: Session,
    actor: Actor,
    code: SectionCode,
    answers: Mapping[str, Any],
    typed: Mapping[str, Typed],
    now: datetime,
    *,
    is_new: bool,
) -> tuple[dict[str, Any], dict[str, Typed]]:
    """Put sealed values back for their owner; a new section begins with what the person gave another time."""
    opened, opened_typed = dict(answers), dict(typed)
    for each in SECTION_FIELDS[code]:
        if not each.is_sealed:
            continue
        if each.code in opened_typed:
            text = _open(session, actor, each.code + _AS_TYPED, now)
            opened_typed[each.code] = replace(opened_typed[each.code], text=text)
        elif is_new or opened.get(each.key) == SEALED:
            opened[each.key] = _open(session, actor, each.code, now)
    return opened, opened_typed


def _open(session: Session, actor: Actor, name: str, now: datetime) -> str:
    if not is_sealed(session, actor.person_id, name):
        return ""
    return open_sealed(session, actor, actor.person_id, name, now)


def _with_typed(problem: Problem, typed: Mapping[str, Typed]) -> Problem:
    """A sentence quotes what was typed; that of a sealed value was opened only now."""
    if problem.path not in typed:
        return problem
    return replace(problem, parameters={**problem.parameters, "typed": typed[problem.path].text})
