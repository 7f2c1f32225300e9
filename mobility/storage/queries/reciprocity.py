"""Sums for the reciprocity report: heads and days by period, money, quotas; and the cases behind a figure.

Flows are no case data and are read whole: the service has made sure that the reader manages the programme. Payments,
and every list of cases, are read under the session's scope. What the sums mean is decided in `domain.reciprocity`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, distinct, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Integer

from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.funding import Payment
from mobility.storage.models.programmes import Programme, Route
from mobility.storage.models.reciprocity import Flow
from mobility.storage.models.treaties import InstrumentRow

Days = tuple[date, date]
"""First and last day, both included."""


class DayNumber(FunctionElement[int]):
    """A day as a whole number, so that days can be subtracted on both databases; only differences mean anything."""

    type = Integer()
    inherit_cache = True


@compiles(DayNumber, "sqlite")
def _day_number_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(DayNumber, "postgresql")
def _day_number_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)}) - DATE '2000-01-01')"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSum:
    """What one programme sent from one country to another; one number of heads and of days for each period asked."""

    programme_id: int
    origin: str
    host: str
    heads: tuple[int, ...]
    days: tuple[int, ...]


def is_over(today: date) -> ColumnElement[bool]:
    """Condition of an actual stay: it has ended. One under way, or without an end, is not counted yet."""
    return and_(Flow.status == "actual", Flow.end_on.is_not(None), Flow.end_on <= today)


def is_ahead(today: date) -> ColumnElement[bool]:
    """Condition of a planned stay: it lies ahead or is under way."""
    under_way = and_(Flow.status == "actual", or_(Flow.end_on.is_(None), Flow.end_on > today))
    return or_(Flow.status == "planned", under_way)


def _counts(planned: bool, today: date) -> ColumnElement[bool]:
    return is_ahead(today) if planned else is_over(today)


def _heads_in(period: Days) -> ColumnElement[int]:
    return func.sum(case((Flow.start_on.between(*period), 1), else_=0))


def _days_in(period: Days) -> ColumnElement[int]:
    first, last = period
    started = case((Flow.start_on > first, Flow.start_on), else_=literal(first))
    ended = case((Flow.end_on < last, Flow.end_on), else_=literal(last))
    overlaps = and_(Flow.start_on <= last, Flow.end_on >= first)
    return func.sum(case((overlaps, DayNumber(ended) - DayNumber(started) + 1), else_=0))


def sum_flows(
    session: Session, programme_ids: Collection[int], periods: Sequence[Days], *, planned: bool, today: date
) -> list[FlowSum]:
    """Return heads (first day in the period) and days (inside it, both ends counted) per direction: one statement.

    A stay without an end has no days, because its length is not known.
    """
    columns = [column for period in periods for column in (_heads_in(period), _days_in(period))]
    query = (
        select(Flow.programme_id, Flow.origin, Flow.host, *columns)
        .where(
            Flow.programme_id.in_(sorted(programme_ids)),
            _counts(planned, today),
            Flow.start_on <= max(last for _, last in periods),
        )
        .group_by(Flow.programme_id, Flow.origin, Flow.host)
        .order_by(Flow.programme_id, Flow.origin, Flow.host)
    )
    found = []
    for programme_id, origin, host, *sums in session.execute(query):
        numbers = [int(value or 0) for value in sums]
        heads, days = tuple(numbers[0::2]), tuple(numbers[1::2])
        found.append(FlowSum(programme_id=programme_id, origin=origin, host=host, heads=heads, days=days))
    return found


def count_under_way(session: Session, programme_ids: Collection[int], window: Days, today: date) -> int:
    """Return how many people have arrived in the window and have not gone home yet."""
    under_way = and_(Flow.status == "actual", or_(Flow.end_on.is_(None), Flow.end_on > today))
    query = select(func.count()).where(
        Flow.programme_id.in_(sorted(programme_ids)), under_way, Flow.start_on.between(*window)
    )
    return session.scalar(query) or 0


def first_day_of_flows(session: Session, programme_ids: Collection[int]) -> date | None:
    """Return the earliest first day of any stay that was not cancelled."""
    query = select(func.min(Flow.start_on)).where(
        Flow.programme_id.in_(sorted(programme_ids)), Flow.status.in_(("actual", "planned"))
    )
    return session.scalar(query)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidSum:
    """Payments of one kind: direction of the cases, who paid for whom. `eur_minor` leaves out what has no rate."""

    sending: str
    receiving: str
    payer: str
    beneficiary: str
    eur_minor: int
    payments: int
    not_converted: int


def _paid(programme_ids: Collection[int], window: Days) -> list[ColumnElement[bool]]:
    return [
        CaseFile.programme_id.in_(sorted(programme_ids)),
        Payment.status == "paid",
        Payment.paid_on.between(*window),
    ]


def sum_payments(session: Session, programme_ids: Collection[int], window: Days) -> list[PaidSum]:
    """Return what was paid in the window, per direction, payer and beneficiary."""
    query = (
        select(
            CaseFile.sending,
            CaseFile.receiving,
            Payment.payer,
            Payment.beneficiary,
            func.coalesce(func.sum(Payment.amount_eur_minor), 0),
            func.count(),
            func.sum(case((Payment.amount_eur_minor.is_(None), 1), else_=0)),
        )
        .join(CaseFile, CaseFile.id == Payment.case_id)
        .where(*_paid(programme_ids, window))
        .group_by(CaseFile.sending, CaseFile.receiving, Payment.payer, Payment.beneficiary)
        .order_by(CaseFile.sending, CaseFile.receiving, Payment.payer, Payment.beneficiary)
    )
    return [
        PaidSum(
            sending=sending,
            receiving=receiving,
            payer=payer,
            beneficiary=beneficiary,
            eur_minor=int(eur),
            payments=int(payments),
            not_converted=int(missing),
        )
        for sending, receiving, payer, beneficiary, eur, payments, missing in session.execute(query)
    ]


def count_paid_heads(session: Session, programme_ids: Collection[int], window: Days) -> Sequence[Row[str, str, int]]:
    """Return sending, receiving and the number of cases for which anything was paid in the window."""
    query = (
        select(CaseFile.sending, CaseFile.receiving, func.count(distinct(Payment.case_id)))
        .join(CaseFile, CaseFile.id == Payment.case_id)
        .where(*_paid(programme_ids, window))
        .group_by(CaseFile.sending, CaseFile.receiving)
    )
    return session.execute(query).all()


def list_routes_of(session: Session, programme_ids: Collection[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return programme, direction and quotas of every route, by direction."""
    query = (
        select(Route.programme_id, Route.sending, Route.receiving, Route.quota_people, Route.quota_days)
        .where(Route.programme_id.in_(sorted(programme_ids)))
        .order_by(Route.sending, Route.receiving, Route.programme_id)
    )
    return session.execute(query).all()


def list_programmes_with_terms(
    session: Session, programme_ids: Collection[int] | None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what a report needs to know of programmes, by code; None: of all."""
    query = (
        select(
            Programme.id,
            Programme.code,
            Programme.names,
            Programme.accounting_month,
            Programme.accounting_day,
            Programme.tolerance_percent,
            Programme.underuse_neutral,
            InstrumentRow.code.label("instrument_code"),
            InstrumentRow.short_title.label("instrument_title"),
        )
        .join(InstrumentRow, InstrumentRow.id == Programme.instrument_id)
        .order_by(Programme.code)
    )
    if programme_ids is not None:
        query = query.where(Programme.id.in_(sorted(programme_ids)))
    return session.execute(query).all()


def count_programmes_of(session: Session, instrument_code: str) -> int:
    """Return how many programmes run under an instrument, whoever manages them."""
    query = (
        select(func.count(Programme.id))
        .join(InstrumentRow, InstrumentRow.id == Programme.instrument_id)
        .where(InstrumentRow.code == instrument_code)
    )
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFilter:
    """Which flows stand behind a figure; `by_days`: those with a day in the window, else with their first day in it."""

    programme_ids: frozenset[int]
    origin: str
    host: str
    window: Days
    planned: bool
    by_days: bool
    today: date

    def conditions(self) -> list[ColumnElement[bool]]:
        first, last = self.window
        begins = [Flow.start_on.between(first, last)]
        touches = [Flow.start_on <= last, Flow.end_on >= first]
        directions = [column == code for column, code in ((Flow.origin, self.origin), (Flow.host, self.host)) if code]
        return [
            Flow.programme_id.in_(sorted(self.programme_ids)),
            _counts(self.planned, self.today),
            *directions,
            *(touches if self.by_days else begins),
        ]


_CASE_COLUMNS = (
    CaseFile.id,
    CaseFile.reference,
    CaseFile.applicant_name,
    CaseFile.applicant_name_language,
    CaseFile.applicant_name_latin,
    CaseFile.sending,
    CaseFile.receiving,
    CaseFile.status,
)


def list_flow_cases(
    session: Session, wanted: FlowFilter, *, after: tuple[date, int] | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the cases behind a figure of people or days that the reader may see, by first day."""
    query = (
        select(*_CASE_COLUMNS, Flow.id.label("flow_id"), Flow.start_on, Flow.end_on)
        .join(CaseFile, CaseFile.id == Flow.case_id)
        .where(*wanted.conditions())
        .order_by(Flow.start_on, Flow.id)
        .limit(limit)
    )
    if after is not None:
        day, flow_id = after
        query = query.where(or_(Flow.start_on > day, and_(Flow.start_on == day, Flow.id > flow_id)))
    return session.execute(query).all()


def count_flows(session: Session, wanted: FlowFilter) -> tuple[int, int]:
    """Return how many flows stand behind a figure, and how many of them have no case (imported, or erased)."""
    query = select(func.count(Flow.id), func.count(Flow.case_id)).where(*wanted.conditions())
    flows, cases = session.execute(query).one()
    return flows, flows - cases


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilter:
    """Which payments stand behind a figure; an empty code wants all."""

    programme_ids: frozenset[int]
    payer: str
    beneficiary: str
    window: Days
    not_converted_only: bool = False


def list_payment_cases(
    session: Session, wanted: PaymentFilter, *, after: tuple[date, int] | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the payments behind a figure of money with their cases, by day of payment."""
    query = (
        select(
            *_CASE_COLUMNS,
            Payment.id.label("payment_id"),
            Payment.paid_on,
            Payment.amount_minor,
            Payment.currency,
            Payment.amount_eur_minor,
            Payment.rate,
            Payment.rate_on,
            Payment.rate_source,
        )
        .join(CaseFile, CaseFile.id == Payment.case_id)
        .where(*_paid(wanted.programme_ids, wanted.window))
        .order_by(Payment.paid_on, Payment.id)
        .limit(limit)
    )
    if wanted.payer:
        query = query.where(Payment.payer == wanted.payer)
    if wanted.beneficiary:
        query = query.where(Payment.beneficiary == wanted.beneficiary)
    if wanted.not_converted_only:
        query = query.where(Payment.amount_eur_minor.is_(None))
    if after is not None:
        day, payment_id = after
        query = query.where(or_(Payment.paid_on > day, and_(Payment.paid_on == day, Payment.id > payment_id)))
    return session.execute(query).all()


def find_country_of(session: Session, person_id: int) -> str:
    """Return the country a person is based in; empty where that is not known."""
    return session.scalar(select(Person.country).where(Person.id == person_id)) or ""
