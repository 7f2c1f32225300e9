"""Answers a question about a date that belongs to no case: a provision or a body of rules, an event, a place.

Needs no case and nobody signed in. A provision is counted as a clock under it would be; what a case would know (the
planned arrival, whose office) is asked for instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.calendars import CalendarSource
from mobility.domain.clocks import PAUSE_WITHOUT_EFFECT, ClockEvent, ClockEventKind, ClockTerms, replay
from mobility.domain.errors import NotFound
from mobility.domain.law_codes import LegalStage
from mobility.domain.time_limits import Answer, RuleSet, TimeLimit, compute
from mobility.domain.time_limits.errors import ParameterMissing, ParameterNotCovered
from mobility.domain.time_limits.rule_sets import Procedure
from mobility.domain.treaties import ProvisionVersion, counting_direction, counting_params
from mobility.domain.treaty_data import version_from_data
from mobility.services.clocks import calendar_source
from mobility.services.treaties import governing_version, version_of
from mobility.storage.queries.registry import list_present_wordings
from mobility.storage.rule_set_files import installed_rule_sets

_NAMED: Final = ("country:", "institution:")
_WINDOWS: Final = frozenset({Procedure.WINDOW})
_FREE: Final = frozenset({Procedure.PERIOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class AskableProvision:
    """A provision that the engine can compute, as it reads now; texts are sentences of law."""

    code: str
    stage: LegalStage
    instrument_code: str
    instrument_title: str
    terms: ProvisionVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know. With a `provision` the law says the period; else `rule_set` and `period` do.

    `second_on` is the further day that some rules need: the planned arrival, the day of asking, the day after which
    the next of a series is sought. `also` is a country whose holidays may count besides those of `calendar`.
    """

    start: date | datetime
    provision: str = ""
    rule_set: str = ""
    period: str = ""
    unit: str = ""
    direction: str = "forward"
    kind: str = "act"
    calendar: str = ""
    also: str = ""
    time_zone: str = ""
    second_on: date | None = None
    pauses: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """The answer with the law behind it; `terms` None where bare rules were asked for."""

    answer: Answer
    source: CalendarSource
    law: str
    law_source: str
    terms: ProvisionVersion | None = None
    instrument_title: str = ""
    url: str = ""


def list_askable(session: Session, on: date) -> list[AskableProvision]:
    """Return the provisions that have a wording the engine can compute, by stage, instrument and code."""
    rules = installed_rule_sets()
    found = [
        AskableProvision(
            code=row.code,
            stage=terms.stage,
            instrument_code=row.instrument_code,
            instrument_title=row.short_title,
            terms=terms,
        )
        for row in list_present_wordings(session, on)
        if is_computable(terms := version_from_data(row.terms), rules)
    ]
    order = list(LegalStage)
    return sorted(found, key=lambda each: (order.index(each.stage), each.instrument_code, each.code))


def list_rule_sets() -> list[RuleSet]:
    """Return the bodies of rules that count a period somebody names, by the name of the law."""
    return sorted(
        (rules for rules in installed_rule_sets().values() if rules.procedure in _FREE),
        key=lambda rules: (rules.law, rules.code),
    )


def is_computable(terms: ProvisionVersion, rules: Mapping[str, RuleSet]) -> bool:
    """Say whether the engine has an answer: the law names a length, and not only another law or another clock."""
    if not terms.period or terms.unit is None:
        return False
    found = rules.get(terms.rule_set)
    return found is None or found.procedure is not Procedure.NONE


def reply(session: Session, question: Question) -> Replied:
    """Return the answer; raises NotFound for a provision without a wording on that day, and the engine's errors."""
    source = calendar_source(session)
    if question.provision:
        return _under_provision(session, question, source)
    limit = TimeLimit(
        rule_set=question.rule_set,
        start=question.start,
        period=question.period,
        unit=question.unit,
        calendar=question.calendar,
        direction=question.direction,
        kind=question.kind,
        params=_params(question, {}) | _suspensions(question.pauses),
    )
    answer = compute(limit, rule_sets=installed_rule_sets(), calendars=source)
    law, law_source = _law(question.rule_set)
    return Replied(answer=answer, source=source, law=law, law_source=law_source)


def _under_provision(session: Session, question: Question, source: CalendarSource) -> Replied:
    on = question.start.date() if isinstance(question.start, datetime) else question.start
    row = governing_version(session, question.provision, on)
    version = version_of(row)
    if not is_computable(version, installed_rule_sets()):
        raise NotFound(provision=question.provision)
    terms = _terms(version, question)
    answer = _counted(terms, question, source)
    if question.pauses and PAUSE_WITHOUT_EFFECT in answer.flags:
        raise ParameterNotCovered(rule_set=version.rule_set, parameter="suspensions")
    law, law_source = _law(version.rule_set)
    return Replied(
        answer=answer,
        source=source,
        law=law,
        law_source=law_source,
        terms=version,
        instrument_title=row.provision.instrument.title,
        url=version.url or row.provision.instrument.url,
    )


def _counted(terms: ClockTerms, question: Question, source: CalendarSource) -> Answer:
    """Replay a clock that began with the event and stood still on the days given."""
    start = question.start
    on = start.date() if isinstance(start, datetime) else start
    begun = {} if not isinstance(start, datetime) else {"start": start.isoformat(timespec="minutes")}
    events = [ClockEvent(kind=ClockEventKind.STARTED, on=on, seq=1, data=begun)]
    for number, (first, last) in enumerate(question.pauses, start=1):
        stop = {"ref": str(number), "allowed_until": last.isoformat()}
        events.append(ClockEvent(kind=ClockEventKind.SUSPENDED, on=first, seq=2 * number, data=stop))
        events.append(ClockEvent(kind=ClockEventKind.RESUMED, on=last, seq=2 * number + 1, data=stop))
    until = max([on, *(last for _, last in question.pauses)])
    return replay(terms, events, rule_sets=installed_rule_sets(), calendars=source, today=until).answer


def _terms(version: ProvisionVersion, question: Question) -> ClockTerms:
    suspension = version.suspension
    rules = installed_rule_sets().get(version.rule_set)
    direction = counting_direction(version.direction)
    if direction == "max_continuous" and rules is not None and rules.procedure not in _WINDOWS:
        direction = "forward"  # the length of one stay, where no window moves with it
    return ClockTerms(
        rule_set=version.rule_set,
        period=str(version.period),
        unit=str(version.unit or ""),
        direction=direction,
        kind=str(version.kind),
        calendar=calendar_named_by(version) or question.calendar,
        params=_params(question, counting_params(version), is_periodic=direction == "periodic"),
        suspension=suspension.model if suspension is not None else None,
    )


def calendar_named_by(version: ProvisionVersion) -> str:
    """Return the calendar that the provision itself names; empty where it depends on the place."""
    for prefix in _NAMED:
        if version.calendar.startswith(prefix):
            return version.calendar.removeprefix(prefix)
    return ""


def _params(question: Question, law: Mapping[str, object], *, is_periodic: bool = False) -> dict[str, object]:
    params = dict(law)
    if question.also:
        params["host_country"] = question.also
    if question.time_zone:
        params["time_zone"] = question.time_zone
    candidates = params.get("candidates")
    if isinstance(candidates, Sequence):
        params["candidates"] = [_candidate(dict(each), question) for each in candidates]
    if "notice" in params:
        params["reference_date"] = _second_day(question)
    if is_periodic:
        params["after"] = _second_day(question)
    return params


def _candidate(candidate: dict[str, object], question: Question) -> dict[str, object]:
    """Put the second day in the place of the event that a case would know."""
    is_event = "event" in candidate or "trigger" in candidate
    candidate = {key: value for key, value in candidate.items() if key not in ("event", "trigger")}
    if not is_event:
        return candidate
    day = _second_day(question).isoformat()
    return {"start": day, **candidate} if "period" in candidate else {"date": day}


def _second_day(question: Question) -> date:
    if question.second_on is None:
        raise ParameterMissing(rule_set=question.rule_set or question.provision, parameter="second_day")
    return question.second_on


def _suspensions(pauses: Sequence[tuple[date, date]]) -> dict[str, object]:
    if not pauses:
        return {}
    return {"suspensions": [{"from": first.isoformat(), "to": last.isoformat()} for first, last in pauses]}


def _law(code: str) -> tuple[str, str]:
    """Return which body of law counts the days, as a citation, and where it stands."""
    found = installed_rule_sets().get(code)
    return (found.law, found.source) if found else ("", "")
