"""Two people at once on what is agreed or made public: one does it, the other is told. Real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import DomainError
from mobility.domain.thresholds import Threshold, ThresholdKind
from mobility.services.flow_imports import FileOptions, ImportRequest, import_staged, stage_flows
from mobility.services.public_statistics import release_statistics
from mobility.services.statements import Ask, freeze_statement
from mobility.services.thresholds import follow_threshold
from mobility.storage.db import db, write_unit
from mobility.storage.keys import Keys, give_keys
from mobility.storage.models.public_statistics import StatisticsRelease
from mobility.storage.models.reciprocity import FlowImport
from mobility.storage.models.statements import Statement
from mobility.storage.models.thresholds import FollowedThreshold
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.scope import ALL, set_scope
from tests.factories import NOW, actor_for, make_flow, make_grant, make_person, make_programme, make_route

AT_ONCE = 4


def in_session(app: Flask, work: Callable[[Session], Any]) -> Any:
    with app.app_context():
        session = db.session()
        set_scope(session, ALL)
        give_keys(session, Keys.from_secret("t" * 40))
        try:
            return work(session)
        except DomainError as error:
            return error.parameters.get("reason") or error.code


def in_unit(app: Flask, work: Callable[[Session], Any]) -> Any:
    def within(session: Session) -> Any:
        with write_unit(session):
            return work(session)

    return in_session(app, within)


def at_once(app: Flask, works: list[Callable[[Session], Any]], run: Any = in_unit) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda work: run(app, work), works))


def prepare(unit: Session) -> tuple[str, str, Actor]:
    """Return the instrument, the programme and its manager."""
    programme = make_programme(unit)
    for sending, receiving in (("EG", "DE"), ("DE", "EG")):
        make_route(unit, programme=programme, sending=sending, receiving=receiving)
    for day in range(1, 9):
        make_flow(unit, programme, "EG", "DE", date(2025, 3, day), date(2025, 4, day))
    manager = make_person(unit)
    make_grant(unit, manager, "manager", programme=programme)
    code = unit.get_one(InstrumentRow, programme.instrument_id).code
    return code, programme.code, actor_for(manager, programmes=[programme])


def count(app: Flask, model: Any) -> int:
    return in_session(app, lambda session: session.scalar(select(func.count()).select_from(model)))


def test_of_those_who_freeze_one_statement_at_once_one_does(shared_app):
    code, _, _ = in_unit(shared_app, prepare)
    ask = Ask(instrument=code, pair=("DE", "EG"), year=2025)
    found = at_once(shared_app, [lambda unit: freeze_statement(unit, SYSTEM, ask, now=NOW)] * AT_ONCE)
    assert sorted(map(str, found))[1:] == ["already_frozen"] * (AT_ONCE - 1)
    assert count(shared_app, Statement) == 1


def test_of_those_who_release_one_table_at_once_one_does(shared_app):
    code, _, _ = in_unit(shared_app, prepare)
    found = at_once(shared_app, [lambda unit: release_statistics(unit, SYSTEM, code, 2025, now=NOW)] * AT_ONCE)
    assert sorted(map(str, found)) == ["1"] + ["nothing_new"] * (AT_ONCE - 1)
    assert count(shared_app, StatisticsRelease) == 1


def test_following_twice_in_one_moment_is_following_once(shared_app):
    code, _, manager = in_unit(shared_app, prepare)
    wish = Threshold(kind=ThresholdKind.R_BELOW, level=Fraction(1, 2))
    found = at_once(shared_app, [lambda unit: follow_threshold(unit, manager, code, wish, now=NOW)] * AT_ONCE)
    assert len(set(found)) == 1
    assert count(shared_app, FollowedThreshold) == 1


def request(programme: str) -> ImportRequest:
    return ImportRequest(
        file_name="flows.csv", source="A ministry", licence="CC0", programme=programme, options=FileOptions()
    )


FILE = b"year,origin,host,people\n" + b"".join(b"%d,EG,DE,3\n" % year for year in range(1990, 2025))


def test_one_file_taken_in_by_several_at_once_is_counted_once(shared_app):
    _, programme, manager = in_unit(shared_app, prepare)

    def take_in(session: Session) -> Any:
        number, checked = stage_flows(session, manager, BytesIO(FILE), request(programme), now=NOW, write=write_unit)
        assert number is not None, checked.errors
        with write_unit(session):
            return import_staged(session, manager, number, now=NOW).id

    found = at_once(shared_app, [take_in] * AT_ONCE, in_session)
    counted = in_session(
        shared_app, lambda session: list(session.scalars(select(FlowImport.id).where(FlowImport.status == "imported")))
    )
    assert len(counted) == 1, found
    assert [each for each in found if isinstance(each, int)] == counted
    told = {"changed_meanwhile", "already_imported", "not_found", "transition_not_permitted"}  # whichever comes first
    assert set(found) - set(counted) <= told
