"""An older register of the demo's exchanges, taken in as a file of flows, so that there are years to look back on.

Its rows stand in config/demo/agreements.toml with years counted back from the day of loading. When it is taken in is
decided in `agreements`.
"""

import csv
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from io import BytesIO, StringIO

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.services.demo.files import Table
from mobility.services.flow_imports import ImportRequest, import_staged, stage_flows

_COLUMNS = ("year", "origin", "host", "discipline", "people", "days")


def register_file(table: Table, last_year: int) -> bytes:
    """Return the register as CSV; `last_year` is the last accounting year that is over."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for each in table["year"]:
        writer.writerows([last_year - each["years_back"], *row] for row in each["rows"])
    return out.getvalue().encode()


def take_in_register(session: Session, manager: Actor, table: Table, last_year: int, *, now: datetime) -> None:
    """Import the register into its programme, in the open write unit."""
    request = ImportRequest(
        file_name=table["file"],
        title=table["title"],
        source=table["source"],
        licence=table["licence"],
        programme=table["programme"],
    )
    content = BytesIO(register_file(table, last_year))
    number, checked = stage_flows(session, manager, content, request, now=now, write=_within)
    assert number is not None, checked.errors
    import_staged(session, manager, number, now=now)


def _within(session: Session) -> AbstractContextManager[Session]:
    """Let the portions of the import be written in the unit that is open."""
    return nullcontext(session)
