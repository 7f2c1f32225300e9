"""From start to sending: one draft a call, sections that keep what was typed, sealed values, two tabs, one case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from mobility.domain.applications.vocabulary import (
    SEALED,
    AlreadySent,
    ApplicationStatus,
    CallClosed,
    Reason,
    SectionCode,
    SectionsIncomplete,
    SectionStatus,
)
from mobility.domain.errors import ChangedMeanwhile, NotFound, NotPermitted
from mobility.i18n import use_locale
from mobility.services.applications import drafts, progress, sections, sending
from mobility.services.documents import ReceivedFile, store_document
from mobility.services.sealing import open_sealed
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import SealedReading
from mobility.storage.models.applications import Application, ApplicationSection
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.documents import Document
from mobility.storage.models.funding import BudgetLine
from mobility.storage.scope import set_scope
from tests.factories import actor_for, make_call, make_office, make_officer, make_person, make_programme, make_route

RAW = {
    SectionCode.ABOUT_YOU: {
        "birth_on": "30 3 1990",
        "passport_number": "a 123-4567",
        "nationality": "EG",
        "residence": "EG",
    },
    SectionCode.YOUR_WORK: {"discipline": "theatre", "title": " Light  and wood ", "statement": "One.\r\nTwo."},
    SectionCode.YOUR_STAY: {"arrival_on": "1 3 2027", "departure_on": "9 5 2027"},
    SectionCode.LANGUAGES: {"languages": [{"language": "en", "level": "b1"}, {"language": "", "level": ""}]},
    SectionCode.FUNDING: {"lines": [{"line": "travel", "amount": "900", "currency": "EUR", "payer": "EG"}]},
    SectionCode.DECLARATIONS: {"truthful": "y", "rights": "y", "data_protection": "y"},
}
FILE = ReceivedFile(sha256="0" * 64, size=10, media_type="application/pdf", file_name="a.pdf")


@pytest.fixture
def call(session):
    return make_call(session, code="stage")


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.fixture
def actor(session, person, call):
    """The applicant, in whose narrow scope everything happens from here on."""
    found = actor_for(person)
    set_scope(session, (f"p:{person.id}",))
    return found


@pytest.fixture
def draft(session, actor, now) -> int:
    with write_unit(session):
        return drafts.start_application(session, actor, "stage", now)


def save(session, actor, draft, code, raw, now, *, version=0, page="tab"):
    with write_unit(session):
        return sections.save_section(session, actor, draft, code, raw, row_version=version, page=page, now=now)


def send_documents(session, actor, draft, now, kinds=("passport", "cv", "portfolio", "diploma", "invitation")):
    with write_unit(session):
        for kind in kinds:
            store_document(
                session, actor, kind=kind, stream=FILE, application_id=draft, rights="© Layla Haddad", now=now
            )


def fill(session, actor, draft, now):
    for code, raw in RAW.items():
        save(session, actor, draft, code, raw, now)
    send_documents(session, actor, draft, now)


def send(session, actor, draft, now):
    with write_unit(session):
        return sending.send_application(session, actor, draft, now)


def statuses(session, actor, draft, now):
    return {line.code: line.status for line in progress.get_progress(session, actor, draft, now).sections}


def test_a_call_is_applied_to_once(session, actor, draft, now) -> None:
    with write_unit(session):
        assert drafts.start_application(session, actor, "stage", now) == draft
    assert session.scalar(select(func.count()).select_from(Application)) == 1
    assert session.scalars(select(AuditEntry.code)).all() == ["application_started"]


def test_nobody_applies_to_a_closed_call(session, actor, now) -> None:
    for moment in (now + timedelta(days=29), now - timedelta(days=11)):
        with pytest.raises(CallClosed), write_unit(session):
            drafts.start_application(session, actor, "stage", moment)


def test_people_who_decide_do_not_apply(session, call, now) -> None:
    office = make_office(session)
    officer = make_officer(session, office)
    with pytest.raises(NotPermitted), write_unit(session):
        drafts.start_application(session, actor_for(officer, office), "stage", now)


def test_an_unknown_call_is_not_there(session, actor, now) -> None:
    with pytest.raises(NotFound), write_unit(session):
        drafts.start_application(session, actor, "nothing", now)


def test_at_first_nothing_is_started(session, actor, draft, now) -> None:
    assert set(statuses(session, actor, draft, now).values()) == {SectionStatus.NOT_STARTED}
    assert list(statuses(session, actor, draft, now)) == list(SectionCode)


def test_a_programme_without_funding_has_no_such_section(session, person, now) -> None:
    route = make_route(session, programme=make_programme(session, stages=["visa"]))
    make_call(session, route=route, code="visa-only")
    actor = actor_for(person)
    with write_unit(session):
        found = drafts.start_application(session, actor, "visa-only", now)
    assert SectionCode.FUNDING not in statuses(session, actor, found, now)
    with pytest.raises(NotFound):
        sections.get_section(session, actor, found, SectionCode.FUNDING, now)


@pytest.mark.parametrize("code", RAW)
def test_good_answers_are_kept_and_complete_the_section(session, actor, draft, now, code) -> None:
    view = save(session, actor, draft, code, RAW[code], now)
    assert (view.status, view.problems, view.row_version) == (SectionStatus.COMPLETE, (), 1)
    assert statuses(session, actor, draft, now)[code] is SectionStatus.COMPLETE
    again = save(session, actor, draft, code, view.shown, now, version=1, page="other")
    assert again.answers == view.answers


def test_values_are_stored_not_what_was_typed(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    stored = {row.code: row.answers for row in session.scalars(select(ApplicationSection))}
    assert stored["about_you"] == {
        "birth_on": SEALED,
        "passport_number": SEALED,
        "nationality": "EG",
        "residence": "EG",
    }
    assert stored["your_work"]["title"] == "Light and wood"
    assert stored["your_work"]["statement"] == "One.\nTwo."
    assert stored["your_stay"] == {"arrival_on": "2027-03-01", "departure_on": "2027-05-09"}
    assert stored["languages"] == {"languages": [{"language": "en", "level": "b1"}]}
    assert stored["funding"] == {"lines": [{"line": "travel", "amount_minor": 90000, "currency": "EUR", "payer": "EG"}]}


def test_what_cannot_be_read_is_kept_as_typed_and_shown_again(session, actor, draft, now) -> None:
    raw = {"arrival_on": "30 2 2027", "departure_on": "1 1 9999"}
    view = save(session, actor, draft, SectionCode.YOUR_STAY, raw, now)
    assert view.shown == raw
    assert {each.path: each.reason for each in view.problems} == {
        "arrival_on": Reason.NO_SUCH_DAY,
        "departure_on": Reason.YEAR_OUT_OF_RANGE,
    }
    assert statuses(session, actor, draft, now)[SectionCode.YOUR_STAY] is SectionStatus.TO_FINISH
    view = save(session, actor, draft, SectionCode.YOUR_STAY, RAW[SectionCode.YOUR_STAY], now, version=1)
    assert view.status is SectionStatus.COMPLETE


def test_an_amount_is_read_in_the_language_of_its_writer_and_shown_in_that_of_its_reader(
    session, actor, draft, now
) -> None:
    line = {"line": "travel", "amount": "1 250,50", "currency": "EUR", "payer": "EG"}
    with use_locale("fr"):
        view = save(session, actor, draft, SectionCode.FUNDING, {"lines": [line]}, now)
    assert view.answers["lines"][0]["amount_minor"] == 125050
    shown = sections.get_section(session, actor, draft, SectionCode.FUNDING, now).shown
    assert shown["lines"][0]["amount"] == "1,250.50"


def test_a_wrong_line_keeps_its_place_and_its_words(session, actor, draft, now) -> None:
    good = {"line": "travel", "amount": "900", "currency": "EUR", "payer": "EG"}
    empty = {"line": "", "amount": "", "currency": "EUR", "payer": ""}
    bad = {"line": "stay", "amount": "a lot", "currency": "XXX", "payer": ""}
    view = save(session, actor, draft, SectionCode.FUNDING, {"lines": [good, empty, bad]}, now)
    assert {each.path: each.reason for each in view.problems} == {
        "lines-1-amount": Reason.NOT_AN_AMOUNT,
        "lines-1-currency": Reason.NOT_A_CHOICE,
        "lines-1-payer": Reason.MISSING,
    }
    assert view.shown["lines"][1] == {"line": "stay", "amount": "a lot", "currency": "XXX", "payer": ""}


def test_sensitive_answers_are_sealed_and_their_owner_reads_them_without_a_trace(session, actor, draft, now) -> None:
    save(session, actor, draft, SectionCode.ABOUT_YOU, RAW[SectionCode.ABOUT_YOU], now)
    stored = session.scalars(select(ApplicationSection)).one()
    assert "1990" not in str(stored.answers) + str(stored.typed)
    view = sections.get_section(session, actor, draft, SectionCode.ABOUT_YOU, now)
    assert (view.shown["birth_on"], view.shown["passport_number"]) == ("30 3 1990", "A1234567")
    assert open_sealed(session, actor, actor.person_id, "passport_number", now) == "A1234567"
    assert session.scalar(select(func.count()).select_from(SealedReading)) == 0


def test_a_sensitive_answer_that_does_not_do_is_sealed_too(session, actor, draft, now) -> None:
    save(session, actor, draft, SectionCode.ABOUT_YOU, RAW[SectionCode.ABOUT_YOU], now)
    raw = RAW[SectionCode.ABOUT_YOU] | {"birth_on": "30 2 1990", "passport_number": "12"}
    view = save(session, actor, draft, SectionCode.ABOUT_YOU, raw, now, version=1)
    stored = session.scalars(select(ApplicationSection)).one()
    assert "1990" not in str(stored.answers) + str(stored.typed)
    assert (view.shown["birth_on"], view.shown["passport_number"]) == ("30 2 1990", "12")
    assert {each.path: (each.reason, each.parameters["typed"]) for each in view.problems} == {
        "birth_on": (Reason.NO_SUCH_DAY, "30 2 1990"),
        "passport_number": (Reason.NOT_A_PASSPORT_NUMBER, "12"),
    }
    # the good values of before still stand, for a case that may rely on them
    assert open_sealed(session, actor, actor.person_id, "birth_on", now) == "1990-03-30"


def test_a_second_application_begins_with_the_passport_of_the_first(session, actor, draft, now) -> None:
    save(session, actor, draft, SectionCode.ABOUT_YOU, RAW[SectionCode.ABOUT_YOU], now)
    with write_unit(session):
        make_call(session, code="second")
        second = drafts.start_application(session, actor, "second", now)
    view = sections.get_section(session, actor, second, SectionCode.ABOUT_YOU, now)
    assert (view.shown["birth_on"], view.status) == ("30 3 1990", SectionStatus.NOT_STARTED)


def test_two_tabs_do_not_overwrite_each_other(session, actor, draft, now) -> None:
    stay = RAW[SectionCode.YOUR_STAY]
    first = save(session, actor, draft, SectionCode.YOUR_STAY, stay, now, page="one")
    with pytest.raises(ChangedMeanwhile) as refused:
        save(session, actor, draft, SectionCode.YOUR_STAY, stay | {"arrival_on": "2 3 2027"}, now, page="two")
    assert refused.value.parameters["current"] == first.row_version
    kept = sections.get_section(session, actor, draft, SectionCode.YOUR_STAY, now)
    assert kept.answers["arrival_on"] == "2027-03-01"
    later = save(session, actor, draft, SectionCode.YOUR_STAY, stay, now, page="two", version=first.row_version)
    with pytest.raises(ChangedMeanwhile):
        save(
            session, actor, draft, SectionCode.YOUR_STAY, stay | {"arrival_on": "3 3 2027"}, now, page="one", version=1
        )
    assert later.row_version == 2


def test_the_autosave_of_a_page_is_not_taken_for_another_tab(session, actor, draft, now) -> None:
    stay = RAW[SectionCode.YOUR_STAY]
    save(session, actor, draft, SectionCode.YOUR_STAY, {"arrival_on": "1 3 2027"}, now, page="one")
    view = save(session, actor, draft, SectionCode.YOUR_STAY, stay, now, page="one", version=0)
    assert view.status is SectionStatus.COMPLETE


def test_a_page_without_a_name_has_no_such_right(session, actor, draft, now) -> None:
    save(session, actor, draft, SectionCode.YOUR_STAY, {"arrival_on": "1 3 2027"}, now, page="")
    with pytest.raises(ChangedMeanwhile):
        save(session, actor, draft, SectionCode.YOUR_STAY, {}, now, page="")


def test_another_persons_application_is_not_there(session, actor, draft, now) -> None:
    other = make_person(session)
    set_scope(session, (f"p:{other.id}",))
    stranger = actor_for(other)
    for reach in (
        lambda: progress.get_progress(session, stranger, draft, now),
        lambda: sections.get_section(session, stranger, draft, SectionCode.YOUR_STAY, now),
        lambda: save(session, stranger, draft, SectionCode.YOUR_STAY, {}, now),
        lambda: send(session, stranger, draft, now),
        lambda: sending.get_sent(session, stranger, draft),
    ):
        with pytest.raises(NotFound):
            reach()


def test_an_incomplete_application_names_its_sections(session, actor, draft, now) -> None:
    for code in (SectionCode.ABOUT_YOU, SectionCode.YOUR_STAY):
        save(session, actor, draft, code, RAW[code], now)
    with pytest.raises(SectionsIncomplete) as refused:
        send(session, actor, draft, now)
    assert refused.value.parameters["sections"] == [
        "your_work",
        "languages",
        "funding",
        "documents",
        "declarations",
    ]
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


def test_sending_makes_one_case_however_often_the_button_is_pressed(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    case_id = send(session, actor, draft, now)
    assert send(session, actor, draft, now + timedelta(seconds=1)) == case_id
    case = session.scalars(select(CaseFile)).one()
    assert (case.id, case.planned_arrival_on, case.discipline) == (case_id, date(2027, 3, 1), "theatre")
    assert session.scalars(select(BudgetLine.requested_minor)).all() == [90000]
    assert set(session.scalars(select(Document.case_id))) == {case_id}
    sent = sending.get_sent(session, actor, draft)
    assert (sent.reference, sent.case_id, sent.arrival_on) == (case.reference, case_id, date(2027, 3, 1))
    assert session.scalars(select(AuditEntry.code).where(AuditEntry.code == "application_sent")).all() == [
        "application_sent"
    ]


def test_what_was_sent_is_frozen(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    send(session, actor, draft, now)
    with pytest.raises(AlreadySent):
        save(session, actor, draft, SectionCode.YOUR_STAY, RAW[SectionCode.YOUR_STAY], now, version=1)
    with pytest.raises(AlreadySent), write_unit(session):
        drafts.withdraw_draft(session, actor, draft, now)
    with pytest.raises(AlreadySent):
        send_documents(session, actor, draft, now, kinds=["cv"])
    assert not progress.get_progress(session, actor, draft, now).is_editable


def test_a_returned_case_is_completed_and_sent_again_even_after_closing(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    case_id = send(session, actor, draft, now)
    with write_unit(session):
        session.scalars(select(CaseFile)).one().status = "returned"
    assert progress.get_progress(session, actor, draft, now).is_returned
    stay = {"arrival_on": "5 3 2027", "departure_on": "9 5 2027"}
    save(session, actor, draft, SectionCode.YOUR_STAY, stay, now, version=1)
    send_documents(session, actor, draft, now, kinds=["cv"])
    later = now + timedelta(days=40)
    assert send(session, actor, draft, later) == case_id
    case = session.scalars(select(CaseFile)).one()
    assert (case.status, case.planned_arrival_on) == ("submitted", date(2027, 3, 5))


def test_a_call_that_closed_meanwhile_takes_nothing_and_nothing_is_lost(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    with pytest.raises(CallClosed) as refused:
        send(session, actor, draft, now + timedelta(days=29))
    assert refused.value.parameters["time_zone"] == "Europe/Berlin"
    assert set(statuses(session, actor, draft, now).values()) == {SectionStatus.COMPLETE}


def test_a_document_returned_by_an_office_must_be_sent_anew(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    with write_unit(session):
        session.scalars(select(Document).where(Document.kind == "cv")).one().status = "returned"
    view = progress.get_progress(session, actor, draft, now)
    [line] = view.unfinished
    assert (line.code, line.problems[0].path, line.problems[0].reason) == (
        SectionCode.DOCUMENTS,
        "cv",
        Reason.DOCUMENT_RETURNED,
    )


def test_a_draft_given_up_leaves_only_a_trace(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    with write_unit(session):
        drafts.withdraw_draft(session, actor, draft, now)
    for row in (Application, ApplicationSection, Document):
        assert session.scalar(select(func.count()).select_from(row)) == 0
    assert "application_withdrawn" in session.scalars(select(AuditEntry.code)).all()
    with write_unit(session):
        anew = drafts.start_application(session, actor, "stage", now)
    assert [line.application_id for line in drafts.list_drafts(session, actor)] == [anew]
    assert statuses(session, actor, anew, now)[SectionCode.YOUR_STAY] is SectionStatus.NOT_STARTED


def test_drafts_and_sent_applications_are_listed_apart_and_together(session, actor, draft, now) -> None:
    fill(session, actor, draft, now)
    send(session, actor, draft, now)
    with write_unit(session):
        make_call(session, code="second")
        second = drafts.start_application(session, actor, "second", now + timedelta(hours=1))
    assert [line.application_id for line in drafts.list_drafts(session, actor)] == [second]
    both = drafts.list_own_applications(session, actor)
    assert [(line.application_id, line.status, bool(line.reference)) for line in both] == [
        (second, ApplicationStatus.DRAFT, False),
        (draft, ApplicationStatus.SUBMITTED, True),
    ]
    own = drafts.find_own_application(session, actor, session.get_one(Application, draft).call_id)
    assert own is not None
    assert own.is_sent
    assert drafts.list_drafts(session, replace(actor, person_id=actor.person_id + 1000)) == ()
