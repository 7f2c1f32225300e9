"""Events of a case in a word or two, as they stand after a date: "16 November, asked", "10 December, lodged"."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mobility.i18n.current import lazy_gettext as _l

EVENTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "application_submitted": _l("application sent"),
        "case_admissible": _l("admitted"),
        "case_returned": _l("returned"),
        "case_ineligible": _l("found ineligible"),
        "case_refused": _l("refused"),
        "case_withdrawn": _l("withdrawn"),
        "case_lapsed": _l("lapsed"),
        "case_ready": _l("ready to travel"),
        "case_closed": _l("closed"),
        "stage_opened": _l("stage opened"),
        "stage_exempted": _l("not required"),
        "stage_withdrawn": _l("withdrawn"),
        "stage_lapsed": _l("lapsed"),
        "documents_requested": _l("documents asked for"),
        "documents_received": _l("documents received"),
        "appeal_lodged": _l("appeal lodged"),
        "appeal_decided": _l("appeal decided"),
        "visa_appointment_requested": _l("appointment asked for"),
        "visa_appointment_given": _l("appointment given"),
        "visa_lodged": _l("lodged"),
        "visa_returned": _l("handed back"),
        "visa_admissible": _l("admissible"),
        "visa_consulted": _l("consultation begun"),
        "visa_consultation_answered": _l("consultation answered"),
        "visa_decided": _l("decided"),
        "visa_issued": _l("issued"),
        "visa_refused": _l("refused"),
        "visa_collected": _l("collected"),
        "visa_revoked": _l("revoked"),
        "recognition_received": _l("received"),
        "recognition_acknowledged": _l("receipt confirmed"),
        "recognition_complete": _l("complete"),
        "recognition_evaluated": _l("evaluated"),
        "recognition_decided": _l("decided"),
        "recognition_refused": _l("refused"),
        "compensation_required": _l("compensation asked for"),
        "compensation_completed": _l("compensation completed"),
        "recognition_exported": _l("result exported"),
        "funding_requested": _l("asked for"),
        "funding_assessed": _l("assessed"),
        "funding_offered": _l("offered"),
        "funding_accepted": _l("accepted"),
        "funding_declined": _l("declined"),
        "funding_refused": _l("refused"),
        "grant_signed": _l("contract signed"),
        "payment_requested": _l("payment asked for"),
        "payment_made": _l("paid"),
        "funding_settled": _l("settled"),
        "repayment_demanded": _l("repayment asked for"),
        "repayment_received": _l("repaid"),
        "language_registered": _l("registered"),
        "language_placed": _l("placed"),
        "language_course_offered": _l("course offered"),
        "language_enrolled": _l("enrolled"),
        "language_attended": _l("course attended"),
        "language_certified": _l("certified"),
        "language_not_passed": _l("not passed"),
        "language_refused": _l("refused"),
        "language_waived": _l("waived"),
        "planned_arrival": _l("planned arrival"),
        "arrived": _l("arrival"),
        "planned_departure": _l("planned departure"),
        "departed": _l("departure"),
        "report_submitted": _l("report sent"),
    }
)


def event_words(code: str) -> str:
    """Return the event in a word or two; nothing for a provision that no event starts."""
    return str(EVENTS.get(code, ""))
