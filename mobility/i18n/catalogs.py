"""Loads message catalogues: the compiled .mo where it is as new as its .po, else the .po compiled in memory.

A language is complete when every message of messages.pot has a translation; only those are offered.
"""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.support import NullTranslations, Translations

from mobility.i18n.locales import SOURCE, WIRED
from mobility.loading import deferred
from mobility.resources import resource_dir

if TYPE_CHECKING:
    from babel.messages import catalog, mofile, pofile
else:
    mofile, pofile = deferred("babel.messages.mofile"), deferred("babel.messages.pofile")


def po_path(code: str) -> Path:
    """Return where the catalogue of a language lies, whether or not it exists."""
    return resource_dir("translations") / code / "LC_MESSAGES" / "messages.po"


def read_catalogue(path: Path, code: str | None = None) -> "catalog.Catalog":
    """Parse a .po or .pot file."""
    with path.open("rb") as readable:
        return pofile.read_po(readable, locale=code)


@cache
def translations_for(code: str) -> NullTranslations:
    """Return the translations of a language; English, or a missing catalogue, speaks the source text."""
    source = po_path(code)
    if not source.is_file():
        return NullTranslations()
    compiled = source.with_suffix(".mo")
    if compiled.is_file() and compiled.stat().st_mtime >= source.stat().st_mtime:
        with compiled.open("rb") as readable:
            return Translations(readable)
    memory = BytesIO()
    mofile.write_mo(memory, read_catalogue(source, code))
    memory.seek(0)
    return Translations(memory)


@cache
def offered_locales() -> tuple[str, ...]:
    """Return the codes of complete languages, in the order of `WIRED`; the source language is always there."""
    template = resource_dir("translations") / "messages.pot"
    if not template.is_file():
        return (SOURCE,)
    needed = [message.id for message in read_catalogue(template) if message.id]
    return tuple(language.code for language in WIRED if language.code == SOURCE or _speaks_all(language.code, needed))


def _speaks_all(code: str, needed: Sequence[object]) -> bool:
    known = getattr(translations_for(code), "_catalog", {})
    return bool(known) and all(
        ((message[0], 0) in known or (message[0], 1) in known) if isinstance(message, tuple) else message in known
        for message in needed
    )
