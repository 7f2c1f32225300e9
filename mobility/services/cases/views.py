"""What pages of cases show: one case for one reader, made of the parts and rows of the modules beside.

Built in `pages` (one case) and `desk` (a queue). Import every view from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mobility.domain.cases import CaseStatus
from mobility.domain.plan import Outlook
from mobility.domain.stages import StageKind
from mobility.domain.turns import Turn
from mobility.services.cases.part_views import (
    BudgetView,
    CaseStepOffer,
    ClockView,
    DateMove,
    DocumentView,
    HistoryEntry,
    Lamp,
    MessageView,
    OfficeView,
    PaymentView,
    PersonView,
    RequestView,
    StageView,
    StayAdvice,
    StayView,
    StepRecord,
    Uncomputed,
)
from mobility.services.cases.queue_views import (
    DeskClock,
    DeskCounts,
    DeskFilters,
    DeskGroup,
    DeskPage,
    DeskRow,
    MyCase,
)

__all__ = [
    "BudgetView",
    "CasePage",
    "CaseStepOffer",
    "ClockView",
    "DateMove",
    "DeskClock",
    "DeskCounts",
    "DeskFilters",
    "DeskGroup",
    "DeskPage",
    "DeskRow",
    "DocumentView",
    "HistoryEntry",
    "Lamp",
    "MessageView",
    "MyCase",
    "OfficeView",
    "PaymentView",
    "PersonView",
    "RequestView",
    "StageView",
    "StayAdvice",
    "StayView",
    "StepRecord",
    "Uncomputed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything a page of one case shows to one reader."""

    id: int
    row_version: int
    reference: str
    status: CaseStatus
    is_open: bool
    submitted_at: datetime
    closed_at: datetime | None
    sending: str
    receiving: str
    discipline: str
    planned_arrival_on: date
    planned_departure_on: date
    planned_days: int
    person_id: int
    name: str
    name_language: str
    name_latin: str
    applicant_locale: str
    programme_id: int
    programme_code: str
    programme_names: Mapping[str, str]
    programme_kind: str
    language_level: str
    currency: str
    instrument_code: str
    instrument_title: str
    call_id: int
    call_code: str
    call_texts: Mapping[str, Any]
    host: str
    host_city: str
    application_id: int | None
    receiving_office: OfficeView
    sending_office: OfficeView | None
    offices: tuple[OfficeView, ...]
    answers: Mapping[str, Any]
    today: date
    stages: tuple[StageView, ...]
    clocks: tuple[ClockView, ...]
    turn: Turn | None
    turns: tuple[Turn, ...]
    next_clock: ClockView | None
    next_on: date | None
    requests: tuple[RequestView, ...]
    documents: tuple[DocumentView, ...]
    messages: tuple[MessageView, ...]
    history: tuple[HistoryEntry, ...]
    case_offers: tuple[CaseStepOffer, ...]
    may_withdraw: bool
    may_record_arrival: bool
    may_record_departure: bool
    may_submit_report: bool
    may_change_plan: bool
    may_ask_about_case: bool
    budget: tuple[BudgetView, ...]
    payments: tuple[PaymentView, ...]
    may_propose_payment: bool
    may_set_granted: bool
    stay: StayView | None
    stay_advice: StayAdvice | None
    outlook: Outlook | None
    uncomputed: tuple[Uncomputed, ...]
    my_office_ids: tuple[int, ...]
    officers: tuple[PersonView, ...]

    def office(self, office_id: int | None) -> OfficeView | None:
        """Return an office of this case by its id; the receiving post for None, as turns mean it."""
        wanted = self.receiving_office.id if office_id is None else office_id
        return next((office for office in self.offices if office.id == wanted), None)

    def stage(self, kind: StageKind | str) -> StageView | None:
        """Return the stage of a kind, or None."""
        return next((stage for stage in self.stages if stage.kind == kind), None)

    def clock(self, clock_id: int | None) -> ClockView | None:
        """Return a clock by its id, or None."""
        return next((clock for clock in self.clocks if clock.id == clock_id), None)

    @property
    def open_requests(self) -> tuple[RequestView, ...]:
        return tuple(request for request in self.requests if request.is_open)
