"""Who sees which rows: every form of statement is narrowed, for each row type, and no cached form leaks."""

import pytest
from sqlalchemy import delete, exists, func, insert, select, text, update
from sqlalchemy.orm import aliased, selectinload

from mobility.domain.access import principals_of
from mobility.domain.errors import Unscoped
from mobility.storage.db import write_unit
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.clocks import CaseEvent
from mobility.storage.scope import ALL, CaseScope, set_scope
from tests.factories import actor_for, make_case, make_person


@pytest.fixture
def two_cases(session):
    """Two cases of two people; the session then sees what the first one sees."""
    mine, other = make_case(session), make_case(session)
    ids = mine.id, other.id
    set_scope(session, (f"p:{mine.person_id}",))
    yield ids
    set_scope(session, ALL)


@pytest.mark.parametrize(
    "query",
    [
        select(CaseFile.id).order_by(CaseFile.id),
        select(Stage.case_id).distinct(),
        select(CaseEvent.case_id).distinct(),
        select(CaseFile.id).join(CaseFile.stages).distinct(),
        select(aliased(CaseFile).id),
        select(CaseFile.id).where(CaseFile.id.in_(select(Stage.case_id))),
        select(CaseFile.id).join(CaseScope, CaseScope.case_id == CaseFile.id).distinct(),
        select(CaseScope.case_id).where(exists().where(Stage.case_id == CaseScope.case_id)).distinct(),
    ],
    ids=["column", "child", "event", "join", "alias", "subquery", "beside the scope table", "from the scope table"],
)
def test_each_form_of_statement_shows_only_the_readers_cases(session, two_cases, query) -> None:
    assert session.scalars(query).all() == [two_cases[0]]
    set_scope(session, ALL)
    assert set(session.scalars(query)) == set(two_cases)  # the same form, cached, for another reader


def test_a_count_counts_what_may_be_seen(session, two_cases) -> None:
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 1


def test_rows_loaded_beside_a_case_are_narrowed_too(session, two_cases) -> None:
    cases = session.scalars(select(CaseFile).options(selectinload(CaseFile.stages))).all()
    assert {stage.case_id for case in cases for stage in case.stages} == {two_cases[0]}


def test_a_subquery_cannot_be_used_to_look_around(session, two_cases) -> None:
    query = select(select(func.count(Stage.id)).scalar_subquery()).select_from(CaseFile)
    assert session.scalar(query) == 4


def test_updates_and_deletes_reach_no_further(session, two_cases) -> None:
    with write_unit(session):
        session.execute(update(Stage).values(position=9).execution_options(synchronize_session=False))
        session.execute(delete(CaseEvent).execution_options(synchronize_session=False))
    set_scope(session, ALL)
    assert set(session.scalars(select(Stage.position).where(Stage.case_id == two_cases[1]))) == {0, 1, 2, 3}
    assert session.scalar(select(func.count()).select_from(CaseEvent)) == 3


def test_rows_cannot_be_added_to_a_case_that_was_not_read(session, two_cases, now) -> None:
    event = CaseEvent(case_id=two_cases[1], stage_kind="case", code="arrived", on_day=now.date(), recorded_at=now)
    with pytest.raises(Unscoped, match="CaseEvent"), write_unit(session):
        session.add(event)


def test_a_person_without_cases_sees_none(session, two_cases) -> None:
    set_scope(session, ALL)
    stranger = make_person(session)
    set_scope(session, principals_of(actor_for(stranger)))
    assert session.scalars(select(CaseFile.id)).all() == []


def test_what_was_loaded_before_the_scope_changed_is_forgotten(session, two_cases) -> None:
    """get() answers from memory where it can, so a new scope begins with an empty memory."""
    set_scope(session, ALL)
    assert session.get(CaseFile, two_cases[1]) is not None
    set_scope(session, ("p:0",))
    assert session.get(CaseFile, two_cases[0]) is None
    assert session.get(CaseFile, two_cases[1]) is None


@pytest.mark.parametrize(
    "statement",
    [
        select(CaseFile.__table__),
        text("SELECT id FROM case_file"),
        select(CaseFile).from_statement(text("SELECT * FROM case_file")),
        CaseFile.__table__.update().values(discipline="x"),
        CaseFile.__table__.delete(),
    ],
    ids=["core select", "text", "from_statement", "core update", "core delete"],
)
def test_statements_that_cannot_be_narrowed_are_refused(session, two_cases, statement) -> None:
    with pytest.raises(Unscoped), write_unit(session):
        session.execute(statement)


def test_rows_of_a_case_cannot_be_inserted_in_bulk(session, two_cases, now) -> None:
    row = {"case_id": two_cases[1], "stage_kind": "case", "code": "arrived", "on_day": now.date(), "recorded_at": now}
    with pytest.raises(Unscoped), write_unit(session):
        session.execute(insert(CaseEvent), [row])


def test_a_session_without_a_scope_reads_nothing(session, two_cases) -> None:
    session.info.pop("scope")
    with pytest.raises(Unscoped, match="no scope"):
        session.scalars(select(CaseFile.id)).all()
    set_scope(session, ())
    assert session.scalars(select(CaseFile.id)).all() == []
