"""Keeps the catalogues: extracts messages, merges them into each language, compiles, and finds what is wrong.

Used by `mobility translations` in a checkout; a running installation only reads catalogues (`catalogs`).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from mobility.i18n.catalogs import po_path, read_catalogue
from mobility.i18n.locales import SOURCE, WIRED
from mobility.resources import resource_dir

# English is the source; these two are complete with every change, the others are offered once they are.
REQUIRED = ("ar", "fr")
# Babel swaps two Arabic plural forms (python-babel/babel#816): the header in git is CLDR's and wins.
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);"
}
_KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_TAG = re.compile(r"</?[a-z]+")


def _root() -> Path:
    return resource_dir("translations").parent


def extract() -> Catalog:
    """Return a fresh template of every message in the code, the templates and the law files."""
    root = _root()
    with (root / "babel.cfg").open() as readable:
        methods, options = parse_mapping_cfg(readable)  # type: ignore[no-untyped-call]
    template = Catalog(project="Mobility", charset="utf-8")
    found = extract_from_dir(root, methods, options, keywords=_KEYWORDS, comment_tags=["Translators:"])
    for path, line, message, comments, context in found:
        if path.startswith((".venv", "tests", "bench")):
            continue
        template.add(message, None, [(path, line)], auto_comments=comments, context=context)
    return template


def update() -> dict[str, int]:
    """Write the template and merge it into every catalogue; return how many messages each language lacks."""
    template = extract()
    _write(resource_dir("translations") / "messages.pot", template)
    missing: dict[str, int] = {}
    for language in WIRED:
        if language.code == SOURCE:
            continue
        path = po_path(language.code)
        catalogue = read_catalogue(path, language.code) if path.is_file() else Catalog(locale=language.code)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _write(path, catalogue)
        _fix_plural_header(path, language.code)
        missing[language.code] = sum(not _is_translated(message) for message in catalogue if message.id)
    return missing


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as writable:
        write_po(writable, catalogue, sort_output=True, omit_header=False, width=120, include_lineno=False)
    # A date in the header would make every extraction a change.
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'"(POT-Creation|PO-Revision)-Date: .*\n', "", text), encoding="utf-8")


def _fix_plural_header(path: Path, code: str) -> None:
    if code in PLURALS:
        text = path.read_text(encoding="utf-8")
        fixed = re.sub(
            r'"Plural-Forms: (?:.*\n)(?:"(?!\w+[\w-]*: ).*\n)*', f'"Plural-Forms: {PLURALS[code]}\\\\n"\n', text
        )
        path.write_text(fixed, encoding="utf-8")


def compile_all() -> list[str]:
    """Write a .mo beside every .po that is newer than it; return the languages compiled."""
    done = []
    for language in WIRED:
        path = po_path(language.code)
        compiled = path.with_suffix(".mo")
        if not path.is_file() or (compiled.is_file() and compiled.stat().st_mtime >= path.stat().st_mtime):
            continue
        with compiled.open("wb") as writable:
            write_mo(writable, read_catalogue(path, language.code))
        done.append(language.code)
    return done


def problems() -> Iterator[str]:
    """Yield what CI must refuse: a stale template, and in required languages gaps, fuzzies, wrong placeholders."""
    template_path = resource_dir("translations") / "messages.pot"
    stored = (
        {_key(message) for message in read_catalogue(template_path) if message.id} if template_path.is_file() else set()
    )
    fresh = {_key(message) for message in extract() if message.id}
    for text in sorted(map(str, fresh - stored)):
        yield f"messages.pot lacks {text!r}; run: mobility translations update"
    for text in sorted(map(str, stored - fresh)):
        yield f"messages.pot still has {text!r}; run: mobility translations update"
    for language in WIRED:
        path = po_path(language.code)
        if language.code == SOURCE:
            continue
        if not path.is_file():
            yield f"{language.code}: no catalogue"
            continue
        catalogue = read_catalogue(path, language.code)
        known = {_key(message) for message in catalogue if message.id}
        for text in sorted(map(str, fresh - known)):
            yield f"{language.code}: lacks {text!r}"
        for message in catalogue:
            if message.id:
                yield from _wrong_in(message, language.code)


def _wrong_in(message: Message, code: str) -> Iterator[str]:
    if message.fuzzy:
        yield f"{code}: fuzzy: {message.id!r}"
    if not _is_translated(message):
        if code in REQUIRED:
            yield f"{code}: not translated: {message.id!r}"
        return
    sources = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    targets = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    wanted = set(_PLACEHOLDER.findall(sources[-1]))
    for target in map(str, targets):
        given = set(_PLACEHOLDER.findall(target))
        # A plural form may leave out the number ("one day"); nothing else may go missing or be invented.
        if given - wanted or (wanted - given) - ({"num"} if len(sources) > 1 else set()):
            yield f"{code}: placeholders differ: {message.id!r} -> {target!r}"
        if sorted(_TAG.findall(sources[-1])) != sorted(_TAG.findall(target)):
            yield f"{code}: tags differ: {message.id!r} -> {target!r}"


def _key(message: Message) -> object:
    return tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return bool(strings) and all(strings)
