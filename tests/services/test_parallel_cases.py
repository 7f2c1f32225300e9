"""Several people at once: one number for each case, one decision for each stage. Real connections, both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.errors import ChangedMeanwhile
from mobility.domain.references import is_reference
from mobility.domain.stages import StageStep
from mobility.services.audit import verify_chain
from mobility.services.case_files import find_stage, get_case
from mobility.services.cases import declare_admissible
from mobility.services.stages import take_step
from mobility.storage.db import db, write_unit
from mobility.storage.keys import Keys, give_keys
from mobility.storage.models.cases import StageStep as StageStepRow
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call
from mobility.storage.scope import ALL, set_scope
from tests.factories import NOW, actor_for, make_call, make_case, make_officer, make_programme, make_route

AT_ONCE = 6


def in_one(app: Flask, work: Callable[[Session], Any]) -> Any:
    with app.app_context():
        session = db.session()
        set_scope(session, ALL)
        give_keys(session, Keys.from_secret("t" * 40))
        with write_unit(session):
            return work(session)


def in_parallel(app: Flask, works: list[Callable[[Session], Any]]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda work: in_one(app, work), works))


def prepare(unit: Session) -> tuple[int, int]:
    call = make_call(unit, route=make_route(unit, programme=make_programme(unit, stages=["visa"])))
    return call.id, call.route.receiving_office_id


def test_cases_opened_at_once_have_different_references(shared_app: Flask) -> None:
    call_id, _ = in_one(shared_app, prepare)

    def open_one(unit: Session) -> str:
        return make_case(unit, call=unit.get_one(Call, call_id)).reference

    references = in_parallel(shared_app, [open_one] * 12)
    assert len(set(references)) == 12
    assert all(map(is_reference, references))
    assert in_one(shared_app, verify_chain) is None


def test_of_six_officers_who_decide_at_once_one_decides(shared_app: Flask) -> None:
    call_id, office_id = in_one(shared_app, prepare)

    def seat(unit: Session) -> Any:
        office = unit.get_one(Office, office_id)
        return actor_for(make_officer(unit, office), office)

    officers = [in_one(shared_app, seat) for _ in range(AT_ONCE)]

    def admit(unit: Session) -> tuple[int, int]:
        case = make_case(unit, call=unit.get_one(Call, call_id))
        declare_admissible(unit, officers[0], case.id, row_version=case.row_version, now=NOW)
        unit.flush()
        return case.id, find_stage(case, "visa").row_version

    case_id, version = in_one(shared_app, admit)

    def decide(officer: Any) -> Callable[[Session], str]:
        def work(unit: Session) -> str:
            facts = {"lodged_on": NOW.date()}
            try:
                take_step(unit, officer, case_id, "visa", StageStep.LODGE, facts, row_version=version, now=NOW)
            except ChangedMeanwhile:
                return "again"
            return "decided"

        return work

    outcomes = in_parallel(shared_app, [decide(officer) for officer in officers])
    assert sorted(outcomes) == ["again"] * (AT_ONCE - 1) + ["decided"]

    def steps(unit: Session) -> tuple[str, list[str]]:
        return find_stage(get_case(unit, case_id), "visa").status, list(unit.scalars(select(StageStepRow.step)))

    assert in_one(shared_app, steps) == ("lodged", ["lodge"])
