"""One person at a browser: goes somewhere, presses, follows and fills in by the words they see, in their language.

The words are those of the catalogue, so one script serves every language. Each page that comes up is looked at.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from playwright.sync_api import Browser, Locator, Page, StorageState

from mobility.i18n import gettext, language_of, ngettext, use_locale
from tests.browser.looking import WIDE, Console, Looking, pattern_of
from tests.browser.site import Site

Part = Page | Locator


def typed(day: date) -> str:
    """Return a day as people type it."""
    return f"{day.day} {day.month} {day.year}"


@dataclass(slots=True)
class Reader:
    """A person with a browser of their own."""

    page: Page
    site: Site
    language: str
    looking: Looking
    console: Console = field(default_factory=Console)

    def words(self, message: str, **variables: Any) -> str:
        """Return a message of the catalogue in this person's language."""
        with use_locale(self.language):
            return gettext(message, **variables)

    def counted(self, one: str, many: str, number: int) -> str:
        """Return the form of a message that fits a number."""
        with use_locale(self.language):
            return ngettext(one, many, number)

    def label(self, labels: Any, *codes: Any) -> str:
        """Return what a function or table of labels says in this person's language."""
        with use_locale(self.language):
            return str(labels(*codes) if callable(labels) else labels[codes[0]])

    # -- moving ------------------------------------------------------------------------------------------------------

    def look(self, state: str = "", *, status: int = 0) -> None:
        """Look at the page that came up."""
        self.page.wait_for_load_state("load")
        refused = self.page.locator(".m-errors").all_inner_texts()
        self.console.check(f"{pattern_of(self.page.url)} {refused}", expected_status=status)
        self.looking.look(self.page, self.language, state=state)
        self.console.check(pattern_of(self.page.url))

    def go(self, path: str, *, status: int = 200) -> None:
        """Open an address of the site, or one from a mail."""
        answer = self.page.goto(path if path.startswith("http") else f"{self.site.address}{path}")
        assert answer is not None
        assert answer.status == status, f"{path} answers {answer.status}, not {status}"
        self.look(status=status if status >= 400 else 0)

    def press(self, message: str, *, within: Part | None = None, state: str = "", **variables: Any) -> None:
        """Press the button that says this, and look at what comes up."""
        self._click((within or self.page).get_by_role("button", name=self._named(message, variables)), message, state)

    def press_label(self, said: str, *, within: Part | None = None, state: str = "") -> None:
        """Press the button that says exactly this."""
        self._click((within or self.page).get_by_role("button", name=_starting(said)), said, state)

    def follow(self, message: str, *, within: Part | None = None, state: str = "", **variables: Any) -> None:
        """Follow the link that says this."""
        self._click((within or self.page).get_by_role("link", name=self._named(message, variables)), message, state)

    def follow_label(self, said: str, *, within: Part | None = None, state: str = "") -> None:
        """Follow the link that says exactly this."""
        self._click((within or self.page).get_by_role("link", name=_starting(said)), said, state)

    def open(self, selector: str, *, state: str = "") -> None:
        """Click the first thing that fits a selector, where words would be awkward, and look at what comes up."""
        self._click(self.page.locator(selector), selector, state)

    def _named(self, message: str, variables: dict[str, Any]) -> re.Pattern[str]:
        return _starting(self.words(message, **variables))

    def _click(self, found: Locator, what: str, state: str) -> None:
        assert found.count(), f"nothing on {self.page.url} says {what!r}:\n{self.page.locator('main').inner_text()}"
        with self.page.expect_navigation():
            found.first.click()
        self.look(state)

    # -- filling in --------------------------------------------------------------------------------------------------

    def fill(self, answers: Mapping[str, Any], *, within: Part | None = None) -> None:
        """Fill in a form by the names of its inputs; a day is typed, True is a tick, a code chooses."""
        for name, answer in answers.items():
            inputs = (within or self.page).locator(f"[name='{name}']")
            assert inputs.count(), f"{self.page.url} asks for no {name}"
            kind = inputs.first.evaluate("at => at.tagName === 'INPUT' ? at.type : at.tagName")
            if kind == "radio":
                (within or self.page).locator(f"[name='{name}'][value='{answer}']").check()
            elif kind == "checkbox":
                inputs.first.check()
            elif kind == "SELECT":
                inputs.first.select_option(str(answer))
            else:
                inputs.first.fill(typed(answer) if isinstance(answer, date) else str(answer))

    # -- reading -----------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What stands on the page."""
        return self.page.locator("main").inner_text()

    def says(self, message: str, **variables: Any) -> bool:
        """Say whether the words of a message stand on the page, whatever lines they are broken into."""
        said = self.words(message, **variables)
        return " ".join(said.split()) in " ".join(self.text.split())

    def expect(self, message: str, **variables: Any) -> None:
        """Fail unless the words of a message stand on the page."""
        said = self.words(message, **variables)
        assert self.says(message, **variables), f"{self.page.url} does not say {said!r}:\n{self.text}"

    def day(self, part: Part | None = None) -> date:
        """Return the first date of a part of the page."""
        found = (part or self.page.locator("main")).locator("time[datetime]").first
        return date.fromisoformat(str(found.get_attribute("datetime"))[:10])

    # -- in and out --------------------------------------------------------------------------------------------------

    def speak(self) -> None:
        """Choose the language by its link; a page that speaks it by itself has none, so its address is opened."""
        link = self.page.get_by_role("link", name=language_of(self.language).own_name, exact=True)
        if link.count():
            link.click()
            self.page.wait_for_load_state("load")
        else:
            here = self.page.url.removeprefix(self.site.address)
            self.page.goto(f"{self.site.address}/language/{self.language}?next={here}")

    def sign_in(self, email: str, password: str) -> None:
        """Sign in, speaking this person's language from the first page on."""
        self.page.goto(f"{self.site.address}/sign-in")
        self.speak()
        self.look()
        self.fill({"email": email, "password": password})
        self.press("Sign in", within=self.page.locator("main"))
        assert "/sign-in" not in self.page.url, f"{email} cannot sign in:\n{self.text}"


def _starting(said: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(said)}(?:\s|$)")


@contextmanager
def reader(
    browser: Browser, site: Site, language: str, looking: Looking, state: StorageState | None = None
) -> Iterator[Reader]:
    """Give a person a browser that has never been here, or one with the cookies it was left with."""
    context = browser.new_context(locale="en-GB", viewport=WIDE, timezone_id="UTC", storage_state=state)
    context.set_default_timeout(30_000)
    try:
        found = Reader(page=context.new_page(), site=site, language=language, looking=looking)
        found.console.listen(found.page)
        yield found
    finally:
        context.close()
