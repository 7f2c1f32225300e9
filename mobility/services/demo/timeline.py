"""When things happen in a demo case: admission, stages, money and stay in their usual order, turned as the plot says.

A timeline is a list of acts with their instants; what lies after the moment of loading has not happened yet. Acts
fall on Monday to Thursday, which are working days for every desk of the demo.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from mobility.domain.stages import StageKind
from mobility.services.demo.beats import Beat, beats_of, lapse
from mobility.services.demo.play import Play

_FIRST_HOUR: Final = time(7, 0)
_STEP: Final = timedelta(seconds=40)
_ASKED_AFTER: Final = {
    StageKind.VISA: "admit",
    StageKind.RECOGNITION: "declare_complete",
    StageKind.FUNDING: "request",
    StageKind.LANGUAGE: "register",
}
"""After which beat a question of the stage is asked: before the decision, when its clock runs."""
_ANSWER_DAYS: Final = 12
_ENDING: Final = frozenset({"refused", "decline", "lapse", "withdraw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that somebody does at an instant; `tag` is that of its beat."""

    at: datetime
    tag: str
    do: Callable[[Play], None]


@dataclass(slots=True)
class Timeline:
    """Collects the acts of one case; `minute` keeps the cases of one day apart."""

    play: Play
    now: datetime
    minute: int
    acts: list[Act] = field(default_factory=list)

    def add(self, day: date, do: Callable[[Play], None], tag: str = "", *, any_day: bool = False) -> None:
        """Put an act on a day, or on the Monday after it, behind the acts that were added for that day before."""
        moved = day if any_day else day + timedelta(days=(0, 0, 0, 0, 3, 2, 1)[day.weekday()])
        at = datetime.combine(moved, _FIRST_HOUR, tzinfo=UTC) + timedelta(minutes=self.minute) + _STEP * len(self.acts)
        self.acts.append(Act(at=at, tag=tag, do=do))

    def until_now(self) -> list[Act]:
        """Return the acts that have happened, in order; when a case has ended badly only an appeal follows."""
        acts = sorted((act for act in self.acts if act.at <= self.now), key=lambda act: act.at)
        ends = next((place for place, act in enumerate(acts) if act.tag in _ENDING), len(acts))
        return acts[: ends + 1] + [act for act in acts[ends + 1 :] if act.tag == "appeal"]


def acts_of(play: Play, now: datetime, minute: int) -> list[Act]:
    """Return everything that has happened in a case by now, in order."""
    line = Timeline(play, now, minute)
    plot = play.plot
    sent = now.date() - timedelta(days=plot.sent)
    line.add(sent, Play.apply, any_day=True)
    if plot.talk:
        line.add(sent + timedelta(days=2), Play.write)
        line.add(sent + timedelta(days=3), Play.write_back)
    admitted = _admission(line, sent)
    if admitted is not None:
        contract = _stages(line, admitted)
        if plot.travels:
            _stay(line, contract)
    if plot.withdraw:
        line.add(sent + timedelta(days=plot.withdraw), Play.withdraw, "withdraw")
    return line.until_now()


def _admission(line: Timeline, sent: date) -> date | None:
    """Add what the post decides on the application; returns the day of admission, None where there is none."""
    plot = line.play.plot
    decided = sent + timedelta(days=3)
    if plot.returned:
        line.add(decided, Play.hand_back)
        if not plot.sent_again:
            return None
        line.add(decided + timedelta(days=5), Play.send_again)
        decided += timedelta(days=8)
    if not plot.ineligible:
        line.add(decided, Play.admit)
        return decided
    line.add(decided, Play.find_ineligible)
    if plot.appeal:
        line.add(decided + timedelta(days=9), Play.object_to_case)
    if not plot.upheld:
        return None
    line.add(decided + timedelta(days=20), Play.decide_objection)
    return decided + timedelta(days=20)


def _stages(line: Timeline, admitted: date) -> date:
    """Add every stage, those that wait for another after its good end; returns the day after the contract."""
    stages = {StageKind(each.stage): each.after for each in line.play.who.call.route.programme.stages}
    ends: dict[str, date] = {}
    for kind in sorted(stages, key=lambda kind: len(stages[kind])):
        if any(line.play.plot.fails(StageKind(each)) for each in stages[kind]):
            continue
        begins = max((ends[each] for each in stages[kind]), default=admitted) + timedelta(days=1)
        ends[kind.value] = _stage(line, kind, begins)
    return ends[StageKind.FUNDING.value] + timedelta(days=1)


def _stage(line: Timeline, kind: StageKind, begins: date) -> date:
    """Add one stage as far as the plot lets it come; returns the day of its last beat."""
    plot = line.play.plot
    beats = beats_of(kind, line.play)
    last = next((place for place, beat in enumerate(beats) if beat.tag == plot.stop.get(kind)), len(beats))
    happening = beats[: last + 1]
    if kind in plot.ask:
        happening = _with_question(kind, happening, plot.ask[kind])
    for beat in happening:
        line.add(begins + timedelta(days=beat.days), beat.do, beat.tag)
    end = begins + timedelta(days=happening[-1].days)
    if plot.lapse is kind:
        line.add(end + timedelta(days=40), lapse(kind), "lapse")
    return end


def _with_question(kind: StageKind, beats: list[Beat], asked: str) -> list[Beat]:
    """Put a question behind the beat after which it is asked; all that follows waits until it is answered."""
    place = next(place for place, beat in enumerate(beats) if beat.tag == _ASKED_AFTER[kind]) + 1
    day = beats[place - 1].days + 3
    question = Beat(day, "ask", lambda play: play.ask(kind, play.today(kind) + timedelta(days=_ANSWER_DAYS)))
    if asked == "open":
        return [*beats[:place], question]
    answered = Beat(day + 6, "answer", Play.answer)
    later = [Beat(beat.days + 8, beat.tag, beat.do) for beat in beats[place:]]
    return [*beats[:place], question, answered, *later]


def _stay(line: Timeline, contract: date) -> None:
    """Add the journey, the instalments tied to it, the report and the end."""
    plot, who = line.play.plot, line.play.who
    _instalment(line, contract + timedelta(days=2), "signature", 50)
    line.add(who.arrival_on, Play.arrive)
    _instalment(line, who.arrival_on + timedelta(days=3), "arrival", 30)
    line.add(who.departure_on, Play.depart)
    if not plot.report:
        return
    line.add(who.departure_on + timedelta(days=8), Play.report)
    paid = _instalment(line, who.departure_on + timedelta(days=14), "report", 20)
    line.add(paid + timedelta(days=2), Play.settle)
    if plot.close:
        line.add(paid + timedelta(days=5), Play.close)


def _instalment(line: Timeline, day: date, milestone: str, percent: int) -> date:
    """Add an instalment: proposed, approved by the second person, paid; returns the day of payment."""
    line.add(day, lambda play: play.propose_payment(milestone, percent))
    line.add(day + timedelta(days=2), Play.approve_payment)
    line.add(day + timedelta(days=7), Play.pay)
    return day + timedelta(days=7)
