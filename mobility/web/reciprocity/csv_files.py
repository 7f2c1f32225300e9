"""A table as a CSV file that a spreadsheet opens without harm: UTF-8 with its mark, plain numbers, no formulas."""

import csv
import io
from collections.abc import Sequence
from typing import Any

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins like this would be computed by a spreadsheet; OWASP, CSV Injection."""


def csv_bytes(rows: Sequence[dict[str, Any]]) -> bytes:
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
