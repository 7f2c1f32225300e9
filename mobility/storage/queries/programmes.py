"""Reading programmes for those who manage them: with routes, desks and calls, and what may be chosen for each."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, selectinload

from mobility.domain.errors import NotFound
from mobility.storage.models.offices import Office, OfficeCompetence
from mobility.storage.models.programmes import Call, Programme, Route, RouteStage
from mobility.storage.models.reciprocity import Flow
from mobility.storage.models.treaties import InstrumentRow, PartyRow, ProvisionRow, ProvisionVersionRow


def list_programmes(session: Session) -> Sequence[Row[Any]]:
    """Return every programme with its instrument's title and its number of routes, by code."""
    routes = select(func.count(Route.id)).where(Route.programme_id == Programme.id).scalar_subquery()
    query = (
        select(
            Programme.id,
            Programme.code,
            Programme.names,
            Programme.kind,
            InstrumentRow.code.label("instrument_code"),
            InstrumentRow.short_title.label("instrument_title"),
            routes.label("routes"),
        )
        .join(InstrumentRow, InstrumentRow.id == Programme.instrument_id)
        .order_by(Programme.code)
    )
    return session.execute(query).all()


def get_programme(session: Session, code: str, *, lock: bool = False) -> Programme:
    """Return a programme with its instrument, stages, routes and their desks; raises NotFound."""
    query = (
        select(Programme)
        .where(Programme.code == code)
        .options(
            selectinload(Programme.instrument),
            selectinload(Programme.stages),
            selectinload(Programme.routes).options(
                selectinload(Route.receiving_office), selectinload(Route.stages).selectinload(RouteStage.office)
            ),
        )
    )
    if lock:
        query = query.with_for_update(of=Programme)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(programme=code)
    return found


def has_flows(session: Session, programme_id: int) -> bool:
    """Tell whether anybody has ever applied to, or travelled under, a programme."""
    return session.scalar(select(Flow.id).where(Flow.programme_id == programme_id).limit(1)) is not None


def list_instrument_choices(session: Session) -> Sequence[Row[int, str]]:
    """Return id and short title of every instrument, by code."""
    return session.execute(select(InstrumentRow.id, InstrumentRow.short_title).order_by(InstrumentRow.code)).all()


def list_desks(session: Session, countries: Collection[str]) -> Sequence[Row[Any]]:
    """Return the active offices of these countries with one line for each competence, by code."""
    query = (
        select(Office.id, Office.code, Office.names, Office.country, Office.seat_city, OfficeCompetence.competence)
        .join(OfficeCompetence, OfficeCompetence.office_id == Office.id)
        .where(Office.is_active, Office.country.in_(sorted(countries)))
        .order_by(Office.code, OfficeCompetence.competence)
    )
    return session.execute(query).all()


def list_versions_on(session: Session, on: date, codes: Collection[str] | None = None) -> Sequence[Row[Any]]:
    """Return provisions as they read on a day, with their instrument, by code; None: all of them."""
    version = ProvisionVersionRow
    query = (
        select(
            ProvisionRow.code,
            ProvisionRow.stage,
            ProvisionRow.instrument_id,
            version.article,
            version.confidence,
            version.terms,
            InstrumentRow.short_title,
        )
        .join(version.provision)
        .join(ProvisionRow.instrument)
        .where(
            version.superseded_at.is_(None),
            or_(version.valid_from.is_(None), version.valid_from <= on),
            or_(version.valid_until.is_(None), version.valid_until >= on),
        )
        .order_by(ProvisionRow.code, version.id)
    )
    if codes is not None:
        query = query.where(ProvisionRow.code.in_(sorted(codes)))
    return session.execute(query).all()


def list_parties(session: Session) -> Sequence[PartyRow]:
    """Return every party of every instrument."""
    return session.scalars(select(PartyRow).order_by(PartyRow.id)).all()


def list_calls_of(session: Session, programme_id: int) -> Sequence[Row[Any]]:
    """Return the calls of a programme, the latest to close first."""
    query = (
        select(
            Call.id,
            Call.code,
            Call.texts,
            Call.opens_on,
            Call.closes_on,
            Call.time_zone,
            Call.places,
            Call.is_published,
            Route.sending,
            Route.receiving,
        )
        .join(Route, Route.id == Call.route_id)
        .where(Route.programme_id == programme_id)
        .order_by(Call.closes_on.desc(), Call.id.desc())
        .limit(200)
    )
    return session.execute(query).all()


def get_call_of(session: Session, programme_id: int, code: str, *, lock: bool = False) -> Call:
    """Return a call of this programme; raises NotFound."""
    query = (
        select(Call)
        .join(Route, Route.id == Call.route_id)
        .where(Call.code == code, Route.programme_id == programme_id)
        .options(selectinload(Call.route).selectinload(Route.stages))
    )
    if lock:
        query = query.with_for_update(of=Call)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(call=code)
    return found


def is_code_taken(session: Session, kind: type[Programme] | type[Call], code: str) -> bool:
    """Tell whether a programme, or a call, has this code already."""
    return session.scalar(select(kind.id).where(kind.code == code)) is not None
