"""The further parts of the report's page: largest differences, income groups, two periods side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mobility.domain.reciprocity.programme import ProgrammeMeasures
from mobility.domain.reciprocity.quantities import Quantity
from mobility.i18n import gettext as _
from mobility.i18n import reciprocity_labels as words
from mobility.i18n.formats import country_name, format_number
from mobility.services.reciprocity import Comparison, GroupCell, Report, Window
from mobility.web.reciprocity.asking import cases_url, group_url, report_url
from mobility.web.reciprocity.figures import mirror_figure
from mobility.web.shared.shapes import Figure, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class ImbalanceLine:
    """One pair of the whole exchange; `more` says in words who hosted more."""

    first: str
    second: str
    ab: Quantity
    ba: Quantity
    ab_url: str
    ba_url: str
    figure: Figure
    more: str
    balance: str
    url: str


def imbalance_lines(report: Report, *, rtl: bool) -> list[ImbalanceLine]:
    """Return the pairs with the largest differences, all bars on one scale."""
    largest = max((max(each.ab, each.ba) for each in report.imbalances), default=0)
    return [
        ImbalanceLine(
            first=country_name(each.a),
            second=country_name(each.b),
            ab=each.ab,
            ba=each.ba,
            ab_url=cases_url(report, each.a, each.b),
            ba_url=cases_url(report, each.b, each.a),
            figure=mirror_figure(f"pair-{each.a}-{each.b}", each.ab, each.ba, largest, rtl=rtl),
            more=words.net_words(each),
            balance=words.signed(each.balance, 2),
            url=report_url(report, country=each.a, partner=each.b),
        )
        for each in report.imbalances
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPart:
    """One cell: people and their share of all; `shade` is a step from 0 to 3."""

    people: Quantity
    share: str
    shade: int
    url: str


def group_parts(report: Report) -> list[tuple[str, str, list[GroupPart], Quantity]]:
    """Return the rows of the income matrix: name and code of the group of origin, its cells, its sum."""
    if report.equity is None:
        return []
    return [
        (
            str(words.INCOME_GROUPS[row.group]),
            words.group_code(row.group),
            [_group_part(report, row.group, cell) for cell in row.cells],
            row.sent,
        )
        for row in report.equity.rows
    ]


def _group_part(report: Report, origin: str, cell: GroupCell) -> GroupPart:
    return GroupPart(
        people=cell.people,
        share=words.share_words(cell.share),
        shade=_shade(cell.share),
        url=group_url(report, origin, cell.group),
    )


def _shade(share: Fraction | None) -> int:
    """Shares from 5, 15 and 30 per cent on are one, two and three steps; the number stands beside them as text."""
    return sum(1 for bound in (Fraction(5, 100), Fraction(15, 100), Fraction(30, 100)) if share and share >= bound)


def group_figure(report: Report, *, rtl: bool) -> Figure | None:
    """Return the income matrix as squares whose area is the number of people; None without anybody.

    Filled: from one group to another; open: within a group. It is drawn for a phone and keeps its size.
    """
    equity = report.equity
    if equity is None or not equity.total:
        return None
    step, margin, top = 48, 52, 24
    codes = [words.group_code(row.group) for row in equity.rows]
    sheet = Sheet(name="income", width=margin + step * len(codes) + 2, height=top + step * len(codes) + 2, rtl=rtl)
    largest = max(float(cell.people) for row in equity.rows for cell in row.cells)
    for place, code in enumerate(codes):
        sheet.text(margin + step * place + step / 2, top - 8, code, "t2", "middle")
        sheet.text(4, top + step * place + step / 2 + 5, code, "t2")
    for i, row in enumerate(equity.rows):
        for j, cell in enumerate(row.cells):
            x, y = margin + step * j + step / 2, top + step * i + step / 2
            half = (float(cell.people) / largest) ** 0.5 * (step / 2 - 3)
            sheet.rect(x - step / 2, x + step / 2, y - step / 2, step, "f-paper hair", stroke=1)
            if cell.people:
                sheet.rect(x - half, x + half, y - half, 2 * half, "f-acc" if i != j else "f-paper acc", stroke=1.2)
    title, desc = _("Between income groups"), _("Area: people from the group of the row to that of the column.")
    return sheet.finish(title, desc, fixed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonLine:
    """One measure in both windows, and what changed."""

    name: str
    here: str
    there: str
    change: str


def comparison_lines(report: Report) -> list[ComparisonLine]:
    """Return the measures of both windows; none without a second one."""
    if report.compared is None:
        return []
    other, country, partner = report.compared, country_name(report.country), country_name(report.partner)
    now, then, own = report.measures, other.measures, report.own_pair
    return [
        _ratio_line(_("Weighted reciprocity r"), now.r, then.r),
        _mei_line(now, then),
        _number_line(_("All that crossed a border"), now.total, then.total),
        _number_line(_("Sent by %(country)s", country=country), report.totals.ab, other.totals.ab),
        _number_line(_("Hosted by %(country)s", country=country), report.totals.ba, other.totals.ba),
        _number_line(_("%(a)s to %(b)s", a=country, b=partner), own.ab, other.pair.ab),
        _number_line(_("%(a)s to %(b)s", a=partner, b=country), own.ba, other.pair.ba),
        _ratio_line(_("Balance with %(partner)s", partner=partner), own.balance, other.pair.balance, sign=True),
    ]


def _number_line(name: str, here: Quantity, there: Quantity) -> ComparisonLine:
    change = words.signed(here - there)
    return ComparisonLine(name=name, here=words.quantity(here), there=words.quantity(there), change=change)


def _ratio_line(name: str, here: Fraction | None, there: Fraction | None, *, sign: bool = False) -> ComparisonLine:
    change = words.UNDEFINED if here is None or there is None else words.signed(round(here - there, 2), 2)
    told = [words.signed(each, 2) if sign else words.ratio(each) for each in (here, there)]
    return ComparisonLine(name=name, here=told[0], there=told[1], change=change)


def _mei_line(here: ProgrammeMeasures, there: ProgrammeMeasures) -> ComparisonLine:
    told = [words.UNDEFINED if each.mei is None else format_number(float(each.mei), 1) for each in (here, there)]
    both = here.mei is not None and there.mei is not None
    change = words.signed(here.mei - there.mei, 1) if both else words.UNDEFINED  # type: ignore[operator]
    return ComparisonLine(name=_("MEI, 0 is balanced"), here=told[0], there=told[1], change=change)


def window_name(report: Report, window: Window | None = None) -> str:
    """Return the years of a window in words."""
    found = window or report.window
    year = report.scope.year
    if found.first_year is None or found.last_year is None:
        return f"{found.first_on.isoformat()} – {found.last_on.isoformat()}"
    first, last = words.period_name(year.period(found.first_year)), words.period_name(year.period(found.last_year))
    return first if first == last else _("%(first)s to %(last)s", first=first, last=last)


def compared_name(report: Report) -> str:
    """Return the years of the second window."""
    compared: Comparison | None = report.compared
    return window_name(report, compared.window) if compared else ""


def others_left_out(shown: Sequence[str], all_of_them: Sequence[str]) -> int:
    """Return how many countries have no room in the matrix."""
    return len(all_of_them) - len(shown)
