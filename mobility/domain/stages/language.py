"""The language stage: registration, placement, course, attendance, certificate; or a waiver.

Levels are those of the Common European Framework of Reference (https://www.coe.int/lang-CEFR). A course need not
go through every step: a placement test may show that the level is already there, and the certificate follows.
Not passing is an end that can be repaired: the person may sit again, or appeal.
"""

from enum import StrEnum

from mobility.domain.events import EventCode as E
from mobility.domain.stages.ending import EITHER, appeals, documents, giving_up, opening
from mobility.domain.stages.grounds import ExemptionGround, LanguageGround, refusal_facts
from mobility.domain.stages.vocabulary import (
    FactField,
    FactType,
    Outcome,
    Side,
    StageKind,
    StageTable,
    Transition,
)
from mobility.domain.stages.vocabulary import StageStatus as S
from mobility.domain.stages.vocabulary import StageStep as Do


class Level(StrEnum):
    """The six levels of the Common European Framework; the order of the members is their rank."""

    A1 = "a1"
    A2 = "a2"
    B1 = "b1"
    B2 = "b2"
    C1 = "c1"
    C2 = "c2"


def is_level_reached(level: Level, target: Level) -> bool:
    """Say whether `level` is the target or higher."""
    ranks = list(Level)
    return ranks.index(level) >= ranks.index(target)


LEVEL = FactField(code="level", type=FactType.CHOICE, choices=tuple(Level))
REFUSAL = refusal_facts(LanguageGround)
BEFORE_COURSE = (S.REGISTERED, S.PLACED, S.COURSE_OFFERED)
UNFINISHED = (*BEFORE_COURSE, S.DOCUMENTS_REQUESTED, S.ENROLLED, S.ATTENDED)

_COURSE = (
    Transition(
        source=S.OPENED,
        step=Do.REGISTER,
        target=S.REGISTERED,
        events=(E.LANGUAGE_REGISTERED,),
        facts=(FactField(code="registered_on", type=FactType.DATE),),
        by=EITHER,
    ),
    *documents(S.REGISTERED, S.DOCUMENTS_REQUESTED, S.REGISTERED),
    Transition(source=S.REGISTERED, step=Do.PLACE, target=S.PLACED, events=(E.LANGUAGE_PLACED,), facts=(LEVEL,)),
    *(
        Transition(
            source=source,
            step=Do.OFFER_COURSE,
            target=S.COURSE_OFFERED,
            events=(E.LANGUAGE_COURSE_OFFERED,),
            facts=(
                FactField(code="provider", type=FactType.TEXT),
                FactField(code="starts_on", type=FactType.DATE),
                FactField(code="ends_on", type=FactType.DATE),
                FactField(code="hours", type=FactType.INTEGER),
            ),
        )
        for source in (S.REGISTERED, S.PLACED)
    ),
    *(
        Transition(source=source, step=Do.ENROL, target=S.ENROLLED, events=(E.LANGUAGE_ENROLLED,), by=EITHER)
        for source in BEFORE_COURSE
    ),
    Transition(
        source=S.ENROLLED,
        step=Do.RECORD_ATTENDANCE,
        target=S.ATTENDED,
        events=(E.LANGUAGE_ATTENDED,),
        facts=(FactField(code="hours_attended", type=FactType.INTEGER),),
    ),
)

_RESULTS = (
    *(
        Transition(
            source=source,
            step=Do.CERTIFY,
            target=S.CERTIFIED,
            events=(E.LANGUAGE_CERTIFIED,),
            facts=(
                LEVEL,
                FactField(code="certified_on", type=FactType.DATE),
                FactField(code="certificate", type=FactType.TEXT, required=False),
            ),
        )
        for source in (S.REGISTERED, S.PLACED, S.ENROLLED, S.ATTENDED)
    ),
    *(
        Transition(
            source=source,
            step=Do.FAIL,
            target=S.NOT_PASSED,
            events=(E.LANGUAGE_NOT_PASSED,),
            facts=REFUSAL,
        )
        for source in (S.ENROLLED, S.ATTENDED)
    ),
    Transition(source=S.NOT_PASSED, step=Do.RETAKE, target=S.ENROLLED, events=(E.LANGUAGE_ENROLLED,), by=EITHER),
    *(
        Transition(source=source, step=Do.REFUSE, target=S.REFUSED, events=(E.LANGUAGE_REFUSED,), facts=REFUSAL)
        for source in (S.REGISTERED, S.DOCUMENTS_REQUESTED, S.PLACED)
    ),
)

_WAIVERS = tuple(
    Transition(
        source=source,
        step=Do.WAIVE,
        target=S.WAIVED,
        events=(E.LANGUAGE_WAIVED,),
        facts=refusal_facts(ExemptionGround),
    )
    for source in (S.WAITING, S.OPENED, *UNFINISHED, S.NOT_PASSED)
)

LANGUAGE = StageTable(
    kind=StageKind.LANGUAGE,
    transitions=(
        opening()[0],
        *_COURSE,
        *_RESULTS,
        *_WAIVERS,
        *giving_up((S.WAITING, S.OPENED, *UNFINISHED)),
        *appeals((S.REFUSED, S.NOT_PASSED), S.REGISTERED, LanguageGround),
    ),
    outcomes={
        S.CERTIFIED: Outcome.WELL,
        S.WAIVED: Outcome.WELL,
        S.REFUSED: Outcome.BADLY,
        S.NOT_PASSED: Outcome.BADLY,
        S.WITHDRAWN: Outcome.BADLY,
        S.LAPSED: Outcome.BADLY,
    },
    awaits={
        S.OPENED: Side.APPLICANT,
        S.REGISTERED: Side.OFFICE,
        S.DOCUMENTS_REQUESTED: Side.APPLICANT,
        S.PLACED: Side.OFFICE,
        S.COURSE_OFFERED: Side.APPLICANT,
        S.ENROLLED: Side.OFFICE,
        S.ATTENDED: Side.OFFICE,
        S.APPEALED: Side.OFFICE,
    },
)
