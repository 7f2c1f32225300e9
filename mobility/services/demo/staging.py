"""Plays the demo: all acts of all cases, and what states agreed on, in the order in which they happened.

So the audit log, the numbers of references and the dates of letters run the way they would have. What left the house
in the demo's past is taken back (`past`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.applications.vocabulary import SectionCode
from mobility.services.demo.agreements import agreements_of
from mobility.services.demo.applying import Applicant, Desk, Papers
from mobility.services.demo.files import read_demo_files
from mobility.services.demo.loading import World
from mobility.services.demo.past import take_back_letters
from mobility.services.demo.play import Play
from mobility.services.demo.plots import Plot, read_script
from mobility.services.demo.timeline import acts_of

PLAYED: Final = 80
"""How many cases are played; more are made from them (`bulk`)."""
_SPREAD: Final = (37, 240)  # minutes between the cases of one day, so that no two acts are simultaneous
_DISCIPLINES: Final = ("theatre", "visual_arts", "music")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One act of one case or between states; `number` orders acts of the same instant."""

    at: datetime
    number: int
    do: Callable[[datetime], None]


def play_cases(session: Session, world: World, papers: Papers, *, cases: int) -> Iterator[int]:
    """Play the demo's cases in the open write unit; yields how many of how many thousandths are done.

    Fewer than all takes some from every state. Drafts come on top.
    """
    desk = Desk(session=session, files=read_demo_files(), papers=papers)
    plots = _chosen(read_script().plots, cases)
    happenings = _happenings(world, desk, plots)
    if plots:
        acts = agreements_of(session, world)
        happenings += [Happening(at=at, number=len(plots) + place, do=do) for place, (at, do) in enumerate(acts)]
    happenings.sort(key=lambda each: (each.at, each.number))
    for number, happening in enumerate(happenings, start=1):
        happening.do(happening.at)
        yield number * 1000 // len(happenings)
    take_back_letters(session, world.now)


def _chosen(plots: Sequence[Plot], cases: int) -> list[Plot]:
    sent = [plot for plot in plots if not plot.draft]
    wanted = min(cases, len(sent))
    kept = {len(sent) * number // wanted for number in range(wanted)} if wanted else set()
    drafts = [plot for plot in plots if plot.draft] if cases >= len(sent) else []
    return [*drafts, *(plot for number, plot in enumerate(sent) if number in kept)]


def _happenings(world: World, desk: Desk, plots: Sequence[Plot]) -> list[Happening]:
    found: list[Happening] = []
    for number, plot in enumerate(plots):
        play = _play(world, desk, plot, number)
        minute = number * _SPREAD[0] % _SPREAD[1]
        if plot.draft:
            day = world.now.date() - timedelta(days=plot.sent)
            at = min(datetime.combine(day, time(9, 0), tzinfo=UTC), world.now - timedelta(minutes=30))
            found.append(Happening(at=at, number=number, do=_at_instant(play, _draft)))
        else:
            acts = acts_of(play, world.now, minute)
            found += [Happening(at=act.at, number=number, do=_at_instant(play, act.do)) for act in acts]
    return found


def _at_instant(play: Play, do: Callable[[Play], None]) -> Callable[[datetime], None]:
    def act(now: datetime) -> None:
        play.now = now
        do(play)

    return act


def _draft(play: Play) -> None:
    """Begin an application and leave it somewhere in the middle."""
    play.application_id = play.desk.begin(play.who, play.now)
    until = (SectionCode.ABOUT_YOU, SectionCode.YOUR_WORK, SectionCode.YOUR_STAY)[play.who.number % 3]
    play.desk.fill(play.who, play.application_id, play.now, until=until)


def _play(world: World, desk: Desk, plot: Plot, number: int) -> Play:
    today = world.now.date()
    call = world.foundation.call_open_on(plot.route, today - timedelta(days=plot.sent))
    people = world.people
    person = people.accounts[plot.who] if plot.who else people.new_applicant(plot.route[1])
    desk.session.flush()
    arrival_on = today + timedelta(days=plot.arrive)
    who = Applicant(
        person=person,
        actor=people.actor(person.id),
        call=call,
        arrival_on=arrival_on,
        departure_on=arrival_on + timedelta(days=plot.days - 1),
        discipline=call.discipline or plot.discipline or _DISCIPLINES[number % len(_DISCIPLINES)],
        number=number,
    )
    return Play(
        plot=plot, script=read_script(), desk=desk, people=people, who=who, desks=_desks(desk, plot), now=world.now
    )


def _desks(desk: Desk, plot: Plot) -> dict[str, str]:
    programme, sending, receiving = plot.route
    table = next(table for table in desk.files.programmes if table["code"] == programme)
    route = next(each for each in table["route"] if (each["sending"], each["receiving"]) == (sending, receiving))
    return {"case": route["post"], "visa": route["post"], **route["desks"]}
