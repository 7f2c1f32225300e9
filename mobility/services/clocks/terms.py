"""What a provision means on one case: whose calendar, which zone, who owes, and the terms the engine counts by.

The law names roles (the actor, the sending state); here they become an office's calendar or a country. A candidate
that the law ties to an event ("or the planned arrival, if earlier") becomes that event's day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from mobility.domain.clocks import ClockTerms
from mobility.domain.events import EventCode
from mobility.domain.law_codes import CalendarOwner, OwedBy
from mobility.domain.treaties import ProvisionVersion, counting_direction, counting_params
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.offices import Office

OWED_BY_APPLICANT: Final = "applicant"
OWED_BY_OFFICE: Final = "office"
OWED_BY_PARTY: Final = "party"

_DESKS: Final = frozenset({OwedBy.POST, OwedBy.RECOGNITION_BODY, OwedBy.FUNDER, OwedBy.SCHOOL})
_NAMED: Final = ("country:", "institution:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a provision runs: the case, the office that decides there, and the stage's facts."""

    case: CaseFile
    office: Office
    stage: Stage | None

    @property
    def consulted(self) -> str:
        """The country that was consulted, the receiving state where none was named."""
        facts: Mapping[str, Any] = self.stage.facts if self.stage is not None else {}
        return str(facts.get("consulted") or self.case.receiving)


def owed_by(version: ProvisionVersion) -> str:
    """Return who owes the step in this product's words: applicant, office, or a party that has no desk here."""
    if version.owed_by is OwedBy.APPLICANT:
        return OWED_BY_APPLICANT
    return OWED_BY_OFFICE if version.owed_by in _DESKS else OWED_BY_PARTY


def calendar_for(version: ProvisionVersion, setting: Setting) -> str:
    """Return the code of the calendar that binds the provision here; empty where no holiday matters."""
    return _calendar_of(version.calendar, version, setting)


def _calendar_of(owner: str, version: ProvisionVersion, setting: Setting) -> str:
    for prefix in _NAMED:
        if owner.startswith(prefix):
            return owner.removeprefix(prefix)
    by_applicant = version.owed_by is OwedBy.APPLICANT
    match owner:
        case CalendarOwner.ACTOR:
            # what the applicant must do is done at the office's counter: its holidays close the door
            return setting.office.calendar
        case CalendarOwner.ADDRESSEE:
            return setting.office.calendar if by_applicant else setting.case.sending
        case CalendarOwner.SENDING_STATE:
            return setting.case.sending
        case CalendarOwner.RECEIVING_STATE | CalendarOwner.HOST_STATE:
            return setting.case.receiving
        case CalendarOwner.CONSULTED_STATE:
            return setting.consulted
        case CalendarOwner.NONE | "":
            return ""
    return owner


def clock_terms(version: ProvisionVersion, setting: Setting | None, calendar: str) -> ClockTerms:
    """Return the terms by which the engine counts this provision on this case.

    Without a setting, for a provision of which `hangs_on_case` is false: it counts alike on every case.
    """
    suspension, extension = version.suspension, version.extension
    return ClockTerms(
        rule_set=version.rule_set,
        period=str(version.period),
        unit=str(version.unit or ""),
        direction=counting_direction(version.direction),
        kind=str(version.kind),
        calendar=calendar,
        params=_params(version, setting),
        suspension=suspension.model if suspension is not None else None,
        extension=extension.model if extension is not None else None,
        extension_period=str(extension.period) if extension is not None else "",
        extension_unit=str(extension.unit or "") if extension is not None else "",
        silence=version.silence,
        soft=version.soft,
    )


def hangs_on_case(version: ProvisionVersion) -> bool:
    """Say whether the case itself decides a parameter: the other state's calendar, or the day of a planned event."""
    return not {"other_calendar", "candidates"}.isdisjoint(version.params)


def _params(version: ProvisionVersion, setting: Setting | None) -> dict[str, object]:
    params = counting_params(version)
    if setting is None:
        assert not hangs_on_case(version), "the case decides a parameter of this provision"
        return params
    other = version.params.get("other_calendar")
    if other:
        params["host_country"] = _calendar_of(str(other), version, setting)
    candidates = params.get("candidates")
    if isinstance(candidates, Sequence):
        params["candidates"] = [_candidate(dict(each), setting.case) for each in candidates]
    return params


def _candidate(candidate: dict[str, object], case: CaseFile) -> dict[str, object]:
    """Put the day of a planned event in the place of its code; anything else stays for the engine to judge."""
    event = candidate.pop("event", None)
    day = _planned_day(str(event), case) if event else None
    if day is None:
        return candidate if event is None else {"event": event, **candidate}
    return {"start": day.isoformat(), **candidate} if "period" in candidate else {"date": day.isoformat()}


def _planned_day(code: str, case: CaseFile) -> date | None:
    match code:
        case EventCode.PLANNED_ARRIVAL:
            return case.planned_arrival_on
        case EventCode.PLANNED_DEPARTURE:
            return case.planned_departure_on
    return None
