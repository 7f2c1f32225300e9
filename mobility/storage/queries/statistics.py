"""How offices served applicants, counted: stages by status, clocks by outcome, waits by their days.

All of it is case data and read under the session's scope. The cohort is the cases whose application was sent in the
window; what counts as approved, kept or decided is decided in `services/statistics`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import Session

from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.clocks import CaseEvent, Clock
from mobility.storage.models.offices import Office
from mobility.storage.models.treaties import ProvisionVersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Cases of these programmes between these countries whose application was sent in the window (days in UTC)."""

    programme_ids: frozenset[int]
    countries: frozenset[str]
    first_on: date
    last_on: date

    def conditions(self) -> list[ColumnElement[bool]]:
        begins = datetime.combine(self.first_on, time(), UTC)
        ends = datetime.combine(self.last_on + timedelta(days=1), time(), UTC)
        return [
            CaseFile.programme_id.in_(sorted(self.programme_ids)),
            CaseFile.sending.in_(sorted(self.countries)),
            CaseFile.receiving.in_(sorted(self.countries)),
            CaseFile.submitted_at >= begins,
            CaseFile.submitted_at < ends,
        ]


def count_stages(session: Session, cohort: Cohort) -> Sequence[Row[str, str, str, str, int]]:
    """Return sending state, country of the deciding office, kind, status and number of stages."""
    query = (
        select(CaseFile.sending, Office.country, Stage.kind, Stage.status, func.count())
        .select_from(Stage)
        .join(CaseFile, CaseFile.id == Stage.case_id)
        .join(Office, Office.id == Stage.office_id)
        .where(*cohort.conditions())
        .group_by(CaseFile.sending, Office.country, Stage.kind, Stage.status)
    )
    return session.execute(query).all()


def is_kept() -> ColumnElement[bool]:
    """Condition of a clock that was met on or before the last day that can be defended."""
    return and_(Clock.state == "met", Clock.met_on <= Clock.latest_on)


def is_late(today: date) -> ColumnElement[bool]:
    """Condition of a clock met too late, or still running past its last day; a paused one does not run."""
    met_late = and_(Clock.state == "met", Clock.met_on > Clock.latest_on)
    return or_(met_late, and_(Clock.state == "running", Clock.latest_on < today))


def count_clocks(session: Session, cohort: Cohort, today: date) -> Sequence[Row[str, str, int, int, int]]:
    """Return sending state, country of the office, version of the provision, and how many were kept and late."""
    kept = func.sum(case((is_kept(), 1), else_=0))
    late = func.sum(case((is_late(today), 1), else_=0))
    query = (
        select(CaseFile.sending, Office.country, Clock.provision_version_id, kept, late)
        .select_from(Clock)
        .join(CaseFile, CaseFile.id == Clock.case_id)
        .join(Office, Office.id == Clock.office_id)
        .where(*cohort.conditions(), Clock.owed_by == "office", or_(is_kept(), is_late(today)))
        .group_by(CaseFile.sending, Office.country, Clock.provision_version_id)
    )
    return session.execute(query).all()


def kinds_of_versions(session: Session, version_ids: Collection[int]) -> dict[int, str]:
    """Return the kind of provision behind each version."""
    query = select(ProvisionVersionRow.id, ProvisionVersionRow.terms).where(
        ProvisionVersionRow.id.in_(sorted(version_ids))
    )
    return {row.id: str(row.terms.get("kind", "")) for row in session.execute(query)}


def count_waits(
    session: Session, cohort: Cohort, *, filed: Collection[str], decided: Collection[str]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return sending state, country of the office, first day filed, first day decided, day ended, number of stages."""
    filings, decisions = _first_days(filed), _first_days(decided)
    filed_on, decided_on = filings.c.first_on, decisions.c.first_on
    query = (
        select(CaseFile.sending, Office.country, filed_on, decided_on, Stage.ended_on, func.count())
        .select_from(Stage)
        .join(CaseFile, CaseFile.id == Stage.case_id)
        .join(Office, Office.id == Stage.office_id)
        .join(filings, and_(filings.c.case_id == Stage.case_id, filings.c.stage_kind == Stage.kind))
        .outerjoin(decisions, and_(decisions.c.case_id == Stage.case_id, decisions.c.stage_kind == Stage.kind))
        .where(*cohort.conditions())
        .group_by(CaseFile.sending, Office.country, filed_on, decided_on, Stage.ended_on)
    )
    return session.execute(query).all()


def _first_days(codes: Collection[str]) -> Any:
    query = (
        select(CaseEvent.case_id, CaseEvent.stage_kind, func.min(CaseEvent.on_day).label("first_on"))
        .where(CaseEvent.code.in_(sorted(codes)))
        .group_by(CaseEvent.case_id, CaseEvent.stage_kind)
    )
    return query.subquery()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFilter:
    """Which stages stand behind a figure of service; `statuses` by kind of stage."""

    cohort: Cohort
    sending: str
    office_country: str
    statuses: frozenset[tuple[str, str]]


_COLUMNS = (
    CaseFile.id,
    CaseFile.reference,
    CaseFile.applicant_name,
    CaseFile.applicant_name_language,
    CaseFile.applicant_name_latin,
    CaseFile.sending,
    CaseFile.receiving,
    CaseFile.status,
)


def list_stage_cases(
    session: Session, wanted: StageFilter, *, after: int | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the stages behind a figure of service with their cases, by id."""
    matching = [and_(Stage.kind == kind, Stage.status == status) for kind, status in sorted(wanted.statuses)]
    query = (
        select(*_COLUMNS, Stage.id.label("stage_id"), Stage.kind, Stage.status.label("stage_status"), Stage.ended_on)
        .select_from(Stage)
        .join(CaseFile, CaseFile.id == Stage.case_id)
        .join(Office, Office.id == Stage.office_id)
        .where(
            *wanted.cohort.conditions(),
            CaseFile.sending == wanted.sending,
            Office.country == wanted.office_country,
            or_(*matching),
        )
        .order_by(Stage.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Stage.id > after)
    return session.execute(query).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFilter:
    """Which clocks stand behind a figure of time limits: those kept, or those late."""

    cohort: Cohort
    sending: str
    office_country: str
    kept: bool
    today: date
    kinds_left_out: frozenset[str]


def list_clock_cases(
    session: Session, wanted: ClockFilter, *, after: int | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the clocks behind a figure of time limits with their cases, by id."""
    query = (
        select(
            *_COLUMNS,
            Clock.id.label("clock_id"),
            Clock.stage_kind,
            Clock.latest_on,
            Clock.met_on,
            ProvisionVersionRow.article,
        )
        .select_from(Clock)
        .join(CaseFile, CaseFile.id == Clock.case_id)
        .join(Office, Office.id == Clock.office_id)
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .where(
            *wanted.cohort.conditions(),
            CaseFile.sending == wanted.sending,
            Office.country == wanted.office_country,
            Clock.owed_by == "office",
            is_kept() if wanted.kept else is_late(wanted.today),
            ProvisionVersionRow.terms["kind"].as_string().not_in(sorted(wanted.kinds_left_out)),
        )
        .order_by(Clock.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Clock.id > after)
    return session.execute(query).all()
