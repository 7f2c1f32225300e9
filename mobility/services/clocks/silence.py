"""What happens to clocks because a day has ended: silence that the law takes for a decision, pauses that run out.

A decision is deemed taken only where the provision says so; elsewhere a clock is simply late. The day ends in the
zone of the office that owed the answer, and only after the last defensible reading: nothing is taken from anybody by
a doubtful count.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM
from mobility.domain.clocks import ClockEventKind, ClockStatus
from mobility.domain.events import EventCode
from mobility.domain.law_codes import Silence
from mobility.domain.stages import Outcome, StageKind, StageStatus, StageStep, apply_step, outcome_of, permitted_steps
from mobility.services.audit import record_event
from mobility.services.case_files import follow_stages, get_case, office_day
from mobility.services.clocks.bench import Bench, open_bench
from mobility.services.clocks.recording import Happening, open_refs, record_case_events
from mobility.services.clocks.standing import refresh_next_due
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.clocks import Clock
from mobility.storage.queries.clocks import list_allowed_pauses, list_silent_clocks

BATCH: Final = 500

# What a deemed answer does to the stage it was owed in, and what it makes known.
_DEEMED: Final[Mapping[tuple[str, Silence], tuple[StageStep, EventCode]]] = MappingProxyType(
    {
        (StageKind.VISA, Silence.ACCEPTANCE): (StageStep.ANSWER_CONSULTATION, EventCode.VISA_CONSULTATION_ANSWERED),
        (StageKind.VISA, Silence.REFUSAL): (StageStep.REFUSE, EventCode.VISA_REFUSED),
        (StageKind.RECOGNITION, Silence.REFUSAL): (StageStep.REFUSE, EventCode.RECOGNITION_REFUSED),
        (StageKind.FUNDING, Silence.REFUSAL): (StageStep.REFUSE, EventCode.FUNDING_REFUSED),
        (StageKind.LANGUAGE, Silence.REFUSAL): (StageStep.REFUSE, EventCode.LANGUAGE_REFUSED),
    }
)


def apply_silence(session: Session, now: datetime) -> int:
    """Record every deemed decision whose last day has ended somewhere; returns how many. Needs a write unit.

    Clocks that may stand still only for the time allowed go on first. Running it twice changes nothing.
    """
    resume_elapsed(session, now)
    applied = 0
    # no zone is further ahead than fourteen hours, so no earlier day than this can have ended anywhere
    horizon = (now + timedelta(hours=14)).date()
    for clock in list_silent_clocks(session, horizon, BATCH):
        if office_day(now, clock.time_zone) > clock.latest_on:
            applied += _apply(session, clock.case_id, clock.id, now)
    return applied


def resume_elapsed(session: Session, now: datetime) -> int:
    """Let clocks go on whose pause ended with the time allowed for an answer (CRPA L114-5); returns how many."""
    resumed = 0
    for held in list_allowed_pauses(session, BATCH):
        if _allowed_until(held) < office_day(now, held.time_zone):
            resumed += _go_on(session, held.case_id, held.id, now)
    return resumed


def _allowed_until(clock: Clock) -> date:
    """Return the last day of the pause; a pause without one ends only with the answer."""
    refs = open_refs(clock)
    days = [str(event.data.get("allowed_until", "")) for event in clock.events if event.data.get("ref", "") in refs]
    return max((date.fromisoformat(day) for day in days if day), default=date.max)


def _go_on(session: Session, case_id: int, clock_id: int, now: datetime) -> int:
    case = get_case(session, case_id, lock=True)
    bench = open_bench(session, SYSTEM, case, now)
    clock = next(clock for clock in bench.clocks if clock.id == clock_id)
    if clock.state != ClockStatus.PAUSED.value:
        return 0
    until = _allowed_until(clock)
    for ref in open_refs(clock):
        bench.add_event(clock, ClockEventKind.RESUMED, until, {"ref": ref, "because": "time_allowed"})
    recorded = bench.finish()
    refresh_next_due(session, case, bench.clocks)
    parameters = {"stage": clock.stage_kind} | recorded.as_data()
    record_event(
        session,
        SYSTEM,
        "clock_resumed",
        at=now,
        subject="clock",
        subject_id=clock.id,
        case_id=case.id,
        parameters=parameters,
    )
    return 1


def _apply(session: Session, case_id: int, clock_id: int, now: datetime) -> int:
    case = get_case(session, case_id, lock=True)
    bench = open_bench(session, SYSTEM, case, now)
    clock = next(clock for clock in bench.clocks if clock.id == clock_id)
    if clock.state != ClockStatus.RUNNING.value:
        return 0
    silence = bench.version(clock).silence
    stage = next((stage for stage in case.stages if stage.kind == clock.stage_kind), None)
    step = _deemed_step(stage, silence)
    _lapse(bench, clock, silence)
    happenings = _take(session, case, stage, clock, step, now) if step and stage is not None else []
    recorded = record_case_events(session, SYSTEM, case, happenings, now)
    recorded.changes = [*bench.recorded.changes, *recorded.changes]
    record_event(
        session,
        SYSTEM,
        "decision_deemed",
        at=now,
        subject="clock",
        subject_id=clock.id,
        case_id=case.id,
        parameters={
            "stage": clock.stage_kind,
            "silence": str(silence),
            "provision": clock.provision_version.provision.code,
            "status": stage.status if stage is not None else "",
        }
        | recorded.as_data(),
    )
    return 1


def _lapse(bench: Bench, clock: Clock, silence: Silence) -> None:
    bench.add_event(clock, ClockEventKind.LAPSED, clock.latest_on + timedelta(days=1), {"silence": str(silence)})
    bench.finish()


def _deemed_step(stage: Stage | None, silence: Silence) -> tuple[StageStep, EventCode] | None:
    """Return the step the law takes in the office's place; None where the stage has moved on since."""
    found = _DEEMED.get((stage.kind, silence)) if stage is not None else None
    if stage is None or found is None:
        return None
    steps = permitted_steps(StageKind(stage.kind), StageStatus(stage.status))
    return found if found[0] in steps else None


def _take(
    session: Session, case: CaseFile, stage: Stage, clock: Clock, step: tuple[StageStep, EventCode], now: datetime
) -> list[Happening]:
    kind = StageKind(stage.kind)
    target = apply_step(kind, StageStatus(stage.status), step[0])
    on = clock.latest_on + timedelta(days=1)
    stage.status = target.value
    stage.facts = {**stage.facts, "deemed": clock.provision_version.provision.code}
    stage.is_ended = outcome_of(kind, target) is not Outcome.OPEN
    stage.ended_on = on if stage.is_ended else None
    happenings = [Happening(stage=stage.kind, code=step[1], on=on)]
    event = follow_stages(session, case, now)
    if event is not None:
        happenings.append(Happening(stage="case", code=event, on=on))
    return happenings
