"""The declarative base that every row type shares: naming convention, common columns, stored types.

Models import this module, never Flask; the Flask-SQLAlchemy object is in `storage/db.py`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Table, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant: timestamptz on PostgreSQL, naive UTC text on SQLite, always aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored instant needs a zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# JSONB can be indexed and compared on PostgreSQL; SQLite keeps text.
JsonData = JSON().with_variant(JSONB(), "postgresql")
# SQLite gives row ids only to a column declared INTEGER; PostgreSQL wants room for more than 2^31 rows.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of all rows; constraint names are fixed because SQLite's batch migrations need them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        dict[str, Any]: JsonData,
        list[Any]: JsonData,
        Mapping[str, Any]: JsonData,
    }


def table_of(row_type: type[Base]) -> Table:
    """Return the table of a row type, for statements on many rows at once."""
    table = row_type.__table__
    assert isinstance(table, Table)
    return table


class Identified:
    """A surrogate key."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)


class Versioned:
    """A row that two people may edit at once: `row_version` rises with each save and travels in the form."""

    row_version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a declared_attr receives the class
        return {"version_id_col": cls.row_version}
