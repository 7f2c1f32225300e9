"""Applying on screen: the task list, sections with autosave and merge, checking, sending once, giving up."""

import html
import re
from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from mobility.clock import utc_now
from mobility.services.documents import ReceivedFile, store_document
from mobility.storage.db import write_unit
from mobility.storage.models.applications import Application, ApplicationSection
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.programmes import Call
from tests.factories import actor_for, make_call, make_person
from tests.files import samples
from tests.web.forms import csrf_token, post, row_version, sentences, sign_in

DAY = timedelta(days=1)


@pytest.fixture
def today():
    """The views read the real clock, so calls stand around the real day."""
    return utc_now().date()


@pytest.fixture
def call(session, today):
    return make_call(session, code="stage", today=today)


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.fixture
def draft(client, session, call, person) -> str:
    """The address of a draft of the person who is signed in."""
    sign_in(client, person)
    started = post(client, "/calls/stage/apply", page="/calls/stage")
    assert started.status_code == 302
    return started.location


@pytest.fixture
def good(today):
    """Good answers of every section, as they would be posted."""

    def typed(day) -> str:
        return f"{day.day} {day.month} {day.year}"

    return {
        "about_you": {"birth_on": "30 3 1990", "passport_number": "A1234567", "nationality": "EG", "residence": "EG"},
        "your_work": {"discipline": "theatre", "title": "Light", "statement": "Wood.\nLight.", "links": ""},
        "your_stay": {"arrival_on": typed(today + 70 * DAY), "departure_on": typed(today + 139 * DAY)},
        "languages": {"languages-0-language": "en", "languages-0-level": "b1"},
        "funding": {
            "lines-0-line": "travel",
            "lines-0-amount": "1,250.50",
            "lines-0-currency": "EUR",
            "lines-0-payer": "EG",
        },
        "declarations": {"truthful": "y", "rights": "y", "data_protection": "y"},
    }


def open_page(client, address):
    """Return what the form of a section holds besides its inputs: token, version, page and what stood there."""
    page = client.get(address)
    assert page.status_code == 200
    hidden = dict(re.findall(r'name="(page|before|row_version)" value="([^"]*)"', page.text))
    return {"csrf_token": csrf_token(page), **{name: html.unescape(value) for name, value in hidden.items()}}


def fill(client, session, person, draft, good) -> None:
    for code, answers in good.items():
        opened = open_page(client, f"{draft}/{code}")
        assert client.post(f"{draft}/{code}", data=opened | answers).status_code == 302, code
    file = ReceivedFile(sha256="0" * 64, size=10, media_type="application/pdf", file_name="a.pdf")
    with write_unit(session):
        for kind in ("passport", "cv", "portfolio", "diploma", "invitation"):
            store_document(
                session,
                actor_for(person),
                kind=kind,
                stream=file,
                application_id=int(draft.rsplit("/", 1)[1]),
                rights="© Layla",
                now=utc_now(),
            )


def test_show_lists_the_sections_with_their_status(client, draft) -> None:
    words = sentences(client.get(draft))
    assert "It is your turn: 7 sections are left." in words
    assert words.count("not started") == 7
    assert "Go on with: About you" in words


def test_one_goes_from_section_to_section(client, draft, good) -> None:
    order = ["about_you", "your_work", "your_stay", "languages", "funding", "documents"]
    for code, following in pairwise(order):
        answer = client.post(f"{draft}/{code}", data=open_page(client, f"{draft}/{code}") | good[code])
        assert (answer.status_code, answer.location) == (302, f"{draft}/{following}")
        shown = client.get(f"{draft}/{code}").text
        assert all(html.escape(value, quote=True) in shown for value in good[code].values())
    assert "It is your turn: 2 sections are left." in sentences(client.get(draft))


@pytest.mark.parametrize(
    ("code", "answers", "sentence"),
    [
        ("your_stay", {"arrival_on": "30 2 2027"}, "There is no such day: 30 2 2027."),
        ("your_stay", {"departure_on": "1 1 9999"}, "Give a year between 1900 and 2200. You wrote 1 1 9999."),
        ("your_stay", {"arrival_on": "soon"}, "Give day, month and year, for example 30 4 2027."),
        ("about_you", {"birth_on": "29 2 1991"}, "There is no such day: 29 2 1991."),
        ("about_you", {"birth_on": "1 1 2100"}, "The date of birth must lie in the past, after 1900."),
        ("about_you", {"passport_number": "12"}, "A passport number has 5 to 15 letters (A to Z) and figures."),
        ("about_you", {"nationality": "Atlantis"}, "Choose one of the answers in the list."),
        ("your_work", {"links": "javascript:alert(1)"}, "You wrote javascript:alert(1)."),
        ("funding", {"lines-0-amount": "1.250,50"}, "You wrote 1.250,50."),
        ("funding", {"lines-0-amount": "-5"}, "Give an amount above zero and below ten thousand million."),
        ("funding", {"lines-0-payer": "FR"}, "Choose one of the two countries of this exchange."),
        ("languages", {"languages-0-level": ""}, "Give an answer."),
        ("declarations", {"truthful": ""}, "Tick this box; the application cannot be sent without it."),
    ],
)
def test_a_wrong_answer_is_kept_shown_and_explained(client, draft, good, code, answers, sentence) -> None:
    opened = open_page(client, f"{draft}/{code}")
    page = client.post(f"{draft}/{code}", data=opened | good[code] | answers)
    assert page.status_code == 422
    assert any(sentence in each for each in sentences(page))
    assert 'role="alert"' in page.text
    for value in answers.values():
        if value not in ("", "FR", "Atlantis"):
            assert html.escape(value) in client.get(f"{draft}/{code}").text
    assert "to finish" in sentences(client.get(draft))


def test_a_departure_before_the_arrival_is_refused(client, draft, today) -> None:
    def typed(day) -> str:
        return f"{day.day} {day.month} {day.year}"

    answers = {"arrival_on": typed(today + 100 * DAY), "departure_on": typed(today + 90 * DAY)}
    page = client.post(f"{draft}/your_stay", data=open_page(client, f"{draft}/your_stay") | answers)
    assert page.status_code == 422
    assert any(each.startswith("Must be on or after") for each in sentences(page))


def test_what_is_missing_is_not_complained_of_before_one_tries(client, draft) -> None:
    assert "m-error" not in client.get(f"{draft}/your_stay").text
    assert "m-error" in client.get(f"{draft}/your_stay?strict=y").text


def test_saving_for_later_goes_back_to_the_list(client, draft) -> None:
    data = open_page(client, f"{draft}/your_stay") | {"arrival_on": "30 2 2027", "then": "later"}
    answer = client.post(f"{draft}/your_stay", data=data)
    assert (answer.status_code, answer.location) == (302, draft)
    page = client.get(f"{draft}/your_stay")
    assert 'value="30 2 2027"' in page.text
    assert any("There is no such day: 30 2 2027." in each for each in sentences(page))


def test_a_line_can_be_added_and_taken_away(client, draft, good) -> None:
    opened = open_page(client, f"{draft}/funding")
    answer = client.post(f"{draft}/funding", data=opened | good["funding"] | {"then": "more"})
    page = client.get(answer.location)
    assert page.text.count('<fieldset class="m-line"') == 3
    second = {key.replace("-0-", "-1-"): value for key, value in good["funding"].items()}
    assert client.post(f"{draft}/funding", data=open_page(client, answer.location) | second).status_code == 302
    stored = client.get(f"{draft}/funding").text
    assert 'value="1,250.50"' in stored
    assert stored.count('<fieldset class="m-line"') == 2  # the first was emptied, so one line and a spare remain


def test_autosave_keeps_what_was_typed_and_says_when(client, session, draft) -> None:
    opened = open_page(client, f"{draft}/your_work")
    answer = client.post(
        f"{draft}/your_work", data=opened | {"title": "Light", "links": "nonsense"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert re.match(r"\s*Saved at [0-2]\d:[0-5]\d<input", answer.text)
    assert row_version(client.get(f"{draft}/your_work")) == "1"
    assert 'value="Light"' in client.get(f"{draft}/your_work").text


def test_a_save_right_behind_its_own_autosave_is_no_collision(client, draft, good) -> None:
    opened = open_page(client, f"{draft}/your_work")
    client.post(f"{draft}/your_work", data=opened | {"title": "Li"}, headers={"HX-Request": "true"})
    answer = client.post(f"{draft}/your_work", data=opened | good["your_work"])
    assert (answer.status_code, answer.location) == (302, f"{draft}/your_stay")


def collide(client, draft, good):
    """Two tabs are opened; the second saves, then the first. Returns the first one's form and its answer."""
    client.post(f"{draft}/your_work", data=open_page(client, f"{draft}/your_work") | good["your_work"])
    one, two = open_page(client, f"{draft}/your_work"), open_page(client, f"{draft}/your_work")
    client.post(f"{draft}/your_work", data=two | good["your_work"] | {"title": "Two", "links": "https://example.org"})
    return one, client.post(f"{draft}/your_work", data=one | good["your_work"] | {"title": "One"})


def test_two_tabs_that_collide_meet_on_a_merge_page(client, draft, good) -> None:
    _one, page = collide(client, draft, good)
    assert page.status_code == 409
    words = sentences(page)
    assert {"Light", "Two", "One", "https://example.org", "the same in both"} <= set(words)
    assert 'value="Two"' in client.get(f"{draft}/your_work").text  # nothing was overwritten
    choices = re.findall(r'name="(choice-\w+)"[^>]* value="(\w+)"( checked)?', page.text)
    assert choices == [
        ("choice-title", "theirs", " checked"),
        ("choice-title", "mine", ""),
        ("choice-links", "theirs", " checked"),
        ("choice-links", "mine", ""),
    ]


def merge_form(page) -> dict[str, str]:
    hidden = dict(re.findall(r'type="hidden" name="(page|mine|row_version)" value="([^"]*)"', page.text))
    return {"csrf_token": csrf_token(page), **{name: html.unescape(value) for name, value in hidden.items()}}


def test_the_choices_are_saved_once(client, draft, good) -> None:
    _one, page = collide(client, draft, good)
    chosen = merge_form(page) | {"choice-title": "mine", "choice-links": "theirs"}
    assert client.post(f"{draft}/your_work", data=chosen).status_code == 302
    text = client.get(f"{draft}/your_work").text
    assert 'value="One"' in text
    assert "https://example.org" in text
    assert "Wood.\nLight." in text


def test_a_merge_that_comes_too_late_merges_again(client, draft, good) -> None:
    _one, page = collide(client, draft, good)
    three = open_page(client, f"{draft}/your_work")
    client.post(f"{draft}/your_work", data=three | good["your_work"] | {"title": "Three"})
    again = client.post(f"{draft}/your_work", data=merge_form(page) | {"choice-title": "mine"})
    assert again.status_code == 409
    assert {"Three", "One"} <= set(sentences(again))


def test_what_both_tabs_say_alike_needs_no_choice(client, draft, good) -> None:
    one, two = open_page(client, f"{draft}/your_work"), open_page(client, f"{draft}/your_work")
    client.post(f"{draft}/your_work", data=two | good["your_work"])
    answer = client.post(f"{draft}/your_work", data=one | good["your_work"])
    assert (answer.status_code, answer.location) == (302, f"{draft}/your_stay")


def test_an_autosave_that_collides_says_so_and_changes_nothing(client, draft, good) -> None:
    one, _page = collide(client, draft, good)
    answer = client.post(
        f"{draft}/your_work", data=one | good["your_work"] | {"title": "One"}, headers={"HX-Request": "true"}
    )
    assert "another tab" in answer.text
    assert f'name="row_version" value="{one["row_version"]}"' in answer.text
    assert 'value="Two"' in client.get(f"{draft}/your_work").text


@pytest.mark.parametrize("mine", ["", "[]", "{", '{"title": {"a": 1}}', '{"languages": "x", "evil": "y"}', "null"])
def test_a_merge_form_that_was_tampered_with_harms_nothing(client, draft, good, mine) -> None:
    _one, page = collide(client, draft, good)
    answer = client.post(f"{draft}/your_work", data=merge_form(page) | {"mine": mine, "choice-title": "mine"})
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "7"])
def test_a_version_that_was_tampered_with_is_a_collision(client, draft, good, version) -> None:
    client.post(f"{draft}/your_work", data=open_page(client, f"{draft}/your_work") | good["your_work"])
    opened = open_page(client, f"{draft}/your_work") | {"row_version": version}
    assert client.post(f"{draft}/your_work", data=opened | {"title": "X"}).status_code == 409


def test_check_shows_every_answer_and_names_what_is_missing(client, draft, good) -> None:
    client.post(f"{draft}/about_you", data=open_page(client, f"{draft}/about_you") | good["about_you"])
    client.post(f"{draft}/funding", data=open_page(client, f"{draft}/funding") | good["funding"])
    page = client.get(f"{draft}/check")
    words = sentences(page)
    assert "5 sections are not complete" in words
    assert "Friday 30 March 1990" in words
    assert "Travel: 1,250.50 EUR, asked of Egypt" in words
    assert page.text.count(">Change<") == 7
    assert "Send the application" not in words


def test_an_incomplete_application_is_not_sent(client, session, draft) -> None:
    page = post(client, f"{draft}/send", page=draft)
    assert page.status_code == 422
    assert "7 sections are not complete" in sentences(page)
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


def test_sending_twice_makes_one_case(client, session, person, draft, good) -> None:
    fill(client, session, person, draft, good)
    token = csrf_token(client.get(f"{draft}/check"))
    answers = [client.post(f"{draft}/send", data={"csrf_token": token}) for _ in range(2)]
    assert [(each.status_code, each.location) for each in answers] == [(302, f"{draft}/sent")] * 2
    case = session.scalars(select(CaseFile)).one()
    page = client.get(f"{draft}/sent")
    words = sentences(page)
    assert case.reference in words
    assert any(each.startswith("It is the turn of") for each in words)
    assert client.get(draft).location == f"{draft}/sent"
    assert client.get(f"{draft}/check").location == f"{draft}/sent"
    assert client.get(f"{draft}/your_stay").status_code == 409
    assert case.reference in client.get("/applications").text


def test_a_call_that_closed_meanwhile_loses_nothing(client, session, person, draft, good, today) -> None:
    fill(client, session, person, draft, good)
    token = csrf_token(client.get(f"{draft}/check"))
    with write_unit(session):
        session.scalars(select(Call)).one().closes_on = today - DAY
    page = client.post(f"{draft}/send", data={"csrf_token": token})
    assert page.status_code == 422
    assert "This call is closed" in sentences(page)
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0
    assert session.scalar(select(func.count()).select_from(ApplicationSection)) == 6
    assert any("This draft can no longer be sent" in each for each in sentences(client.get(draft)))


def test_a_draft_is_deleted_after_asking(client, session, draft) -> None:
    assert "This cannot be undone." in " ".join(sentences(client.get(f"{draft}/withdraw")))
    answer = post(client, f"{draft}/withdraw")
    assert answer.location == "/applications"
    assert session.scalar(select(func.count()).select_from(Application)) == 0
    words = sentences(client.get("/applications"))
    assert "The draft and its documents were deleted." in words
    assert any(each.startswith("You have not applied to a call yet.") for each in words)


def test_an_application_of_somebody_else_is_not_there(client, session, draft) -> None:
    sign_in(client, make_person(session))
    for path in ("", "/your_stay", "/check", "/sent", "/documents", "/withdraw"):
        assert client.get(draft + path).status_code == 404, path
    token = {"csrf_token": csrf_token(client.get("/"))}
    for path in ("/your_stay", "/send", "/withdraw", "/documents"):
        assert client.post(draft + path, data=token).status_code in (400, 404), path


def test_strangers_are_sent_to_sign_in(client, call) -> None:
    for path in ("/applications", "/applications/1", "/applications/1/your_stay", "/documents/1"):
        answer = client.get(path)
        assert (answer.status_code, "sign" in answer.location) == (302, True), path


@pytest.mark.parametrize("code", ["nonsense", "ABOUT_YOU", "your_stay%00"])
def test_a_section_that_does_not_exist_is_not_there(client, draft, code) -> None:
    assert client.get(f"{draft}/{code}").status_code == 404


def test_without_its_token_nothing_is_saved(client, session, draft, good) -> None:
    assert client.post(f"{draft}/your_work", data=good["your_work"]).status_code == 400
    assert session.scalar(select(func.count()).select_from(ApplicationSection)) == 0


def test_a_document_is_sent_from_its_section(client, draft) -> None:
    opened = {"csrf_token": csrf_token(client.get(f"{draft}/documents"))}
    upload = {"kind": "cv", "file": (BytesIO(samples.pdf()), "cv.pdf")}
    assert client.post(f"{draft}/documents", data=opened | upload).status_code == 302
    words = sentences(client.get(f"{draft}/documents"))
    assert "cv.pdf was sent." in words
    assert "to be checked" in words
