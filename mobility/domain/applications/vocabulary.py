"""What an application asks: its sections, the fields of each, and the words in which something may be wrong.

Answers are stored as values, never as typed text: days as ISO text, amounts as minor units, countries and choices as
codes. What could not be read as a value stands apart as `Typed`, so that it can be shown again. Reading what was typed
is the services' matter (it needs the reader's language); sealing and files are elsewhere too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.documents import DocumentKind, DocumentStatus
from mobility.domain.errors import DomainError
from mobility.domain.stages import StageKind
from mobility.domain.stages.language import Level


class ApplicationStatus(StrEnum):
    """A draft belongs to the person alone; once submitted it is frozen and the case takes over."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class SectionCode(StrEnum):
    """The sections, in the order in which they are asked."""

    ABOUT_YOU = "about_you"
    YOUR_WORK = "your_work"
    YOUR_STAY = "your_stay"
    LANGUAGES = "languages"
    FUNDING = "funding"
    DOCUMENTS = "documents"
    DECLARATIONS = "declarations"


class SectionStatus(StrEnum):
    """What the task list says of a section."""

    NOT_STARTED = "not_started"
    TO_FINISH = "to_finish"
    COMPLETE = "complete"


class Discipline(StrEnum):
    """The field of work; stored with calls, cases and flows."""

    VISUAL_ARTS = "visual_arts"
    MUSIC = "music"
    THEATRE = "theatre"
    DANCE = "dance"
    LITERATURE = "literature"
    FILM = "film"
    DESIGN = "design"
    ARCHITECTURE = "architecture"
    HERITAGE = "heritage"
    RESEARCH = "research"
    TEACHING = "teaching"


class BudgetItem(StrEnum):
    """What money is asked for."""

    TRAVEL = "travel"
    STAY = "stay"
    LODGING = "lodging"
    MATERIALS = "materials"
    INSURANCE = "insurance"
    FEES = "fees"
    TUITION = "tuition"
    OTHER = "other"


CURRENCIES: Final = tuple(
    """
    AED AMD ARS AUD BRL CAD CHF CLP CNY COP CZK DKK EGP
    EUR GBP GEL HUF IDR ILS INR JOD JPY KES KRW KZT LBP
    MAD MXN NGN NOK NZD PEN PHP PLN RON RSD RUB SAR SEK
    SGD THB TND TRY UAH USD UZS VND XAF XOF ZAR
    """.split()  # noqa: SIM905 - one code a line would be a page
)


class FieldType(StrEnum):
    """How an answer is typed, and so what it may be."""

    TEXT = "text"
    AREA = "area"
    NUMBER = "number"  # of a document: capitals and figures, spaces do not count
    PHONE = "phone"
    LINKS = "links"
    DAY = "day"
    COUNTRY = "country"
    LANGUAGE = "language"
    CHOICE = "choice"
    MONEY = "money"
    TICK = "tick"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One answer of a section; for rows, `columns` are the answers of one row.

    A money column `amount` is read together with the column `currency` of its row and stored as `amount_minor`.
    """

    code: str
    type: FieldType
    is_required: bool = True
    is_sealed: bool = False
    is_preset: bool = False  # chosen beforehand in the form: a row in which nothing else was given is empty
    longest: int = 200
    choices: tuple[str, ...] = ()
    columns: tuple["Field", ...] = ()
    most_rows: int = 0

    @property
    def key(self) -> str:
        """Under which name the value is stored."""
        return f"{self.code}_minor" if self.type is FieldType.MONEY else self.code


SECTION_FIELDS: Final[Mapping[SectionCode, tuple[Field, ...]]] = MappingProxyType(
    {
        SectionCode.ABOUT_YOU: (
            Field(code="birth_on", type=FieldType.DAY, is_sealed=True),
            Field(code="passport_number", type=FieldType.NUMBER, is_sealed=True, longest=20),
            Field(code="nationality", type=FieldType.COUNTRY),
            Field(code="residence", type=FieldType.COUNTRY),
            Field(code="phone", type=FieldType.PHONE, is_required=False, longest=30),
        ),
        SectionCode.YOUR_WORK: (
            Field(code="discipline", type=FieldType.CHOICE, choices=tuple(Discipline)),
            Field(code="title", type=FieldType.TEXT),
            Field(code="statement", type=FieldType.AREA, longest=6000),
            Field(code="links", type=FieldType.LINKS, is_required=False, longest=2000),
        ),
        SectionCode.YOUR_STAY: (
            Field(code="arrival_on", type=FieldType.DAY),
            Field(code="departure_on", type=FieldType.DAY),
        ),
        SectionCode.LANGUAGES: (
            Field(
                code="languages",
                type=FieldType.ROWS,
                most_rows=10,
                columns=(
                    Field(code="language", type=FieldType.LANGUAGE),
                    Field(code="level", type=FieldType.CHOICE, choices=tuple(Level)),
                ),
            ),
        ),
        SectionCode.FUNDING: (
            Field(
                code="lines",
                type=FieldType.ROWS,
                most_rows=20,
                columns=(
                    Field(code="line", type=FieldType.CHOICE, choices=tuple(BudgetItem)),
                    Field(code="amount", type=FieldType.MONEY, longest=40),
                    Field(code="currency", type=FieldType.CHOICE, choices=CURRENCIES, is_preset=True),
                    Field(code="payer", type=FieldType.COUNTRY),
                ),
            ),
        ),
        SectionCode.DOCUMENTS: (),
        SectionCode.DECLARATIONS: (
            Field(code="truthful", type=FieldType.TICK),
            Field(code="rights", type=FieldType.TICK),
            Field(code="data_protection", type=FieldType.TICK),
        ),
    }
)

SEALED: Final = "sealed"
"""Stands in the answers for a value that is kept encrypted under the person's own key."""


class Reason(StrEnum):
    """Why an answer does not do; the sentence for each is in `mobility.i18n.applications_labels`."""

    MISSING = "missing"
    NOT_A_DAY = "not_a_day"
    NO_SUCH_DAY = "no_such_day"
    YEAR_OUT_OF_RANGE = "year_out_of_range"
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"
    NOT_AN_AMOUNT = "not_an_amount"
    TOO_MANY_DECIMALS = "too_many_decimals"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    BIRTH_IN_FUTURE = "birth_in_future"
    NOT_A_PASSPORT_NUMBER = "not_a_passport_number"
    NOT_A_PHONE_NUMBER = "not_a_phone_number"
    NOT_A_LINK = "not_a_link"
    TOO_MANY_LINKS = "too_many_links"
    OTHER_DISCIPLINE = "other_discipline"
    ARRIVAL_PAST = "arrival_past"
    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    DEPARTURE_BEFORE_ARRIVAL = "departure_before_arrival"
    STAY_TOO_SHORT = "stay_too_short"
    STAY_TOO_LONG = "stay_too_long"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    SAME_LANGUAGE_TWICE = "same_language_twice"
    NOT_A_PAYER = "not_a_payer"
    MUST_BE_TICKED = "must_be_ticked"
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_RETURNED = "document_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that keeps a section from being complete; `path` names the input, `lines-0-amount` within rows."""

    path: str
    reason: Reason
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed and could not be read as a value, with the reason; kept so that it can be shown again."""

    text: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What the answers are measured against: the call, its route and programme, and today where the call closes."""

    sending: str
    receiving: str
    discipline: str
    stay_from: date
    stay_until: date
    min_days: int
    max_days: int
    stages: frozenset[StageKind]
    language_level: str
    currency: str
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SentDocument:
    """What completeness must know of one current document."""

    kind: DocumentKind
    status: DocumentStatus


class SectionsIncomplete(DomainError):
    """The application cannot be sent yet; `sections` are the codes of those to finish."""

    code = "sections_incomplete"


class CallClosed(DomainError):
    """The call no longer takes applications, or not yet; `closed_on` and `time_zone` say since when, and where."""

    code = "call_closed"


class AlreadySent(DomainError):
    """The application was sent; its answers are frozen and the case goes on with them."""

    code = "already_sent"


Answers = Mapping[str, Any]
