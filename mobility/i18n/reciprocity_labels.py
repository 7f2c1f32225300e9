"""The words of the reciprocity report: what a lamp says, the sentence on top, balances and periods.

"Tilts to A" means that A's people receive more. A bare sign is never printed: a balance is told as "sent 7 more".
Every function takes the measures of the domain and the countries' names in the reader's language.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from babel.lists import format_list

from mobility.domain.reciprocity.accounting import Period
from mobility.domain.reciprocity.lamps import (
    FEWEST_BEHIND,
    FEWEST_PEOPLE,
    LEVEL,
    Lamp,
    LampCode,
    LampReason,
    LampState,
    Side,
    Verdict,
)
from mobility.domain.reciprocity.pairs import PairMeasures
from mobility.domain.reciprocity.quantities import Quantity, magnitude, share
from mobility.i18n.current import current_code, ngettext
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import country_name, format_number, format_share
from mobility.i18n.ledger_words import ledger_terms_words as ledger_terms_words

UNDEFINED: Final = "—"
LAMPS: Final[Mapping[LampCode, Any]] = MappingProxyType(
    {
        LampCode.PEOPLE: _l("People"),
        LampCode.TIME: _l("Time"),
        LampCode.MONEY: _l("Money"),
        LampCode.PLACES: _l("Places"),
        LampCode.SERVICE: _l("Service"),
    }
)
_LAMPS_IN_TEXT: Final[Mapping[LampCode, Any]] = MappingProxyType(
    {
        LampCode.PEOPLE: _l("people"),
        LampCode.TIME: _l("time"),
        LampCode.MONEY: _l("money"),
        LampCode.PLACES: _l("places"),
        LampCode.SERVICE: _l("service"),
    }
)
UNITS: Final[Mapping[str, Any]] = MappingProxyType({"people": _l("people"), "days": _l("days")})
STAYS: Final[Mapping[str, Any]] = MappingProxyType({"actual": _l("actual"), "planned": _l("planned")})
ABOUT: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "money": _l("Payments made"),
        "not_converted": _l("Payments without an exchange rate"),
        "approved": _l("Approved, in cases applied for"),
        "refused": _l("Refused, in cases applied for"),
        "withdrawn": _l("Withdrawn or lapsed, in cases applied for"),
        "pending": _l("Still open, in cases applied for"),
        "kept": _l("Time limits kept, in cases applied for"),
        "late": _l("Time limits missed, in cases applied for"),
    }
)
"""What a list of cases holds; a period follows."""
INCOME_GROUPS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "LIC": _l("low income"),
        "LMC": _l("lower middle income"),
        "UMC": _l("upper middle income"),
        "HIC": _l("high income"),
        "unclassified": _l("not classified"),
    }
)
"""The World Bank's groups, poorest first."""


def group_code(group: str) -> str:
    """Return the World Bank's code of a group; a dash for what is not classified."""
    return group if group.isupper() else UNDEFINED


QUERY_PROBLEMS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "year_out_of_range": _l("There is no period for the year “%(value)s”."),
        "before_from": _l("The last year lies before the first: “%(value)s”."),
        "too_many_years": _l("A report covers at most 30 years; “%(value)s” is too early."),
        "not_a_party": _l("“%(value)s” takes no part in this exchange."),
        "not_a_choice": _l("“%(value)s” cannot be chosen here."),
        "not_a_country": _l("“%(value)s” is no country code."),
        "not_a_key": _l("The list does not go on at “%(value)s”."),
    }
)


def problem_words(reason: str, value: object) -> str:
    """Return why a choice cannot be used, with the choice."""
    sentence = QUERY_PROBLEMS.get(reason)
    return str(sentence) % {"value": value} if sentence else _("One of the choices cannot be used.")


def quantity(value: Quantity) -> str:
    """Return a number of people, days or places; part of a place with one decimal."""
    if isinstance(value, int) or value.denominator == 1:
        return format_number(int(value))
    return format_number(float(value), 1)


def signed(value: Quantity | None, places: int = 0) -> str:
    """Return a number with its sign: "+4", "−4", "0"; a dash where it is undefined."""
    if value is None:
        return UNDEFINED
    number = format_number(float(value), places)
    return f"+{number}" if value > 0 else number


def ratio(value: Fraction | None) -> str:
    """Return a measure between 0 and 1 with two decimals, or a dash."""
    return UNDEFINED if value is None else format_number(float(value), 2)


def share_words(value: Fraction | None) -> str:
    """Return a share as a percentage, or a dash."""
    return UNDEFINED if value is None else format_share(float(value))


def chance_words(p: float) -> str:
    """Return "p = 0.002"; what is smaller than can be told so is "p < 0.001"."""
    if p < 0.001:
        return _("p < %(p)s", p=format_number(0.001, 3))
    return _("p = %(p)s", p=format_number(p, 3 if p < 0.1 else 2))


def period_name(period: Period) -> str:
    """Return "2026", or "2026/27" where the accounting year is not the calendar's."""
    return years_name(period.year, period.ends_on.year)


def years_name(begins: int, ends: int) -> str:
    """Return the name of one accounting year that begins and ends in these years."""
    return str(begins) if begins == ends else f"{begins}/{ends % 100:02}"


def short_period_name(period: Period) -> str:
    """Return the period for a narrow figure: "’26"."""
    return f"’{period.year % 100:02}"


def net_words(measures: PairMeasures) -> str:
    """Return the net of a country in words: "hosted 9 more", "sent 7 more", "even"."""
    if not measures.total:
        return _("no cases")
    if not measures.net:
        return _("even")
    number = quantity(magnitude(measures.net))
    return _("hosted %(number)s more", number=number) if measures.net > 0 else _("sent %(number)s more", number=number)


def standing_words(closing: Quantity, a: str, b: str) -> str:
    """Return who has sent more by the close of the ledger."""
    if not closing:
        return _("Even")
    ahead = a if closing > 0 else b
    return _("%(country)s is ahead by %(number)s", country=ahead, number=quantity(magnitude(closing)))


def lamp_state_words(lamp: Lamp, a: str, b: str) -> str:
    """Return what the lamp says."""
    if lamp.side is not None:
        return _("Tilts to %(country)s", country=a if lamp.side is Side.A else b)
    return str(_STATES[lamp.state])


_STATES: Final[Mapping[LampState, Any]] = MappingProxyType(
    {
        LampState.BALANCED: _l("Balanced"),
        LampState.MIXED: _l("Mixed"),
        LampState.TOO_FEW: _l("Too few cases to judge"),
        LampState.NOT_APPLICABLE: _l("Not applicable"),
        LampState.HIDDEN: _l("Hidden"),
    }
)


def row_lamp_words(lamp: Lamp, a: str, b: str) -> str:
    """Return the lamp of a table row, with the chance where it says something."""
    if lamp.reason is LampReason.NO_CASES:
        return _("no cases")
    if lamp.side is not None:
        country, p = a if lamp.side is Side.A else b, lamp.figures.get("p")
        if isinstance(p, float):
            return _("tilts to %(country)s, %(chance)s", country=country, chance=chance_words(p))
        return _("tilts to %(country)s", country=country)
    return _("balanced") if lamp.state is LampState.BALANCED else _("too few cases to judge")


def lamp_sentence(lamp: Lamp, a: str, b: str) -> str:
    """Return both sides' numbers and why the lamp stands as it does, in whole sentences."""
    return " ".join(_SENTENCES[lamp.code](lamp, a, b))


def _people(lamp: Lamp, a: str, b: str) -> list[str]:
    if lamp.reason is LampReason.NO_CASES:
        return [_("Nobody has travelled between the two in this time.")]
    both = _("%(sent)s sent, %(hosted)s hosted.", sent=_figure(lamp, "sent"), hosted=_figure(lamp, "hosted"))
    p = lamp.figures["p"]
    assert isinstance(p, float)
    if lamp.reason is LampReason.BELOW_MINIMUM:
        least = format_number(FEWEST_PEOPLE)
        return [both, _("With fewer than %(least)s people no split can be told from chance.", least=least)]
    if lamp.reason is LampReason.NOT_BEYOND_CHANCE:
        return [both, _("The difference is large, but may be chance (%(chance)s).", chance=chance_words(p))]
    if lamp.side is not None:
        return [both, _("The difference is larger than chance would give (%(chance)s).", chance=chance_words(p))]
    if p >= LEVEL:
        return [both, _("The difference is no larger than chance (%(chance)s).", chance=chance_words(p))]
    return [both, _("The difference is within the tolerance.")]


def _time(lamp: Lamp, a: str, b: str) -> list[str]:
    if lamp.reason is LampReason.NO_CASES:
        return [_("No days were spent between the two in this time.")]
    both = _("%(sent)s days sent, %(hosted)s hosted.", sent=_figure(lamp, "sent"), hosted=_figure(lamp, "hosted"))
    if lamp.reason is LampReason.BELOW_MINIMUM:
        return [both, _("Fewer than %(least)s people stand behind them.", least=format_number(FEWEST_BEHIND))]
    return [both]


def _money(lamp: Lamp, a: str, b: str) -> list[str]:
    if lamp.reason is LampReason.NO_PAYMENTS:
        return [_("Nothing was paid between the two in this time.")]
    if lamp.reason is LampReason.NOT_CONVERTED:
        missing = lamp.figures["not_converted"]
        assert isinstance(missing, int)
        return [
            ngettext(
                "%(num)s payment has no exchange rate, so the sides cannot be compared.",
                "%(num)s payments have no exchange rate, so the sides cannot be compared.",
                missing,
            )
        ]
    shares = _(
        "%(country)s paid %(paid)s and received %(received)s for its own people and hosts.",
        country=a,
        paid=_share(lamp, "contribution_share"),
        received=_share(lamp, "benefit_share"),
    )
    if lamp.reason is LampReason.BELOW_MINIMUM:
        return [shares, _("Fewer than %(least)s people stand behind it.", least=format_number(FEWEST_BEHIND))]
    return [shares]


def _places(lamp: Lamp, a: str, b: str) -> list[str]:
    if lamp.reason is LampReason.UNDERUSE_NEUTRAL:
        return [_("The programme says that unused places may not be held against either side.")]
    if lamp.reason is LampReason.NO_QUOTA:
        return [_("There is no quota for both directions.")]
    return [
        _(
            "%(a)s used %(used_a)s of %(quota_a)s, %(b)s %(used_b)s of %(quota_b)s.",
            a=a,
            b=b,
            used_a=_figure(lamp, "used_a"),
            quota_a=_figure(lamp, "quota_a"),
            used_b=_figure(lamp, "used_b"),
            quota_b=_figure(lamp, "quota_b"),
        )
    ]


def _service(lamp: Lamp, a: str, b: str) -> list[str]:
    if lamp.reason is LampReason.BELOW_MINIMUM:
        least = format_number(FEWEST_BEHIND)
        return [_("Fewer than %(least)s decisions on one side.", least=least)]
    if lamp.reason is LampReason.NO_CASES:
        return [_("No applications between the two in this time.")]
    return [
        _(
            "Approved: %(share_a)s of the people from %(a)s, %(share_b)s of those from %(b)s.",
            a=a,
            b=b,
            share_a=_part(lamp, "approved_a", "decided_a"),
            share_b=_part(lamp, "approved_b", "decided_b"),
        ),
        _(
            "Time limits kept: %(share_a)s for %(a)s, %(share_b)s for %(b)s.",
            a=a,
            b=b,
            share_a=_part(lamp, "kept_a", "limited_a"),
            share_b=_part(lamp, "kept_b", "limited_b"),
        ),
    ]


_SENTENCES: Final[Mapping[LampCode, Callable[[Lamp, str, str], list[str]]]] = MappingProxyType(
    {
        LampCode.PEOPLE: _people,
        LampCode.TIME: _time,
        LampCode.MONEY: _money,
        LampCode.PLACES: _places,
        LampCode.SERVICE: _service,
    }
)


def _figure(lamp: Lamp, name: str) -> str:
    value = lamp.figures.get(name)
    return quantity(value) if isinstance(value, (int, Fraction)) else UNDEFINED


def _share(lamp: Lamp, name: str) -> str:
    value = lamp.figures.get(name)
    return share_words(value if isinstance(value, Fraction) else None)


def _part(lamp: Lamp, part: str, whole: str) -> str:
    count, of = lamp.figures.get(part), lamp.figures.get(whole)
    assert isinstance(count, int)
    assert isinstance(of, int)
    return share_words(share(count, of))


def headline(measures: PairMeasures, people: Lamp, a: str, b: str, *, planned: bool) -> str:
    """Return the first sentence of the report: how many went each way, and what the people lamp says of it."""
    if not measures.total:
        if planned:
            return _("Nobody plans to travel between %(a)s and %(b)s in this time.", a=a, b=b)
        return _("Nobody has travelled between %(a)s and %(b)s in this time.", a=a, b=b)
    sent = ngettext("%(num)s person", "%(num)s people", int(measures.ab), num=quantity(measures.ab))
    hosted = quantity(measures.ba)
    if planned:
        flows = _("Planned: %(a)s sends %(sent)s to %(b)s and hosts %(hosted)s.", a=a, b=b, sent=sent, hosted=hosted)
    else:
        flows = _("%(a)s sent %(sent)s to %(b)s and hosted %(hosted)s.", a=a, b=b, sent=sent, hosted=hosted)
    return f"{flows} {_judgement(people, a, b)}"


def _judgement(people: Lamp, a: str, b: str) -> str:
    if people.side is not None:
        return _("That tilts to %(country)s.", country=a if people.side is Side.A else b)
    if people.state is LampState.BALANCED:
        return _("That is balanced.")
    return _("That is too few to judge.")


def verdict_sentences(verdict: Verdict, a: str, b: str) -> list[str]:
    """Return whether the exchange is one-sided, naming every lamp that tilts, whichever way.

    One-sided may be said only if two or more lamps tilt the same way.
    """
    if not verdict.tilting:
        return [_("None of the five measures tilts.")]
    if verdict.side is None:
        return [
            _(
                "Tilting to %(a)s: %(to_a)s. Tilting to %(b)s: %(to_b)s.",
                a=a,
                b=b,
                to_a=_names(verdict.tilting),
                to_b=_names(verdict.against),
            ),
            _("Because these pull in opposite directions, the exchange is not called one-sided."),
        ]
    country, other = (a, b) if verdict.side is Side.A else (b, a)
    said = [_("Tilting to %(country)s: %(lamps)s.", country=country, lamps=_names(verdict.tilting))]
    if verdict.against:
        said.append(
            _("Tilting the other way, to %(country)s: %(lamps)s.", country=other, lamps=_names(verdict.against))
        )
    if verdict.one_sided:
        said.append(_("The exchange is one-sided towards %(country)s.", country=country))
        if verdict.people_and_time_only:
            said.append(_("People and time usually move together; nothing else tilts."))
    else:
        said.append(_("One measure alone does not make an exchange one-sided."))
    return said


def _names(codes: tuple[LampCode, ...]) -> str:
    return str(format_list([str(_LAMPS_IN_TEXT[code]) for code in codes], locale=current_code()))


def pair_names(a: str, b: str) -> tuple[str, str]:
    """Return two countries' names in the reader's language."""
    return country_name(a), country_name(b)
