"""What usually happens in each stage of a demo case, and on which day after the stage began.

A beat is one act with a tag; plots stop a stage at a tag. Every decision about money has two: proposed, confirmed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from mobility.domain.stages import StageKind, StageStep
from mobility.services.demo.play import LEGAL_BASIS, Play

V, R, F, L = StageKind.VISA, StageKind.RECOGNITION, StageKind.FUNDING, StageKind.LANGUAGE
Do = StageStep
Doing = Callable[[Play], None]

SHORT_STAY_DAYS: Final = 90
EUROS_A_DAY: Final = 44


@dataclass(frozen=True, slots=True)
class Beat:
    """On which day of the stage, its tag, and what is done."""

    days: int
    tag: str
    do: Doing


def beats_of(kind: StageKind, play: Play) -> list[Beat]:
    """Return the beats of a stage in their order, as its plot turns them."""
    usual = _USUAL[kind](play)
    plot = play.plot
    if plot.refuse is not kind:
        return usual
    before = [beat for beat in usual if beat.tag not in _NOT_BEFORE_REFUSAL[kind]]
    return [*before, *_refusal(kind, before[-1].days + 12, appealed=plot.appeal)]


_NOT_BEFORE_REFUSAL: Final = {
    V: ("issue", "collect"),
    R: ("evaluate", "recognise"),
    F: ("granted", "assess", "assess_confirmed", "offer", "offer_confirmed", "accept", "sign"),
    L: ("place", "offer_course", "enrol", "attend", "certify"),
}
_GROUNDS: Final = {
    V: "purpose_not_justified",
    R: "substantial_differences",
    F: "budget_exhausted",
    L: "no_place_available",
}


def own(kind: StageKind, step: StageStep, *, day: str = "", **facts: object) -> Doing:
    """Return a step of the applicant; `day` names the fact that says on which day it happened."""

    def do(play: Play) -> None:
        play.own_step(kind, step, **facts, **({day: play.today(kind)} if day else {}))

    return do


def office(kind: StageKind, step: StageStep, *, day: str = "", **facts: object) -> Doing:
    """Return a step of the desk."""

    def do(play: Play) -> None:
        play.office_step(kind, step, **facts, **({day: play.today(kind)} if day else {}))

    return do


def confirm(kind: StageKind) -> Doing:
    """Return the second person's word on what was proposed."""
    return lambda play: play.confirm(kind)


def lapse(kind: StageKind) -> Doing:
    """Return the end of a stage in which the applicant did nothing."""
    return office(kind, Do.LAPSE, ground="applicant_did_not_act", legal_basis=LEGAL_BASIS)


def _refusal(kind: StageKind, days: int, *, appealed: bool) -> list[Beat]:
    refuse = office(kind, Do.REFUSE, ground=_GROUNDS[kind], legal_basis=LEGAL_BASIS)
    if kind is F:
        beats = [Beat(days, "refuse", refuse), Beat(days + 1, "refused", confirm(F))]
    else:
        beats = [Beat(days, "refused", refuse)]
    if appealed:
        beats.append(Beat(days + 9, "appeal", _appeal(kind)))
    return beats


def _appeal(kind: StageKind) -> Doing:
    def do(play: Play) -> None:
        play.own_step(kind, Do.APPEAL, statement=play.script.text("appeal", play.who.person.locale)[0])

    return do


def _visa(play: Play) -> list[Beat]:
    decided = 26 if play.who.days <= SHORT_STAY_DAYS else 62
    return [
        Beat(1, "request_appointment", own(V, Do.REQUEST_APPOINTMENT, day="requested_on")),
        Beat(2, "assigned", lambda play: play.assign(V)),
        Beat(5, "give_appointment", _give_appointment),
        Beat(11, "lodge", office(V, Do.LODGE, day="lodged_on")),
        Beat(13, "admit", office(V, Do.ADMIT)),
        Beat(decided, "issue", _issue),
        Beat(decided + 5, "collect", own(V, Do.COLLECT, day="collected_on")),
    ]


def _give_appointment(play: Play) -> None:
    play.office_step(V, Do.GIVE_APPOINTMENT, appointment_on=play.today(V) + timedelta(days=6))


def _issue(play: Play) -> None:
    who = play.who
    is_short = who.days <= SHORT_STAY_DAYS
    play.office_step(
        V,
        Do.ISSUE,
        visa_kind="short_stay" if is_short else "long_stay",
        entries="one" if is_short else "multiple",
        valid_from=who.arrival_on - timedelta(days=2),
        valid_until=who.departure_on + timedelta(days=13),
        days=who.days,
    )


def _recognition(play: Play) -> list[Beat]:
    return [
        Beat(2, "file", own(R, Do.FILE, day="received_on")),
        Beat(9, "acknowledge", office(R, Do.ACKNOWLEDGE)),
        Beat(10, "assigned", lambda play: play.assign(R)),
        Beat(16, "declare_complete", office(R, Do.DECLARE_COMPLETE, day="complete_on")),
        Beat(38, "evaluate", office(R, Do.EVALUATE)),
        Beat(51, "recognise", _recognise(play)),
    ]


def _recognise(play: Play) -> Doing:
    if play.who.number % 4 != 3:
        return office(R, Do.RECOGNISE, equivalent_to="Master of Arts")
    return office(
        R,
        Do.RECOGNISE_PARTLY,
        equivalent_to="Bachelor of Arts",
        differences="Two semesters of supervised practice",
        legal_basis=LEGAL_BASIS,
    )


def _funding(play: Play) -> list[Beat]:
    amount, currency = play.desk.in_money_of(play.who.call.route.receiving, EUROS_A_DAY * play.who.days)
    words, _ = play.script.text("assessment", "en")
    beats = [
        Beat(1, "request", own(F, Do.REQUEST, amount=amount, currency=currency)),
        Beat(7, "granted", Play.grant),
        Beat(8, "assess", office(F, Do.ASSESS, amount=amount, currency=currency, assessment=words)),
        Beat(9, "assess_confirmed", confirm(F)),
        Beat(13, "offer", office(F, Do.OFFER, amount=amount, currency=currency)),
        Beat(14, "offer_confirmed", confirm(F)),
    ]
    if play.plot.decline:
        return [*beats, Beat(17, "decline", own(F, Do.DECLINE))]
    return [*beats, Beat(17, "accept", own(F, Do.ACCEPT)), Beat(20, "sign", office(F, Do.SIGN, day="signed_on"))]


def _language(play: Play) -> list[Beat]:
    level = play.who.call.route.programme.language_level or "a2"
    return [
        Beat(3, "register", own(L, Do.REGISTER, day="registered_on")),
        Beat(7, "place", office(L, Do.PLACE, level="a1")),
        Beat(13, "offer_course", _offer_course),
        Beat(17, "enrol", own(L, Do.ENROL)),
        Beat(60, "attend", office(L, Do.RECORD_ATTENDANCE, hours_attended=112)),
        Beat(64, "certify", office(L, Do.CERTIFY, level=level, day="certified_on")),
    ]


def _offer_course(play: Play) -> None:
    starts_on = play.today(L) + timedelta(days=7)
    names = {table["code"]: table["names"] for table in play.desk.files.offices}
    play.office_step(
        L,
        Do.OFFER_COURSE,
        provider=names[play.desks[L.value]]["en"],
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=42),
        hours=120,
    )


_USUAL: Final[dict[StageKind, Callable[[Play], list[Beat]]]] = {V: _visa, R: _recognition, F: _funding, L: _language}
