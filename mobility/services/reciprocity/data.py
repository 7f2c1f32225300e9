"""The report as plain rows: what each CSV file and the command's JSON hold.

Codes, ISO dates and plain numbers only; an undefined figure is None and its row says `status` "none". Staff pages show
everything, so no row is "hidden" here.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.reciprocity.lamps import Lamp
from mobility.domain.reciprocity.money import CountryMoney
from mobility.domain.reciprocity.pairs import PairMeasures, balance
from mobility.domain.reciprocity.quantities import Quantity
from mobility.domain.reciprocity.service import Proportion, approval, compliance
from mobility.domain.reciprocity.suppression import CellStatus
from mobility.services.reciprocity.report import Report, lamps_of
from mobility.services.statistics import ServiceSide

Row = dict[str, Any]


def number(value: Quantity | float | None) -> int | float | None:
    """Return an exact number as JSON and CSV take it: whole ones without decimals, others to six digits."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return round(float(value), 6)


def _status(*figures: object) -> str:
    return CellStatus.NONE.value if any(figure is None for figure in figures) else CellStatus.SHOWN.value


def _pair(measures: PairMeasures) -> Row:
    return {
        "sent": number(measures.ab),
        "hosted": number(measures.ba),
        "net": number(measures.net),
        "balance": number(measures.balance),
        "index": number(measures.index),
        "p": number(measures.p),
        "status": _status(measures.balance),
    }


def partner_rows(report: Report) -> list[Row]:
    """Return one row per partner, in the order of the page."""
    return [
        {"country": row.measures.a, "partner": row.measures.b, **_pair(row.measures), "lamp": row.lamp.state.value}
        for row in report.rows
    ]


def matrix_rows(report: Report) -> list[Row]:
    """Return one row per direction, same-country stays among them; where the page has no room for all, those taken."""
    if len(report.travelled) == len(report.matrix.countries):
        cells = [cell for row in report.matrix.rows for cell in row.cells]
        return [_cell(report, cell.origin, cell.host) for cell in cells]
    table = report.table
    taken = {*table.links, *((code, code) for code, weight in table.domestic.items() if weight)}
    return [_cell(report, origin, host) for origin, host in sorted(taken)]


def _cell(report: Report, origin: str, host: str) -> Row:
    table, domestic = report.table, origin == host
    weight = table.domestic.get(origin, 0) if domestic else table.weight(origin, host)
    return {
        "origin": origin,
        "host": host,
        report.query.unit.value: number(weight),
        "balance": None if domestic else number(balance(weight, table.weight(host, origin))),
        "domestic": int(domestic),
        "status": _status(weight),
    }


def imbalance_rows(report: Report) -> list[Row]:
    """Return the pairs of the whole exchange with the largest differences."""
    return [
        {
            "a": each.a,
            "b": each.b,
            "ab": number(each.ab),
            "ba": number(each.ba),
            "net": number(each.net),
            "balance": number(each.balance),
            "status": _status(each.balance),
        }
        for each in report.imbalances
    ]


def equity_rows(report: Report) -> list[Row]:
    """Return one row per group of the origin and group of the host."""
    if report.equity is None:
        return []
    return [
        {
            "origin_group": row.group,
            "host_group": cell.group,
            "people": number(cell.people),
            "share": number(cell.share),
            "status": _status(cell.share),
        }
        for row in report.equity.rows
        for cell in row.cells
    ]


def comparison_rows(report: Report) -> list[Row]:
    """Return the measures of both windows; none without a second one."""
    if report.compared is None:
        return []
    sides = (
        (report.window, report.measures, report.totals, report.own_pair),
        (report.compared.window, report.compared.measures, report.compared.totals, report.compared.pair),
    )
    return [
        {
            "first_day": window.first_on.isoformat(),
            "last_day": window.last_on.isoformat(),
            "total": number(measures.total),
            "r": number(measures.r),
            "mei": number(measures.mei),
            "sent": number(totals.ab),
            "hosted": number(totals.ba),
            "sent_to_partner": number(pair.ab),
            "hosted_from_partner": number(pair.ba),
            "balance_with_partner": number(pair.balance),
            "status": _status(measures.r),
        }
        for window, measures, totals, pair in sides
    ]


def ledger_rows(report: Report) -> list[Row]:
    """Return one row per accounting period of the pair; `signed_*` where both sides signed its figures."""
    return [
        {
            "first_day": line.period.starts_on.isoformat(),
            "last_day": line.period.ends_on.isoformat(),
            "country": report.country,
            "partner": report.partner,
            "sent": number(line.close.sent),
            "hosted": number(line.close.hosted),
            "expired": number(line.close.expired),
            "closing": number(line.close.closing),
            "tolerance": number(line.band),
            "balance": number(line.measures.balance),
            "r": number(line.r),
            "signed_version": line.confirmed.version if line.confirmed else None,
            "signed_hash": line.confirmed.content_hash if line.confirmed else None,
            "recorded_sent": number(line.recorded.sent),
            "recorded_hosted": number(line.recorded.hosted),
            "status": _status(line.measures.balance),
        }
        for line in report.ledger
    ]


def money_rows(report: Report) -> list[Row]:
    """Return one row per payer and side paid for; the sum is empty where nothing could be converted."""
    return [
        {
            "payer": cell.payer,
            "beneficiary": cell.beneficiary,
            "eur": cell.eur_minor / 100 if cell.payments > cell.not_converted else None,
            "payments": cell.payments,
            "not_converted": cell.not_converted,
            "status": CellStatus.NONE.value if cell.payments == cell.not_converted else CellStatus.SHOWN.value,
        }
        for cell in report.money.cells
    ]


def balance_rows(report: Report) -> list[Row]:
    """Return what each country paid and received."""
    return [_money(each) for each in report.money.countries]


def _money(each: CountryMoney) -> Row:
    return {
        "country": each.country,
        "paid_eur": number(Fraction(each.paid, 100)),
        "received_eur": number(Fraction(each.received, 100)),
        "contribution_share": number(each.contribution_share),
        "benefit_share": number(each.benefit_share),
        "ratio": number(each.ratio),
        "status": _status(each.contribution_share, each.benefit_share),
    }


def service_rows(report: Report) -> list[Row]:
    """Return one row per side."""
    return [_side(side) for side in report.service or ()]


def _side(side: ServiceSide) -> Row:
    counts = side.counts
    return {
        "applicants_from": side.sending,
        "offices_of": side.by,
        "approved": counts.approved,
        "refused": counts.refused,
        "withdrawn": counts.withdrawn,
        "pending": counts.pending,
        **_proportion("approval", approval(counts)),
        "kept": counts.kept,
        "limited": counts.limited,
        **_proportion("compliance", compliance(counts)),
        "median_days": side.median_days,
        "waits": side.waits,
        "status": _status(approval(counts), compliance(counts), side.median_days),
    }


def _proportion(name: str, found: Proportion | None) -> Row:
    return {
        name: number(found.share) if found else None,
        f"{name}_low": number(found.low) if found else None,
        f"{name}_high": number(found.high) if found else None,
    }


def quota_rows(report: Report) -> list[Row]:
    """Return one row per direction and unit that has a quota."""
    return [
        {
            "sending": line.sending,
            "receiving": line.receiving,
            "unit": line.unit.value,
            "used": number(line.use.used),
            "quota": number(line.use.quota),
            "utilisation": number(line.use.utilisation),
            "beyond": number(line.use.beyond),
            "routes_without_quota": line.routes_without,
            "status": _status(line.use.utilisation),
        }
        for line in report.quotas
    ]


TABLES: Final[Mapping[str, Callable[[Report], list[Row]]]] = MappingProxyType(
    {
        "partners": partner_rows,
        "matrix": matrix_rows,
        "ledger": ledger_rows,
        "money": money_rows,
        "contributions": balance_rows,
        "service": service_rows,
        "quotas": quota_rows,
        "imbalances": imbalance_rows,
        "equity": equity_rows,
        "comparison": comparison_rows,
    }
)
"""The tables of a report under the names of their files."""


def report_as_sheets(report: Report) -> dict[str, list[Row]]:
    """Return every table under its name, first one that says what the report is about."""
    about = {name: value for name, value in _about(report).items() if value is not None and value != []}
    told = [
        {"what": name, "value": ", ".join(value) if isinstance(value, list) else value} for name, value in about.items()
    ]
    told += [{"what": name, "value": value} for name, value in _measures(report).items()]
    return {"about": told, **{name: rows(report) for name, rows in TABLES.items()}}


def report_as_data(report: Report) -> Row:
    """Return the whole report as JSON values."""
    return {
        **_about(report),
        "measures": _measures(report),
        "country": report.country or None,
        "partner": report.partner or None,
        "lamps": [_lamp(lamp) for lamp in lamps_of(report)],
        "one_sided": report.pair.verdict.one_sided if report.pair else None,
        **{name: rows(report) for name, rows in TABLES.items()},
    }


def _about(report: Report) -> Row:
    return {
        "programmes": [each.code for each in report.scope.programmes],
        "instrument": report.scope.instrument_code or None,
        "collection": report.scope.collection.title if report.scope.collection else None,
        "source": report.scope.collection.source if report.scope.collection else None,
        "licence": report.scope.collection.licence if report.scope.collection else None,
        "discipline": report.query.discipline or None,
        "among": list(report.query.among),
        "from": report.window.first_on.isoformat(),
        "to": report.window.last_on.isoformat(),
        "unit": report.query.unit.value,
        "stays": report.query.stays.value,
        "level": "country",
        "tolerance": number(report.scope.tolerance),
        "under_way": report.under_way,
    }


def _measures(report: Report) -> Row:
    found = report.measures
    return {
        "total": number(found.total),
        "domestic": number(found.domestic),
        "pairs": found.pairs,
        "r": number(found.r),
        "mei": number(found.mei),
        "binary_reciprocity": number(found.binary),
    }


def _lamp(lamp: Lamp) -> Row:
    return {
        "lamp": lamp.code.value,
        "state": lamp.state.value,
        "reason": lamp.reason.value,
        "tilt": number(lamp.tilt),
        "figures": {name: number(value) for name, value in lamp.figures.items()},
    }
