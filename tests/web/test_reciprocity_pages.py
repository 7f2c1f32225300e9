"""The reciprocity report on screen: its tables, the cases behind a figure, its files, and who may open it."""

import csv
import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from mobility.domain.access import SYSTEM
from mobility.services.statements import Ask, freeze_statement
from mobility.storage.db import write_unit
from mobility.storage.models.programmes import Programme
from mobility.storage.models.statements import Statement
from mobility.storage.models.treaties import InstrumentRow
from mobility.web.reciprocity.csv_files import csv_bytes
from tests.factories import (
    NOW,
    make_case,
    make_flow,
    make_grant,
    make_office,
    make_officer,
    make_payment,
    make_person,
    make_programme,
    make_route,
)
from tests.web.forms import sentences, sign_in
from tests.web.statements import counted_statements


@pytest.fixture
def exchange(client, session):
    """A programme with stays both ways, and its manager, based in Germany, signed in."""
    programme = make_programme(session)
    for sending, receiving in (("EG", "DE"), ("DE", "EG"), ("DE", "MA")):
        make_route(session, programme=programme, sending=sending, receiving=receiving, quota_people=9)
    for number in range(8):
        make_flow(session, programme, "EG", "DE", date(2026, 3, 1) + timedelta(days=number))
    make_flow(session, programme, "DE", "EG")
    make_flow(session, programme, "DE", "MA")
    manager = make_person(session, name="Johannes Wiegand", country="DE")
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    return programme


def report(client, programme, **choices):
    asked = {"from": "2024", "to": "2026"} | choices
    return client.get("/reciprocity/report", query_string={"programme": programme.code} | asked)


def test_the_report_tells_the_pair_and_lists_partners_matrix_and_ledger(client, exchange):
    page = report(client, exchange)
    assert page.status_code == 200
    told = " ".join(sentences(page))
    assert "Germany and Egypt, 2024 to 2026" in told
    assert "Germany sent 1 person to Egypt and hosted 8. That tilts to Egypt." in told
    assert "not for publication" in told
    for words in ("hosted 7 more", "sent 1 more", "tilts to Egypt, p = 0.039", "r = 0.20", "Egypt is ahead by 7"):
        assert words in told, words
    assert page.text.count("<h1>") == 1
    assert page.text.count('class="m-lamp"') == 5
    assert "style=" not in page.text


def test_a_report_without_any_stay_says_what_to_do(client, session):
    programme = make_programme(session)
    make_route(session, programme=programme)
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    told = " ".join(sentences(report(client, programme)))
    assert "Choose other years above" in told
    assert "None" not in told.replace("None of the five measures tilts.", "")
    assert "nan" not in told.split()
    assert "r = —" in told


def test_a_programme_without_routes_has_nothing_to_compare(client, session):
    programme = make_programme(session)
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    page = report(client, programme)
    assert (page.status_code, "no route between two countries" in page.text) == (200, True)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"from": "abc"}, "There is no period for the year “abc”."),
        ({"from": "1700"}, "There is no period for the year “1700”."),
        ({"from": "2026", "to": "2024"}, "The last year lies before the first: “2024”."),
        ({"unit": "money"}, "“money” cannot be chosen here."),
        ({"country": "Egypt"}, "takes no part"),
        ({"country": "JP"}, "“JP” takes no part in this exchange."),
    ],
)
def test_a_choice_that_cannot_be_is_named_above_the_report(client, exchange, choices, sentence):
    page = report(client, exchange, **choices)
    assert page.status_code == 422
    assert sentence in " ".join(sentences(page))
    assert "Five measures" in page.text


def test_every_figure_of_people_opens_as_many_cases(client, session):
    programme = make_programme(session)
    route = make_route(session, programme=programme)
    make_route(session, programme=programme, sending="DE", receiving="EG")
    references = [make_case(session, route=route).reference for _ in range(2)]
    manager = make_person(session, country="DE")
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    asked = {"programme": programme.code, "stays": "planned", "from": "2026", "to": "2028"}
    page = client.get("/reciprocity/cases", query_string=asked | {"origin": "EG", "host": "DE"})
    assert all(f'href="/desk/cases/{reference}"' in page.text for reference in references)
    assert client.get(f"/desk/cases/{references[0]}").status_code == 200
    assert "2 stays are counted" in page.text
    for about in ("approved", "refused", "withdrawn", "pending", "kept", "late", "money", "not_converted"):
        opened = client.get("/reciprocity/cases", query_string=asked | {"origin": "EG", "host": "DE", "about": about})
        assert opened.status_code == 200, about
    for wrong in ({"about": "secrets"}, {"origin": "EGY"}, {"after": "x"}):
        assert client.get("/reciprocity/cases", query_string=asked | wrong).status_code == 422


def test_money_tells_what_could_not_be_converted(client, session, exchange):
    case = make_case(session, route=exchange.routes[0])
    make_payment(session, case)
    make_payment(session, case, currency="EGP", amount_eur_minor=None)
    told = " ".join(sentences(report(client, exchange)))
    assert "900.00 EUR" in told
    assert "not converted (1)" in told


def rows_of(answer):
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_table_is_a_file_with_codes_and_plain_numbers(client, exchange):
    asked = {"programme": exchange.code, "from": 2024, "to": 2026}
    partners = client.get("/reciprocity/report/partners.csv", query_string=asked)
    assert partners.mimetype == "text/csv"
    assert "attachment" in partners.headers["Content-Disposition"]
    egypt = rows_of(partners)[0]
    assert (egypt["country"], egypt["partner"], egypt["sent"], egypt["hosted"]) == ("DE", "EG", "1", "8")
    assert (egypt["net"], egypt["balance"], egypt["status"]) == ("7", "0.777778", "shown")
    cells = {(row["origin"], row["host"]): row["people"] for row in rows_of(_file(client, "matrix", asked))}
    assert (cells["EG", "DE"], cells["DE", "EG"]) == ("8", "1")
    for name in ("ledger", "money", "contributions", "service", "quotas"):
        assert _file(client, name, asked).status_code == 200, name
    assert rows_of(_file(client, "service", asked))[0]["status"] == "none"
    assert _file(client, "secrets", asked).status_code == 404


def _file(client, name, asked):
    return client.get(f"/reciprocity/report/{name}.csv", query_string=asked)


def test_a_file_computes_nothing_when_a_spreadsheet_opens_it():
    rows = [{"name": "=SUM(A1)", "other": "+1", "number": -4, "share": None, "line": "\tx", "plain": "a-b"}]
    text = csv_bytes(rows).decode("utf-8-sig")
    assert text.splitlines()[1] == "'=SUM(A1),'+1,-4,,'\tx,a-b"
    assert csv_bytes([]) == b"\xef\xbb\xbf"


def test_officers_applicants_and_managers_of_another_programme_do_not_open_it(client, session, exchange):
    stranger = make_person(session)
    make_grant(session, stranger, "manager", programme=make_programme(session))
    officer = make_officer(session, make_office(session))
    code = exchange.code
    paths = (f"/reciprocity/report?programme={code}", f"/reciprocity/cases?programme={code}")
    for person in (stranger, officer, make_person(session)):
        sign_in(client, person)
        for path in (*paths, f"/reciprocity/report/matrix.csv?programme={code}"):
            assert client.get(path).status_code == 404
    sign_in(client, stranger)
    assert code not in client.get("/reciprocity/").text


def test_the_list_of_reports_names_programmes_and_instruments(client, exchange):
    page = client.get("/reciprocity/").text
    assert f"programme={exchange.code}" in page
    assert "instrument=" in page


def test_the_page_reads_from_right_to_left(client, exchange):
    client.get("/language/ar")
    page = report(client, exchange)
    assert page.status_code == 200
    if 'dir="rtl"' in page.text:  # once the Arabic catalogue is offered
        assert '<svg viewBox="0 0 152' in page.text
        assert 'direction="rtl"' in page.text


@pytest.mark.parametrize(
    "path", ["/reciprocity/", "/reciprocity/report?programme={}", "/reciprocity/cases?programme={}"]
)
def test_a_page_costs_at_most_twenty_statements(app, client, exchange, path):
    address = path.format(exchange.code)
    client.get(address)
    with counted_statements(app) as statements:
        assert client.get(address).status_code == 200
    assert 0 < len(statements) <= 20


def test_the_report_is_offered_on_paper_in_complete_languages_only(client, exchange):
    page = report(client, exchange).text
    assert "language=fr" in page
    assert "language=zh" not in page
    whole = f"/reciprocity/whole.pdf?programme={exchange.code}&language="
    assert [client.get(f"{whole}{code}").status_code for code in ("zh", "tlh")] == [422, 422]


def confirmed_statement(session, code):
    """The statement of 2025, as if both sides had signed it."""
    with write_unit(session):
        number = freeze_statement(session, SYSTEM, Ask(instrument=code, pair=("DE", "EG"), year=2025), now=NOW)
        session.get_one(Statement, number).state = "confirmed"
    return number


def test_the_ledger_marks_the_years_that_both_sides_signed_and_tells_what_changed_since(client, session, exchange):
    query = {"programme": exchange.code, "from": "2025", "to": "2025", "country": "DE", "partner": "EG"}
    programme_id = exchange.id
    code = session.get_one(InstrumentRow, exchange.instrument_id).code
    make_flow(session, exchange, "EG", "DE", date(2025, 3, 1), date(2025, 3, 9))
    number = confirmed_statement(session, code)
    exchange = session.get_one(Programme, programme_id)
    make_flow(session, exchange, "EG", "DE", date(2025, 4, 1), date(2025, 4, 9))
    page = client.get("/reciprocity/report", query_string=query)
    told = " ".join(sentences(page))
    assert "As signed by both sides: 2025. All other years are counted from the records." in told
    assert "2025: both sides signed 0 sent and 1 hosted. The records now give 0 and 2." in told
    assert f'<a href="/statements/{number}">Version 1</a>' in page.text
    table = csv.DictReader(io.StringIO(client.get("/reciprocity/report/ledger.csv", query_string=query).text))
    line = list(table)[-1]
    assert (line["hosted"], line["recorded_hosted"], line["signed_version"], len(line["signed_hash"])) == (
        "1",
        "2",
        "1",
        64,
    )
    paper = client.get("/reciprocity/whole.pdf", query_string=query)
    text = " ".join(" ".join(each.extract_text() for each in PdfReader(io.BytesIO(paper.data)).pages).split())
    assert "Signed by both sides" in text
    assert "both sides signed 0 sent and 1 hosted" in text
    assert (
        "Signed by both sides"
        not in client.get("/reciprocity/report", query_string=query | {"unit": "days", "stays": "planned"}).text
    )
