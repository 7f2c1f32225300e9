"""The recognition stage: from the request to full, partial or conditional recognition, or a reasoned refusal.

The duty to acknowledge receipt and to say what is missing is Article 51(1) of Directive 2005/36/EC
(https://eur-lex.europa.eu/eli/dir/2005/36); the clock for the decision starts when the file is complete
(Lisbon Recognition Convention, ETS 165, Article III.5). Whoever refuses must show the substantial differences
(Article VI.1); a compensation measure (Directive 2005/36/EC Article 14) leaves the stage open until it is done.
"""

from mobility.domain.events import EventCode as E
from mobility.domain.stages.ending import EITHER, appeals, documents, giving_up, opening
from mobility.domain.stages.grounds import LEGAL_BASIS, RecognitionGround, refusal_facts
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

DIFFERENCES = FactField(code="differences", type=FactType.TEXT)
REFUSAL = (
    *refusal_facts(RecognitionGround),
    FactField(code="differences", type=FactType.TEXT, required=False),
)
DECIDABLE = (S.COMPLETE, S.EVALUATED)
UNDECIDED = (S.FILED, S.ACKNOWLEDGED, S.DOCUMENTS_REQUESTED, *DECIDABLE, S.EVIDENCE_REQUESTED)

_FILING = (
    Transition(
        source=S.OPENED,
        step=Do.FILE,
        target=S.FILED,
        events=(E.RECOGNITION_RECEIVED,),
        facts=(FactField(code="received_on", type=FactType.DATE),),
        by=EITHER,
    ),
    Transition(source=S.FILED, step=Do.ACKNOWLEDGE, target=S.ACKNOWLEDGED, events=(E.RECOGNITION_ACKNOWLEDGED,)),
    *documents(S.ACKNOWLEDGED, S.DOCUMENTS_REQUESTED, S.ACKNOWLEDGED),
    *(
        Transition(
            source=source,
            step=Do.DECLARE_COMPLETE,
            target=S.COMPLETE,
            events=(E.RECOGNITION_COMPLETE,),
            facts=(FactField(code="complete_on", type=FactType.DATE),),
        )
        for source in (S.ACKNOWLEDGED, S.DOCUMENTS_REQUESTED)
    ),
)

_EVALUATION = (
    Transition(source=S.COMPLETE, step=Do.EVALUATE, target=S.EVALUATED, events=(E.RECOGNITION_EVALUATED,)),
    # further evidence goes back to the evaluation, so that what arrives is looked at before the decision
    *documents(S.COMPLETE, S.EVIDENCE_REQUESTED, S.COMPLETE),
    documents(S.EVALUATED, S.EVIDENCE_REQUESTED, S.COMPLETE)[0],
)


def _decisions(source: S, event: E) -> tuple[Transition, ...]:
    """Return the decisions in the applicant's favour, wholly or in part, each under `event`."""
    return (
        Transition(
            source=source,
            step=Do.RECOGNISE,
            target=S.RECOGNISED,
            events=(event,),
            facts=(FactField(code="equivalent_to", type=FactType.TEXT),),
        ),
        Transition(
            source=source,
            step=Do.RECOGNISE_PARTLY,
            target=S.PARTLY_RECOGNISED,
            events=(event,),
            facts=(FactField(code="equivalent_to", type=FactType.TEXT), DIFFERENCES, LEGAL_BASIS),
        ),
        Transition(
            source=source,
            step=Do.REQUIRE_COMPENSATION,
            target=S.COMPENSATION_REQUIRED,
            events=(event, E.COMPENSATION_REQUIRED),
            facts=(FactField(code="measure", type=FactType.TEXT), DIFFERENCES, LEGAL_BASIS),
        ),
    )


def _refusal(source: S) -> Transition:
    return Transition(
        source=source,
        step=Do.REFUSE,
        target=S.REFUSED,
        events=(E.RECOGNITION_DECIDED, E.RECOGNITION_REFUSED),
        facts=REFUSAL,
    )


_DECISIONS = (
    *(line for source in DECIDABLE for line in _decisions(source, E.RECOGNITION_DECIDED)),
    *(_refusal(source) for source in (*DECIDABLE, S.EVIDENCE_REQUESTED, S.COMPENSATION_REQUIRED)),
    Transition(
        source=S.COMPENSATION_REQUIRED,
        step=Do.CONFIRM_COMPENSATION,
        target=S.RECOGNISED,
        events=(E.COMPENSATION_COMPLETED,),
        facts=(FactField(code="completed_on", type=FactType.DATE),),
    ),
    # the body that hears the appeal may put another result in the place of the first
    *_decisions(S.APPEALED, E.APPEAL_DECIDED),
    *(
        Transition(source=done, step=Do.EXPORT_RESULT, target=done, events=(E.RECOGNITION_EXPORTED,))
        for done in (S.RECOGNISED, S.PARTLY_RECOGNISED)
    ),
)

RECOGNITION = StageTable(
    kind=StageKind.RECOGNITION,
    transitions=(
        *opening(),
        *_FILING,
        *_EVALUATION,
        *_DECISIONS,
        *giving_up((S.WAITING, S.OPENED, *UNDECIDED, S.COMPENSATION_REQUIRED)),
        *appeals((S.REFUSED, S.PARTLY_RECOGNISED, S.COMPENSATION_REQUIRED), S.COMPLETE, RecognitionGround),
    ),
    outcomes={
        S.RECOGNISED: Outcome.WELL,
        S.PARTLY_RECOGNISED: Outcome.WELL,
        S.NOT_REQUIRED: Outcome.WELL,
        S.REFUSED: Outcome.BADLY,
        S.WITHDRAWN: Outcome.BADLY,
        S.LAPSED: Outcome.BADLY,
    },
    awaits={
        S.OPENED: Side.APPLICANT,
        S.FILED: Side.OFFICE,
        S.ACKNOWLEDGED: Side.OFFICE,
        S.DOCUMENTS_REQUESTED: Side.APPLICANT,
        S.COMPLETE: Side.OFFICE,
        S.EVIDENCE_REQUESTED: Side.APPLICANT,
        S.EVALUATED: Side.OFFICE,
        S.COMPENSATION_REQUIRED: Side.APPLICANT,
        S.APPEALED: Side.OFFICE,
    },
)
