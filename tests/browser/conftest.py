"""Sites and a browser for these tests. A missing Chromium is a failure, never a skip.

Each story has a site of its own, because it moves the site's clock; the pages of other roles have one that stands at
today. All are copies of one instance prepared as the README does it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.looking import Looking
from tests.browser.site import Site, chromium_path, prepare, running
from tests.browser.story import Story

CASES = 8
"""How many cases of the demo are loaded: enough for a row in every list, few enough to wait for."""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = tmp_path_factory.mktemp("prepared") / "instance"
    prepare(instance, cases=CASES)
    return instance


@pytest.fixture(scope="session")
def site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(prepared, tmp_path_factory.mktemp("site") / "instance") as found:
        yield found


@pytest.fixture(scope="session")
def looking() -> Looking:
    return Looking()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    arguments += ["--no-first-run", "--disable-component-update", "--disable-sync"]
    playwright: Playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stories(
    chromium: Browser, prepared: Path, looking: Looking, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Story]]:
    """Give the one story of a language, begun when it is first asked for."""
    begun: dict[str, Story] = {}
    with ExitStack() as stack:

        def story(language: str) -> Story:
            if language not in begun:
                folder = tmp_path_factory.mktemp(f"story-{language}")
                found = stack.enter_context(running(prepared, folder / "instance"))
                begun[language] = Story(browser=chromium, site=found, language=language, looking=looking, folder=folder)
            return begun[language]

        yield story
