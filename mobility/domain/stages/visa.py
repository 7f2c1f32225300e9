"""The visa stage: from the appointment to the passport with the visa in it.

It follows the procedure of the Visa Code, Regulation (EC) 810/2009 (appointment Article 9, admissibility
Article 19, consultation Article 22, decision Article 23, refusal and appeal Article 32, revocation Article 34;
https://eur-lex.europa.eu/eli/reg/2009/810); national procedures use the part of it that they have. A
consultation and a question to the applicant may run side by side: an answer to either leaves the other open.
"""

from enum import StrEnum

from mobility.domain.events import EventCode as E
from mobility.domain.stages.ending import EITHER, appeals, documents, giving_up, opening
from mobility.domain.stages.grounds import VisaGround, refusal_facts
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


class VisaKind(StrEnum):
    """The kinds a consulate issues: airport transit, short stay, long stay, or an entry permit by law."""

    AIRPORT_TRANSIT = "airport_transit"
    SHORT_STAY = "short_stay"
    LONG_STAY = "long_stay"
    ENTRY_PERMIT = "entry_permit"


class Entries(StrEnum):
    """How often the holder may enter."""

    ONE = "one"
    TWO = "two"
    MULTIPLE = "multiple"


class ConsultationAnswer(StrEnum):
    """What a consulted state or authority says; silence within its time counts as no objection."""

    NO_OBJECTION = "no_objection"
    OBJECTION = "objection"
    SILENCE = "silence"


REFUSAL = refusal_facts(VisaGround)
ISSUE_FACTS = (
    FactField(code="visa_kind", type=FactType.CHOICE, choices=tuple(VisaKind)),
    FactField(code="entries", type=FactType.CHOICE, choices=tuple(Entries)),
    FactField(code="valid_from", type=FactType.DATE),
    FactField(code="valid_until", type=FactType.DATE),
    FactField(code="days", type=FactType.INTEGER),
)

UNDECIDED = (S.LODGED, S.ADMISSIBLE, S.CONSULTED, S.DOCUMENTS_REQUESTED)
BEFORE_LODGING = (S.OPENED, S.APPOINTMENT_REQUESTED, S.APPOINTMENT_GIVEN)

_APPOINTMENTS = (
    Transition(
        source=S.OPENED,
        step=Do.REQUEST_APPOINTMENT,
        target=S.APPOINTMENT_REQUESTED,
        events=(E.VISA_APPOINTMENT_REQUESTED,),
        facts=(FactField(code="requested_on", type=FactType.DATE),),
        by=EITHER,
    ),
    *(
        Transition(
            source=source,
            step=Do.GIVE_APPOINTMENT,
            target=S.APPOINTMENT_GIVEN,
            events=(E.VISA_APPOINTMENT_GIVEN,),
            facts=(FactField(code="appointment_on", type=FactType.DATE),),
        )
        for source in BEFORE_LODGING
    ),
)

_LODGING = (
    *(
        Transition(
            source=source,
            step=Do.LODGE,
            target=S.LODGED,
            events=(E.VISA_LODGED,),
            facts=(FactField(code="lodged_on", type=FactType.DATE),),
        )
        for source in BEFORE_LODGING
    ),
    # Article 19(3): what is not admissible is handed back without a decision, and may be lodged again
    Transition(
        source=S.LODGED,
        step=Do.RETURN_APPLICATION,
        target=S.OPENED,
        events=(E.VISA_RETURNED,),
        facts=REFUSAL,
    ),
    Transition(source=S.LODGED, step=Do.ADMIT, target=S.ADMISSIBLE, events=(E.VISA_ADMISSIBLE,)),
    *documents(S.LODGED, S.LODGED, S.LODGED),
    *documents(S.ADMISSIBLE, S.DOCUMENTS_REQUESTED, S.ADMISSIBLE),
)


def _consultation(source: S, step: Do, target: S) -> Transition:
    if step is Do.CONSULT:
        event, facts = E.VISA_CONSULTED, (FactField(code="consulted", type=FactType.COUNTRY),)
    else:
        event = E.VISA_CONSULTATION_ANSWERED
        facts = (FactField(code="answer", type=FactType.CHOICE, choices=tuple(ConsultationAnswer)),)
    return Transition(source=source, step=step, target=target, events=(event,), facts=facts)


_CONSULTATIONS = (
    _consultation(S.ADMISSIBLE, Do.CONSULT, S.CONSULTED),
    _consultation(S.DOCUMENTS_REQUESTED, Do.CONSULT, S.DOCUMENTS_REQUESTED),
    _consultation(S.CONSULTED, Do.ANSWER_CONSULTATION, S.ADMISSIBLE),
    _consultation(S.ADMISSIBLE, Do.ANSWER_CONSULTATION, S.ADMISSIBLE),
    _consultation(S.DOCUMENTS_REQUESTED, Do.ANSWER_CONSULTATION, S.DOCUMENTS_REQUESTED),
    Transition(
        source=S.CONSULTED,
        step=Do.REQUEST_DOCUMENTS,
        target=S.DOCUMENTS_REQUESTED,
        events=(E.DOCUMENTS_REQUESTED,),
        facts=documents(S.ADMISSIBLE, S.DOCUMENTS_REQUESTED, S.ADMISSIBLE)[0].facts,
    ),
)

_DECISIONS = (
    Transition(
        source=S.ADMISSIBLE,
        step=Do.ISSUE,
        target=S.ISSUED,
        events=(E.VISA_DECIDED, E.VISA_ISSUED),
        facts=ISSUE_FACTS,
    ),
    *(
        Transition(
            source=source,
            step=Do.REFUSE,
            target=S.REFUSED,
            events=(E.VISA_DECIDED, E.VISA_REFUSED),
            facts=REFUSAL,
        )
        for source in (S.ADMISSIBLE, S.CONSULTED, S.DOCUMENTS_REQUESTED)
    ),
    Transition(
        source=S.ISSUED,
        step=Do.COLLECT,
        target=S.COLLECTED,
        events=(E.VISA_COLLECTED,),
        facts=(FactField(code="collected_on", type=FactType.DATE),),
        by=EITHER,
    ),
    *(
        Transition(source=source, step=Do.REVOKE, target=S.REVOKED, events=(E.VISA_REVOKED,), facts=REFUSAL)
        for source in (S.ISSUED, S.COLLECTED)
    ),
)

VISA = StageTable(
    kind=StageKind.VISA,
    transitions=(
        *opening(),
        *_APPOINTMENTS,
        *_LODGING,
        *_CONSULTATIONS,
        *_DECISIONS,
        *giving_up((S.WAITING, *BEFORE_LODGING, *UNDECIDED)),
        *appeals((S.REFUSED, S.REVOKED), S.ADMISSIBLE, VisaGround),
    ),
    outcomes={
        S.ISSUED: Outcome.WELL,
        S.COLLECTED: Outcome.WELL,
        S.NOT_REQUIRED: Outcome.WELL,
        S.REFUSED: Outcome.BADLY,
        S.REVOKED: Outcome.BADLY,
        S.WITHDRAWN: Outcome.BADLY,
        S.LAPSED: Outcome.BADLY,
    },
    awaits={
        S.OPENED: Side.APPLICANT,
        S.APPOINTMENT_REQUESTED: Side.OFFICE,
        S.APPOINTMENT_GIVEN: Side.APPLICANT,
        S.LODGED: Side.OFFICE,
        S.ADMISSIBLE: Side.OFFICE,
        S.CONSULTED: Side.OFFICE,
        S.DOCUMENTS_REQUESTED: Side.APPLICANT,
        S.APPEALED: Side.OFFICE,
        S.ISSUED: Side.APPLICANT,
    },
)
