"""Many rows written by one statement, for changes that touch whatever they touch.

The statement and its values go to the driver as they are: preparing values row by row, and keeping an object for each
row, takes several times as long as the database does. What a statement through the session is checked for is
therefore checked here: a write unit, and a scope that reaches the rows. Objects of rows that were written are read
again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, literal_column, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

from mobility.domain.errors import Unscoped
from mobility.storage.inserting import insert_into
from mobility.storage.rows import binder_of
from mobility.storage.schema import Base, Versioned, table_of
from mobility.storage.scope import ALL, CaseScoped, OwnedScoped

Rows = Sequence[Mapping[str, Any]]
"""All of them name the same columns."""

_VERSION = "row_version"
_AS_READ = "read_{}"


def insert_many(session: Session, row_type: type[Base], rows: Rows, *, unless_known: str = "") -> None:
    """Add rows; those whose value of the unique column `unless_known` is there already are left out.

    Of the columns that rows do not name, those whose default is a value hold it; a default that is computed is not.
    Rows that belong to a case need a session that sees every case, as every insert past the objects does.
    """
    if not rows:
        return
    if issubclass(row_type, CaseScoped | OwnedScoped):
        _require_every_case(session)
    table = table_of(row_type)
    defaults = {each.name: each.default.arg for each in table.c if isinstance(each.default, ScalarElementColumnDefault)}
    rows = [{**defaults, **row} for row in rows]
    statement = insert_into(session, row_type).values({name: bindparam(name) for name in rows[0]})
    if unless_known:
        statement = statement.on_conflict_do_nothing(index_elements=[unless_known])
    _send(session, statement, table, {name: name for name in rows[0]}, rows)


def update_many(session: Session, row_type: type[Base], rows: Rows) -> None:
    """Write into existing rows; each names its primary key, its `row_version` as it was read (where there is one), and
    what is new.

    Needs a session that sees every case. Raises StaleDataError, as saving an object does, where a row is gone or has
    another version.
    """
    if not rows:
        return
    _require_every_case(session)
    table = table_of(row_type)
    read = [column.name for column in table.primary_key] + ([_VERSION] if issubclass(row_type, Versioned) else [])
    names = {_AS_READ.format(name) if name in read else name: name for name in rows[0]}
    statement = update(table).values({name: bindparam(name) for name in names if name in table.c})
    if _VERSION in read:
        statement = statement.values({_VERSION: table.c[_VERSION] + literal_column("1")})
    for name in read:
        statement = statement.where(table.c[name] == bindparam(_AS_READ.format(name)))
    written = _send(session, statement, table, names, rows)
    if written != len(rows):
        raise StaleDataError(f"of {len(rows)} rows of {table.name}, {written} were as they had been read")
    for each in session.identity_map.values():
        if isinstance(each, row_type):
            session.expire(each)


def _require_every_case(session: Session) -> None:
    if session.info.get("scope") is not ALL:
        raise Unscoped(statement="many rows at once are written only where every case is seen")


def _send(session: Session, statement: Any, table: Table, names: Mapping[str, str], rows: Rows) -> int:
    """Send the statement with the column behind each of its names; return how many rows it wrote."""
    if not session.info.get("writing"):
        raise RuntimeError("bulk write outside a write unit")
    session.flush()
    connection = session.connection()
    compiled = statement.compile(dialect=connection.dialect)
    order = list(compiled.positiontup or names)
    columns = [_prepared(table.c[names[each]].type, [row[names[each]] for row in rows], connection) for each in order]
    values: Iterable[Any] = zip(*columns, strict=True)
    if not compiled.positional:
        values = (dict(zip(order, each, strict=True)) for each in values)
    return connection.exec_driver_sql(compiled.string, list(values)).rowcount


def _prepared(stored_as: TypeEngine[Any], values: list[Any], connection: Connection) -> list[Any]:
    """Return values as the driver takes them; equal ones, of which there are many, are prepared once."""
    prepare = binder_of(stored_as, connection.dialect)
    if prepare is None:
        return values
    try:
        by_value = {value: prepare(value) for value in set(values)}
    except TypeError:  # what is stored as JSON has no hash, but many rows may hold the same
        distinct = {id(value): value for value in values}
        by_id = {key: prepare(value) for key, value in distinct.items()}
        return [by_id[id(value)] for value in values]
    return [by_value[value] for value in values]
