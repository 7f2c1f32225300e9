"""Reading calls: the open ones as columns for a list, one with its route for its own page.

A call closes at 24:00 in its own time zone. The days on which that matters are few, so the zones of the calls that
close about now are read first and the condition is exact in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from mobility.domain.errors import NotFound
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call, Programme, ProgrammeStage, Route, RouteStage
from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow

_ONE_DAY = timedelta(days=1)  # no zone is further than a day from UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCalls:
    """Which calls are wanted; an empty code wants all."""

    sending: str = ""
    receiving: str = ""
    discipline: str = ""


def find_open_at(session: Session, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a call is open at an instant; made once for all queries of a page."""
    days = _local_days(session, now)
    conditions: list[ColumnElement[bool]] = []
    for day in sorted(set(days.values())):
        zones = sorted(zone for zone, local in days.items() if local == day)
        conditions.append(and_(Call.time_zone.in_(zones), Call.closes_on >= day, Call.opens_on <= day))
    # wherever they are, these opened before this day began and close after it has ended
    anywhere = and_(Call.closes_on > now.date() + _ONE_DAY, Call.opens_on < now.date() - _ONE_DAY)
    return and_(Call.is_published, or_(anywhere, *conditions))


def _local_days(session: Session, now: datetime) -> dict[str, date]:
    """Return today for every zone in which a published call opens or closes about now."""
    near = (now.date() - _ONE_DAY, now.date() + _ONE_DAY)
    zones = session.scalars(
        select(Call.time_zone)
        .where(Call.is_published, or_(Call.closes_on.between(*near), Call.opens_on.between(*near)))
        .distinct()
    )
    return {zone: now.astimezone(ZoneInfo(zone)).date() for zone in zones}


def _wanted(wanted: OpenCalls) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.sending:
        conditions.append(Route.sending == wanted.sending)
    if wanted.receiving:
        conditions.append(Route.receiving == wanted.receiving)
    if wanted.discipline:
        conditions.append(Call.discipline.in_((wanted.discipline, "")))
    return conditions


def _after(key: tuple[date, int] | None) -> list[ColumnElement[bool]]:
    if key is None:
        return []
    day, row_id = key
    return [or_(Call.closes_on > day, and_(Call.closes_on == day, Call.id > row_id))]


def list_open_calls(
    session: Session, wanted: OpenCalls, is_open: ColumnElement[bool], *, after: tuple[date, int] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return open calls (see `find_open_at`), the next to close first, beginning behind the key `after`."""
    query: Select[Any] = (
        select(
            Call.id,
            Call.code,
            Call.texts,
            Call.host,
            Call.host_city,
            Call.discipline,
            Call.closes_on,
            Call.time_zone,
            Route.sending,
            Route.receiving,
            Route.programme_id,
            InstrumentRow.short_title,
        )
        .join(Route, Route.id == Call.route_id)
        .join(Programme, Programme.id == Route.programme_id)
        .join(InstrumentRow, InstrumentRow.id == Programme.instrument_id)
        .where(is_open, *_wanted(wanted), *_after(after))
        .order_by(Call.closes_on, Call.id)
        .limit(limit)
    )
    return session.execute(query).all()


def count_open_calls(session: Session, is_open: ColumnElement[bool]) -> Sequence[Row[str, str, str, int]]:
    """Return how many calls are open for each combination of countries and discipline that occurs."""
    query = (
        select(Route.sending, Route.receiving, Call.discipline, func.count())
        .join(Call, Call.route_id == Route.id)
        .where(is_open)
        .group_by(Route.sending, Route.receiving, Call.discipline)
        .order_by(Route.sending, Route.receiving, Call.discipline)
    )
    return session.execute(query).all()


def list_stages_of(session: Session, programme_ids: Sequence[int]) -> Sequence[Row[int, str]]:
    """Return programme and stage for several programmes, in the order the programmes set."""
    query = (
        select(ProgrammeStage.programme_id, ProgrammeStage.stage)
        .where(ProgrammeStage.programme_id.in_(programme_ids))
        .order_by(ProgrammeStage.programme_id, ProgrammeStage.position, ProgrammeStage.stage)
    )
    return session.execute(query).all()


def get_published_call(session: Session, code: str) -> Call:
    """Return a published call with all that its page shows; raises NotFound, also for one not published."""
    route = selectinload(Call.route)
    stages = route.selectinload(Route.stages).joinedload(RouteStage.office)
    found = session.scalars(
        select(Call)
        .where(Call.code == code, Call.is_published)
        .options(
            stages.selectinload(Office.competences),
            route.joinedload(Route.programme).joinedload(Programme.instrument),
            route.joinedload(Route.programme).selectinload(Programme.stages),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(call=code)
    return found


def list_current_terms(session: Session, codes: Sequence[str], on: date) -> Sequence[Row[Any]]:
    """Return the wording of several provisions on a day, with the short title of their instrument, by code."""
    version = ProvisionVersionRow
    query = (
        select(ProvisionRow.code, version.article, version.confidence, version.terms, InstrumentRow.short_title)
        .join(version.provision)
        .join(ProvisionRow.instrument)
        .where(
            ProvisionRow.code.in_(codes),
            version.superseded_at.is_(None),
            or_(version.valid_from.is_(None), version.valid_from <= on),
            or_(version.valid_until.is_(None), version.valid_until >= on),
        )
        .order_by(ProvisionRow.code, version.id)
    )
    return session.execute(query).all()
