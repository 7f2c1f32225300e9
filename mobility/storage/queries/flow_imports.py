"""Imports of flows: their list, one of them, and whether a file was taken in before."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from mobility.storage.models.programmes import Programme
from mobility.storage.models.reciprocity import FlowImport

PAGE = 50


def list_collections(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the imports without a programme that are counted, by title."""
    query = (
        select(FlowImport.id, FlowImport.title, FlowImport.source, FlowImport.licence)
        .where(FlowImport.programme_id.is_(None), FlowImport.status == "imported")
        .order_by(FlowImport.title, FlowImport.id)
    )
    return session.execute(query).all()


def list_imports(
    session: Session, programme_ids: Collection[int] | None, before: int = 0
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return a page of imports with the code of their programme, the newest first, and one more when there is another.

    None: of all programmes. Collections without a programme are always among them. The page begins below the number
    `before`, if given.
    """
    query = (
        select(FlowImport, Programme.code.label("programme"))
        .outerjoin(Programme, Programme.id == FlowImport.programme_id)
        .order_by(FlowImport.id.desc())
        .limit(PAGE + 1)
    )
    if programme_ids is not None:
        query = query.where(_readable(programme_ids))
    if before:
        query = query.where(FlowImport.id < before)
    return session.execute(query).all()


def find_import(session: Session, import_id: int, programme_ids: Collection[int] | None) -> FlowImport | None:
    """Return one import, locked, or None where it is not of these programmes."""
    query = select(FlowImport).where(FlowImport.id == import_id).with_for_update()
    if programme_ids is not None:
        query = query.where(_readable(programme_ids))
    return session.scalars(query).one_or_none()


def _readable(programme_ids: Collection[int]) -> ColumnElement[bool]:
    return or_(FlowImport.programme_id.is_(None), FlowImport.programme_id.in_(sorted(programme_ids)))


def find_same(session: Session, digest: str, programme_id: int | None) -> FlowImport | None:
    """Return the newest import of the same file, read the same way for the same programme, that was not undone."""
    query = (
        select(FlowImport)
        .where(FlowImport.digest == digest, FlowImport.status != "undone")
        .where(FlowImport.programme_id.is_(None) if programme_id is None else FlowImport.programme_id == programme_id)
        .order_by(FlowImport.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def is_counted_already(session: Session, row: FlowImport) -> bool:
    """Say whether the same file is counted for the programme, which is held until the end of the unit."""
    session.execute(select(Programme.id).where(Programme.id == row.programme_id).with_for_update(key_share=True))
    query = select(FlowImport.id).where(
        FlowImport.digest == row.digest, FlowImport.status == "imported", FlowImport.programme_id == row.programme_id
    )
    return session.scalars(query.limit(1)).first() is not None
