"""What the tests of case pages share: a clock that stands still, a case at its desks, short ways to read a page."""

import html
import re
import sys
from io import BytesIO

from mobility.domain.events import EventCode
from mobility.domain.law_codes import ExtensionModel, PeriodUnit, SuspensionModel
from mobility.domain.treaties import Extension, Suspension
from mobility.services.documents import ReceivedFile, store_document
from mobility.storage.db import write_unit
from tests.factories import NOW, make_provision
from tests.files import samples
from tests.web.forms import csrf_token

SCREENS = ("mobility.web.cases", "mobility.web.desk", "mobility.web.clocks")


def stop_the_clock(monkeypatch, now=NOW) -> None:
    """Let the pages of cases think it is `now`: the builders make their cases around that day."""
    for name, module in list(sys.modules.items()):
        if name.startswith(SCREENS) and hasattr(module, "utc_now"):
            monkeypatch.setattr(module, "utc_now", lambda: now)


def visa_provision(session, code="V05", **terms):
    """A decision on the visa within 30 days of lodging; it stops for questions and can be extended once."""
    given = {
        "starts_on": "visa_lodged",
        "met_by": ("visa_decided",),
        "calendar": "actor",
        "period": "30",
        "unit": "days",
        "consequence": "The applicant may complain.",
        "suspension": Suspension(
            model=SuspensionModel.STOP_AND_RESUME,
            from_event=EventCode.DOCUMENTS_REQUESTED,
            to_event=EventCode.DOCUMENTS_RECEIVED,
        ),
        "extension": Extension(
            model=ExtensionModel.NEW_TOTAL, period="45", unit=PeriodUnit.DAYS, ground="Further scrutiny is needed."
        ),
    }
    return make_provision(session, code=code, **(given | terms))


def give_document(scene, kind="cv"):
    """Put a document into the case, as if it had come with the application."""
    with write_unit(scene.session):
        received = ReceivedFile(
            sha256="a" * 64, size=len(samples.pdf()), media_type="application/pdf", file_name="a.pdf"
        )
        stored = store_document(
            scene.session,
            scene.applicant,
            kind=kind,
            stream=received,
            case_id=scene.case.id,
            rights="© the artist",
            now=NOW,
        )
        return stored.id


def words(page) -> str:
    """Return what a reader sees, in one line."""
    body = page.text.split("<main", 1)[-1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body))).strip()


def hidden(page, name, after="") -> str:
    """Return the value of the first hidden field of that name after a piece of the page."""
    text = page.text[page.text.index(after) :] if after else page.text
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    return html.unescape(found.group(1)) if found else ""


def press(client, page_url, url, data=None, *, after="", **options):
    """Open a page and send a form of it: its token, the version and what was seen, from the form after `after`."""
    page = client.get(page_url)
    fields = {"csrf_token": csrf_token(page)}
    fields |= {name: hidden(page, name, after) for name in ("row_version", "seen", "was")}
    return client.post(url, data=fields | (data or {}), **options)


def a_file(content=None, name="letter.pdf"):
    """Return a file as a form sends it."""
    return (BytesIO(samples.pdf() if content is None else content), name)
