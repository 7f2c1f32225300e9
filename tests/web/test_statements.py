"""Statements on screen: two states sign, dispute, correct and confirm; a hash is checked by anybody."""

from datetime import date

import pytest

from tests.factories import make_flow, make_grant, make_office, make_officer, make_person, make_programme, make_route
from tests.web.forms import post, sentences, sign_in, sign_out

FINE = {
    f"v_{code}": "confirmed"
    for code in (
        "people_ab",
        "people_ba",
        "days_ab",
        "days_ba",
        "money_ab",
        "money_ba",
        "tolerance",
        "opening",
        "closing",
    )
}


@pytest.fixture
def people(session):
    """An officer of each state and the manager, by id; Germany hosted 5 of Egypt in 2024."""
    programme = make_programme(session)
    of_de, of_eg = make_office(session, country="DE"), make_office(session, country="EG")
    make_route(session, programme=programme, office=of_de, sending_office_id=of_eg.id)
    for _ in range(5):
        make_flow(session, programme, "EG", "DE", date(2024, 3, 1), date(2024, 3, 10))
    manager = make_person(session, country="FR")
    make_grant(session, manager, "manager", programme=programme)
    return {
        "german": make_officer(session, of_de).id,
        "egyptian": make_officer(session, of_eg).id,
        "manager": manager.id,
        "what": f"{programme.instrument.code}:DE:EG",
    }


def told(page) -> str:
    return " ".join(sentences(page))


def freeze(client, people) -> str:
    sign_in(client, people["manager"])
    answered = post(client, "/statements/new", {"what": people["what"], "year": "2024"})
    assert answered.status_code == 302, told(answered)
    return answered.location


def test_a_statement_goes_from_side_to_side(client, people):
    first = freeze(client, people)
    page = told(client.get(first))
    assert "It is the turn of Germany or Egypt to sign." in page
    assert "Egypt has sent 5 more" in page
    assert "5 stays without a case" in page

    sign_in(client, people["german"])
    assert "Sign for Germany" in told(client.get(first))
    assert "signed" in told(post(client, f"{first}/sign", page=first, follow_redirects=True))

    sign_in(client, people["egyptian"])
    assert "yours" in told(client.get("/statements/"))
    answer = FINE | {"v_people_ba": "disputed"}
    assert "Say in a few words what you dispute." in told(post(client, f"{first}/answer", answer))
    disputed = post(client, f"{first}/answer", answer | {"t_people_ba": "We sent six."}, follow_redirects=True)
    assert "Egypt disputes the statement." in told(disputed)

    sign_in(client, people["manager"])
    assert "In this version: 5. The records give: 5." in told(client.get(f"{first}/correct"))
    wrong = post(client, f"{first}/correct", {"why": "As Egypt says.", "n_people_ba": "6"})
    assert (wrong.status_code, "needs a reason" in told(wrong)) == (422, True)
    agreed = {"why": "As Egypt says.", "n_people_ba": "٦", "r_people_ba": "By letter."}
    second = post(client, f"{first}/correct", agreed).location
    assert "agreed; the records give 5" in told(client.get(second))
    assert "This version was replaced by a newer one." in told(client.get(first))
    thread = client.get(f"{second}/entries/people_ba")
    assert "We sent six." in told(thread)
    sent = post(client, f"{second}/entries/people_ba", {"text": "Six it is."}, follow_redirects=True)
    assert "Six it is." in told(sent)

    sign_in(client, people["egyptian"])
    post(client, f"{second}/sign", page=second)
    sign_in(client, people["german"])
    confirmed = told(post(client, f"{second}/answer", FINE, follow_redirects=True))
    assert "Both states agree. The balance is carried over from here." in confirmed


def test_who_saves_over_a_newer_state_sees_the_form_again(client, people):
    first = freeze(client, people)
    sign_in(client, people["german"])
    post(client, f"{first}/sign", page=first)
    sign_in(client, people["egyptian"])
    late = post(client, f"{first}/answer", FINE | {"row_version": "1", "t_opening": "Not lost."})
    assert late.status_code == 409
    assert "Somebody else changed this statement meanwhile." in told(late)
    assert "Not lost." in late.text


def test_a_hash_is_checked_by_anybody_and_tells_no_figures(client, people):
    first = freeze(client, people)
    frozen = client.get(f"{first}.json")
    digest = frozen.headers["Content-Disposition"].split("statement-")[1][:12]
    sign_in(client, people["german"])
    whole = next(line for line in sentences(client.get(first)) if line.startswith(digest))
    sign_out(client)
    page = client.get("/statements/check", query_string={"hash": whole})
    assert "Statement of Germany and Egypt, 2024, version 1" in told(page)
    assert "intact, as it was frozen" in told(page)
    assert "has sent" not in told(page)
    assert "No statement here has this hash." in told(client.get("/statements/check?hash=" + "0" * 64))
    wrong = client.get("/statements/check?hash=abc")
    assert (wrong.status_code, "“abc” is not one" in told(wrong)) == (422, True)
    assert client.get("/statements/check").status_code == 200


def test_a_year_that_is_not_over_or_was_frozen_is_refused_beside_its_field(client, people):
    freeze(client, people)
    again = post(client, "/statements/new", {"what": people["what"], "year": "2024"})
    assert again.status_code == 422
    assert "There is a statement for this year already." in told(again)
