"""Reads one file from beginning to end in a process of its own, and prints what it found as one line of JSON.

Run by `checking` as a script, never imported by the application: a file that exhausts memory or time ends this
process and no other. Pictures are written anew, so that what leaves here holds picture and nothing else.
"""

import json
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import IndirectObject

_MEMORY = 1_500_000_000
_SECONDS = 15
_ACTIVE_KEYS = ("/JS", "/JavaScript", "/EmbeddedFiles", "/RichMedia", "/XFA")
_ACTIVE_ACTIONS = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition")
_ACTIVE_NOTES = ("/RichMedia", "/FileAttachment", "/Screen", "/Movie", "/3D")
_JPEG_QUALITY = 92


class Refused(Exception):
    """The file is not taken; the argument is the code of a kind of `FileRefused`."""


def limit_resources() -> None:
    """Bound this process before anything of the file is looked at."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def inspect_pdf(source: Path, most_pages: int) -> None:
    """Read every page and every object of a PDF; raises Refused."""
    try:
        reader = PdfReader(source, strict=False)
        if reader.is_encrypted:
            raise Refused("file_encrypted")
        pages = len(reader.pages)
        if pages < 1:
            raise Refused("file_unreadable")
        if pages > most_pages:
            raise Refused("file_too_many_pages")
        for page in reader.pages:
            content = page.get_contents()
            if content is not None:
                content.get_data()
        for found in _objects(reader):
            _refuse_active(found)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise Refused("file_unreadable") from error


def _objects(reader: Any) -> Iterator[Any]:
    """Yield every object that can be reached from the trailer, each once."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            key = (found.idnum, found.generation)
            if key in seen:
                continue
            seen.add(key)
            found = found.get_object()
        yield found
        if isinstance(found, dict):
            waiting.extend(found.raw_get(key) if hasattr(found, "raw_get") else found[key] for key in found)
        elif isinstance(found, list):
            waiting.extend(list.__iter__(found))


def _refuse_active(found: Any) -> None:
    if not isinstance(found, dict):
        return
    kind = _value(found, "/Type")
    has_key = any(key in found for key in _ACTIVE_KEYS)
    is_action = _value(found, "/S") in _ACTIVE_ACTIONS
    is_file = kind == "/EmbeddedFile" or "/EF" in found
    is_note = _value(found, "/Subtype") in _ACTIVE_NOTES and kind in ("/Annot", None)
    if has_key or is_action or is_file or is_note:
        raise Refused("file_active")


def _value(found: dict[Any, Any], key: str) -> Any:
    """Return a value even where the file keeps it as an object of its own."""
    return found[key] if key in found else None  # noqa: SIM401 - get() would not follow the reference


def inspect_picture(source: Path, target: Path, kind: str, most_pixels: int) -> None:
    """Read a picture whole and write it anew, turned as its camera meant it and without anything but pixels."""
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=[kind]) as picture:
            if picture.width * picture.height > most_pixels:
                raise Refused("file_too_many_pixels")
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert(_mode_for(upright.mode, kind))
            clean = Image.new(plain.mode, plain.size)
            clean.paste(plain)
        options = {"quality": _JPEG_QUALITY, "optimize": True} if kind == "JPEG" else {}
        clean.save(target, format=kind, **options)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("file_too_many_pixels") from error
    except (OSError, ValueError, TypeError, SyntaxError, KeyError, IndexError, AttributeError, EOFError) as error:
        raise Refused("file_unreadable") from error


def _mode_for(mode: str, kind: str) -> str:
    if mode in ("1", "L", "I;16"):
        return "L"
    if kind == "PNG" and (mode in ("LA", "PA", "RGBA", "P")):
        return "RGBA"
    return "RGB"


def main(arguments: list[str]) -> int:
    """Inspect `source` as `kind`, write a picture to `target`; prints {"refused": code or ""}."""
    source, target, kind, most_pages, most_pixels = arguments
    limit_resources()
    refused = ""
    try:
        if zipfile.is_zipfile(source):
            raise Refused("file_mixed")
        if kind == "PDF":
            inspect_pdf(Path(source), int(most_pages))
        else:
            inspect_picture(Path(source), Path(target), kind, int(most_pixels))
    except Refused as found:
        refused = str(found)
    except MemoryError:
        refused = "file_too_costly"
    sys.stdout.write(json.dumps({"refused": refused}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
