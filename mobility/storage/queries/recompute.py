"""Which live clocks a change can reach, as columns: found by index, never by looking at every clock."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.treaties import ProvisionRow, ProvisionVersionRow

MARGIN = timedelta(days=1)
"""Beyond its last day nothing is consulted to count a period; one day more, because days are those of a zone."""

_ENDED = ("met", "lapsed", "superseded")
_CHANGES_COUNT = ("suspended", "resumed", "extended")


def list_versions(session: Session) -> Sequence[Row[Any]]:
    """Return every wording that was ever loaded, with its provision's code: clocks point at old ones too."""
    query = (
        select(ProvisionVersionRow.id, ProvisionVersionRow.superseded_at, ProvisionVersionRow.terms, ProvisionRow.code)
        .join(ProvisionVersionRow.provision)
        .order_by(ProvisionVersionRow.id)
    )
    return session.execute(query).all()


def on_calendars(calendars: Collection[str], day: date) -> ColumnElement[bool]:
    """Live clocks on one of the calendars whose days from trigger to latest day, and a margin, hold the day.

    Asked for by way of their ids, which the index holds: SQLite then reads the rows, and their events, in the order in
    which they lie, and not in that of their days.
    """
    found = aliased(Clock)
    reached = and_(found.calendar.in_(sorted(calendars)), found.latest_on >= day - MARGIN, found.trigger_on <= day)
    return Clock.id.in_(select(found.id).where(reached))


def counted_back_on(calendars: Collection[str], versions: Collection[int], day: date) -> ColumnElement[bool]:
    """The same for periods counted back, whose trigger is their last day."""
    return and_(
        Clock.calendar.in_(sorted(calendars)),
        Clock.provision_version_id.in_(sorted(versions)),
        Clock.trigger_on >= day,
        Clock.earliest_on <= day + MARGIN,
    )


def under_versions(versions: Collection[int], day: date | None = None) -> ColumnElement[bool]:
    """Live clocks under one of these wordings; with a day, only those it can reach."""
    found = Clock.provision_version_id.in_(sorted(versions))
    if day is None:
        return found
    reached = and_(Clock.latest_on >= day - MARGIN, Clock.trigger_on <= day)
    counted_back = and_(Clock.trigger_on >= day, Clock.earliest_on <= day + MARGIN)
    return and_(found, or_(reached, counted_back))


def id_windows(session: Session, size: int) -> list[ColumnElement[bool]]:
    """All clocks, in portions of about that many."""
    last = session.scalar(select(func.max(Clock.id))) or 0
    return [Clock.id.between(first, first + size - 1) for first in range(1, last + 1, size)]


def with_ids(ids: Collection[int]) -> ColumnElement[bool]:
    """These clocks."""
    return Clock.id.in_(sorted(ids))


def list_lines(session: Session, wanted: Iterable[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    """Return the live clocks of any condition, each once, by id; `is_changed` where an event moved its count."""
    found: dict[int, Row[Any]] = {}
    for condition in wanted:
        for row in session.execute(_lines().where(condition)):
            found.setdefault(row.id, row)
    return [found[key] for key in sorted(found)]


def _lines() -> Any:
    is_changed = exists().where(ClockEventRow.clock_id == Clock.id, ClockEventRow.kind.in_(_CHANGES_COUNT))
    return select(
        Clock.id,
        Clock.case_id,
        Clock.provision_version_id,
        Clock.stage_kind,
        Clock.calendar,
        Clock.time_zone,
        Clock.trigger_on,
        Clock.due_on,
        Clock.earliest_on,
        Clock.latest_on,
        Clock.state,
        is_changed.label("is_changed"),
    ).where(Clock.state.not_in(_ENDED))  # live ones; asked for by name SQLite would take all of them by that index


def references_of(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return the references of these cases."""
    query = select(CaseFile.id, CaseFile.reference).where(CaseFile.id.in_(bindparam("case_ids", expanding=True)))
    return {row.id: row.reference for row in session.execute(query, {"case_ids": sorted(case_ids)})}


def load_clocks(session: Session, ids: Collection[int]) -> list[Clock]:
    """Return these clocks with wording, instrument and office, locked where the database locks rows."""
    query = (
        select(Clock)
        .where(Clock.id.in_(sorted(ids)))
        .options(
            selectinload(Clock.provision_version)
            .joinedload(ProvisionVersionRow.provision)
            .joinedload(ProvisionRow.instrument),
            selectinload(Clock.office),
        )
        .order_by(Clock.id)
        .execution_options(populate_existing=True)
        .with_for_update(of=Clock)
    )
    return list(session.scalars(query))


def last_seqs(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Return the place of the last event of each clock."""
    query = (
        select(ClockEventRow.clock_id, func.max(ClockEventRow.seq).label("seq"))
        .where(ClockEventRow.clock_id.in_(sorted(ids)))
        .group_by(ClockEventRow.clock_id)
    )
    return {row.clock_id: row.seq for row in session.execute(query)}
