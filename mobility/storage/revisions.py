"""Whether the database is there and at the schema this program expects, without the cost of the migration tools."""

from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from mobility.resources import resource_dir
from mobility.settings import Settings


def newest_revision() -> str:
    """Return the number of the last migration in the folder; they lie in order."""
    return max(path.name.split("_", 1)[0] for path in resource_dir("migrations").glob("[0-9]*_*.py"))


def find_schema_problem(settings: Settings) -> str:
    """Return one line that says what is wrong and what to run, or nothing."""
    address = settings.database_address
    if address.startswith("sqlite:///") and not Path(address.removeprefix("sqlite:///")).is_file():
        return f"there is no database at {address.removeprefix('sqlite:///')}; run: mobility db upgrade"
    engine = create_engine(address, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    except DBAPIError as error:
        if _is_missing_table(error):
            return "the database has no tables yet; run: mobility db upgrade"
        return f"the database cannot be reached: {str(error.orig).strip().splitlines()[0]}"
    finally:
        engine.dispose()
    if found != [newest_revision()]:
        return (
            f"the database is at schema {', '.join(found) or 'none'}, not {newest_revision()}; run: mobility db upgrade"
        )
    return ""


def _is_missing_table(error: DBAPIError) -> bool:
    said = str(error.orig)
    return "no such table" in said or ("does not exist" in said and "alembic_version" in said)
