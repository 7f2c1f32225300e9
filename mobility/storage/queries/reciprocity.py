"""What the reciprocity report reads beside the sums of flows: money, quotas, terms; and the rows behind a figure.

Flows are no case data and are read whole: the service has made sure that the reader manages the programme. Payments,
and every list of cases, are read under the session's scope. What the sums mean is decided in `domain.reciprocity`,
sums of heads and days are in `flow_sums`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, distinct, func, or_, select
from sqlalchemy.orm import Session

from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.funding import Payment
from mobility.storage.models.programmes import Programme, Route
from mobility.storage.models.reciprocity import Flow, FlowImport, ImportedFlow, ImportedPayment
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries.flow_source import Days, FlowSource, counts


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


def sum_imported_payments(
    session: Session, source: FlowSource, window: Days
) -> tuple[list[PaidSum], dict[tuple[str, str], int]]:
    """Return what imported rows say was paid in the window, and the people behind it by direction."""
    paid = ImportedPayment
    owner = (
        FlowImport.programme_id.in_(sorted(source.programme_ids))
        if source.collection is None
        else FlowImport.id == source.collection
    )
    query = (
        select(
            paid.origin,
            paid.host,
            paid.payer,
            paid.beneficiary,
            func.coalesce(func.sum(paid.amount_eur_minor), 0),
            func.count(),
            func.sum(case((paid.amount_eur_minor.is_(None), 1), else_=0)),
            func.sum(paid.people),
        )
        .join(FlowImport, FlowImport.id == paid.import_id)
        .where(owner, FlowImport.status == "imported", paid.paid_on.between(*window))
        .group_by(paid.origin, paid.host, paid.payer, paid.beneficiary)
        .order_by(paid.origin, paid.host, paid.payer, paid.beneficiary)
    )
    sums, heads = [], dict[tuple[str, str], int]()
    for origin, host, payer, beneficiary, eur, payments, missing, people in session.execute(query):
        heads[origin, host] = heads.get((origin, host), 0) + int(people)
        sums.append(
            PaidSum(
                sending=origin,
                receiving=host,
                payer=payer,
                beneficiary=beneficiary,
                eur_minor=int(eur),
                payments=int(payments),
                not_converted=int(missing),
            )
        )
    return sums, heads


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
            Programme.balance_expires_after,
            Programme.balance_cap,
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
class GroupYear:
    """One calendar year of a figure between groups of countries; None stands for all that are in no group."""

    first_on: date
    last_on: date
    origins: frozenset[str] | None
    hosts: frozenset[str] | None
    classified: frozenset[str]

    def condition(self, rows: Any) -> ColumnElement[bool]:
        """Return the condition on rows with start, origin and host."""
        sides = ((rows.origin, self.origins), (rows.host, self.hosts))
        return and_(
            rows.start_on.between(self.first_on, self.last_on),
            *(
                column.not_in(sorted(self.classified)) if wanted is None else column.in_(sorted(wanted))
                for column, wanted in sides
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFilter:
    """Which flows stand behind a figure; `by_days`: those with a day in the window, else with their first day in it."""

    source: FlowSource
    origin: str
    host: str
    window: Days
    planned: bool
    by_days: bool
    today: date
    groups: tuple[GroupYear, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """Conditions on `flow`."""
        return [*self.source.of_cases(), counts(self.planned, self.today), *self._here(Flow)]

    def import_conditions(self) -> list[ColumnElement[bool]]:
        """Conditions on `imported_flow` joined with `flow_import`; imports are history, never planned."""
        return [*self.source.of_imports(), *self._here(ImportedFlow)]

    def _here(self, rows: Any) -> list[ColumnElement[bool]]:
        first, last = self.window
        begins = rows.start_on.between(first, last)
        touches = or_(and_(rows.start_on <= last, rows.end_on >= first), and_(rows.end_on.is_(None), begins))
        directions = [column == code for column, code in ((rows.origin, self.origin), (rows.host, self.host)) if code]
        if self.groups:
            crossing = rows.origin != rows.host
            directions += [crossing, or_(*(each.condition(rows) for each in self.groups))]
        return [*directions, touches if self.by_days else begins]


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
    """Return how many flows stand behind a figure, and how many of them have no case (it was erased)."""
    if wanted.source.collection is not None:
        return 0, 0
    query = select(func.count(Flow.id), func.count(Flow.case_id)).where(*wanted.conditions())
    flows, cases = session.execute(query).one()
    return flows, flows - cases


def count_imported(session: Session, wanted: FlowFilter) -> tuple[int, int]:
    """Return how many imported rows stand behind a figure, and how many people they are."""
    if wanted.planned:
        return 0, 0
    query = (
        select(func.count(), func.coalesce(func.sum(ImportedFlow.people), 0))
        .join(FlowImport, FlowImport.id == ImportedFlow.import_id)
        .where(*wanted.import_conditions())
    )
    rows, people = session.execute(query).one()
    return rows, int(people)


def list_imported_rows(
    session: Session, wanted: FlowFilter, *, after: tuple[int, int] | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the imported rows behind a figure with the title of their import, by import and line."""
    rows = ImportedFlow
    query = (
        select(
            rows.import_id,
            rows.line,
            FlowImport.title,
            rows.origin,
            rows.host,
            rows.people,
            rows.start_on,
            rows.end_on,
            rows.days,
            rows.discipline,
        )
        .join(FlowImport, FlowImport.id == rows.import_id)
        .where(*wanted.import_conditions())
        .order_by(rows.import_id, rows.line)
        .limit(limit)
    )
    if after is not None:
        number, line = after
        query = query.where(or_(rows.import_id > number, and_(rows.import_id == number, rows.line > line)))
    return session.execute(query).all()


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
