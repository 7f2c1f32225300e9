"""Ask about a date: every provision that can be computed answers, bad input is told at its field, nothing breaks."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobility.services.asking import Question, is_computable, list_askable, reply
from mobility.storage.rule_set_files import installed_rule_sets
from mobility.web.ask.forms import _FIELD_OF, AskForm
from mobility.web.clocks.ask_links import ask_address
from tests.factories import NOW
from tests.web.forms import sentences

RULES = {"rules": "BGB_SUSP", "period": "3", "unit": "months", "kind": "decision", "day": "14 9 2026"}
BAVARIA = {"place": "DE", "region": "BY"}
STOPPED = {"from1": "6 10 2026", "to1": "23 10 2026"}


@pytest.fixture(scope="session")
def app(app_with_law):
    return app_with_law


@pytest.fixture
def law(session):
    """The treaty files of the product are loaded."""
    return session


def ask(client, **typed):
    return client.get("/ask", query_string=typed)


def test_the_form_is_open_to_everybody_and_linked_from_every_page(client, law):
    page = client.get("/ask")
    assert page.status_code == 200
    assert '<optgroup label="Visa: ' in page.text
    assert "How the date comes about" not in page.text
    assert 'href="/ask"' in client.get("/").text


def test_both_readings_every_step_and_the_calendar(client, law):
    page = ask(client, **RULES, **BAVARIA, **STOPPED)
    told = sentences(page)
    assert page.status_code == 200
    assert "Thursday 31 December 2026" in told
    assert "Monday 4 January 2027" in told
    assert "The clock was stopped for 18 days" in told
    assert "The same days in the calendar" in told
    assert page.text.count("<svg") > 2
    assert 'value="14 9 2026"' in page.text
    assert '<option value="BGB_SUSP" selected>' in page.text


def test_a_provision_is_counted_as_a_clock_under_it_would_be(client, law):
    page = ask(client, provision="C11", day="14 9 2026", **BAVARIA, **STOPPED)
    assert page.status_code == 200
    assert "Thursday 31 December 2026" in sentences(page)
    assert "BQFG" in page.text


def test_every_provision_that_can_be_computed_answers(client, law):
    listed = list_askable(law, NOW.date())
    assert len(listed) > 130
    refused = {}
    for each in listed:
        hours = {"time": "10:00", "zone": "Europe/Berlin"} if each.terms.unit == "hours" else {}
        first, last = each.terms.valid_from or date.min, each.terms.valid_until or date.max
        day = min(max(date(2026, 3, 31), first), last)
        typed = {"provision": each.code, "day": day.isoformat(), "second": "1 9 2028", "format": "json"}
        page = ask(client, **typed, **BAVARIA, **hours)
        if page.status_code != 200:
            refused[each.code] = page.json
    assert refused == {}


def test_what_the_engine_cannot_compute_is_not_offered(law):
    codes = {each.code for each in list_askable(law, NOW.date())}
    assert not codes & {"V08", "C01", "L05", "P01", "G06"}
    rules = installed_rule_sets()
    assert all(is_computable(each.terms, rules) for each in list_askable(law, NOW.date()))


def test_the_same_as_data(client, law):
    found = json.loads(ask(client, **RULES, **BAVARIA, **STOPPED, format="json").text)
    assert (found["last_day"], found["earliest"], found["latest"]) == ("2027-01-04", "2026-12-31", "2027-01-04")
    assert found["explanation"]
    assert found["calendar"]["code"] == "DE-BY"


def test_errors_as_data_stand_at_their_fields(client, law):
    page = ask(client, **RULES | {"day": "30 2 2026"}, format="json")
    assert page.status_code == 422
    assert list(page.json["errors"]) == ["day"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": "30 2 2026"}, "day"),
        ({"day": ""}, "day"),
        ({"period": "0"}, "period"),
        ({"period": "1000000000"}, "period"),
        ({"period": "many"}, "period"),
        ({"period": ""}, "period"),
        ({"unit": "moons"}, "unit"),
        ({"direction": "sideways"}, "direction"),
        ({"kind": "wish"}, "kind"),
        ({"rules": "NOBODY"}, "rules"),
        ({"place": "XX"}, "place"),
        ({"place": "", "region": ""}, "place"),
        ({"place": ""}, "region"),
        ({"region": "ZZZ"}, "region"),
        ({"place": "CJEU", "region": "BY"}, "region"),
        ({"from1": "6 10 2026"}, "to1"),
        ({"from1": "23 10 2026", "to1": "6 10 2026"}, "to1"),
        ({"from2": "tomorrow", "to2": "6 10 2026"}, "from2"),
        ({"time": "25:99"}, "time"),
        ({"unit": "hours", "rules": "EU1182"}, "time"),
        ({"second": "31 31 2026"}, "second"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"provision": "NONE"}, "provision"),
        ({"rules": "BACKSUB", "direction": "backward", "from1": "6 9 2026", "to1": "7 9 2026"}, "from1"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(client, law, typed, field):
    page = ask(client, **RULES | BAVARIA | typed)
    assert page.status_code == 422
    assert f'id="{field}-e"' in page.text
    for value in typed.values():
        if value and not value.isupper() and "/" not in value and value not in ("moons", "sideways", "wish"):
            assert value in page.text


def test_nothing_chosen_is_told(client, law):
    page = ask(client, day="14 9 2026")
    assert page.status_code == 422
    assert 'id="provision-e"' in page.text


def test_a_provision_without_pauses_says_so(client, law):
    page = ask(client, provision="V05", day="14 9 2026", **BAVARIA, from1="15 9 2026", to1="17 9 2026")
    assert page.status_code in (200, 422)
    if page.status_code == 422:
        assert 'id="from1-e"' in page.text


def test_a_day_before_the_wording_is_told(client, law):
    assert 'id="day-e"' in ask(client, provision="V05", day="1 1 1950", **BAVARIA).text


def test_a_second_day_that_is_missing_is_asked_for(client, law):
    page = ask(client, provision="F01", day="14 9 2026", **BAVARIA)
    assert page.status_code == 422
    assert 'id="second-e"' in page.text


def test_unverified_law_says_so(client, law):
    recalled = next(each for each in list_askable(law, NOW.date()) if not each.terms.is_verified)
    page = ask(client, provision=recalled.code, day="31 3 2026", second="1 9 2026", **BAVARIA)
    assert "Not verified." in sentences(page)


def test_estimated_holidays_are_a_caution(client, law):
    page = ask(client, rules="WORKDAYS", period="120", unit="working_days", day="1 2 2029", place="EG")
    assert page.status_code == 200
    assert any("estimate" in line for line in sentences(page))


def test_figures_of_other_scripts_are_read(client, law):
    page = ask(client, **RULES | {"day": "١٤ ٩ ٢٠٢٦", "period": "٣"}, **BAVARIA)
    assert page.status_code == 200


keys = st.sampled_from(
    [
        *AskForm.__dict__.get("_unbound", ()),
        "provision",
        "rules",
        "period",
        "unit",
        "day",
        "time",
        "zone",
        "place",
        "region",
        "also",
        "second",
        "from1",
        "to1",
        "kind",
        "direction",
        "format",
        "x",
    ]
)
values = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "14 9 2026",
            "2026-12-31",
            "EU1182",
            "V05",
            "DE",
            "BY",
            "9999-12-31",
            "1900-01-01",
            "99999",
            "json",
            "months",
            "backward",
            "3w+2wd",
            "1.5",
            "-1",
            "\x00",
            "10:00",
            "Europe/Berlin",
            "١٢",
        ]
    ),
)


@given(typed=st.dictionaries(keys, values, max_size=12))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hostile_addresses_never_break_the_page(client, law, typed):
    assert ask(client, **typed).status_code in (200, 422)


@pytest.mark.parametrize("day", ["2200-12-31", "1900-01-01"])
@pytest.mark.parametrize("period", ["99999999", "1", "9999999999999999999999"])
@pytest.mark.parametrize("unit", ["days", "working_days", "years"])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_the_ends_of_the_calendar_are_answered_or_refused(client, law, day, period, unit, direction):
    typed = {"rules": "EU1182", "day": day, "period": period, "unit": unit, "direction": direction}
    assert ask(client, **typed, **BAVARIA).status_code in (200, 422)


def test_try_other_days_leads_to_the_same_answer(app, client, law):
    with app.test_request_context():
        address = ask_address(
            provision="C11",
            day=date(2026, 9, 14),
            calendar="DE-BY",
            pauses=((date(2026, 10, 6), date(2026, 10, 23)),),
        )
    page = client.get(address)
    assert page.status_code == 200
    assert "Thursday 31 December 2026" in sentences(page)


def test_the_service_answers_without_a_request(law):
    found = reply(law, Question(start=date(2026, 3, 24), rule_set="EU1182", period="10", unit="days", calendar="DE"))
    assert found.answer.last_day == date(2026, 4, 7)  # after Good Friday and Easter Monday
    assert found.law.startswith("Regulation")


def test_every_error_with_a_field_has_that_field():
    names = set(AskForm.__dict__)
    assert set(_FIELD_OF.values()) <= names
