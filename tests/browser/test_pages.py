"""The main pages of everybody outside the story, in three languages: looked at as closely as the pages of the story."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from mobility.i18n import offered_locales
from mobility.services.demo.files import read_demo_files
from tests.browser.looking import Looking
from tests.browser.reading import Reader, reader
from tests.browser.site import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(600),
    pytest.mark.parametrize("language", ["en", "fr", "ar"]),
]
Visit = Callable[[str], Reader]

PUBLIC = ("/", "/?from=AQ", "/sign-in", "/register", "/register/sent", "/confirm", "/forgotten", "/forgotten/sent")
PUBLIC += ("/statistics/", "/statements/check")
QUESTION = {"rules": "BGB_SUSP", "period": "3", "unit": "months", "kind": "decision", "day": "14 9 2026"} | {
    "place": "DE",
    "region": "BY",
    "from1": "6 10 2026",
    "to1": "23 10 2026",
}
ADMINISTRATOR = ("/people", "/people/invite", "/offices", "/offices/new", "/offices/calendars", "/outbox", "/audit")
MANAGER = (
    "/programmes/",
    "/programmes/research-2016",
    "/programmes/research-2016/edit",
    "/law/",
    "/reciprocity/",
    "/reciprocity/report?programme=research-2016&compare_from=2025",
    "/flows/",
    "/flows/new",
)


@pytest.fixture
def visitor(chromium: Browser, site: Site, looking: Looking, language: str) -> Iterator[Reader]:
    assert language in offered_locales(), f"the catalogue of {language} is not complete"
    with reader(chromium, site, language, looking) as found:
        found.page.goto(f"{site.address}/sign-in")
        found.speak()
        yield found


def sign_in(visitor: Reader, does: str) -> None:
    line = next(line for line in read_demo_files().accounts if line["does"] == does)
    visitor.sign_in(line["email"], read_demo_files().password)


def test_public_pages(visitor: Reader) -> None:
    for path in PUBLIC:
        visitor.go(path)
    visitor.go("/ask")
    visitor.go(f"/ask?{urlencode(QUESTION)}")
    visitor.look("with an answer, its calendar and two readings")
    visitor.go("/")
    visitor.open("main .m-call h2 a")


def test_a_page_that_does_not_exist(visitor: Reader) -> None:
    visitor.go("/nowhere/at/all", status=404)


def test_pages_of_an_administrator(visitor: Reader) -> None:
    sign_in(visitor, "administrator")
    for path in ADMINISTRATOR:
        visitor.go(path)
    visitor.go("/people")
    visitor.open("main table a, main .m-rows a")
    visitor.go("/offices")
    visitor.open("main table a, main .m-rows a")


def test_pages_of_a_manager(visitor: Reader) -> None:
    sign_in(visitor, "manager")
    for path in MANAGER:
        visitor.go(path)
    visitor.go("/law/")
    visitor.open("main a[href*='students_researchers_directive']")
    visitor.open("main a[href*='/provisions/']")
    visitor.go("/programmes/research-2016")
    visitor.open("main a[href*='/routes/']")
    visitor.go("/programmes/research-2016")
    visitor.open("main a[href*='/calls/']")


def test_pages_of_an_auditor_and_of_an_account(visitor: Reader) -> None:
    sign_in(visitor, "auditor")
    visitor.go("/audit")
    visitor.go("/profile")
    visitor.go("/profile/password")
    visitor.press("Sign out", within=visitor.page.get_by_role("banner"))
