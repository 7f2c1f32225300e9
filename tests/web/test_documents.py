"""Documents on screen: sending with clear refusals, downloads that cannot run, and who gets to see them."""

import pytest
from sqlalchemy import select

from mobility.clock import utc_now
from mobility.files.of_session import files_of
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.documents import Document
from mobility.storage.models.programmes import Route
from tests.factories import make_application, make_case, make_office, make_officer, make_person
from tests.files import samples
from tests.web.forms import csrf_token, sentences, sign_in


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.fixture
def draft(client, session, person) -> str:
    found = f"/applications/{make_application(session, person=person).id}"
    sign_in(client, person)
    return found


def send(client, draft, content: bytes, name: str, kind: str = "cv", **more):
    """Post a file as a browser would; written out, because the test client keeps large bodies in an open file."""
    fields = {"csrf_token": csrf_token(client.get(f"{draft}/documents")), "kind": kind, **more}
    lines = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields]
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join([*lines, head]).encode() + content + b"\r\n--x--\r\n"
    return client.post(f"{draft}/documents", data=body, content_type="multipart/form-data; boundary=x")


def the_document(session) -> Document:
    return session.scalars(select(Document)).one()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.pdf", "This file is empty."),
        (b"", "", "Choose a file first."),
        (b"<svg/>", "a.svg", "Send a PDF, JPG or PNG file. Other kinds are not taken."),
        (b"<html></html>", "a.pdf", "The content is not what the name says. Save it again as PDF, JPG or PNG."),
        (
            samples.pdf()[:100],
            "a.pdf",
            "This file is damaged",
        ),
        (
            samples.pdf() + samples.archive(),
            "a.pdf",
            "This file is two kinds of file in one.",
        ),
        (b"%PDF-" + b"x" * (10 * 1024 * 1024), "a.pdf", "This file is too large. Send a smaller one."),
    ],
    ids=["empty", "none", "svg", "disguised", "cut", "two kinds", "large"],  # an archive holds the time it was made
)
def test_a_refused_file_says_why_and_changes_nothing(client, session, draft, content, name, sentence) -> None:
    page = send(client, draft, content, name)
    assert page.status_code == 422
    assert any(sentence in each for each in sentences(page))
    assert 'href="#file-cv"' in page.text
    assert session.scalars(select(Document)).all() == []


def test_far_too_much_is_cut_off(client, session, draft) -> None:
    page = send(client, draft, b"%PDF-" + b"x" * (12 * 1024 * 1024), "a.pdf")
    assert page.status_code == 413
    assert any("at most 10 megabytes" in each for each in sentences(page))


def test_works_need_a_statement_of_rights(client, session, draft) -> None:
    page = send(client, draft, samples.pdf(), "a.pdf", "portfolio")
    assert page.status_code == 422
    assert "Say whose works these are and how they may be used." in sentences(page)
    page = send(client, draft, samples.pdf(), "a.pdf", "portfolio", rights="x" * 401)
    assert "Use at most 400 characters." in sentences(page)
    assert "x" * 401 in page.text
    assert send(client, draft, samples.pdf(), "a.pdf", "portfolio", rights="© Layla").status_code == 302
    assert the_document(session).rights == "© Layla"


def test_an_unknown_kind_is_refused(client, session, draft) -> None:
    assert send(client, draft, samples.pdf(), "a.pdf", "virus").status_code == 422


def test_a_document_is_handed_out_so_that_it_cannot_run(client, session, draft) -> None:
    send(client, draft, samples.pdf(), "سيرة ذاتية.pdf")
    answer = client.get(f"/documents/{the_document(session).id}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, samples.pdf(), "application/pdf")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%D8%B3%D9%8A" in answer.headers["Content-Disposition"]


def test_reading_ones_own_leaves_no_entry(client, session, draft) -> None:
    send(client, draft, samples.pdf(), "a.pdf")
    client.get(f"/documents/{the_document(session).id}")
    assert "document_opened" not in session.scalars(select(AuditEntry.code)).all()


def test_the_desk_that_decides_may_read_and_nobody_else(client, session, now) -> None:
    case = make_case(session)
    office = session.get_one(Route, case.route_id).receiving_office
    officer, owner = make_officer(session, office), case.person
    elsewhere = make_officer(session, make_office(session, country="FR"))
    digest = files_of(session).store.put(samples.pdf())
    with write_unit(session):
        session.add(
            Document(
                person_id=owner.id,
                case_id=case.id,
                kind="cv",
                file_name="cv.pdf",
                media_type="application/pdf",
                size=1,
                sha256=digest,
                sent_at=utc_now(),
            )
        )
    document_id = the_document(session).id
    sign_in(client, officer)
    assert client.get(f"/documents/{document_id}").status_code == 200
    assert "document_opened" in session.scalars(select(AuditEntry.code)).all()
    for stranger in (elsewhere, make_person(session)):
        sign_in(client, stranger)
        assert client.get(f"/documents/{document_id}").status_code == 404
    assert client.get("/documents/999999").status_code == 404


def test_a_document_is_taken_back(client, session, draft) -> None:
    send(client, draft, samples.pdf(), "a.pdf")
    token = csrf_token(client.get(f"{draft}/documents"))
    answer = client.post(f"/documents/{the_document(session).id}/remove", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (302, f"{draft}/documents")
    assert "The document was removed." in sentences(client.get(answer.location))
    assert session.scalars(select(Document)).all() == []


def test_a_newer_version_stands_in_for_the_older(client, session, draft) -> None:
    send(client, draft, samples.pdf(), "a.pdf")
    send(client, draft, samples.pdf(2), "b.pdf")
    words = sentences(client.get(f"{draft}/documents"))
    assert "b.pdf" in words
    assert "a.pdf" not in words
    assert any("version 2" in each for each in words)


def test_a_file_the_store_lost_is_an_error_that_says_so(client, session, draft) -> None:
    send(client, draft, samples.pdf(7), "a.pdf")
    document = the_document(session)
    files_of(session).store.delete(document.sha256)
    answer = client.get(f"/documents/{document.id}")
    assert answer.status_code == 410
    assert any(each.startswith("This file cannot be found.") for each in sentences(answer))
