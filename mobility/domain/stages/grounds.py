"""The grounds on which each kind of stage can be refused or let lapse, and the fields every refusal carries.

A refusal without ground and legal basis cannot be recorded: the person must be able to appeal against it. The
visa grounds are those of the standard form in Annex VI of the Visa Code, Regulation (EC) 810/2009
(https://eur-lex.europa.eu/eli/reg/2009/810); "substantial differences" is the test of Article VI.1 of the
Lisbon Recognition Convention, ETS 165.
"""

from enum import StrEnum

from mobility.domain.stages.vocabulary import FactField, FactType


class VisaGround(StrEnum):
    """Why a visa is refused, after Visa Code Article 32(1) and Annex VI."""

    FALSE_TRAVEL_DOCUMENT = "false_travel_document"
    PURPOSE_NOT_JUSTIFIED = "purpose_not_justified"
    MEANS_NOT_PROVED = "means_not_proved"
    STAY_USED_UP = "stay_used_up"
    ALERT_FOR_REFUSAL_OF_ENTRY = "alert_for_refusal_of_entry"
    THREAT_TO_PUBLIC_POLICY = "threat_to_public_policy"
    INSURANCE_NOT_PROVED = "insurance_not_proved"
    DOUBTS_ABOUT_DOCUMENTS = "doubts_about_documents"
    RETURN_NOT_ASSURED = "return_not_assured"
    CONSULTED_STATE_OBJECTS = "consulted_state_objects"
    NOT_ADMISSIBLE = "not_admissible"


class RecognitionGround(StrEnum):
    """Why a qualification is not recognised."""

    SUBSTANTIAL_DIFFERENCES = "substantial_differences"
    NOT_AUTHENTIC = "not_authentic"
    INSTITUTION_NOT_RECOGNISED = "institution_not_recognised"
    EVIDENCE_NOT_PROVIDED = "evidence_not_provided"
    COMPENSATION_NOT_COMPLETED = "compensation_not_completed"


class FundingGround(StrEnum):
    """Why money is not granted, or is asked back."""

    CONDITIONS_NOT_MET = "conditions_not_met"
    BELOW_THRESHOLD = "below_threshold"
    BUDGET_EXHAUSTED = "budget_exhausted"
    FUNDED_ELSEWHERE = "funded_elsewhere"
    STAY_NOT_COMPLETED = "stay_not_completed"
    COSTS_NOT_ELIGIBLE = "costs_not_eligible"
    REPORT_MISSING = "report_missing"


class LanguageGround(StrEnum):
    """Why a language stage ends without a certificate."""

    LEVEL_NOT_REACHED = "level_not_reached"
    ATTENDANCE_TOO_LOW = "attendance_too_low"
    NO_PLACE_AVAILABLE = "no_place_available"


class ExemptionGround(StrEnum):
    """Why a stage need not be passed."""

    NATIONALITY_EXEMPT = "nationality_exempt"
    SHORT_STAY_EXEMPT = "short_stay_exempt"
    ALREADY_HELD = "already_held"
    NATIVE_SPEAKER = "native_speaker"
    WORKING_LANGUAGE_SUFFICES = "working_language_suffices"
    FUNDED_BY_OTHERS = "funded_by_others"


class LapseGround(StrEnum):
    """Why a stage ends without a decision."""

    APPLICANT_DID_NOT_ACT = "applicant_did_not_act"
    TIME_LIMIT_PASSED = "time_limit_passed"
    CASE_ENDED = "case_ended"
    PROGRAMME_CANCELLED = "programme_cancelled"


LEGAL_BASIS = FactField(code="legal_basis", type=FactType.TEXT)


def refusal_facts(grounds: type[StrEnum]) -> tuple[FactField, ...]:
    """Return the fields of a refusal: one of the grounds, and the legal basis in the words of the office."""
    ground = FactField(code="ground", type=FactType.CHOICE, choices=tuple(member.value for member in grounds))
    return (ground, LEGAL_BASIS, FactField(code="reasons", type=FactType.TEXT, required=False))
