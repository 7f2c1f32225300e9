"""Every registered address with every kind of person, on real and on missing ids; what a page answers is the table's.

Each request is undone before the next, so that all of them meet the same world.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.references import build_reference
from mobility.domain.statements import EntryCode
from mobility.services import sessions
from mobility.services.people import find_known_person
from mobility.storage.db import db
from mobility.web.shared.access import access_of
from tests.web.access_matrix import EVERYBODY, MATRIX, PEOPLE, Line
from tests.web.forms import COOKIE, csrf_token, sign_in
from tests.web.world import DAY, CaseIds, World, add_governance, make_world

NO_ID, NO_CODE = 2**40, "no-such-code"
_VOLATILE = re.compile(r'(name="csrf_token"[^>]*value="[^"]*"|nonce-[\w+/=-]+|next=[^"&]*|href="/language/[^"]*")')


def real_values(world: World, line: Line) -> dict[str, Any]:
    """Return what the address needs, by parameter; a name that is no parameter goes into the query."""
    case = world.cases[line.case]
    special: dict[str, dict[str, Any]] = {
        "applications.section": {"application_id": world.draft, "code": "your_work"},
        "applications.save": {"application_id": world.draft, "code": "your_work"},
        "applications.sent": {"application_id": world.sent},
        "calls.show": {"code": world.call},
        "applications.start": {"code": world.call},
        "cases.document": {"reference": case.reference, "kind": "passport"},
        "cases.send_document": {"reference": case.reference, "kind": "passport"},
        "cases.step": {"reference": case.reference, "kind": "visa", "step": "withdraw"},
        "cases.take": {"reference": case.reference, "kind": "visa", "step": "withdraw"},
        "desk.step": {"reference": case.reference, "kind": "visa", "step": "admit"},
        "desk.take": {"reference": case.reference, "kind": "visa", "step": "admit"},
        "desk.case_step": {"reference": case.reference, "step": "admit"},
        "desk.take_case_step": {"reference": case.reference, "step": "admit"},
        "desk.mark_paid": {"reference": case.reference, "payment_id": case.approved},
        "desk.paid": {"reference": case.reference, "payment_id": case.approved},
        "documents.remove": {"document_id": world.draft_document},
        "home.choose_language": {"code": "en"},
        "programmes.new_route": {"code": world.programme, "sending": "DE", "receiving": "EG"},
        "programmes.create_route": {"code": world.programme, "sending": "DE", "receiving": "EG"},
        "programmes.publish_call": {"code": world.programme, "call_code": world.hidden_call},
        "reciprocity.cases": {"programme": world.programme, "origin": "EG", "host": "DE"},
        "flow_imports.undo": {"number": world.counted_import},
        "reciprocity.download": {"name": "partners", "kind": "csv", "programme": world.programme},
        "reciprocity.whole": {"kind": "xlsx", "programme": world.programme},
        "reciprocity.show": {"programme": world.programme},
        **{
            f"public_statistics.{each}": {"code": world.instrument, "year": world.today.year - 1}
            for each in ("data", "download", "draw", "show")
        },
        "public_statistics.release": {"instrument": world.instrument, "year": world.today.year - 1},
        "statements.answer": {"statement_id": world.signed_statement},
        "statements.entry": {"statement_id": world.statement, "code": "people_ab"},
        "statements.write_remark": {"statement_id": world.statement, "code": "people_ab"},
        "static": {"filename": "product.css"},
        "treaties.provision": {"code": world.provision},
        "treaties.show": {"code": world.instrument},
    }
    return special.get(line.endpoint) or general_values(world, case)


def general_values(world: World, case: CaseIds) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "application_id": world.draft,
        "document_id": case.document,
        "request_id": case.request,
        "clock_id": case.clock,
        "payment_id": case.payment,
        "step_id": case.proposal,
        "kind": "visa",
        "person_id": world.people["target"],
        "grant_id": world.grant,
        "office_id": world.offices["school"],
        "message_id": world.message,
        "notice_id": world.notice,
        "feed_id": world.feed,
        "code": world.programme,
        "call_code": world.call,
        "route_id": world.route,
        "number": world.staged_import,
        "statement_id": world.statement,
        "threshold_id": world.threshold,
        "token": "x" * 43,
    }


def form_data(world: World, line: Line) -> dict[str, Any]:
    """Return answers that pass the form, so that the question of who may is reached."""
    case = world.cases[line.case]

    def day(offset: int) -> str:
        return (world.today + offset * DAY).isoformat()

    visa = {"row_version": case.versions["visa"]}
    funding = {"row_version": case.versions["funding"]}
    first = {"row_version": 1}
    data: dict[str, dict[str, Any]] = {
        "applications.save": {"title": "Light", "row_version": 1},
        "cases.answer": {f"r{case.request}-text": "Here."},
        "cases.arrival": {"arrived_on": day(-1)},
        "cases.departure": {"departed_on": day(-1)} | first,
        "cases.message": {"message-text": "Good morning."},
        "cases.report": {"report-text": "It was good."},
        "cases.send_appeal": {"statement": "It is not so.", "row_version": case.row_version},
        "cases.send_withdrawal": {"row_version": case.row_version},
        "cases.take": visa,
        "desk.accept_document": first,
        "desk.approve_payment": first,
        "desk.assign": visa | {"officer": ""},
        "desk.change_plan": {"arrival_on": day(90), "departure_on": day(120), "row_version": case.row_version},
        "desk.confirm": funding,
        "desk.mark_paid": {"paid_on": day(0)} | first,
        "desk.message": {"message-text": "Good morning."},
        "desk.note": {"note-text": "Among us."},
        "desk.propose_payment": {"milestone": "arrival", "amount": "100", "currency": "EUR", "payer": "DE"},
        "desk.record_arrival": {"arrived_on": day(-1)},
        "desk.record_departure": {"departed_on": day(-1)} | first,
        "desk.reject": funding,
        "desk.reject_payment": first,
        "desk.send_back_document": {"reason": "Too dark."} | first,
        "desk.send_correction": {"reason": "The stamp.", "on_day": day(-3), "shown": day(-3)} | first,
        "desk.send_extension": {"reason": "The register is searched."} | first,
        "desk.send_question": {"text": "Which one?", "answer_by": day(9), "document_kind": ""} | visa,
        "desk.set_grant": {f"line_{case.budget_line}": "420"},
        "desk.take": visa,
        "desk.take_case_step": {"row_version": case.row_version},
        "desk.withdraw_request": first,
        "notices.snooze": {"until_on": day(2), "reason": "The expert is ill."},
        "programmes.publish_call": first,
        "statements.answer": {f"v_{code}": "confirmed" for code in EntryCode} | {"row_version": 2},
        "statements.correct": {"why": "Counted again."} | first,
        "statements.sign": first,
        "statements.write_remark": {"text": "Since when?"},
        "programmes.take_call_back": first,
    }
    return data.get(line.endpoint, {})


@dataclass
class Walker:
    """Sends requests as one of the people, each in a savepoint of its own."""

    app: Flask
    world: World
    cookies: dict[str, str]
    tokens: dict[str, str]
    actors: dict[str, Actor]

    def may_knock(self, person: str, line: Line) -> bool:
        """Tell whether the declared access lets this person through to where ids are looked up."""
        access = access_of(self.app, line.endpoint)
        return person != "anonymous" and access is not None and access.admits(self.actors[person])

    def address(self, line: Line, values: dict[str, Any]) -> str:
        with self.app.test_request_context():
            return url_for(line.endpoint, **values)

    def ask(self, person: str, line: Line, address: str) -> Any:
        client = self.app.test_client()
        if cookie := self.cookies.get(person):
            client.set_cookie(COOKIE, cookie)
        with undone(self.app):
            if line.method == "GET":
                return client.get(address, buffered=True)
            data = {"csrf_token": self.tokens[person]} | form_data(self.world, line)
            return client.post(address, data=data, buffered=True)


@contextmanager
def undone(app: Flask) -> Iterator[None]:
    """Take back whatever the block writes; the test's database is one connection (tests/conftest.py)."""
    db.session().commit()
    savepoint = db._app_engines[app][None].begin_nested()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        savepoint.rollback()


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session)
    add_governance(session, made)
    beta = make_world(session, "beta", sending="FR", receiving="MA")
    made.people |= {"other": beta.people["own"], "other_manager": beta.people["manager"]}
    made.people["uninvolved"] = beta.people["post"]
    return made


@pytest.fixture
def walker(app: Flask, session: Session, client: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> Walker:
    # the walk takes longer than that, and as each request is undone, every further one would note the visit anew
    monkeypatch.setattr(sessions, "_TOUCH_AFTER", timedelta(minutes=25))
    cookies, tokens, actors = {}, {}, {}
    for person in PEOPLE:
        browser = app.test_client()
        if person != "anonymous":
            known = find_known_person(session, world.people[person])
            assert known is not None
            actors[person] = known.actor
            sign_in(browser, world.people[person])
        tokens[person] = csrf_token(browser.get("/sign-in" if person == "anonymous" else "/profile"))
        kept = browser.get_cookie(COOKIE)
        cookies[person] = kept.value if kept else ""
        assert tokens[person], person
    return Walker(app, world, cookies, tokens, actors)


def registered(app: Flask) -> dict[tuple[str, str], set[str]]:
    """Return the parameters of every endpoint and method."""
    found: dict[tuple[str, str], set[str]] = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[rule.endpoint, method] = set(rule.arguments)
    return found


def verdict(answer: Any, line: Line, person: str) -> str:
    """Return in a word what the answer is."""
    status, to = answer.status_code, answer.headers.get("Location", "")
    if person == "anonymous" and (status == 401 or (status == 302 and to.startswith("/sign-in"))):
        return "asked to sign in"
    if line.status and status == line.status:
        return "admitted"
    if status == 302 and line.sent_back and re.fullmatch(r"/desk/cases/[\w-]+", to):
        return "sent back"
    if status < 400 or status in (409, 410, 422, 429):
        return "admitted"
    return {403: "refused", 404: "hidden"}.get(status, f"status {status}")


def expected(line: Line, person: str) -> str:
    if person in line.admitted:
        return "admitted"
    if person in line.refused:
        return "refused"
    if person in line.sent_back:
        return "sent back"
    return "asked to sign in" if person == "anonymous" else "hidden"


def test_the_table_has_a_line_for_every_address_and_no_other(app: Flask) -> None:
    lines = [(line.endpoint, line.method) for line in MATRIX]
    assert len(lines) == len(set(lines))
    assert set(lines) == set(registered(app))


@pytest.mark.timeout(900)
def test_every_person_gets_from_every_address_what_the_table_says(app: Flask, walker: Walker) -> None:
    """Real ids first; where the address names something, missing ids must read exactly like what is foreign."""
    wrong: list[str] = []
    for line in MATRIX:
        values = real_values(walker.world, line)
        needed = registered(app)[line.endpoint, line.method]
        is_general = values == general_values(walker.world, walker.world.cases[line.case])
        values = {name: value for name, value in values.items() if name in needed or not is_general}
        address, about = walker.address(line, values), roots(line, values)
        missing = walker.address(line, values | {name: nothing(name) for name in about})
        for person in PEOPLE:
            answer = walker.ask(person, line, address)
            if (got := verdict(answer, line, person)) != (wanted := expected(line, person)):
                wrong.append(f"{line.method} {line.endpoint} as {person}: {got} ({answer.status_code}), not {wanted}")
            if about and line.admitted != EVERYBODY and walker.may_knock(person, line):
                none = walker.ask(person, line, missing)
                if none.status_code != (403 if wanted == "refused" and "code" in about else 404):
                    wrong.append(f"{line.method} {missing} as {person}: {none.status_code}, not 404")
                if wanted == "hidden" and text(none) != text(answer):
                    wrong.append(f"{line.method} {line.endpoint} as {person}: foreign reads unlike missing")
    assert not wrong, "\n".join(wrong)


ROOTS = ("reference", "application_id", "document_id", "clock_id", "person_id", "office_id", "message_id", "programme")
ROOTS += ("notice_id", "feed_id", "statement_id", "threshold_id", "instrument")


def roots(line: Line, values: dict[str, Any]) -> list[str]:
    """Return the parameters that name what the page is about."""
    named = [name for name in ROOTS if name in values]
    return named[:1] or [name for name in ("code", "kind") if name in values]


def nothing(name: str) -> Any:
    if name == "reference":
        return build_reference(sending="EG", receiving="DE", year=2026, number=999_999)
    return NO_ID if name.endswith("_id") else NO_CODE


def text(answer: Any) -> str:
    return f"{answer.status_code} {_VOLATILE.sub('', answer.text)}"


CHILDREN = {
    "document_id": "document",
    "request_id": "request",
    "clock_id": "clock",
    "payment_id": "payment",
    "step_id": "proposal",
}


def test_a_part_of_another_case_is_not_reached_through_ones_own(app: Flask, walker: Walker) -> None:
    """The same officers may see both cases; still the address that mixes them does not exist."""
    parameters, wrong, neighbour = registered(app), [], walker.world.cases["neighbour"]
    for line in MATRIX:
        needed = parameters[line.endpoint, line.method]
        for name in CHILDREN.keys() & needed if "reference" in needed else ():
            values = {k: v for k, v in real_values(walker.world, line).items() if k in needed}
            for foreign in (getattr(neighbour, CHILDREN[name]) or NO_ID, NO_ID):
                address = walker.address(line, values | {name: foreign})
                for person in line.admitted | line.refused:
                    answer = walker.ask(person, line, address)
                    if answer.status_code not in (403, 404):
                        wrong.append(f"{line.method} {line.endpoint} as {person}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_form_without_token_is_refused_for_everybody_before_anything_else(walker: Walker) -> None:
    wrong = []
    for line in MATRIX:
        if line.method == "POST" and line.endpoint != "notices.refuse_by_link":  # whose address is its proof
            values = {**general_values(walker.world, walker.world.cases["main"]), **real_values(walker.world, line)}
            needed = registered(walker.app)[line.endpoint, line.method]
            address = walker.address(line, {k: v for k, v in values.items() if k in needed})
            client = walker.app.test_client()
            client.set_cookie(COOKIE, walker.cookies["administrator"])
            with undone(walker.app):
                answer = client.post(address, data=form_data(walker.world, line))
            if answer.status_code != 400:
                wrong.append(f"{line.endpoint}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
