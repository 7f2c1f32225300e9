"""The pieces that sections of the report on paper are put together from: cells of a table, and a section itself.

What stands in them is decided in `document`, how they look by the template.
"""

from collections.abc import Sequence
from typing import Any

from mobility.domain.reciprocity.quantities import Quantity
from mobility.i18n import reciprocity_labels as words

Cell = dict[str, Any]
Section = dict[str, Any]


def text_cell(value: str) -> Cell:
    return {"text": value, "number": False}


def number_cell(value: str) -> Cell:
    return {"text": value, "number": True}


def section_of(title: str, note: str, head: Sequence[Cell], rows: Sequence[Sequence[Cell]], **more: Any) -> Section:
    return {"title": title, "note": note, "head": list(head), "rows": [list(row) for row in rows], **more}


def quantity_cell(value: Quantity) -> Cell:
    return number_cell(words.quantity(value))
