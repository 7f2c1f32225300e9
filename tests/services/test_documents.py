"""Documents: who may send, read and check them, their versions, and what the log keeps."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from mobility.domain.applications.vocabulary import AlreadySent
from mobility.domain.documents import (
    DocumentGone,
    DocumentKind,
    DocumentStatus,
    FileDisguised,
    QuotaReached,
    RightsMissing,
)
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted, Unscoped
from mobility.files.of_session import Files, files_of, give_files
from mobility.files.store import LocalFileStore
from mobility.services import documents
from mobility.services.documents import ReceivedFile
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.documents import Document
from mobility.storage.models.programmes import Route
from mobility.storage.scope import ALL, set_scope
from tests.factories import actor_for, make_application, make_case, make_office, make_officer, make_person
from tests.files import samples


@pytest.fixture
def store(session, tmp_path) -> LocalFileStore:
    found = LocalFileStore(tmp_path / "files")
    give_files(session, Files(store=found, megabytes=1))
    return found


@pytest.fixture
def person(session):
    return make_person(session)


@pytest.fixture
def actor(person):
    return actor_for(person)


@pytest.fixture
def draft(session, person) -> int:
    return make_application(session, person=person).id


def a_file(session, name="a.pdf", pages=1) -> ReceivedFile:
    return documents.receive_file(session, BytesIO(samples.pdf(pages)), name)


def send(session, actor, now, *, kind="cv", file=None, **where) -> Document:
    received = file or a_file(session)
    with write_unit(session):
        return documents.store_document(session, actor, kind=kind, stream=received, now=now, **where)


def codes(session) -> list[str]:
    return [code for code in session.scalars(select(AuditEntry.code).order_by(AuditEntry.seq)) if "document" in code]


def test_a_file_becomes_a_document(session, store, actor, draft, now) -> None:
    document = send(session, actor, now, application_id=draft)
    assert (document.kind, document.version, document.status) == ("cv", 1, "to_check")
    assert (document.file_name, document.media_type, document.person_id) == (
        "a.pdf",
        "application/pdf",
        actor.person_id,
    )
    assert store.has(document.sha256)
    assert codes(session) == ["document_sent"]


def test_a_bare_stream_is_checked_too(session, store, actor, draft, now) -> None:
    with write_unit(session):
        document = documents.store_document(
            session,
            actor,
            kind="cv",
            stream=BytesIO(samples.pdf()),
            file_name="b.pdf",
            application_id=draft,
            now=now,
        )
    assert document.file_name == "b.pdf"
    with pytest.raises(FileDisguised), write_unit(session):
        documents.store_document(
            session, actor, kind="cv", stream=BytesIO(b"MZ"), file_name="b.pdf", application_id=draft, now=now
        )


def test_a_later_version_replaces_the_one_before(session, store, actor, draft, now) -> None:
    for pages in (1, 2, 3):
        send(session, actor, now, file=a_file(session, pages=pages), application_id=draft)
    rows = session.execute(select(Document.version, Document.status).order_by(Document.version)).all()
    assert [tuple(row) for row in rows] == [(1, "replaced"), (2, "replaced"), (3, "to_check")]
    [line] = documents.list_documents(session, draft)
    assert (line.version, line.kind) == (3, DocumentKind.CV)


def test_other_documents_stand_side_by_side(session, store, actor, draft, now) -> None:
    for pages in (1, 2):
        send(session, actor, now, kind="other", file=a_file(session, pages=pages), application_id=draft)
    assert [line.version for line in documents.list_documents(session, draft)] == [1, 2]


def test_works_come_with_a_statement_of_rights(session, store, actor, draft, now) -> None:
    with pytest.raises(RightsMissing):
        send(session, actor, now, kind="portfolio", application_id=draft, rights="  ")
    document = send(session, actor, now, kind="portfolio", application_id=draft, rights=" © Layla\nHaddad ")
    assert document.rights == "© Layla Haddad"
    with pytest.raises(InvalidInput) as refused:
        send(session, actor, now, kind="portfolio", application_id=draft, rights="x" * 401)
    assert refused.value.parameters["reason"] == "too_long"


def test_an_unknown_kind_is_refused(session, store, actor, draft, now) -> None:
    with pytest.raises(InvalidInput) as refused:
        send(session, actor, now, kind="virus", application_id=draft)
    assert refused.value.parameters["value"] == "virus"


def test_there_is_a_limit_to_what_one_person_keeps(session, store, actor, draft, now, monkeypatch) -> None:
    first = send(session, actor, now, application_id=draft)
    monkeypatch.setattr(documents, "_QUOTA_BYTES", first.size * 2 - 1)
    with pytest.raises(QuotaReached):
        send(session, actor, now, kind="diploma", application_id=draft)


def test_another_persons_draft_takes_nothing(session, store, draft, now) -> None:
    stranger = make_person(session)
    set_scope(session, (f"p:{stranger.id}",))
    with pytest.raises(NotFound):
        send(session, actor_for(stranger), now, application_id=draft)


def test_the_scope_decides_who_reads_and_the_log_keeps_who_did(session, store, now) -> None:
    case = make_case(session)
    owner = actor_for(case.person)
    document = send(session, owner, now, case_id=case.id)
    office = session.get_one(Route, case.route_id).receiving_office
    officer = actor_for(make_officer(session, office), office)
    elsewhere = make_office(session, country="FR")
    stranger = actor_for(make_officer(session, elsewhere), elsewhere)
    document_id, case_id = document.id, case.id
    own, desk, other_desk = f"p:{owner.person_id}", f"o:{office.id}", f"o:{elsewhere.id}"

    def read(actor, *principals) -> bytes:
        set_scope(session, principals)
        with write_unit(session), documents.read_document(session, actor, document_id, now).stream as stream:
            return stream.read()

    assert read(owner, own) == samples.pdf()
    set_scope(session, ALL)
    assert codes(session) == ["document_sent"]
    assert read(officer, desk).startswith(b"%PDF")
    with pytest.raises(NotFound):
        read(stranger, other_desk, f"p:{stranger.person_id}")
    set_scope(session, ALL)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.code == "document_opened")).one()
    assert (entry.actor_id, entry.subject_id, entry.case_id) == (officer.person_id, document_id, case_id)


def test_a_file_that_the_store_lost_says_so(session, store, actor, draft, now) -> None:
    document = send(session, actor, now, application_id=draft)
    store.delete(document.sha256)
    with pytest.raises(DocumentGone), write_unit(session):
        documents.read_document(session, actor, document.id, now)


def test_a_document_can_be_taken_out_of_a_draft(session, store, actor, draft, now) -> None:
    document = send(session, actor, now, application_id=draft)
    with write_unit(session):
        assert documents.remove_document(session, actor, document.id, now) == draft
    assert documents.list_documents(session, draft) == ()
    assert codes(session) == ["document_sent", "document_removed"]


def test_what_an_office_may_have_read_stays(session, store, now) -> None:
    case = make_case(session)
    document = send(session, actor_for(case.person), now, case_id=case.id)
    with pytest.raises((NotPermitted, AlreadySent)), write_unit(session):
        documents.remove_document(session, actor_for(case.person), document.id, now)


def test_only_its_owner_takes_a_document_out(session, store, actor, draft, now) -> None:
    document = send(session, actor, now, application_id=draft)
    with pytest.raises(NotPermitted), write_unit(session):
        documents.remove_document(session, actor_for(make_person(session)), document.id, now)


@pytest.fixture
def sent(session, store, now):
    """A document in a case, the officer who may judge it, and its owner."""
    case = make_case(session)
    document = send(session, actor_for(case.person), now, case_id=case.id)
    office = session.get_one(Route, case.route_id).receiving_office
    return document, actor_for(make_officer(session, office), office), actor_for(case.person)


def judge(session, actor, document, verdict, now, reason="", version=1):
    with write_unit(session):
        return documents.check_document(session, actor, document.id, verdict, reason, version, now)


@pytest.mark.parametrize(("verdict", "reason"), [("accepted", ""), ("returned", " Page 2 is missing. ")])
def test_an_office_accepts_or_returns_with_a_reason(session, sent, now, verdict, reason) -> None:
    document, officer, _owner = sent
    found = judge(session, officer, document, verdict, now, reason)
    assert (found.status, found.reason, found.checked_by) == (verdict, reason.strip(), officer.person_id)
    assert found.checked_at == now
    assert codes(session)[-1] == f"document_{verdict}"


def test_a_return_needs_a_reason(session, sent, now) -> None:
    document, officer, _owner = sent
    for reason, expected in (("  ", "missing"), ("x" * 401, "too_long")):
        with pytest.raises(InvalidInput) as refused:
            judge(session, officer, document, DocumentStatus.RETURNED, now, reason)
        assert refused.value.parameters["reason"] == expected


@pytest.mark.parametrize("verdict", ["replaced", "to_check", "burnt", ""])
def test_there_are_two_verdicts(session, sent, now, verdict) -> None:
    document, officer, _owner = sent
    with pytest.raises(InvalidInput):
        judge(session, officer, document, verdict, now, "x")


def test_nobody_judges_their_own_document_or_without_a_desk(session, sent, now) -> None:
    document, _officer, owner = sent
    for actor in (owner, actor_for(make_person(session))):
        with pytest.raises(NotPermitted):
            judge(session, actor, document, "accepted", now)


def test_a_verdict_meets_a_change_made_meanwhile(session, sent, now) -> None:
    document, officer, owner = sent
    judge(session, officer, document, "accepted", now)
    with pytest.raises(ChangedMeanwhile):
        judge(session, officer, document, "returned", now, "too late")
    send(session, owner, now, case_id=document.case_id)
    with pytest.raises(ChangedMeanwhile):
        judge(session, officer, document, "returned", now, "old version", version=3)


def test_the_sweep_takes_only_what_is_old_and_unused(session, store, actor, draft, now) -> None:
    used = send(session, actor, now, application_id=draft).sha256
    unused = a_file(session, pages=9).sha256
    soon, later = now + timedelta(days=-60), now + timedelta(days=60)
    assert documents.sweep_files(session, soon) == 0
    assert documents.sweep_files(session, later) == 1
    assert (store.has(used), store.has(unused)) == (True, False)


def test_a_sweep_that_does_not_see_everything_is_refused(session, store, now) -> None:
    set_scope(session, ("p:1",))
    with pytest.raises(Unscoped):
        documents.sweep_files(session, now)


def test_a_session_without_a_store_cannot_take_files(session) -> None:
    session.info.pop("files")
    with pytest.raises(LookupError):
        files_of(session)
