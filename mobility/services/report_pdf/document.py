"""What the report says on paper, in the language of the moment: sentences, tables of text, and numbers to draw.

Everything is plain data for the template, which decides how it looks. The words are those of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from mobility.domain.reciprocity.lamps import Lamp, LampState, Side
from mobility.domain.reciprocity.quantities import Quantity
from mobility.domain.reciprocity.service import approval, compliance
from mobility.i18n import current_code, language_of
from mobility.i18n import gettext as _
from mobility.i18n import reciprocity_labels as words
from mobility.i18n.applications_labels import DISCIPLINES
from mobility.i18n.formats import country_name, format_date, format_money, format_number, format_share, in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.ledger_notes import ledger_notes
from mobility.services.reciprocity import Report, StaysKind, Unit, Window
from mobility.services.reciprocity.ledger import LedgerLine
from mobility.services.report_pdf.cells import Cell, Section, number_cell, quantity_cell, section_of, text_cell
from mobility.services.statistics import ServiceSide

MOST_PARTNERS: Final = 30
MOST_IN_MATRIX: Final = 10
MOST_IN_NARROW_MATRIX: Final = 6
JUDGED: Final = frozenset({LampState.BALANCED, LampState.TILTS_TO_A, LampState.TILTS_TO_B})


def describe_report(report: Report, *, narrow: bool = False) -> dict[str, Any]:
    """Return the document; `narrow`: it has half a page's width, so its matrix keeps fewer countries."""
    language = language_of(current_code())
    names = _Names(report)
    sections = [
        _comparison(report, names),
        _partners(report, names),
        _imbalances(report),
        _matrix(report, MOST_IN_NARROW_MATRIX if narrow else MOST_IN_MATRIX),
        _equity(report),
        _ledger(report, names),
        _money(report),
        _service(report, names),
        _quotas(report),
    ]
    return {
        "lang": language.tag,
        "dir": language.direction,
        "title": names.title,
        "about": names.about,
        "lead": _lead(report, names),
        "facts": _facts(report, names),
        "lamps_title": _("Five measures"),
        "lamps_note": _lamps_note(report),
        "lamps": [_lamp(lamp, report, names) for lamp in (report.pair.lamps if report.pair else ())],
        "sections": [section for section in sections if section],
        "source": _source(report),
    }


def _lamps_note(report: Report) -> str:
    tolerance = words.ratio(report.scope.tolerance)
    return _(
        "A measure tilts to the country whose people receive more. The grey band is the tolerance of %(tolerance)s.",
        tolerance=tolerance,
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """What things are called in this document."""

    report: Report

    @property
    def a(self) -> str:
        return country_name(self.report.country) if self.report.country else ""

    @property
    def b(self) -> str:
        return country_name(self.report.partner) if self.report.partner else ""

    @property
    def span(self) -> str:
        return self.years(self.report.window)

    def years(self, window: Window) -> str:
        year = self.report.scope.year
        if window.first_year is None or window.last_year is None:
            first, last = format_date(window.first_on), format_date(window.last_on)
        else:
            first = words.period_name(year.period(window.first_year))
            last = words.period_name(year.period(window.last_year))
        return first if first == last else _("%(first)s to %(last)s", first=first, last=last)

    @property
    def title(self) -> str:
        if not self.report.partner:
            return _("Reciprocity, %(years)s", years=self.span)
        return _("%(a)s and %(b)s, %(years)s", a=self.a, b=self.b, years=self.span)

    @property
    def about(self) -> str:
        scope = self.report.scope
        if scope.collection is not None:
            name = scope.collection.title
        elif scope.is_instrument:
            name = law_text(scope.instrument_title)
        else:
            name = in_language(scope.programmes[0].names)[0]
        return " · ".join([_("Reciprocity"), name, _("with small cells, not for publication")])


def _lead(report: Report, names: _Names) -> str:
    if report.pair is None:
        return ""
    planned = report.query.stays is StaysKind.PLANNED
    first = words.headline(report.pair.people, report.pair.lamps[0], names.a, names.b, planned=planned)
    return " ".join([first, *words.verdict_sentences(report.pair.verdict, names.a, names.b)])


def _facts(report: Report, names: _Names) -> list[list[str]]:
    query, found = report.query, report.measures
    mei = words.UNDEFINED if found.mei is None else format_number(float(found.mei), 1)
    level = _("countries, %(years)s", years=names.span)
    unit, stays = str(words.UNITS[query.unit.value]), str(words.STAYS[query.stays.value])
    facts = [
        [_("Weighted reciprocity of the whole exchange"), f"r = {words.ratio(found.r)}"],
        [_("Level and window"), f"{level}, {unit}, {stays}"],
        [_("Uneven through third countries as well (MEI, 0 is balanced)"), mei],
        [_("Under way, not counted yet"), format_number(report.under_way)],
    ]
    if query.discipline:
        facts.append([_("Discipline"), str(DISCIPLINES[query.discipline])])
    if query.among:
        facts.append([_("Only between these countries"), " · ".join(map(country_name, query.among))])
    return facts


def _lamp(lamp: Lamp, report: Report, names: _Names) -> dict[str, Any]:
    judged = lamp.state in JUDGED and lamp.tilt is not None
    return {
        "name": str(words.LAMPS[lamp.code]),
        "state": words.lamp_state_words(lamp, names.a, names.b),
        "sentence": words.lamp_sentence(lamp, names.a, names.b),
        "a": names.a,
        "b": names.b,
        "tilt": max(-1.0, min(1.0, float(lamp.tilt))) if judged and lamp.tilt is not None else None,
        "tilts": lamp.side in (Side.A, Side.B),
        "tolerance": float(report.scope.tolerance),
    }


def _comparison(report: Report, names: _Names) -> Section | None:
    other = report.compared
    if other is None:
        return None
    head = [text_cell(_("Measure")), number_cell(names.span), number_cell(names.years(other.window))]
    now, then, quantity = report.totals, other.totals, words.quantity
    pairs = [
        (_("Weighted reciprocity r"), words.ratio(report.measures.r), words.ratio(other.measures.r)),
        (_("All that crossed a border"), quantity(report.measures.total), quantity(other.measures.total)),
        (_("Sent by %(country)s", country=names.a), quantity(now.ab), quantity(then.ab)),
        (_("Hosted by %(country)s", country=names.a), quantity(now.ba), quantity(then.ba)),
    ]
    rows = [[text_cell(name), number_cell(here), number_cell(there)] for name, here, there in pairs]
    note = _("Longer windows raise r, so compare windows of one length.")
    return section_of(_("Two periods side by side"), note, head, rows)


def _partners(report: Report, names: _Names) -> Section | None:
    lines = report.rows[:MOST_PARTNERS]
    if not lines:
        return None
    days = report.query.unit is Unit.DAYS
    unit = str(words.UNITS[report.query.unit.value])
    head = [text_cell(_("Partner")), number_cell(_("Sent")), {"text": unit, "bar": True}, number_cell(_("Hosted"))]
    head += [text_cell(names.a), number_cell(_("Balance")), text_cell(_("Time lamp") if days else _("People lamp"))]
    rows = []
    for line in lines:
        pair, partner = line.measures, country_name(line.measures.b)
        rows.append(
            [
                text_cell(partner),
                quantity_cell(pair.ab),
                {"sent": float(pair.ab), "hosted": float(pair.ba), "bar": True},
                quantity_cell(pair.ba),
                text_cell(words.net_words(pair)),
                number_cell(words.signed(pair.balance, 2)),
                text_cell(words.row_lamp_words(line.lamp, names.a, partner)),
            ]
        )
    title = _("%(country)s and its partners", country=names.a)
    note = _("The largest difference first. Filled bars: sent by %(country)s; open bars: hosted.", country=names.a)
    return section_of(title, note, head, rows, largest=_largest(lines))


def _largest(lines: Sequence[Any]) -> float:
    return max((float(max(line.measures.ab, line.measures.ba)) for line in lines), default=0.0)


def _imbalances(report: Report) -> Section | None:
    if not report.imbalances:
        return None
    head = [text_cell(_("Pair")), number_cell(_("There")), {"text": "", "bar": True}, number_cell(_("Back"))]
    head += [text_cell(_("The first country")), number_cell(_("Balance"))]
    rows = [
        [
            text_cell(_("%(a)s and %(b)s", a=country_name(each.a), b=country_name(each.b))),
            quantity_cell(each.ab),
            {"sent": float(each.ab), "hosted": float(each.ba), "bar": True},
            quantity_cell(each.ba),
            text_cell(words.net_words(each)),
            number_cell(words.signed(each.balance, 2)),
        ]
        for each in report.imbalances
    ]
    largest = max(float(max(each.ab, each.ba)) for each in report.imbalances)
    return section_of(_("The largest differences of the whole exchange"), "", head, rows, largest=largest)


def _matrix(report: Report, most: int) -> Section | None:
    traffic = {code: sent + hosted for code, (sent, hosted) in report.table.strengths().items()}
    kept = sorted(report.travelled, key=lambda code: (-traffic.get(code, 0), code))[:most]
    countries = [code for code in report.travelled if code in kept]
    if not countries:
        return None
    head = [text_cell(_("From, to")), *(number_cell(country_name(code)) for code in countries)]
    rows = []
    for origin in countries:
        cells = [
            {**quantity_cell(_weight(report, origin, host)), "shade": 0 if origin != host else -1} for host in countries
        ]
        rows.append([text_cell(country_name(origin)), *cells])
    note = _("Grey: stays within one country, counted apart. Ordered by region.")
    if len(countries) < len(report.travelled):
        note += " " + _("The %(number)s countries with most traffic.", number=format_number(len(countries)))
    return section_of(_("Who goes where"), note, head, rows)


def _weight(report: Report, origin: str, host: str) -> Quantity:
    return report.table.domestic.get(origin, 0) if origin == host else report.table.weight(origin, host)


def _equity(report: Report) -> Section | None:
    equity = report.equity
    if equity is None or equity.unclassified == equity.total:
        return None
    head = [text_cell(_("From, to")), *(number_cell(str(words.INCOME_GROUPS[row.group])) for row in equity.rows)]
    rows = [
        [
            text_cell(str(words.INCOME_GROUPS[row.group])),
            *(
                {
                    **number_cell(f"{words.quantity(cell.people)} ({words.share_words(cell.share)})"),
                    "shade": min(1.0, float(cell.share or 0) * 2),
                }
                for cell in row.cells
            ),
        ]
        for row in equity.rows
    ]
    note = _(
        "Between the groups r = %(r)s: wider levels raise it, so never compare it with r by country.",
        r=words.ratio(equity.measures.r),
    )
    source = _("The World Bank, country and lending groups, historical classification (FY26), CC BY 4.0.")
    return section_of(_("Between income groups"), f"{note} {source}", head, rows)


def _ledger(report: Report, names: _Names) -> Section | None:
    lines = report.ledger
    if not any(line.close.sent or line.close.hosted for line in lines):
        return None
    head = [text_cell(_("Year")), number_cell(_("Sent")), number_cell(_("Hosted")), number_cell(_("Expired"))]
    head += [number_cell(_("Closing balance")), number_cell(_("Tolerance")), number_cell(_("Balance of the year"))]
    signed = any(line.confirmed for line in lines)
    head += [text_cell(_("Signed by both sides"))] if signed else []
    rows = [
        [
            number_cell(words.period_name(line.period)),
            quantity_cell(line.close.sent),
            quantity_cell(line.close.hosted),
            quantity_cell(line.close.expired),
            number_cell(words.signed(line.close.closing)),
            number_cell(f"±{format_number(round(float(line.band)))}"),
            number_cell(words.signed(line.measures.balance, 2)),
            *([text_cell(_signed_version(line))] if signed else []),
        ]
        for line in lines
    ]
    steps = [
        {
            "name": words.short_period_name(line.period),
            "closing": float(line.close.closing),
            "band": float(line.band),
            "told": words.signed(round(line.close.closing)),
        }
        for line in lines
    ]
    days = report.query.unit is Unit.DAYS
    title = _("The ledger of days") if days else _("The ledger of places")
    note = words.standing_words(lines[-1].close.closing, names.a, names.b)
    return section_of(title, note, head, rows, steps=steps, notes=ledger_notes(lines, names.a, names.b))


def _signed_version(line: LedgerLine) -> str:
    return _("Version %(number)s", number=line.confirmed.version) if line.confirmed else words.UNDEFINED


def _money(report: Report) -> Section | None:
    if not report.money.cells:
        return None
    head = [
        text_cell(_("Paid by")),
        text_cell(_("For people and hosts of")),
        number_cell(_("Amount")),
        number_cell(_("Payments")),
    ]
    head.append(text_cell(_("Conversion")))
    rows = []
    for cell in report.money.cells:
        amount = format_money(cell.eur_minor, "EUR") if cell.payments > cell.not_converted else words.UNDEFINED
        missing = format_number(cell.not_converted)
        told = _("not converted (%(number)s)", number=missing) if cell.not_converted else _("all converted")
        sides = [text_cell(country_name(cell.payer)), text_cell(country_name(cell.beneficiary))]
        rows.append([*sides, number_cell(amount), number_cell(format_number(cell.payments)), text_cell(told)])
    return section_of(_("Who paid for whom"), _("what has no rate is in no sum, and never taken as 0"), head, rows)


def _service(report: Report, names: _Names) -> Section | None:
    if report.service is None or not any(side.counts.applied or side.waits for side in report.service):
        return None
    first, second = report.service
    head = [text_cell(_("Measure"))]
    head += [
        text_cell(_("From %(a)s, at offices of %(b)s", a=x, b=y)) for x, y in ((names.a, names.b), (names.b, names.a))
    ]
    measures = (
        (_("Approved"), lambda side: _share(approval(side.counts))),
        (_("Time limits kept"), lambda side: _share(compliance(side.counts))),
        (_("Median time to decide"), _median),
    )
    rows = [[text_cell(name), text_cell(told(first)), text_cell(told(second))] for name, told in measures]
    return section_of(_("Service to each other’s people"), "", head, rows)


def _share(found: Any) -> str:
    if found is None:
        return words.UNDEFINED
    share, low, high = (format_share(float(value)) for value in (found.share, found.low, found.high))
    counted = _(
        "%(count)s of %(n)s, %(share)s", count=format_number(found.count), n=format_number(found.n), share=share
    )
    return f"{counted} ({low}–{high})"


def _median(side: ServiceSide) -> str:
    if side.median_days is None:
        return words.UNDEFINED
    return _("%(number)s days", number=format_number(side.median_days))


def _quotas(report: Report) -> Section | None:
    if not report.quotas:
        return None
    head = [
        text_cell(_("Direction")),
        number_cell(_("Used")),
        number_cell(_("Agreed")),
        number_cell(_("Use")),
        number_cell(_("Beyond")),
    ]
    rows = [
        [
            text_cell(_("%(a)s to %(b)s", a=country_name(line.sending), b=country_name(line.receiving))),
            _counted(line.use.used, line.unit),
            _counted(line.use.quota or Fraction(0), line.unit),
            number_cell(words.share_words(line.use.utilisation)),
            quantity_cell(line.use.beyond),
        ]
        for line in report.quotas
    ]
    return section_of(_("Use of the places agreed"), "", head, rows)


def _counted(value: Quantity, unit: Unit) -> Cell:
    number = words.quantity(value)
    return number_cell(_("%(number)s days", number=number) if unit is Unit.DAYS else number)


def _source(report: Report) -> str:
    made = format_date(datetime.combine(report.today, datetime.min.time()), "long")
    told = [_("Made on %(day)s.", day=made)]
    if report.scope.collection is not None:
        found = report.scope.collection
        told.append(_("Source: %(source)s. Licence: %(licence)s.", source=found.source, licence=found.licence))
    return " ".join(told)
