"""Reading clocks of a case with all that is needed to replay them, in a number of statements that does not grow."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import RouteStage
from mobility.storage.models.treaties import ProvisionRow, ProvisionVersionRow
from mobility.storage.prepared import Statement, prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProvision:
    """A provision that a route names for a stage (or "case"): its wordings that no later load replaced."""

    stage: str
    code: str
    office_id: int | None
    versions: tuple[ProvisionVersionRow, ...]

    def in_force(self, on: date) -> ProvisionVersionRow | None:
        """Return the wording that governs a trigger on that day."""
        for row in self.versions:
            if (row.valid_from is None or row.valid_from <= on) and (row.valid_until is None or on <= row.valid_until):
                return row
        return None


def list_provisions_of_route(session: Session, route_id: int) -> list[ListedProvision]:
    """Return what the route lists, by stage and in its order: two statements."""
    listed = session.execute(_listed(), {"route_id": route_id}).all()
    codes = {str(code) for row in listed for code in row.provisions}
    versions = _versions_by_code(session, codes)
    return [
        ListedProvision(
            stage=row.stage, code=str(code), office_id=row.office_id, versions=tuple(versions.get(str(code), ()))
        )
        for row in listed
        for code in row.provisions
    ]


@prepared
def _listed() -> Statement:
    query = select(RouteStage.stage, RouteStage.office_id, RouteStage.provisions)
    return query.where(RouteStage.route_id == bindparam("route_id")).order_by(RouteStage.stage)


def _versions_by_code(session: Session, codes: Collection[str]) -> dict[str, list[ProvisionVersionRow]]:
    if not codes:
        return {}
    found: dict[str, list[ProvisionVersionRow]] = {}
    for row in session.scalars(_versions(), {"codes": sorted(codes)}):
        found.setdefault(row.provision.code, []).append(row)
    return found


@prepared
def _versions() -> Statement:
    return (
        select(ProvisionVersionRow)
        .join(ProvisionVersionRow.provision)
        .options(contains_eager(ProvisionVersionRow.provision))
        .where(
            ProvisionRow.code.in_(bindparam("codes", expanding=True)),
            ProvisionVersionRow.superseded_at.is_(None),
        )
        .order_by(ProvisionVersionRow.id)
    )


def list_clocks(session: Session, case_id: int) -> list[Clock]:
    """Return all clocks of a case with provision, instrument, office and events: two statements."""
    return list(session.scalars(_clocks(), {"case_id": case_id}))


@prepared
def _clocks() -> Statement:
    return (
        select(Clock)
        .where(Clock.case_id == bindparam("case_id"))
        .options(
            joinedload(Clock.provision_version)
            .joinedload(ProvisionVersionRow.provision)
            .joinedload(ProvisionRow.instrument),
            joinedload(Clock.office).lazyload(Office.competences),  # nobody asks a clock what its office may
            selectinload(Clock.events),
        )
        .order_by(Clock.id)
    )


def list_silent_clocks(session: Session, before: date, limit: int) -> list[Clock]:
    """Return running clocks whose latest day lies before `before` and whose law makes silence a decision."""
    query = (
        select(Clock)
        .join(Clock.provision_version)
        .where(
            Clock.state == "running",
            Clock.earliest_on < before,
            Clock.latest_on < before,
            ProvisionVersionRow.terms["silence"].as_string().in_(("acceptance", "refusal")),
        )
        .options(contains_eager(Clock.provision_version).joinedload(ProvisionVersionRow.provision))
        .order_by(Clock.earliest_on, Clock.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def list_allowed_pauses(session: Session, limit: int) -> list[Clock]:
    """Return paused clocks whose law lets them stand still no longer than the time allowed for the answer."""
    query = (
        select(Clock)
        .join(Clock.provision_version)
        .where(
            Clock.state == "paused",
            ProvisionVersionRow.terms["suspension"]["model"].as_string() == "time_allowed",
        )
        .options(selectinload(Clock.events))
        .order_by(Clock.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def list_events(session: Session, clock_id: int) -> list[ClockEventRow]:
    """Return the events of one clock in the order of recording."""
    query = select(ClockEventRow).where(ClockEventRow.clock_id == clock_id).order_by(ClockEventRow.seq)
    return list(session.scalars(query))
