"""Reading documents within the reader's scope; the bytes are in the file store."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from mobility.domain.errors import NotFound
from mobility.storage.models.documents import Document
from mobility.storage.scope import CaseScope

_LISTED: tuple[Any, ...] = (
    Document.id,
    Document.kind,
    Document.version,
    Document.file_name,
    Document.media_type,
    Document.size,
    Document.status,
    Document.reason,
    Document.rights,
    Document.sent_at,
    Document.row_version,
)


def get_document(session: Session, document_id: int, *, lock: bool = False) -> Document:
    """Return a document the session may see; raises NotFound for every other."""
    query = select(Document).where(Document.id == document_id).execution_options(populate_existing=True)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound(document=document_id)
    return found


def list_current_kinds(session: Session, application_id: int) -> Sequence[Row[str, str]]:
    """Return kind and status of the current documents of an application."""
    query = (
        select(Document.kind, Document.status)
        .where(Document.application_id == application_id, Document.status != "replaced")
        .order_by(Document.kind, Document.id)
    )
    return session.execute(query).all()


def list_of_application(session: Session, application_id: int) -> Sequence[Row[Any]]:
    """Return the current documents of an application as columns, by kind, the oldest first."""
    query: Select[Any] = (
        select(*_LISTED)
        .where(Document.application_id == application_id, Document.status != "replaced")
        .order_by(Document.kind, Document.id)
    )
    return session.execute(query).all()


def list_same_kind(
    session: Session, *, kind: str, application_id: int | None, case_id: int | None
) -> Sequence[Document]:
    """Return every version of a kind in one application or case, locked, the oldest first."""
    query = select(Document).where(Document.kind == kind)
    if case_id is not None:
        query = query.where(Document.case_id == case_id)
    else:
        query = query.where(Document.application_id == application_id)
    return session.scalars(query.order_by(Document.version, Document.id).with_for_update()).all()


def bytes_kept_by(session: Session, person_id: int) -> int:
    """Return how many bytes a person's documents take, every version counted."""
    return int(session.scalar(select(func.sum(Document.size)).where(Document.person_id == person_id)) or 0)


def known_digests(session: Session, digests: Sequence[str]) -> set[str]:
    """Return which of these contents some document still points at."""
    return set(session.scalars(select(Document.sha256).where(Document.sha256.in_(digests))))


def acts_in_case(session: Session, case_id: int, office_ids: Collection[int]) -> bool:
    """Tell whether one of these offices acts in a case."""
    principals = [f"o:{office_id}" for office_id in office_ids]
    query = select(CaseScope.case_id).where(CaseScope.case_id == case_id, CaseScope.principal.in_(principals))
    return session.scalar(query.limit(1)) is not None
