"""INSERT … ON CONFLICT, which both databases know but SQLAlchemy offers for each dialect apart."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mobility.storage.schema import Base


def insert_into(session: Session, row_type: type[Base]) -> Any:
    """Return the dialect's INSERT; only these know ON CONFLICT."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(row_type)
