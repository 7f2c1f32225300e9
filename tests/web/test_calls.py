"""The start page and the page of a call: everybody reads them; filters live in the address."""

import re
from zoneinfo import ZoneInfo

import pytest

from mobility.clock import utc_now
from tests.factories import make_call, make_officer, make_person, make_programme, make_provision, make_route
from tests.web.forms import post, sentences, sign_in


@pytest.fixture
def today():
    """The views read the real clock, so calls stand around the real day where they close."""
    return utc_now().astimezone(ZoneInfo("Europe/Berlin")).date()


@pytest.fixture
def call(session, today):
    return make_call(session, code="stage", today=today, closes_in_days=4, discipline="theatre")


def heading(page) -> str:
    return re.sub(r"<[^>]+>", "", re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL).group(1)).strip()


def test_index_lists_open_calls_to_everybody(client, call) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert heading(page) == "Open calls for artists and researchers"
    words = sentences(page)
    assert "Residencies in scenography" in words
    assert "closes in 4 days" in words
    assert "1 open call" in words
    assert any("Dresden, Germany" in each and "people based in Egypt" in each for each in words)


def test_index_filters_by_address(client, session, today, call) -> None:
    back = make_route(session, programme=make_programme(session), sending="DE", receiving="EG")
    make_call(session, code="back", route=back, today=today, texts={"en": {"title": "Way back", "summary": "x"}})
    assert "Way back" not in client.get("/?to=DE").text
    assert "Way back" in client.get("/?from=DE&to=EG").text
    assert "Way back" in client.get("/?words=WAY").text
    page = client.get("/?field=theatre&from=EG")
    assert 'value="theatre" selected' in page.text
    assert 'value="EG" selected' in page.text


def test_index_says_what_to_do_when_nothing_fits(client, call) -> None:
    page = client.get("/?words=nothing")
    assert "No open call fits these filters. Leave one of them out, or look at all open calls." in sentences(page)
    assert 'href="/"' in page.text


def test_index_says_what_to_do_when_nothing_is_open(client, session) -> None:
    page = client.get("/")
    assert any(each.startswith("No call is open today.") for each in sentences(page))


def test_index_pages_on(client, session, today, call) -> None:
    for days in range(20):
        make_call(session, code=f"c{days}", route=call.route, today=today, closes_in_days=10 + days)
    page = client.get("/")
    following = re.search(r'rel="next" href="([^"]+)"', page.text).group(1).replace("&amp;", "&")
    second = client.get(following)
    assert page.text.count('class="m-call"') == 20
    assert second.text.count('class="m-call"') == 1
    assert "/calls/c19" in second.text


@pytest.mark.parametrize("query", ["after=nonsense", "after=2026-99-01.1"])
def test_index_refuses_a_page_that_nobody_gave_out(client, query) -> None:
    assert client.get(f"/?{query}").status_code == 422


def test_index_survives_what_people_put_into_addresses(client, call) -> None:
    for query in ("from=%00", "to=%27%3B--", "field=" + "x" * 5000, "words=%25%5F", "from=EG&from=DE"):
        assert client.get(f"/?{query}").status_code == 200


def test_show_says_what_where_when_and_who(client, session, today) -> None:
    provision = make_provision(session, article="23(1)")
    route = make_route(session, provisions={"visa": [provision.code]})
    make_call(session, code="stage", route=route, today=today)
    page = client.get("/calls/stage")
    words = sentences(page)
    assert heading(page) == "Residencies in scenography"
    assert "People who live in Egypt and want to go to Germany." in words
    assert "The consulate decides on the application." in words
    assert "15 calendar days" in words
    assert "23(1)" in words
    assert "No law sets a time limit for this stage." in words
    assert (
        "Applications are taken until the end of this day, 24:00 in Berlin. The call itself sets the day; no law does."
        in words
    )
    assert "Sign in to apply" in words


def test_show_offers_the_application_that_is_begun(client, session, call) -> None:
    person = make_person(session)
    sign_in(client, person)
    assert "Apply" in sentences(client.get("/calls/stage"))
    started = post(client, "/calls/stage/apply", page="/calls/stage")
    assert started.status_code == 302
    page = client.get("/calls/stage")
    assert "Continue your application" in sentences(page)
    assert started.location in page.text


def test_show_offers_nothing_to_those_who_decide(client, session, call) -> None:
    sign_in(client, make_officer(session, call.route.receiving_office))
    assert "/calls/stage/apply" not in client.get("/calls/stage").text
    assert post(client, "/calls/stage/apply", page="/").status_code == 403


def test_show_of_a_closed_call_says_so(client, session, today) -> None:
    make_call(session, code="over", today=today, closes_in_days=-2)
    page = client.get("/calls/over")
    assert "This call is closed. It takes no more applications." in sentences(page)
    assert "/calls/over/apply" not in page.text


def test_a_call_nobody_published_is_not_there(client, session, today) -> None:
    make_call(session, code="hidden", today=today, is_published=False)
    assert client.get("/calls/hidden").status_code == 404
    assert client.get("/calls/none").status_code == 404
    assert client.get("/calls/%00").status_code in (400, 404)


def test_texts_in_another_language_carry_their_language(client, session, today) -> None:
    make_call(session, code="ar", today=today, texts={"ar": {"title": "فضاء المسرح", "summary": "ثلاثة أشهر"}})
    for address in ("/", "/calls/ar"):
        assert re.search(r'lang="ar" dir="auto">فضاء المسرح', client.get(address).text)
