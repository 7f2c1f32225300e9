"""Writes and drops the rows of an imported file in portions, so that neither memory nor a lock grows with the file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from mobility.storage.models.reciprocity import ImportedFlow, ImportedPayment
from mobility.storage.schema import table_of

PORTION: Final = 20_000
Rows = Sequence[Mapping[str, Any]]


def add_rows(session: Session, flows: Rows, payments: Rows) -> None:
    """Write one portion in the open write unit."""
    connection = session.connection()
    for row_type, rows in ((ImportedFlow, flows), (ImportedPayment, payments)):
        if rows:
            connection.execute(insert(table_of(row_type)), list(rows))


def drop_portion(session: Session, import_id: int) -> bool:
    """Drop the last rows of an import in the open write unit; tells whether any are left."""
    last = session.scalar(select(func.max(ImportedFlow.line)).where(ImportedFlow.import_id == import_id))
    if last is None:
        return False
    for row_type in (ImportedFlow, ImportedPayment):
        session.execute(delete(row_type).where(row_type.import_id == import_id, row_type.line > last - PORTION))
    return last > PORTION
