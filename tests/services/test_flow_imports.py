"""Imports of flows: all of a file or nothing of it, once, and back again; sums that always equal a recount."""

import io
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from mobility.domain.access import SYSTEM
from mobility.domain.errors import InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.domain.flow_files import FileFault, FlowFileUnreadable, RowFault
from mobility.services import flow_imports
from mobility.services.flow_imports import AlreadyImported, FileOptions, ImportRequest
from mobility.services.reciprocity import ReportQuery, Unit, build_report
from mobility.storage.db import write_unit
from mobility.storage.flow_counting import counted_at_the_end, differences, recount
from mobility.storage.models.funding import ExchangeRate
from mobility.storage.models.reciprocity import Flow, FlowImport, FlowSummary, ImportedFlow, ImportedPayment
from mobility.storage.queries.flow_source import FlowSource
from mobility.storage.queries.flow_sums import sum_flows
from tests.factories import NOW, TODAY, actor_for, make_flow, make_grant, make_person, make_programme

YEARLY = "year,origin,destination,people\n2017,EGY,DEU,3\n2018,EGY,DEU,4\n2018,DEU,EGY,2\n2018,NAM,DEU,1\n"


def request_for(programme=None, **values):
    given = {"file_name": "flows.csv", "source": "A yearbook", "licence": "CC BY 4.0"}
    return ImportRequest(**(given | {"programme": programme.code if programme else ""} | values))


def stage(session, content, programme=None, actor=SYSTEM, **values):
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    wanted = request_for(programme, **values)
    return flow_imports.stage_flows(session, actor, stream, wanted, now=NOW, write=write_unit)


def take_in(session, content, programme=None, **values):
    import_id, checked = stage(session, content, programme, **values)
    assert import_id is not None, checked.errors
    with write_unit(session):
        flow_imports.import_staged(session, SYSTEM, import_id, now=NOW)
    return import_id


def report(session, programme=None, collection=None, **choices):
    asked = {"first_year": 2017, "last_year": 2018, "country": "DE"} | choices
    code = programme.code if programme else ""
    return build_report(session, SYSTEM, ReportQuery(programme=code, collection=collection, **asked), now=NOW)


def rows(session, model):
    return session.scalar(select(func.count()).select_from(model))


class Watched(io.BytesIO):
    """Notes at each portion read whether its session is in a transaction."""

    def __init__(self, content, session):
        super().__init__(content)
        self.session, self.was_open = session, []

    def read1(self, size=-1, /):
        self.was_open.append(self.session.in_transaction())
        return super().read1(size)


# ------------------------------------------------------------------ in and back


def test_imported_people_stand_in_the_report_beside_those_of_cases(session):
    programme = make_programme(session)
    make_flow(session, programme, "EG", "DE", date(2018, 3, 1), date(2018, 3, 10))
    take_in(session, YEARLY, programme)
    found = report(session, programme)
    assert (found.totals.ab, found.totals.ba) == (2, 9)
    assert "NA" in found.partners
    assert report(session, programme, unit=Unit.DAYS).totals.ba == 10
    assert differences(session) == []


def test_a_collection_has_a_report_of_its_own(session):
    number = take_in(session, YEARLY, title="Scholars")
    found = report(session, collection=number)
    assert found.scope.collection.title == "Scholars"
    assert found.measures.total == 10
    with pytest.raises(NotFound):
        report(session, collection=number + 1)


def test_nothing_is_counted_before_the_import_and_after_its_undoing(session):
    programme = make_programme(session)
    number, checked = stage(session, YEARLY, programme)
    assert (checked.rows, checked.people, len(checked.countries)) == (4, 10, 3)
    assert (checked.first_on, checked.last_on) == (date(2017, 1, 1), date(2018, 12, 31))
    assert rows(session, FlowSummary) == 0
    with write_unit(session):
        flow_imports.import_staged(session, SYSTEM, number, now=NOW)
    assert rows(session, FlowSummary) > 0
    with write_unit(session):
        flow_imports.undo_import(session, SYSTEM, number, now=NOW)
    flow_imports.drop_rows(session, number, write_unit)
    assert (rows(session, FlowSummary), rows(session, ImportedFlow)) == (0, 0)
    assert [line.status for line in flow_imports.list_imports(session, SYSTEM)[0]] == ["undone"]
    with write_unit(session), pytest.raises(TransitionNotPermitted):
        flow_imports.undo_import(session, SYSTEM, number, now=NOW)


def test_the_same_file_is_taken_in_once_and_again_after_undoing(session):
    programme = make_programme(session)
    number = take_in(session, YEARLY, programme)
    with pytest.raises(AlreadyImported) as found:
        stage(session, YEARLY, programme)
    assert found.value.parameters["import_id"] == number
    with write_unit(session):
        flow_imports.undo_import(session, SYSTEM, number, now=NOW)
    flow_imports.drop_rows(session, number, write_unit)
    assert take_in(session, YEARLY, programme) != number


def test_what_a_crash_left_is_dropped_when_the_file_comes_again(session):
    first, _ = stage(session, YEARLY)
    second, _ = stage(session, YEARLY)
    assert rows(session, FlowImport) == 1
    assert first is not None
    assert rows(session, ImportedFlow) == 4
    with write_unit(session):
        flow_imports.discard_import(session, SYSTEM, second, now=NOW)
    flow_imports.drop_rows(session, second, write_unit)
    assert rows(session, ImportedFlow) == 0


def test_the_number_of_a_dropped_import_is_never_given_again(session):
    """Somebody may still be dropping the rows of the first when the second is there."""
    first, _ = stage(session, YEARLY)
    with write_unit(session):
        session.delete(session.get_one(FlowImport, first))
    second, _ = stage(session, YEARLY)
    assert second > first
    flow_imports.drop_rows(session, first, write_unit)
    assert rows(session, ImportedFlow) == 4


def test_a_dry_run_changes_nothing(session):
    found = flow_imports.check_flows(session, SYSTEM, io.BytesIO(YEARLY.encode()), request_for(), now=NOW)
    assert found.is_good
    assert (rows(session, FlowImport), rows(session, ImportedFlow)) == (0, 0)


# ------------------------------------------------------------------ bad files


def test_one_bad_row_keeps_the_whole_file_out_and_every_bad_row_is_named(session):
    content = (YEARLY + "2018,XXX,DEU,1\n2018,FRA,DEU,-1\n2018,FRA,DEU,0.5\n2018,EGY,DEU,9\n").encode()
    number, checked = stage(session, content + b"2018,C\xf4te,DEU,1\n")
    assert number is None
    assert [(each.line, each.fault, each.value) for each in checked.errors] == [
        (6, RowFault.UNKNOWN_COUNTRY, "XXX"),
        (7, RowFault.NUMBER_NEGATIVE, "-1"),
        (8, RowFault.NUMBER_FRACTIONAL, "0.5"),
        (9, RowFault.REPEATS, "3"),
        (10, RowFault.WRONG_ENCODING, "C?te"),
    ]
    assert (rows(session, FlowImport), rows(session, ImportedFlow)) == (0, 0)


def test_only_the_first_faults_are_listed_and_all_are_counted(session):
    _, checked = stage(session, "year,origin,host\n" + "2018,ZZ,DE\n" * 80)
    assert (len(checked.errors), checked.error_count) == (50, 80)


def test_semicolons_tabs_marks_and_encodings_are_read(session):
    for content, encoding in (
        (YEARLY.replace(",", ";"), "utf-8"),
        (YEARLY.replace(",", "\t"), "utf-8-sig"),
        (YEARLY, "utf-16"),
    ):
        number, checked = stage(session, content.encode(encoding))
        assert (checked.rows, number is not None) == (4, True), checked.errors
    text = 'year;origin;host;people;"Län; note"\n2018;EG;DE;1;"å; b"\n'.encode("cp1252")
    _, checked = stage(session, text, options=FileOptions(encoding="cp1252"))
    assert checked.rows == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [("", FileFault.EMPTY), ("year,origin,host\n", FileFault.NO_ROWS), ("a,b\n1,2\n", FileFault.NO_COLUMN)],
)
def test_a_file_that_cannot_be_taken_row_by_row(session, content, fault):
    with pytest.raises(FlowFileUnreadable) as found:
        flow_imports.check_flows(session, SYSTEM, io.BytesIO(content.encode()), request_for(), now=NOW)
    assert found.value.fault is fault


def test_source_and_licence_are_needed(session):
    for field in ("source", "licence"):
        with pytest.raises(InvalidInput) as found:
            stage(session, YEARLY, **{field: " "})
        assert found.value.parameters["field"] == field


def test_a_broken_row_does_not_hide_the_next_one(session):
    _, checked = stage(session, 'year,origin,host\n2018,"EG"x,DE\n2018,ZZ,DE\n')
    assert [(each.line, each.fault) for each in checked.errors] == [
        (2, RowFault.BROKEN_ROW),
        (3, RowFault.UNKNOWN_COUNTRY),
    ]


# ------------------------------------------------------------------ money

PAID = (
    "start,end,origin,host,amount,currency,payer,beneficiary\n"
    "2018-03-03,2018-03-12,EG,DE,110.00,USD,DE,EG\n"
    "2018-03-04,2018-03-12,EG,DE,50,EUR,EG,EG\n"
)


def test_amounts_are_converted_at_the_last_rate_before_their_day(session):
    with write_unit(session):
        session.add(ExchangeRate(currency="USD", day=date(2018, 3, 2), rate="1.10", source="a bank"))
    number = take_in(session, PAID)
    found = report(session, collection=number)
    assert {(cell.payer, cell.beneficiary): cell.eur_minor for cell in found.money.cells} == {
        ("DE", "EG"): 10_000,
        ("EG", "EG"): 5_000,
    }
    kept = session.scalars(select(ImportedPayment).where(ImportedPayment.currency == "USD")).one()
    assert (kept.rate_on, kept.rate_source, kept.people) == (date(2018, 3, 2), "a bank", 1)


def test_a_currency_without_a_rate_is_refused_or_kept_as_not_converted(session):
    _, checked = stage(session, PAID)
    assert [(each.fault, each.value) for each in checked.errors] == [(RowFault.NO_RATE, "USD")]
    number = take_in(session, PAID, keep_unconverted=True)
    found = report(session, collection=number).money
    assert (found.payments, found.not_converted, found.eur_minor) == (2, 1, 5_000)


# ------------------------------------------------------------------ who may


def test_only_managers_import_for_their_programme_and_undo_what_is_theirs(session):
    mine, other = make_programme(session), make_programme(session)
    person = make_person(session)
    make_grant(session, person, "manager", programme=mine)
    manager = actor_for(person, programmes=[mine])
    number, _ = stage(session, YEARLY, mine, actor=manager)
    assert number is not None
    with pytest.raises(NotFound):
        stage(session, YEARLY, other, actor=manager)
    with pytest.raises(NotPermitted):
        stage(session, YEARLY, actor=actor_for(make_person(session)))
    foreign = take_in(session, YEARLY, other)
    with write_unit(session), pytest.raises(NotFound):
        flow_imports.undo_import(session, manager, foreign, now=NOW)
    collection = take_in(session, YEARLY)
    with write_unit(session), pytest.raises(NotPermitted):
        flow_imports.undo_import(session, manager, collection, now=NOW)
    assert {line.import_id for line in flow_imports.list_imports(session, manager)[0]} == {number, collection}


# ------------------------------------------------------------------ sums equal a recount

DAYS = st.dates(date(2016, 11, 1), date(2019, 2, 28))
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("add", "add", "add", "move", "cancel", "open", "drop")),
        st.sampled_from(("EG", "DE", "MA")),
        st.sampled_from(("EG", "DE", "MA")),
        st.sampled_from(("", "music", "dance")),
        DAYS,
        st.integers(0, 400),
    ),
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_whatever_is_written_the_sums_equal_a_recount(session, changes):
    programme = make_programme(session)
    flows = []
    for what, origin, host, discipline, start_on, length in changes:
        end_on = date.fromordinal(start_on.toordinal() + length)
        if what == "add" or not flows:
            made = make_flow(session, programme, origin, host, start_on, end_on, discipline=discipline)
            flows.append(made)
            continue
        with write_unit(session):
            flow = session.get_one(Flow, flows[length % len(flows)].id)
            if what == "move":
                flow.start_on, flow.end_on, flow.origin, flow.discipline = start_on, end_on, origin, discipline
            elif what == "cancel":
                flow.status = "cancelled"
            elif what == "open":
                flow.end_on = None
            else:
                session.delete(flow)
                flows = [each for each in flows if each is not flow]
    assert differences(session) == []


def test_a_difference_is_found_and_a_recount_mends_it(session):
    programme = make_programme(session)
    make_flow(session, programme)
    take_in(session, YEARLY, programme)
    with write_unit(session):
        row = session.scalars(select(FlowSummary).where(FlowSummary.period == 2026)).first()
        row.heads += 1
    assert len(differences(session)) == 2
    with write_unit(session):
        recount(session)
    assert differences(session) == []


def test_very_many_flows_are_counted_once_at_the_end(session):
    programme = make_programme(session)
    with counted_at_the_end(session, write_unit):
        make_flow(session, programme)
        assert rows(session, FlowSummary) == 0
    assert rows(session, FlowSummary) > 0
    make_flow(session, programme, "DE", "MA")
    assert differences(session) == []
    assert date(2026, 5, 9) < TODAY


@pytest.mark.parametrize("content", ["year,origin,host,people\n", "year,origin,host,people\n\n\n"])
def test_a_file_without_a_row_leaves_nothing_behind(session, content):
    with pytest.raises(FlowFileUnreadable) as refused:
        stage(session, content)
    assert refused.value.fault is FileFault.NO_ROWS
    assert rows(session, FlowImport) == 0


def test_a_cut_off_utf_16_file_is_refused_by_its_line(session):
    content = "year,origin,host,people\n2018,EG,DE,3\n2018,DE,EG,4".encode("utf-16") + b"5"
    import_id, checked = stage(session, content)
    assert (import_id, [(each.line, each.fault) for each in checked.errors]) == (None, [(3, RowFault.WRONG_ENCODING)])


@pytest.mark.parametrize("encoding", ["hex", "rot13", "klingon"])
def test_an_encoding_that_is_none_of_text_is_named(session, encoding):
    with pytest.raises(FlowFileUnreadable) as refused:
        stage(session, YEARLY, options=FileOptions(encoding=encoding))
    assert (refused.value.fault, refused.value.value) == (FileFault.UNKNOWN_ENCODING, encoding)


def test_many_people_on_one_line_are_summed(session):
    programme = make_programme(session)
    take_in(session, "start,end,origin,host,people\n2018-01-01,2018-01-02,EG,DE,1000000000\n", programme)
    found = report(session, programme, unit=Unit.DAYS)
    assert found.table.weight("EG", "DE") == 2_000_000_000
    assert differences(session) == []
    source, fortnight = FlowSource(programme_ids=frozenset({programme.id})), (date(2018, 1, 1), date(2018, 1, 14))
    (by_day,) = sum_flows(session, source, [fortnight], planned=False, today=TODAY)
    assert (by_day.heads, by_day.days) == ((1_000_000_000,), (2_000_000_000,))


@pytest.mark.parametrize("currencies", ["USD EUR TND", ""])
def test_a_file_is_read_without_holding_a_transaction_open(session, currencies):
    with write_unit(session):
        session.add(ExchangeRate(currency="USD", day=date(2024, 1, 1), rate="1.1", source="a bank"))
    lines = [
        f"2024-01-{day:02},EG,DE,{number},{'10.50' if currency else ''},{currency},DE,EG\n"
        for day in range(1, 29)
        for number in range(1, 80)
        for currency in currencies.split() or [""]
    ]
    content = "".join(["start,origin,host,people,amount,currency,payer,beneficiary\n", *lines])
    stream = Watched(content.encode(), session)
    programme = make_programme(session)
    checked = flow_imports.check_flows(session, SYSTEM, stream, request_for(programme, keep_unconverted=True), now=NOW)
    assert checked.is_good
    assert len(stream.was_open) > 5
    assert not any(stream.was_open[1:]), "only the header is read before"
