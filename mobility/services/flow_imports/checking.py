"""Checks every row of a file and sums up what it holds: the result of a dry run, and the first half of an import.

Nothing is written here. Amounts are converted at the published rate of their day, or the last one before it; a row in a
currency without any rate is refused unless the request keeps it as not converted.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import BinaryIO, Final

from babel.numbers import get_currency_precision, list_currencies
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.flow_files import (
    Columns,
    FileFault,
    FlowFileUnreadable,
    FlowRow,
    PaidAmount,
    RowFault,
    RowReader,
    RowRefused,
    match_columns,
)
from mobility.services.flow_imports.reading import FileOptions, TextRow, TextRows
from mobility.storage.db import end_reading
from mobility.storage.models.funding import ExchangeRate
from mobility.storage.seen_rows import SeenRows, seen_rows

MOST_ERRORS: Final = 50
EURO: Final = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """One row that cannot be taken in; lines count from 1, the header's."""

    line: int
    fault: RowFault
    column: str
    value: str


@dataclass(slots=True, kw_only=True)
class Checked:
    """What a file holds. `errors` are the first ones, `faults` counts them all; with any, nothing is imported."""

    columns: Columns
    delimiter: str
    rows: int = 0
    people: int = 0
    domestic: int = 0
    payments: int = 0
    not_converted: int = 0
    first_on: date | None = None
    last_on: date | None = None
    countries: set[str] = field(default_factory=set)
    errors: list[RowError] = field(default_factory=list)
    faults: Counter[RowFault] = field(default_factory=Counter)

    @property
    def is_good(self) -> bool:
        """Whether the file can be imported."""
        return not self.faults and self.rows > 0

    @property
    def error_count(self) -> int:
        """How many rows are refused."""
        return sum(self.faults.values())

    def refuse(self, line: int, refused: RowRefused) -> None:
        """Note a row that cannot be taken in."""
        self.faults[refused.fault] += 1
        if len(self.errors) < MOST_ERRORS:
            error = RowError(line=line, fault=refused.fault, column=refused.column, value=refused.value[:80])
            self.errors.append(error)

    def count(self, row: FlowRow) -> None:
        """Add a good row to the sums."""
        self.rows += 1
        self.people += row.people
        self.domestic += row.people if row.origin == row.host else 0
        self.countries.update((row.origin, row.host))
        last = date(row.start_on.year, 12, 31) if self.columns.year else row.end_on or row.start_on
        self.first_on = row.start_on if self.first_on is None else min(self.first_on, row.start_on)
        self.last_on = last if self.last_on is None else max(self.last_on, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """An amount in minor units with the rate of its day; without one `eur_minor` is None."""

    minor: int
    rate: str = ""
    rate_on: date | None = None
    rate_source: str = ""
    eur_minor: int | None = None


GoodRow = tuple[int, FlowRow, Converted | None]


class FileCheck:
    """Reads one file once; `checked` is complete when `good_rows` has ended."""

    def __init__(
        self, session: Session, stream: BinaryIO, options: FileOptions, *, today: date, keep_unconverted: bool
    ) -> None:
        self._session = session
        self._rows = TextRows(stream, options)
        columns = match_columns(self._rows.header, options.columns)
        self._reader = RowReader(columns, self._rows.header, today, _known_currencies())
        self._rates = Rates(session)
        self._keep_unconverted = keep_unconverted
        self.checked = Checked(columns=columns, delimiter=self._rows.delimiter)

    def good_rows(self) -> Iterator[GoodRow]:
        """Return the rows that can be taken in, with their lines; repeats are known only at the end."""
        yearly = bool(self._reader.columns.year)
        end_reading(self._session)  # a large file is read for minutes
        with seen_rows() as seen:
            for text_row in self._rows:
                try:
                    row, converted = self._read(text_row)
                except RowRefused as refused:
                    self.checked.refuse(text_row.line, refused)
                    continue
                seen.add(row.same_as(yearly=yearly), text_row.line)
                self.checked.count(row)
                yield text_row.line, row, converted
            self._refuse_repeats(seen)
        self._rows.release()
        if not self.checked.rows and not self.checked.faults:
            raise FlowFileUnreadable(FileFault.NO_ROWS)

    def _read(self, text_row: TextRow) -> tuple[FlowRow, Converted | None]:
        if text_row.problem:
            raise RowRefused(RowFault.BROKEN_ROW, value=text_row.problem)
        if not text_row.is_readable:
            broken = next((cell for cell in text_row.cells if not _is_text(cell)), "")
            raise RowRefused(RowFault.WRONG_ENCODING, value=broken.encode("utf-8", "replace").decode())
        row = self._reader.read(text_row.cells)
        return row, self._convert(row.paid) if row.paid else None

    def _convert(self, paid: PaidAmount) -> Converted:
        found = self._rates.convert(paid)
        self.checked.payments += 1
        if found.eur_minor is None:
            if not self._keep_unconverted:
                raise RowRefused(RowFault.NO_RATE, self._reader.columns.currency, paid.currency)
            self.checked.not_converted += 1
        return found

    def _refuse_repeats(self, seen: SeenRows) -> None:
        number = seen.count_repeats()
        if number:
            self.checked.faults[RowFault.REPEATS] += number
            repeats = seen.list_repeats(MOST_ERRORS)
            found = [
                RowError(line=line, fault=RowFault.REPEATS, column="", value=str(first)) for line, first in repeats
            ]
            errors = sorted([*self.checked.errors, *found], key=lambda error: error.line)
            self.checked.errors = errors[:MOST_ERRORS]


class Rates:
    """Published rates by currency and day, each asked for once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, date], ExchangeRate | None] = {}
        self._precision: dict[str, int] = {}

    def convert(self, paid: PaidAmount) -> Converted:
        """Return the amount in minor units and in euro cents, exactly rounded half up."""
        minor = self._minor(paid)
        if paid.currency == EURO:
            return Converted(minor=minor, eur_minor=minor)
        rate = self._rate(paid.currency, paid.paid_on)
        if rate is None:
            return Converted(minor=minor)
        cents = (paid.amount / Decimal(rate.rate) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        return Converted(minor=minor, rate=rate.rate, rate_on=rate.day, rate_source=rate.source, eur_minor=int(cents))

    def _minor(self, paid: PaidAmount) -> int:
        places = self._precision.setdefault(paid.currency, get_currency_precision(paid.currency))
        return int(paid.amount.scaleb(places).quantize(Decimal(1), ROUND_HALF_UP))

    def _rate(self, currency: str, day: date) -> ExchangeRate | None:
        if (currency, day) not in self._known:
            query = (
                select(ExchangeRate)
                .where(ExchangeRate.currency == currency, ExchangeRate.day <= day)
                .order_by(ExchangeRate.day.desc())
                .limit(1)
            )
            found = self._session.scalars(query).one_or_none()
            if found is not None:
                self._session.expunge(found)
            end_reading(self._session)
            self._known[currency, day] = found
        return self._known[currency, day]


def _known_currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _is_text(cell: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in cell)
