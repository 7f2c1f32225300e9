"""When a section is complete: what is missing, unreadable or against the call, named by input and reason.

Pure: measured against the facts of the call and the answers as stored. Whether a file is fit to be kept, and whether
the person is eligible, is decided elsewhere; an officer judges what was sent.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from mobility.domain.applications.vocabulary import (
    SEALED,
    SECTION_FIELDS,
    Answers,
    CallFacts,
    Field,
    FieldType,
    Problem,
    Reason,
    SectionCode,
    SectionStatus,
    SentDocument,
    Typed,
)
from mobility.domain.documents import DocumentStatus, required_documents
from mobility.domain.stages import StageKind
from mobility.domain.stays import DayRange

MOST_MINOR: Final = 10**12
MOST_LINKS: Final = 10
_PASSPORT: Final = re.compile(r"[A-Z0-9]{5,15}")
_PHONE: Final = re.compile(r"\+?[0-9 ()/.-]{5,30}")
_LINK: Final = re.compile(r"https?://[^\s/@\\]+\.[^\s/@\\]+(?:/\S*)?", re.IGNORECASE)
_FIRST_BIRTH: Final = date(1900, 1, 1)


def sections_of(stages: Iterable[StageKind]) -> tuple[SectionCode, ...]:
    """Return the sections an application has; where nobody is asked for money there is no funding section."""
    has_funding = StageKind.FUNDING in set(stages)
    return tuple(code for code in SectionCode if has_funding or code is not SectionCode.FUNDING)


def check_section(code: SectionCode, answers: Answers, typed: Mapping[str, Typed], facts: CallFacts) -> list[Problem]:
    """Return everything that keeps the section from being complete, in the order of its inputs.

    Not for the documents, which are rows of their own: see `check_documents`.
    """
    problems: list[Problem] = []
    for each in SECTION_FIELDS[code]:
        problems += _check_field(each, each.code, answers, typed)
    known = {problem.path for problem in problems}
    return problems + [problem for problem in _CHECKS[code](answers, facts) if problem.path not in known]


def section_status(answers: Answers, typed: Mapping[str, Typed], problems: Sequence[Problem]) -> SectionStatus:
    """Return what the task list says; a section in which nothing was answered is not started."""
    if not problems:
        return SectionStatus.COMPLETE
    has_answers = any(value not in ("", None, False, []) for value in answers.values())
    return SectionStatus.TO_FINISH if has_answers or typed else SectionStatus.NOT_STARTED


def check_documents(documents: Iterable[SentDocument], stages: Iterable[StageKind]) -> list[Problem]:
    """Return the kinds that are needed and not there, or were returned to the person."""
    status = {each.kind: each.status for each in documents if each.status is not DocumentStatus.REPLACED}
    problems = []
    for kind in required_documents(stages):
        if kind not in status:
            problems.append(Problem(path=kind, reason=Reason.DOCUMENT_MISSING))
        elif status[kind] is DocumentStatus.RETURNED:
            problems.append(Problem(path=kind, reason=Reason.DOCUMENT_RETURNED))
    return problems


def _check_field(each: Field, path: str, answers: Answers, typed: Mapping[str, Typed]) -> list[Problem]:
    if path in typed:
        return [Problem(path=path, reason=typed[path].reason, parameters={"typed": typed[path].text})]
    value = answers.get(each.key)
    if each.type is FieldType.ROWS:
        return _check_rows(each, path, value or [], typed)
    if each.type is FieldType.TICK:
        return [] if value else [Problem(path=path, reason=Reason.MUST_BE_TICKED)]
    if value in ("", None, []):
        return [Problem(path=path, reason=Reason.MISSING)] if each.is_required else []
    if isinstance(value, str) and len(value) > each.longest:
        return [Problem(path=path, reason=Reason.TOO_LONG, parameters={"most": each.longest, "given": len(value)})]
    if each.choices and value not in each.choices:
        return [Problem(path=path, reason=Reason.NOT_A_CHOICE)]
    return []


def _check_rows(each: Field, path: str, rows: Sequence[Answers], typed: Mapping[str, Typed]) -> list[Problem]:
    if not rows:
        return [Problem(path=path, reason=Reason.NO_ROWS)] if each.is_required else []
    if len(rows) > each.most_rows:
        return [Problem(path=path, reason=Reason.TOO_MANY_ROWS, parameters={"most": each.most_rows})]
    return [
        problem
        for number, row in enumerate(rows)
        for column in each.columns
        for problem in _check_field(column, f"{path}-{number}-{column.code}", row, typed)
    ]


def _check_about_you(answers: Answers, facts: CallFacts) -> list[Problem]:
    problems = []
    birth_on, passport = answers.get("birth_on", ""), answers.get("passport_number", "")
    if birth_on and birth_on != SEALED and not _FIRST_BIRTH <= date.fromisoformat(birth_on) < facts.today:
        problems.append(Problem(path="birth_on", reason=Reason.BIRTH_IN_FUTURE))
    if passport and passport != SEALED and not _PASSPORT.fullmatch(passport):
        problems.append(Problem(path="passport_number", reason=Reason.NOT_A_PASSPORT_NUMBER))
    if answers.get("phone") and not _PHONE.fullmatch(answers["phone"]):
        problems.append(Problem(path="phone", reason=Reason.NOT_A_PHONE_NUMBER))
    return problems


def _check_your_work(answers: Answers, facts: CallFacts) -> list[Problem]:
    problems = []
    if facts.discipline and answers.get("discipline") not in (facts.discipline, "", None):
        parameters = {"discipline": facts.discipline}
        problems.append(Problem(path="discipline", reason=Reason.OTHER_DISCIPLINE, parameters=parameters))
    links = answers.get("links") or []
    if len(links) > MOST_LINKS:
        problems.append(Problem(path="links", reason=Reason.TOO_MANY_LINKS, parameters={"most": MOST_LINKS}))
    wrong = next((link for link in links if not _LINK.fullmatch(link) or len(link) > 300), None)
    if wrong:
        problems.append(Problem(path="links", reason=Reason.NOT_A_LINK, parameters={"typed": wrong}))
    return problems


def _check_your_stay(answers: Answers, facts: CallFacts) -> list[Problem]:
    arrival_on, departure_on = _day_in(answers, "arrival_on"), _day_in(answers, "departure_on")
    problems = []
    window: dict[str, object] = {"first": facts.stay_from, "last": facts.stay_until}
    for path, day in (("arrival_on", arrival_on), ("departure_on", departure_on)):
        if day and day < facts.stay_from:
            problems.append(Problem(path=path, reason=Reason.BEFORE_WINDOW, parameters=window | {"given": day}))
        elif day and day > facts.stay_until:
            problems.append(Problem(path=path, reason=Reason.AFTER_WINDOW, parameters=window | {"given": day}))
    if arrival_on and not problems and arrival_on <= facts.today:
        problems.append(Problem(path="arrival_on", reason=Reason.ARRIVAL_PAST, parameters={"given": arrival_on}))
    if arrival_on and departure_on:
        problems += _check_length(arrival_on, departure_on, facts)
    return problems


def _check_length(arrival_on: date, departure_on: date, facts: CallFacts) -> list[Problem]:
    if departure_on < arrival_on:
        backwards = {"first": arrival_on, "given": departure_on}
        return [Problem(path="departure_on", reason=Reason.DEPARTURE_BEFORE_ARRIVAL, parameters=backwards)]
    days = DayRange(first_on=arrival_on, last_on=departure_on).days
    if facts.min_days <= days <= facts.max_days:
        return []
    reason = Reason.STAY_TOO_SHORT if days < facts.min_days else Reason.STAY_TOO_LONG
    parameters = {"days": days, "least": facts.min_days, "most": facts.max_days}
    return [Problem(path="departure_on", reason=reason, parameters=parameters)]


def _check_languages(answers: Answers, facts: CallFacts) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for number, row in enumerate(answers.get("languages") or []):
        language = row.get("language", "")
        if language and language in seen:
            path = f"languages-{number}-language"
            problems.append(Problem(path=path, reason=Reason.SAME_LANGUAGE_TWICE))
        seen.add(language)
    return problems


def _check_funding(answers: Answers, facts: CallFacts) -> list[Problem]:
    problems = []
    for number, row in enumerate(answers.get("lines") or []):
        amount, payer = row.get("amount_minor"), row.get("payer", "")
        if amount is not None and not 0 < amount <= MOST_MINOR:
            problems.append(Problem(path=f"lines-{number}-amount", reason=Reason.AMOUNT_OUT_OF_RANGE))
        if payer and payer not in (facts.sending, facts.receiving):
            problems.append(Problem(path=f"lines-{number}-payer", reason=Reason.NOT_A_PAYER))
    return problems


def _check_nothing(answers: Answers, facts: CallFacts) -> list[Problem]:
    return []


def _day_in(answers: Answers, key: str) -> date | None:
    return date.fromisoformat(answers[key]) if answers.get(key) else None


_CHECKS: Final = MappingProxyType(
    {
        SectionCode.ABOUT_YOU: _check_about_you,
        SectionCode.YOUR_WORK: _check_your_work,
        SectionCode.YOUR_STAY: _check_your_stay,
        SectionCode.LANGUAGES: _check_languages,
        SectionCode.FUNDING: _check_funding,
        SectionCode.DOCUMENTS: _check_nothing,
        SectionCode.DECLARATIONS: _check_nothing,
    }
)
