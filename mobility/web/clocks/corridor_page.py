"""The corridor of one case for one reader: which clocks are drawn, with which words, and the key below.

There is none once the person travels, the day has come or the case is closed: then the table alone tells the dates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mobility.domain.plan import StageOutlook
from mobility.i18n import current_code, language_of
from mobility.i18n.corridor_words import (
    KEY,
    arrival_words,
    clock_day_words,
    clock_noun,
    corridor_description,
    corridor_title,
    month_name,
    safe_words,
    stop_words,
    today_words,
)
from mobility.i18n.law_texts import law_text
from mobility.i18n.stages_labels import stage_label, stage_status_label
from mobility.services.cases import CasePage, ClockView, Lamp
from mobility.services.cases.views import StageView
from mobility.web.clocks.corridor import Corridor, CorridorLane, CorridorWords, corridor_figures, corridor_opens_on
from mobility.web.clocks.corridor_bars import BarState, BarWords, CorridorBar
from mobility.web.clocks.corridor_key import key_figure
from mobility.web.clocks.words import office_name
from mobility.web.shared.shapes import Figure, isolated

_STATES: Final = {
    Lamp.LATE: BarState.LATE,
    Lamp.STOPPED: BarState.STOPPED,
    Lamp.DONE: BarState.DONE,
    Lamp.DONE_LATE: BarState.DONE_LATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorDrawn:
    """The drawings for each width, and the key: a small drawing and what it means."""

    figures: tuple[Figure, ...]
    key: tuple[tuple[Figure, str], ...]


def corridor_of(page: CasePage) -> CorridorDrawn | None:
    """Return the corridor of a case; None when there is no way left to draw."""
    if not page.is_open or page.stay is not None or not page.stages or page.today >= page.planned_arrival_on:
        return None
    corridor, rtl = _corridor(page), language_of(current_code()).direction == "rtl"
    return CorridorDrawn(figures=corridor_figures(corridor, rtl=rtl), key=tuple(_key(corridor, rtl=rtl)))


def _corridor(page: CasePage) -> Corridor:
    clocks = [clock for clock in page.clocks if clock.lamp is not Lamp.ENDED]
    outlooks = {each.kind: each for each in page.outlook.stages} if page.outlook is not None else {}
    lanes = [_stage_lane(stage, clocks, outlooks.get(stage.kind)) for stage in page.stages]
    of_case = [clock for clock in clocks if clock.stage is None]
    if of_case:
        lanes.insert(0, CorridorLane(stage=stage_label("case"), office="", bars=_bars(of_case)))
    bars = [bar for lane in lanes for bar in lane.bars]
    opens_on = corridor_opens_on(page.planned_arrival_on, page.today, bars)
    told = [(lane.stage, [(bar.words.what, bar.words.when) for bar in lane.bars]) for lane in lanes]
    words = CorridorWords(
        title=corridor_title(opens_on, page.planned_arrival_on),
        desc=corridor_description(told, page.today),
        today=today_words(page.today),
        arrival=arrival_words(page.planned_arrival_on),
        month=month_name,
    )
    return Corridor(arrival_on=page.planned_arrival_on, today=page.today, lanes=tuple(lanes), words=words)


def _stage_lane(stage: StageView, clocks: Iterable[ClockView], outlook: StageOutlook | None) -> CorridorLane:
    office = office_name(stage.office)
    safe_on = outlook.finish_by if outlook is not None and outlook.slack_days is not None else None
    return CorridorLane(
        stage=stage_label(stage.kind),
        office=isolated(office) if office else "",
        bars=_bars([clock for clock in clocks if clock.stage == stage.kind]),
        empty=stage_status_label(stage.status),
        safe_on=safe_on,
        safe=safe_words(safe_on) if safe_on is not None else "",
    )


def _bars(clocks: Sequence[ClockView]) -> tuple[CorridorBar, ...]:
    return tuple(_bar(clock) for clock in sorted(clocks, key=lambda clock: (clock.trigger_on, clock.earliest_on)))


def _bar(clock: ClockView) -> CorridorBar:
    return CorridorBar(
        state=_STATES.get(clock.lamp, BarState.RUNS),
        first_on=clock.trigger_on,
        due_on=clock.earliest_on,
        latest_on=clock.latest_on,
        ended_on=clock.met_on,
        limit_on=clock.extendable_until,
        stops=clock.stops,
        words=BarWords(
            what=clock_noun(clock),
            when=clock_day_words(clock),
            law=f"{law_text(clock.instrument_title)} {isolated(clock.article)}",
            note=stop_words(clock),
        ),
    )


def _key(corridor: Corridor, *, rtl: bool) -> Iterable[tuple[Figure, str]]:
    """Only the signs that this picture uses, and the frame."""
    bars, states = corridor.bars, corridor.states
    forward = [bar for bar in bars if not bar.is_counted_back]
    used = {
        "runs": any(bar.state is BarState.RUNS for bar in forward),
        "flag": bool(states & {BarState.RUNS, BarState.STOPPED}),
        "stopped": any(bar.stops for bar in bars),
        "done": bool(states & {BarState.DONE, BarState.DONE_LATE}),
        "late": bool(states & {BarState.LATE, BarState.DONE_LATE}),
        "limit": any(bar.limit_on is not None for bar in bars),
        "back": len(forward) < len(bars),
        "safe": any(lane.safe_on is not None for lane in corridor.lanes),
        "week": True,
    }
    return ((key_figure(sign, rtl=rtl), str(KEY[sign])) for sign, is_used in used.items() if is_used)
