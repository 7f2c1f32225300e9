"""The words of the stages: kinds, statuses, the buttons of their steps, the facts asked for and their choices."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mobility.i18n.current import lazy_gettext as _l

STAGES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "case": _l("Case"),
        "visa": _l("Visa"),
        "recognition": _l("Recognition"),
        "funding": _l("Funding"),
        "language": _l("Language"),
    }
)

STAGE_STATUS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "waiting": _l("not yet open"),
        "opened": _l("open"),
        "documents_requested": _l("waiting for documents"),
        "refused": _l("refused"),
        "appealed": _l("under appeal"),
        "withdrawn": _l("withdrawn"),
        "lapsed": _l("lapsed"),
        "not_required": _l("not needed"),
        "appointment_requested": _l("appointment asked for"),
        "appointment_given": _l("appointment given"),
        "lodged": _l("lodged"),
        "admissible": _l("admissible, being examined"),
        "consulted": _l("another state is being asked"),
        "issued": _l("issued"),
        "collected": _l("collected"),
        "revoked": _l("revoked"),
        "filed": _l("received"),
        "acknowledged": _l("receipt confirmed"),
        "complete": _l("complete, being evaluated"),
        "evidence_requested": _l("waiting for further evidence"),
        "evaluated": _l("evaluated"),
        "recognised": _l("recognised"),
        "partly_recognised": _l("partly recognised"),
        "compensation_required": _l("further training or test needed"),
        "requested": _l("requested"),
        "assessed": _l("assessed"),
        "offered": _l("offered"),
        "accepted": _l("accepted"),
        "declined": _l("declined"),
        "signed": _l("contract signed"),
        "paying": _l("being paid"),
        "settled": _l("settled"),
        "reclaiming": _l("being claimed back"),
        "registered": _l("registered"),
        "placed": _l("placement done"),
        "course_offered": _l("course offered"),
        "enrolled": _l("enrolled"),
        "attended": _l("course attended"),
        "certified": _l("certified"),
        "not_passed": _l("not passed"),
        "waived": _l("waived"),
    }
)

STEPS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "open": _l("Open the stage"),
        "request_documents": _l("Ask for documents"),
        "receive_documents": _l("Record that the documents have arrived"),
        "refuse": _l("Refuse"),
        "appeal": _l("Appeal against the decision"),
        "uphold_appeal": _l("Uphold the appeal"),
        "dismiss_appeal": _l("Dismiss the appeal"),
        "withdraw": _l("Withdraw from this stage"),
        "lapse": _l("Let the stage lapse"),
        "exempt": _l("Record that it is not needed"),
        "request_appointment": _l("Ask for an appointment"),
        "give_appointment": _l("Give an appointment"),
        "lodge": _l("Record that the application was lodged"),
        "return_application": _l("Hand the application back"),
        "admit": _l("Declare the application admissible"),
        "consult": _l("Ask another state"),
        "answer_consultation": _l("Record the other state’s answer"),
        "issue": _l("Issue the visa"),
        "collect": _l("Record that the visa was collected"),
        "revoke": _l("Revoke the visa"),
        "file": _l("Record that the file was received"),
        "acknowledge": _l("Confirm receipt"),
        "declare_complete": _l("Declare the file complete"),
        "evaluate": _l("Record the evaluation"),
        "recognise": _l("Recognise in full"),
        "recognise_partly": _l("Recognise in part"),
        "require_compensation": _l("Require further training or a test"),
        "confirm_compensation": _l("Confirm the further training or test"),
        "export_result": _l("Export the result"),
        "request": _l("Request the funding"),
        "assess": _l("Assess the request"),
        "offer": _l("Offer the grant"),
        "accept": _l("Accept the grant"),
        "decline": _l("Decline the grant"),
        "sign": _l("Record the signed contract"),
        "request_payment": _l("Request an instalment"),
        "pay": _l("Record a payment"),
        "settle": _l("Settle the account"),
        "reclaim": _l("Claim money back"),
        "record_repayment": _l("Record the repayment"),
        "register": _l("Register for the course"),
        "place": _l("Record the placement"),
        "offer_course": _l("Offer a course"),
        "enrol": _l("Enrol"),
        "record_attendance": _l("Record the attendance"),
        "certify": _l("Issue the certificate"),
        "fail": _l("Record that it was not passed"),
        "retake": _l("Sit the examination again"),
        "waive": _l("Waive the requirement"),
    }
)

STEPS_TAKEN: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "open": _l("Stage opened"),
        "request_documents": _l("Documents asked for"),
        "receive_documents": _l("Documents received"),
        "refuse": _l("Refused"),
        "appeal": _l("Appeal lodged"),
        "uphold_appeal": _l("Appeal upheld"),
        "dismiss_appeal": _l("Appeal dismissed"),
        "withdraw": _l("Withdrawn"),
        "lapse": _l("Lapsed"),
        "exempt": _l("Found not to be needed"),
        "request_appointment": _l("Appointment asked for"),
        "give_appointment": _l("Appointment given"),
        "lodge": _l("Application lodged"),
        "return_application": _l("Application handed back"),
        "admit": _l("Application admissible"),
        "consult": _l("Another state asked"),
        "answer_consultation": _l("Answer of the other state received"),
        "issue": _l("Visa issued"),
        "collect": _l("Visa collected"),
        "revoke": _l("Visa revoked"),
        "file": _l("File received"),
        "acknowledge": _l("Receipt confirmed"),
        "declare_complete": _l("File complete"),
        "evaluate": _l("Qualification evaluated"),
        "recognise": _l("Recognised in full"),
        "recognise_partly": _l("Recognised in part"),
        "require_compensation": _l("Further training or test required"),
        "confirm_compensation": _l("Further training or test completed"),
        "export_result": _l("Result exported"),
        "request": _l("Funding requested"),
        "assess": _l("Request assessed"),
        "offer": _l("Grant offered"),
        "accept": _l("Grant accepted"),
        "decline": _l("Grant declined"),
        "sign": _l("Contract signed"),
        "request_payment": _l("Instalment requested"),
        "pay": _l("Instalment paid"),
        "settle": _l("Account settled"),
        "reclaim": _l("Money claimed back"),
        "record_repayment": _l("Repayment received"),
        "register": _l("Registered for the course"),
        "place": _l("Placement done"),
        "offer_course": _l("Course offered"),
        "enrol": _l("Enrolled"),
        "record_attendance": _l("Attendance recorded"),
        "certify": _l("Certificate issued"),
        "fail": _l("Not passed"),
        "retake": _l("Enrolled again"),
        "waive": _l("Requirement waived"),
    }
)

FACTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "requested": _l("What is asked for"),
        "reply_by": _l("Answer by"),
        "received_on": _l("Received on"),
        "statement": _l("Reasons for the appeal"),
        "reasons": _l("Reasons"),
        "ground": _l("Ground"),
        "legal_basis": _l("Legal basis"),
        "requested_on": _l("Asked for on"),
        "appointment_on": _l("Day of the appointment"),
        "lodged_on": _l("Lodged on"),
        "consulted": _l("State asked"),
        "answer": _l("Answer"),
        "visa_kind": _l("Kind of visa"),
        "entries": _l("Entries"),
        "valid_from": _l("Valid from"),
        "valid_until": _l("Valid until"),
        "days": _l("Days of stay"),
        "collected_on": _l("Collected on"),
        "complete_on": _l("Complete since"),
        "equivalent_to": _l("Equivalent to"),
        "differences": _l("Substantial differences"),
        "measure": _l("Further training or test"),
        "completed_on": _l("Completed on"),
        "amount": _l("Amount"),
        "currency": _l("Currency"),
        "assessment": _l("Assessment"),
        "signed_on": _l("Signed by both on"),
        "milestone": _l("Milestone"),
        "paid_on": _l("Paid on"),
        "rate": _l("Units of the currency for one euro"),
        "rate_on": _l("Day of the rate"),
        "registered_on": _l("Registered on"),
        "level": _l("Level"),
        "provider": _l("School"),
        "starts_on": _l("Starts on"),
        "ends_on": _l("Ends on"),
        "hours": _l("Hours"),
        "hours_attended": _l("Hours attended"),
        "certified_on": _l("Certified on"),
        "certificate": _l("Number of the certificate"),
        "request": _l("Question"),
        "deemed": _l("Decided by silence under"),
    }
)

MILESTONES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "signature": _l("Signature"),
        "arrival": _l("Arrival"),
        "mid_term": _l("Half of the stay"),
        "report": _l("Report"),
    }
)

GROUNDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "false_travel_document": _l("The travel document is false or forged"),
        "purpose_not_justified": _l("Purpose and conditions of the stay are not justified"),
        "means_not_proved": _l("Sufficient means are not proved"),
        "stay_used_up": _l("The permitted days of stay are used up"),
        "alert_for_refusal_of_entry": _l("An alert for refusal of entry exists"),
        "threat_to_public_policy": _l("A threat to public policy, security or health"),
        "insurance_not_proved": _l("Travel health insurance is not proved"),
        "doubts_about_documents": _l("Reasonable doubts about the documents or statements"),
        "return_not_assured": _l("The intention to leave in time is in doubt"),
        "consulted_state_objects": _l("The state that was asked objects"),
        "not_admissible": _l("The application is not admissible"),
        "substantial_differences": _l("Substantial differences"),
        "not_authentic": _l("The documents are not authentic"),
        "institution_not_recognised": _l("The institution is not recognised"),
        "evidence_not_provided": _l("The evidence asked for was not provided"),
        "compensation_not_completed": _l("The further training or test was not completed"),
        "conditions_not_met": _l("The conditions are not met"),
        "below_threshold": _l("Below the threshold of the assessment"),
        "budget_exhausted": _l("The budget is used up"),
        "funded_elsewhere": _l("Funded from another source"),
        "stay_not_completed": _l("The stay was not completed"),
        "costs_not_eligible": _l("The costs are not eligible"),
        "report_missing": _l("The report is missing"),
        "level_not_reached": _l("The level was not reached"),
        "attendance_too_low": _l("Attendance was too low"),
        "no_place_available": _l("No place is available"),
        "nationality_exempt": _l("The nationality is exempt"),
        "short_stay_exempt": _l("Short stays are exempt"),
        "already_held": _l("It is held already"),
        "native_speaker": _l("Native speaker"),
        "working_language_suffices": _l("The working language suffices"),
        "funded_by_others": _l("Others pay"),
        "applicant_did_not_act": _l("The applicant did not act"),
        "time_limit_passed": _l("The time limit passed"),
        "case_ended": _l("The case has ended"),
        "programme_cancelled": _l("The programme was cancelled"),
        "incomplete": _l("The application is incomplete"),
        "documents_missing": _l("Documents are missing"),
        "outside_call": _l("The stay lies outside what the call offers"),
        "not_covered": _l("The agreement does not cover this case"),
        "quota_used_up": _l("The quota is used up"),
        "duplicate": _l("There is already an application for the same stay"),
    }
)

CHOICES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **GROUNDS,
        "airport_transit": _l("Airport transit"),
        "short_stay": _l("Short stay"),
        "long_stay": _l("Long stay"),
        "entry_permit": _l("Entry permit"),
        "one": _l("One entry"),
        "two": _l("Two entries"),
        "multiple": _l("Multiple entries"),
        "no_objection": _l("No objection"),
        "objection": _l("Objection"),
        "silence": _l("No answer in time"),
    }
)


def stage_label(kind: str) -> str:
    """Return the name of a stage; "case" is the case as a whole."""
    return str(STAGES[kind])


def stage_status_label(status: str) -> str:
    """Return how a stage stands, in words that follow a dot or a colon."""
    return str(STAGE_STATUS[status])


def step_label(step: str) -> str:
    """Return what a button that takes the step says."""
    return str(STEPS[step])


def step_taken_label(step: str) -> str:
    """Return what a list of steps says once it was taken."""
    return str(STEPS_TAKEN[step])


def fact_label(code: str) -> str:
    """Return the label of a fact's field."""
    return str(FACTS[code])


def choice_label(code: str) -> str:
    """Return the words of a choice; levels such as a2 are written in capitals everywhere."""
    return str(CHOICES[code]) if code in CHOICES else code.upper()


def ground_label(code: str) -> str:
    """Return why something was refused, returned, exempted or let lapse."""
    return str(GROUNDS[code])


def milestone_label(code: str) -> str:
    """Return what an instalment is tied to; other texts were written by an officer."""
    return str(MILESTONES.get(code, code))
