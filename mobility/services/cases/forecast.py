"""Will this case be ready on the planned day: the law's longest answers, laid along the programme's order.

For a stage that has begun its clocks say when it ends; for one that has not, the provisions listed for it are counted
as if it began today. Also: what a rolling limit of stays (90 in 180 days) makes of the planned one.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.clocks import ClockEvent, ClockEventKind, replay
from mobility.domain.errors import DomainError
from mobility.domain.plan import ClockForecast, Outlook, StageForecast, StageNeed, StageOrderInvalid, examine_plan
from mobility.domain.stages import Outcome, StageKind, StageStatus, outcome_of
from mobility.domain.stays import DayRange, days_in, distinct_days
from mobility.services.cases.clock_views import kept_clocks
from mobility.services.cases.views import ClockView, StayAdvice, StayView
from mobility.services.clocks import Bench, Setting, calendar_for, clock_terms, owed_by
from mobility.services.treaties import version_of
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.queries.cases import list_stays_of
from mobility.storage.queries.clocks import ListedProvision
from mobility.storage.rule_set_files import installed_rule_sets

_NOT_BEGUN: Final = frozenset({StageStatus.WAITING, StageStatus.OPENED})
_DECIDING: Final = frozenset({"decision", "silence"})
_ROLLING: Final = re.compile(r"ROLL([0-9]{1,3})_([0-9]{1,4})")


def outlook_of(
    bench: Bench,
    case: CaseFile,
    listed: Sequence[ListedProvision],
    needs: Sequence[StageNeed],
    clocks: Sequence[ClockView],
    today: date,
) -> Outlook | None:
    """Return whether the plan holds; None once the person has travelled, or for a programme without valid order."""
    if not case.is_open or today >= case.planned_arrival_on or not case.stages:
        return None
    after = {need.kind: need.waits_for for need in needs}
    forecasts = [
        _forecast(bench, stage, listed, after.get(StageKind(stage.kind), frozenset()), clocks, today)
        for stage in case.stages
    ]
    try:
        return examine_plan(forecasts, planned_arrival_on=case.planned_arrival_on, today=today)
    except StageOrderInvalid:
        return None


def _forecast(
    bench: Bench,
    stage: Stage,
    listed: Iterable[ListedProvision],
    waits_for: frozenset[StageKind],
    clocks: Sequence[ClockView],
    today: date,
) -> StageForecast:
    kind, status = StageKind(stage.kind), StageStatus(stage.status)
    running = [clock for clock in kept_clocks(clocks) if clock.stage is kind]
    has_begun = status not in _NOT_BEGUN
    is_ended = outcome_of(kind, status) is not Outcome.OPEN
    return StageForecast(
        kind=kind,
        days=0 if is_ended else _longest_days(bench, stage, listed, today),
        waits_for=waits_for,
        is_ended=is_ended,
        has_begun=has_begun,
        clocks=tuple(ClockForecast(clock_id=clock.id, ends_on=clock.latest_on) for clock in running),
        begin_by=min((clock.earliest_on for clock in running if clock.kind == "window_close"), default=None)
        if not has_begun
        else None,
    )


def _longest_days(bench: Bench, stage: Stage, listed: Iterable[ListedProvision], today: date) -> int:
    """Return how long the office may take by law, counted as if the file were complete today."""
    rows = [each.in_force(today) for each in listed if each.stage == stage.kind]
    return max((_days_of(bench, stage, row, today) for row in rows if row is not None), default=0)


def _days_of(bench: Bench, stage: Stage, row: ProvisionVersionRow, today: date) -> int:
    if row.terms.get("kind") not in _DECIDING:
        return 0
    version = version_of(row)
    if owed_by(version) != "office":
        return 0
    setting = Setting(case=bench.case, office=stage.office, stage=stage)
    started = ClockEvent(kind=ClockEventKind.STARTED, on=today, seq=1)
    try:
        terms = clock_terms(version, setting, calendar_for(version, setting))
        state = replay(terms, [started], rule_sets=installed_rule_sets(), calendars=bench.source, today=today)
    except DomainError:
        return 0  # a provision that cannot be counted is shown as such on the page; it forecasts nothing
    return max(0, (state.latest_on - today).days)


def stay_advice_of(
    session: Session, case: CaseFile, listed: Iterable[ListedProvision], stay: StayView | None
) -> StayAdvice | None:
    """Return what a rolling limit listed on the route counts on the last day; None where the route lists none."""
    found = next(((each, row) for each in listed if (row := _rolling(each, case.planned_arrival_on))), None)
    if found is None:
        return None
    provision, (allowed_days, window_days) = found
    first = stay.arrived_on if stay is not None else case.planned_arrival_on
    last = stay.departed_on if stay is not None and stay.departed_on else max(first, case.planned_departure_on)
    earlier = [
        DayRange(first_on=row.arrived_on, last_on=row.departed_on or last)
        for row in list_stays_of(session, case.person_id, case.receiving)
        if row.case_id != case.id and (row.departed_on or last) >= row.arrived_on
    ]
    window = DayRange(first_on=last - timedelta(days=window_days - 1), last_on=last)
    inside = [
        _clipped(each, window) for each in (*earlier, DayRange(first_on=first, last_on=last)) if days_in(each, window)
    ]
    return StayAdvice(
        provision=provision.code,
        counted_days=distinct_days(inside),
        allowed_days=allowed_days,
        window_days=window_days,
    )


def _rolling(listed: ListedProvision, on: date) -> tuple[int, int] | None:
    row = listed.in_force(on)
    match = _ROLLING.fullmatch(str(row.terms.get("rule_set", ""))) if row is not None else None
    return (int(match[1]), int(match[2])) if match else None


def _clipped(stay: DayRange, window: DayRange) -> DayRange:
    return DayRange(first_on=max(stay.first_on, window.first_on), last_on=min(stay.last_on, window.last_on))
