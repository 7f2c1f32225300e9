"""The desk on screen: the queue, the case file, every act of an office, and two people who act at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mobility.domain.stages import StageStep as Do
from mobility.services.cases import assign_officer
from mobility.services.sealing import seal
from mobility.services.threads import post_message
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import SealedReading
from mobility.storage.models.cases import Request, StageStep, ThreadMessage
from mobility.storage.models.clocks import Clock
from mobility.storage.models.documents import Document
from mobility.storage.models.funding import BudgetLine, Payment
from mobility.web.desk import views
from tests.factories import NOW, actor_for, make_case, make_grant, make_office, make_officer, make_person
from tests.services.scenes import Scene
from tests.web.casework import give_document, hidden, press, stop_the_clock, visa_provision, words
from tests.web.forms import sign_in
from tests.web.statements import counted_statements

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def still(app, monkeypatch):
    stop_the_clock(monkeypatch)


@pytest.fixture
def scene(client, session):
    """A lodged visa application; an officer of the post is signed in."""
    visa_provision(session)
    made = Scene(session, stages=("visa", "funding"), provisions={"visa": ["V05"]})
    made.take(made.post, "lodge", {"lodged_on": TODAY - timedelta(days=4)})
    sign_in(client, made.post.person_id)
    return made


@pytest.fixture
def fresh(client, session):
    """An application that was just sent; an officer of the post is signed in."""
    made = Scene(session, admitted=False)
    sign_in(client, made.post.person_id)
    return made


def file_of(scene, rest="") -> str:
    return f"/desk/cases/{scene.case.reference}{rest}"


def step_form(scene, step, kind="visa") -> str:
    return file_of(scene, f"/stages/{kind}/step?step={step}")


def take(client, scene, step, facts=None, kind="visa", **options):
    url = file_of(scene, f"/stages/{kind}/steps/{step}")
    return press(client, step_form(scene, step, kind), url, facts, **options)


# the queue


def more_cases(scene, count):
    for number in range(count):
        other = Scene.__new__(Scene)
        other.session, other.now, other.route, other.post = scene.session, NOW, scene.route, scene.post
        made = make_case(scene.session, route=scene.route)
        other.case_id, other.applicant = made.id, actor_for(made.person)
        other.admit()
        other.take(scene.post, "lodge", {"lodged_on": TODAY - timedelta(days=40 - number)})


def test_the_queue_tells_what_is_owed_by_when_and_why(client, scene):
    page = client.get("/desk")
    assert page.status_code == 200
    seen = words(page)
    assert "1 open. 0 late , 0 due today, 0 due this week, 0 stopped." in seen
    assert "Mon 11 Jan" in seen
    assert "18 / 28" in seen
    assert "The consulate decides on the application. 23(1)" in seen
    assert "Egypt → Dresden" in seen
    assert file_of(scene) in page.text
    assert f"/clocks/{scene.clocks()['V05'].id}/why" in page.text


def test_a_queue_reads_four_statements_at_any_length(app, client, scene):
    more_cases(scene, 3)
    client.get("/desk")
    with counted_statements(app) as statements:
        assert client.get("/desk").status_code == 200
    assert len(statements) <= 4, "\n".join(statements)


def test_a_row_that_is_kept_follows_its_case_and_the_readers_language(client, session, scene):
    first = client.get("/desk").text
    assert client.get("/desk").text.count("Mon 11 Jan") == first.count("Mon 11 Jan") == 1
    assert 'data-l="État"' in client.get("/desk?lang=fr").text
    with write_unit(session):
        scene.case.applicant_name = "<b>Layla"
    changed = client.get("/desk").text
    assert "&lt;b&gt;Layla" in changed
    assert "<b>Layla" not in changed


def test_late_cases_stand_first_and_can_be_shown_alone(client, scene):
    more_cases(scene, 2)
    seen = words(client.get("/desk"))
    assert "2 late" in seen
    assert seen.index(" −") < seen.index("18 / 28")
    assert "18 / 28" not in words(client.get("/desk?state=late"))


def test_filters_live_in_the_address(client, session, scene):
    assert "No case matches these filters." in words(client.get("/desk?q=nobody"))
    assert "Layla Haddad" in words(client.get(f"/desk?q={scene.case.reference.lower()}"))
    page = client.get("/desk?officer=nobody&stage=visa&status=in_progress&state=later")
    assert "Layla Haddad" in words(page)
    assert '<option value="visa" selected' in page.text
    scene.do(assign_officer, scene.post, "visa", scene.post.person_id, row_version=scene.stage().row_version)
    assert "No case matches" in words(client.get("/desk?officer=nobody"))
    assert "Layla Haddad" in words(client.get("/desk?officer=mine"))
    assert client.get("/desk?state=nonsense&stage=1&officer=x").status_code == 200


def test_a_queue_goes_on_after_fifty(client, monkeypatch, scene):
    more_cases(scene, 2)
    whole = views.list_desk
    monkeypatch.setattr(views, "list_desk", lambda *args, **more: whole(*args, **(more | {"limit": 2})))
    page = client.get("/desk?stage=visa")
    assert "Next 50" in words(page)
    following = page.text.split('class="m-btn" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "stage=visa" in following
    seen = words(client.get(following))
    assert "Next 50" not in seen
    assert "Back to the first" in seen
    assert client.get("/desk?after=tomorrow").status_code == 422


def test_an_empty_desk_says_what_will_stand_there(client, session, scene):
    office = make_office(session)
    sign_in(client, make_officer(session, office))
    assert "Nothing lies on this desk." in words(client.get("/desk"))


def test_whoever_sits_at_several_desks_chooses(client, session, scene):
    person = make_person(session)
    for kind in ("visa", "funding"):
        make_grant(session, person, "officer", office=scene.office(kind))
    sign_in(client, person)
    assert "Your desks" in words(client.get("/desk"))
    page = client.get(f"/desk?office={scene.stage().office_id}")
    assert "other desks" in words(page)
    assert "Layla Haddad" in words(page)
    assert client.get("/desk?office=99999").status_code == 404


def test_the_desk_is_for_those_who_sit_there(client, session, scene):
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=scene.route.programme)
    sign_in(client, manager)
    assert client.get("/desk").status_code == 404
    page = client.get(file_of(scene))
    assert page.status_code == 200
    assert "Read only" in words(page)
    assert "<form" not in page.text.split("<main")[1].split("</main>")[0]
    assert client.get(file_of(scene, "/application")).status_code == 200
    sign_in(client, scene.applicant.person_id)
    assert client.get(file_of(scene)).status_code == 404


# the case file


def test_the_case_file_shows_the_case_at_a_glance(client, scene):
    give_document(scene)
    seen = words(client.get(file_of(scene)))
    assert "Egypt → Dresden, Germany" in seen
    assert "1 March to 9 May 2027, 70 days" in seen
    assert "It is your turn: say whether the visa application is admissible." in seen
    assert "28 days left, 18 of them working days" in seen
    assert "This office · lodged" in seen
    assert "Application lodged, 10 Dec" in seen
    assert "Curriculum vitae" in seen
    assert "Visa: Application lodged" in seen
    assert "set: 11 Jan" in seen
    assert "Declare the application admissible" in seen


def test_the_case_file_keeps_within_its_statements(app, client, scene):
    give_document(scene)
    scene.do(post_message, scene.post, text="Good morning.")
    url = file_of(scene)
    client.get(url)
    with counted_statements(app) as statements:
        assert client.get(url).status_code == 200
    assert len(statements) <= 20, "\n".join(statements)


def test_the_application_can_be_read_without_what_is_protected(client, session):
    made = Scene(session)
    with write_unit(session):
        made.case.answers = {**made.case.answers, "about_you": {"birth_on": "sealed", "nationality": "EG"}}
    sign_in(client, made.post.person_id)
    seen = words(client.get(file_of(made, "/application")))
    assert "Light for small stages" in seen
    assert "Egypt" in seen
    assert "protected; see the case file" in seen


def test_protected_fields_are_shown_once_and_noted(client, session, scene):
    with write_unit(session):
        seal(session, scene.applicant.person_id, "passport_number", "A1234567")
        seal(session, scene.applicant.person_id, "birth_on", "1990-03-30")
    page = press(client, file_of(scene), file_of(scene, "/protected"))
    assert page.status_code == 200
    assert "A1234567" in words(page)
    assert "30 March 1990" in words(page)
    assert "A1234567" not in client.get(file_of(scene)).text
    readers = set(session.scalars(select(SealedReading.reader_id)))
    assert readers == {scene.post.person_id}


# the case as a whole


def case_step(client, scene, step, data=None, **options):
    return press(client, file_of(scene, f"/step?step={step}"), file_of(scene, f"/steps/{step}"), data, **options)


def test_admitting_opens_the_stages(client, session, fresh):
    assert "check the application." in words(client.get(file_of(fresh)))
    assert case_step(client, fresh, "admit").location == file_of(fresh)
    assert "The application is admitted." in words(client.get(file_of(fresh)))
    assert (fresh.case.status, fresh.stage().status) == ("in_progress", "opened")


def test_returning_needs_ground_and_reasons(client, session, fresh):
    page = case_step(client, fresh, "return", {"ground": "incomplete", "reasons": ""})
    assert page.status_code == 422
    assert 'value="incomplete" checked' in page.text
    assert case_step(client, fresh, "return", {"ground": "incomplete", "reasons": "The plan."}).status_code == 302
    assert fresh.case.status == "returned"


def test_ineligible_needs_a_legal_basis(client, session, fresh):
    given = {"ground": "outside_call", "reasons": ""}
    page = case_step(client, fresh, "declare_ineligible", given | {"legal_basis": ""})
    assert (page.status_code, "Legal basis: Fill this in." in words(page)) == (422, True)
    assert case_step(client, fresh, "declare_ineligible", given | {"legal_basis": "Rule 3"}).status_code == 302
    assert fresh.case.status == "ineligible"


def test_a_case_step_that_is_not_offered_leads_back(client, session, scene):
    assert client.get(file_of(scene, "/step?step=admit")).location == file_of(scene)
    assert press(client, file_of(scene), file_of(scene, "/steps/conjure")).status_code == 404


def test_two_people_decide_on_one_application(client, session, fresh):
    form = client.get(file_of(fresh, "/step?step=declare_ineligible"))
    stale = {name: hidden(form, name) for name in ("csrf_token", "row_version", "seen", "was")}
    fresh.admit()
    given = {"ground": "outside_call", "legal_basis": "Rule 3", "reasons": "Too long."}
    page = client.post(file_of(fresh, "/steps/declare_ineligible"), data=stale | given)
    assert page.status_code == 409
    seen = words(page)
    assert "Someone changed this case while you were writing" in seen
    assert "Application admissible Selin Aydın" in seen, "who saved what"
    assert "sent, being checked" in seen, "what it was"
    assert "Too long." in seen, "what was typed"
    assert "no longer possible" in seen
    assert fresh.case.status == "in_progress"


# stages


def test_a_step_asks_exactly_for_its_facts(client, session, scene):
    assert take(client, scene, "admit").location == file_of(scene)
    page = client.get(step_form(scene, "issue"))
    assert [
        name for name in ("visa_kind", "entries", "valid_from", "valid_until", "days") if f'name="{name}"' in page.text
    ]
    assert 'value="1 3 2027"' in page.text
    given = {"visa_kind": "short_stay", "entries": "one", "valid_from": "1 3 2027", "valid_until": "9 5 2027"}
    for days, sentence in (
        ("ninety", "Give a number in figures."),
        ("90", "more days than there are"),
        ("", "Fill this in"),
    ):
        wrong = take(client, scene, "issue", given | {"days": days})
        assert wrong.status_code == 422
        assert sentence in words(wrong)
        assert f'value="{days}"' in wrong.text
    assert scene.stage().status == "admissible"
    assert take(client, scene, "issue", given | {"days": "70"}).status_code == 302
    assert scene.stage().status == "issued"
    seen = words(client.get(file_of(scene)))
    assert "Visa: Visa issued" in seen
    assert "Days of stay 70" in seen


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("30 2 2026", "There is no such day"), ("15 12 2026", "This day lies ahead"), ("1 1 9999", "Give a day between")],
)
def test_impossible_days_of_lodging(client, session, fresh, day, sentence):
    fresh.admit()
    page = take(client, fresh, "lodge", {"lodged_on": day})
    assert (page.status_code, sentence in words(page)) == (422, True)
    assert fresh.stage().status == "opened"


def test_a_refusal_needs_ground_and_basis(client, session, scene):
    take(client, scene, "admit")
    page = take(client, scene, "refuse", {"ground": "", "legal_basis": "", "reasons": "No."})
    assert (page.status_code, "No.</textarea>" in page.text) == (422, True)
    assert take(client, scene, "refuse", {"ground": "means_not_proved", "legal_basis": "32(1)"}).status_code == 302
    assert scene.stage().status == "refused"


def test_a_step_of_another_desk_is_not_there(client, session, scene):
    assert client.get(step_form(scene, "request", "funding")).location == file_of(scene)
    assert press(client, file_of(scene), file_of(scene, "/stages/funding/steps/request")).status_code in (403, 409)
    assert press(client, file_of(scene), file_of(scene, "/stages/visa/steps/fly")).status_code == 404
    assert client.get(step_form(scene, "x", "dance")).status_code == 404


def stale_lodging(client, scene):
    """Open the form of lodging, let a colleague give an appointment, then send what was typed."""
    form = client.get(step_form(scene, "lodge"))
    stale = {name: hidden(form, name) for name in ("csrf_token", "row_version", "seen", "was")}
    scene.take(scene.officer("visa"), "give_appointment", {"appointment_on": TODAY})
    return client.post(file_of(scene, "/stages/visa/steps/lodge"), data=stale | {"lodged_on": "10 12 2026"})


def test_a_stale_step_becomes_a_choice(client, session, fresh):
    fresh.admit()
    page = stale_lodging(client, fresh)
    assert page.status_code == 409
    seen = words(page)
    assert "Appointment given" in seen
    assert "State of the stage open appointment given lodged" in seen
    assert "Lodged on empty not changed 10 12 2026" in seen
    again = {name: hidden(page, name) for name in ("csrf_token", "row_version", "seen", "was", "lodged_on")}
    url = file_of(fresh, "/stages/visa/steps/lodge")
    dropped = client.post(url, data=again | {"choice": "theirs"})
    assert (dropped.status_code, fresh.stage().status) == (302, "appointment_given")
    assert "Your change was dropped." in words(client.get(file_of(fresh)))
    assert client.post(url, data=again | {"choice": "yours"}).status_code == 302
    assert fresh.stage().status == "lodged"


def test_a_step_that_became_impossible_shows_what_was_typed(client, session, scene):
    form = client.get(step_form(scene, "return_application"))
    stale = {name: hidden(form, name) for name in ("csrf_token", "row_version", "seen", "was")}
    scene.take(scene.officer("visa"), "admit")
    given = {"ground": "not_admissible", "legal_basis": "Article 19", "reasons": "The photograph."}
    page = client.post(file_of(scene, "/stages/visa/steps/return_application"), data=stale | given)
    assert page.status_code == 409
    seen = words(page)
    assert "What you wanted is no longer possible" in seen
    assert "The photograph." in seen
    assert "Save this choice" not in seen


def test_a_stage_gets_its_officer(client, session, scene):
    url = file_of(scene, "/stages/visa/officer")
    colleague = scene.officer("visa").person_id
    assert press(client, file_of(scene), url, {"officer": str(colleague)}, after=url).status_code == 302
    assert scene.stage().officer_id == colleague
    stale = press(client, file_of(scene), url, {"officer": "", "row_version": "1"}, after=url)
    assert (stale.status_code, "nobody" in words(stale)) == (409, True)
    assert press(client, file_of(scene), url, {"officer": ""}, after=url).status_code == 302
    assert scene.stage().officer_id is None


# questions, documents, clocks


def ask(client, scene, **given):
    form = file_of(scene, "/ask/visa")
    typed = {"document_kind": "means", "text": "Proof of means, please.", "answer_by": "20 12 2026"} | given
    return press(client, form, form, typed)


def test_a_question_stops_the_clock_and_can_be_taken_back(client, session, scene):
    assert ask(client, scene).status_code == 302
    request = session.scalars(select(Request)).one()
    assert (request.document_kind, request.answer_by) == ("means", date(2026, 12, 20))
    seen = words(client.get(file_of(scene)))
    assert "Stopped since 14 Dec" in seen
    assert "Proof of means: asked 14 Dec, answer by 20 Dec" in seen
    url = file_of(scene, f"/requests/{request.id}/withdraw")
    assert press(client, file_of(scene), url, after=url).status_code == 302
    session.expire_all()
    assert session.scalars(select(Clock.state)).one() == "running"
    stale = press(client, file_of(scene), url, {"row_version": "1"})
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": " "}, "Fill this in."),
        ({"answer_by": "13 12 2026"}, "This day has passed."),
        ({"answer_by": "13 12 2029"}, "Give a day within one year."),
        ({"answer_by": "31 6 2027"}, "There is no such day"),
    ],
)
def test_questions_that_cannot_be_asked(client, session, scene, given, sentence):
    page = ask(client, scene, **given)
    assert (page.status_code, sentence in words(page)) == (422, True)
    assert session.scalars(select(Request)).all() == []


def test_the_post_may_ask_about_the_case(client, session, scene):
    form = file_of(scene, "/ask/case")
    assert (
        press(
            client, form, form, {"document_kind": "", "text": "Which address?", "answer_by": "20 12 2026"}
        ).status_code
        == 302
    )
    assert client.get(file_of(scene, "/ask/funding")).status_code == 404


def test_a_document_is_accepted_or_returned_with_a_reason(client, session, scene):
    first, second = give_document(scene, "cv"), give_document(scene, "diploma")
    accept = file_of(scene, f"/documents/{first}/accept")
    assert press(client, file_of(scene), accept, after=accept).location.endswith("#documents")
    form = file_of(scene, f"/documents/{second}/return")
    assert press(client, form, form, {"reason": " "}).status_code == 422
    assert press(client, form, form, {"reason": "Page 2 is missing."}).status_code == 302
    session.expire_all()
    found = {each.id: each.status for each in session.scalars(select(Document))}
    assert found == {first: "accepted", second: "returned"}
    stale = press(client, file_of(scene), accept, {"row_version": "1"})
    assert stale.status_code == 409
    assert "Curriculum vitae" in words(stale)
    assert press(client, file_of(scene), file_of(scene, "/documents/99999/accept")).status_code == 404


def test_a_document_that_was_replaced_meanwhile(client, session, scene):
    first = give_document(scene, "cv")
    accept = file_of(scene, f"/documents/{first}/accept")
    page = client.get(file_of(scene))
    data = {"csrf_token": hidden(page, "csrf_token"), "row_version": hidden(page, "row_version", accept)}
    give_document(scene, "cv")
    merged = client.post(accept, data=data)
    assert merged.status_code == 409
    assert "replaced by a later version" in words(merged)
    assert "Save this choice" not in words(merged)


def test_a_period_is_extended_with_a_reason(client, session, scene):
    clock = scene.clocks()["V05"]
    form = file_of(scene, f"/clocks/{clock.id}/extend")
    assert "The provision allows 45 days more. Further scrutiny is needed." in words(client.get(form))
    assert press(client, form, form, {"reason": ""}).status_code == 422
    assert press(client, form, form, {"reason": "Two files at once."}).status_code == 302
    session.expire_all()
    assert session.get_one(Clock, clock.id).earliest_on == date(2027, 1, 25)
    assert client.get(form).status_code == 404, "once only"


def test_the_day_a_clock_counts_from_is_corrected_after_its_result_was_shown(client, session, scene):
    clock = scene.clocks()["V05"]
    was, form = clock.earliest_on, file_of(scene, f"/clocks/{clock.id}/correct")
    assert form in client.get(f"/clocks/{clock.id}/why").text
    other = clock.trigger_on + timedelta(days=4)
    typed = {"on_day": other.isoformat(), "reason": "The stamp says so."}
    assert press(client, form, form, typed | {"reason": ""}).status_code == 422
    assert press(client, form, form, typed | {"on_day": clock.trigger_on.isoformat()}).status_code == 422
    shown = press(client, form, form, typed)
    assert shown.status_code == 200
    assert f"Counted from {other.day} {other:%B %Y}, it is due" in words(shown)
    session.expire_all()
    assert session.get_one(Clock, clock.id).earliest_on == was, "shown is not recorded"
    assert press(client, form, form, typed | {"shown": "2026-12-01"}).status_code == 200, "another day was shown"
    assert press(client, form, form, typed | {"shown": other.isoformat()}).status_code == 302
    session.expire_all()
    assert session.get_one(Clock, clock.id).trigger_on == other
    assert session.get_one(Clock, clock.id).earliest_on > was
    assert "after all" in words(client.get(file_of(scene)))


# what is written


def test_messages_and_notes_are_kept_apart(client, session, scene):
    page = file_of(scene)
    assert press(client, page, file_of(scene, "/messages"), {"message-text": " "}).status_code == 422
    assert press(client, page, file_of(scene, "/messages"), {"message-text": "Come at nine."}).status_code == 302
    assert press(client, page, file_of(scene, "/notes"), {"note-text": "Check the host."}).status_code == 302
    kept = {each.text: each.is_internal for each in session.scalars(select(ThreadMessage))}
    assert kept == {"Come at nine.": False, "Check the host.": True}
    sign_in(client, scene.applicant.person_id)
    seen = words(client.get(f"/stays/{scene.case.reference}"))
    assert "Come at nine." in seen
    assert "Check the host." not in seen


# money


@pytest.fixture
def funded(client, session):
    """A case with a budget whose funding was requested; two people of the funder."""
    lines = [{"line": "stay", "payer": "DE", "amount_minor": 90000, "currency": "EUR"}]
    made = Scene(session, stages=("funding",), lines=lines)
    made.take(made.applicant, "request", {"amount": Decimal(900), "currency": "EUR"}, kind="funding")
    made.first, made.second = made.officer("funding"), made.officer("funding")
    sign_in(client, made.first.person_id)
    return made


def second_step(client, scene, verdict):
    number = scene.session.scalars(select(StageStep.id).order_by(StageStep.id.desc())).first()
    url = file_of(scene, f"/proposals/{number}/{verdict}")
    return press(client, file_of(scene), url, after=url)


def test_money_is_decided_by_two(client, session, funded):
    given = {"amount": "810.00", "currency": "EUR", "assessment": "Nine tenths."}
    assert "Propose it" in words(client.get(step_form(funded, "assess", "funding")))
    assert take(client, funded, "assess", given, "funding").status_code == 302
    seen = words(client.get(file_of(funded)))
    assert "You proposed this." in seen
    number = session.scalars(select(StageStep.id).order_by(StageStep.id.desc())).first()
    own = file_of(funded, f"/proposals/{number}/confirm")
    assert (
        press(client, file_of(funded), own, {"row_version": str(funded.stage("funding").row_version)}).status_code
        == 403
    )
    sign_in(client, funded.second.person_id)
    seen = words(client.get(file_of(funded)))
    assert "Proposed by Selin Aydın" in seen
    assert "Amount 810.00 EUR" in seen
    assert second_step(client, funded, "confirm").status_code == 302
    assert funded.stage("funding").status == "assessed"


def test_a_proposal_is_sent_back(client, session, funded):
    take(client, funded, "assess", {"amount": "1", "currency": "EUR", "assessment": "?"}, "funding")
    sign_in(client, funded.second.person_id)
    assert second_step(client, funded, "reject").status_code == 302
    assert funded.stage("funding").status == "requested"
    stale = press(
        client, file_of(funded), file_of(funded, f"/proposals/{_last_step(session)}/confirm"), {"row_version": "1"}
    )
    assert (stale.status_code, "Save this choice" in words(stale)) == (409, False)


def _last_step(session):
    return session.scalars(select(StageStep.id).order_by(StageStep.id.desc())).first()


def test_the_grant_is_set_line_by_line(client, session, funded):
    form = file_of(funded, "/grant")
    line = session.scalars(select(BudgetLine)).one()
    assert "Daily costs, EUR. Asked for: 900.00 EUR, of Germany" in words(client.get(form))
    for typed, sentence in (
        ("many", "Give an amount in figures"),
        ("1.005", "fewer decimal places"),
        ("-1", "above zero"),
    ):
        page = press(client, form, form, {f"line_{line.id}": typed})
        assert (page.status_code, sentence in words(page)) == (422, True)
    assert press(client, form, form, {f"line_{line.id}": "810.00"}).status_code == 302
    session.expire_all()
    assert session.scalars(select(BudgetLine.granted_minor)).one() == 81000
    assert client.get(file_of(funded, "/payments/new")).status_code == 404, "nothing is signed yet"


@pytest.fixture
def signed(client, session, funded):
    amount = {"amount": Decimal(900), "currency": "EUR"}
    for step, facts in ((Do.ASSESS, amount | {"assessment": "Good."}), (Do.OFFER, amount)):
        take(client, funded, step, {name: str(value) for name, value in facts.items()}, "funding")
        sign_in(client, funded.second.person_id)
        assert second_step(client, funded, "confirm").status_code == 302
        sign_in(client, funded.first.person_id)
    funded.take(funded.applicant, "accept", kind="funding")
    funded.take(funded.first, "sign", {"signed_on": TODAY}, kind="funding")
    return funded


def test_an_instalment_is_proposed_approved_and_paid(client, session, signed):
    form = file_of(signed, "/payments/new")
    given = {"milestone": "signature", "amount": "450.00", "currency": "EGP", "payer": "EG"}
    assert press(client, form, form, given | {"amount": ""}).status_code == 422
    assert press(client, form, form, given).status_code == 302
    payment = session.scalars(select(Payment)).one()
    assert (payment.amount_minor, payment.status) == (45000, "proposed")
    approve = file_of(signed, f"/payments/{payment.id}/approve")
    assert press(client, file_of(signed), approve, {"row_version": "1"}).status_code == 403, "one's own"
    sign_in(client, signed.second.person_id)
    assert press(client, file_of(signed), approve, after=approve).status_code == 302
    stale = press(client, file_of(signed), approve, {"row_version": "1"})
    assert (stale.status_code, "approved, to be paid" in words(stale)) == (409, True)
    paid = file_of(signed, f"/payments/{payment.id}/paid")
    given = {"paid_on": "14 12 2026", "rate": "52.5", "rate_source": ""}
    page = press(client, paid, paid, given)
    assert (page.status_code, "Where the rate comes from" in words(page)) == (422, True)
    assert press(client, paid, paid, given | {"paid_on": "15 12 2026"}).status_code == 422
    assert press(client, paid, paid, given | {"rate_source": "Central Bank of Egypt"}).status_code == 302
    session.expire_all()
    assert session.scalars(select(Payment)).one().amount_eur_minor == 857
    assert signed.stage("funding").status == "paying"
    assert client.get(paid).status_code == 404


def test_an_instalment_is_sent_back(client, session, signed):
    form = file_of(signed, "/payments/new")
    press(client, form, form, {"milestone": "arrival", "amount": "1.00", "currency": "EUR", "payer": "DE"})
    payment = session.scalars(select(Payment)).one()
    reject = file_of(signed, f"/payments/{payment.id}/reject")
    assert press(client, file_of(signed), reject, after=reject).status_code == 302
    session.expire_all()
    assert session.scalars(select(Payment.status)).one() == "rejected"
    assert press(client, file_of(signed), file_of(signed, "/payments/99999/approve")).status_code == 404


# the journey


def test_the_post_records_the_journey_and_closes_the_case(client, session):
    made = Scene(session)
    made.take(made.post, "exempt", {"ground": "nationality_exempt", "legal_basis": "Annex II"})
    sign_in(client, made.post.person_id)
    arrival, departure = file_of(made, "/arrival"), file_of(made, "/departure")
    assert client.get(departure).status_code == 404
    assert press(client, arrival, arrival, {"arrived_on": "15 12 2026"}).status_code == 422
    assert press(client, arrival, arrival, {"arrived_on": "1 12 2026"}).status_code == 302
    assert press(client, departure, departure, {"departed_on": "30 11 2026"}).status_code == 422
    stale = press(client, departure, departure, {"departed_on": "9 12 2026", "row_version": "99"})
    assert (stale.status_code, "9 December 2026" in words(stale)) == (409, True)
    assert press(client, departure, departure, {"departed_on": "9 12 2026"}).status_code == 302
    assert "There from 1 December 2026 to 9 December 2026: 9 days." in words(client.get(file_of(made)))
    assert case_step(client, made, "close").status_code == 302
    assert made.case.status == "closed"


def test_a_case_in_which_something_is_owed_is_not_closed(client, session):
    made = Scene(session)
    made.take(made.post, "exempt", {"ground": "nationality_exempt", "legal_basis": "Annex II"})
    sign_in(client, made.post.person_id)
    for name, day in (("arrival", {"arrived_on": "1 12 2026"}), ("departure", {"departed_on": "9 12 2026"})):
        press(client, file_of(made, f"/{name}"), file_of(made, f"/{name}"), day)
    form = file_of(made, "/ask/case")
    assert (
        press(
            client, form, form, {"document_kind": "", "text": "Which address?", "answer_by": "20 12 2026"}
        ).status_code
        == 302
    )
    page = case_step(client, made, "close")
    assert page.status_code == 409
    assert "A question to the applicant is still open." in words(page)
    assert made.case.status == "completed"


def test_the_planned_stay_moves(client, session, scene):
    form = file_of(scene, "/plan")
    for days, sentence in (
        (("9 5 2027", "1 3 2027"), "Must be on or after"),
        (("1 12 2026", "9 5 2027"), "The arrival must lie in the future."),
    ):
        page = press(client, form, form, {"arrival_on": days[0], "departure_on": days[1]})
        assert (page.status_code, sentence in words(page)) == (422, True)
    stale = press(client, form, form, {"arrival_on": "1 4 2027", "departure_on": "9 5 2027", "row_version": "99"})
    assert (stale.status_code, "1 April to 9 May 2027" in words(stale)) == (409, True)
    assert press(client, form, form, {"arrival_on": "1 4 2027", "departure_on": "9 5 2027"}).status_code == 302
    assert scene.case.planned_arrival_on == date(2027, 4, 1)


def test_an_appeal_against_the_whole_is_decided(client, session, fresh):
    given = {"ground": "outside_call", "legal_basis": "Rule 3", "reasons": ""}
    case_step(client, fresh, "declare_ineligible", given)
    sign_in(client, fresh.applicant.person_id)
    form = f"/stays/{fresh.case.reference}/appeal"
    press(client, form, form, {"statement": "It is not."})
    sign_in(client, fresh.post.person_id)
    assert "decide on the appeal." in words(client.get(file_of(fresh)))
    assert case_step(client, fresh, "confirm_ineligibility", given | {"legal_basis": ""}).status_code == 422
    assert case_step(client, fresh, "uphold_appeal").status_code == 302
    assert fresh.case.status == "in_progress"
