"""The report as its page shows it: every line with its words, its drawing and the address of the cases behind it.

Measures come from the report, words from `mobility.i18n.reciprocity_labels`, drawings from `figures` and
`ledger_figure`; here they are put side by side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup, escape

from mobility.domain.reciprocity.lamps import compare_service
from mobility.domain.reciprocity.quantities import Quantity, magnitude
from mobility.domain.reciprocity.service import Proportion, approval, compliance
from mobility.i18n import current_code, language_of
from mobility.i18n import gettext as _
from mobility.i18n import reciprocity_labels as words
from mobility.i18n.formats import country_name, format_number, format_share
from mobility.services.reciprocity import About, Report, StaysKind, Unit
from mobility.services.reciprocity.ledger import LedgerLine
from mobility.services.statistics import ServiceSide
from mobility.web.reciprocity import figures
from mobility.web.reciprocity.asking import cases_url, report_url
from mobility.web.reciprocity.ledger_figure import LedgerWords, ledger_figures
from mobility.web.shared.shapes import Figure, isolated


def is_rtl() -> bool:
    """Tell whether the reader's language runs from right to left."""
    return language_of(current_code()).direction == "rtl"


@dataclass(frozen=True, slots=True, kw_only=True)
class LampPart:
    """One of the five lamps."""

    name: str
    state: str
    figure: Figure
    sentence: str


def lamp_parts(report: Report) -> list[LampPart]:
    """Return the five lamps of the pair; none without a partner."""
    if report.pair is None:
        return []
    a, b = words.pair_names(report.country, report.partner)
    return [
        LampPart(
            name=str(words.LAMPS[lamp.code]),
            state=words.lamp_state_words(lamp, a, b),
            figure=figures.lamp_figure(lamp, name_a=a, name_b=b, tolerance=report.scope.tolerance, rtl=is_rtl()),
            sentence=words.lamp_sentence(lamp, a, b),
        )
        for lamp in report.pair.lamps
    ]


def top_sentences(report: Report) -> str:
    """Return what stands under the heading: the flows, what the people lamp says, and whether it is one-sided."""
    if report.pair is None:
        return ""
    a, b = words.pair_names(report.country, report.partner)
    planned = report.query.stays is StaysKind.PLANNED
    first = words.headline(report.pair.people, report.pair.lamps[0], a, b, planned=planned)
    return " ".join([first, *words.verdict_sentences(report.pair.verdict, a, b)])


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """One partner; `is_shown` marks the one that the page tells about."""

    name: str
    url: str
    is_shown: bool
    sent: Quantity
    hosted: Quantity
    sent_url: str
    hosted_url: str
    figure: Figure
    net: str
    balance: str
    lamp: str


def partner_lines(report: Report) -> list[PartnerLine]:
    """Return the partners' table, all bars on one scale."""
    largest = max((max(row.measures.ab, row.measures.ba) for row in report.rows), default=0)
    lines = []
    for row in report.rows:
        partner, measures = row.measures.b, row.measures
        a, b = words.pair_names(report.country, partner)
        lines.append(
            PartnerLine(
                name=b,
                url=report_url(report, partner=partner),
                is_shown=partner == report.partner,
                sent=measures.ab,
                hosted=measures.ba,
                sent_url=cases_url(report, report.country, partner),
                hosted_url=cases_url(report, partner, report.country),
                figure=figures.mirror_figure(f"mirror-{partner}", measures.ab, measures.ba, largest, rtl=is_rtl()),
                net=words.net_words(measures),
                balance=words.signed(measures.balance, 2),
                lamp=words.row_lamp_words(row.lamp, a, b),
            )
        )
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPart:
    """One cell: its look, its number, and the function that writes the number as a link to the cases."""

    look: figures.CellLook
    weight: Quantity
    number: Callable[[Quantity], str]


def matrix_parts(report: Report) -> list[tuple[str, list[MatrixPart], Quantity]]:
    """Return the rows of the matrix: name of the origin, its cells, its sum."""
    return [
        (
            country_name(row.origin),
            [
                MatrixPart(
                    look=figures.cell_look(cell),
                    weight=cell.weight,
                    number=_linked(cases_url(report, cell.origin, cell.host)),
                )
                for cell in row.cells
            ],
            row.sent,
        )
        for row in report.matrix.rows
    ]


def _linked(url: str) -> Callable[[Quantity], str]:
    def number(value: Quantity) -> str:
        told = words.quantity(value)
        return Markup('<a href="{}">{}</a>').format(url, told) if value else str(escape(told))

    return number


def ledger_drawings(report: Report) -> list[Figure]:
    """Return the ledger in its three drawings."""
    lines = report.ledger
    if not lines or not any(line.close.sent or line.close.hosted for line in lines):
        return []
    return ledger_figures(
        [line.close for line in lines], [line.band for line in lines], _ledger_words(report), rtl=is_rtl()
    )


def _ledger_words(report: Report) -> LedgerWords:
    a, b = words.pair_names(report.country, report.partner)
    periods = {line.period.year: line.period for line in report.ledger}
    first, last = report.ledger[0], report.ledger[-1]
    keep: Callable[[str], str] = isolated if is_rtl() else str
    return LedgerWords(
        title=_("Ledger, %(a)s and %(b)s", a=a, b=b),
        desc=_(
            "Closing balance of each period from %(first)s to %(last)s. %(standing)s at the end.",
            first=words.period_name(first.period),
            last=words.period_name(last.period),
            standing=words.standing_words(last.close.closing, a, b),
        ),
        standing=words.standing_words(last.close.closing, a, b),
        even=_("even"),
        period=lambda year: words.period_name(periods[year]),
        short_period=lambda year: words.short_period_name(periods[year]),
        signed=lambda value: words.signed(round(value)),
        expired=lambda value: _("%(number)s expired", number=keep(words.quantity(value))),
        tolerance=lambda value: _("tolerance %(number)s", number=keep(words.signed(round(value)))),
    )


def band_words(line: LedgerLine) -> str:
    """Return the tolerance of a close: "±7"."""
    return f"±{format_number(round(float(line.band)))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """One share of both sides with its interval; an empty text and no address where there is nothing to open."""

    name: str
    of_a: str
    of_b: str
    urls_a: tuple[tuple[str, str], ...]
    urls_b: tuple[tuple[str, str], ...]
    figure: Figure | None
    verdict: str


def share_lines(report: Report) -> list[ShareLine]:
    """Return approval and time limits kept."""
    if report.service is None:
        return []
    side_a, side_b = report.service
    return [
        _share_line(
            report,
            ("approved", _("Approved")),
            (approval(side_a.counts), approval(side_b.counts)),
            ((About.APPROVED, _("the approved")), (About.REFUSED, _("the refused"))),
        ),
        _share_line(
            report,
            ("kept", _("Time limits kept")),
            (compliance(side_a.counts), compliance(side_b.counts)),
            ((About.KEPT, _("those kept")), (About.LATE, _("those missed"))),
        ),
    ]


def _share_line(
    report: Report,
    name: tuple[str, str],
    shares: tuple[Proportion | None, Proportion | None],
    links: Sequence[tuple[About, str]],
) -> ShareLine:
    of_a, of_b = shares
    a, b = words.pair_names(report.country, report.partner)
    lamp = compare_service(of_a, of_b)
    verdict = words.lamp_state_words(lamp, a, b)
    if lamp.side is None and of_a and of_b and of_a.overlaps(of_b):
        verdict = _("the intervals overlap")
    return ShareLine(
        name=name[1],
        of_a=_share_words(of_a),
        of_b=_share_words(of_b),
        urls_a=_urls(report, report.country, report.partner, links) if of_a else (),
        urls_b=_urls(report, report.partner, report.country, links) if of_b else (),
        figure=figures.interval_figure(name[0], of_a, of_b, rtl=is_rtl()) if of_a or of_b else None,
        verdict=verdict,
    )


def _urls(report: Report, origin: str, host: str, links: Sequence[tuple[About, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((cases_url(report, origin, host, about), told) for about, told in links)


def _share_words(found: Proportion | None) -> str:
    if found is None:
        return words.UNDEFINED
    return _(
        "%(count)s of %(n)s, %(share)s",
        count=format_number(found.count),
        n=format_number(found.n),
        share=format_share(float(found.share)),
    )


def median_words(side: ServiceSide) -> str:
    """Return the median wait of a side with the number of stages behind it."""
    stages = _("%(number)s stages", number=format_number(side.waits))
    if side.median_days is None:
        return f"{words.UNDEFINED} ({stages})" if side.waits else words.UNDEFINED
    return _("%(days)s days (%(stages)s)", days=format_number(side.median_days), stages=stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaPart:
    """One direction's quota in words, with what goes beyond it."""

    sending: str
    receiving: str
    used: str
    quota: str
    utilisation: str
    beyond: Quantity
    note: str
    url: str


def quota_parts(report: Report) -> list[QuotaPart]:
    """Return the use of every quota."""
    return [
        QuotaPart(
            sending=country_name(line.sending),
            receiving=country_name(line.receiving),
            used=_counted(line.use.used, line.unit),
            quota=_counted(line.use.quota or Fraction(0), line.unit),
            utilisation=words.share_words(line.use.utilisation),
            beyond=magnitude(line.use.beyond),
            note=_("another route has no quota") if line.routes_without else "",
            url=cases_url(report, line.sending, line.receiving),
        )
        for line in report.quotas
    ]


def _counted(value: Quantity, unit: Unit) -> str:
    number = words.quantity(value)
    return _("%(number)s days", number=number) if unit is Unit.DAYS else number
