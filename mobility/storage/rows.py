"""Rows of values for the statements that most requests send: compiled once, narrowed to the scope, sent as SQL.

On its way through the ORM such a statement costs three times what SQLite needs to answer it: events, keys, contexts and
loaders, for rows that hold nothing but values. Here a prepared statement is compiled once for each number of
principals, with the criteria of `storage/scope` as any other has them; who they are is sent as values. Statements that
are not prepared, and those that read entities, go through the session as ever.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import BigInteger, Connection, Dialect, String, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from mobility.domain.errors import Unscoped
from mobility.storage.prepared import MARK, Statement
from mobility.storage.scope import ALL, narrowed_by_values, own_ids

_PRINCIPALS: Any = bindparam("scope_principals", type_=String(), expanding=True)
_OWN_IDS: Any = bindparam("scope_own_ids", type_=BigInteger(), expanding=True)
_LISTS = (list, tuple)
Convert = Callable[[Any], Any]
Shape = tuple[tuple[str, int | None], ...]
"""The names of the values that are sent; of a list also its length, because each of it has a place in the SQL."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """A statement as the driver takes it: its own values, where each of a list goes, what types change on the way."""

    sql: str
    own: Mapping[str, Any]
    lists: Mapping[str, Sequence[str]]
    order: Sequence[str] | None
    into: Mapping[str, Convert]
    out_of: Sequence[tuple[int, Convert]]
    make: Callable[[Iterable[Any]], Any]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        sent = {**self.own, **values}
        for name, places in self.lists.items():
            sent.update(zip(places, values[name], strict=True))
        for name, convert in self.into.items():
            sent[name] = convert(sent[name])
        ordered = sent if self.order is None else tuple([sent[name] for name in self.order])
        result = connection.exec_driver_sql(self.sql, ordered)
        found = result.cursor.fetchall()  # as the driver has them: SQLAlchemy's own rows would be taken apart again
        result.close()
        return self._read(found)

    def _read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        columns: list[Iterable[Any]] = list(zip(*found, strict=True))
        if not columns:
            return []
        for place, convert in self.out_of:
            columns[place] = map(convert, columns[place])
        return list(map(self.make, zip(*columns, strict=True)))


def list_rows(session: Session, statement: Statement, values: Mapping[str, Any], *, driven_by: str = "") -> list[Any]:
    """Send a prepared statement that selects columns; return what the scope lets through, as named tuples.

    `driven_by` is the principal of a reviewed statement that reads, by its own conditions, nothing but the cases on
    whose line in the scope table that principal stands: to a reader who has it, the criteria would say the same once
    more for each table. Raises Unscoped when the session has no scope.
    """
    if not statement.get_execution_options().get(MARK):
        raise ValueError("only prepared statements are kept")
    if session.info.get("writing"):
        session.flush()  # as the session itself does before it reads
    scope = session.info.get("scope")
    if scope is None:
        raise Unscoped(statement="no scope was set for this session")
    if scope is not ALL and driven_by not in scope:
        values = {**values, _PRINCIPALS.key: scope, _OWN_IDS.key: own_ids(scope)}
    connection = session.connection()
    shape = tuple([(name, len(value) if isinstance(value, _LISTS) else None) for name, value in values.items()])
    return _ready(statement, connection.dialect, shape).rows(connection, values)


@lru_cache(maxsize=512)
def _ready(statement: Statement, dialect: Dialect, shape: Shape) -> _Ready:
    nothing = {name: None if length is None else [None] * length for name, length in shape}
    if _PRINCIPALS.key in nothing:
        statement = narrowed_by_values(statement, dialect, _PRINCIPALS, _OWN_IDS)
    compiled: Any = statement.compile(dialect=dialect)
    state = compiled.construct_expanded_state(nothing)
    binders = {name: binder_of(each.type, dialect) for name, each in compiled.binds.items()} | dict(state.processors)
    into = {name: convert for name, convert in binders.items() if convert is not None and name in state.parameters}
    columns = statement.selected_columns
    row = namedtuple("Row", columns.keys())  # type: ignore[misc]
    readers = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
    lists = {name: places for name, places in state.parameter_expansion.items() if places}
    of_values = {name for name, length in shape if length is None} | {
        each for places in lists.values() for each in places
    }
    return _Ready(
        sql=state.statement,
        own={
            name: into[name](value) if name in into else value
            for name, value in state.parameters.items()
            if name not in of_values
        },
        lists=lists,
        order=state.positiontup,
        into={name: convert for name, convert in into.items() if name in of_values},
        out_of=[(place, convert) for place, convert in enumerate(readers) if convert is not None],
        make=partial(tuple.__new__, row),
    )


def binder_of(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    """Return what turns a value of this type into the driver's, or None where it goes as it is."""
    return kind.dialect_impl(dialect).bind_processor(dialect)
