"""Copies whole cases set-wise, for installations that are to be measured at a million cases.

What is copied: the case, its stages, scope, flow, stay and payments, and for open cases the clocks with their events.
All days move by the copy's own number of days. Left out are texts, requests, letters and the log: a copy is weight for
lists and reports, not a story. Which cases are copied how often is decided in `services/demo`; the differences between
the two databases stand here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    func,
    insert,
    literal,
    null,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Subquery
from sqlalchemy.sql.functions import FunctionElement

from mobility.storage.flow_counting import counted_at_the_end
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile, CaseNumber, Stage, Stay
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.funding import Payment
from mobility.storage.models.reciprocity import Flow
from mobility.storage.schema import Base, BigId, JsonData, table_of
from mobility.storage.scope import NO_DATE, CaseScope

Rows = Sequence[Mapping[str, Any]]

COPY: Final = Table(
    "case_copy",
    MetaData(),
    Column("case_id", BigId, primary_key=True, autoincrement=False),
    Column("template_id", BigId, nullable=False),
    Column("shift_days", Integer, nullable=False),
    Column("reference", String(24), nullable=False),
    Column("person_id", BigId, nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_language", String(16), nullable=False),
    Column("name_latin", String(200), nullable=False),
    Column("answers", JsonData, nullable=False),
    Column("has_clocks", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)
"""One line per copy: of which case, moved by how many days, under which reference and for whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyIds:
    """Where the ids of a run begin; a clock's id follows from its case's, so that its events find it."""

    first_case: int
    first_person: int
    first_clock: int
    clocks_per_case: int


_BULK_TABLES: Final = (CaseFile, Stage, CaseScope, Clock, ClockEventRow, Flow, Stay, Payment, Person)
_CACHE_KIB: Final = 262_144


class shifted_day(FunctionElement[Any]):  # noqa: N801 - it is written like an SQL function
    """A day moved by a number of days; stays empty where it is empty."""

    type = Date()
    inherit_cache = True


class shifted_instant(FunctionElement[Any]):  # noqa: N801
    """An instant moved by a number of days."""

    type = DateTime()
    inherit_cache = True


@compiles(shifted_day, "sqlite")
def _sqlite_day(element: shifted_day, compiler: Any, **kw: Any) -> str:
    day, days = (compiler.process(each, **kw) for each in element.clauses)
    return f"date({day}, {days} || ' days')"


@compiles(shifted_day, "postgresql")
def _postgresql_day(element: shifted_day, compiler: Any, **kw: Any) -> str:
    day, days = (compiler.process(each, **kw) for each in element.clauses)
    return f"({day} + {days})"


@compiles(shifted_instant, "sqlite")
def _sqlite_instant(element: shifted_instant, compiler: Any, **kw: Any) -> str:
    at, days = (compiler.process(each, **kw) for each in element.clauses)
    return f"(datetime({at}, {days} || ' days') || '.000000')"


@compiles(shifted_instant, "postgresql")
def _postgresql_instant(element: shifted_instant, compiler: Any, **kw: Any) -> str:
    at, days = (compiler.process(each, **kw) for each in element.clauses)
    return f"({at} + make_interval(days => {days}))"


@contextmanager
def many_rows(session: Session, write: Callable[[Session], Any], *, rebuild_indexes: bool) -> Iterator[None]:
    """Prepare the database for many rows, and bring it back to its usual state afterwards.

    `write` opens a write unit. Dropping the indexes and building them again pays from some ten thousand cases on;
    they are built again when the block raises, too. Flows are then counted once at the end.
    """
    indexes = [index for row_type in _BULK_TABLES for index in table_of(row_type).indexes] if rebuild_indexes else []
    with write(session):
        connection = _open(session)
        for index in indexes:
            index.drop(connection)
    counting = counted_at_the_end(session, write) if rebuild_indexes else nullcontext()
    try:
        with counting:
            yield
    finally:
        for index in indexes:
            with write(session):
                index.create(_open(session))
        with write(session):
            _open(session).execute(text("ANALYZE"))


def copy_cases(session: Session, *, people: Rows, copies: Rows, ids: CopyIds) -> None:
    """Write people and copies of cases in the open write unit; `ids` are those of the whole run."""
    connection = _open(session)
    COPY.create(connection, checkfirst=False)
    if people:
        connection.execute(insert(table_of(Person)), people)
    connection.execute(insert(COPY), copies)
    _copy(connection, table_of(CaseFile), "id", _case_changes())
    _copy(connection, table_of(Stage), "case_id", {"facts": literal({}, JsonData), "ended_on": _day(Stage.ended_on)})
    _copy_scope(connection)
    _copy(connection, table_of(Flow), "case_id", {"start_on": _day(Flow.start_on), "end_on": _day(Flow.end_on)})
    _copy(connection, table_of(Stay), "case_id", _moved(Stay, "arrived_on", "departed_on", "recorded_at"))
    days = ("rate_on", "proposed_at", "approved_at", "paid_on")
    _copy(connection, table_of(Payment), "case_id", _moved(Payment, *days))
    _copy_clocks(connection, ids)
    COPY.drop(connection)


def next_ids(session: Session) -> CopyIds:
    """Return the first free ids, and how many clocks a case has at most."""
    connection = _open(session)
    first_case, first_person, first_clock = (
        (connection.scalar(select(func.max(table_of(each).c.id))) or 0) + 1 for each in (CaseFile, Person, Clock)
    )
    counted = select(func.count().label("clocks")).select_from(table_of(Clock)).group_by(Clock.case_id).subquery()
    most = connection.scalar(select(func.max(counted.c.clocks))) or 1
    return CopyIds(first_case=first_case, first_person=first_person, first_clock=first_clock, clocks_per_case=most)


def finish_copies(session: Session, last_numbers: Mapping[tuple[str, str, int], int]) -> None:
    """Write the last number of each pair and year, and let PostgreSQL's sequences go on after the copies."""
    connection = _open(session)
    numbers = table_of(CaseNumber)
    for (sending, receiving, year), last in last_numbers.items():
        key = (numbers.c.sending == sending, numbers.c.receiving == receiving, numbers.c.year == year)
        if not connection.execute(numbers.update().where(*key).values(last=last)).rowcount:
            connection.execute(insert(numbers).values(sending=sending, receiving=receiving, year=year, last=last))
    if connection.dialect.name == "postgresql":
        for row_type in (CaseFile, Person, Clock):
            name = table_of(row_type).name
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))  # noqa: S608 - names of our own tables


def _open(session: Session) -> Connection:
    """Return the unit's connection: room for large B-trees, and no time limit for building them."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
    else:
        # a chunk meets a few templates: without statistics the planner would read whole tables for each
        for setting in ("statement_timeout = 0", "enable_hashjoin = off", "enable_mergejoin = off"):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
    return connection


def _day(column: Any) -> ColumnElement[Any]:
    return shifted_day(column, COPY.c.shift_days)


def _moved(row_type: type[Base], *names: str) -> dict[str, ColumnElement[Any]]:
    """Return the columns of a table moved by the copy's days, each by what it holds."""
    columns = table_of(row_type).c
    return {
        name: (shifted_day if isinstance(columns[name].type, Date) else shifted_instant)(
            columns[name], COPY.c.shift_days
        )
        for name in names
    }


def _case_changes() -> dict[str, ColumnElement[Any]]:
    days = ("planned_arrival_on", "planned_departure_on", "submitted_at", "closed_at")
    return _moved(CaseFile, *days) | {
        "id": COPY.c.case_id,
        "next_due_on": case((COPY.c.has_clocks, _day(CaseFile.next_due_on)), else_=null()),
        "reference": COPY.c.reference,
        "person_id": COPY.c.person_id,
        "application_id": null(),
        "applicant_name": COPY.c.name,
        "applicant_name_language": COPY.c.name_language,
        "applicant_name_latin": COPY.c.name_latin,
        "answers": COPY.c.answers,
    }


def _copy(
    connection: Connection, table: Table, key: str, changes: Mapping[str, ColumnElement[Any]], *where: Any
) -> None:
    """Insert the rows of the templates again for every copy; `key` is the column that holds the case."""
    changed = {key: COPY.c.case_id} | dict(changes)
    names = [column.name for column in table.c if column.name != "id" or "id" in changed]
    source = (
        select(*(changed.get(name, table.c[name]).label(name) for name in names))
        .select_from(COPY.join(table, table.c[key] == COPY.c.template_id))
        .where(*where)
        .order_by(COPY.c.case_id)
    )
    connection.execute(insert(table).from_select(names, source, include_defaults=False))


def _copy_scope(connection: Connection) -> None:
    """The applicant's line becomes that of the copy's person; where no clock is copied nothing is owed to anybody."""
    own = COPY.c.person_id.cast(String)
    has_day = and_(COPY.c.has_clocks, CaseScope.due_on != NO_DATE)
    changes = {
        "principal": case((CaseScope.principal.like("p:%"), literal("p:", String) + own), else_=CaseScope.principal),
        "due_on": case((has_day, _day(CaseScope.due_on)), else_=literal(NO_DATE, Date)),
        "is_open": and_(COPY.c.has_clocks, CaseScope.is_open),
    }
    _copy(connection, table_of(CaseScope), "case_id", changes)


def _copy_clocks(connection: Connection, ids: CopyIds) -> None:
    """Copy the clocks of open cases without their derivations, which are counted again when somebody asks."""
    placed = _placed_clocks()
    new_id = ids.first_clock + (COPY.c.case_id - ids.first_case) * ids.clocks_per_case + placed.c.place
    days = ("trigger_on", "due_on", "earliest_on", "latest_on", "paused_since", "met_on")
    clock, event = table_of(Clock), table_of(ClockEventRow)
    changes = _moved(Clock, *days) | {"id": new_id, "derivation": literal({}, JsonData)}
    _copy_placed(connection, clock, clock.c.id, placed, changes)
    actor = case((event.c.actor_id == placed.c.person_id, COPY.c.person_id), else_=event.c.actor_id)
    changes = _moved(ClockEventRow, "on_day", "recorded_at") | {"clock_id": new_id, "actor_id": actor}
    _copy_placed(connection, event, event.c.clock_id, placed, changes)


def _copy_placed(
    connection: Connection,
    table: Table,
    clock_id: ColumnElement[Any],
    placed: Subquery,
    changes: Mapping[str, ColumnElement[Any]],
) -> None:
    changed = {"case_id": COPY.c.case_id} | dict(changes)
    names = [column.name for column in table.c if column.name != "id" or "id" in changed]
    joined = COPY.join(placed, placed.c.case_id == COPY.c.template_id).join(table, clock_id == placed.c.id)
    source = (
        select(*(changed.get(name, table.c[name]).label(name) for name in names))
        .select_from(joined)
        .where(COPY.c.has_clocks)
        .order_by(COPY.c.case_id, placed.c.place)
    )
    connection.execute(insert(table).from_select(names, source, include_defaults=False))


def _placed_clocks() -> Subquery:
    """Return the clocks of the templates, each with its place among those of its case and the case's person."""
    clock, case_file = table_of(Clock), table_of(CaseFile)
    templates = select(COPY.c.template_id).where(COPY.c.has_clocks)
    place = func.row_number().over(partition_by=clock.c.case_id, order_by=clock.c.id) - 1
    return (
        select(clock.c.id, clock.c.case_id, case_file.c.person_id, place.label("place"))
        .join(case_file, case_file.c.id == clock.c.case_id)
        .where(clock.c.case_id.in_(templates))
        .subquery()
    )
