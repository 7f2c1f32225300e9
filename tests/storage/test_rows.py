"""Statements that are sent as SQL: the same rows as through the session, for each reader, in the columns' types."""

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, exists, func, select

from mobility.domain.errors import Unscoped
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import Person
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.prepared import prepared
from mobility.storage.rows import list_rows
from mobility.storage.scope import ALL, CaseScope, set_scope
from tests.factories import TODAY, make_application, make_case, make_clock, make_person


@prepared
def _cases():
    return select(CaseFile.id, CaseFile.reference, CaseFile.is_open).order_by(CaseFile.id)


@prepared
def _columns():
    stages = select(func.count(Stage.id)).where(Stage.case_id == CaseFile.id).correlate(CaseFile).scalar_subquery()
    return (
        select(CaseFile.id, CaseFile.planned_arrival_on, CaseFile.submitted_at, stages.label("stages"))
        .where(CaseFile.id.in_(bindparam("ids", expanding=True)), CaseFile.planned_arrival_on >= bindparam("first_on"))
        .order_by(CaseFile.id)
    )


@prepared
def _clocks():
    return (
        select(
            Clock.id,
            ProvisionVersionRow.terms,
            ProvisionVersionRow.terms["kind"].as_string().label("kind"),
        )
        .join(ProvisionVersionRow, ProvisionVersionRow.id == Clock.provision_version_id)
        .where(Clock.case_id == bindparam("case_id"))
    )


@prepared
def _from_scope():
    has_stage = exists().where(Stage.case_id == CaseScope.case_id).label("has_stage")
    return select(CaseScope.case_id, has_stage).where(CaseScope.principal == bindparam("principal"))


@prepared
def _applications():
    return select(Application.id, Application.person_id).order_by(Application.id)


@prepared
def _people():
    return select(Person.id, Person.created_at, Person.is_active).where(Person.created_at <= bindparam("now"))


@pytest.fixture
def two_cases(session):
    cases = make_case(session), make_case(session)
    yield [(case.id, case.person_id) for case in cases]
    set_scope(session, ALL)


def test_each_reader_sees_their_own_cases_by_the_same_kept_statement(session, two_cases) -> None:
    for case_id, person_id in [*two_cases, two_cases[0]]:
        set_scope(session, (f"p:{person_id}",))
        assert [row.id for row in list_rows(session, _cases(), {})] == [case_id]
        assert [row.id for row in list_rows(session, _columns(), _values(two_cases))] == [case_id]
    set_scope(session, tuple(f"p:{person_id}" for _, person_id in two_cases))
    assert len(list_rows(session, _cases(), {})) == 2
    set_scope(session, ())
    assert list_rows(session, _cases(), {}) == []
    set_scope(session, ALL)
    assert len(list_rows(session, _cases(), {})) == 2


def test_a_condition_beside_the_scope_table_is_narrowed_too(session, two_cases) -> None:
    (_, mine), (other, person_id) = two_cases
    set_scope(session, (f"p:{mine}",))
    rows = list_rows(session, _from_scope(), {"principal": f"p:{person_id}"})
    assert [(row.case_id, bool(row.has_stage)) for row in rows] == [(other, False)]


def test_what_is_ones_own_before_there_is_a_case_is_seen_by_oneself(session, two_cases) -> None:
    set_scope(session, ALL)
    draft = make_application(session)
    set_scope(session, (f"p:{draft.person_id}",))
    assert list_rows(session, _applications(), {}) == [(draft.id, draft.person_id)]


def test_rows_are_those_of_the_session_in_the_types_of_the_columns(session, two_cases, now) -> None:
    case_id, person_id = two_cases[0]
    make_clock(session, session.get_one(CaseFile, case_id))
    for statement, values in (
        (_cases(), {}),
        (_columns(), _values(two_cases)),
        (_columns(), {"ids": [case_id], "first_on": now.date() + timedelta(days=9999)}),
        (_columns(), {"ids": [], "first_on": now.date()}),
        (_clocks(), {"case_id": case_id}),
        (_people(), {"now": now}),
    ):
        for scope in (ALL, (f"p:{person_id}",)):
            set_scope(session, scope)
            sent = [tuple(row) for row in session.execute(statement, values)]
            rows = list_rows(session, statement, values)
            assert rows == sent
            assert [tuple(map(type, row)) for row in rows] == [tuple(map(type, row)) for row in sent]
    assert list_rows(session, _clocks(), {"case_id": case_id})[0].kind


def _values(cases):
    return {"ids": [case_id for case_id, _ in cases], "first_on": TODAY}


def test_a_session_without_a_scope_reads_nothing(session, two_cases) -> None:
    session.info.pop("scope")
    with pytest.raises(Unscoped):
        list_rows(session, _cases(), {})


def test_only_prepared_statements_are_taken(session) -> None:
    with pytest.raises(ValueError, match="prepared"):
        list_rows(session, select(CaseFile.id), {})


def test_what_a_write_unit_changed_is_read(session, now) -> None:
    person = make_person(session)
    with write_unit(session):
        session.get_one(Person, person.id).is_active = False
        rows = {row.id: row.is_active for row in list_rows(session, _people(), {"now": now})}
    assert rows[person.id] is False


def test_who_has_the_principal_that_drives_a_statement_sees_the_same_without_criteria(session, two_cases) -> None:
    (mine, person_id), (_, stranger) = two_cases
    values = {"principal": f"p:{person_id}"}
    set_scope(session, (f"p:{person_id}",))
    found = list_rows(session, _from_scope(), values)
    assert list_rows(session, _from_scope(), values, driven_by=f"p:{person_id}") == found == [(mine, True)]
    set_scope(session, (f"p:{stranger}",))
    rows = list_rows(session, _from_scope(), values, driven_by=f"p:{person_id}")
    assert [bool(row.has_stage) for row in rows] == [False]
