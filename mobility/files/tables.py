"""Tables as files that a spreadsheet opens without harm: CSV in UTF-8 with its mark, XLSX; no formulas in either."""

import csv
import io
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins like this would be computed by a spreadsheet; OWASP, CSV Injection."""

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = Sequence[Mapping[str, Any]]


def csv_bytes(rows: Rows) -> bytes:
    """Return the file; without rows it is empty but for the mark. Numbers stay numbers, an absent one is empty."""
    text = io.StringIO(newline="")
    if rows:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def xlsx_bytes(sheets: Mapping[str, Rows], *, right_to_left: bool = False) -> bytes:
    """Return a workbook with one sheet for each name; texts are never formulas or links, an absent number is empty."""
    workbooks = import_module("xlsxwriter")  # a tenth of a second that no worker needs before its first workbook
    kept = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with workbooks.Workbook(kept, options) as workbook:
        head = workbook.add_format({"bold": True, "bottom": 1})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name[:31])
            if right_to_left:
                sheet.right_to_left()
            if rows:
                _fill(sheet, rows, head)
    return kept.getvalue()


def _fill(sheet: Any, rows: Rows, head: Any) -> None:
    for place, column in enumerate(rows[0]):
        sheet.write_string(0, place, column, head)
        longest = max(len(str(row[column])) for row in rows if row[column] is not None) if _any(rows, column) else 0
        sheet.set_column(place, place, min(60, max(len(column), longest) + 2))
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row.values()):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            elif value is not None:
                sheet.write_number(line, place, value)
    sheet.freeze_panes(1, 0)


def _any(rows: Rows, column: str) -> bool:
    return any(row[column] is not None for row in rows)
