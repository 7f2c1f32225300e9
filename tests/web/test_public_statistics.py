"""Statistics for everybody: nothing before the release; page, CSV, JSON and picture say the same and nothing small."""

import csv
import io
import json
from datetime import date
from xml.etree import ElementTree

import pytest

from mobility.domain.reciprocity.cube import build_cube, suppress_cube
from mobility.web.public_statistics.picture import HATCHED, MIDDLE, bars_of
from tests.factories import make_flow, make_grant, make_person, make_programme, make_route
from tests.web.forms import post, sentences, sign_in, sign_out


@pytest.fixture
def exchange(client, session):
    """Stays of 2024 of which one figure is small; the manager is signed in. Returns the instrument's code."""
    programme = make_programme(session)
    make_route(session, programme=programme)
    for origin, host, number, field in (
        ("EG", "DE", 3, "theatre"),
        ("EG", "DE", 20, "music"),
        ("DE", "EG", 15, "theatre"),
        ("DE", "EG", 25, "music"),
        ("MA", "DE", 12, "music"),
    ):
        for _ in range(number):
            make_flow(session, programme, origin, host, date(2024, 3, 1), date(2024, 3, 9), discipline=field)
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    code = programme.instrument.code
    sign_in(client, manager)
    return code


def told(page) -> str:
    return " ".join(sentences(page))


def test_a_table_is_looked_at_released_and_taken_along(client, exchange):
    address = f"/statistics/{exchange}/2024"
    assert client.get(address).status_code == 404
    asked = f"/statistics/release?instrument={exchange}&year=2024"
    preview = told(client.get(asked))
    assert "Release the table to the public" in preview
    assert "hidden" in preview
    done = post(client, asked, follow_redirects=True)
    assert "The table is public now" in told(done)
    assert "nothing has changed" in told(client.get(asked))
    assert "released already" in told(post(client, asked))

    sign_out(client)
    page = told(client.get(address))
    assert "A hidden figure may be large." in page
    assert "Exchange 2010, 2024" in told(client.get("/statistics/"))
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").data.decode("utf-8-sig"))))
    cells = json.loads(client.get(f"{address}.json").data)["cells"]
    assert [row["people"] for row in rows] == ["" if each["people"] is None else str(each["people"]) for each in cells]
    hidden = [row for row in rows if row["status"] == "hidden"]
    assert {"origin": "EG", "host": "DE", "field": "theatre", "people": "", "status": "hidden"} in hidden
    assert all(int(row["people"]) >= 5 for row in rows if row["status"] == "shown")
    drawn = client.get(f"{address}.svg")
    assert drawn.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "style=" not in drawn.text
    assert 'direction="rtl"' not in drawn.text
    assert 'direction="rtl"' in client.get(f"{address}.svg?language=ar").text
    assert ElementTree.fromstring(drawn.text).tag.endswith("svg")


def test_a_year_that_is_not_over_is_refused_with_the_reason(client, exchange):
    page = client.get(f"/statistics/release?instrument={exchange}&year=2100")
    assert (page.status_code, "has not ended yet" in told(page)) == (422, True)


def test_bars_are_mirrored_by_computing_and_a_hidden_one_has_one_length():
    published = suppress_cube(build_cube([("A", "B", "m", 40), ("B", "A", "m", 20), ("C", "A", "m", 2)]))
    plain, mirrored = bars_of(published), bars_of(published, rtl=True)
    assert [bar.code for bar in plain] == [bar.code for bar in mirrored]
    for bar, other in zip(plain, mirrored, strict=True):
        assert bar.sent_x + bar.sent_width == pytest.approx(MIDDLE)
        assert other.sent_x == MIDDLE
        assert other.hosted_x + other.hosted_width == pytest.approx(MIDDLE)
        if bar.sent is None:
            assert bar.sent_width == HATCHED


@pytest.mark.parametrize("year", [0, 10_000, 2**62])
def test_a_year_that_no_calendar_has_is_no_released_table(client, exchange, year):
    for address in (f"/statistics/{exchange}/{year}", f"/statistics/{exchange}/{year}.csv"):
        assert client.get(address).status_code == 404


def test_a_year_that_cannot_be_counted_is_refused_and_nothing_released(client, exchange):
    asked = f"/statistics/release?instrument={exchange}&year="
    assert "This table cannot be released." in told(client.get(f"{asked}9999"))
    for year in ("", "0000", "9999"):
        refused = post(client, f"{asked}{year}", page=f"{asked}2024")
        assert (refused.status_code, "This table cannot be released." in told(refused)) == (422, True)
