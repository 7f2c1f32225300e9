"""Documents: taking a file in, letting it be read by those who may, and the office's word on it.

A file comes in two steps: `receive_file` checks it and writes its bytes, outside any write unit, because both take
time; `store_document` writes the row. Bytes without a row are harmless and are swept. What a good file is, is
decided in `mobility.files`; who may see a document, by the scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import IO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.applications.vocabulary import AlreadySent, ApplicationStatus
from mobility.domain.documents import (
    COLLECTIONS,
    LONGEST_RIGHTS,
    QUOTA_MEGABYTES,
    WORKS,
    DocumentGone,
    DocumentKind,
    DocumentStatus,
    QuotaReached,
    RightsMissing,
)
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotPermitted, Unscoped
from mobility.files.checking import check_upload
from mobility.files.of_session import files_of
from mobility.services.audit import record_event
from mobility.storage.models.documents import Document
from mobility.storage.queries import documents as queries
from mobility.storage.queries.applications import find_case_standing, get_own_application
from mobility.storage.scope import ALL

_SUBJECT = "document"
_QUOTA_BYTES = QUOTA_MEGABYTES * 1024 * 1024
_SWEPT_AFTER = timedelta(days=1)
_SWEPT_AT_ONCE = 500
_LONGEST_REASON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """A file that was checked and whose bytes are kept; a document can now be made of it."""

    sha256: str
    size: int
    media_type: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDocument:
    """What is sent to the reader: the bytes as a stream, and under which name and type."""

    stream: IO[bytes]
    file_name: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A current document in a list."""

    document_id: int
    kind: DocumentKind
    version: int
    file_name: str
    size: int
    status: DocumentStatus
    reason: str
    rights: str
    sent_at: datetime
    row_version: int


def receive_file(session: Session, stream: IO[bytes], file_name: str) -> ReceivedFile:
    """Check a file and keep its bytes; call it before the write unit. Raises a kind of FileRefused."""
    files = files_of(session)
    checked = check_upload(stream, file_name, megabytes=files.megabytes)
    return ReceivedFile(
        sha256=files.store.put(checked.content),
        size=len(checked.content),
        media_type=checked.format.value,
        file_name=checked.file_name,
    )


def store_document(
    session: Session,
    actor: Actor,
    *,
    kind: DocumentKind | str,
    stream: IO[bytes] | ReceivedFile,
    file_name: str = "",
    application_id: int | None = None,
    case_id: int | None = None,
    request_id: int | None = None,
    rights: str = "",
    now: datetime,
) -> Document:
    """Make a document of a file and return its row; an earlier version of the kind becomes `replaced`.

    Pass what `receive_file` returned; a bare stream is checked here, inside the unit, which holds up other writers.
    With `case_id` the caller has read the case within its scope. Raises InvalidInput for an unknown kind,
    RightsMissing for works without a statement of rights, QuotaReached, NotFound or AlreadySent for an application
    that is not the actor's own or no longer open.
    """
    received = stream if isinstance(stream, ReceivedFile) else receive_file(session, stream, file_name)
    known = _known_kind(kind)
    statement = _rights_for(known, rights)
    owner_id = actor.person_id
    if application_id is not None:
        case_id = case_id or _case_of_editable(session, actor, application_id)
    _check_quota(session, owner_id, received)
    document = Document(
        person_id=owner_id,
        application_id=application_id,
        case_id=case_id,
        request_id=request_id,
        kind=known.value,
        version=_replace_earlier(session, known, application_id, case_id),
        file_name=received.file_name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        rights=statement,
        sent_at=now,
    )
    session.add(document)
    session.flush()
    facts = {"kind": known.value, "version": document.version, "sha256": document.sha256}
    record_event(
        session,
        actor,
        "document_sent",
        at=now,
        subject=_SUBJECT,
        subject_id=document.id,
        case_id=case_id,
        parameters=facts,
    )
    return document


def list_documents(session: Session, application_id: int) -> tuple[DocumentLine, ...]:
    """Return the current documents of an application that the session may see, by kind."""
    return tuple(
        DocumentLine(
            document_id=row.id,
            kind=DocumentKind(row.kind),
            version=row.version,
            file_name=row.file_name,
            size=row.size,
            status=DocumentStatus(row.status),
            reason=row.reason,
            rights=row.rights,
            sent_at=row.sent_at,
            row_version=row.row_version,
        )
        for row in queries.list_of_application(session, application_id)
    )


def read_document(session: Session, actor: Actor, document_id: int, now: datetime) -> OpenedDocument:
    """Open a document the reader may see; raises NotFound, or DocumentGone when the store has lost its bytes.

    Must be called in a write unit: when somebody other than its owner opens it, the log keeps that.
    """
    document = queries.get_document(session, document_id)
    try:
        stream = files_of(session).store.open(document.sha256)
    except FileNotFoundError:
        raise DocumentGone(document_id=document_id) from None
    if document.person_id != actor.person_id:
        _record(session, actor, "document_opened", document, now)
    return OpenedDocument(stream=stream, file_name=document.file_name, media_type=document.media_type)


def remove_document(session: Session, actor: Actor, document_id: int, now: datetime) -> int:
    """Take a document out of the actor's own draft and return the application's id.

    Raises NotFound, or AlreadySent: what an office may have read stays. An earlier version does not come back.
    """
    document = queries.get_document(session, document_id, lock=True)
    if document.person_id != actor.person_id or document.application_id is None:
        raise NotPermitted(document=document_id)
    application_id = document.application_id
    if document.case_id is not None or _case_of_editable(session, actor, application_id) is not None:
        raise AlreadySent(application=application_id)
    _record(session, actor, "document_removed", document, now)
    session.expunge(document)
    session.execute(delete(Document).where(Document.id == document_id))
    return application_id


def check_document(
    session: Session,
    actor: Actor,
    document_id: int,
    verdict: DocumentStatus | str,
    reason: str,
    row_version: int,
    now: datetime,
) -> Document:
    """Write an office's word on a document: accepted, or returned with a reason that the person reads.

    Raises NotFound outside the scope, NotPermitted for the owner and for whoever has no seat at an office of the case,
    InvalidInput for another verdict or a missing reason, ChangedMeanwhile when somebody decided, or sent a new version,
    in between.
    """
    document = queries.get_document(session, document_id, lock=True)
    desks = [seat.office_id for seat in actor.seats if seat.competences]
    is_case = document.case_id is not None and queries.acts_in_case(session, document.case_id, desks)
    if not is_case or document.person_id == actor.person_id:
        raise NotPermitted(document=document_id)
    if verdict not in (DocumentStatus.ACCEPTED, DocumentStatus.RETURNED):
        raise InvalidInput(field="verdict", reason="not_a_choice", value=verdict)
    words = reason.strip()
    if verdict == DocumentStatus.RETURNED and not words:
        raise InvalidInput(field="reason", reason="missing", value="")
    if len(words) > _LONGEST_REASON:
        raise InvalidInput(field="reason", reason="too_long", value=words, most=_LONGEST_REASON)
    if document.row_version != row_version or document.status == DocumentStatus.REPLACED:
        current = document.row_version
        raise ChangedMeanwhile(what="document", id=document_id, opened=row_version, current=current)
    document.status = DocumentStatus(verdict).value
    document.reason = words
    document.checked_by, document.checked_at = actor.person_id, now
    session.flush()
    _record(session, actor, f"document_{document.status}", document, now)
    return document


def sweep_files(session: Session, now: datetime) -> int:
    """Delete bytes that no document points at and that are older than a day; return how many contents went.

    The session must see every case (the scheduler, the command line): what it cannot see it would take for unused.
    """
    if session.info.get("scope") is not ALL:
        raise Unscoped(statement="the sweep must see every document")
    store = files_of(session).store
    old = store.digests_older_than(now - _SWEPT_AFTER)
    swept = 0
    while digests := list(islice(old, _SWEPT_AT_ONCE)):
        for digest in _unused(session, digests):
            store.delete(digest)
            swept += 1
    return swept


def _unused(session: Session, digests: Sequence[str]) -> list[str]:
    known = queries.known_digests(session, digests)
    return [digest for digest in digests if digest not in known]


def _known_kind(kind: DocumentKind | str) -> DocumentKind:
    try:
        return DocumentKind(kind)
    except ValueError:
        raise InvalidInput(field="kind", reason="not_a_choice", value=kind) from None


def _rights_for(kind: DocumentKind, rights: str) -> str:
    statement = " ".join(rights.split())
    if len(statement) > LONGEST_RIGHTS:
        raise InvalidInput(field="rights", reason="too_long", value=statement, most=LONGEST_RIGHTS)
    if kind in WORKS and not statement:
        raise RightsMissing(kind=kind.value)
    return statement


def _case_of_editable(session: Session, actor: Actor, application_id: int) -> int | None:
    """Return the case of an application that may be changed (None for a draft); raises NotFound or AlreadySent."""
    application = get_own_application(session, actor.person_id, application_id, lock=True)
    if application.status == ApplicationStatus.DRAFT:
        return None
    standing = find_case_standing(session, application.case_id)
    if standing is None or standing[1] != "returned":
        raise AlreadySent(application=application_id)
    return application.case_id


def _check_quota(session: Session, person_id: int, received: ReceivedFile) -> None:
    if queries.bytes_kept_by(session, person_id) + received.size > _QUOTA_BYTES:
        raise QuotaReached(megabytes=QUOTA_MEGABYTES)


def _replace_earlier(session: Session, kind: DocumentKind, application_id: int | None, case_id: int | None) -> int:
    """Mark earlier versions of the kind as replaced and return the number of the new one."""
    earlier = queries.list_same_kind(session, kind=kind.value, application_id=application_id, case_id=case_id)
    if kind not in COLLECTIONS:
        for each in earlier:
            each.status = DocumentStatus.REPLACED.value
    return max((each.version for each in earlier), default=0) + 1


def _record(session: Session, actor: Actor, code: str, document: Document, now: datetime) -> None:
    record_event(
        session,
        actor,
        code,
        at=now,
        subject=_SUBJECT,
        subject_id=document.id,
        case_id=document.case_id,
        parameters={"kind": document.kind, "version": document.version},
    )
