"""The words all four kinds of stage share: kinds, statuses, steps, outcomes, facts, transitions.

What a visa, a recognition, a funding or a language stage may do stands in the module of that kind; here is
only the form of such a table. Statuses and steps are one vocabulary, so that storage keeps one column and a
status means the same wherever it occurs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mobility.domain.events import EventCode


class StageKind(StrEnum):
    """The four offices a person passes through."""

    VISA = "visa"
    RECOGNITION = "recognition"
    FUNDING = "funding"
    LANGUAGE = "language"


class Side(StrEnum):
    """Whose hand a thing is in: the person who applies, or the office that is competent."""

    APPLICANT = "applicant"
    OFFICE = "office"


class Outcome(StrEnum):
    """What a status means for the case: still open, ended well, or ended badly."""

    OPEN = "open"
    WELL = "well"
    BADLY = "badly"


class StageStatus(StrEnum):
    """Where a stage stands. `waiting` has not been opened because it waits for another stage."""

    WAITING = "waiting"
    OPENED = "opened"
    DOCUMENTS_REQUESTED = "documents_requested"
    REFUSED = "refused"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    NOT_REQUIRED = "not_required"

    APPOINTMENT_REQUESTED = "appointment_requested"
    APPOINTMENT_GIVEN = "appointment_given"
    LODGED = "lodged"
    ADMISSIBLE = "admissible"
    CONSULTED = "consulted"
    ISSUED = "issued"
    COLLECTED = "collected"
    REVOKED = "revoked"

    FILED = "filed"
    ACKNOWLEDGED = "acknowledged"
    COMPLETE = "complete"
    EVIDENCE_REQUESTED = "evidence_requested"
    EVALUATED = "evaluated"
    RECOGNISED = "recognised"
    PARTLY_RECOGNISED = "partly_recognised"
    COMPENSATION_REQUIRED = "compensation_required"

    REQUESTED = "requested"
    ASSESSED = "assessed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SIGNED = "signed"
    PAYING = "paying"
    SETTLED = "settled"
    RECLAIMING = "reclaiming"

    REGISTERED = "registered"
    PLACED = "placed"
    COURSE_OFFERED = "course_offered"
    ENROLLED = "enrolled"
    ATTENDED = "attended"
    CERTIFIED = "certified"
    NOT_PASSED = "not_passed"
    WAIVED = "waived"


class StageStep(StrEnum):
    """What somebody can do to a stage: a verb, one command each."""

    OPEN = "open"
    REQUEST_DOCUMENTS = "request_documents"
    RECEIVE_DOCUMENTS = "receive_documents"
    REFUSE = "refuse"
    APPEAL = "appeal"
    UPHOLD_APPEAL = "uphold_appeal"
    DISMISS_APPEAL = "dismiss_appeal"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    EXEMPT = "exempt"

    REQUEST_APPOINTMENT = "request_appointment"
    GIVE_APPOINTMENT = "give_appointment"
    LODGE = "lodge"
    RETURN_APPLICATION = "return_application"
    ADMIT = "admit"
    CONSULT = "consult"
    ANSWER_CONSULTATION = "answer_consultation"
    ISSUE = "issue"
    COLLECT = "collect"
    REVOKE = "revoke"

    FILE = "file"
    ACKNOWLEDGE = "acknowledge"
    DECLARE_COMPLETE = "declare_complete"
    EVALUATE = "evaluate"
    RECOGNISE = "recognise"
    RECOGNISE_PARTLY = "recognise_partly"
    REQUIRE_COMPENSATION = "require_compensation"
    CONFIRM_COMPENSATION = "confirm_compensation"
    EXPORT_RESULT = "export_result"

    REQUEST = "request"
    ASSESS = "assess"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    SIGN = "sign"
    REQUEST_PAYMENT = "request_payment"
    PAY = "pay"
    SETTLE = "settle"
    RECLAIM = "reclaim"
    RECORD_REPAYMENT = "record_repayment"

    REGISTER = "register"
    PLACE = "place"
    OFFER_COURSE = "offer_course"
    ENROL = "enrol"
    RECORD_ATTENDANCE = "record_attendance"
    CERTIFY = "certify"
    FAIL = "fail"
    RETAKE = "retake"
    WAIVE = "waive"


class FactType(StrEnum):
    """How the value of a fact is written and checked; money is a decimal with its currency beside it."""

    TEXT = "text"
    DATE = "date"
    INTEGER = "integer"
    DECIMAL = "decimal"
    CURRENCY = "currency"
    COUNTRY = "country"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactField:
    """One fact a step needs; `choices` holds the permitted codes of a choice, and labels are made elsewhere."""

    code: str
    type: FactType
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One line of a table: from a status, by a step, to a status.

    `by` names the sides that may take the step. With `second_person` the step is proposed by one person and
    takes effect when another confirms it.
    """

    source: StageStatus
    step: StageStep
    target: StageStatus
    events: tuple[EventCode, ...] = ()
    facts: tuple[FactField, ...] = ()
    by: frozenset[Side] = frozenset({Side.OFFICE})
    second_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTable:
    """Everything that makes one kind of stage: its lines, what each status means, and who acts next in it.

    A status without an entry in `outcomes` is open; one without an entry in `awaits` waits for nobody.
    """

    kind: StageKind
    transitions: tuple[Transition, ...]
    outcomes: Mapping[StageStatus, Outcome]
    awaits: Mapping[StageStatus, Side]

    def statuses(self) -> tuple[StageStatus, ...]:
        """Return the statuses that occur in this table, in the order in which they first appear."""
        ends = (status for line in self.transitions for status in (line.source, line.target))
        return tuple(dict.fromkeys(ends))
