"""The words of statements: entries, states, whose turn it is, and why something is refused."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from babel.lists import format_list

from mobility.domain.reciprocity.accounting import Period
from mobility.domain.statements import Entry, EntryCode, Standing, StatementState, Verdict
from mobility.i18n.current import current_code, ngettext
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import country_name, format_money, format_number, format_share
from mobility.i18n.reciprocity_labels import period_name, quantity

STATEMENT_ERRORS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "not_the_other_side": _l("A statement is answered by the state that did not sign it, and by another person."),
        "statement_replaced": _l("There is a newer version of this statement. Nothing was changed in this one."),
    }
)
STATES: Final[Mapping[StatementState, Any]] = MappingProxyType(
    {
        StatementState.FROZEN: _l("frozen, not signed yet"),
        StatementState.SIGNED: _l("signed by one side"),
        StatementState.DISPUTED: _l("disputed"),
        StatementState.CONFIRMED: _l("confirmed by both sides"),
    }
)
MARKS: Final[Mapping[StatementState, str]] = MappingProxyType(
    {
        StatementState.FROZEN: "ok",
        StatementState.SIGNED: "ok",
        StatementState.DISPUTED: "late",
        StatementState.CONFIRMED: "met",
    }
)
VERDICTS: Final[Mapping[Verdict, Any]] = MappingProxyType(
    {Verdict.CONFIRMED: _l("confirmed"), Verdict.DISPUTED: _l("disputed")}
)
REFUSALS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "period_not_over": _l("This accounting year has not ended yet. A statement can be frozen once it is over."),
        "already_frozen": _l("There is a statement for this year already. Open it to correct it."),
        "overlaps_a_statement": _l(
            "Some days of this year stand in another statement of these two states already, because the accounting "
            "year was changed since. Their stays would count twice."
        ),
        "not_a_party": _l("These two states have no stays with each other under this instrument."),
        "no_verdict": _l("Say of this entry whether you confirm or dispute it."),
        "no_words": _l("Say in a few words what you dispute."),
        "missing": _l("Say why the statement is corrected."),
        "too_long": _l("This text is too long."),
        "no_reason": _l("A figure that differs from the records needs a reason."),
        "negative": _l("This figure cannot be below zero."),
        "not_a_figure": _l("Give a whole number, for example 24."),
        "not_a_choice": _l("Choose one of the years in the list."),
        "not_a_hash": _l("A hash has 64 signs, digits and the letters a to f. “%(value)s” is not one."),
    }
)


def refusal_words(reason: str, value: object = "") -> str:
    """Return why an answer about a statement cannot be used."""
    sentence = REFUSALS.get(reason)
    return str(sentence) % {"value": value} if sentence else _("This answer cannot be used.")


def entry_name(code: EntryCode, sides: tuple[str, str]) -> str:
    """Return what an entry counts, with both states by name."""
    a, b = country_name(sides[0]), country_name(sides[1])
    names = {
        EntryCode.PEOPLE_AB: _("People from %(a)s to %(b)s", a=a, b=b),
        EntryCode.PEOPLE_BA: _("People from %(a)s to %(b)s", a=b, b=a),
        EntryCode.DAYS_AB: _("Days of people from %(a)s in %(b)s", a=a, b=b),
        EntryCode.DAYS_BA: _("Days of people from %(a)s in %(b)s", a=b, b=a),
        EntryCode.MONEY_AB: _("Paid by %(a)s for people and hosts of %(b)s", a=a, b=b),
        EntryCode.MONEY_BA: _("Paid by %(a)s for people and hosts of %(b)s", a=b, b=a),
        EntryCode.TOLERANCE: _("Tolerance"),
        EntryCode.OPENING: _("Balance brought forward"),
        EntryCode.CLOSING: _("Balance carried over"),
    }
    return names[code]


def entry_value(code: EntryCode, value: int, sides: tuple[str, str]) -> str:
    """Return a figure of an entry in words: never a bare sign."""
    if code in (EntryCode.MONEY_AB, EntryCode.MONEY_BA):
        return format_money(value, "EUR")
    if code is EntryCode.TOLERANCE:
        return format_share(value / 100)
    if code in (EntryCode.OPENING, EntryCode.CLOSING):
        if not value:
            return _("even")
        country = country_name(sides[0] if value > 0 else sides[1])
        return _("%(country)s has sent %(number)s more", country=country, number=quantity(abs(value)))
    return format_number(value)


def behind_words(entry: Entry) -> str:
    """Return how many cases, and stays without one, stand behind an entry; "" where nothing does."""
    parts = []
    if entry.cases:
        parts.append(ngettext("%(num)s case", "%(num)s cases", len(entry.cases)))
    if entry.without_case:
        parts.append(ngettext("%(num)s stay without a case", "%(num)s stays without a case", entry.without_case))
    if entry.imported:
        parts.append(
            ngettext(
                "%(num)s person of imported records",
                "%(num)s people of imported records",
                entry.imported,
                num=format_number(entry.imported),
            )
        )
    if entry.left_out:
        parts.append(
            ngettext(
                "%(num)s payment without a rate left out", "%(num)s payments without a rate left out", entry.left_out
            )
        )
    return " · ".join(parts)


def heading(sides: tuple[str, str], period: Period) -> str:
    """Return the name of a statement."""
    a, b = country_name(sides[0]), country_name(sides[1])
    return _("Statement of %(a)s and %(b)s, %(year)s", a=a, b=b, year=period_name(period))


def countries(codes: Collection[str]) -> str:
    """Return names of states as a list: "Egypt or Germany"."""
    return str(format_list([country_name(code) for code in codes], style="or", locale=current_code()))


def turn_sentence(standing: Standing) -> str:
    """Return whose turn it is and what they have to do."""
    if standing.is_replaced:
        return _("This version was replaced by a newer one.")
    if standing.state is StatementState.CONFIRMED:
        return _("Both states agree. The balance is carried over from here.")
    if standing.state is StatementState.FROZEN:
        return _("It is the turn of %(countries)s to sign.", countries=countries(standing.waits_for))
    if standing.state is StatementState.SIGNED:
        return _(
            "It is the turn of %(country)s to confirm or dispute each entry.", country=countries(standing.waits_for)
        )
    return _(
        "%(country)s disputes the statement. It can be corrected, or %(country)s can answer again.",
        country=countries(standing.waits_for),
    )


def step_words(step: str, side: str) -> str:
    """Return a step that was taken, with the state it was taken for."""
    country = country_name(side) if side else ""
    return {
        "frozen": _("Frozen"),
        "signed": _("Signed for %(country)s", country=country),
        "confirmed": _("Confirmed for %(country)s", country=country),
        "disputed": _("Disputed for %(country)s", country=country),
    }[step]
