"""Takes the pictures of docs/pictures from a running demo: `python -m tests.browser.pictures http://127.0.0.1:8000`.

The demo must be as it was loaded, with 80 cases. One draft is written on the way, unless it is there already, for the
page on which answers are checked. Every picture exists in English and Arabic, light and dark.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, StorageState, ViewportSize, sync_playwright

from mobility.services.demo.files import read_demo_files
from tests.browser.looking import Looking
from tests.browser.reading import Reader
from tests.browser.site import REPOSITORY, Site, chromium_path
from tests.browser.story import ARTICLE, Story

FOLDER: Final = REPOSITORY / "docs" / "pictures"
SIZE: Final = ViewportSize(width=1280, height=960)
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
LANGUAGES: Final = ("en", "ar")
Opening = Callable[[Reader, Path], None]


class Unlooked(Looking):
    """Pictures are taken of pages that the tests look at."""

    def look(self, page: object, language: str, *, state: str = "") -> None:
        """Look at nothing."""


def open_start(reader: Reader, folder: Path) -> None:
    """Open calls."""
    reader.go("/")


def open_own_case(reader: Reader, folder: Path) -> None:
    """The page of a stay that waits for an answer."""
    reader.go("/stays")
    if reader.page.url.endswith("/stays"):  # whoever has one stay only is led to it
        reader.open("main a[href*='/stays/EG-DE-']")


def open_why(reader: Reader, folder: Path) -> None:
    """Every step of a date that stands still."""
    open_own_case(reader, folder)
    reader.open(f"main table tr:has-text('{ARTICLE}') a[href*='/why']")


def open_check(reader: Reader, folder: Path) -> None:
    """The answers before they are sent; they are written first, in the language of the picture."""
    reader.go("/applications")
    drafts = reader.page.locator("main .m-rows a")
    if drafts.count():
        reader.open("main .m-rows a")
        reader.follow("Check your answers")
        return
    story = Story(
        browser=reader.page.context.browser,  # type: ignore[arg-type]  # every context here has one
        site=reader.site,
        language="ar",
        looking=reader.looking,
        folder=folder,
        begins_on=reader.site.today,
    )
    story.fill_application(reader)


def open_desk(reader: Reader, folder: Path) -> None:
    """The queue."""
    reader.go("/desk")


def open_case_file(reader: Reader, folder: Path) -> None:
    """The case file of the stay above, where the office waits."""
    reader.go("/desk?state=stopped")
    reader.open("main table th a[href*='/desk/cases/']")


def open_reciprocity(reader: Reader, folder: Path) -> None:
    """The report of a programme."""
    reader.go("/reciprocity/")
    reader.open("main a[href*='programme=stage-space']")


PICTURES: Final[tuple[tuple[str, str, Opening], ...]] = (
    ("start", "", open_start),
    ("check-answers", "applicant_new", open_check),
    ("case-applicant", "applicant_waiting", open_own_case),
    ("why", "applicant_waiting", open_why),
    ("desk", "post_officer", open_desk),
    ("case-officer", "post_officer", open_case_file),
    ("reciprocity", "manager", open_reciprocity),
)


@contextmanager
def sitting(browser: Browser, site: Site, language: str, state: StorageState | None) -> Iterator[Reader]:
    """Give somebody a browser of the size of the pictures, or the one they left."""
    context = browser.new_context(locale="en-GB", viewport=SIZE, timezone_id="UTC", storage_state=state)
    try:
        yield Reader(page=context.new_page(), site=site, language=language, looking=Unlooked())
    finally:
        context.close()


def take(reader: Reader, name: str) -> None:
    """Keep the page as it stands, light and dark."""
    for scheme in SCHEMES:
        reader.page.emulate_media(color_scheme=scheme)
        ending = f"{reader.language}{'-dark' if scheme == 'dark' else ''}"
        reader.page.screenshot(path=FOLDER / f"{name}-{ending}.png", animations="disabled")
    reader.page.emulate_media(color_scheme="light")


def main(address: str) -> None:
    """Take every picture."""
    emails = {line["does"]: line["email"] for line in read_demo_files().accounts}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(address=address.rstrip("/"), instance=Path(folder))
        site.move_to(0)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        left: dict[tuple[str, str], StorageState] = {}  # so that each signs in once: the site counts tries
        for language in LANGUAGES:
            for name, does, opening in PICTURES:
                state = left.get((language, does))
                with sitting(browser, site, language, state) as reader:
                    if state is None:
                        reader.page.goto(f"{site.address}/sign-in")
                        reader.speak()
                    if does and state is None:
                        reader.sign_in(emails[does], read_demo_files().password)
                    opening(reader, Path(folder))
                    take(reader, name)
                    left[language, does] = reader.page.context.storage_state()
                    print(name, language)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
