"""The order of a programme's stages, and whether a case will be ready on the planned day.

Which stage waits for which is set by the programme. Feasibility is the critical path through that order: forwards
from today for what is to be expected, backwards from the planned arrival for the latest safe day of each stage. The
days come from clocks already computed; no law is applied here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mobility.domain.errors import DomainError
from mobility.domain.stages import Outcome, StageKind, StageStatus, outcome_of

MARGIN_DAYS: Final = 1


class StageOrderInvalid(DomainError):
    """The stages of a programme wait for each other in a circle, for one that is not there, or stand there twice."""

    code = "stage_order_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageNeed:
    """A stage a programme sets: required or voluntary, and the stages that must end before it opens."""

    kind: StageKind
    is_required: bool = True
    waits_for: frozenset[StageKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockForecast:
    """A running clock of a stage: the day it ends at the latest, and whether it runs on the office or the person."""

    clock_id: int | None
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StageForecast:
    """What is known of one stage when the plan is examined.

    `has_begun` from the first filing on; then `clocks` say when it ends, and without clocks `days` from today.
    `days` is how long the stage takes once begun. `begin_by` is the last day on which the law still lets it begin
    (a visa application at the latest so many days before the journey).
    """

    kind: StageKind
    days: int
    waits_for: frozenset[StageKind] = frozenset()
    is_ended: bool = False
    has_begun: bool = False
    clocks: tuple[ClockForecast, ...] = ()
    begin_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOutlook:
    """Where one stage stands against the plan.

    `finish_by` is the latest safe day of its end, `begin_by` of its beginning (None once begun). `slack_days` below 0
    breaks the plan by so many days; it is None for a stage that has ended. `clock_id` names the clock that ends last.
    """

    kind: StageKind
    finish_by: date
    begin_by: date | None = None
    expected_on: date | None = None
    slack_days: int | None = None
    clock_id: int | None = None

    @property
    def breaks(self) -> bool:
        return self.slack_days is not None and self.slack_days < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Whether the plan holds: every stage in order, the tightest one, and the first that breaks it."""

    planned_arrival_on: date
    stages: tuple[StageOutlook, ...]

    @property
    def is_feasible(self) -> bool:
        return self.first_break is None

    @property
    def first_break(self) -> StageOutlook | None:
        """The stage whose latest safe day is missed first; ties go to the earlier stage in the order."""
        return min((each for each in self.stages if each.breaks), key=lambda each: each.finish_by, default=None)

    @property
    def tightest(self) -> StageOutlook | None:
        """The stage with the least slack; None when every stage has ended."""
        open_stages = [each for each in self.stages if each.slack_days is not None]
        return min(open_stages, key=lambda each: each.slack_days or 0, default=None)


def stage_order(needs: Sequence[StageNeed | StageForecast]) -> tuple[StageKind, ...]:
    """Return the kinds so that each comes after all it waits for; otherwise in the order given.

    Raises StageOrderInvalid with reason twice, not_there or circle, naming the stages.
    """
    kinds = [need.kind for need in needs]
    if len(set(kinds)) < len(kinds):
        raise StageOrderInvalid(reason="twice", stages=kinds)
    missing = sorted({kind for need in needs for kind in need.waits_for} - set(kinds))
    if missing:
        raise StageOrderInvalid(reason="not_there", stages=missing)
    order: list[StageKind] = []
    remaining = list(needs)
    while remaining:
        free = next((need for need in remaining if need.waits_for <= set(order)), None)
        if free is None:
            raise StageOrderInvalid(reason="circle", stages=[need.kind for need in remaining])
        order.append(free.kind)
        remaining.remove(free)
    return tuple(order)


def stages_to_open(needs: Sequence[StageNeed], statuses: Mapping[StageKind, StageStatus]) -> tuple[StageKind, ...]:
    """Return the waiting stages that nothing holds up any more, in order.

    A stage waits for the good end of a required stage, but only for any end of a voluntary one.
    """
    required = {need.kind for need in needs if need.is_required}

    def holds_up(kind: StageKind) -> bool:
        outcome = outcome_of(kind, statuses[kind])
        return outcome is Outcome.OPEN or (outcome is Outcome.BADLY and kind in required)

    by_kind = {need.kind: need for need in needs}
    return tuple(
        kind
        for kind in stage_order(needs)
        if statuses[kind] is StageStatus.WAITING and not any(map(holds_up, by_kind[kind].waits_for))
    )


def examine_plan(
    stages: Sequence[StageForecast],
    *,
    planned_arrival_on: date,
    today: date,
    margin_days: int = MARGIN_DAYS,
) -> Outlook:
    """Return the latest safe day, the expected end and the slack of every stage.

    Everything must have ended `margin_days` before the arrival (1: on the day before). Raises StageOrderInvalid.
    """
    order = stage_order(stages)
    by_kind = {stage.kind: stage for stage in stages}
    ready_by = planned_arrival_on - timedelta(days=margin_days)
    finish_by = _latest_ends(order, by_kind, ready_by)
    expected = _expected_ends(order, by_kind, today)
    outlooks = (_outlook(by_kind[kind], finish_by[kind], expected, today) for kind in order)
    return Outlook(planned_arrival_on=planned_arrival_on, stages=tuple(outlooks))


def _latest_ends(
    order: Iterable[StageKind], by_kind: Mapping[StageKind, StageForecast], ready_by: date
) -> dict[StageKind, date]:
    """Walk backwards: a stage must end before each stage that waits for it has to begin."""
    latest = dict.fromkeys(by_kind, ready_by)
    for kind in reversed(tuple(order)):
        stage = by_kind[kind]
        begin_by = _begin_by(stage, latest[kind])
        if begin_by is None:
            continue
        for before in stage.waits_for:
            latest[before] = min(latest[before], begin_by)
    return latest


def _begin_by(stage: StageForecast, finish_by: date) -> date | None:
    if stage.is_ended or stage.has_begun:
        return None
    begin_by = finish_by - timedelta(days=stage.days)
    return begin_by if stage.begin_by is None else min(begin_by, stage.begin_by)


def _expected_ends(
    order: Iterable[StageKind], by_kind: Mapping[StageKind, StageForecast], today: date
) -> dict[StageKind, date]:
    """Walk forwards: a stage not begun starts when the last it waits for is expected to end, today at the earliest."""
    ends: dict[StageKind, date] = {}
    for kind in order:
        stage = by_kind[kind]
        if stage.is_ended:
            ends[kind] = today
        elif stage.has_begun and stage.clocks:
            # a clock that is late already ends today at the earliest
            ends[kind] = max(today, *(clock.ends_on for clock in stage.clocks))
        else:
            ends[kind] = _expected_beginning(stage, ends, today) + timedelta(days=stage.days)
    return ends


def _expected_beginning(stage: StageForecast, ends: Mapping[StageKind, date], today: date) -> date:
    return today if stage.has_begun else max([today, *(ends[before] for before in stage.waits_for)])


def _outlook(stage: StageForecast, finish_by: date, expected: Mapping[StageKind, date], today: date) -> StageOutlook:
    if stage.is_ended:
        return StageOutlook(kind=stage.kind, finish_by=finish_by)
    begin_by = _begin_by(stage, finish_by)
    slack_days = (finish_by - expected[stage.kind]).days
    if begin_by is not None:
        slack_days = min(slack_days, (begin_by - _expected_beginning(stage, expected, today)).days)
    last = max(stage.clocks, key=lambda clock: clock.ends_on, default=None)
    return StageOutlook(
        kind=stage.kind,
        finish_by=finish_by,
        begin_by=begin_by,
        expected_on=expected[stage.kind],
        slack_days=slack_days,
        clock_id=last.clock_id if last else None,
    )
