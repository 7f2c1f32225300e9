"""Which clocks a change can reach is found by index: SQLite keeps no statistics here, so its choice is only a rule."""

from datetime import date

import pytest
from sqlalchemy import create_engine

from mobility.storage.queries import recompute as queries
from mobility.storage.schema import Base

DAY = date(2027, 5, 4)


@pytest.fixture(scope="module")
def plan_of():
    """Return how SQLite would look for the clocks of a condition, as one text."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:

        def plan(condition):
            statement = queries._lines().where(condition)
            text = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))
            return "; ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))

        yield plan
    engine.dispose()


def test_a_day_of_a_calendar_finds_its_clocks_by_calendar_and_reads_them_in_order(plan_of) -> None:
    plan = plan_of(queries.on_calendars(["DE", "DE-BY", "DE-SN"], DAY))
    assert "COVERING INDEX ix_clock_calendar_latest_on_trigger_on (calendar=? AND latest_on>?)" in plan
    assert "SEARCH clock USING INTEGER PRIMARY KEY (rowid=?)" in plan


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (queries.with_ids([1, 2]), "INTEGER PRIMARY KEY (rowid=?)"),
        (queries.Clock.id.between(1, 50_000), "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        (queries.under_versions([1, 2]), "ix_clock_provision_version_id"),
        (queries.under_versions([1, 2], DAY), "ix_clock_provision_version_id"),
    ],
    ids=["ids", "window", "wordings", "wordings and day"],
)
def test_no_condition_looks_at_every_clock_in_a_state(plan_of, condition, index) -> None:
    plan = plan_of(condition)
    assert index in plan
    assert "ix_clock_state" not in plan
