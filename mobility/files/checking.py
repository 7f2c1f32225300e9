"""Decides whether a file that somebody sent may be kept, and returns the bytes to keep.

Three tests must agree: the ending of the name, the first bytes, and reading the whole file (in `inspector`, a
process with limits of its own). Pictures come back written anew, without camera data. Runs outside any write unit,
because reading a large file takes seconds.
"""

import json
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

from mobility.domain.documents import (
    EXTENSIONS,
    FILE_REFUSALS,
    MOST_MEGAPIXELS,
    MOST_PAGES,
    FileDisguised,
    FileEmpty,
    FileFormat,
    FileKindRefused,
    FileMissing,
    FileMixed,
    FileRefused,
    FileTooCostly,
    FileTooLarge,
)

_INSPECTOR: Final = Path(__file__).with_name("inspector.py")
_PATIENCE_SECONDS: Final = 30
_MEGABYTE: Final = 1024 * 1024
_LONGEST_NAME: Final = 120
_MAGIC: Final = MappingProxyType(
    {FileFormat.PDF: (b"%PDF-",), FileFormat.JPEG: (b"\xff\xd8\xff",), FileFormat.PNG: (b"\x89PNG\r\n\x1a\n",)}
)
_KIND: Final = MappingProxyType({FileFormat.PDF: "PDF", FileFormat.JPEG: "JPEG", FileFormat.PNG: "PNG"})
_MARKUP: Final = (b"<html", b"<script", b"<svg", b"<!doctype", b"<?php", b"<iframe", b"<body")
_HEAD: Final = 1024
_PDF_END: Final = b"%%EOF"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file that may be kept: its bytes as they will be kept, its format, and a name that is safe to show."""

    content: bytes
    format: FileFormat
    file_name: str


def check_upload(stream: IO[bytes], file_name: str, *, megabytes: int) -> CheckedFile:
    """Return the checked file; raises the kind of FileRefused that says what is wrong with it."""
    name = clean_name(file_name)
    if not name:
        raise FileMissing(file_name=file_name)
    expected = EXTENSIONS.get(Path(name).suffix.lower())
    content = stream.read(megabytes * _MEGABYTE + 1)
    if not content:
        raise FileEmpty(file_name=name)
    if len(content) > megabytes * _MEGABYTE:
        raise FileTooLarge(file_name=name, megabytes=megabytes)
    if expected is None:
        raise FileKindRefused(file_name=name)
    if not content.startswith(_MAGIC[expected]):
        raise FileDisguised(file_name=name)
    _refuse_mixed(content, expected, name)
    return CheckedFile(content=_inspect(content, expected, name), format=expected, file_name=name)


def clean_name(file_name: str) -> str:
    """Return the last part of a name without anything that could mislead: paths, control and direction characters."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each)[0] != "C")
    stem, dot, ending = kept.strip().rpartition(".")
    if not dot:
        return kept.strip()[:_LONGEST_NAME]
    return f"{stem[:_LONGEST_NAME]}.{ending[:10]}" if stem.strip(". ") else ""


def _refuse_mixed(content: bytes, expected: FileFormat, name: str) -> None:
    """Refuse what other programs would open as something else."""
    if any(mark in content[:_HEAD].lower() for mark in _MARKUP):
        raise FileMixed(file_name=name)
    if expected is FileFormat.PDF:
        last = content.rfind(_PDF_END)
        if last >= 0 and content[last + len(_PDF_END) :].strip(b" \t\r\n\x00\x0c"):
            raise FileMixed(file_name=name)
    elif b"%PDF-" in content[:_HEAD]:
        raise FileMixed(file_name=name)


def _inspect(content: bytes, expected: FileFormat, name: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="mobility-upload-") as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_bytes(content)
        limits = [str(MOST_PAGES), str(MOST_MEGAPIXELS * 1_000_000)]
        refused = _run(["-I", str(_INSPECTOR), str(source), str(target), _KIND[expected], *limits])
        if refused:
            raise _refusal(refused, name)
        return content if expected is FileFormat.PDF else target.read_bytes()


def _run(arguments: list[str]) -> str:
    """Return the code of the refusal, "" for none; a reader that was ended had too much to do."""
    try:
        done = subprocess.run(  # noqa: S603 - our own script, and no word of the person's in it
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
            check=False,
            env={"OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        return FileTooCostly.code
    try:
        return str(json.loads(done.stdout)["refused"])
    except (ValueError, KeyError):
        return FileTooCostly.code


def _refusal(code: str, name: str) -> FileRefused:
    kind = FILE_REFUSALS.get(code, FileRefused)
    return kind(file_name=name, most=MOST_PAGES if code == "file_too_many_pages" else MOST_MEGAPIXELS)
