"""Who stands for which state in a statement: default deny, and only the two states of the pair.

An officer or head of a post with cases on a route of the pair stands for the state of that post. A programme manager
sees the statements of the pairs of their programmes and freezes them; they stand for a state only if they are based
in it. Nobody else sees that a statement exists.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import NotFound
from mobility.domain.statements import Standing, StatementState
from mobility.storage.models.statements import Statement
from mobility.storage.queries import statements as queries
from mobility.storage.queries.reciprocity import find_country_of
from mobility.storage.queries.statements import RouteLine

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What one person may do in one pair: the states they stand for, and whether they may freeze and correct."""

    sides: frozenset[str]
    may_freeze: bool


def rights_of(session: Session, actor: Actor) -> Mapping[tuple[int, Pair], Rights]:
    """Return the rights of a person by instrument and pair of states."""
    if actor == SYSTEM:
        routes = queries.list_routes(session, everything=True)
        return {(each.instrument_id, each.pair): Rights(sides=frozenset(), may_freeze=True) for each in routes}
    seats = {seat.office_id: seat.country for seat in actor.seats if "case" in seat.competences}
    if not seats and not actor.managed_programmes:
        return {}
    routes = queries.list_routes(session, offices=seats, programmes=actor.managed_programmes)
    home = find_country_of(session, actor.person_id) if actor.managed_programmes else ""
    return _gathered(routes, seats, actor.managed_programmes, home)


def _gathered(
    routes: Iterable[RouteLine], seats: Mapping[int, str], managed: frozenset[int], home: str
) -> dict[tuple[int, Pair], Rights]:
    sides: dict[tuple[int, Pair], set[str]] = {}
    freezing: set[tuple[int, Pair]] = set()
    for route in routes:
        key = (route.instrument_id, route.pair)
        countries = {seats[office] for office in route.office_ids if office in seats}
        if route.programme_id in managed:
            countries.add(home)
            freezing.add(key)
        elif not countries & set(route.pair):
            continue  # an office of a third state on the route stands for neither
        sides.setdefault(key, set()).update(countries & set(route.pair))
    return {key: Rights(sides=frozenset(found), may_freeze=key in freezing) for key, found in sides.items()}


def rights_in(session: Session, actor: Actor, row: Statement) -> Rights:
    """Return the rights in one statement; raises NotFound for whoever has none."""
    found = rights_of(session, actor).get((row.instrument_id, (row.country_a, row.country_b)))
    if found is None:
        raise NotFound(statement=row.id)
    return found


def get_visible(session: Session, actor: Actor, statement_id: int) -> tuple[Statement, Rights]:
    """Return a statement and the actor's rights in it; raises NotFound."""
    row = session.get(Statement, statement_id)
    if row is None:
        raise NotFound(statement=statement_id)
    return row, rights_in(session, actor, row)


def list_visible(session: Session, actor: Actor, statement_ids: Collection[int]) -> frozenset[int]:
    """Return which of these statements the actor may see."""
    if not statement_ids:
        return frozenset()
    rights = rights_of(session, actor)
    query = select(Statement.id, Statement.instrument_id, Statement.country_a, Statement.country_b).where(
        Statement.id.in_(sorted(statement_ids))
    )
    rows = session.execute(query)
    return frozenset(row.id for row in rows if (row.instrument_id, (row.country_a, row.country_b)) in rights)


def standing_of(row: Statement) -> Standing:
    """Return how far a stored version has come."""
    return Standing(
        sides=(row.country_a, row.country_b),
        state=StatementState(row.state),
        signed_side=row.signed_side,
        signed_by=row.signed_by or 0,
        answered_side=row.answered_side,
        answered_by=row.answered_by or 0,
        is_replaced=not row.is_current,
    )
