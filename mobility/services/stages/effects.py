"""What a step brings about once it is taken: status, facts, events and clocks, the case's own status, letters, log.

Whether it may be taken was decided before (`offers`, `taking`). Everything here happens in the unit of the step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.events import EventCode
from mobility.domain.plan import StageNeed, stages_to_open
from mobility.domain.stages import Outcome, StageKind, StageStatus, StageStep, Transition, outcome_of
from mobility.domain.stays import check_actual, check_year
from mobility.services.audit import record_event
from mobility.services.case_files import CASE, follow_stages, office_day
from mobility.services.clocks import Happening, Recorded, record_case_events
from mobility.services.notices import tell_applicant, tell_office
from mobility.storage.models.cases import CaseFile, Request, Stage
from mobility.storage.models.cases import StageStep as StageStepRow
from mobility.storage.models.programmes import ProgrammeStage
from mobility.storage.prepared import Statement, prepared

_PAST_DAYS: Final = (
    "requested_on",
    "lodged_on",
    "received_on",
    "complete_on",
    "completed_on",
    "registered_on",
    "certified_on",
    "collected_on",
    "signed_on",
    "paid_on",
)
"""Facts that say when the step happened. `appointment_on` lies ahead: the law measures when it takes place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that is to take effect: its line, its facts as stored, its day, and which question it belongs to."""

    line: Transition
    facts: Mapping[str, Any]
    on: date
    ref: str = ""
    allowed_until: date | None = None


def event_day(line: Transition, facts: Mapping[str, object], on_day: date | None, today: date) -> date:
    """Return the day from which clocks count: the one given, the one among the facts, else today.

    Raises InvalidInput for a day that lies ahead, or in an impossible year.
    """
    appointment = facts.get("appointment_on")
    if line.step is StageStep.GIVE_APPOINTMENT and isinstance(appointment, date):
        return check_year("appointment_on", appointment)
    for code in _PAST_DAYS:
        day = facts.get(code)
        if isinstance(day, date):
            return check_actual(code, day, today=today)
    return check_actual("on_day", on_day, today=today) if on_day is not None else today


def stored_facts(facts: Mapping[str, object]) -> dict[str, Any]:
    """Return facts as JSON values: days as ISO text, decimals as text, empty ones left out."""
    stored: dict[str, Any] = {}
    for code, value in facts.items():
        if value is None or value == "":
            continue
        stored[code] = value.isoformat() if isinstance(value, date) else value
        if isinstance(value, Decimal):
            stored[code] = format(value, "f")
    return stored


def take_effect(
    session: Session, actor: Actor, case: CaseFile, stage: Stage, row: StageStepRow, taken: Taken, now: datetime
) -> Recorded:
    """Let a step take effect; `row` is the record of it, already in the session."""
    line, kind = taken.line, StageKind(stage.kind)
    stage.status = line.target.value
    stage.facts = {**stage.facts, **taken.facts}
    stage.is_ended = outcome_of(kind, line.target) is not Outcome.OPEN
    stage.ended_on = taken.on if stage.is_ended else None
    if line.step is StageStep.RECEIVE_DOCUMENTS and not taken.ref:
        _answer_requests(session, stage, taken.on, now)
    happenings = [
        Happening(stage=stage.kind, code=code, on=taken.on, ref=taken.ref, allowed_until=taken.allowed_until)
        for code in line.events
    ]
    happenings += open_stages(session, case, office_day(now, stage.office.time_zone))
    event = follow_stages(session, case, now)
    if event is not None:
        happenings.append(Happening(stage=CASE, code=event, on=taken.on))
    recorded = record_case_events(session, actor, case, happenings, now)
    _log(session, actor, case, stage, row, taken, recorded, now)
    _tell(session, actor, case, stage, row, taken, recorded, now)
    return recorded


def open_stages(session: Session, case: CaseFile, today: date) -> list[Happening]:
    """Open the stages that nothing holds up any more; returns the events to record."""
    needs = list_needs(session, case)
    statuses = {StageKind(stage.kind): StageStatus(stage.status) for stage in case.stages}
    free = stages_to_open([need for need in needs if need.kind in statuses], statuses)
    for stage in case.stages:
        if stage.kind in free:
            stage.status = StageStatus.OPENED.value
    return [Happening(stage=kind.value, code=EventCode.STAGE_OPENED, on=today) for kind in free]


def list_needs(session: Session, case: CaseFile) -> list[StageNeed]:
    """Return the stages the programme sets and the order among them; what is not in this case holds nothing up."""
    kinds = {stage.kind for stage in case.stages}
    rows = session.execute(_needs(), {"programme_id": case.programme_id})
    return [
        StageNeed(
            kind=StageKind(row.stage), waits_for=frozenset(StageKind(each) for each in row.after if each in kinds)
        )
        for row in rows
    ]


@prepared
def _needs() -> Statement:
    query = select(ProgrammeStage.stage, ProgrammeStage.after)
    query = query.where(ProgrammeStage.programme_id == bindparam("programme_id"))
    return query.order_by(ProgrammeStage.position, ProgrammeStage.stage)


def _answer_requests(session: Session, stage: Stage, on: date, now: datetime) -> None:
    """What was asked for has arrived over the counter: the open questions of the stage are answered with it."""
    query = select(Request).where(
        Request.stage_id == stage.id, Request.answered_at.is_(None), Request.withdrawn_at.is_(None)
    )
    for request in session.scalars(query):
        request.answered_on, request.answered_at = on, now


def _log(
    session: Session,
    actor: Actor,
    case: CaseFile,
    stage: Stage,
    row: StageStepRow,
    taken: Taken,
    recorded: Recorded,
    now: datetime,
) -> None:
    parameters = {
        "stage": stage.kind,
        "step": taken.line.step.value,
        "from": taken.line.source.value,
        "to": taken.line.target.value,
        "on": taken.on.isoformat(),
        "case_status": case.status,
    }
    record_event(
        session,
        actor,
        "stage_step_confirmed" if row.needs_second else "stage_step_taken",
        at=now,
        subject="stage_step",
        subject_id=row.id,
        case_id=case.id,
        parameters=parameters | recorded.as_data(),
    )


def _tell(
    session: Session,
    actor: Actor,
    case: CaseFile,
    stage: Stage,
    row: StageStepRow,
    taken: Taken,
    recorded: Recorded,
    now: datetime,
) -> None:
    """Write to the other side. Questions have a letter of their own, and a payment is no news of the stage."""
    line = taken.line
    if line.step in (StageStep.REQUEST_DOCUMENTS, StageStep.RECEIVE_DOCUMENTS):
        return
    facts = {"stage_kind": stage.kind, "status": stage.status, "office_names": dict(stage.office.names)}
    if actor.person_id == case.person_id:
        tell_office(session, case, stage.office_id, "stage_moved", f"step-{row.id}", now, **facts)
        return
    template = "decision_made" if is_decision(stage, line) else "stage_moved"
    appeal_by = find_appeal_day(recorded)
    if appeal_by is not None:
        facts["appeal_by"] = appeal_by.isoformat()
    tell_applicant(session, case, template, f"step-{row.id}", now, **facts)


def is_decision(stage: Stage, line: Transition) -> bool:
    """Say whether a step decides something: it needs a ground, or what the stage means for the case changes."""
    kind = StageKind(stage.kind)
    needs_ground = any(field.code == "ground" for field in line.facts)
    return needs_ground or outcome_of(kind, line.source) is not outcome_of(kind, line.target)


def find_appeal_day(recorded: Recorded) -> date | None:
    """Return the last safe day of the appeal that a decision has opened, or None."""
    days = [
        change.clock.earliest_on
        for change in recorded.changes
        if change.was_on is None
        and change.clock.owed_by == "applicant"
        and EventCode.APPEAL_LODGED.value in change.clock.provision_version.terms.get("met_by", ())
    ]
    return min(days, default=None)
