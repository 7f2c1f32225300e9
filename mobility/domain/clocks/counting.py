"""One question to the time-limit engine for a clock: its trigger, its pauses and its extensions.

The engine counts; here is decided what it is asked, and that a pause whose reading the law leaves open is asked
twice, so that the earlier day is known. RULES on pauses and extensions are the engine's parameters `suspensions`,
`suspension_model`, `extensions` and `extension_model`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mobility.domain.calendars import CalendarSource
from mobility.domain.clocks.pauses import ONE_DAY, as_read
from mobility.domain.clocks.vocabulary import ClockExtension, ClockTerms, Pause, PauseReading
from mobility.domain.law_codes import ExtensionModel, SuspensionModel
from mobility.domain.time_limits import Answer, RuleSet, Step, TimeLimit, compute, day_of

PAUSE_WITHOUT_EFFECT = "pause_without_effect"
"""Flag of an answer whose clock has a pause recorded that its provision does not know."""

PAUSE_DAY_QUESTION = "pause_day"
"""The question of law behind the earlier day: whether the day of the request is itself suspended."""

# a pause that ends with the time allowed, or of excluded days, is counted like any other: only its last day differs
_SUSPENSION_IN_ENGINE: Mapping[SuspensionModel, str] = {
    SuspensionModel.STOP_AND_RESUME: "stop_and_resume",
    SuspensionModel.TIME_ALLOWED: "stop_and_resume",
    SuspensionModel.EXCLUDED_TIME: "stop_and_resume",
    SuspensionModel.RESTART: "restart",
    SuspensionModel.START_ON_COMPLETION: "start_on_completion",
}
_BEGINS_ANEW = frozenset({SuspensionModel.RESTART, SuspensionModel.START_ON_COMPLETION})
_EXTENSION_IN_ENGINE: Mapping[ExtensionModel, str] = {
    ExtensionModel.NEW_TOTAL: "new_total",
    ExtensionModel.FROM_ROLLED_END: "rolled_end",
    ExtensionModel.FROM_UNROLLED_END: "unrolled_end",
    ExtensionModel.NEW_DATE: "new_date",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Where the engine finds its rule sets and calendars."""

    rule_sets: Mapping[str, RuleSet]
    calendars: CalendarSource


def is_pausable(terms: ClockTerms) -> bool:
    """Say whether an event can pause this clock: a forward period in days or more, and a provision that knows pauses.

    The seasonal standstill of some laws is part of the rule set and needs no event.
    """
    return terms.suspension in _SUSPENSION_IN_ENGINE and terms.direction == "forward" and terms.unit != "hours"


def count(
    terms: ClockTerms,
    start: date | datetime,
    *,
    pauses: Sequence[Pause],
    extensions: Sequence[ClockExtension],
    law: Law,
) -> Answer:
    """Return the engine's answer with its spread widened by the other reading of the pauses, where it is open.

    Raises what the engine raises: an unknown rule set, a missing calendar, a unit its law does not cover.
    """
    if pauses and not is_pausable(terms):
        answer = _under(terms, start, (), extensions, law)
        return replace(answer, flags=answer.flags | {PAUSE_WITHOUT_EFFECT})
    answer = _under(terms, start, as_read(pauses, terms.pause_reading), extensions, law)
    # what begins anew on the day of completion does not depend on the day of the request
    is_open = terms.pause_reading is PauseReading.UNSTATED and terms.suspension not in _BEGINS_ANEW
    if not pauses or not is_open:
        return answer
    return _widened(answer, _under(terms, start, as_read(pauses, PauseReading.REQUEST_DAY_COUNTS), extensions, law))


def _widened(answer: Answer, other: Answer) -> Answer:
    earliest, latest = _earlier(answer.earliest, other.earliest), _later(answer.latest, other.latest)
    if (earliest, latest) == (answer.earliest, answer.latest):
        return answer
    step = Step(code="other_reading", day=day_of(other.last_day), arguments={"questions": [PAUSE_DAY_QUESTION]})
    steps = answer.steps if other.last_day == answer.last_day else (*answer.steps, step)
    return replace(answer, earliest=earliest, latest=latest, steps=steps, flags=answer.flags | {"debatable"})


def _earlier(one: date | datetime, other: date | datetime) -> date | datetime:
    return one if one <= other else other


def _later(one: date | datetime, other: date | datetime) -> date | datetime:
    return one if one >= other else other


def _under(
    terms: ClockTerms,
    start: date | datetime,
    pauses: Sequence[Pause],
    extensions: Sequence[ClockExtension],
    law: Law,
) -> Answer:
    """Answer under one reading: a day that the authority named ends what came before and begins what comes after."""
    named = next((place for place in reversed(range(len(extensions))) if extensions[place].until), None)
    if named is None:
        return _ask(terms, start, pauses, extensions, law)
    answer = _ask(terms, start, (), extensions[named : named + 1], law)
    answer = _moved(answer, extensions[named], pauses)
    rest = extensions[named + 1 :]
    if not rest:
        return answer
    longer = replace(terms, period=rest[0].period, unit=rest[0].unit)
    after = _ask(longer, answer.last_day, pauses, rest[1:], law)
    return replace(after, steps=(*answer.steps, *after.steps))


def _moved(answer: Answer, extension: ClockExtension, pauses: Iterable[Pause]) -> Answer:
    """Move a named day by the days paused after it was named; it was named in knowledge of the earlier ones."""
    end = day_of(answer.last_day)
    steps = list(answer.steps)
    for pause in pauses:
        first_on = max(pause.first_on, extension.granted_on + ONE_DAY)
        if first_on > pause.last_on or first_on > end:
            continue
        days = (pause.last_on - first_on).days + 1
        end += timedelta(days=days)
        arguments: dict[str, str | int] = {
            "first": first_on.isoformat(),
            "last": pause.last_on.isoformat(),
            "days": days,
        }
        steps.append(Step(code="pause_added", day=end, arguments=arguments))
    return replace(answer, last_day=end, earliest=end, latest=end, steps=tuple(steps))


def _ask(
    terms: ClockTerms,
    start: date | datetime,
    pauses: Iterable[Pause],
    extensions: Sequence[ClockExtension],
    law: Law,
) -> Answer:
    params: dict[str, object] = dict(terms.params)
    suspensions = [{"from": pause.first_on, "to": pause.last_on} for pause in pauses]
    if suspensions and terms.suspension is not None:
        params |= {"suspensions": suspensions, "suspension_model": _SUSPENSION_IN_ENGINE[terms.suspension]}
    if extensions:
        params |= _extension_params(extensions)
    question = TimeLimit(
        rule_set=terms.rule_set,
        start=start,
        period=terms.period,
        unit=terms.unit,
        calendar=terms.calendar,
        direction=terms.direction,
        kind=terms.kind,
        params=params,
    )
    return compute(question, rule_sets=law.rule_sets, calendars=law.calendars)


def _extension_params(extensions: Sequence[ClockExtension]) -> dict[str, object]:
    """Return the engine's parameters; it knows one model a question, and that of the last extension governs."""
    asked = [
        {"date": each.until} if each.until is not None else {"period": each.period, "unit": each.unit}
        for each in extensions
    ]
    return {"extensions": asked, "extension_model": _EXTENSION_IN_ENGINE[extensions[-1].model]}
