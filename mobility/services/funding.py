"""Money of a case: what is granted line by line, and instalments proposed by one person and approved by another.

An instalment counts when it was paid: then the funding stage knows it, its clocks are kept, and it is converted to
euro at the published rate of the day, or the last one before. A rate entered by hand names where it comes from;
without any rate the payment stays unconverted and is counted as such, never as 1 or 0.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from babel.numbers import get_currency_precision
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.applications.vocabulary import CURRENCIES
from mobility.domain.errors import InvalidInput, NotFound, TransitionNotPermitted
from mobility.domain.stages import SecondPersonRequired, StageKind, StageStatus, StageStep, get_transition
from mobility.domain.stays import check_actual
from mobility.services.audit import record_event
from mobility.services.case_files import check_version, find_stage, get_case, office_day, required_text, seat_for
from mobility.services.stages import Taken, take_step_for
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.funding import BudgetLine, ExchangeRate, Payment

EURO: Final = "EUR"
MOST_MINOR: Final = 10**12
PAYABLE: Final = frozenset({StageStatus.SIGNED, StageStatus.PAYING})
GRANTABLE: Final = frozenset({StageStatus.REQUESTED, StageStatus.DOCUMENTS_REQUESTED, StageStatus.ASSESSED})


class Milestone(StrEnum):
    """What an instalment is tied to."""

    SIGNATURE = "signature"
    ARRIVAL = "arrival"
    MID_TERM = "mid_term"
    REPORT = "report"


def set_granted(
    session: Session, actor: Actor, case_id: int, granted: Mapping[int, int], *, now: datetime
) -> list[BudgetLine]:
    """Set what is granted per budget line, in minor units, before the offer is made; returns all lines in order.

    Raises NotFound for a line of another case, InvalidInput for an amount below 0.
    """
    case, stage = _for_funder(session, actor, case_id)
    if stage.status not in GRANTABLE:
        raise TransitionNotPermitted(kind=stage.kind, status=stage.status, step="set_granted")
    query = select(BudgetLine).where(BudgetLine.case_id == case.id).order_by(BudgetLine.id)
    lines = {line.id: line for line in session.scalars(query)}
    for line_id, minor in granted.items():
        if line_id not in lines:
            raise NotFound(budget_line=line_id)
        lines[line_id].granted_minor = _amount("granted", minor, least=0)
    _log(session, actor, case, "grant_set", None, now, lines={str(each): minor for each, minor in granted.items()})
    return list(lines.values())


def propose_payment(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    milestone: str,
    amount_minor: int,
    currency: str,
    payer: str,
    now: datetime,
) -> Payment:
    """Propose an instalment once the contract is signed; `payer` is one of the two states."""
    case, stage = _for_funder(session, actor, case_id)
    if stage.status not in PAYABLE:
        raise TransitionNotPermitted(kind=stage.kind, status=stage.status, step=StageStep.PAY)
    payment = Payment(
        case_id=case.id,
        payer=_choice("payer", payer, (case.sending, case.receiving)),
        beneficiary=case.sending,
        milestone=_choice("milestone", milestone, tuple(Milestone)),
        amount_minor=_amount("amount", amount_minor, least=1),
        currency=_choice("currency", currency, CURRENCIES),
        proposed_by=actor.person_id,
        proposed_at=now,
    )
    session.add(payment)
    session.flush()
    _log(session, actor, case, "payment_proposed", payment, now)
    return payment


def approve_payment(session: Session, actor: Actor, payment_id: int, *, row_version: int, now: datetime) -> Payment:
    """Approve an instalment; raises SecondPersonRequired for the person who proposed it."""
    payment, case = _load(session, actor, payment_id, row_version, "proposed")
    if payment.proposed_by == actor.person_id:
        raise SecondPersonRequired(step="approve_payment", proposed_by=payment.proposed_by)
    payment.status, payment.approved_by, payment.approved_at = "approved", actor.person_id, now
    _log(session, actor, case, "payment_approved", payment, now)
    return payment


def reject_payment(session: Session, actor: Actor, payment_id: int, *, row_version: int, now: datetime) -> Payment:
    """Reject a proposed instalment; its proposer may take it back so."""
    payment, case = _load(session, actor, payment_id, row_version, "proposed")
    payment.status = "rejected"
    _log(session, actor, case, "payment_rejected", payment, now)
    return payment


def mark_paid(
    session: Session,
    actor: Actor,
    payment_id: int,
    *,
    paid_on: date,
    row_version: int,
    now: datetime,
    rate: str = "",
    rate_on: date | None = None,
    rate_source: str = "",
) -> Payment:
    """Record that an approved instalment was paid; the stage's clocks count from `paid_on`.

    `rate` is units of the currency for one euro, entered by hand, and then needs `rate_source`.
    """
    payment, case = _load(session, actor, payment_id, row_version, "approved")
    stage = find_stage(case, StageKind.FUNDING)
    check_actual("paid_on", paid_on, today=office_day(now, stage.office.time_zone))
    payment.status, payment.paid_on = "paid", paid_on
    _convert(session, payment, rate.strip(), rate_on, rate_source)
    line = get_transition(StageKind.FUNDING, StageStatus(stage.status), StageStep.PAY)
    taken = Taken(line=line, facts=_facts(payment), on=paid_on)
    take_step_for(session, actor, case, stage, taken, now, proposed_by=payment.proposed_by)
    _log(session, actor, case, "payment_paid", payment, now)
    return payment


def decimal_amount(minor: int, currency: str) -> Decimal:
    """Return an amount of minor units in the currency's own units."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def _convert(session: Session, payment: Payment, rate: str, rate_on: date | None, source: str) -> None:
    if payment.currency == EURO:
        payment.amount_eur_minor = payment.amount_minor
        return
    if rate:
        payment.rate, payment.rate_on = format(_rate(rate), "f"), rate_on or payment.paid_on
        payment.rate_source = required_text("rate_source", source, 120)
    else:
        _take_published_rate(session, payment)
    if payment.rate:
        euro = decimal_amount(payment.amount_minor, payment.currency) / Decimal(payment.rate)
        payment.amount_eur_minor = int((euro * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _take_published_rate(session: Session, payment: Payment) -> None:
    """The rate of the day, or the last one published before it; none leaves the payment unconverted."""
    assert payment.paid_on is not None, "a payment is converted when it was paid"
    published = session.scalars(
        select(ExchangeRate)
        .where(ExchangeRate.currency == payment.currency, ExchangeRate.day <= payment.paid_on)
        .order_by(ExchangeRate.day.desc())
        .limit(1)
    ).one_or_none()
    if published is not None:
        payment.rate, payment.rate_on, payment.rate_source = published.rate, published.day, published.source


def _rate(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(field="rate", reason="wrong_type", value=text) from None
    if not value.is_finite() or not 0 < value < 10**9:
        raise InvalidInput(field="rate", reason="not_positive", value=text)
    return value


def _facts(payment: Payment) -> dict[str, Any]:
    facts = {
        "milestone": payment.milestone,
        "amount": format(decimal_amount(payment.amount_minor, payment.currency), "f"),
        "currency": payment.currency,
        "paid_on": payment.paid_on.isoformat() if payment.paid_on else "",
        "rate": payment.rate,
        "rate_on": payment.rate_on.isoformat() if payment.rate_on else "",
    }
    return {code: value for code, value in facts.items() if value}


def _for_funder(session: Session, actor: Actor, case_id: int) -> tuple[CaseFile, Stage]:
    case = get_case(session, case_id, lock=True)
    stage = find_stage(case, StageKind.FUNDING)
    seat_for(actor, stage.office_id, StageKind.FUNDING)
    return case, stage


def _load(session: Session, actor: Actor, payment_id: int, row_version: int, status: str) -> tuple[Payment, CaseFile]:
    case_id = session.scalar(select(Payment.case_id).where(Payment.id == payment_id))
    if case_id is None:
        raise NotFound(payment=payment_id)
    case, _ = _for_funder(session, actor, case_id)
    query = select(Payment).where(Payment.id == payment_id).execution_options(populate_existing=True)
    payment = session.scalars(query).one()
    check_version(payment, row_version)
    if payment.status != status:
        raise TransitionNotPermitted(payment=payment_id, status=payment.status, wanted=status)
    return payment, case


def _amount(field: str, minor: int, *, least: int) -> int:
    if not least <= minor <= MOST_MINOR:
        raise InvalidInput(field=field, reason="amount_out_of_range", value=minor)
    return minor


def _choice(field: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise InvalidInput(field=field, reason="not_a_choice" if value else "missing", value=value)
    return str(value)


def _log(
    session: Session,
    actor: Actor,
    case: CaseFile,
    code: str,
    payment: Payment | None,
    now: datetime,
    **parameters: Any,
) -> None:
    if payment is not None:
        parameters |= {
            "milestone": payment.milestone,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
        }
    record_event(
        session,
        actor,
        code,
        at=now,
        subject="payment" if payment is not None else "case",
        subject_id=payment.id if payment is not None else case.id,
        case_id=case.id,
        parameters={"stage": StageKind.FUNDING.value} | parameters,
    )
