"""What every page must be, whoever reads it: WCAG 2.2 A and AA, quiet console, no sideways scrolling, its own language.

A page is looked at closely once for each pattern of its address and each language; the cheap questions are asked every
time. A failure says which page and which rule.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import ConsoleMessage, Page, ViewportSize

from mobility.i18n import language_of
from mobility.i18n.catalogs import po_path, read_catalogue

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
AXE_IN = ("en", "ar")
"""A language of each direction of writing: axe reads structure and colours, which a further language shares."""
CONTRAST = "color-contrast"
"""Three quarters of what axe takes; colours are the same on a phone, so there it is not asked again."""
WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=390, height=844)
_REFERENCE = re.compile(r"[A-Z]{2}-[A-Z]{2}-\d{4}-\d{6,9}-[0-9A-Z*]")
_TOKEN = re.compile(r"/(confirm|password)/[^/]+")
_NUMBER = re.compile(r"(?<=/)\d+(?=/|$)")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
_WORDS = re.compile(r"[^\W\d_]+")

_TEXTS = """() => {
  const foreign = node => { const at = node.closest("[lang]");
    return at !== null && at !== document.documentElement && at.lang !== document.documentElement.lang; };
  const typed = "bdi, textarea, blockquote, [dir=auto], script, style";
  const found = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (!at.closest(typed) && !foreign(at)) found.push(walk.currentNode.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const at of document.querySelectorAll(`[${name}]`)) found.push(at.getAttribute(name));
  return found.map(text => text.replace(/\\s+/g, " ").trim()).filter(Boolean).join("\\n");
}"""
_SHAPE = """() => {
  const h1 = [...document.querySelectorAll("h1")].map(at => at.textContent.replace(/\\s+/g, " ").trim());
  const first = document.querySelector("a[href], button, input, select, textarea, [tabindex]");
  const root = document.documentElement;
  return {h1, title: document.title.replace(/\\s+/g, " ").trim(), lang: root.lang, dir: root.dir,
    first: first ? first.className : "", skips: first ? document.querySelector(first.getAttribute("href")) !== null
    : false};
}"""
_SIDEWAYS = """() => {
  const root = document.documentElement, over = root.scrollWidth - root.clientWidth;
  if (over <= 0) return null;
  const scrolls = at => { for (let up = at.parentElement; up; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible") return true; return false; };
  const out = [...document.body.querySelectorAll("*")].filter(at => { const box = at.getBoundingClientRect();
    return (box.right > root.clientWidth + 1 || box.left < -1) && !scrolls(at); });
  return {over, by: out.slice(-4).map(at => at.outerHTML.slice(0, 160))};
}"""


def pattern_of(address: str) -> str:
    """Return the path of an address with its references, tokens and numbers left out."""
    path = re.sub(r"^https?://[^/]+", "", address).partition("?")[0].partition("#")[0]
    return _NUMBER.sub("{id}", _TOKEN.sub(r"/\1/{token}", _REFERENCE.sub("{reference}", path)))


@cache
def source_phrases(code: str) -> tuple[str, ...]:
    """Return what must not be read in another language: runs of three English words and more of its catalogue."""
    found: set[str] = set()
    for message in read_catalogue(po_path(code), code):
        sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
        said = str(message.string)
        for phrase in (part.strip() for source in sources for part in _PLACEHOLDER.split(source)):
            if len(_WORDS.findall(phrase)) >= 3 and phrase not in said:
                found.add(" ".join(phrase.split()))
    return tuple(sorted(found))


@dataclass(slots=True)
class Looking:
    """Looks at pages and remembers which it has seen; one for all languages of a run."""

    seen: set[tuple[str, str]] = field(default_factory=set)

    def look(self, page: Page, language: str, *, state: str = "") -> None:
        """Check the page as it stands; `state` tells apart pages of one address that show different things."""
        page.wait_for_load_state("load")
        where = f"{pattern_of(page.url)}{f' ({state})' if state else ''} in {language}"
        _check_shape(page, language, where)
        if (where, language) in self.seen:
            return
        self.seen.add((where, language))
        if language != "en":
            _check_words(page, language, where)
        asks_axe = language in AXE_IN
        if asks_axe:
            page.evaluate(Axe().axe_script)
        is_first = language == "en" and not state  # what depends on neither language nor state is asked once
        page.set_viewport_size(NARROW)
        _check_sideways(page, f"{where}, {NARROW['width']} px wide")
        if is_first:
            _check_axe(page, f"{where}, {NARROW['width']} px wide", without=CONTRAST)
        page.set_viewport_size(WIDE)
        _check_sideways(page, f"{where}, {WIDE['width']} px wide")
        if asks_axe:
            _check_axe(page, where)
        if is_first:
            page.emulate_media(color_scheme="dark")
            _check_axe(page, f"{where}, dark", only=CONTRAST)
            page.emulate_media(color_scheme="light")


def _check_shape(page: Page, language: str, where: str) -> None:
    shape = page.evaluate(_SHAPE)
    wired = language_of(language)
    assert (shape["lang"], shape["dir"]) == (wired.tag, wired.direction), f"{where}: html says {shape}"
    assert len(shape["h1"]) == 1, f"{where}: headings of the first level: {shape['h1']}"
    assert shape["h1"][0] in shape["title"], f"{where}: the title {shape['title']!r} has not {shape['h1'][0]!r}"
    assert shape["first"] == "m-skip", f"{where}: the first thing to reach is {shape['first']!r}, not the skip link"
    assert shape["skips"], f"{where}: the skip link leads nowhere"


def _check_words(page: Page, language: str, where: str) -> None:
    text = page.evaluate(_TEXTS)
    left = [phrase for phrase in source_phrases(language) if phrase in text]
    assert not left, f"{where}: not translated: {left}"


def _check_sideways(page: Page, where: str) -> None:
    over = page.evaluate(_SIDEWAYS)
    assert over is None, f"{where}: scrolls sideways by {over['over']} px: {over['by']}"


def _check_axe(page: Page, where: str, *, only: str = "", without: str = "") -> None:
    run: dict[str, Any] = {"type": "rule", "values": [only]} if only else {"type": "tag", "values": TAGS}
    rules = {without: {"enabled": False}} if without else {}
    options = {"runOnly": run, "rules": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    told = [
        f"{each['id']}: {each['help']}\n    {node['target']} {node['html'][:200]}\n    {node['failureSummary']}"
        for each in found
        for node in each["nodes"][:5]
    ]
    assert not told, f"{where}: axe finds\n  " + "\n  ".join(told)


@dataclass  # not slotted: Playwright keeps its own attributes on what it calls back
class Console:
    """What a page complained about; refused scripts and styles (CSP) are told there too."""

    complaints: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Hear everything from here on."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def check(self, where: str, *, expected_status: int = 0) -> None:
        """Fail on any complaint; the browser's own note on an expected status is none."""
        note = f"the server responded with a status of {expected_status}"
        left = [each for each in self.complaints if not (expected_status and note in each)]
        self.complaints.clear()
        assert not left, f"{where}: the console says {left}"
