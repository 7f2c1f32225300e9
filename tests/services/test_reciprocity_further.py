"""What the report says beyond one pair: imports, income groups, choices of countries and fields, two periods, paper."""

import gzip
import io
import json
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from mobility.domain.access import SYSTEM
from mobility.domain.countries import find_country
from mobility.domain.errors import InvalidInput
from mobility.files.typesetting import NotTypeset
from mobility.services import flow_imports
from mobility.services.flow_imports import ImportRequest
from mobility.services.reciprocity import (
    TABLES,
    About,
    CasesQuery,
    ReportQuery,
    StaysKind,
    Unit,
    build_report,
    list_cases_behind,
    report_as_data,
    report_as_sheets,
)
from mobility.services.report_pdf import PdfOptions, report_pdf
from mobility.storage.db import write_unit
from mobility.storage.queries.flow_heads import sum_heads_by_year
from mobility.storage.queries.flow_source import FlowSource
from tests.factories import NOW, make_flow, make_programme, make_route

DATA = Path(__file__).parents[1] / "data"
REFERENCE = json.loads((DATA / "scholars_reference.json").read_text(encoding="utf-8"))


def take_in(session, content, programme=None, **values):
    code = programme.code if programme else ""
    request = ImportRequest(file_name="f.csv", source="A yearbook", licence="CC0", programme=code, **values)
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    number, checked = flow_imports.stage_flows(session, SYSTEM, stream, request, now=NOW, write=write_unit)
    assert number is not None, checked.errors
    with write_unit(session):
        flow_imports.import_staged(session, SYSTEM, number, now=NOW)
    return number


def five_years():
    """The scholars' file, its header and the years of the reference that the report is compared with."""
    text = gzip.decompress((DATA / "scholars_flows_1998_2018.csv.gz").read_bytes()).decode()
    header, *rows = text.splitlines(keepends=True)
    return "".join([header, *(row for row in rows if row >= "2014")])


@pytest.fixture
def exchange(session):
    programme = make_programme(session)
    make_route(session, programme=programme)
    make_flow(session, programme, "EG", "DE", date(2025, 3, 1), date(2025, 3, 10), discipline="music")
    make_flow(session, programme, "DE", "EG", date(2026, 3, 1), date(2026, 3, 5), discipline="dance")
    make_flow(session, programme, "MA", "DE", date(2026, 4, 1), date(2026, 4, 2), discipline="dance")
    return programme


def report(session, programme, **choices):
    asked = {"first_year": 2025, "last_year": 2026, "country": "DE"} | choices
    return build_report(session, SYSTEM, ReportQuery(programme=programme.code, **asked), now=NOW)


# ------------------------------------------------------------------ the scholars' file


def test_the_report_of_the_imported_file_equals_the_reference(session):
    number = take_in(session, five_years())
    query = ReportQuery(collection=number, first_year=2014, last_year=2018, country="US")
    found = build_report(session, SYSTEM, query, now=NOW)
    expected = REFERENCE["periods"]["2014-2018"]["measure"]
    assert (found.measures.total, found.measures.pairs) == (expected["total"], expected["pairs"])
    assert float(found.measures.r) == pytest.approx(expected["r"], abs=1e-6)
    assert float(found.measures.mei) == pytest.approx(expected["mei"], abs=1e-6)
    largest = {frozenset((each.a, each.b)): abs(each.net) for each in found.imbalances}
    wanted = expected["top_imbalances"]
    assert largest == {frozenset(map(find_country, (e["a"], e["b"]))): abs(e["net"]) for e in wanted}
    matrix = REFERENCE["income_groups_2014_2018"]["matrix"]
    shown = {row.group: {cell.group: cell.people for cell in row.cells} for row in found.equity.rows}
    assert {group: shown[group] for group in matrix} == matrix
    assert found.equity.unclassified == 5
    assert float(found.equity.measures.r) == pytest.approx(
        REFERENCE["income_groups_2014_2018"]["measure"]["r"], abs=1e-6
    )
    source = FlowSource(programme_ids=frozenset(), collection=number)
    by_years = sum_heads_by_year(session, source, (date(2014, 1, 1), date(2018, 12, 31)))
    assert sum(by_years.values()) == expected["total"]
    assert len(found.matrix.countries) == 20 < len(found.travelled) == 210
    assert len(TABLES["matrix"](found)) == REFERENCE["periods"]["2014-2018"]["links"]


# ------------------------------------------------------------------ choices


def test_one_discipline_alone(session, exchange):
    assert report(session, exchange, discipline="dance").measures.total == 2
    assert report(session, exchange, discipline="dance", unit=Unit.DAYS).measures.total == 7
    with write_unit(session):
        exchange.accounting_month = 4
    assert report(session, exchange, discipline="dance", first_year=2026).measures.total == 1


def test_only_flows_between_chosen_countries(session, exchange):
    found = report(session, exchange, among=("DE", "EG"))
    assert (found.measures.total, found.countries) == (2, ("EG", "DE"))


def test_two_periods_stand_side_by_side(session, exchange):
    found = report(session, exchange, first_year=2026, compare_first=2025, partner="EG")
    assert (found.measures.total, found.compared.measures.total) == (2, 1)
    assert (found.compared.pair.ab, found.compared.pair.ba) == (0, 1)
    assert found.compared.window.last_year == 2025
    assert [row["total"] for row in TABLES["comparison"](found)] == [2, 1]
    assert TABLES["comparison"](report(session, exchange)) == []
    with pytest.raises(InvalidInput):
        report(session, exchange, compare_first=2026, compare_last=2025)


def test_income_groups_are_those_of_the_year_and_of_actual_stays_only(session, exchange):
    take_in(session, "year,origin,host,people\n2023,NA,DE,1\n2024,NA,DE,1\n", exchange)
    found = report(session, exchange, first_year=2023, last_year=2024).equity
    assert [row.sent for row in found.rows] == [0, 1, 1, 0, 0]  # upper middle in 2023, lower middle in 2024
    assert report(session, exchange, stays=StaysKind.PLANNED).equity is None


def test_a_cell_between_income_groups_opens_the_rows_it_counts(session, exchange):
    take_in(session, "year,origin,host,people\n2023,NA,DE,1\n2024,NA,DE,4\n2024,GI,DE,2\n", exchange)
    asked = ReportQuery(programme=exchange.code, first_year=2023, last_year=2024)
    for group, people in (("UMC", 1), ("LMC", 4), ("unclassified", 0), ("HIC", 2)):
        query = CasesQuery(report=asked, about=About.IMPORTED, from_group=group, to_group="HIC")
        assert list_cases_behind(session, SYSTEM, query, now=NOW).imported_people == people, group


def test_every_imported_figure_opens_its_rows(session, exchange):
    number = take_in(session, "year,origin,host,people\n2025,EG,DE,4\n2026,EG,DE,3\n", exchange)
    asked = ReportQuery(programme=exchange.code, first_year=2025, last_year=2025)
    query = CasesQuery(report=asked, about=About.IMPORTED, origin="EG", host="DE")
    found = list_cases_behind(session, SYSTEM, query, now=NOW)
    assert [(line.import_id, line.line, line.people) for line in found.imported] == [(number, 2, 4)]
    stays = list_cases_behind(session, SYSTEM, CasesQuery(report=asked, origin="EG", host="DE"), now=NOW)
    assert (stays.total, stays.imported_people) == (1, 4)
    assert report(session, exchange, last_year=2025).totals.ba == 5


# ------------------------------------------------------------------ files


def test_the_sheets_say_what_they_are_about_and_hold_every_table(session, exchange):
    sheets = report_as_sheets(report(session, exchange))
    assert set(sheets) == {"about", *TABLES}
    about = {row["what"]: row["value"] for row in sheets["about"]}
    assert (about["unit"], about["total"]) == ("people", 3)
    data = report_as_data(report(session, exchange))
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@pytest.mark.parametrize("languages", [("en",), ("ar",), ("zh",), ("ru", "ar")])
def test_the_report_on_paper(session, exchange, languages):
    made = report_pdf(report(session, exchange, compare_first=2025), PdfOptions(languages=languages))
    reader = PdfReader(io.BytesIO(made))
    assert "pdfuaid" in reader.root_object["/Metadata"].get_data().decode()
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert len(reader.pages) >= 1
    if languages == ("en",):
        text = " ".join(page.extract_text() for page in reader.pages)
        assert "Germany and Morocco, 2025 to 2026" in text or "Germany and Egypt, 2025 to 2026" in text


def test_more_than_two_languages_and_unknown_ones_are_refused(session, exchange):
    found = report(session, exchange)
    for languages in ((), ("en", "ar", "fr"), ("tlh",)):
        with pytest.raises(InvalidInput):
            report_pdf(found, PdfOptions(languages=languages))


def test_a_letter_that_no_font_has_is_named(session):
    number = take_in(session, "year,origin,host,people\n2025,EG,DE,4\n", title="ไทย")
    found = build_report(session, SYSTEM, ReportQuery(collection=number, country="DE"), now=NOW)
    with pytest.raises(NotTypeset) as refused:
        report_pdf(found, PdfOptions(languages=("en",)))
    assert refused.value.parameters["why"]


def test_a_surplus_expires_and_is_capped_as_the_programme_says(session, exchange):
    with write_unit(session):
        exchange.balance_expires_after, exchange.balance_cap = 1, 2
    for year, number in ((2022, 3), (2023, 0), (2024, 1)):
        for day in range(number):
            make_flow(session, exchange, "DE", "EG", date(year, 5, 1 + day), date(year, 6, 1))
    found = report(session, exchange, first_year=2022, last_year=2024, partner="EG")
    closes = {line.period.year: (line.close.dropped, line.close.expired, line.close.closing) for line in found.ledger}
    assert [closes[year] for year in (2022, 2023, 2024)] == [(1, 0, 2), (0, 2, 0), (0, 0, 1)]
    assert report(session, exchange, unit=Unit.DAYS, partner="EG").ledger[-1].close.expired == 0
