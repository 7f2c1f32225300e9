"""A statement of two states in the browser: frozen by a manager, signed, disputed, corrected, confirmed, and checked.

The German post reads English, the Egyptian post Arabic; each page that comes up is looked at as in the story.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from mobility.domain.statements import EntryCode
from mobility.i18n import statements_labels as labels
from mobility.services.demo.files import read_demo_files
from tests.browser.looking import Looking
from tests.browser.reading import Reader, reader
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

WHAT = "unesco_diversity_convention:DE:EG"
FINE = {f"v_{code}": "confirmed" for code in EntryCode}
SIDES = ("DE", "EG")
PEOPLE = (("manager", "en"), ("post_officer", "en"), ("sending_officer", "ar"))


@pytest.fixture
def people(chromium: Browser, site: Site, looking: Looking) -> Iterator[list[Reader]]:
    """The manager, an officer of the German and one of the Egyptian post, each at a browser of their own."""
    demo = read_demo_files()
    with ExitStack() as stack:
        found = []
        for does, language in PEOPLE:
            person = stack.enter_context(reader(chromium, site, language, looking))
            account = next(line for line in demo.accounts if line["does"] == does)
            person.sign_in(account["email"], demo.password)
            found.append(person)
        yield found


def test_two_states_dispute_correct_and_confirm_a_statement(people: list[Reader]) -> None:
    manager, german, egyptian = people
    manager.go("/statements/new")
    manager.fill({"what": WHAT, "year": str(manager.site.today.year - 2)})  # the demo has one of last year
    manager.press("Freeze the statement")
    first = manager.page.url
    manager.expect("It is the turn of %(countries)s to sign.", countries="Germany or Egypt")

    german.go("/statements/")
    german.open("main table a")
    german.press("Sign for %(country)s", country="Germany")
    german.expect("It is the turn of %(country)s to confirm or dispute each entry.", country="Egypt")

    egyptian.go(first)
    egyptian.follow("Confirm or dispute…")
    entry = egyptian.label(labels.entry_name, EntryCode.PEOPLE_BA, SIDES)
    egyptian.page.locator("section", has_text=entry).locator("summary").first.click()
    egyptian.fill(FINE | {"v_people_ba": "disputed", "t_people_ba": "سافر اثنان بقائمة من الوزارة."})
    egyptian.press("Send the answer")
    egyptian.expect("The answer is sent. The other side was told which entries are disputed.")

    german.go(f"{first}/entries/people_ba")
    assert "سافر اثنان" in german.text
    german.fill({"text": "We agree: two came on a list of the ministry."})
    german.press("Send the message")

    manager.go(f"{first}/correct")
    figure = {"n_people_ba": "29", "r_people_ba": "List of the ministry, 4 May."}
    manager.fill({"why": "Two travelled on a list of the ministry."} | figure)
    manager.press("Freeze the corrected version")
    second = manager.page.url
    assert second != first
    manager.go(first)
    manager.expect("This version was replaced by a newer one.")

    egyptian.go(second)
    egyptian.press("Sign for %(country)s", country=egyptian.label(lambda: labels.countries(["EG"])))
    german.go(f"{second}/answer")
    german.fill(FINE)
    german.press("Send the answer", state="confirmed")
    german.expect("Both states agree. The balance is carried over from here.")
    # The demo's register: 18 against 15 and 24 against 18 in the two years before, then 27 each way; with the list 29.
    assert "Egypt has sent 9 more" in german.text  # brought forward
    assert "Egypt has sent 11 more" in german.text  # carried over

    german.follow("Check it on the public page")
    german.expect("intact, as it was frozen")
    german.expect("confirmed by both sides")


def test_a_manager_releases_a_table_and_follows_a_threshold(people: list[Reader]) -> None:
    manager, *_ = people
    manager.go("/statistics/")
    manager.follow("Release a table…")
    manager.press("Show what would be released", state="preview")
    manager.go("/thresholds/")
    manager.fill({"what": "unesco_diversity_convention::", "level": "80"})
    manager.press("Follow the threshold", state="followed")
    manager.expect("You are told by mail when it happens.")
