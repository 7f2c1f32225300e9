"""Keeps `flow_summary` equal to the flows: triggers for those of cases, one statement for an imported file.

Every flow that is over adds six rows' worth of sums: its first day and the day after its last, each in its year, its
month and its discipline's year. The triggers stand in the database, so that copies, corrections and erasures count as
well. `recount` computes the same sums from nothing; `differences` compares both. What the sums mean is decided in
`storage/models/reciprocity`, how a report reads them in `storage/queries/flow_sums`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from mobility.storage.models.reciprocity import Flow

SUMS: Final = ("heads", "days", "starts", "start_days", "ends", "end_days")
KEYS: Final = ("programme_id", "discipline", "period", "origin", "host", "import_id")
FUNCTION: Final = "count_flow"
TRIGGERS: Final = ("flow_counted_insert", "flow_counted_update", "flow_counted_delete")

_COLUMNS: Final = ", ".join((*KEYS, *SUMS))
_ON_CONFLICT: Final = f"ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET " + ", ".join(
    f"{name} = flow_summary.{name} + excluded.{name}" for name in SUMS
)
_NOT_ALL_ZERO: Final = " OR ".join(f"{name} <> 0" for name in SUMS)


def _year(day: str, dialect: str) -> str:
    return f"CAST(strftime('%Y', {day}) AS INTEGER)" if dialect == "sqlite" else f"EXTRACT(YEAR FROM {day})::int"


def _month(day: str, dialect: str) -> str:
    if dialect == "sqlite":
        return f"CAST(strftime('%Y%m', {day}) AS INTEGER)"
    return f"(EXTRACT(YEAR FROM {day}) * 100 + EXTRACT(MONTH FROM {day}))::int"


def day_number(day: str, dialect: str) -> str:
    """Return SQL for a day's number, 1 for 1 January of year 1 as in `date.toordinal`."""
    if dialect == "sqlite":
        return f"CAST(julianday({day}) - 1721424.5 AS INTEGER)"
    return f"(({day}) - DATE '0001-01-01' + 1)"


def _next_day(day: str, dialect: str) -> str:
    return f"date({day}, '+1 day')" if dialect == "sqlite" else f"({day} + 1)"


def _events(row: str, sign: str, dialect: str) -> str:
    """Return a SELECT of discipline, period and the six sums for each event of the one flow that a trigger sees."""
    start, after = f"{row}.start_on", _next_day(f"{row}.end_on", dialect)
    begun = (
        f"{sign} AS heads, 0 AS days, {sign} AS starts, {sign} * {day_number(start, dialect)} AS start_days, "
        "0 AS ends, 0 AS end_days"
    )
    over = (
        "0 AS heads, 0 AS days, 0 AS starts, 0 AS start_days, "
        f"{sign} AS ends, {sign} * {day_number(after, dialect)} AS end_days"
    )
    parts = []
    for sums, day in ((begun, start), (over, after)):
        for name, period, wanted in (
            ("''", _year(day, dialect), ""),
            ("''", _month(day, dialect), ""),
            (f"{row}.discipline", _year(day, dialect), f" WHERE {row}.discipline <> ''"),
        ):
            parts.append(f"SELECT {name} AS discipline, {period} AS period, {sums}{wanted}")
    return " UNION ALL ".join(parts)


def _summed() -> str:
    return ", ".join(f"SUM({name}) AS {name}" for name in SUMS)


def _addition(row: str, sign: int, dialect: str) -> str:
    """Return the statement by which a trigger adds or takes away one flow."""
    events = _events(row, str(sign), dialect)
    return (
        f"INSERT INTO flow_summary ({_COLUMNS}) SELECT {row}.programme_id, discipline, period, {row}.origin, "  # noqa: S608 - no value from outside
        f"{row}.host, 0, {_summed()} FROM ({events}) AS events WHERE true GROUP BY discipline, period {_ON_CONFLICT}"
    )


def _counted(row: str) -> str:
    return f"{row}.status = 'actual' AND {row}.end_on IS NOT NULL"


def creation(dialect: str) -> list[str]:
    """Return the statements that create the triggers."""
    if dialect == "sqlite":
        return _sqlite_creation()
    taken = f"IF TG_OP <> 'INSERT' THEN IF {_counted('OLD')} THEN {_addition('OLD', -1, dialect)}; END IF; END IF;"
    added = f"IF TG_OP <> 'DELETE' THEN IF {_counted('NEW')} THEN {_addition('NEW', 1, dialect)}; END IF; END IF;"
    body = f"BEGIN {taken} {added} RETURN NULL; END"
    return [
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f"CREATE TRIGGER {TRIGGERS[0]} AFTER INSERT OR UPDATE OR DELETE ON flow "
        f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()",
    ]


def _sqlite_creation() -> list[str]:
    added, taken = _addition("NEW", 1, "sqlite"), _addition("OLD", -1, "sqlite")
    # an update is two triggers, because each side has its own condition
    return [
        f"CREATE TRIGGER {TRIGGERS[0]} AFTER INSERT ON flow WHEN {_counted('NEW')} BEGIN {added}; END",
        f"CREATE TRIGGER {TRIGGERS[1]}_old AFTER UPDATE ON flow WHEN {_counted('OLD')} BEGIN {taken}; END",
        f"CREATE TRIGGER {TRIGGERS[1]}_new AFTER UPDATE ON flow WHEN {_counted('NEW')} BEGIN {added}; END",
        f"CREATE TRIGGER {TRIGGERS[2]} AFTER DELETE ON flow WHEN {_counted('OLD')} BEGIN {taken}; END",
    ]


def removal(dialect: str) -> list[str]:
    """Return the statements that drop the triggers."""
    if dialect == "sqlite":
        names = (TRIGGERS[0], f"{TRIGGERS[1]}_old", f"{TRIGGERS[1]}_new", TRIGGERS[2])
        return [f"DROP TRIGGER IF EXISTS {name}" for name in names]
    return [f"DROP TRIGGER IF EXISTS {TRIGGERS[0]} ON flow", f"DROP FUNCTION IF EXISTS {FUNCTION}()"]


@event.listens_for(Flow.__table__, "after_create")
def _create_with_table(target: Any, connection: Connection, **options: Any) -> None:
    for statement in creation(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _recounted(rows: str, dialect: str) -> str:
    """Return a SELECT of all sums of the rows, each read twice: first days and last days by month, then put together.

    `rows` is a SELECT of programme, import, pair (origin and host as one text, which sorts in half the time and lures
    nobody into an index), discipline, people, start_on, end_on and days.
    """
    known = "CASE WHEN end_on IS NULL THEN 0 ELSE people END"
    first_day, day_after = day_number("start_on", dialect), f"({day_number('end_on', dialect)} + 1)"
    keys = "programme_id, import_id, pair, discipline, period"
    begun = (
        f"SELECT {keys}, SUM(people) AS heads, SUM(days) AS days, SUM({known}) AS starts, "  # noqa: S608
        f"SUM({known} * {first_day}) AS start_days, 0 AS ends, 0 AS end_days "
        f"FROM (SELECT given.*, {_month('start_on', dialect)} AS period FROM ({rows}) AS given) AS begun "
        f"GROUP BY {keys}"
    )
    over = (
        f"SELECT {keys}, 0, 0, 0, 0, SUM(people), SUM(people * {day_after}) "  # noqa: S608
        f"FROM (SELECT given.*, {_month(_next_day('end_on', dialect), dialect)} AS period FROM ({rows}) AS given "
        f"WHERE end_on IS NOT NULL) AS over GROUP BY {keys}"
    )
    parts = [
        f"SELECT programme_id, {discipline} AS discipline, {period} AS period, SUBSTR(pair, 1, 2) AS origin, "  # noqa: S608
        f"SUBSTR(pair, 3) AS host, import_id, {_summed()} FROM monthly {wanted} "
        f"GROUP BY programme_id, import_id, pair, {period}{', monthly.discipline' if wanted else ''}"
        for discipline, period, wanted in (
            ("''", "monthly.period / 100", ""),
            ("''", "monthly.period", ""),
            ("monthly.discipline", "monthly.period / 100", "WHERE monthly.discipline <> ''"),
        )
    ]
    return f"WITH monthly AS ({begun} UNION ALL {over}) {' UNION ALL '.join(parts)}"


def _cases_recounted(dialect: str) -> str:
    rows = (
        "SELECT programme_id, 0 AS import_id, origin || host AS pair, discipline, CAST(1 AS BIGINT) AS people, "  # noqa: S608
        f"start_on, end_on, 0 AS days FROM flow WHERE {_counted('flow')}"
    )
    return _recounted(rows, dialect)


def _import_recounted(dialect: str, only: str) -> str:
    """`only` is a condition on `flow_import`."""
    rows = (
        "SELECT COALESCE(flow_import.programme_id, 0) AS programme_id, flow_import.id AS import_id, "  # noqa: S608
        "imported_flow.origin || imported_flow.host AS pair, imported_flow.discipline, "
        "CAST(imported_flow.people AS BIGINT) AS people, imported_flow.start_on, imported_flow.end_on, "
        "imported_flow.days FROM imported_flow "
        f"JOIN flow_import ON flow_import.id = imported_flow.import_id WHERE {only}"
    )
    return _recounted(rows, dialect)


def _may_take_long(session: Session) -> Connection:
    """Return the connection, whose statements may take as long as a count of very many rows takes."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    return connection


def count_import(session: Session, import_id: int) -> None:
    """Add the sums of a staged import, in the open write unit."""
    connection = _may_take_long(session)
    counted = _import_recounted(connection.dialect.name, "flow_import.id = :import_id")
    connection.execute(text(f"INSERT INTO flow_summary ({_COLUMNS}) {counted}"), {"import_id": import_id})


def uncount_import(session: Session, import_id: int) -> None:
    """Take the sums of an import away."""
    session.connection().execute(
        text("DELETE FROM flow_summary WHERE import_id = :import_id"), {"import_id": import_id}
    )


def recount(session: Session) -> None:
    """Compute all sums anew, in the open write unit."""
    connection = _may_take_long(session)
    for statement in recount_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def recount_statements(dialect: str) -> list[str]:
    """Return the statements that empty the summary and fill it from the flows and the imports."""
    inserts = [f"INSERT INTO flow_summary ({_COLUMNS}) {counted}" for counted in _everything(dialect)]
    return ["DELETE FROM flow_summary", *inserts]


def _everything(dialect: str) -> tuple[str, str]:
    return _cases_recounted(dialect), _import_recounted(dialect, "flow_import.status = 'imported'")


def differences(session: Session, most: int = 20) -> list[tuple[Any, ...]]:
    """Return up to `most` rows (keys, then sums) that stand in the summary and not in a recount, or the other way.

    Rows of zeros are none: they remain where everything was taken away again.
    """
    connection = _may_take_long(session)
    cases, imports = _everything(connection.dialect.name)
    kept = f"SELECT {_COLUMNS} FROM flow_summary WHERE {_NOT_ALL_ZERO}"  # noqa: S608
    wanted = f"SELECT {_COLUMNS} FROM ({cases}) AS cases UNION ALL SELECT {_COLUMNS} FROM ({imports}) AS imports"  # noqa: S608
    found: list[tuple[Any, ...]] = []
    for one, other in ((kept, wanted), (wanted, kept)):
        statement = f"SELECT * FROM ({one}) AS one EXCEPT SELECT * FROM ({other}) AS other LIMIT {int(most)}"  # noqa: S608
        found += [tuple(row) for row in connection.exec_driver_sql(statement)]
    return sorted(found)[:most]


@contextmanager
def counted_at_the_end(session: Session, write: Any) -> Iterator[None]:
    """Drop the triggers while very many flows are written, and count once afterwards; `write` opens a write unit."""
    with write(session):
        connection = session.connection()
        for statement in removal(connection.dialect.name):
            connection.exec_driver_sql(statement)
    try:
        yield
    finally:
        with write(session):
            connection = session.connection()
            for statement in creation(connection.dialect.name):
                connection.exec_driver_sql(statement)
            recount(session)
