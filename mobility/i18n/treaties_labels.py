"""Words for the codes of the law: kinds of instrument and provision, stages, who owes, directions, confidence."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.law_codes import (
    CalendarOwner,
    Confidence,
    DatePrecision,
    Direction,
    ExtensionModel,
    InstrumentKind,
    LegalStage,
    OwedBy,
    ProvisionKind,
    Silence,
    SuspensionModel,
)
from mobility.domain.treaties import ProvisionVersion
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import country_name, format_date
from mobility.i18n.periods import period_phrase

INSTRUMENT_KINDS: Final[Mapping[InstrumentKind, Any]] = MappingProxyType(
    {
        InstrumentKind.TREATY: _l("Treaty"),
        InstrumentKind.EU_ACT: _l("Act of the European Union"),
        InstrumentKind.NATIONAL_ACT: _l("National act"),
        InstrumentKind.AGREEMENT: _l("Agreement between two states"),
        InstrumentKind.PROGRAMME_RULES: _l("Rules of a programme"),
        InstrumentKind.RECOMMENDATION: _l("Recommendation"),
    }
)
LEGAL_STAGES: Final[Mapping[LegalStage, Any]] = MappingProxyType(
    {
        LegalStage.VISA: _l("Visa"),
        LegalStage.STAY: _l("Stay"),
        LegalStage.RECOGNITION: _l("Recognition of qualifications"),
        LegalStage.FUNDING: _l("Funding"),
        LegalStage.LANGUAGE: _l("Language training"),
        LegalStage.WORKS: _l("Works and performances"),
        LegalStage.GOVERNANCE: _l("Governance of the instrument"),
        LegalStage.RECIPROCITY: _l("Reciprocity"),
        LegalStage.PROCEDURE: _l("Procedure"),
    }
)
PROVISION_KINDS: Final[Mapping[ProvisionKind, Any]] = MappingProxyType(
    {
        ProvisionKind.ACT: _l("something has to be done"),
        ProvisionKind.DECISION: _l("a decision is owed"),
        ProvisionKind.SILENCE: _l("silence has an effect"),
        ProvisionKind.EFFECT: _l("an effect sets in"),
        ProvisionKind.VALIDITY: _l("something is valid so long"),
        ProvisionKind.STAY: _l("a stay lasts at most so long"),
        ProvisionKind.NOTICE: _l("notice has to be given"),
        ProvisionKind.WINDOW_OPEN: _l("from this day it is possible"),
        ProvisionKind.WINDOW_CLOSE: _l("until this day it is possible"),
        ProvisionKind.REPORT: _l("a report is owed"),
        ProvisionKind.FIXED_DATE: _l("a fixed day"),
        ProvisionKind.BAR: _l("something is barred so long"),
        ProvisionKind.QUOTA: _l("a number of places"),
        ProvisionKind.SUSPENSION: _l("a period stands still"),
        ProvisionKind.DEEMED_EVENT: _l("something is taken to have happened"),
        ProvisionKind.ADD_ON: _l("days are added"),
        ProvisionKind.MILESTONE: _l("a milestone"),
    }
)
DIRECTIONS: Final[Mapping[Direction, Any]] = MappingProxyType(
    {
        Direction.FORWARD: _l("counted forward from the event"),
        Direction.FORWARD_MAX: _l("counted forward, at most"),
        Direction.FORWARD_MIN: _l("counted forward, at least"),
        Direction.BACKWARD_LATEST: _l("counted back from the event, at the latest"),
        Direction.BACKWARD_EARLIEST: _l("counted back from the event, at the earliest"),
        Direction.ROLLING: _l("within a window that moves with every day"),
        Direction.GAP: _l("a gap between two events"),
        Direction.RANGE: _l("between a shortest and a longest length"),
        Direction.MAXIMUM: _l("at most so long"),
        Direction.VALIDITY: _l("valid from the event on"),
        Direction.ENTITLEMENT: _l("a right that lasts so long"),
        Direction.BAR: _l("barred from the event on"),
        Direction.QUOTA: _l("a number for each year"),
        Direction.LOOK_BACK: _l("looking back from the event"),
        Direction.PERIODIC: _l("again and again"),
        Direction.FIXED_DATE: _l("on a fixed day"),
        Direction.SUSPENSION: _l("while a period stands still"),
        Direction.ADD_ON: _l("added to another period"),
        Direction.CONDITION: _l("as long as a condition holds"),
        Direction.MILESTONE: _l("at a milestone"),
    }
)
OWED_BY: Final[Mapping[OwedBy, Any]] = MappingProxyType(
    {
        OwedBy.APPLICANT: _l("the applicant"),
        OwedBy.POST: _l("the embassy or consulate"),
        OwedBy.RECOGNITION_BODY: _l("the recognition body"),
        OwedBy.FUNDER: _l("the funder"),
        OwedBy.SCHOOL: _l("the language school"),
        OwedBy.CONSULTED_STATE: _l("the consulted state"),
        OwedBy.RESIDENCE_AUTHORITY: _l("the residence authority"),
        OwedBy.HOME_AUTHORITY: _l("the authority at home"),
        OwedBy.SENDING_INSTITUTION: _l("the sending institution"),
        OwedBy.RECEIVING_INSTITUTION: _l("the receiving institution"),
        OwedBy.SPONSOR: _l("the sponsor"),
        OwedBy.AUTHORITY: _l("the authority"),
        OwedBy.SENDING_STATE: _l("the sending state"),
        OwedBy.RECEIVING_STATE: _l("the receiving state"),
        OwedBy.PARTIES: _l("the parties"),
        OwedBy.DENOUNCING_PARTY: _l("the party that denounces"),
        OwedBy.JOINT_COMMISSION: _l("the joint commission"),
        OwedBy.ASSOCIATION: _l("the association"),
        OwedBy.CUSTOMS: _l("the customs"),
        OwedBy.TREATY_EFFECT: _l("nobody: it follows by itself"),
    }
)
CALENDARS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        CalendarOwner.ACTOR: _l("that of the office"),
        CalendarOwner.ADDRESSEE: _l("that of whoever receives it"),
        CalendarOwner.SENDING_STATE: _l("that of the sending state"),
        CalendarOwner.RECEIVING_STATE: _l("that of the receiving state"),
        CalendarOwner.HOST_STATE: _l("that of the host state"),
        CalendarOwner.CONSULTED_STATE: _l("that of the consulted state"),
        CalendarOwner.NONE: _l("none: every day counts"),
    }
)
SUSPENSIONS: Final[Mapping[SuspensionModel, Any]] = MappingProxyType(
    {
        SuspensionModel.STOP_AND_RESUME: _l("The period stops and goes on where it stopped."),
        SuspensionModel.TIME_ALLOWED: _l("The time allowed for the answer does not count."),
        SuspensionModel.RESTART: _l("The period begins anew."),
        SuspensionModel.START_ON_COMPLETION: _l("The period begins only when the file is complete."),
        SuspensionModel.SEASONAL: _l("The period stands still in a season."),
        SuspensionModel.EXCLUDED_TIME: _l("Some time is left out of the period."),
    }
)
EXTENSIONS: Final[Mapping[ExtensionModel, Any]] = MappingProxyType(
    {
        ExtensionModel.NEW_TOTAL: _l("The whole period becomes longer, counted from its beginning."),
        ExtensionModel.FROM_ROLLED_END: _l("Time is added after the last day, as moved."),
        ExtensionModel.FROM_UNROLLED_END: _l("Time is added after the last day, before it is moved."),
        ExtensionModel.NEW_DATE: _l("The authority names another day."),
    }
)
SILENCES: Final[Mapping[Silence, Any]] = MappingProxyType(
    {
        Silence.NONE: _l("The law attaches nothing to silence."),
        Silence.REMEDY: _l("Silence opens a remedy."),
        Silence.ACCEPTANCE: _l("Silence counts as acceptance."),
        Silence.REFUSAL: _l("Silence counts as refusal."),
        Silence.APPEAL: _l("Silence can be appealed against."),
        Silence.LOSS: _l("Silence loses the right."),
        Silence.RENEWAL: _l("Silence renews."),
    }
)
CONFIDENCES: Final[Mapping[Confidence, Any]] = MappingProxyType(
    {
        Confidence.SEEN: _l("read in the text"),
        Confidence.SEEN_PARALLEL: _l("read in a parallel text"),
        Confidence.SEEN_SECONDARY: _l("read in a secondary source"),
        Confidence.RECALLED: _l("recalled: not verified"),
    }
)


def confidence_words(terms: ProvisionVersion) -> str:
    """Return how a wording was checked; a day of checking that is missing makes it unverified whatever it says."""
    if terms.confidence is Confidence.RECALLED or terms.checked_on is None:
        return str(CONFIDENCES[Confidence.RECALLED])
    return str(CONFIDENCES[terms.confidence])


def period_words(terms: ProvisionVersion) -> str:
    """Return the length of a provision in words."""
    return period_phrase(str(terms.period), str(terms.unit or ""), str(terms.direction))


def calendar_words(calendar: str) -> str:
    """Return whose holidays count: a role, or the country or institution that the provision names."""
    if calendar.startswith("country:"):
        return country_name(calendar.removeprefix("country:"))
    if calendar.startswith("institution:"):
        return calendar.removeprefix("institution:")
    return str(CALENDARS.get(calendar or CalendarOwner.NONE, calendar))


def validity_words(terms: ProvisionVersion) -> str:
    """Return from when to when a wording holds; a date known only by its year is told by its year."""
    begins = _since(terms)
    if terms.valid_until is None:
        return _("since %(day)s", day=begins) if begins else _("since a day that is not recorded")
    until = format_date(terms.valid_until, "long")
    return _("from %(first)s to %(last)s", first=begins, last=until) if begins else _("until %(day)s", day=until)


def _since(terms: ProvisionVersion) -> str:
    day: date | None = terms.valid_from
    if day is None:
        return ""
    return str(day.year) if terms.valid_from_precision is DatePrecision.YEAR else format_date(day, "long")
