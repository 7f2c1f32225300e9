"""Flows from elsewhere: a file is read, checked, staged row by row, and then counted at once or not at all.

`reading`   the file as text rows: encoding, delimiter, lines
`checking`  every row checked and summed up; what a dry run tells
`staging`   rows kept in portions, counted in one step, taken back again
"""

from mobility.services.flow_imports.checking import Checked, RowError
from mobility.services.flow_imports.reading import FileOptions
from mobility.services.flow_imports.staging import (
    AlreadyImported,
    ImportLine,
    ImportRequest,
    check_flows,
    discard_import,
    drop_rows,
    get_import,
    import_staged,
    list_imports,
    stage_flows,
    undo_import,
)

__all__ = [
    "AlreadyImported",
    "Checked",
    "FileOptions",
    "ImportLine",
    "ImportRequest",
    "RowError",
    "check_flows",
    "discard_import",
    "drop_rows",
    "get_import",
    "import_staged",
    "list_imports",
    "stage_flows",
    "undo_import",
]
