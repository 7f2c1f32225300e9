"""Imports on screen: a file is checked, shown, counted, taken back; bad files are told with their lines."""

import io
import re

import pytest

from tests.factories import make_flow, make_grant, make_imports, make_person, make_programme, make_route
from tests.web.forms import sentences, sign_in

YEARLY = "year,origin,destination,people\n2025,EG,DE,3\n2026,DE,EG,2\n"


@pytest.fixture
def programme(client, session):
    made = make_programme(session)
    make_route(session, programme=made)
    make_flow(session, made)
    manager = make_person(session, country="DE")
    make_grant(session, manager, "manager", programme=made)
    sign_in(client, manager)
    return made


def send(client, content, **values):
    given = {"source": "A yearbook", "licence": "CC BY 4.0", "programme": "", "encoding": "utf-8"}
    token = client.get("/flows/new").text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    data = given | values | {"csrf_token": token, "file": (io.BytesIO(content.encode()), "flows.csv")}
    return client.post("/flows/new", data=data, content_type="multipart/form-data")


def press(client, page, action):
    token = page.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    return client.post(action, data={"csrf_token": token}, follow_redirects=True)


def test_a_file_is_checked_counted_reported_and_taken_back(client, programme):
    sent = send(client, YEARLY, programme=programme.code)
    assert sent.status_code == 302
    page = client.get(sent.location)
    told = " ".join(sentences(page))
    assert "Nothing of it is counted yet" in told
    assert "destination" in told
    counted = press(client, page, f"{sent.location}/count")
    assert "The file is counted in all figures." in " ".join(sentences(counted))
    asked = {"programme": programme.code, "from": "2025", "to": "2026", "country": "DE"}
    report = client.get("/reciprocity/report", query_string=asked)
    assert "hosted 4" in " ".join(sentences(report))
    cases = client.get("/reciprocity/cases", query_string=asked | {"about": "imported", "origin": "EG", "host": "DE"})
    assert "3 people were counted by imported rows" in " ".join(sentences(cases))
    undone = press(client, counted, f"{sent.location}/undo")
    assert "It is in no figure" in " ".join(sentences(undone))


def test_bad_rows_are_listed_and_what_was_typed_is_kept(client, programme):
    page = send(client, YEARLY + "2026,ZZ,DE,1\n", programme=programme.code)
    told = " ".join(sentences(page))
    assert page.status_code == 422
    assert "1 row cannot be taken in, so nothing was imported" in told
    assert "“ZZ” in column “origin” is no country code." in told
    assert "A yearbook" in page.text
    assert "Nothing was imported yet." in " ".join(sentences(client.get("/flows/")))


@pytest.mark.parametrize(
    ("content", "values", "said"),
    [
        ("a,b\n1,2\n", {}, "There is no column “origin”"),
        (YEARLY, {"source": ""}, "Fill this in."),
        (YEARLY, {"programme": "NOPE"}, "Not a valid choice"),
        (YEARLY, {"column_people": "heads"}, "There is no column “heads”"),
    ],
)
def test_a_file_or_an_answer_that_cannot_be_used_is_named(client, programme, content, values, said):
    page = send(client, content, **values)
    assert page.status_code == 422
    assert said in " ".join(sentences(page))


def test_a_collection_has_a_report_with_its_source_and_files(client, programme):
    sent = send(client, YEARLY, title="Scholars")
    press(client, client.get(sent.location), f"{sent.location}/count")
    assert "Scholars" in " ".join(sentences(client.get("/reciprocity/")))
    asked = {"collection": sent.location.rsplit("/", 1)[1], "from": "2025", "to": "2026", "compare_from": "2025"}
    page = client.get("/reciprocity/report", query_string=asked)
    told = " ".join(sentences(page))
    for words in ("Source: A yearbook. Licence: CC BY 4.0.", "Between income groups", "Two periods side by side"):
        assert words in told, words
    assert "style=" not in page.text
    for address, start in (("whole.xlsx", b"PK"), ("whole.pdf", b"%PDF"), ("report/equity.xlsx", b"PK")):
        found = client.get(f"/reciprocity/{address}", query_string=asked)
        assert (found.status_code, found.data[: len(start)]) == (200, start)
        assert "attachment" in found.headers["Content-Disposition"]


def test_a_choice_that_does_not_exist_is_named_and_the_report_shown_without_it(client, programme):
    page = client.get("/reciprocity/report", query_string={"programme": programme.code, "among": "ZZ"})
    assert page.status_code == 422
    assert "“ZZ” is no country code." in " ".join(sentences(page))
    for choice in ({"discipline": "fishing"}, {"compare_from": "x"}):
        wrong = client.get("/reciprocity/report", query_string={"programme": programme.code} | choice)
        assert wrong.status_code == 422


def test_older_imports_stand_on_further_pages(client, session, programme):
    made = make_imports(session, 120)
    newest = [f"Import {number}" for number in range(119, -1, -1)]
    found, address, pages = [], "/flows/", 0
    while address:
        page = client.get(address)
        found += re.findall(r'dir="auto">(Import \d+)</a>', page.text)
        further = re.search(r'rel="next" href="([^"]+)"', page.text)
        address, pages = further and further[1], pages + 1
    assert (found, pages) == (newest, 3)
    assert "From the beginning" in page.text
    assert "From the beginning" not in client.get("/flows/").text
    beyond = client.get(f"/flows/?before={made[0].id}")
    assert beyond.status_code == 200
    assert "Nothing was imported yet" not in beyond.text
    for nonsense in ("x", "-1", "9" * 40, "٣"):
        assert client.get("/flows/", query_string={"before": nonsense}).status_code == 200
