"""Measures a file of flows that a person hands over: no database, no network, no session.

Decides how the file is read (comma-separated UTF-8, codes as exact text, weights as exact decimals) and what the
answer holds, key by key. Which measures exist is decided in `mobility.domain.reciprocity`. The file is the
operator's own, so nothing is suppressed; this is therefore never offered over HTTP.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import chain

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.flows import FlowTable, pool_flows
from mobility.domain.reciprocity.pairs import PairMeasures
from mobility.domain.reciprocity.programme import measure_programme, top_imbalances
from mobility.domain.reciprocity.quantities import Quantity, exact

RATIO_DIGITS = 10
"""More than the six that readers compare, fewer than the noise of a double."""

_WHOLE = re.compile(r"[0-9]{1,300}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(?:inf|infinity|nan)", re.ASCII | re.IGNORECASE)
_LARGEST_EXPONENT = 308  # what a double holds; beyond it "1e999999999" would be a gigabyte of digits


class FlowFault(StrEnum):
    """What is wrong with a file of flows."""

    NO_HEADER = "no_header"
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    SAME_COLUMN = "same_column"
    BROKEN_ROW = "broken_row"
    EXTRA_CELLS = "extra_cells"
    BLANK_CODE = "blank_code"
    WEIGHT_EMPTY = "weight_empty"
    WEIGHT_NEGATIVE = "weight_negative"
    WEIGHT_NOT_FINITE = "weight_not_finite"
    WEIGHT_NOT_A_NUMBER = "weight_not_a_number"


class FlowFileRefused(InvalidInput):
    """The file is not measured at all, because of this fault on this line; lines count from 1, the header's."""

    def __init__(self, fault: FlowFault, *, line: int, column: str, value: str = "") -> None:
        self.fault = fault
        self.line = line
        self.column = column
        self.value = value
        super().__init__(field=column, reason=fault.value, value=value, line=line)


def measure_csv(
    lines: Iterable[str], origin: str = "origin", host: str = "host", weight: str = "weight", delimiter: str = ","
) -> dict[str, object]:
    """Measures the rows, all pooled, and returns what is printed as JSON: plain int, float, str, None.

    The three names are columns of the header row. Raises FlowFileRefused at the first fault. Codes are trimmed and
    compared exactly: NA is Namibia, never a missing value. Weight 0 makes no link.
    """
    return describe(pool_flows(read_flows(lines, origin, host, weight, delimiter)))


def describe(table: FlowTable) -> dict[str, object]:
    """The keys of the batch protocol for a table; measures without traffic are None."""
    measures = measure_programme(table)
    return {
        "total": plain(measures.total),
        "domestic": plain(measures.domestic),
        "pairs": measures.pairs,
        "r": ratio(measures.r),
        "mei": ratio(measures.mei),
        "gl": ratio(measures.weighted_index),
        "binary_reciprocity": ratio(measures.binary),
        "top_imbalances": [_entry(pair) for pair in top_imbalances(table)],
    }


def plain(value: Quantity) -> int | float:
    """Whole numbers without decimals, others as the nearest double."""
    return value if isinstance(value, int) else float(value)


def ratio(value: Fraction | None) -> float | None:
    """A ratio with ten digits; None stays None."""
    return None if value is None else round(float(value), RATIO_DIGITS)


def _entry(pair: PairMeasures) -> dict[str, object]:
    return {
        "a": pair.a,
        "b": pair.b,
        "ab": plain(pair.ab),
        "ba": plain(pair.ba),
        "net": plain(pair.net),
        "balance": ratio(pair.balance),
    }


def read_flows(
    lines: Iterable[str], origin: str, host: str, weight: str, delimiter: str = ","
) -> Iterator[tuple[str, str, Quantity]]:
    """Rows of the file as flows, one by one; rows without any cell are passed over. Raises FlowFileRefused."""
    rows = _numbered_rows(_without_mark(lines), delimiter)
    header = next(rows, None)
    if header is None:
        raise FlowFileRefused(FlowFault.NO_HEADER, line=1, column=origin)
    names = [name.strip() for name in header[1]]
    o, h, w = _columns(names, (origin, host, weight))
    width = len(names)
    for line, cells in rows:
        if len(cells) != width:
            cells = _fitted(cells, width, line)
        sender, receiver = cells[o].strip(), cells[h].strip()
        if not sender or not receiver:
            raise FlowFileRefused(FlowFault.BLANK_CODE, line=line, column=host if sender else origin)
        yield sender, receiver, _weight(cells[w].strip(), line, weight)


def _without_mark(lines: Iterable[str]) -> Iterator[str]:
    """The lines without a byte-order mark, which would become part of the first column's name."""
    remaining = iter(lines)
    first = next(remaining, None)
    return iter(()) if first is None else chain([first.removeprefix("\ufeff")], remaining)


def _numbered_rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that has cells, with the line on which it starts."""
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise FlowFileRefused(FlowFault.BROKEN_ROW, line=line, column="", value=str(error)) from error


def _columns(names: Sequence[str], wanted: tuple[str, str, str]) -> list[int]:
    for name in wanted:
        if name not in names:
            raise FlowFileRefused(FlowFault.NO_COLUMN, line=1, column=name, value=", ".join(names))
        if names.count(name) > 1:
            raise FlowFileRefused(FlowFault.COLUMN_TWICE, line=1, column=name)
        if wanted.count(name) > 1:
            raise FlowFileRefused(FlowFault.SAME_COLUMN, line=1, column=name)
    return [names.index(name) for name in wanted]


def _fitted(cells: list[str], width: int, line: int) -> list[str]:
    """A short row is filled with empty cells; a long one is refused, because its cells may have shifted."""
    extra = [cell for cell in cells[width:] if cell.strip()]
    if extra:
        raise FlowFileRefused(FlowFault.EXTRA_CELLS, line=line, column="", value=extra[0])
    return cells[:width] + [""] * (width - len(cells))


def _weight(text: str, line: int, column: str) -> Quantity:
    if _WHOLE.fullmatch(text):
        return int(text)
    if not text:
        raise FlowFileRefused(FlowFault.WEIGHT_EMPTY, line=line, column=column)
    if _NOT_FINITE.fullmatch(text):
        raise FlowFileRefused(FlowFault.WEIGHT_NOT_FINITE, line=line, column=column, value=text)
    if not _DECIMAL.fullmatch(text):
        raise FlowFileRefused(FlowFault.WEIGHT_NOT_A_NUMBER, line=line, column=column, value=text)
    value = Decimal(text)
    if value < 0:
        raise FlowFileRefused(FlowFault.WEIGHT_NEGATIVE, line=line, column=column, value=text)
    if value and abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise FlowFileRefused(FlowFault.WEIGHT_NOT_FINITE, line=line, column=column, value=text)
    return exact(value) if value else 0  # "0e999999999" is 0, and as a fraction a gigabyte
