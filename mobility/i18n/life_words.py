"""The words for days that are nobody's clock: windows for notice, reports, the end of a visa, a call that closes."""

from collections.abc import Mapping
from typing import Any

from mobility.domain.treaty_life import LifeKind
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import country_name, in_language
from mobility.i18n.law_texts import law_text

KINDS: dict[str, Any] = {
    LifeKind.NOTICE.value: _l("Last day for notice"),
    LifeKind.RENEWAL.value: _l("The term ends"),
    LifeKind.SUNSET.value: _l("The end"),
    LifeKind.REPORT.value: _l("Report"),
    LifeKind.MEETING.value: _l("Meeting"),
    LifeKind.AGREEMENT.value: _l("Agreement of the year"),
    LifeKind.VALIDITY.value: _l("End of a visa"),
    LifeKind.CALL.value: _l("A call closes"),
    LifeKind.DRAFT.value: _l("A call closes"),
}

SORTS: dict[str, Any] = {
    "early": _l("Notices before a date"),
    "treaties": _l("Dates of treaties"),
    "validity": _l("The end of a visa"),
    "calls": _l("Calls that close"),
}
"""What a reader can refuse; see `domain/reminders.Sort`."""

SORT_HINTS: dict[str, Any] = {
    "early": _l("From 60 days to 1 day before. The start of a period, its last day and delays are always told."),
    "treaties": _l("Windows for notice, renewals, reports and meetings of the treaties behind your programmes."),
    "validity": _l("From 60 days before your visa ends."),
    "calls": _l("When a call of your programme, or one you began an application for, is about to close."),
}


def life_title(kind: str, facts: Mapping[str, Any]) -> str:
    """Return in one sentence what comes on the day."""
    instrument = law_text(str(facts.get("instrument", "")))
    if kind == LifeKind.NOTICE:
        return _("Last day to give notice under: %(instrument)s", instrument=instrument)
    if kind == LifeKind.RENEWAL:
        return _("The present term ends: %(instrument)s", instrument=instrument)
    if kind == LifeKind.SUNSET and facts.get("party"):
        country = country_name(str(facts["party"]))
        return _("%(country)s is bound no longer: %(instrument)s", country=country, instrument=instrument)
    if kind == LifeKind.SUNSET:
        return _("A wording ends: %(instrument)s", instrument=instrument)
    if kind == LifeKind.VALIDITY:
        return _("The visa is valid until this day.")
    if kind == LifeKind.CALL:
        return _("The call closes: %(title)s", title=_title(facts))
    if kind == LifeKind.DRAFT:
        return _("Your application is not sent yet: %(title)s", title=_title(facts))
    if facts.get("party"):
        country = country_name(str(facts["party"]))
        return _("%(country)s: %(duty)s", country=country, duty=law_text(str(facts["owes"])))
    return law_text(str(facts["owes"]))


def _title(facts: Mapping[str, Any]) -> str:
    return str(in_language(facts["call_titles"])[0])


def sort_name(sort: str) -> str:
    """Return the name of what a reader can refuse."""
    return str(SORTS[sort])
