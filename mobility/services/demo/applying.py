"""Applications of the demo, written the way people write them: section by section, with documents, then sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from babel.numbers import get_currency_precision
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.applications.completeness import sections_of
from mobility.domain.applications.vocabulary import SectionCode
from mobility.domain.documents import DocumentKind, required_documents
from mobility.domain.stages import StageKind
from mobility.i18n import use_locale
from mobility.services.applications.drafts import start_application
from mobility.services.applications.sections import save_section
from mobility.services.applications.sending import send_application
from mobility.services.demo.files import DemoFiles
from mobility.services.documents import ReceivedFile, receive_file, store_document
from mobility.storage.models.accounts import Person
from mobility.storage.models.programmes import Call

_PAGE: Final = "demo"
_EUROS_A_DAY: Final = 48
_EURO: Final = "EUR"
Papers = Mapping[DocumentKind, ReceivedFile]
"""One kept file for each kind of document."""
RIGHTS: Final = "© {name}. For this application only; no copies without asking."


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who applies to which call, for which stay, with which work; `number` makes each a little different."""

    person: Person
    actor: Actor
    call: Call
    arrival_on: date
    departure_on: date
    discipline: str
    number: int

    @property
    def days(self) -> int:
        return (self.departure_on - self.arrival_on).days + 1


@dataclass(slots=True, kw_only=True)
class Desk:
    """What writing an application needs: the session, the files of the demo and the documents kept beforehand."""

    session: Session
    files: DemoFiles
    papers: Papers

    def begin(self, who: Applicant, now: datetime) -> int:
        """Begin an application and return its id."""
        return start_application(self.session, who.actor, who.call.code, now)

    def fill(self, who: Applicant, application_id: int, now: datetime, *, until: SectionCode | None = None) -> None:
        """Fill every section in order, or up to and with `until`."""
        for code in sections_of(self._stages(who)):
            if code is SectionCode.DOCUMENTS:
                self._send_documents(who, application_id, now)
            else:
                with use_locale("en"):  # amounts are typed as in English
                    raw = self._raw(code, who)
                    save_section(self.session, who.actor, application_id, code, raw, row_version=0, page=_PAGE, now=now)
            if code is until:
                return

    def send(self, who: Applicant, application_id: int, now: datetime) -> int:
        """Send an application that was filled, and return its case's id."""
        return send_application(self.session, who.actor, application_id, now)

    def _stages(self, who: Applicant) -> list[StageKind]:
        return [StageKind(each.stage) for each in who.call.route.programme.stages]

    def _send_documents(self, who: Applicant, application_id: int, now: datetime) -> None:
        for kind in required_documents(self._stages(who)):
            store_document(
                self.session,
                who.actor,
                kind=kind,
                stream=self.papers[kind],
                application_id=application_id,
                rights=RIGHTS.format(name=who.person.name) if kind is DocumentKind.PORTFOLIO else "",
                now=now,
            )

    def _raw(self, code: SectionCode, who: Applicant) -> dict[str, Any]:
        match code:
            case SectionCode.ABOUT_YOU:
                return _about(who)
            case SectionCode.YOUR_WORK:
                return self._work(who)
            case SectionCode.YOUR_STAY:
                return {"arrival_on": who.arrival_on.isoformat(), "departure_on": who.departure_on.isoformat()}
            case SectionCode.LANGUAGES:
                return {"languages": self._languages(who)}
            case SectionCode.FUNDING:
                return {"lines": self._budget(who)}
        return {"truthful": "y", "rights": "y", "data_protection": "y"}

    def _work(self, who: Applicant) -> dict[str, Any]:
        works = self.files.works[who.discipline]
        language = who.person.name_language
        fitting = [work for work in works if work["language"] == language] or works
        work = fitting[who.number % len(fitting)]
        return {"discipline": who.discipline, "title": work["title"], "statement": work["statement"], "links": ""}

    def _languages(self, who: Applicant) -> list[dict[str, str]]:
        own = who.person.name_language
        return [{"language": own, "level": "c2"}] + ([{"language": "en", "level": "b2"}] if own != "en" else [])

    def _budget(self, who: Applicant) -> list[dict[str, str]]:
        """Travel is paid by the state that sends, the stay by the one that receives, each in its money."""
        route = who.call.route
        travel = 420 + 35 * (who.number % 17)
        stay = _EUROS_A_DAY * who.days
        lines = [
            ("travel", travel, route.sending),
            ("stay", stay, route.receiving),
            ("insurance", 2 * who.days, route.sending),
        ]
        if who.number % 3 == 0:
            lines.append(("materials", 150 + 10 * (who.number % 20), route.receiving))
        return [self._line(*line) for line in lines]

    def _line(self, line: str, euros: int, payer: str) -> dict[str, str]:
        amount, currency = self.in_money_of(payer, euros)
        return {"line": line, "amount": format(amount, "f"), "currency": currency, "payer": payer}

    def in_money_of(self, country: str, euros: int) -> tuple[Decimal, str]:
        """Return an amount of euros in the money of a state, rounded to tens of it."""
        currency = self.files.currencies[country]
        if currency == _EURO:
            return Decimal(euros), currency
        return (Decimal(euros) * Decimal(self.files.rates[currency]) / 10).to_integral_value() * 10, currency

    def minor_in_money_of(self, country: str, euros: int) -> tuple[int, str]:
        """Return the same in whole minor units."""
        amount, currency = self.in_money_of(country, euros)
        return int(amount.scaleb(get_currency_precision(currency))), currency


def prepare_papers(session: Session) -> Papers:
    """Keep one short PDF and name it for each kind; it is checked like every file, so call it before the write unit."""
    kept = receive_file(session, BytesIO(_pdf("Demonstration")), "demonstration.pdf")
    return {kind: replace(kept, file_name=f"{kind.value}.pdf") for kind in DocumentKind}


def _about(who: Applicant) -> dict[str, str]:
    birth = date(1975 + who.number % 26, 1 + who.number % 12, 1 + who.number % 28)
    return {
        "birth_on": birth.isoformat(),
        "passport_number": f"{who.person.country}{4_100_207 + 7_919 * who.number}",
        "nationality": who.person.country,
        "residence": who.person.country,
        "phone": "",
    }


def _pdf(text: str) -> bytes:
    """Return a one-page PDF that says what it stands for."""
    words = f"BT /F1 22 Tf 72 740 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
