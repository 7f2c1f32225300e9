"""Statements of a desk's queue: three at any size, prepared for each combination of filters.

Driven by the index of the scope table, whose principal is the desk: a page continues after the last row it showed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile, Request, Stage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call
from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow
from mobility.storage.prepared import Statement, prepared
from mobility.storage.queries.cases import OFFICE_COLUMNS
from mobility.storage.rows import list_rows
from mobility.storage.schema import BigId
from mobility.storage.scope import NO_DATE, CaseScope

COUNT_LIMIT = 1001


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """What one page of a queue is asked for, in the words of storage."""

    office_id: int
    first_on: date | None = None  # next day at the earliest ...
    last_on: date | None = None  # ... and at the latest
    is_stopped: bool | None = None
    stage: str = ""
    status: str = ""
    sending: str = ""
    receiving: str = ""
    name: str = ""
    reference: str = ""
    officer_id: int | None = None
    unassigned: bool = False
    after: tuple[date, int] | None = None
    limit: int = 50

    @property
    def values(self) -> dict[str, Any]:
        """What the statement is sent with."""
        after_on, after_id = self.after or (None, None)
        return {
            "office_id": self.office_id,
            "principal": f"o:{self.office_id}",
            "limit": self.limit + 1,
            "after_on": after_on,
            "after_id": after_id,
            "pattern": f"%{_escaped(self.name)}%",
            **{name: getattr(self, name) for name in _VALUES},
        }

    @property
    def parts(self) -> tuple[str, ...]:
        """Which conditions it needs, by the names of `_PARTS` and `_OF_STAGE`."""
        found = [name for name in ("after", *_VALUES, "name") if getattr(self, name) not in (None, "")]
        if self.is_stopped is not None:
            found.append("stopped" if self.is_stopped else "not_stopped")
        return (*found, "unassigned") if self.unassigned else tuple(found)


_bound_day: BindParameter[date] = bindparam("after_on", type_=Date())
_bound_id: BindParameter[int] = bindparam("after_id", type_=BigId)
_VALUES = ("first_on", "last_on", "stage", "status", "sending", "receiving", "reference", "officer_id")
_PARTS: dict[str, Callable[[], ColumnElement[bool]]] = {
    "after": lambda: tuple_(CaseScope.due_on, CaseScope.case_id) > tuple_(_bound_day, _bound_id),
    "first_on": lambda: CaseScope.due_on >= bindparam("first_on"),
    "last_on": lambda: CaseScope.due_on <= bindparam("last_on"),
    "stopped": lambda: _stopped(),
    "not_stopped": lambda: ~_stopped(),
    "status": lambda: CaseFile.status == bindparam("status"),
    "sending": lambda: CaseFile.sending == bindparam("sending"),
    "receiving": lambda: CaseFile.receiving == bindparam("receiving"),
    "reference": lambda: CaseFile.reference == bindparam("reference"),
    "name": lambda: or_(
        CaseFile.applicant_name_latin.ilike(bindparam("pattern"), "\\"),
        CaseFile.applicant_name.ilike(bindparam("pattern"), "\\"),
    ),
}
_OF_STAGE: dict[str, Callable[[], ColumnElement[bool]]] = {
    "stage": lambda: Stage.kind == bindparam("stage"),
    "unassigned": lambda: Stage.officer_id.is_(None),
    "officer_id": lambda: Stage.officer_id == bindparam("officer_id"),
}


def list_queue(session: Session, query: QueueQuery) -> list[Any]:
    """Return one page of a desk's open cases by their next day, and one case more where there is another page.

    A case stands once for each stage that the office decides in it, with who looks after that stage: what is not
    ended first; once, without a stage, where the office decides none.
    """
    values = query.values
    return list_rows(session, _queue(query.parts), values, driven_by=values["principal"])


@prepared
def _queue(parts: tuple[str, ...]) -> Statement:
    page = _page(parts).subquery("page")
    return (
        select(
            page,
            Stage.kind.label("stage_kind"),
            Stage.status.label("stage_status"),
            Stage.row_version.label("stage_row_version"),
            Stage.officer_id,
            Person.name_latin.label("officer_name"),
        )
        .select_from(page)
        .outerjoin(Stage, and_(Stage.case_id == page.c.case_id, Stage.office_id == bindparam("office_id")))
        .outerjoin(Person, Person.id == Stage.officer_id)
        .order_by(page.c.due_on, page.c.case_id, Stage.is_ended, Stage.position, Stage.id)
    )


def _page(parts: tuple[str, ...]) -> Statement:
    asked = exists().where(
        Request.case_id == CaseFile.id, Request.answered_on.is_(None), Request.withdrawn_at.is_(None)
    )
    conditions = [_PARTS[name]() for name in parts if name in _PARTS]
    of_stage = [_OF_STAGE[name]() for name in parts if name in _OF_STAGE]
    if of_stage:
        own = (Stage.case_id == CaseScope.case_id, Stage.office_id == bindparam("office_id"), Stage.is_ended.is_(False))
        conditions.append(exists().where(*own, *of_stage))
    return (
        select(
            CaseScope.case_id,
            CaseScope.due_on,
            CaseFile.reference,
            CaseFile.applicant_name,
            CaseFile.applicant_name_language,
            CaseFile.applicant_name_latin,
            CaseFile.sending,
            CaseFile.receiving,
            CaseFile.status,
            CaseFile.planned_arrival_on,
            Call.host_city,
            asked.label("is_asked"),
        )
        .join(CaseFile, CaseFile.id == CaseScope.case_id)
        .join(Call, Call.id == CaseFile.call_id)
        .where(CaseScope.principal == bindparam("principal"), CaseScope.is_open.is_(True), *conditions)
        .order_by(CaseScope.due_on, CaseScope.case_id)
        .limit(bindparam("limit", type_=Integer()))
    )


def _stopped() -> ColumnElement[bool]:
    return exists().where(
        Clock.case_id == CaseScope.case_id,
        Clock.office_id == bindparam("office_id"),
        Clock.owed_by == "office",
        Clock.paused_since.is_not(None),  # not by state, whose index would be walked for every case
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def list_queue_clocks(session: Session, office_id: int, case_ids: Sequence[int]) -> list[Any]:
    """Return the live clocks an office owes in these cases, the most pressing first, with their law."""
    if not case_ids:
        return []
    found = list_rows(session, _queue_clocks(), {"office_id": office_id, "case_ids": case_ids})
    # the state is left out of the statement: its index would lead over all running clocks instead of these cases
    live = [row for row in found if row.state in ("running", "paused")]
    return sorted(live, key=lambda row: row.state == "paused")


@prepared
def _queue_clocks() -> Statement:
    return (
        select(
            Clock.id,
            Clock.case_id,
            Clock.stage_kind,
            Clock.state,
            Clock.calendar,
            Clock.earliest_on,
            Clock.latest_on,
            Clock.paused_since,
            ProvisionVersionRow.article,
            ProvisionVersionRow.terms["kind"].as_string().label("kind"),
            ProvisionVersionRow.terms["owes"].as_string().label("owes"),
            ProvisionRow.code.label("provision"),
            InstrumentRow.short_title.label("instrument_title"),
        )
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .join(ProvisionRow, ProvisionRow.id == ProvisionVersionRow.provision_id)
        .join(InstrumentRow, InstrumentRow.id == ProvisionRow.instrument_id)
        .where(
            Clock.case_id.in_(bindparam("case_ids", expanding=True)),
            Clock.office_id == bindparam("office_id"),
            Clock.owed_by == "office",
        )
        .order_by(Clock.case_id, Clock.earliest_on, Clock.id)
    )


def count_queue(session: Session, office_id: int, today: date, week_end: date) -> Any | None:
    """Return an office with how many open cases it has, late, due today, due this week, stopped: each up to 1,001.

    Of cases nothing is read but lines of the scope table and the stopped clocks of those very cases.
    """
    principal = f"o:{office_id}"
    values = {"office_id": office_id, "principal": principal, "today": today, "week_end": week_end}
    return next(iter(list_rows(session, _counts(), values, driven_by=principal)), None)


@prepared
def _counts() -> Statement:
    mine = select(CaseScope.case_id).where(CaseScope.principal == bindparam("principal"), CaseScope.is_open.is_(True))
    today, week_end = bindparam("today", type_=Date()), bindparam("week_end", type_=Date())
    narrowed = {
        "open": mine,
        "late": mine.where(CaseScope.due_on < today),
        "due_today": mine.where(CaseScope.due_on == today),
        "this_week": mine.where(CaseScope.due_on > today, CaseScope.due_on <= week_end),
        "stopped": mine.where(CaseScope.due_on == NO_DATE, _stopped()),
    }
    counts = [
        select(func.count()).select_from(part.limit(COUNT_LIMIT).subquery()).scalar_subquery().label(name)
        for name, part in narrowed.items()
    ]
    office = [getattr(Office, name) for name in OFFICE_COLUMNS]
    return select(*office, *counts).where(Office.id == bindparam("office_id"))
