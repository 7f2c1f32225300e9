"""Routes: one direction of a programme with its desks, the provisions whose clocks run there, and its quotas.

The two states of a route stay for good, because references of cases name them. A route is edited under the version of
its programme. Clocks that run are not touched: a provision taken away starts no further clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import InvalidInput, NotFound
from mobility.i18n.formats import country_choices
from mobility.services.audit import record_event
from mobility.services.case_files import check_version
from mobility.services.programmes.choices import CASE, Desk, list_desks, list_provision_choices
from mobility.services.programmes.permits import get_managed
from mobility.services.programmes.settings import touch
from mobility.storage.models.programmes import Programme, Route, RouteStage

MOST_PLACES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDraft:
    """What is said about a route. `desks` and `provisions` are by stage; provisions also under "case".

    The receiving post admits, follows travel and closes. No quota is None; 0 lets nobody travel.
    """

    sending: str
    receiving: str
    receiving_office_id: int
    sending_office_id: int | None = None
    quota_people: int | None = None
    quota_days: int | None = None
    desks: Mapping[str, int]
    provisions: Mapping[str, tuple[str, ...]]


def get_route(session: Session, actor: Actor, code: str, route_id: int) -> tuple[Programme, Route]:
    """Return a programme that the actor manages, and one of its routes; raises NotFound."""
    programme = get_managed(session, actor, code)
    route = next((each for each in programme.routes if each.id == route_id), None)
    if route is None:
        raise NotFound(programme=code, route=route_id)
    return programme, route


def check_direction(programme: Programme, sending: str, receiving: str) -> None:
    """Raise InvalidInput for two states between which no new route of the programme can be."""
    known = dict(country_choices())
    for field, code in (("sending", sending), ("receiving", receiving)):
        if code not in known:
            raise InvalidInput(field=field, reason="not_a_country", value=code)
    if sending == receiving:
        raise InvalidInput(field="receiving", reason="same_country", value=receiving)
    if any((each.sending, each.receiving) == (sending, receiving) for each in programme.routes):
        raise InvalidInput(field="receiving", reason="route_there", value=receiving)


def create_route(
    session: Session, actor: Actor, code: str, draft: RouteDraft, *, row_version: int, now: datetime
) -> Route:
    """Add a direction to a programme; raises InvalidInput, and ChangedMeanwhile as for the programme itself."""
    programme = get_managed(session, actor, code)
    check_version(programme, row_version)
    check_direction(programme, draft.sending, draft.receiving)
    route = Route(programme_id=programme.id, sending=draft.sending, receiving=draft.receiving)
    _check(session, programme, route, draft, now)
    _write(route, draft)
    programme.routes.append(route)
    touch(programme, row_version)
    session.flush()
    _record(session, actor, "route_created", route, [], now)
    return route


def change_route(
    session: Session, actor: Actor, code: str, route_id: int, draft: RouteDraft, *, row_version: int, now: datetime
) -> Route:
    """Save a route; its direction stays. Raises ChangedMeanwhile when the programme was saved in between."""
    programme, route = get_route(session, actor, code, route_id)
    check_version(programme, row_version)
    _check(session, programme, route, draft, now)
    changed = _write(route, draft)
    if changed:
        touch(programme, row_version)
        session.flush()
        _record(session, actor, "route_changed", route, changed, now)
    return route


def _record(session: Session, actor: Actor, code: str, route: Route, changed: list[str], now: datetime) -> None:
    """The entry belongs to the programme, under whose version routes are edited."""
    facts = {"route": route.id, "sending": route.sending, "receiving": route.receiving, "fields": changed}
    record_event(session, actor, code, at=now, subject="programme", subject_id=route.programme_id, parameters=facts)


def _check(session: Session, programme: Programme, route: Route, draft: RouteDraft, now: datetime) -> None:
    """Raise InvalidInput naming the first answer that cannot be used."""
    desks = {each.office_id: each for each in list_desks(session, route.sending, route.receiving)}
    receiving = desks.get(draft.receiving_office_id)
    if receiving is None or receiving.country != route.receiving or CASE not in receiving.competences:
        raise InvalidInput(field="receiving_office", reason="not_competent", value=draft.receiving_office_id)
    if draft.sending_office_id is not None:
        sending = desks.get(draft.sending_office_id)
        if sending is None or sending.country != route.sending:
            raise InvalidInput(field="sending_office", reason="not_competent", value=draft.sending_office_id)
    for field, quota in (("quota_people", draft.quota_people), ("quota_days", draft.quota_days)):
        if quota is not None and not 0 <= quota <= MOST_PLACES:
            raise InvalidInput(field=field, reason="not_a_quota", value=quota)
    _check_desks(programme, desks, draft)
    _check_provisions(session, programme, route, draft, now)


def _check_desks(programme: Programme, desks: Mapping[int, Desk], draft: RouteDraft) -> None:
    for stage in (each.stage for each in programme.stages):
        chosen = draft.desks.get(stage)
        if chosen is None:
            raise InvalidInput(field=f"office_{stage}", reason="missing", value="")
        desk = desks.get(chosen)
        if desk is None or stage not in desk.competences:
            raise InvalidInput(field=f"office_{stage}", reason="not_competent", value=chosen)


def _check_provisions(session: Session, programme: Programme, route: Route, draft: RouteDraft, now: datetime) -> None:
    kept = {code for each in route.stages for code in each.provisions}
    choices = list_provision_choices(session, programme, route.sending, route.receiving, now.date(), kept=kept)
    runs_in = {each.code: each.runs_in for each in choices}
    for stage, codes in draft.provisions.items():
        for code in codes:
            if code not in kept and runs_in.get(code) != stage:
                raise InvalidInput(field=f"p_{stage}_{code}", reason="not_binding", value=code)


def _write(route: Route, draft: RouteDraft) -> list[str]:
    """Write a draft into a row and return the names of what changed."""
    plain = ("receiving_office_id", "sending_office_id", "quota_people", "quota_days")
    changed = [name for name in plain if getattr(route, name) != getattr(draft, name)]
    for name in changed:
        setattr(route, name, getattr(draft, name))
    desks: dict[str, int] = {CASE: draft.receiving_office_id} | dict(draft.desks)
    present = {each.stage: each for each in route.stages}
    for stage, office_id in desks.items():
        codes: list[Any] = list(draft.provisions.get(stage, ()))
        row = present.get(stage)
        if row is None:
            route.stages.append(RouteStage(stage=stage, office_id=office_id, provisions=codes))
            changed.append(stage)
        elif (row.office_id, list(row.provisions)) != (office_id, codes):
            row.office_id, row.provisions = office_id, codes
            changed.append(stage)
    return changed
