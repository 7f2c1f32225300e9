"""The list of programmes, and everything about one: routes with desks and clocks, quotas, calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.stages import StageKind
from mobility.domain.treaty_data import version_from_data
from mobility.services.programmes.choices import CASE, ProvisionChoice, provision_choice
from mobility.services.programmes.permits import get_managed
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Programme, Route
from mobility.storage.queries import programmes as queries


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeLine:
    """One line of the list; `is_managed`: by the reader, who may open it."""

    code: str
    names: Mapping[str, Any]
    kind: str
    instrument_code: str
    instrument_title: str
    routes: int
    is_managed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeName:
    """An office by name and place."""

    code: str
    names: Mapping[str, Any]
    country: str
    seat_city: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageDesk:
    """A stage ("case" for admission and travel) of a route: who decides, and whose clocks run.

    `office` None: nobody is named yet, so no call of the route can be published. `lost` are codes without a wording
    in force today: they start no clock.
    """

    stage: str
    office: OfficeName | None
    provisions: tuple[ProvisionChoice, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """One direction of a programme."""

    route_id: int
    sending: str
    receiving: str
    receiving_office: OfficeName
    quota_people: int | None
    quota_days: int | None
    desks: tuple[StageDesk, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One call of the programme."""

    code: str
    texts: Mapping[str, Any]
    sending: str
    receiving: str
    opens_on: date
    closes_on: date
    places: int
    is_published: bool
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """A stage the programme requires, and the stages it waits for."""

    kind: StageKind
    after: tuple[StageKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeView:
    """Everything the page of a programme shows; of `accounting_on` only day and month mean anything."""

    code: str
    names: Mapping[str, Any]
    kind: str
    instrument_code: str
    instrument_title: str
    accounting_on: date
    tolerance_percent: int
    underuse_neutral: bool
    balance_expires_after: int | None
    balance_cap: int | None
    language_level: str
    currency: str
    stages: tuple[StageLine, ...]
    routes: tuple[RouteView, ...]
    calls: tuple[CallLine, ...]


def list_programmes(session: Session, actor: Actor) -> list[ProgrammeLine]:
    """Return the programmes the actor manages, by code; administrators see all."""
    sees_all = actor.is_administrator or actor == SYSTEM
    return [
        ProgrammeLine(
            code=row.code,
            names=row.names,
            kind=row.kind,
            instrument_code=row.instrument_code,
            instrument_title=row.instrument_title,
            routes=row.routes,
            is_managed=row.id in actor.managed_programmes,
        )
        for row in queries.list_programmes(session)
        if sees_all or row.id in actor.managed_programmes
    ]


def view_programme(session: Session, actor: Actor, code: str, now: datetime) -> ProgrammeView:
    """Return a programme that the actor manages; raises NotFound."""
    programme = get_managed(session, actor, code)
    today = now.date()
    terms = _terms(session, programme, today)
    return ProgrammeView(
        code=programme.code,
        names=programme.names,
        kind=programme.kind,
        instrument_code=programme.instrument.code,
        instrument_title=programme.instrument.short_title,
        accounting_on=date(2001, programme.accounting_month, programme.accounting_day),
        tolerance_percent=programme.tolerance_percent,
        underuse_neutral=programme.underuse_neutral,
        balance_expires_after=programme.balance_expires_after,
        balance_cap=programme.balance_cap,
        language_level=programme.language_level.lower(),
        currency=programme.currency,
        stages=tuple(
            StageLine(kind=StageKind(each.stage), after=tuple(StageKind(kind) for kind in each.after))
            for each in programme.stages
        ),
        routes=tuple(_route(route, programme, terms) for route in programme.routes),
        calls=tuple(_calls(session, programme, today)),
    )


def _terms(session: Session, programme: Programme, today: date) -> dict[str, ProvisionChoice]:
    """Return what every provision named on a route says today."""
    codes = {code for route in programme.routes for desk in route.stages for code in desk.provisions}
    if not codes:
        return {}
    return {
        row.code: provision_choice(row, version_from_data(row.terms), is_offered=True)
        for row in queries.list_versions_on(session, today, codes)
    }


def _route(route: Route, programme: Programme, terms: Mapping[str, ProvisionChoice]) -> RouteView:
    listed = {each.stage: each for each in route.stages}
    desks = []
    for stage in (CASE, *(each.stage for each in programme.stages)):
        desk = listed.get(stage)
        office = desk.office if desk else None
        if stage == CASE:
            office = route.receiving_office
        codes = list(desk.provisions) if desk else []
        desks.append(
            StageDesk(
                stage=stage,
                office=_office(office) if office else None,
                provisions=tuple(terms[code] for code in codes if code in terms),
                lost=tuple(code for code in codes if code not in terms),
            )
        )
    return RouteView(
        route_id=route.id,
        sending=route.sending,
        receiving=route.receiving,
        receiving_office=_office(route.receiving_office),
        quota_people=route.quota_people,
        quota_days=route.quota_days,
        desks=tuple(desks),
        is_complete=all(desk.office is not None for desk in desks),
    )


def _office(office: Office) -> OfficeName:
    return OfficeName(
        code=office.code,
        names=office.names,
        country=office.country,
        seat_city=office.seat_city,
        is_active=office.is_active,
    )


def _calls(session: Session, programme: Programme, today: date) -> list[CallLine]:
    return [
        CallLine(
            code=row.code,
            texts=row.texts,
            sending=row.sending,
            receiving=row.receiving,
            opens_on=row.opens_on,
            closes_on=row.closes_on,
            places=row.places,
            is_published=row.is_published,
            is_closed=row.closes_on < today,
        )
        for row in queries.list_calls_of(session, programme.id)
    ]
