"""Rows of lists: a person's own cases, and the queue of a desk with its counts and filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mobility.domain.cases import CaseStatus
from mobility.domain.stages import StageKind, StageStatus
from mobility.services.cases.part_views import Lamp, OfficeView


class DeskGroup(StrEnum):
    """The parts of a desk's queue, in their order."""

    LATE = "late"
    DUE_TODAY = "due_today"
    THIS_WEEK = "this_week"
    LATER = "later"
    STOPPED = "stopped"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCase:
    """A case in the list of its applicant."""

    id: int
    reference: str
    status: CaseStatus
    is_open: bool
    programme_names: Mapping[str, str]
    sending: str
    receiving: str
    host: str
    host_city: str
    planned_arrival_on: date
    planned_departure_on: date
    next_due_on: date | None
    open_requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskClock:
    """The clock that presses an office most in one case."""

    id: int
    provision: str
    article: str
    instrument_title: str
    owes: str
    state: str
    lamp: Lamp
    earliest_on: date
    latest_on: date
    days_left: int
    working_days_left: int | None
    paused_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeskRow:
    """One case in a desk's queue; `waiting_for` is applicant, office, or empty where nobody has to act.

    Compared by identity: `list_desk` returns the same object for the same facts, and hashing twenty fields costs more
    than finding what is kept under them.
    """

    case_id: int
    reference: str
    name: str
    name_language: str
    name_latin: str
    sending: str
    receiving: str
    host_city: str
    status: CaseStatus
    planned_arrival_on: date
    next_due_on: date | None
    group: DeskGroup
    clock: DeskClock | None
    stage: StageKind | None
    stage_status: StageStatus | None
    stage_row_version: int | None
    officer_id: int | None
    officer_name: str
    waiting_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCounts:
    """How many cases of a desk stand where, each counted up to 1,001: above 1,000 says "more than"."""

    open: int
    late: int
    due_today: int
    this_week: int
    stopped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFilters:
    """What narrows a queue; every empty field is left alone. `assigned`: mine, nobody, or a person's id as text."""

    state: DeskGroup | None = None
    stage: StageKind | None = None
    status: CaseStatus | None = None
    text: str = ""
    sending: str = ""
    receiving: str = ""
    assigned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """One page of a queue; `next_after` continues it, None at the end."""

    office: OfficeView
    today: date
    rows: tuple[DeskRow, ...]
    next_after: str | None
    counts: DeskCounts
