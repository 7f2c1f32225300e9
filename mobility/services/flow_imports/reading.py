"""A file of flows as rows of text, one by one: encoding, delimiter and the line on which each row begins.

Lines that are not in the file's encoding are told by their number and never guessed. What a row means is decided in
`mobility.domain.flow_files`.
"""

import codecs
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from mobility.domain.flow_files import FileFault, FlowFileUnreadable

DELIMITERS: Final = (",", ";", "\t", "|")
_PORTION: Final = 1 << 20
_UNREADABLE: Final = re.compile("[\udc80-\udcff]")
_QUOTED: Final = re.compile('"[^"]*"')
_MARKED: Final = "mobility_marked"


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Put a sign that no text has for bytes that are none, plain ones too, which "surrogateescape" does not take."""
    assert isinstance(error, UnicodeDecodeError)
    return "\udcff" * (error.end - error.start), error.end


codecs.register_error(_MARKED, _mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """How the file is read. Empty delimiter: the one most frequent in the header. `columns`: see `match_columns`."""

    encoding: str = "utf-8"
    delimiter: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One row with the line on which it begins; `is_readable` is false where its bytes are not in the encoding."""

    line: int
    cells: list[str]
    is_readable: bool = True
    problem: str = ""


class TextRows:
    """The rows of one file after its header. Iterate once."""

    def __init__(self, stream: BinaryIO, options: FileOptions) -> None:
        encoding = _encoding(stream, options.encoding)
        text = io.TextIOWrapper(stream, encoding=encoding, errors=_MARKED, newline="")
        self._text = text
        self._number = 0
        self._unreadable = False
        first = text.readline()
        if not first.strip():
            raise FlowFileUnreadable(FileFault.EMPTY)
        self.delimiter = options.delimiter or _delimiter(first)
        self._reader = csv.reader(self._lines(first), strict=True, delimiter=self.delimiter)
        self.header = self._first_row()

    def release(self) -> None:
        """Give the stream back open."""
        self._text.detach()

    def __iter__(self) -> Iterator[TextRow]:
        line = self._reader.line_num + 1
        while True:
            self._unreadable = False
            cells, problem = self._next()
            if cells is None and not problem:
                return
            if cells or problem:
                yield TextRow(line=line, cells=cells or [], is_readable=not self._unreadable, problem=problem)
            line = self._reader.line_num + 1

    def _next(self) -> tuple[list[str] | None, str]:
        try:
            return next(self._reader, None), ""
        except csv.Error as error:
            return None, str(error)

    def _first_row(self) -> list[str]:
        cells, problem = self._next()
        if cells is None or problem or self._unreadable:
            raise FlowFileUnreadable(FileFault.EMPTY, value=problem)
        return cells

    def _lines(self, first: str) -> Iterator[str]:
        yield first
        for line in self._text:
            if not line.isascii() and _UNREADABLE.search(line):
                self._unreadable = True
            yield line


def digest_of(stream: BinaryIO, options: FileOptions) -> str:
    """Return a hash of the file and of how it is read; the stream is at its beginning afterwards."""
    hashed = hashlib.sha256()
    while portion := stream.read(_PORTION):
        hashed.update(portion)
    stream.seek(0)
    read_as = [options.encoding, options.delimiter, sorted(options.columns.items())]
    hashed.update(json.dumps(read_as).encode())
    return hashed.hexdigest()


def _encoding(stream: BinaryIO, wanted: str) -> str:
    start = stream.read(4)
    stream.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=wanted)  # refuses those that are not of text, such as "hex"
        return codecs.lookup(wanted).name
    except LookupError:
        raise FlowFileUnreadable(FileFault.UNKNOWN_ENCODING, value=wanted) from None


def _delimiter(header: str) -> str:
    bare = _QUOTED.sub("", header)
    return max(DELIMITERS, key=bare.count)
