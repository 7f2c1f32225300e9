"""Files of flows from elsewhere: which columns they have, what one row says, and everything that can be wrong with it.

Decides how a cell becomes a country, a day, a number; which rows repeat an earlier one; which amounts can be read. Rows
come as text cells; opening the file, its encoding and its storage are elsewhere. A row either says something or is
refused with the column and the value: nothing is guessed, and NA is Namibia.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Final

from mobility.domain.applications.vocabulary import Discipline
from mobility.domain.countries import find_country
from mobility.domain.errors import DomainError
from mobility.domain.stays import EARLIEST_YEAR, LONGEST_STAY_DAYS

MOST_PEOPLE: Final = 1_000_000_000
MOST_DAYS: Final = 1_000_000_000
MOST_AMOUNT: Final = Decimal(10) ** 13
_NO_CELL: Final = -1
DISCIPLINES: Final = frozenset(each.value for each in Discipline)


class RowFault(StrEnum):
    """What is wrong with a row."""

    BROKEN_ROW = "broken_row"
    EXTRA_CELLS = "extra_cells"
    WRONG_ENCODING = "wrong_encoding"
    COUNTRY_MISSING = "country_missing"
    UNKNOWN_COUNTRY = "unknown_country"
    NUMBER_MISSING = "number_missing"
    NUMBER_NEGATIVE = "number_negative"
    NUMBER_FRACTIONAL = "number_fractional"
    NOT_A_NUMBER = "not_a_number"
    NUMBER_TOO_LARGE = "number_too_large"
    DAY_MISSING = "day_missing"
    NOT_A_DAY = "not_a_day"
    NOT_A_YEAR = "not_a_year"
    YEAR_OUT_OF_RANGE = "year_out_of_range"
    LIES_AHEAD = "lies_ahead"
    ENDS_BEFORE_START = "ends_before_start"
    STAY_TOO_LONG = "stay_too_long"
    UNKNOWN_DISCIPLINE = "unknown_discipline"
    UNKNOWN_CURRENCY = "unknown_currency"
    NO_RATE = "no_rate"
    REPEATS = "repeats"


class FileFault(StrEnum):
    """What is wrong with a file as a whole."""

    EMPTY = "empty"
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    NO_TIME = "no_time"
    TWO_TIMES = "two_times"
    INCOMPLETE_MONEY = "incomplete_money"
    UNKNOWN_ENCODING = "unknown_encoding"
    NO_ROWS = "no_rows"


class FlowFileUnreadable(DomainError):
    """The file cannot be taken row by row; `fault`, `column` and `value` say why."""

    code = "flow_file_unreadable"

    def __init__(self, fault: FileFault, *, column: str = "", value: str = "") -> None:
        self.fault = fault
        self.column = column
        self.value = value
        super().__init__(fault=fault.value, column=column, value=value)


class RowRefused(DomainError):
    """One row cannot be taken in; the line is added by whoever reads the file."""

    code = "flow_row_refused"

    def __init__(self, fault: RowFault, column: str = "", value: str = "") -> None:
        self.fault = fault
        self.column = column
        self.value = value
        super().__init__(fault=fault.value, column=column, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The file's name for each thing; empty: the file does not have it.

    The time of a flow is a `year` or a `start` day, with or without an `end` day. `people` missing: one person a row.
    `reference` tells two rows apart that are otherwise the same. Money needs amount, currency, payer and beneficiary:
    the payer never follows from the direction of travel.
    """

    origin: str = ""
    host: str = ""
    year: str = ""
    start: str = ""
    end: str = ""
    people: str = ""
    days: str = ""
    discipline: str = ""
    reference: str = ""
    amount: str = ""
    currency: str = ""
    payer: str = ""
    beneficiary: str = ""
    paid: str = ""

    def named(self) -> dict[str, str]:
        """Return the columns that the file has, by what they are."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: column for name, column in found.items() if column}


USUAL_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "origin": ("origin", "from", "sending", "source", "orig"),
    "host": ("host", "destination", "to", "receiving", "dest", "target"),
    "year": ("year",),
    "start": ("start", "start_on", "arrival", "first_day"),
    "end": ("end", "end_on", "departure", "last_day"),
    "people": ("people", "persons", "number", "weight", "flow", "count"),
    "days": ("days", "person_days"),
    "discipline": ("discipline",),
    "reference": ("reference", "id"),
    "amount": ("amount",),
    "currency": ("currency",),
    "payer": ("payer", "paid_by"),
    "beneficiary": ("beneficiary", "paid_for"),
    "paid": ("paid_on",),
}
"""Column names that are recognised without being named, the first that the file has."""


def match_columns(header: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """Return which column is what; `chosen` wins over the usual names, "-" means that the file has none.

    Raises FlowFileUnreadable for a column that is missing or stands twice, without a time, or with half of the money.
    """
    names = [name.strip() for name in header]
    found: dict[str, str] = {}
    for role, usual in USUAL_NAMES.items():
        wanted = chosen.get(role, "").strip()
        if wanted == "-":
            continue
        column = wanted or next((name for name in usual for each in names if each.lower() == name), "")
        column = next((each for each in names if each == column or (not wanted and each.lower() == column)), column)
        if wanted and column not in names:
            raise FlowFileUnreadable(FileFault.NO_COLUMN, column=wanted, value=", ".join(names))
        if column and names.count(column) > 1:
            raise FlowFileUnreadable(FileFault.COLUMN_TWICE, column=column)
        found[role] = column
    return _checked(Columns(**found), names)


def _checked(columns: Columns, names: Sequence[str]) -> Columns:
    for role in ("origin", "host"):
        if not getattr(columns, role):
            raise FlowFileUnreadable(FileFault.NO_COLUMN, column=role, value=", ".join(names))
    if not columns.year and not columns.start:
        raise FlowFileUnreadable(FileFault.NO_TIME, value=", ".join(names))
    if columns.year and columns.start:
        raise FlowFileUnreadable(FileFault.TWO_TIMES, column=columns.year, value=columns.start)
    money = (columns.amount, columns.currency, columns.payer, columns.beneficiary)
    if columns.amount and not all(money):
        raise FlowFileUnreadable(FileFault.INCOMPLETE_MONEY, column=columns.amount)
    return columns


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidAmount:
    """What a row says was paid."""

    payer: str
    beneficiary: str
    amount: Decimal
    currency: str
    paid_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """One row that can be taken in. `days` are person-days where the file gives them instead of a last day."""

    origin: str
    host: str
    people: int
    start_on: date
    end_on: date | None
    days: int
    discipline: str
    reference: str
    paid: PaidAmount | None

    def same_as(self, *, yearly: bool) -> tuple[object, ...]:
        """Return what a second row must not have: the reference if there is one, else all that tells rows apart.

        In a yearly file a pair stands once a year, whatever the number.
        """
        if self.reference:
            return (self.reference,)
        if yearly:
            return (self.origin, self.host, self.start_on, self.discipline)
        paid = self.paid
        money = (paid.payer, paid.beneficiary, paid.amount, paid.currency, paid.paid_on) if paid else ()
        dated = (self.start_on, self.end_on, self.days, self.discipline)
        return (self.origin, self.host, self.people, *dated, *money)


class RowReader:
    """Reads the cells of one file's rows. `today` is the last day that can have happened."""

    def __init__(self, columns: Columns, header: Sequence[str], today: date, currencies: frozenset[str]) -> None:
        names = [name.strip() for name in header]
        self.columns = columns
        self.width = len(names)
        self.today = today
        self.currencies = currencies
        found = {role: names.index(column) for role, column in columns.named().items()}
        self._place = {role: found.get(role, _NO_CELL) for role in USUAL_NAMES}

    def read(self, cells: Sequence[str]) -> FlowRow:
        """Return what the row says, or raise RowRefused with the first thing that is wrong."""
        if len(cells) != self.width:
            cells = self._fitted(cells)
        cells = [*map(str.strip, cells), ""]  # the last one stands for every column that the file does not have
        start_on, end_on = self._time(cells)
        return FlowRow(
            origin=self._country(cells, "origin"),
            host=self._country(cells, "host"),
            people=self._people(cells),
            start_on=start_on,
            end_on=end_on,
            days=self._days(cells),
            discipline=self._discipline(cells),
            reference=cells[self._place["reference"]],
            paid=self._paid(cells, start_on),
        )

    def _fitted(self, cells: Sequence[str]) -> list[str]:
        extra = [cell for cell in cells[self.width :] if cell.strip()]
        if extra:
            raise RowRefused(RowFault.EXTRA_CELLS, value=extra[0])
        return [*cells[: self.width], *[""] * (self.width - len(cells))]

    def _name(self, role: str) -> str:
        return str(getattr(self.columns, role))

    def _country(self, cells: Sequence[str], role: str) -> str:
        typed = cells[self._place[role]]
        code = _country(typed)
        if code is None:
            fault = RowFault.UNKNOWN_COUNTRY if typed else RowFault.COUNTRY_MISSING
            raise RowRefused(fault, self._name(role), typed)
        return code

    def _people(self, cells: Sequence[str]) -> int:
        return self._whole(cells, "people", MOST_PEOPLE) if self.columns.people else 1

    def _days(self, cells: Sequence[str]) -> int:
        return self._whole(cells, "days", MOST_DAYS) if self.columns.days and not self.columns.end else 0

    def _whole(self, cells: Sequence[str], role: str, most: int) -> int:
        typed = cells[self._place[role]]
        if typed.isdecimal() and typed.isascii() and len(typed) < 19:
            number = int(typed)
        else:
            number = self._from_decimal(typed, role)
        if number > most:
            raise RowRefused(RowFault.NUMBER_TOO_LARGE, self._name(role), typed)
        return number

    def _from_decimal(self, typed: str, role: str) -> int:
        if not typed:
            raise RowRefused(RowFault.NUMBER_MISSING, self._name(role))
        value = _decimal(typed)
        if value is None:
            raise RowRefused(RowFault.NOT_A_NUMBER, self._name(role), typed)
        if value < 0:
            raise RowRefused(RowFault.NUMBER_NEGATIVE, self._name(role), typed)
        if value.adjusted() > 18:
            raise RowRefused(RowFault.NUMBER_TOO_LARGE, self._name(role), typed)
        if value != value.to_integral_value():
            raise RowRefused(RowFault.NUMBER_FRACTIONAL, self._name(role), typed)
        return int(value)

    def _time(self, cells: Sequence[str]) -> tuple[date, date | None]:
        if self.columns.year:
            return self._first_of_year(cells), None
        start_on = self._day(cells, "start")
        if not self.columns.end:
            return start_on, None
        end_on = self._day(cells, "end")
        if end_on < start_on:
            raise RowRefused(RowFault.ENDS_BEFORE_START, self.columns.end, cells[self._place["end"]])
        if (end_on - start_on).days >= LONGEST_STAY_DAYS:
            raise RowRefused(RowFault.STAY_TOO_LONG, self.columns.end, cells[self._place["end"]])
        return start_on, end_on

    def _first_of_year(self, cells: Sequence[str]) -> date:
        typed = cells[self._place["year"]]
        if not typed:
            raise RowRefused(RowFault.DAY_MISSING, self.columns.year)
        if not (typed.isascii() and typed.isdecimal() and len(typed) == 4):
            raise RowRefused(RowFault.NOT_A_YEAR, self.columns.year, typed)
        year = int(typed)
        if year > self.today.year:
            raise RowRefused(RowFault.LIES_AHEAD, self.columns.year, typed)
        if year < EARLIEST_YEAR:
            raise RowRefused(RowFault.YEAR_OUT_OF_RANGE, self.columns.year, typed)
        return date(year, 1, 1)

    def _day(self, cells: Sequence[str], role: str) -> date:
        typed = cells[self._place[role]]
        if not typed:
            raise RowRefused(RowFault.DAY_MISSING, self._name(role))
        day = _day(typed)
        if day is None:
            raise RowRefused(RowFault.NOT_A_DAY, self._name(role), typed)
        if day > self.today:
            raise RowRefused(RowFault.LIES_AHEAD, self._name(role), typed)
        if day.year < EARLIEST_YEAR:
            raise RowRefused(RowFault.YEAR_OUT_OF_RANGE, self._name(role), typed)
        return day

    def _discipline(self, cells: Sequence[str]) -> str:
        typed = cells[self._place["discipline"]]
        if typed and typed not in DISCIPLINES:
            raise RowRefused(RowFault.UNKNOWN_DISCIPLINE, self.columns.discipline, typed)
        return typed

    def _paid(self, cells: Sequence[str], start_on: date) -> PaidAmount | None:
        typed = cells[self._place["amount"]]
        if not typed:
            return None
        amount = _decimal(typed)
        if amount is None:
            raise RowRefused(RowFault.NOT_A_NUMBER, self.columns.amount, typed)
        if amount < 0:
            raise RowRefused(RowFault.NUMBER_NEGATIVE, self.columns.amount, typed)
        if amount >= MOST_AMOUNT:
            raise RowRefused(RowFault.NUMBER_TOO_LARGE, self.columns.amount, typed)
        currency = cells[self._place["currency"]].upper()
        if currency not in self.currencies:
            raise RowRefused(RowFault.UNKNOWN_CURRENCY, self.columns.currency, currency)
        return PaidAmount(
            payer=self._country(cells, "payer"),
            beneficiary=self._country(cells, "beneficiary"),
            amount=amount,
            currency=currency,
            paid_on=self._day(cells, "paid") if self.columns.paid else start_on,
        )


@lru_cache(maxsize=4096)
def _country(typed: str) -> str | None:
    return find_country(typed)


@lru_cache(maxsize=65536)
def _day(typed: str) -> date | None:
    """A day as 2018-03-31, or as 31.3.2018; with strokes nobody knows which number is the month."""
    try:
        if "." in typed:
            day, month, year = typed.split(".")
            return date(int(year), int(month), int(day)) if typed.isascii() and len(year) == 4 else None
        return date.fromisoformat(typed) if len(typed) == 10 else None
    except ValueError:
        return None


def _decimal(typed: str) -> Decimal | None:
    try:
        value = Decimal(typed) if typed.isascii() and "_" not in typed else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None
