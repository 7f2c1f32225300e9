"""The lines every kind of stage shares: opening, exemption, documents, withdrawal, lapse, appeal.

They are made from the statuses a kind names, so that a stage of a new kind cannot forget the way out.
"""

from collections.abc import Iterable
from enum import StrEnum

from mobility.domain.events import EventCode
from mobility.domain.stages.grounds import ExemptionGround, LapseGround, refusal_facts
from mobility.domain.stages.vocabulary import FactField, FactType, Side, StageStatus, StageStep, Transition

APPLICANT = frozenset({Side.APPLICANT})
OFFICE = frozenset({Side.OFFICE})
EITHER = frozenset({Side.APPLICANT, Side.OFFICE})

REQUEST_FACTS = (
    FactField(code="requested", type=FactType.TEXT),
    FactField(code="reply_by", type=FactType.DATE, required=False),
)


def opening() -> tuple[Transition, ...]:
    """Return how a stage comes into play, or is found unnecessary before anything was filed."""
    exempt = tuple(
        Transition(
            source=source,
            step=StageStep.EXEMPT,
            target=StageStatus.NOT_REQUIRED,
            events=(EventCode.STAGE_EXEMPTED,),
            facts=refusal_facts(ExemptionGround),
        )
        for source in (StageStatus.WAITING, StageStatus.OPENED)
    )
    opened = Transition(
        source=StageStatus.WAITING,
        step=StageStep.OPEN,
        target=StageStatus.OPENED,
        events=(EventCode.STAGE_OPENED,),
    )
    return (opened, *exempt)


def documents(source: StageStatus, asked: StageStatus, back_to: StageStatus) -> tuple[Transition, ...]:
    """Return the question to the applicant and its answer; `asked` may be `source` where the status stays."""
    question = Transition(
        source=source,
        step=StageStep.REQUEST_DOCUMENTS,
        target=asked,
        events=(EventCode.DOCUMENTS_REQUESTED,),
        facts=REQUEST_FACTS,
    )
    answer = Transition(
        source=asked,
        step=StageStep.RECEIVE_DOCUMENTS,
        target=back_to,
        events=(EventCode.DOCUMENTS_RECEIVED,),
        facts=(FactField(code="received_on", type=FactType.DATE),),
        by=EITHER,
    )
    return (question, answer)


def giving_up(sources: Iterable[StageStatus]) -> tuple[Transition, ...]:
    """Return withdrawal by the applicant and lapse by the office, from each of the statuses."""
    return tuple(line for source in sources for line in (_withdrawal(source), _lapse(source)))


def _withdrawal(source: StageStatus) -> Transition:
    return Transition(
        source=source,
        step=StageStep.WITHDRAW,
        target=StageStatus.WITHDRAWN,
        events=(EventCode.STAGE_WITHDRAWN,),
        by=EITHER,
    )


def _lapse(source: StageStatus) -> Transition:
    return Transition(
        source=source,
        step=StageStep.LAPSE,
        target=StageStatus.LAPSED,
        events=(EventCode.STAGE_LAPSED,),
        facts=refusal_facts(LapseGround),
    )


def appeals(against: Iterable[StageStatus], reopened: StageStatus, grounds: type[StrEnum]) -> tuple[Transition, ...]:
    """Return the appeal against each adverse status, and its two ends; upheld, the stage is decided anew."""
    lodged = tuple(
        Transition(
            source=source,
            step=StageStep.APPEAL,
            target=StageStatus.APPEALED,
            events=(EventCode.APPEAL_LODGED,),
            facts=(FactField(code="statement", type=FactType.TEXT),),
            by=EITHER,
        )
        for source in against
    )
    upheld = Transition(
        source=StageStatus.APPEALED,
        step=StageStep.UPHOLD_APPEAL,
        target=reopened,
        events=(EventCode.APPEAL_DECIDED,),
        facts=(FactField(code="reasons", type=FactType.TEXT, required=False),),
    )
    dismissed = Transition(
        source=StageStatus.APPEALED,
        step=StageStep.DISMISS_APPEAL,
        target=StageStatus.REFUSED,
        events=(EventCode.APPEAL_DECIDED,),
        facts=refusal_facts(grounds),
    )
    return (*lodged, upheld, dismissed)
