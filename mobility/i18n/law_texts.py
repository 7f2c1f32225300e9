"""Finds the sentences of the law files that people read, so that they stand in the catalogues like any other.

Registered in `babel.cfg` for config/treaties/*.toml and for the names of rule sets. The registry stores the English
sentence; it is translated with gettext when it is shown. Notes, sources and articles are citations and stay as they are
written.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import IO, Any

from mobility.i18n.current import gettext

TRANSLATED_KEYS = ("title", "short_title", "owes", "consequence", "trigger", "ground", "law")

_Extracted = tuple[int, None, str, list[str]]


def law_text(text: str) -> str:
    """Return a sentence of the law in the current language; an absent one stays absent.

    Use this and not gettext itself: gettext answers an empty message with the head of its catalogue.
    """
    return gettext(text) if text else ""


def extract_treaty_texts(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[_Extracted]:
    """Yield each sentence once per file, with its line and a comment that names the instrument.

    The signature is Babel's; a file that is not TOML raises tomllib.TOMLDecodeError.
    """
    source = fileobj.read().decode("utf-8")
    data = tomllib.loads(source)
    lines = source.splitlines()
    instrument = data.get("instrument", {}).get("code", "")
    seen: set[str] = set()
    for key, text in texts_of(data):
        if text not in seen:
            seen.add(text)
            yield _line_of(lines, text), None, text, [f"Law: {key} in {instrument}"]


def texts_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield key and text of everything in a treaty file that is shown to people, in the order of the file."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from texts_of(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield from texts_of(item)
        elif key in TRANSLATED_KEYS and isinstance(value, str) and value:
            yield key, value


def _line_of(lines: list[str], text: str) -> int:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return next((number for number, line in enumerate(lines, 1) if f'"{escaped}"' in line), 1)
