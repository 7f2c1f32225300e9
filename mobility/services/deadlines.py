"""Answers questions about dates without a case: the batch protocol, and one question with its derivation.

Needs no database. The protocol takes and gives one JSON object per line; a line that cannot be computed is
answered with an error that names the offending value. Clocks of cases ask the engine themselves.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from mobility import calendars
from mobility.domain.errors import DomainError
from mobility.domain.time_limits import Answer, TimeLimit, compute, read_start
from mobility.domain.time_limits.errors import ParameterInvalid
from mobility.i18n import current_code
from mobility.i18n.derivations import ExplainedStep, explain
from mobility.storage.rule_set_files import installed_rule_sets

_TEXT_KEYS = ("rule_set", "start", "period", "unit", "country", "direction", "kind")
_DEFAULTS = {"direction": "forward", "kind": "act"}


def compute_question(question: TimeLimit) -> Answer:
    """Return the answer under this installation's rule sets and calendars; raises DomainError."""
    return compute(question, rule_sets=installed_rule_sets(), calendars=calendars.source())


def explain_answer(answer: Answer) -> list[ExplainedStep]:
    """Return the derivation in the current language, with holidays named in it where their names are known."""
    return explain(answer, holiday_name=holiday_in_current_language)


def holiday_in_current_language(code: str, day: date) -> str | None:
    """Return the holiday's name in the current language; None where only English is known, or on any other day."""
    try:
        found = calendars.holiday_names(code.rpartition("+")[2], day, current_code())
    except DomainError:
        return None
    return None if found is None or found.is_fallback else found.text


def compute_line(json_text: str) -> str:
    """Answer one line of the batch protocol; never raises for bad input, the answer then has an `error`."""
    try:
        line = json.loads(json_text)
    except (ValueError, RecursionError) as error:
        return _dump({"id": None, "error": f"not JSON: {error}"})
    if not isinstance(line, dict):
        return _dump({"id": None, "error": f"not a JSON object: {json_text.strip()[:80]}"})
    identity = line.get("id")
    try:
        return _dump({"id": identity} | answered(compute_question(question_from(line))))
    except DomainError as error:
        return _dump({"id": identity, "error": error_text(error)})


def question_from(line: Mapping[str, Any]) -> TimeLimit:
    """Return the question of one line; raises ParameterInvalid naming a key that is missing or not a text."""
    values = {key: _text(line, key) for key in _TEXT_KEYS}
    params = line.get("params")
    if not isinstance(params, dict):
        raise ParameterInvalid(parameter="params", value=repr(params))
    return TimeLimit(
        rule_set=values["rule_set"],
        start=read_start(values["start"]),
        period=values["period"],
        unit=values["unit"],
        calendar=values["country"],
        direction=values["direction"],
        kind=values["kind"],
        params=params,
    )


def _text(line: Mapping[str, Any], key: str) -> str:
    value = line.get(key, _DEFAULTS.get(key))
    if not isinstance(value, str):
        raise ParameterInvalid(parameter=key, value=repr(value))
    return value


def answered(answer: Answer) -> dict[str, Any]:
    """Return what the protocol tells about an answer: days, bounds where they differ, cautions, derivation."""
    values: dict[str, Any] = {"last_day": protocol_day(answer.last_day)}
    if answer.is_debatable:
        values |= {"earliest": protocol_day(answer.earliest), "latest": protocol_day(answer.latest)}
    if answer.flags:
        values["flags"] = sorted(answer.flags)
    if answer.calendar_code:
        values["calendar"] = {
            "code": answer.calendar_code,
            "package": answer.calendar_package,
            "version": answer.calendar_package_version,
        }
    values["derivation"] = answer.to_dict()["steps"]
    return values


def protocol_day(result: date | datetime) -> str:
    """Return YYYY-MM-DD, or YYYY-MM-DDTHH:MM as local time without seconds and offset."""
    if isinstance(result, datetime):
        return result.replace(tzinfo=None).isoformat(timespec="minutes")
    return result.isoformat()


def error_text(error: DomainError) -> str:
    """Return the error for a program: its code in words and the offending values, the first one foremost."""
    values = ", ".join(f"{value}" if number == 0 else f"{key} {value}" for number, (key, value) in _pairs(error))
    return f"{error.code.replace('_', ' ')}: {values}" if values else error.code.replace("_", " ")


def _pairs(error: DomainError) -> list[tuple[int, tuple[str, object]]]:
    return list(enumerate((key.replace("_", " "), value) for key, value in error.parameters.items()))


def _dump(values: Mapping[str, Any]) -> str:
    """Return one line; a lone surrogate, which UTF-8 cannot hold, is written as it was read: escaped."""
    text = json.dumps(values, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(values)
    return text
