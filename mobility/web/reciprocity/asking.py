"""What a report is asked for, as it stands in the address: read from it, and written back into links and the form.

A choice that cannot be read raises InvalidInput with the field and what was typed.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import url_for

from mobility.domain.applications.vocabulary import Discipline
from mobility.domain.countries import find_country
from mobility.domain.errors import InvalidInput
from mobility.services.reciprocity import GROUPS, About, CasesQuery, Report, ReportQuery, StaysKind, Unit

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
        collection=_collection(args),
        discipline=_discipline(args),
        among=_among(args),
        compare_first=_year(args, "compare_from"),
        compare_last=_year(args, "compare_to"),
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
        from_group=_group(args, "from_group"),
        to_group=_group(args, "to_group"),
    )


def whose(args: Mapping[str, str]) -> ReportQuery:
    """Return the question with nothing chosen but whose flows are counted, for when a choice cannot be used."""
    programme, instrument = named(args)
    typed = args.get("collection", "").strip()
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else None
    return ReportQuery(programme=programme, instrument=instrument, collection=number)


def _collection(args: Mapping[str, str]) -> int | None:
    typed = args.get("collection", "").strip()
    if not typed:
        return None
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 17:
        raise InvalidInput(field="collection", reason="not_a_choice", value=typed[:20])
    return int(typed)


def _discipline(args: Mapping[str, str]) -> str:
    typed = args.get("discipline", "").strip()
    if typed and typed not in set(Discipline):
        raise InvalidInput(field="discipline", reason="not_a_choice", value=typed[:40])
    return typed


def _among(args: Mapping[str, str]) -> tuple[str, ...]:
    """Codes with blanks or commas between them; of two or three letters."""
    found = set()
    for typed in args.get("among", "").replace(",", " ").split():
        code = find_country(typed)
        if code is None:
            raise InvalidInput(field="among", reason="not_a_country", value=typed[:20])
        found.add(code)
    return tuple(sorted(found))


def _group(args: Mapping[str, str], name: str) -> str:
    """Both groups are named, or neither."""
    typed, other = args.get(name, ""), args.get("to_group" if name == "from_group" else "from_group", "")
    if (typed or other) and typed not in GROUPS:
        raise InvalidInput(field=name, reason="not_a_choice", value=typed[:20])
    return typed


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
        "collection": query.collection,
        "discipline": query.discipline or None,
        "among": " ".join(query.among) or None,
        "compare_from": report.compared.window.first_year if report.compared else None,
        "compare_to": report.compared.window.last_year if report.compared else None,
    }
    return {name: value for name, value in (parameters | changes).items() if value is not None}


def report_url(report: Report, **changes: Any) -> str:
    """Return the address of this report with some choices changed."""
    return url_for("reciprocity.show", **address(report, **changes))


def cases_url(report: Report, origin: str, host: str, about: About | str = About.STAYS, year: int | None = None) -> str:
    """Return the address of the cases behind a figure of this report, or of one of its years."""
    about = About(about)
    if about is About.STAYS and report.scope.collection is not None:
        about = About.IMPORTED
    changes: dict[str, Any] = {"origin": origin, "host": host, "about": about.value, "country": None, "partner": None}
    if year is not None:
        changes |= {"from": year, "to": year}
    return url_for("reciprocity.cases", **address(report, **changes, compare_from=None, compare_to=None))


def group_url(report: Report, from_group: str, to_group: str) -> str:
    """Return the address of the stays behind a cell of the income matrix."""
    return cases_url(report, "", "") + "&" + urlencode({"from_group": from_group, "to_group": to_group})


def table_url(report: Report, name: str, kind: str = "csv") -> str:
    """Return the address of a table of this report as a file; `kind` is csv or xlsx."""
    return url_for("reciprocity.download", name=name, kind=kind, **address(report))
