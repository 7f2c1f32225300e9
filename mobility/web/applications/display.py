"""Answers in words, for reading them again: on the page that checks them and on the merge page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from mobility.domain.applications.vocabulary import SECTION_FIELDS, Field, FieldType, SectionCode, Typed
from mobility.i18n import gettext as _
from mobility.i18n.applications_labels import BUDGET_ITEMS, DISCIPLINES, FIELDS
from mobility.i18n.formats import country_name, format_date, format_money, language_name


def answer_lines(code: SectionCode, answers: Mapping[str, Any], typed: Mapping[str, Typed]) -> dict[str, list[str]]:
    """Return for each field of a section the lines in which its answer is shown; none when it has no answer."""
    return {each.code: _field_lines(each, answers, typed) for each in SECTION_FIELDS[code]}


def field_label(code: str) -> str:
    """Return the words of a field."""
    return str(FIELDS[code])


def _field_lines(each: Field, answers: Mapping[str, Any], typed: Mapping[str, Typed]) -> list[str]:
    if each.type is FieldType.ROWS:
        rows = answers.get(each.code) or []
        return [_row(each, f"{each.code}-{number}", row, typed) for number, row in enumerate(rows)]
    if each.code in typed:
        return [typed[each.code].text] if typed[each.code].text else []
    value = answers.get(each.key)
    if value in (None, "", [], False):
        return []
    if each.type is FieldType.LINKS:
        return [str(link) for link in value]
    if each.type is FieldType.AREA:
        return str(value).split("\n")
    return [_words(each, value)]


def _words(each: Field, value: Any) -> str:
    if each.type is FieldType.DAY:
        return format_date(date.fromisoformat(value), "full")
    if each.type is FieldType.COUNTRY:
        return country_name(value)
    if each.type is FieldType.LANGUAGE:
        return language_name(value)
    if each.type is FieldType.TICK:
        return _("yes")
    if each.code == "discipline":
        return str(DISCIPLINES.get(value, value))
    if each.code == "line":
        return str(BUDGET_ITEMS.get(value, value))
    return str(value).upper() if each.code == "level" else str(value)


def _row(each: Field, path: str, row: Mapping[str, Any], typed: Mapping[str, Typed]) -> str:
    cells = {
        column.code: typed[f"{path}-{column.code}"].text
        if f"{path}-{column.code}" in typed
        else (_words(column, row[column.key]) if row.get(column.key) not in (None, "") else "…")
        for column in each.columns
    }
    if each.code == "languages":
        return _("%(language)s: level %(level)s", **cells)
    if row.get("amount_minor") is not None and row.get("currency"):
        cells["amount"] = format_money(row["amount_minor"], row["currency"])
        return _("%(line)s: %(amount)s, asked of %(payer)s", **cells)
    return _("%(line)s: %(amount)s %(currency)s, asked of %(payer)s", **cells)
