"""Why this date: both readings, every step with its article, the provision in words, and the same as data."""

from datetime import timedelta

import pytest

from mobility.domain.law_codes import Confidence
from mobility.i18n import use_locale
from mobility.i18n.clock_words import MARKS, days_left_words, due_words, late_words, state_words
from mobility.services.cases import Lamp
from mobility.services.clocks import extend_clock
from mobility.services.requests import answer, ask
from mobility.storage.db import write_unit
from tests.factories import NOW, make_person, make_provision
from tests.services.scenes import Scene
from tests.web.casework import stop_the_clock, visa_provision, words
from tests.web.forms import sign_in

TODAY = NOW.date()
LODGED = TODAY - timedelta(days=4)


@pytest.fixture(autouse=True)
def still(app, monkeypatch):
    stop_the_clock(monkeypatch)


@pytest.fixture
def scene(session):
    visa_provision(session)
    made = Scene(session, provisions={"visa": ["V05"]})
    made.take(made.post, "lodge", {"lodged_on": LODGED})
    return made


def why(client, scene, code="V05", **query):
    return client.get(f"/clocks/{scene.clocks()[code].id}/why", query_string=query)


def test_the_applicant_reads_the_whole_count(client, scene):
    sign_in(client, scene.applicant.person_id)
    page = why(client, scene)
    assert page.status_code == 200
    seen = words(page)
    assert "Why 9 January 2027?" in seen or "Why 11 January 2027?" in seen
    assert "The consulate decides on the application." in seen
    assert "The law says: 30 days." in seen
    assert "10 December 2026: lodged" in seen
    assert "The clock starts" in seen
    assert "Exchange 2010, 23(1)" in seen
    assert "compared with the official text" in seen
    assert "The applicant may complain." in seen
    assert f"/stays/{scene.case.reference}" in page.text
    assert "Not verified" not in seen
    assert "/ask?provision=" in page.text, "the same question with other days"
    assert "/correct" not in page.text, "her date is not hers to correct"


def test_an_officer_comes_back_to_the_desk(client, scene):
    sign_in(client, scene.post.person_id)
    assert f"/desk/cases/{scene.case.reference}" in why(client, scene).text


def test_a_stranger_learns_nothing(client, session, scene):
    sign_in(client, make_person(session))
    assert why(client, scene).status_code == 404
    assert client.get("/clocks/999999/why").status_code == 404


def test_unverified_law_says_so(client, session):
    visa_provision(session, code="R1", confidence=Confidence.RECALLED, checked_on=None)
    made = Scene(session, provisions={"visa": ["R1"]})
    made.take(made.post, "lodge", {"lodged_on": LODGED})
    sign_in(client, made.applicant.person_id)
    seen = words(why(client, made, "R1"))
    assert "Nobody has compared this wording with the official text yet." in seen
    assert "not verified" in words(client.get(f"/stays/{made.case.reference}"))


def test_a_stop_is_told_with_its_days_and_the_earlier_answer(client, session, scene, monkeypatch):
    asked = scene.do(ask, scene.post, "visa", text="?", answer_by=TODAY + timedelta(days=9))
    sign_in(client, scene.applicant.person_id)
    seen = words(why(client, scene))
    assert "Stopped since 14 Dec" in seen
    assert "the date moves on by one day each day" in seen
    later = NOW + timedelta(days=6)
    with write_unit(session):
        answer(session, scene.applicant, asked.id, text="Here.", now=later)
    stop_the_clock(monkeypatch, later)
    seen = words(why(client, scene))
    assert "The clock was stopped for 7 days." in seen
    assert "Earlier answers" in seen


def test_an_extension_names_its_reason(client, session, scene):
    clock = scene.clocks()["V05"]
    with write_unit(session):
        extend_clock(session, scene.post, clock.id, reason="Two files at once.", row_version=clock.row_version, now=NOW)
    sign_in(client, scene.applicant.person_id)
    seen = words(why(client, scene))
    assert "extended, Two files at once." in seen
    assert "45 days; Further scrutiny is needed." in seen


def test_the_same_as_data(client, scene):
    sign_in(client, scene.applicant.person_id)
    data = why(client, scene, format="json").json
    assert (data["case"], data["provision"], data["article"]) == (scene.case.reference, "V05", "23(1)")
    assert data["earliest_on"] <= data["due_on"] <= data["latest_on"]
    assert data["explanation"][0]["article"].startswith("Exchange 2010, 23(1)")
    assert [event["kind"] for event in data["events"]] == ["started"]


def test_two_readings_stand_side_by_side(client, session):
    make_provision(
        session,
        code="B1",
        starts_on="planned_arrival",
        met_by=("visa_lodged",),
        owed_by="applicant",
        direction="backward_latest",
        period="15",
        calendar="EG",
        kind="act",
    )
    made = Scene(session, provisions={"visa": ["B1"]})
    sign_in(client, made.applicant.person_id)
    seen = words(why(client, made, "B1"))
    assert "Earlier reading: reminders use this day" in seen
    assert "Later reading: the last day that can be defended" in seen
    assert seen.count("two readings") == 1


@pytest.mark.parametrize(
    ("days", "working", "expected"),
    [
        (17, 12, "17 days left, 12 of them working days"),
        (17, None, "17 days left"),
        (2, 2, "2 days left, all of them working days"),
        (1, 1, "1 day left, a working day"),
        (2, 1, "2 days left, 1 of them a working day"),
        (2, 0, "2 days left, none of them a working day"),
        (0, 0, "Due today"),
        (-1, -1, "Late by 1 day"),
        (-10, None, "Late by 10 days"),
    ],
)
def test_days_left_in_words(days, working, expected):
    assert days_left_words(days, working) == expected


def test_every_lamp_has_a_mark_and_words():
    class Clock:
        days_left, earliest_on, latest_on, paused_since = 3, TODAY, TODAY + timedelta(days=4), TODAY

        def __init__(self, lamp):
            self.lamp = lamp

    assert {state_words(Clock(lamp)) for lamp in Lamp} == {
        "Late by 1 day",
        "Due today",
        "Soon: 3 days",
        "Running, 3 days",
        "Stopped since 14 Dec",
        "Done",
        "Done late",
        "The day has come",
        "Ended",
    }
    assert set(MARKS) == {lamp.value for lamp in Lamp}
    assert due_words(Clock(Lamp.SOON)) == "14 Dec 2026, or 18 Dec"
    assert due_words(Clock(Lamp.STOPPED)) == "not before 14 Dec 2026"
    assert state_words(Clock(Lamp.DONE), TODAY) == "Done 14 Dec"
    with use_locale("ar"):
        assert late_words(3)
