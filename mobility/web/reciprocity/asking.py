"""What a report is asked for, as it stands in the address: read from it, and written back into links and the form.

A choice that cannot be read raises InvalidInput with the field and what was typed.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask import url_for

from mobility.domain.errors import InvalidInput
from mobility.services.reciprocity import About, CasesQuery, Report, ReportQuery, StaysKind, Unit

Choice = TypeVar("Choice", bound=StrEnum)


def read_query(args: Mapping[str, str]) -> ReportQuery:
    """Return the question in the address of the report."""
    programme, instrument = named(args)
    return ReportQuery(
        programme=programme,
        instrument=instrument,
        first_year=_year(args, "from"),
        last_year=_year(args, "to"),
        unit=_choice(args, "unit", Unit, Unit.PEOPLE),
        stays=_choice(args, "stays", StaysKind, StaysKind.ACTUAL),
        country=_code(args, "country"),
        partner=_code(args, "partner"),
    )


def named(args: Mapping[str, str]) -> tuple[str, str]:
    """Return the programme and the instrument that the address names; of both, the programme wins."""
    programme = args.get("programme", "").strip()[:64]
    return programme, "" if programme else args.get("instrument", "").strip()[:64]


def read_cases_query(args: Mapping[str, str]) -> CasesQuery:
    """Return the question in the address of a list of cases."""
    return CasesQuery(
        report=read_query(args),
        about=_choice(args, "about", About, About.STAYS),
        origin=_code(args, "origin"),
        host=_code(args, "host"),
        after=args.get("after", "")[:40],
    )


def _year(args: Mapping[str, str], name: str) -> int | None:
    typed = args.get(name, "").strip()
    if not typed:
        return None
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 4:
        raise InvalidInput(field=name, reason="year_out_of_range", value=typed[:20])
    return int(typed)


def _choice(args: Mapping[str, str], name: str, choices: type[Choice], usual: Choice) -> Choice:
    typed = args.get(name, "").strip()
    if not typed:
        return usual
    try:
        return choices(typed)
    except ValueError:
        raise InvalidInput(field=name, reason="not_a_choice", value=typed[:40]) from None


def _code(args: Mapping[str, str], name: str) -> str:
    typed = args.get(name, "").strip().upper()
    if typed and (len(typed) != 2 or not typed.isascii() or not typed.isalpha()):
        raise InvalidInput(field=name, reason="not_a_party", value=typed[:20])
    return typed


def address(report: Report, **changes: Any) -> dict[str, Any]:
    """Return the report's question as query parameters, with every choice spelled out; None leaves one away."""
    query, window = report.query, report.window
    parameters: dict[str, Any] = {
        "programme": query.programme or None,
        "instrument": query.instrument or None,
        "from": window.first_year,
        "to": window.last_year,
        "unit": query.unit.value,
        "stays": query.stays.value,
        "country": report.country or None,
        "partner": report.partner or None,
    }
    return {name: value for name, value in (parameters | changes).items() if value is not None}


def report_url(report: Report, **changes: Any) -> str:
    """Return the address of this report with some choices changed."""
    return url_for("reciprocity.show", **address(report, **changes))


def cases_url(report: Report, origin: str, host: str, about: About | str = About.STAYS) -> str:
    """Return the address of the cases behind a figure of this report."""
    return url_for(
        "reciprocity.cases",
        **address(report, origin=origin, host=host, about=About(about).value, country=None, partner=None),
    )


def table_url(report: Report, name: str) -> str:
    """Return the address of a table of this report as a file."""
    return url_for("reciprocity.download", name=name, **address(report))
