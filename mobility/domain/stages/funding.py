"""The funding stage: request, assessment, offer, contract, instalments, settlement, reclaim.

Money is decided by two people: whoever proposes an assessment, an offer, a refusal, a payment or a reclaim is
not the one who confirms it. The stage has ended well for the case once the contract is signed; the instalments
follow the stay and may still be running when the person has gone home.
"""

from mobility.domain.events import EventCode as E
from mobility.domain.stages.ending import APPLICANT, EITHER, appeals, documents, giving_up, opening
from mobility.domain.stages.grounds import FundingGround, refusal_facts
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

AMOUNT = FactField(code="amount", type=FactType.DECIMAL)
CURRENCY = FactField(code="currency", type=FactType.CURRENCY)
MILESTONE = FactField(code="milestone", type=FactType.TEXT)
REFUSAL = refusal_facts(FundingGround)
UNDECIDED = (S.REQUESTED, S.DOCUMENTS_REQUESTED, S.ASSESSED)

_DECIDING = (
    Transition(
        source=S.OPENED,
        step=Do.REQUEST,
        target=S.REQUESTED,
        events=(E.FUNDING_REQUESTED,),
        facts=(AMOUNT, CURRENCY),
        by=EITHER,
    ),
    *documents(S.REQUESTED, S.DOCUMENTS_REQUESTED, S.REQUESTED),
    Transition(
        source=S.REQUESTED,
        step=Do.ASSESS,
        target=S.ASSESSED,
        events=(E.FUNDING_ASSESSED,),
        facts=(AMOUNT, CURRENCY, FactField(code="assessment", type=FactType.TEXT)),
        second_person=True,
    ),
    Transition(
        source=S.ASSESSED,
        step=Do.OFFER,
        target=S.OFFERED,
        events=(E.FUNDING_OFFERED,),
        facts=(AMOUNT, CURRENCY, FactField(code="reply_by", type=FactType.DATE, required=False)),
        second_person=True,
    ),
    *(
        Transition(
            source=source,
            step=Do.REFUSE,
            target=S.REFUSED,
            events=(E.FUNDING_REFUSED,),
            facts=REFUSAL,
            second_person=True,
        )
        for source in UNDECIDED
    ),
)

_CONTRACT = (
    Transition(source=S.OFFERED, step=Do.ACCEPT, target=S.ACCEPTED, events=(E.FUNDING_ACCEPTED,), by=APPLICANT),
    Transition(
        source=S.OFFERED,
        step=Do.DECLINE,
        target=S.DECLINED,
        events=(E.FUNDING_DECLINED,),
        facts=(FactField(code="reasons", type=FactType.TEXT, required=False),),
        by=APPLICANT,
    ),
    Transition(
        source=S.ACCEPTED,
        step=Do.SIGN,
        target=S.SIGNED,
        events=(E.GRANT_SIGNED,),
        facts=(FactField(code="signed_on", type=FactType.DATE),),
    ),
)


def _instalment(source: S) -> tuple[Transition, ...]:
    """Return the request for an instalment and its payment; the first of either begins the paying."""
    requested = Transition(
        source=source,
        step=Do.REQUEST_PAYMENT,
        target=S.PAYING,
        events=(E.PAYMENT_REQUESTED,),
        facts=(MILESTONE, AMOUNT, CURRENCY),
        by=EITHER,
    )
    paid = Transition(
        source=source,
        step=Do.PAY,
        target=S.PAYING,
        events=(E.PAYMENT_MADE,),
        facts=(
            MILESTONE,
            AMOUNT,
            CURRENCY,
            FactField(code="paid_on", type=FactType.DATE),
            FactField(code="rate", type=FactType.DECIMAL, required=False),
            FactField(code="rate_on", type=FactType.DATE, required=False),
        ),
        second_person=True,
    )
    return (requested, paid)


def _reclaim(source: S) -> Transition:
    return Transition(
        source=source,
        step=Do.RECLAIM,
        target=S.RECLAIMING,
        events=(E.REPAYMENT_DEMANDED,),
        facts=(AMOUNT, CURRENCY, *REFUSAL),
        second_person=True,
    )


_PAYING = (
    *_instalment(S.SIGNED),
    *_instalment(S.PAYING),
    Transition(source=S.PAYING, step=Do.SETTLE, target=S.SETTLED, events=(E.FUNDING_SETTLED,)),
    _reclaim(S.PAYING),
    _reclaim(S.SETTLED),
    Transition(
        source=S.RECLAIMING,
        step=Do.RECORD_REPAYMENT,
        target=S.SETTLED,
        events=(E.REPAYMENT_RECEIVED,),
        facts=(AMOUNT, CURRENCY, FactField(code="received_on", type=FactType.DATE)),
    ),
)

FUNDING = StageTable(
    kind=StageKind.FUNDING,
    transitions=(
        *opening(),
        *_DECIDING,
        *_CONTRACT,
        *_PAYING,
        *giving_up((S.WAITING, S.OPENED, *UNDECIDED, S.OFFERED, S.ACCEPTED, S.SIGNED)),
        *appeals((S.REFUSED,), S.REQUESTED, FundingGround),
    ),
    outcomes={
        S.SIGNED: Outcome.WELL,
        S.PAYING: Outcome.WELL,
        S.SETTLED: Outcome.WELL,
        S.RECLAIMING: Outcome.WELL,
        S.NOT_REQUIRED: Outcome.WELL,
        S.REFUSED: Outcome.BADLY,
        S.DECLINED: Outcome.BADLY,
        S.WITHDRAWN: Outcome.BADLY,
        S.LAPSED: Outcome.BADLY,
    },
    awaits={
        S.OPENED: Side.APPLICANT,
        S.REQUESTED: Side.OFFICE,
        S.DOCUMENTS_REQUESTED: Side.APPLICANT,
        S.ASSESSED: Side.OFFICE,
        S.OFFERED: Side.APPLICANT,
        S.ACCEPTED: Side.OFFICE,
        S.PAYING: Side.OFFICE,
        S.RECLAIMING: Side.APPLICANT,
        S.APPEALED: Side.OFFICE,
    },
)
