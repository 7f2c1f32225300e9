"""A statement of what two states exchanged in one accounting period, and how both come to agree on it.

Decides what a statement holds, its canonical text and hash, and which step whom may take: one side signs, the other
confirms or disputes entry by entry; a correction is another version. What is counted, where it is kept and who stands
for a side is decided in `services/statements`; carrying the balance over in `reciprocity/ledger`.
"""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from mobility.domain.errors import DomainError, InvalidInput, NotPermitted, TransitionNotPermitted
from mobility.domain.reciprocity.ledger import LedgerClose, LedgerTerms, Lot, PeriodFlow, keep_ledger

FORMAT: Final = "mobility.statement/1"


class EntryCode(StrEnum):
    """What both sides agree on, in the order of the page. A is the first state by code; money is in euro cents.

    OPENING and CLOSING are the ledger of A (positive: A has sent more); TOLERANCE is in per cent.
    """

    PEOPLE_AB = "people_ab"
    PEOPLE_BA = "people_ba"
    DAYS_AB = "days_ab"
    DAYS_BA = "days_ba"
    MONEY_AB = "money_ab"
    MONEY_BA = "money_ba"
    TOLERANCE = "tolerance"
    OPENING = "opening"
    CLOSING = "closing"


DERIVED: Final = frozenset({EntryCode.CLOSING})
"""Follows from the other entries, so nobody can set it."""

SIGNED_NUMBERS: Final = frozenset({EntryCode.OPENING, EntryCode.CLOSING})
"""May be below zero; all other entries may not."""


class StatementState(StrEnum):
    FROZEN = "frozen"
    SIGNED = "signed"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class NotTheOtherSide(NotPermitted):
    """Whoever signed, and their side, cannot also confirm."""

    code = "not_the_other_side"


class StatementReplaced(DomainError):
    """There is a newer version; steps are taken on that one."""

    code = "statement_replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a version has come. `signed_side` and `answered_side` are country codes, "" before the step."""

    sides: tuple[str, str]
    state: StatementState = StatementState.FROZEN
    signed_side: str = ""
    signed_by: int = 0
    answered_side: str = ""
    answered_by: int = 0
    is_replaced: bool = False

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Return the sides whose turn it is; nobody's once it is confirmed or replaced."""
        if self.is_replaced or self.state is StatementState.CONFIRMED:
            return ()
        if self.state is StatementState.FROZEN:
            return self.sides
        return (self.other_side,)

    @property
    def other_side(self) -> str:
        """Return the side that did not sign; "" before anybody has."""
        a, b = self.sides
        return {a: b, b: a}.get(self.signed_side, "")


def sign(standing: Standing, side: str, person: int) -> Standing:
    """One side signs a frozen version. Raises NotPermitted for who stands for neither side."""
    _require_current(standing)
    if standing.state is not StatementState.FROZEN:
        raise TransitionNotPermitted(state=standing.state.value, step="sign")
    if side not in standing.sides:
        raise NotPermitted(step="sign_statement", side=side)
    return replace(standing, state=StatementState.SIGNED, signed_side=side, signed_by=person)


def answer(standing: Standing, side: str, person: int, verdicts: Mapping[EntryCode, Verdict]) -> Standing:
    """The other side answers every entry; one dispute disputes the statement, and may be lifted by answering again.

    Raises NotTheOtherSide, InvalidInput naming an entry without a verdict, TransitionNotPermitted.
    """
    _require_current(standing)
    if standing.state not in (StatementState.SIGNED, StatementState.DISPUTED):
        raise TransitionNotPermitted(state=standing.state.value, step="answer")
    if side != standing.other_side or person == standing.signed_by:
        raise NotTheOtherSide(step="answer_statement", side=side)
    for code in EntryCode:
        if code not in verdicts:
            raise InvalidInput(field=code.value, reason="no_verdict", value="")
    agreed = all(verdict is Verdict.CONFIRMED for verdict in verdicts.values())
    state = StatementState.CONFIRMED if agreed else StatementState.DISPUTED
    return replace(standing, state=state, answered_side=side, answered_by=person)


def give_way(standing: Standing) -> Standing:
    """A newer version takes the place of this one, whatever state it is in; what was confirmed stays confirmed."""
    _require_current(standing)
    return replace(standing, is_replaced=True)


def _require_current(standing: Standing) -> None:
    if standing.is_replaced:
        raise StatementReplaced(state=standing.state.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One figure. `counted` is what the records gave when it was frozen; `value` differs only with a `reason`.

    `cases` are references, in order. `without_case`: stays whose case was erased; `imported`: people known only from
    imported history; `left_out`: payments without a rate, which are in no sum.
    """

    code: EntryCode
    value: int
    counted: int
    reason: str = ""
    cases: tuple[str, ...] = ()
    without_case: int = 0
    imported: int = 0
    left_out: int = 0

    def __post_init__(self) -> None:
        if self.value < 0 and self.code not in SIGNED_NUMBERS:
            raise InvalidInput(field=self.code.value, reason="negative", value=self.value)
        if self.value != self.counted and self.code not in DERIVED and not self.reason.strip():
            raise InvalidInput(field=self.code.value, reason="no_reason", value=self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that is frozen; `replaces` and `opening_from` are hashes of other statements, "" for none.

    `lots` are what is carried into the next period: (year of the period in which it arose, places).
    """

    instrument: str
    sides: tuple[str, str]
    starts_on: str
    ends_on: str
    version: int
    programmes: tuple[str, ...]
    frozen_at: str
    entries: tuple[Entry, ...]
    lots: tuple[tuple[int, int], ...]
    opening_from: str = ""
    replaces: str = ""
    why: str = ""

    def entry(self, code: EntryCode) -> Entry:
        """Return one entry."""
        return next(each for each in self.entries if each.code is code)


def close_ledger(flow: PeriodFlow, carried: Collection[Lot], terms: LedgerTerms) -> LedgerClose:
    """Close one period of a ledger on top of what was carried."""
    return keep_ledger([flow], terms, tuple(carried))[0]


def canonical_text(value: Any) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces, NFC, whole numbers only.

    Raises InvalidInput for a float, whose text would depend on who writes it.
    """
    return json.dumps(_canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", str(key)): _canonical(each) for key, each in value.items()}
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_canonical(each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    raise InvalidInput(field="content", reason="not_canonical", value=repr(value))


def hash_of(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8, in hexadecimal: what `sha256sum` says of the downloaded file."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_of(content: Content) -> str:
    """Return the canonical text of a statement."""
    return canonical_text(
        {
            "format": FORMAT,
            "instrument": content.instrument,
            "sides": content.sides,
            "period": {"first_day": content.starts_on, "last_day": content.ends_on},
            "version": content.version,
            "programmes": content.programmes,
            "frozen_at": content.frozen_at,
            "entries": [_entry_data(each) for each in content.entries],
            "carried_over": content.lots,
            "opening_from": content.opening_from,
            "replaces": content.replaces,
            "why": content.why,
        }
    )


def _entry_data(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code.value,
        "value": entry.value,
        "counted": entry.counted,
        "reason": entry.reason,
        "cases": entry.cases,
        "without_case": entry.without_case,
        "imported": entry.imported,
        "left_out": entry.left_out,
    }


def content_of(text: str) -> Content:
    """Return the statement behind its canonical text; raises InvalidInput for a text that is none."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise InvalidInput(field="content", reason="unknown_format", value=str(data["format"]))
        return Content(
            instrument=data["instrument"],
            sides=(data["sides"][0], data["sides"][1]),
            starts_on=data["period"]["first_day"],
            ends_on=data["period"]["last_day"],
            version=data["version"],
            programmes=tuple(data["programmes"]),
            frozen_at=data["frozen_at"],
            entries=tuple(_entry_of(each) for each in data["entries"]),
            lots=tuple((year, places) for year, places in data["carried_over"]),
            opening_from=data["opening_from"],
            replaces=data["replaces"],
            why=data["why"],
        )
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise InvalidInput(field="content", reason="unreadable", value=text[:40]) from error


def _entry_of(data: Mapping[str, Any]) -> Entry:
    return Entry(
        code=EntryCode(data["code"]),
        value=data["value"],
        counted=data["counted"],
        reason=data["reason"],
        cases=tuple(data["cases"]),
        without_case=data["without_case"],
        imported=data["imported"],
        left_out=data["left_out"],
    )
