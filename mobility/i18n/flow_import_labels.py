"""The words of imports of flows: what is wrong with a file or a row, and how an import stands."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.flow_files import FileFault, RowFault
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l

IMPORT_ERRORS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "already_imported": _l("This file is counted already; nothing was changed."),
        "flow_file_unreadable": _l("The file cannot be read row by row; nothing was imported."),
        "flow_row_refused": _l("A row of the file cannot be taken in; nothing was imported."),
        "not_typeset": _l("The PDF cannot be made: a letter in it is in none of our fonts. Take the XLSX instead."),
    }
)
STATUS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "staged": _l("checked, not counted yet"),
        "imported": _l("counted"),
        "undone": _l("taken back"),
    }
)
COLUMNS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "origin": _l("Sending country"),
        "host": _l("Receiving country"),
        "year": _l("Year"),
        "start": _l("First day"),
        "end": _l("Last day"),
        "people": _l("People"),
        "days": _l("Person-days"),
        "discipline": _l("Discipline"),
        "reference": _l("Reference"),
        "amount": _l("Amount paid"),
        "currency": _l("Currency"),
        "payer": _l("Paid by"),
        "beneficiary": _l("Paid for"),
        "paid": _l("Day of payment"),
    }
)
"""What a column of the file can be."""
_ROW_FAULTS: Final[Mapping[RowFault, Any]] = MappingProxyType(
    {
        RowFault.BROKEN_ROW: _l("The row cannot be read: %(value)s."),
        RowFault.EXTRA_CELLS: _l("The row has more cells than the header; the first is “%(value)s”."),
        RowFault.WRONG_ENCODING: _l("“%(value)s” is not in the encoding of the file."),
        RowFault.COUNTRY_MISSING: _l("The country in column “%(column)s” is missing."),
        RowFault.UNKNOWN_COUNTRY: _l("“%(value)s” in column “%(column)s” is no country code."),
        RowFault.NUMBER_MISSING: _l("The number in column “%(column)s” is missing."),
        RowFault.NUMBER_NEGATIVE: _l("“%(value)s” in column “%(column)s” is less than 0."),
        RowFault.NUMBER_FRACTIONAL: _l("“%(value)s” in column “%(column)s” is not a whole number."),
        RowFault.NOT_A_NUMBER: _l("“%(value)s” in column “%(column)s” is not a number; a point separates decimals."),
        RowFault.NUMBER_TOO_LARGE: _l("“%(value)s” in column “%(column)s” is too large."),
        RowFault.DAY_MISSING: _l("The day in column “%(column)s” is missing."),
        RowFault.NOT_A_DAY: _l("“%(value)s” in column “%(column)s” is no day; write it as 2018-03-31."),
        RowFault.NOT_A_YEAR: _l("“%(value)s” in column “%(column)s” is no year."),
        RowFault.YEAR_OUT_OF_RANGE: _l("“%(value)s” in column “%(column)s” lies before 1900."),
        RowFault.LIES_AHEAD: _l("“%(value)s” in column “%(column)s” lies ahead; only what has happened is imported."),
        RowFault.ENDS_BEFORE_START: _l("“%(value)s” in column “%(column)s” lies before the first day."),
        RowFault.STAY_TOO_LONG: _l("“%(value)s” in column “%(column)s” makes the stay longer than ten years."),
        RowFault.UNKNOWN_DISCIPLINE: _l("“%(value)s” in column “%(column)s” is no discipline of this system."),
        RowFault.UNKNOWN_CURRENCY: _l("“%(value)s” in column “%(column)s” is no currency code."),
        RowFault.NO_RATE: _l("There is no exchange rate for “%(value)s” on that day or before it."),
        RowFault.REPEATS: _l("The row says the same as line %(value)s."),
    }
)
_FILE_FAULTS: Final[Mapping[FileFault, Any]] = MappingProxyType(
    {
        FileFault.EMPTY: _l("The file is empty; a header row is needed."),
        FileFault.NO_ROWS: _l("The file has a header and no rows."),
        FileFault.NO_COLUMN: _l("There is no column “%(column)s”; the file has: %(value)s."),
        FileFault.COLUMN_TWICE: _l("The column “%(column)s” stands in the header twice."),
        FileFault.NO_TIME: _l("No column was found for the year or the first day; the file has: %(value)s."),
        FileFault.TWO_TIMES: _l(
            "Both “%(column)s” and “%(value)s” say when; name one of them and leave the other out."
        ),
        FileFault.INCOMPLETE_MONEY: _l(
            "The amounts in “%(column)s” need columns for currency, payer and the side that is paid for."
        ),
        FileFault.UNKNOWN_ENCODING: _l("There is no encoding “%(value)s”."),
    }
)


def row_fault_words(fault: RowFault, column: str, value: str) -> str:
    """Return what is wrong with a row, with the column and the value."""
    return str(_ROW_FAULTS[fault]) % {"column": column, "value": value}


def file_fault_words(fault: FileFault, column: str, value: str) -> str:
    """Return what is wrong with a file."""
    return str(_FILE_FAULTS[fault]) % {"column": column, "value": value}


def problem_words(field: str) -> str:
    """Return what is wrong with a field of the request."""
    if field == "source":
        return _("Say where the file comes from, in at most 1,000 characters.")
    if field == "licence":
        return _("Say under which licence the file may be used, such as CC BY 4.0.")
    return _("Give the import a title of at most 200 characters.")
