"""The law on screen: instruments, parties with dates, provisions with every wording; for staff only."""

from datetime import date

import pytest

from mobility.domain.law_codes import (
    CalendarOwner,
    Confidence,
    Direction,
    ExtensionModel,
    InstrumentKind,
    LegalStage,
    OwedBy,
    ProvisionKind,
    Silence,
    SuspensionModel,
)
from mobility.i18n import treaties_labels as labels
from mobility.services.treaties import load_treaties
from mobility.storage.db import write_unit
from mobility.storage.models.treaties import PartyRow
from tests.factories import NOW, make_grant, make_instrument, make_office, make_officer, make_person, make_provision
from tests.web.forms import sign_in


@pytest.fixture
def officer(client, session):
    """An officer is signed in."""
    person = make_officer(session, make_office(session))
    sign_in(client, person)
    return person


def test_every_installed_instrument_and_provision_has_a_page(client, session, officer):
    with write_unit(session):
        load_treaties(session, now=NOW)
    listed = client.get("/law/")
    assert listed.status_code == 200
    for code in ("visa_code", "lisbon_recognition_convention", "trainees_ch_us"):
        assert f'href="/law/{code}"' in listed.text
        assert client.get(f"/law/{code}").status_code == 200
    for code in ("V01", "V05", "V08", "S42a", "C06", "F06"):
        assert client.get(f"/law/provisions/{code}").status_code == 200, code


def test_an_instrument_shows_parties_with_dates_and_provisions_by_stage(client, session, officer):
    instrument = make_instrument(session, parties=["DE", "EG"])
    seen = make_provision(session, instrument=instrument)
    recalled = make_provision(session, instrument=instrument, stage="stay", confidence=Confidence.RECALLED)
    with write_unit(session):
        party = session.query(PartyRow).filter_by(instrument_id=instrument.id, country="EG").one()
        party.withdrawn_on = date(2020, 1, 1)
    page = client.get(f"/law/{instrument.code}").text
    for words in ("Germany", "Egypt", "not bound", "1 Jan 2010", "1 Jan 2020", "15 calendar days", "Visa", "Stay"):
        assert words in page, words
    assert page.count("recalled: not verified") == 1
    assert page.index(seen.code) < page.index(recalled.code)


def test_a_provision_tells_its_time_who_owes_it_and_how_it_was_checked(client, session, officer):
    provision = make_provision(session, silence=Silence.REFUSAL, consequence="The application lapses.")
    page = client.get(f"/law/provisions/{provision.code}").text
    for words in (
        "15 calendar days",
        "the embassy or consulate",
        "a decision is owed",
        "Silence counts as refusal.",
        "The application lapses.",
        "read in the text",
        "1 November 2026",
        "Regulation (EEC, Euratom) No 1182/71",
        "since 1 January 2010",
    ):
        assert words in page, words


def test_a_wording_that_is_no_longer_in_force_says_so(client, session, officer):
    code = make_provision(session, valid_until=date(2020, 2, 1)).code
    page = client.get(f"/law/provisions/{code}").text
    assert "Not in force today" in page
    assert "from 1 January 2010 to 1 February 2020" in page


def test_applicants_and_strangers_do_not_reach_the_law_pages(client, session):
    code = make_provision(session).code
    assert client.get("/law/").status_code == 302
    sign_in(client, make_person(session))
    for path in ("/law/", f"/law/provisions/{code}"):
        assert client.get(path).status_code == 404


def test_every_role_of_staff_reads_the_law_and_unknown_codes_are_not_there(client, session):
    auditor = make_person(session)
    make_grant(session, auditor, "auditor")
    sign_in(client, auditor)
    assert client.get("/law/").status_code == 200
    assert client.get("/law/nowhere").status_code == 404
    assert client.get("/law/provisions/NOWHERE").status_code == 404


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (labels.INSTRUMENT_KINDS, InstrumentKind),
        (labels.LEGAL_STAGES, LegalStage),
        (labels.PROVISION_KINDS, ProvisionKind),
        (labels.DIRECTIONS, Direction),
        (labels.OWED_BY, OwedBy),
        (labels.CALENDARS, CalendarOwner),
        (labels.SUSPENSIONS, SuspensionModel),
        (labels.EXTENSIONS, ExtensionModel),
        (labels.SILENCES, Silence),
        (labels.CONFIDENCES, Confidence),
    ],
)
def test_every_code_of_the_law_has_words(words, codes):
    assert set(words) == set(codes)
    assert all(str(each) for each in words.values())
