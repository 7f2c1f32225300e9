"""The parts of a case as pages show them: desks, clocks, stages, questions, documents, money, history.

Frozen values with facts and codes, no rows and no words. Texts of law (`owes`, `consequence`, titles) are English and
are translated when shown. A day is a civil date where the step is owed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from mobility.domain.cases import CaseStep
from mobility.domain.clocks import ClockStatus
from mobility.domain.stages import Outcome, StageKind, StageStatus, StageStep
from mobility.services.stages import StepOffer


class Lamp(StrEnum):
    """How a clock is marked: the sign, its word and its colour follow from it."""

    LATE = "late"
    DUE_TODAY = "due_today"
    SOON = "soon"
    ON_TIME = "on_time"
    STOPPED = "stopped"
    DONE = "done"
    DONE_LATE = "done_late"
    REACHED = "reached"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeView:
    """A desk; `names` are per language."""

    id: int
    code: str
    kind: str
    names: Mapping[str, str]
    country: str
    seat_country: str
    seat_city: str
    time_zone: str
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """Somebody of an office, to choose from."""

    id: int
    name: str
    office_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """One legal time limit. `days_left` counts to `earliest_on`, below 0 from `latest_on`; stopped: as if going on now.

    `stage` None is the case itself. `working_days_left` is None for applicants and where no calendar is known.
    `stops` are the days on which it stood still, both ends included. `extendable_until` is the last day of a lawful
    extension that is still open; None where the law knows none, or none of a length set beforehand.
    """

    id: int
    stage: StageKind | None
    provision: str
    instrument_code: str
    instrument_title: str
    article: str
    url: str
    confidence: str
    is_verified: bool
    is_soft: bool
    kind: str
    owes: str
    consequence: str
    silence: str
    owed_by: str
    office: OfficeView | None
    status: ClockStatus
    lamp: Lamp
    trigger_on: date
    trigger_code: str
    due_on: date
    earliest_on: date
    latest_on: date
    days_left: int
    working_days_left: int | None
    paused_since: date | None
    paused_days: int
    met_on: date | None
    can_extend: bool
    can_correct: bool  # whether this reader's office may count it from another day
    extension_period: str
    extension_unit: str
    extension_ground: str
    row_version: int
    stops: tuple[tuple[date, date], ...] = ()
    extendable_until: date | None = None

    @property
    def is_debatable(self) -> bool:
        return self.earliest_on != self.latest_on

    @property
    def is_live(self) -> bool:
        return self.status in {ClockStatus.RUNNING, ClockStatus.PAUSED, ClockStatus.BREACHED, ClockStatus.REACHED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """One version of one document."""

    id: int
    kind: str
    version: int
    file_name: str
    media_type: str
    size: int
    status: str
    reason: str
    rights: str
    sent_at: datetime
    checked_at: datetime | None
    request_id: int | None
    row_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A question to the applicant with its answer."""

    id: int
    stage: StageKind | None
    office: OfficeView
    asked_by_name: str
    document_kind: str
    text: str
    text_language: str
    asked_at: datetime
    asked_on: date
    answer_by: date
    answer_text: str
    answered_at: datetime | None
    answered_on: date | None
    withdrawn_at: datetime | None
    row_version: int
    documents: tuple[DocumentView, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.answered_on is None and self.withdrawn_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message or note of the thread."""

    id: int
    author_name: str
    is_mine: bool
    is_applicant: bool
    office: OfficeView | None
    is_internal: bool
    text: str
    language: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """A step that was taken, proposed or rejected."""

    id: int
    stage: StageKind
    step: StageStep
    facts: Mapping[str, Any]
    taken_on: date
    proposed_by_id: int
    proposed_by_name: str
    proposed_at: datetime
    confirmed_by_name: str
    confirmed_at: datetime | None
    rejected_at: datetime | None
    needs_second: bool

    @property
    def is_pending(self) -> bool:
        return self.needs_second and self.confirmed_at is None and self.rejected_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """A stage with its clocks, its steps, and what this reader may do to it now."""

    id: int
    kind: StageKind
    position: int
    status: StageStatus
    outcome: Outcome
    office: OfficeView
    officer_id: int | None
    officer_name: str
    facts: Mapping[str, Any]
    ended_on: date | None
    waits_for: tuple[StageKind, ...]
    row_version: int
    clocks: tuple[ClockView, ...]
    steps: tuple[StepRecord, ...]
    pending: StepRecord | None
    can_confirm: bool
    offers: tuple[StepOffer, ...]
    may_ask: bool
    is_mine: bool
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStepOffer:
    """A step of the case as a whole that this reader may take now."""

    step: CaseStep
    needs_ground: bool
    grounds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetView:
    """One line of the budget, in minor units."""

    id: int
    line: str
    payer: str
    requested_minor: int
    granted_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """One instalment, in minor units."""

    id: int
    payer: str
    beneficiary: str
    milestone: str
    amount_minor: int
    currency: str
    rate: str
    rate_on: date | None
    rate_source: str
    amount_eur_minor: int | None
    status: str
    proposed_by_id: int
    proposed_by_name: str
    proposed_at: datetime
    approved_by_name: str
    approved_at: datetime | None
    paid_on: date | None
    row_version: int
    can_approve: bool
    can_mark_paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StayView:
    """The stay as it was; `days` once it has ended, both ends counted."""

    arrived_on: date
    departed_on: date | None
    days: int | None
    recorded_at: datetime
    row_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StayAdvice:
    """Days of stay that a rolling limit of the route counts on the last planned day, against what it allows."""

    provision: str
    counted_days: int
    allowed_days: int
    window_days: int

    @property
    def is_over(self) -> bool:
        return self.counted_days > self.allowed_days


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMove:
    """A legal date that an event set (`was_on` None) or moved; `kinds` are the clock's own events."""

    clock_id: int
    provision: str
    kinds: tuple[str, ...]
    was_on: date | None
    is_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One entry of the audit log about this case; an empty `actor_name` is the system."""

    seq: int
    at: datetime
    actor_name: str
    is_applicant: bool
    code: str
    parameters: Mapping[str, Any]
    moves: tuple[DateMove, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncomputed:
    """A provision whose clock the engine refused to count, with the error's code."""

    provision: str
    code: str
