"""The codes of everything that can happen in a case.

Provisions in `config/treaties/*.toml` name these codes in `starts_on` and `met_by`, and the stages' transition
tables say which step emits which. The code is stored and compared; the words are made in `mobility.i18n`. An
event that occurs in several stages (documents asked for, an appeal) has one code: the stage is stored beside it.
"""

from enum import StrEnum


class EventCode(StrEnum):
    """What happened, in the past tense. The values are stored and cited by treaty files: never rename one."""

    APPLICATION_SUBMITTED = "application_submitted"
    CASE_ADMISSIBLE = "case_admissible"
    CASE_RETURNED = "case_returned"
    CASE_INELIGIBLE = "case_ineligible"
    CASE_REFUSED = "case_refused"
    CASE_WITHDRAWN = "case_withdrawn"
    CASE_LAPSED = "case_lapsed"
    CASE_READY = "case_ready"
    CASE_CLOSED = "case_closed"

    STAGE_OPENED = "stage_opened"
    STAGE_EXEMPTED = "stage_exempted"
    STAGE_WITHDRAWN = "stage_withdrawn"
    STAGE_LAPSED = "stage_lapsed"
    DOCUMENTS_REQUESTED = "documents_requested"
    DOCUMENTS_RECEIVED = "documents_received"
    APPEAL_LODGED = "appeal_lodged"
    APPEAL_DECIDED = "appeal_decided"

    VISA_APPOINTMENT_REQUESTED = "visa_appointment_requested"
    VISA_APPOINTMENT_GIVEN = "visa_appointment_given"
    VISA_LODGED = "visa_lodged"
    VISA_RETURNED = "visa_returned"
    VISA_ADMISSIBLE = "visa_admissible"
    VISA_CONSULTED = "visa_consulted"
    VISA_CONSULTATION_ANSWERED = "visa_consultation_answered"
    VISA_DECIDED = "visa_decided"
    VISA_ISSUED = "visa_issued"
    VISA_REFUSED = "visa_refused"
    VISA_COLLECTED = "visa_collected"
    VISA_REVOKED = "visa_revoked"

    RECOGNITION_RECEIVED = "recognition_received"
    RECOGNITION_ACKNOWLEDGED = "recognition_acknowledged"
    RECOGNITION_COMPLETE = "recognition_complete"
    RECOGNITION_EVALUATED = "recognition_evaluated"
    RECOGNITION_DECIDED = "recognition_decided"
    RECOGNITION_REFUSED = "recognition_refused"
    COMPENSATION_REQUIRED = "compensation_required"
    COMPENSATION_COMPLETED = "compensation_completed"
    RECOGNITION_EXPORTED = "recognition_exported"

    FUNDING_REQUESTED = "funding_requested"
    FUNDING_ASSESSED = "funding_assessed"
    FUNDING_OFFERED = "funding_offered"
    FUNDING_ACCEPTED = "funding_accepted"
    FUNDING_DECLINED = "funding_declined"
    FUNDING_REFUSED = "funding_refused"
    GRANT_SIGNED = "grant_signed"
    PAYMENT_REQUESTED = "payment_requested"
    PAYMENT_MADE = "payment_made"
    FUNDING_SETTLED = "funding_settled"
    REPAYMENT_DEMANDED = "repayment_demanded"
    REPAYMENT_RECEIVED = "repayment_received"

    LANGUAGE_REGISTERED = "language_registered"
    LANGUAGE_PLACED = "language_placed"
    LANGUAGE_COURSE_OFFERED = "language_course_offered"
    LANGUAGE_ENROLLED = "language_enrolled"
    LANGUAGE_ATTENDED = "language_attended"
    LANGUAGE_CERTIFIED = "language_certified"
    LANGUAGE_NOT_PASSED = "language_not_passed"
    LANGUAGE_REFUSED = "language_refused"
    LANGUAGE_WAIVED = "language_waived"

    PLANNED_ARRIVAL = "planned_arrival"
    ARRIVED = "arrived"
    PLANNED_DEPARTURE = "planned_departure"
    DEPARTED = "departed"
    REPORT_SUBMITTED = "report_submitted"


PLANNED_EVENTS = frozenset({EventCode.PLANNED_ARRIVAL, EventCode.PLANNED_DEPARTURE})
"""Events whose day lies ahead: clocks that count back start from them, and move when the plan moves."""
