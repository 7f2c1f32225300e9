"""The applicant's own case on screen: whose turn and why, answering, documents, messages, the journey, the ways out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mobility.domain.plan import Outlook, StageOutlook
from mobility.domain.stages import StageKind
from mobility.i18n.case_page_words import listed, meanwhile_sentence, outlook_sentence, span_words
from mobility.services.cases import declare_ineligible, return_case
from mobility.services.documents import check_document
from mobility.services.requests import ask
from mobility.services.stages import confirm_step
from mobility.services.stays import record_arrival
from mobility.services.threads import post_message
from mobility.storage.db import write_unit
from mobility.storage.models.cases import CaseFile, Request, StageStep, Stay, ThreadMessage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.documents import Document
from tests.factories import NOW, make_application, make_case, make_person, make_provision
from tests.services.scenes import Scene
from tests.web.casework import a_file, give_document, press, stop_the_clock, visa_provision, words
from tests.web.forms import sign_in
from tests.web.statements import counted_statements

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def still(app, monkeypatch):
    stop_the_clock(monkeypatch)


@pytest.fixture
def scene(client, session):
    """A lodged visa application; its applicant is signed in."""
    visa_provision(session)
    made = Scene(session, stages=("visa", "funding"), provisions={"visa": ["V05"]})
    made.take(made.post, "lodge", {"lodged_on": TODAY - timedelta(days=4)})
    sign_in(client, made.applicant.person_id)
    return made


def address(scene, rest="") -> str:
    return f"/stays/{scene.case.reference}{rest}"


def asked(scene, document_kind="means", **more):
    scene.do(
        ask,
        scene.post,
        "visa",
        text="Please send proof of your means.",
        document_kind=document_kind,
        answer_by=TODAY + timedelta(days=6),
        **more,
    )
    return scene.session.scalars(select(Request).order_by(Request.id.desc())).first().id


def send_answer(client, scene, request_id, **fields):
    named = {f"r{request_id}-{name}": value for name, value in fields.items()}
    return press(client, address(scene), address(scene, f"/requests/{request_id}"), named)


def test_the_page_says_whose_turn_it_is_and_when(client, scene):
    page = client.get(address(scene))
    assert page.status_code == 200
    seen = words(page)
    assert "Your stay in Dresden" in seen
    assert "1 March to 9 May 2027, at Festspielhaus Hellerau, on the programme Stage and Space." in seen
    assert "It is the turn of Office" in seen
    assert "say whether the visa application is admissible." in seen
    assert "Running, 28 days" in seen
    assert "Why 11 January?" in seen
    assert "The consulate decides on the application." in seen
    clock = scene.clocks()["V05"]
    assert f"/clocks/{clock.id}/why" in page.text
    assert page.text.count("<h1") == 1


def test_the_page_keeps_within_its_statements(app, client, scene):
    asked(scene)
    give_document(scene)
    scene.do(post_message, scene.post, text="Good morning.")
    url = address(scene)
    client.get(url)
    with counted_statements(app) as statements:
        assert client.get(url).status_code == 200
    assert len(statements) <= 20, "\n".join(statements)


def test_the_only_stay_is_opened_at_once(client, scene):
    assert client.get("/stays").location == address(scene)


def test_several_stays_and_drafts_are_listed(client, session, scene):
    make_application(session, person=scene.case.person)
    seen = words(client.get("/stays"))
    assert "Your stay in Dresden" in seen
    assert "Not sent yet. The call closes on" in seen


def test_somebody_without_a_stay_is_told_where_to_begin(client, session):
    sign_in(client, make_person(session))
    seen = words(client.get("/stays"))
    assert "You have not applied for a stay yet." in seen
    assert "Show open calls" in seen


def test_nobody_else_sees_the_page(client, session, scene):
    for person_id in (make_person(session).id, scene.post.person_id):
        sign_in(client, person_id)
        assert client.get(address(scene)).status_code == 404
        assert press(client, "/stays", address(scene, "/messages"), {"message-text": "x"}).status_code == 404
    assert client.get("/stays/EG-DE-2027-000001-X").status_code == 404
    assert client.get("/stays/nonsense").status_code == 404


def test_a_question_is_quoted_and_answered(client, session, scene):
    number = asked(scene)
    seen = words(client.get(address(scene)))
    assert "It is your turn: answer one question from Office" in seen
    assert "Answer the request" in seen
    assert "Please send proof of your means." in seen
    assert "Answer by Sunday 20 December 2026." in seen
    sent = send_answer(client, scene, number, text="My grant letter.", file=a_file())
    assert (sent.status_code, sent.location) == (302, address(scene))
    session.expire_all()
    request = session.get_one(Request, number)
    document = session.scalars(select(Document)).one()
    assert (request.answer_text, document.request_id, document.kind) == ("My grant letter.", number, "means")
    assert session.scalars(select(Clock)).one().state == "running"
    seen = words(client.get(address(scene)))
    assert "Your answer was sent to Office" in seen
    assert "0 open, 1 closed" in seen


def test_an_empty_answer_changes_nothing(client, session, scene):
    number = asked(scene)
    page = send_answer(client, scene, number, text="  ")
    assert page.status_code == 422
    assert "One answer needs a change" in words(page)
    assert session.scalars(select(Clock)).one().state == "paused"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ((b"<html></html>", "letter.pdf"), "The content is not what the name says."),
        ((b"", "letter.pdf"), "This file is empty."),
        ((b"x", "letter.exe"), "Send a PDF, JPG or PNG file."),
    ],
)
def test_a_file_that_is_not_taken_keeps_the_words(client, session, scene, file, sentence):
    number = asked(scene)
    page = send_answer(client, scene, number, text="My letter.", file=a_file(*file))
    assert page.status_code == 422
    assert sentence in words(page)
    assert "My letter.</textarea>" in page.text
    assert session.scalars(select(Document)).all() == []


def test_works_need_their_rights(client, session, scene):
    number = asked(scene, "portfolio")
    page = send_answer(client, scene, number, file=a_file())
    assert page.status_code == 422
    assert "Say whose works these are" in words(page)
    sent = send_answer(client, scene, number, file=a_file(), rights="© Layla Haddad")
    assert sent.status_code == 302


def test_an_answer_sent_twice_counts_once(client, session, scene):
    number = asked(scene)
    assert send_answer(client, scene, number, text="First.").status_code == 302
    assert send_answer(client, scene, number, text="Second.").status_code == 302
    assert "Nothing was sent twice." in words(client.get(address(scene)))
    session.expire_all()
    assert session.get_one(Request, number).answer_text == "First."


def test_a_question_of_another_case_is_not_there(client, session, scene):
    other = Scene(session)
    other.take(other.post, "lodge", {"lodged_on": TODAY})
    number = asked(other)
    assert send_answer(client, scene, number, text="x").status_code == 404


def test_a_returned_document_is_sent_again(client, session, scene):
    number = give_document(scene, "diploma")
    with write_unit(session):
        check_document(session, scene.post, number, "returned", "Page 2 is missing.", 1, NOW)
    seen = words(client.get(address(scene)))
    assert "returned Page 2 is missing." in seen
    assert "0 accepted, 1 returned" in seen
    form = address(scene, "/documents/diploma")
    assert "Page 2 is missing." in words(client.get(form))
    assert press(client, form, form).status_code == 422
    assert press(client, form, form, {"file": a_file()}).location == address(scene) + "#documents"
    versions = session.execute(select(Document.version, Document.status).order_by(Document.version)).all()
    assert [tuple(each) for each in versions] == [(1, "replaced"), (2, "to_check")]
    assert client.get(address(scene, "/documents/spell")).status_code == 404


def test_a_message_goes_into_the_thread_and_notes_stay_outside(client, session, scene):
    scene.do(post_message, scene.post, text="Secret.", internal=True)
    assert press(client, address(scene), address(scene, "/messages"), {"message-text": ""}).status_code == 422
    sent = press(client, address(scene), address(scene, "/messages"), {"message-text": "May I come earlier?"})
    assert sent.status_code == 302
    seen = words(client.get(address(scene)))
    assert "Your message was sent." in seen
    assert "You · 14 Dec 2026" in seen
    assert "May I come earlier?" in seen
    assert "Secret." not in seen
    assert session.scalars(select(ThreadMessage.language).where(ThreadMessage.is_internal.is_(False))).one() == "en"


@pytest.fixture
def ready(client, session):
    """A case whose only stage was found unnecessary: the applicant may travel."""
    made = Scene(session, arrival_on=date(2027, 3, 1))
    made.take(made.post, "exempt", {"ground": "nationality_exempt", "legal_basis": "Annex II"})
    sign_in(client, made.applicant.person_id)
    return made


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("30 2 2026", "There is no such day: 30 2 2026."),
        ("1 1 9999", "Give a day between"),
        ("15 12 2026", "This day lies ahead."),
        ("", "Fill this in."),
        ("soon", "Give day, month and year"),
    ],
)
def test_impossible_arrivals_are_refused_and_kept(client, session, ready, typed, sentence):
    page = press(client, address(ready), address(ready, "/arrival"), {"arrived_on": typed})
    assert page.status_code == 422
    assert sentence in words(page)
    assert f'value="{typed}"' in page.text
    assert session.scalars(select(Stay)).all() == []


def test_arrival_departure_and_report(client, session, ready):
    assert "It is your turn: travel, and tell us when you have arrived." in words(client.get(address(ready)))
    sent = press(client, address(ready), address(ready, "/arrival"), {"arrived_on": "1 12 2026"})
    assert sent.status_code == 302
    assert "You arrived on Tuesday 1 December 2026." in words(client.get(address(ready)))
    leave = address(ready, "/departure")
    wrong = press(client, address(ready), leave, {"departed_on": "30 11 2026"}, after="/departure")
    assert wrong.status_code == 422
    assert "Must be on or after 1 December 2026." in words(wrong)
    stale = press(client, address(ready), leave, {"departed_on": "9 12 2026", "row_version": "99"})
    assert stale.status_code == 409
    assert 'value="9 12 2026"' in stale.text
    assert press(client, address(ready), leave, {"departed_on": "9 12 2026"}, after="/departure").status_code == 302
    seen = words(client.get(address(ready)))
    assert "from Tuesday 1 December 2026 to Wednesday 9 December 2026: 9 days, both counted." in seen
    report = address(ready, "/report")
    assert press(client, address(ready), report, {"report-text": " "}).status_code == 422
    assert press(client, address(ready), report, {"report-text": "Light and dust."}).status_code == 302
    assert "Light and dust." in words(client.get(address(ready)))
    assert press(client, address(ready), report, {"report-text": "Again."}).status_code == 409


def test_withdrawing_asks_once_more(client, session, scene):
    page = client.get(address(scene, "/withdraw"))
    assert "Withdraw the application?" in words(page)
    stale = press(client, address(scene, "/withdraw"), address(scene, "/withdraw"), {"row_version": "99"})
    assert stale.status_code == 409
    assert session.scalars(select(CaseFile.status)).one() == "in_progress"
    assert press(client, address(scene, "/withdraw"), address(scene, "/withdraw")).status_code == 302
    session.expire_all()
    assert session.scalars(select(CaseFile.status)).one() == "withdrawn"
    seen = words(client.get(address(scene)))
    assert "This case is withdrawn. Nobody has anything to do." in seen
    assert "Withdraw the application" not in seen
    assert client.get(address(scene, "/withdraw")).location == address(scene)


def test_a_step_of_the_applicant(client, session):
    made = Scene(session)
    sign_in(client, made.applicant.person_id)
    seen = words(client.get(address(made)))
    assert "It is your turn: ask for an appointment, or lodge the visa application." in seen
    form = address(made, "/steps/visa/request_appointment")
    page = client.get(form)
    assert 'value="14 12 2026"' in page.text, "today is filled in beforehand"
    wrong = press(client, form, form, {"requested_on": "31 12 2026"})
    assert wrong.status_code == 422
    assert "This day lies ahead." in words(wrong)
    stale = press(client, form, form, {"requested_on": "10 12 2026", "row_version": "99"})
    assert stale.status_code == 409
    assert 'value="10 12 2026"' in stale.text
    assert press(client, form, form, {"requested_on": "10 12 2026"}).status_code == 302
    assert made.stage().status == "appointment_requested"
    assert client.get(form).status_code == 404, "the step is no longer offered"
    assert client.get(address(made, "/steps/visa/issue")).status_code == 404


def propose_and_confirm(scene, first, second, step, facts):
    scene.take(first, step, facts, kind="funding")
    proposal = scene.session.scalars(select(StageStep).order_by(StageStep.id.desc())).first()
    scene.do(confirm_step, second, proposal.id, row_version=scene.stage("funding").row_version)


def test_the_grant_is_accepted_with_its_amount_in_view(client, session):
    made = Scene(
        session, stages=("funding",), lines=[{"line": "stay", "payer": "DE", "amount_minor": 90000, "currency": "EUR"}]
    )
    sign_in(client, made.applicant.person_id)
    form = address(made, "/steps/funding/request")
    assert 'value="900.00"' in client.get(form).text, "the sum of the budget"
    assert press(client, form, form, {"amount": "nine", "currency": "EUR"}).status_code == 422
    assert press(client, form, form, {"amount": "900.00", "currency": "EUR"}).status_code == 302
    first, second = made.officer("funding"), made.officer("funding")
    for step, facts in (("assess", {"assessment": "Good."}), ("offer", {})):
        propose_and_confirm(made, first, second, step, {"amount": Decimal(900), "currency": "EUR"} | facts)
    page = words(client.get(address(made, "/steps/funding/accept")))
    assert "Amount 900.00 EUR" in page
    assert (
        press(client, address(made, "/steps/funding/accept"), address(made, "/steps/funding/accept")).status_code == 302
    )
    assert made.stage("funding").status == "accepted"


def test_a_refusal_shows_ground_and_basis_and_leads_to_the_appeal(client, session, scene):
    scene.take(scene.post, "admit")
    scene.take(scene.post, "refuse", {"ground": "means_not_proved", "legal_basis": "Visa Code 32(1)"})
    seen = words(client.get(address(scene)))
    assert "This case is refused. You can appeal against the decision." in seen
    assert "Visa: Refused" in seen
    assert "Ground Sufficient means are not proved" in seen
    assert "Legal basis Visa Code 32(1)" in seen
    form = address(scene, "/steps/visa/appeal")
    assert press(client, form, form, {"statement": ""}).status_code == 422
    assert press(client, form, form, {"statement": "My grant covers it."}).status_code == 302
    assert scene.stage().status == "appealed"


def test_the_case_as_a_whole_can_be_appealed(client, session):
    made = Scene(session, admitted=False)
    made.do(
        declare_ineligible,
        made.post,
        ground="outside_call",
        legal_basis="Call, rule 3",
        reasons="Too long.",
        row_version=made.case.row_version,
    )
    sign_in(client, made.applicant.person_id)
    seen = words(client.get(address(made)))
    assert "The stay lies outside what the call offers" in seen
    assert "Call, rule 3" in seen
    form = address(made, "/appeal")
    assert press(client, form, form, {"statement": " "}).status_code == 422
    stale = press(client, form, form, {"statement": "It is not.", "row_version": "99"})
    assert (stale.status_code, "It is not.</textarea>" in stale.text) == (409, True)
    assert press(client, form, form, {"statement": "It is not."}).status_code == 302
    assert made.case.status == "appealed"
    assert client.get(form).location == address(made)


def test_a_returned_application_leads_back_to_its_sections(client, session):
    made = Scene(session, admitted=False)
    made.do(return_case, made.post, ground="incomplete", reasons="The plan.", row_version=made.case.row_version)
    sign_in(client, made.applicant.person_id)
    page = client.get(address(made))
    assert "Complete the application" in words(page)
    assert f"/applications/{made.case.application_id}" in page.text
    assert "The plan." in words(page)


def test_the_post_has_recorded_the_arrival_already(client, session, ready):
    ready.do(record_arrival, ready.post, arrived_on=TODAY)
    assert "Record the departure" in words(client.get(address(ready)))


def test_sentences_about_several_offices_and_days():
    assert meanwhile_sentence([]) == ""
    assert meanwhile_sentence(["A"]).startswith("Meanwhile A owes")
    assert "A, B, and C each owe" in meanwhile_sentence(["A", "B", "C"])
    assert listed(["A"]) == "A"
    assert span_words(date(2026, 12, 1), date(2027, 1, 2)) == "1 December 2026 to 2 January 2027"


@pytest.mark.parametrize(
    ("slack", "sentence"),
    [
        (None, "Every stage has ended."),
        (0, "On today’s dates you can arrive as planned. The tightest step is visa: no days to spare."),
        (3, "On today’s dates you can arrive as planned. The tightest step is visa: 3 days to spare."),
        (-2, "On today’s dates the arrival as planned is not safe: visa is expected to end 2 days too late."),
    ],
)
def test_the_outlook_in_a_sentence(slack, sentence):
    stage = StageOutlook(kind=StageKind.VISA, finish_by=TODAY, slack_days=slack)
    assert outlook_sentence(Outlook(planned_arrival_on=TODAY, stages=(stage,))) == sentence


def test_a_stay_that_uses_too_many_days_says_so(client, session):
    make_provision(session, code="V10", stage="stay", rule_set="ROLL90_180", period="90", unit="days", kind="stay")
    made = Scene(session, provisions={"visa": ["V10"]}, departure_on=date(2027, 6, 9))
    sign_in(client, made.applicant.person_id)
    assert "101 days within 180 days; 90 are allowed." in words(client.get(address(made)))


def test_the_page_of_somebody_else_case_in_a_list_is_not_linked(client, session, scene):
    make_case(session, route=scene.route)
    assert words(client.get("/stays", follow_redirects=True)).count("Your stay in") == 1
