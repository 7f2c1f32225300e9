"""Turns what was typed into values and back, in the language of the moment.

A value that cannot be read stays as it was typed, with the reason. Nothing is judged here but whether it can be
read: what a complete section needs is decided in `mobility.domain.applications`.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.applications.vocabulary import (
    SEALED,
    SECTION_FIELDS,
    Field,
    FieldType,
    Reason,
    SectionCode,
    Typed,
)
from mobility.domain.errors import InvalidInput
from mobility.domain.typed_days import read_day, write_day
from mobility.i18n.amounts import read_amount, write_amount
from mobility.i18n.formats import country_choices, language_choices

Raw = Mapping[str, Any]
"""What a form holds: text per field, and for rows a list of such mappings."""
_LONGEST_KEPT: Final = 20_000  # characters of one input; what is longer was not typed
_TICKED: Final = "y"


@dataclass(frozen=True, slots=True)
class Reading:
    """Values by key, and beside them what could not be read, by path."""

    answers: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Typed] = field(default_factory=dict)


def read_answers(code: SectionCode, raw: Raw) -> Reading:
    """Read all fields of a section; fields that are not in `raw` were left empty."""
    reading = Reading()
    for each in SECTION_FIELDS[code]:
        if each.type is FieldType.ROWS:
            reading.answers[each.code] = _read_rows(each, raw.get(each.code) or [], reading.typed)
        else:
            _read_field(each, each.code, raw, reading.answers, reading.typed)
    return reading


def write_answers(code: SectionCode, answers: Mapping[str, Any], typed: Mapping[str, Typed]) -> dict[str, Any]:
    """Return what to show in the form again: what was typed where it could not be read, else the value."""
    raw: dict[str, Any] = {}
    for each in SECTION_FIELDS[code]:
        if each.type is FieldType.ROWS:
            rows = answers.get(each.code) or []
            raw[each.code] = [_write_row(each, number, row, typed) for number, row in enumerate(rows)]
        else:
            raw[each.code] = _write_field(each, each.code, answers, typed)
    return raw


def _read_rows(each: Field, rows: Sequence[Raw], typed: dict[str, Typed]) -> list[dict[str, Any]]:
    """Rows in which nothing was typed are left out; one more than the most is kept, so that it can be complained of."""
    kept: list[dict[str, Any]] = []
    for raw in rows:
        if len(kept) > each.most_rows or not any(_text(raw, column) for column in each.columns if not column.is_preset):
            continue
        row: dict[str, Any] = {}
        for column in each.columns:
            _read_field(column, f"{each.code}-{len(kept)}-{column.code}", raw, row, typed)
        kept.append(row)
    return kept


def _read_field(each: Field, path: str, raw: Raw, answers: dict[str, Any], typed: dict[str, Typed]) -> None:
    text = _text(raw, each)
    if not text:
        return
    try:
        answers[each.key] = _READERS[each.type](each, text, raw)
    except InvalidInput as error:
        typed[path] = Typed(text=text, reason=Reason(str(error.parameters["reason"])))


def _text(raw: Raw, each: Field) -> str:
    value = raw.get(each.code) or ""
    return unicodedata.normalize("NFC", str(value).replace("\x00", "")).strip()[:_LONGEST_KEPT]


def _read_text(each: Field, text: str, raw: Raw) -> str:
    return " ".join(text.split())


def _read_number(each: Field, text: str, raw: Raw) -> str:
    return "".join(_western(text).replace("-", " ").split()).upper()


def _read_phone(each: Field, text: str, raw: Raw) -> str:
    return " ".join(_western(text).split())


def _western(text: str) -> str:
    """Figures of any script as 0 to 9; everything else as it was."""
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)


def _read_area(each: Field, text: str, raw: Raw) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_links(each: Field, text: str, raw: Raw) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read_day(each: Field, text: str, raw: Raw) -> str:
    return read_day(text).isoformat()


def _read_money(each: Field, text: str, raw: Raw) -> int:
    return read_amount(text, str(raw.get("currency") or ""))


def _read_choice(each: Field, text: str, raw: Raw) -> str:
    return _one_of(each, text, each.choices)


def _read_country(each: Field, text: str, raw: Raw) -> str:
    return _one_of(each, text, [code for code, _ in country_choices()])


def _read_language(each: Field, text: str, raw: Raw) -> str:
    return _one_of(each, text, [code for code, _ in language_choices()])


def _one_of(each: Field, text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise InvalidInput(field=each.code, reason="not_a_choice", value=text)
    return text


def _read_tick(each: Field, text: str, raw: Raw) -> bool:
    return text == _TICKED


_READERS: Final[Mapping[FieldType, Callable[[Field, str, Raw], Any]]] = MappingProxyType(
    {
        FieldType.TEXT: _read_text,
        FieldType.AREA: _read_area,
        FieldType.NUMBER: _read_number,
        FieldType.PHONE: _read_phone,
        FieldType.LINKS: _read_links,
        FieldType.DAY: _read_day,
        FieldType.COUNTRY: _read_country,
        FieldType.LANGUAGE: _read_language,
        FieldType.CHOICE: _read_choice,
        FieldType.MONEY: _read_money,
        FieldType.TICK: _read_tick,
    }
)


def _write_row(each: Field, number: int, row: Raw, typed: Mapping[str, Typed]) -> dict[str, str]:
    return {
        column.code: _write_field(column, f"{each.code}-{number}-{column.code}", row, typed) for column in each.columns
    }


def _write_field(each: Field, path: str, answers: Raw, typed: Mapping[str, Typed]) -> str:
    if path in typed:
        return typed[path].text
    value = answers.get(each.key)
    if value is None or value is False or value in ("", SEALED):
        return ""
    if each.type is FieldType.DAY:
        return write_day(date.fromisoformat(value))
    if each.type is FieldType.MONEY:
        return write_amount(value, str(answers.get("currency") or ""))
    if each.type is FieldType.LINKS:
        return "\n".join(value)
    return _TICKED if value is True else str(value)
