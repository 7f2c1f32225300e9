"""The story of the README, played by its people in a real browser; each chapter is one hand-over.

A chapter plays the ones before it when they have not been played, so tests may ask for any of them in any order. The
site's clock is moved from chapter to chapter: the story takes eight months. People and offices are those of the demo;
the applicant registers. What is typed is in the language of the story, what is pressed comes from the catalogue.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, StorageState

from mobility.domain.references import is_reference
from mobility.i18n.applications_labels import SECTIONS
from mobility.i18n.case_page_words import applicant_step_label
from mobility.i18n.cases_labels import case_status_label, case_step_label
from mobility.i18n.formats import days_phrase
from mobility.i18n.stages_labels import step_label
from mobility.services.demo.files import read_demo_files
from tests.browser.looking import Looking
from tests.browser.papers import write_pdf
from tests.browser.reading import Reader, reader
from tests.browser.site import Site

PEOPLE: Final = {
    "post": "mona.reinhardt@cairo.example.org",
    "recognition": "henrik.falkenau@bonn.example.org",
    "funder": "selin.aydin@fund.example.org",
    "second funder": "martin.kestner@fund.example.org",
    "school": "carla.lindhorst@school.example.org",
    "manager": "claire.delorme@programmes.example.org",
}
APPLICANT: Final = "nadia.farouk@artists.example.org"
PASSWORD: Final = "four grey herons above the delta"
CITY: Final = "Weimar"
ARTICLE: Final = "34(1)"
"""Directive (EU) 2016/801: the decision on the visa, within 90 days; it pauses when documents are asked for."""
TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "name": "Nadia Farouk",
        "title": "Joints of the old roofs",
        "statement": "I survey timber roofs of the nineteenth century and compare their joints with drawings here.",
        "question": "Please send proof that the stay is paid for.",
        "answer": "Here is the letter of my university.",
        "assessment": "Meets the conditions; the costs are reasonable.",
        "degree": "Master of Arts in building archaeology",
        "school": "Language school Leipzig",
        "report": "The survey of eleven roofs is finished, the drawings stay with the institute.",
    },
    "ar": {
        "name": "نادية فاروق",
        "title": "وصلات السقوف القديمة",
        "statement": "أرسم سقوفا خشبية من القرن التاسع عشر وأقارن وصلاتها بالرسوم المحفوظة لدى المعهد.",
        "question": "نرجو إرسال ما يثبت تمويل الإقامة.",
        "answer": "هذا خطاب جامعتي.",
        "assessment": "الطلب مستوف للشروط والتكاليف معقولة.",
        "degree": "ماجستير في آثار العمارة",
        "school": "مدرسة اللغة في لايبزيغ",
        "report": "انتهى مسح أحد عشر سقفا، وتبقى الرسوم لدى المعهد.",
    },
}
ASKED, ANSWERED = 4, 11
ARRIVES, STAYS_DAYS = 120, 100


class ChapterFailed(AssertionError):
    """An earlier chapter did not come to its end; what it said is the cause."""


@dataclass(slots=True)
class Story:
    """One person's exchange, in one language, on a site of its own."""

    browser: Browser
    site: Site
    language: str
    looking: Looking
    folder: Path
    reference: str = ""
    begins_on: date = date.min
    first_due_on: date = date.min
    played: list[str] = field(default_factory=list)
    failure: Exception | None = None
    signed_in: dict[str, tuple[int, StorageState | None]] = field(default_factory=dict)

    def play(self, chapter: str) -> None:
        """Play every chapter up to and with this one that has not been played."""
        for name in CHAPTERS[: CHAPTERS.index(chapter) + 1]:
            if name in self.played:
                continue
            if self.failure is not None:
                raise ChapterFailed(f"the story stopped earlier, see there: {self.failure}") from self.failure
            try:
                getattr(self, name)()
            except Exception as failure:
                self.failure = failure
                raise
            self.played.append(name)

    @property
    def text(self) -> dict[str, str]:
        return TEXTS[self.language]

    @property
    def arrives_on(self) -> date:
        return self.begins_on + timedelta(days=ARRIVES)

    @property
    def departs_on(self) -> date:
        return self.arrives_on + timedelta(days=STAYS_DAYS - 1)

    def paper(self, name: str) -> Path:
        """Return a small PDF of this name."""
        return write_pdf(self.folder / f"{name}.pdf", f"{name} of Nadia Farouk")

    @contextmanager
    def person(self, who: str) -> Iterator[Reader]:
        """Sit down at a browser as one of the people; whoever signed in on this day is still signed in."""
        day, state = self.signed_in.get(who, (-1, None))
        is_in = day == self.site.days_ahead
        with reader(self.browser, self.site, self.language, self.looking, state if is_in else None) as found:
            if not is_in and who == "applicant":
                found.sign_in(APPLICANT, PASSWORD)
            elif not is_in:
                found.sign_in(PEOPLE[who], read_demo_files().password)
            yield found
            self.signed_in[who] = (self.site.days_ahead, found.page.context.storage_state())

    @contextmanager
    def applicant(self) -> Iterator[Reader]:
        """The applicant on the page of her stay."""
        with self.person("applicant") as her:
            her.go(f"/stays/{self.reference}")
            yield her

    @contextmanager
    def officer(self, who: str) -> Iterator[Reader]:
        """Somebody of an office at the case file; the first time they find it on their desk."""
        is_new = who not in self.signed_in
        with self.person(who) as officer:
            if is_new:
                officer.follow("Desk", within=officer.page.get_by_role("banner"))
                officer.fill({"q": self.reference})
                officer.open("main form.m-bar button", state="filtered")
                officer.open(f"main table a[href$='/desk/cases/{self.reference}']")
            else:
                officer.go(f"/desk/cases/{self.reference}")
            assert self.reference in officer.text
            yield officer

    # -- the applicant -----------------------------------------------------------------------------------------------

    def applies(self) -> None:
        """She registers, confirms her address, finds a call, fills in everything and sends it."""
        self.begins_on = self.site.today
        with reader(self.browser, self.site, self.language, self.looking) as her:
            self._registers(her)
            her.sign_in(APPLICANT, PASSWORD)
            self.fill_application(her)
            self._sends(her)

    def fill_application(self, her: Reader) -> None:
        """Find the call, begin, and fill every section, up to the page on which the answers are checked."""
        self._starts(her)
        self._fills(her)
        if "/check" not in her.page.url:
            her.follow("Check your answers")

    def _registers(self, her: Reader) -> None:
        her.page.goto(f"{self.site.address}/")
        her.speak()
        her.look()
        her.follow("Create an account", within=her.page.get_by_role("banner"))
        her.fill({"name": self.text["name"], "name_latin": "Nadia Farouk", "country": "EG", "locale": self.language})
        her.fill({"name_language": self.language, "email": APPLICANT, "password": "too short"})
        her.page.get_by_role("button", name=her.words("Create the account")).click()
        her.look("with an error", status=422)
        assert her.page.locator("[name='name']").input_value() == self.text["name"]
        her.fill({"password": PASSWORD})
        her.press("Create the account")
        mail = self.site.read_mail(APPLICANT, her.words("Confirm the address"))
        her.go(_path_in(mail, "/confirm/"))
        her.press("Confirm the address")
        her.expect("Your address is confirmed. Sign in now.")

    def _starts(self, her: Reader) -> None:
        her.go("/")
        her.fill({"from": "EG", "to": "DE", "field": "research"})
        her.press("Show calls", state="filtered")
        her.page.locator("main .m-call").filter(has_text=CITY).locator("h2 a").click()
        her.look()
        her.expect("This call is open: you can apply.")
        her.press("Apply")
        left = her.counted("It is your turn: one section is left.", "It is your turn: %(num)s sections are left.", 7)
        assert left in her.text, her.text

    def _fills(self, her: Reader) -> None:
        her.follow("Go on with: %(section)s", section=her.label(SECTIONS, "about_you"))
        born = {"birth_on": "30 4 1990", "passport_number": "A12345678", "nationality": "EG", "residence": "EG"}
        self._section(her, "about_you", born | {"phone": "+20 2 5555 0123"})
        work = {"discipline": "research", "title": self.text["title"], "statement": self.text["statement"]}
        self._section(her, "your_work", work | {"links": "https://roofs.example.org/joints"})
        self._section(her, "your_stay", {"arrival_on": self.arrives_on, "departure_on": self.departs_on})
        self._section(her, "languages", {"languages-0-language": "ar", "languages-0-level": "c2"})
        line = {"lines-0-line": "stay", "lines-0-amount": "4800", "lines-0-currency": "EUR", "lines-0-payer": "DE"}
        self._section(her, "funding", line)
        for kind in ("passport", "cv", "portfolio", "diploma", "invitation"):
            form = her.page.locator(f"form:has(input[name=kind][value={kind}])")
            if kind == "portfolio":
                her.fill({"rights": "© Nadia Farouk, for this application only"}, within=form)
            form.locator("input[type=file]").set_input_files(self.paper(kind))
            her.press("Send the file", within=form, state="with files")
        assert her.page.locator("main a[href*='/documents/']").count() == 5
        her.follow("Continue")
        self._section(her, "declarations", {"truthful": True, "rights": True, "data_protection": True})

    def _section(self, her: Reader, code: str, answers: dict[str, Any]) -> None:
        heading = her.page.get_by_role("heading", level=1).inner_text()
        assert heading == her.label(SECTIONS, code), f"the section {code} comes up as {heading!r}"
        her.fill(answers)
        her.press("Save and continue")

    def _sends(self, her: Reader) -> None:
        assert self.text["title"] in her.text
        her.press("Send the application")
        self.reference = her.page.locator(".m-head__lead bdi").first.inner_text()
        assert is_reference(self.reference), f"{self.reference!r} is no reference"
        her.follow("Open your case")
        self.site.read_mail(APPLICANT, self.reference)

    # -- the receiving post ------------------------------------------------------------------------------------------

    def is_admitted(self) -> None:
        """The officer of the receiving post finds the case on the desk and admits it."""
        self.site.move_to(1)
        with self.officer("post") as officer:
            self._case_step(officer, "admit")
            officer.expect("The application is admitted. The applicant has been told.")
        with self.applicant() as her:
            self._own_step(her, "visa", "request_appointment", {})

    def is_asked(self) -> None:
        """Appointment, lodging, admission: the clock of Article 34(1) runs; then a question stops it."""
        self.site.move_to(2)
        with self.officer("post") as officer:
            assert officer.page.locator(".m-stages").count(), "the stages are open"
            _step(officer, "visa", "give_appointment", {"appointment_on": self.site.today + timedelta(days=1)})
        self.site.move_to(3)
        with self.officer("post") as officer:
            _step(officer, "visa", "lodge", {"lodged_on": self.site.today})
            _step(officer, "visa", "admit", {})
            self.first_due_on = _due(officer)
            assert 85 <= (self.first_due_on - self.site.today).days <= 95, f"ninety days end on {self.first_due_on}"
        self.site.move_to(ASKED)
        with self.officer("post") as officer:
            officer.follow("Ask for a document…", within=_form(officer, "/stages/visa/step"))
            asked = {"document_kind": "means", "text": self.text["question"]}
            officer.fill(asked | {"answer_by": self.site.today + timedelta(days=14)})
            officer.press("Send the question")
            officer.expect("The question was sent to the applicant.")
            assert officer.page.locator(".m-stage--mine .m-state--paused").count(), "the clock has not stopped"

    def answers(self) -> None:
        """She is told by mail, answers with a file a week later; the clock goes on and the date has moved."""
        self.site.move_to(ANSWERED)
        with self.applicant() as her:
            mail = self.site.read_mail(APPLICANT, her.words("Something is needed from you"))
            assert self.reference in mail
            her.go(_path_in(mail, f"/stays/{self.reference}"))
            assert her.page.locator(".m-state--paused").count(), "she does not see that the clock stands still"
            form = her.page.locator("form.m-noted")
            assert self.text["question"] in form.inner_text()
            form.locator("textarea").fill(self.text["answer"])
            form.locator("input[type=file]").set_input_files(self.paper("means"))
            her.press("Send the answer", within=form, state="answered")
            row = her.page.locator("main table tr").filter(has_text=ARTICLE).first
            moved = (her.day(row.locator("td[data-l]").nth(1)) - self.first_due_on).days
            assert ANSWERED - ASKED <= moved <= ANSWERED - ASKED + 4, f"the date moved by {moved} days"
            her.open(f"main table tr:has-text('{ARTICLE}') a[href*='/why']")
            days = ANSWERED - ASKED
            told = [
                her.counted("The clock was stopped for %(num)s day.", "The clock was stopped for %(num)s days.", each)
                for each in (days, days + 1)
            ]
            assert any(each in her.text for each in told), f"the pause is not explained:\n{her.text}"

    def visa_is_decided(self) -> None:
        """The officer issues the visa; she collects it."""
        self.site.move_to(14)
        with self.officer("post") as officer:
            assert self.text["answer"] in officer.text
            issued = {"visa_kind": "long_stay", "entries": "multiple", "valid_from": self.arrives_on}
            issued |= {"valid_until": self.departs_on, "days": STAYS_DAYS}
            _step(officer, "visa", "issue", issued)
        with self.applicant() as her:
            self.site.read_mail(APPLICANT, her.words("Read the decision"))
            her.expect("Decisions")
            self._own_step(her, "visa", "collect", {"collected_on": self.site.today})
            self._own_step(her, "recognition", "file", {"received_on": self.site.today})
            self._own_step(her, "funding", "request", {})
            self._own_step(her, "language", "register", {"registered_on": self.site.today})

    # -- the other desks ---------------------------------------------------------------------------------------------

    def degree_is_recognised(self) -> None:
        """The recognition body acknowledges, completes, evaluates and recognises."""
        self.site.move_to(18)
        with self.officer("recognition") as officer:
            _step(officer, "recognition", "acknowledge", {})
        self.site.move_to(20)
        with self.officer("recognition") as officer:
            _step(officer, "recognition", "declare_complete", {"complete_on": self.site.today})
            _step(officer, "recognition", "evaluate", {})
            _step(officer, "recognition", "recognise", {"equivalent_to": self.text["degree"]})
        with self.applicant() as her:
            assert self.text["degree"] in her.text

    def grant_is_signed(self) -> None:
        """One funder proposes, another confirms: assessment, offer, contract, first instalment."""
        self.site.move_to(22)
        with self.officer("funder") as first:
            first.follow("Set what is granted…")
            amount = first.page.locator("main input[name^=line_]").first.get_attribute("name")
            first.fill({str(amount): "4500"})
            first.press("Keep these amounts")
            _step(first, "funding", "assess", {"amount": "4500", "assessment": self.text["assessment"]})
            first.expect("You proposed this. A second person of your office has to confirm it.")
            assert first.page.locator("main form[action$='/confirm']").count() == 0, "one person decides alone"
        self._second_confirms()
        with self.officer("funder") as first:
            _step(first, "funding", "offer", {"amount": "4500"})
        self._second_confirms()
        with self.applicant() as her:
            self._own_step(her, "funding", "accept", {})
        self.site.move_to(25)
        with self.officer("funder") as first:
            _step(first, "funding", "sign", {"signed_on": self.site.today})
        self._pays("signature", "3600")

    def _second_confirms(self) -> None:
        with self.officer("second funder") as second:
            second.press("Confirm", within=second.page.locator("main form[action$='/confirm']"))

    def _pays(self, milestone: str, amount: str) -> None:
        with self.officer("funder") as first:
            first.follow("Propose an instalment…")
            first.fill({"milestone": milestone, "amount": amount, "currency": "EUR", "payer": "DE"})
            first.press("Propose it")
            first.expect("Proposed. A second person of your office has to approve it.")
        with self.officer("second funder") as second:
            second.press("Approve")
            second.expect("The instalment is approved.")
            second.follow("Paid…")
            second.fill({"paid_on": self.site.today})
            second.press("Record the payment")
            second.expect("The payment is recorded.")

    def language_is_learnt(self) -> None:
        """The school places her, offers a course, and certifies the level."""
        self.site.move_to(27)
        with self.officer("school") as officer:
            _step(officer, "language", "place", {"level": "a1"})
            starts_on = self.site.today + timedelta(days=7)
            course = {"provider": self.text["school"], "starts_on": starts_on, "hours": 120}
            _step(officer, "language", "offer_course", course | {"ends_on": starts_on + timedelta(days=42)})
        with self.applicant() as her:
            self._own_step(her, "language", "enrol", {})
        self.site.move_to(80)
        with self.officer("school") as officer:
            _step(officer, "language", "record_attendance", {"hours_attended": 112})
            _step(officer, "language", "certify", {"level": "a2", "certified_on": self.site.today})
        with self.applicant() as her:
            assert her.page.locator("#stay").count(), f"she is not ready to leave:\n{her.text}"

    # -- the stay, the end, the balance ------------------------------------------------------------------------------

    def travels(self) -> None:
        """The post records the arrival, she records the departure and sends her report."""
        self.site.move_to(ARRIVES + 1)
        with self.officer("post") as officer:
            officer.follow("Record the arrival…")
            officer.fill({"arrived_on": self.arrives_on})
            officer.press("Record the arrival")
        self.site.move_to(ARRIVES + STAYS_DAYS)
        with self.applicant() as her:
            form = her.page.locator("form[action*='/departure']")
            her.fill({form.locator("input[name$=departed_on]").get_attribute("name") or "": self.departs_on})
            her.press("Record the departure", state="back home")
            assert her.label(days_phrase, STAYS_DAYS) in her.text
            report = her.page.locator("form[action*='/report']")
            report.locator("textarea").fill(self.text["report"])
            her.press("Send the report", within=report, state="reported")

    def is_closed(self) -> None:
        """The last instalment is paid, the money settled, the case closed."""
        self.site.move_to(ARRIVES + STAYS_DAYS + 5)
        self._pays("report", "900")
        with self.officer("funder") as first:
            _step(first, "funding", "settle", {})
        with self.officer("post") as officer:
            self._case_step(officer, "close")
            officer.expect("The case is closed.")
        with self.applicant() as her:
            her.look("closed")
            her.expect("Nobody has anything to do.")

    def is_balanced(self) -> None:
        """The manager opens the report: people, days and money show the case, and each figure opens it."""
        years = {"from": self.arrives_on.year - 1, "to": self.departs_on.year + 1}
        with self.person("manager") as manager:
            manager.follow("Reciprocity", within=manager.page.get_by_role("banner"))
            manager.open("main a[href*='instrument=students_researchers_directive']", state="of an instrument")
            manager.follow("Reciprocity", within=manager.page.get_by_role("banner"))
            manager.open("main a[href*='programme=research-2016']")
            for unit in ("people", "days"):
                manager.fill({"country": "EG", "from": years["from"], "to": years["to"]})
                manager.fill({"unit": unit, "stays": "actual"})
                manager.press("Show")
                self._opens(manager, "#partners", "origin=EG&host=DE")
            self._opens(manager, "#money", "about=money")
            manager.open(f"main table a[href$='/desk/cases/{self.reference}']", state="of a manager")
            assert manager.label(case_status_label, "closed") in manager.text

    def _opens(self, manager: Reader, section: str, address: str) -> None:
        """Follow the figure of a section to its list, and find the case there; the money's list is left open."""
        part = manager.page.locator(f"section[aria-labelledby='{section.removeprefix('#')}']")
        wanted = set(address.split("&"))
        links = [each for each in part.locator("td a").all() if wanted <= _parameters(each)]
        assert links, f"no figure of {section} leads to {address}:\n{part.inner_text()}"
        with manager.page.expect_navigation():
            links[0].click()
        manager.look(section)
        assert self.reference in manager.text, f"the case is not behind the figure:\n{manager.text}"
        if section != "#money":
            manager.follow("Back to the report")

    # -- steps --------------------------------------------------------------------------------------

    def _case_step(self, officer: Reader, step: str) -> None:
        form = _form(officer, f"{self.reference}/step")
        said = officer.label(case_step_label, step)
        form.get_by_role("radio", name=said, exact=True).check()
        officer.press("Continue…", within=form, state=step)
        officer.press_label(said)

    def _own_step(self, her: Reader, kind: str, step: str, facts: dict[str, Any]) -> None:
        path = f"/stays/{self.reference}/steps/{kind}/{step}"
        her.open(f"main a[href='{path}']", state=step)
        her.fill(facts)
        her.press_label(her.label(applicant_step_label, step))


CHAPTERS: Final = (
    "applies",
    "is_admitted",
    "is_asked",
    "answers",
    "visa_is_decided",
    "degree_is_recognised",
    "grant_is_signed",
    "language_is_learnt",
    "travels",
    "is_closed",
    "is_balanced",
)


def _form(officer: Reader, ending: str) -> Locator:
    return officer.page.locator(f"main form[action$='{ending}']")


def _step(officer: Reader, kind: str, step: str, facts: dict[str, Any]) -> None:
    """Choose a step of a stage on the case file, fill in what it needs, and take or propose it."""
    form = _form(officer, f"/stages/{kind}/step")
    said = officer.label(step_label, step)
    form.get_by_role("radio", name=said, exact=True).check()
    officer.press("Continue…", within=form, state=step)
    assert officer.page.get_by_role("heading", level=1).inner_text() == said
    officer.fill(facts)
    officer.press_label(officer.page.locator("main form .m-btn--main").inner_text(), state="")
    assert "/step" not in officer.page.url, f"{step} was refused:\n{officer.text}"


def _due(officer: Reader) -> date:
    row = officer.page.locator("main table tr").filter(has_text=ARTICLE).filter(has=officer.page.locator("time")).first
    return officer.day(row)


def _parameters(link: Locator) -> set[str]:
    return set((link.get_attribute("href") or "").partition("?")[2].split("&"))


def _path_in(mail: str, part: str) -> str:
    """Return the path of the link in a mail that has this part."""
    return urlsplit(next(line.strip() for line in mail.splitlines() if part in line)).path
