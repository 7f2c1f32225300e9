"""The words of cases: statuses, steps, whose turn it is and how a clock stands.

Whole sentences only; the codes come from the domain and from the audit log.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.stages import Side
from mobility.domain.turns import Turn, TurnReason
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l

CASE_STATUS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "draft": _l("draft"),
        "submitted": _l("sent, being checked"),
        "admissible": _l("admissible"),
        "returned": _l("returned to be completed"),
        "ineligible": _l("not eligible"),
        "in_progress": _l("in progress"),
        "ready": _l("ready to travel"),
        "travelling": _l("travelling"),
        "completed": _l("stay completed"),
        "closed": _l("closed"),
        "withdrawn": _l("withdrawn"),
        "refused": _l("refused"),
        "lapsed": _l("lapsed"),
        "appealed": _l("under appeal"),
    }
)

CASE_STEPS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "admit": _l("Declare the application admissible"),
        "return": _l("Return the application"),
        "declare_ineligible": _l("Declare the application ineligible"),
        "appeal": _l("Appeal against the decision"),
        "uphold_appeal": _l("Uphold the appeal"),
        "confirm_ineligibility": _l("Dismiss the appeal"),
        "withdraw": _l("Withdraw the application"),
        "record_arrival": _l("Record the arrival"),
        "record_departure": _l("Record the departure"),
        "close": _l("Close the case"),
    }
)

LAMPS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "late": _l("Late"),
        "due_today": _l("Due today"),
        "soon": _l("Soon"),
        "on_time": _l("On time"),
        "stopped": _l("Stopped"),
        "done": _l("Done"),
        "done_late": _l("Done late"),
        "reached": _l("Reached"),
        "ended": _l("Ended"),
    }
)

DESK_GROUPS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "late": _l("Late"),
        "due_today": _l("Due today"),
        "this_week": _l("This week"),
        "later": _l("Later"),
        "stopped": _l("Stopped"),
        "undated": _l("No date runs"),
    }
)

OPEN_ENDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "open_requests": _l("A question to the applicant is still open."),
        "running_clocks": _l("A legal time limit is still running."),
        "money_unsettled": _l("The funding is not settled."),
    }
)

SILENCE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "none": _l("The law attaches nothing to silence: the answer is late."),
        "remedy": _l("Nothing is granted or refused by silence; you may take action against the failure to decide."),
        "acceptance": _l("Silence counts as consent."),
        "refusal": _l("Silence counts as a refusal."),
        "appeal": _l("If no decision is taken, you may appeal as if it had been refused."),
        "loss": _l("The right is lost when the day passes."),
        "renewal": _l("Without notice it is renewed."),
    }
)

CASE_ERRORS: dict[str, Any] = {
    "case_not_ready_to_close": _l("The case cannot be closed yet: something is still owed in it."),
    "step_awaits_confirmation": _l("A step of this stage is proposed and waits for a second person."),
    "second_person_required": _l("You proposed this yourself. A second person must confirm it."),
    "request_closed": _l("This question was answered or taken back already."),
    "extension_not_allowed": _l("This time limit cannot be extended, or not any more."),
    "clock_not_started": _l("This time limit has no starting day."),
    "clock_events_conflict": _l("The events of this time limit contradict each other."),
    "clock_data_missing": _l("The law needs one more day to compute this date: say until when the answer is expected."),
    "stage_order_invalid": _l("The stages of this programme wait for each other in a circle."),
}

CLOCK_EVENTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "started": _l("started"),
        "suspended": _l("stopped"),
        "resumed": _l("resumed"),
        "extended": _l("extended"),
        "met": _l("kept"),
        "breached": _l("late"),
        "lapsed": _l("ended without a decision"),
        "superseded": _l("replaced"),
        "recomputed": _l("computed again"),
    }
)


def case_status_label(status: str) -> str:
    """Return how a case stands."""
    return str(CASE_STATUS[status])


def case_step_label(step: str) -> str:
    """Return what a button that takes the step says."""
    return str(CASE_STEPS[step])


def lamp_label(lamp: str) -> str:
    """Return the word beside a lamp."""
    return str(LAMPS[lamp])


def desk_group_label(group: str) -> str:
    """Return the heading of a part of the queue."""
    return str(DESK_GROUPS[group])


def open_end_sentence(code: str) -> str:
    """Return what keeps a case from being closed."""
    return str(OPEN_ENDS[code])


def silence_sentence(code: str) -> str:
    """Return what the law makes of a missing answer."""
    return str(SILENCE[code])


_APPLICANT_READS: Final[Mapping[TurnReason, Any]] = MappingProxyType(
    {
        TurnReason.SEND_APPLICATION: _l("send your application."),
        TurnReason.CORRECT_APPLICATION: _l("complete the application and send it again."),
        TurnReason.TRAVEL: _l("travel, and tell us when you have arrived."),
        TurnReason.GO_HOME: _l("enjoy your stay, and tell us when you have left."),
    }
)

_STAGE_TURNS: Final[Mapping[tuple[str, str], Any]] = MappingProxyType(
    {
        ("visa", "opened"): _l("ask for an appointment, or lodge the visa application."),
        ("visa", "appointment_requested"): _l("give an appointment for the visa application."),
        ("visa", "appointment_given"): _l("come to the appointment and lodge the visa application."),
        ("visa", "lodged"): _l("say whether the visa application is admissible."),
        ("visa", "admissible"): _l("decide on the visa."),
        ("visa", "consulted"): _l("record the answer of the state that was asked."),
        ("visa", "documents_requested"): _l("send the documents for the visa."),
        ("visa", "issued"): _l("collect the visa."),
        ("visa", "appealed"): _l("decide on the appeal about the visa."),
        ("recognition", "opened"): _l("file the request for recognition."),
        ("recognition", "filed"): _l("confirm that the file has arrived."),
        ("recognition", "acknowledged"): _l("say whether the file is complete."),
        ("recognition", "documents_requested"): _l("send the documents for the recognition."),
        ("recognition", "complete"): _l("decide on the recognition."),
        ("recognition", "evidence_requested"): _l("send the further evidence for the recognition."),
        ("recognition", "evaluated"): _l("decide on the recognition."),
        ("recognition", "compensation_required"): _l("complete the further training or the test."),
        ("recognition", "appealed"): _l("decide on the appeal about the recognition."),
        ("funding", "opened"): _l("request the funding."),
        ("funding", "requested"): _l("assess the request for funding."),
        ("funding", "documents_requested"): _l("send the documents for the funding."),
        ("funding", "assessed"): _l("decide on the grant."),
        ("funding", "offered"): _l("accept or decline the grant."),
        ("funding", "accepted"): _l("sign the contract."),
        ("funding", "paying"): _l("pay the instalments and settle the account."),
        ("funding", "reclaiming"): _l("pay back what is claimed."),
        ("funding", "appealed"): _l("decide on the appeal about the funding."),
        ("language", "opened"): _l("register for the language course."),
        ("language", "registered"): _l("do the placement, or offer a course."),
        ("language", "documents_requested"): _l("send the documents for the language course."),
        ("language", "placed"): _l("offer a course."),
        ("language", "course_offered"): _l("enrol in the course."),
        ("language", "enrolled"): _l("hold the course and record the attendance."),
        ("language", "attended"): _l("issue the certificate."),
        ("language", "appealed"): _l("decide on the appeal about the language certificate."),
    }
)

_OFFICE_READS: Final[Mapping[TurnReason, Any]] = MappingProxyType(
    {
        TurnReason.CHECK_APPLICATION: _l("check the application."),
        TurnReason.OPEN_STAGES: _l("open the stages."),
        TurnReason.CLOSE_CASE: _l("close the case."),
        TurnReason.DECIDE_APPEAL: _l("decide on the appeal."),
        TurnReason.TIME_LIMIT: _l("keep the time limit that runs."),
    }
)


def turn_task(turn: Turn, *, office_name: str = "") -> str:
    """Return what is to be done: it follows "It is your turn:" or who acts, and ends with a full stop."""
    if turn.reason is TurnReason.ANSWER_REQUEST:
        return _("answer one question from %(office)s.", office=office_name)
    if turn.reason is TurnReason.STAGE and turn.stage is not None and turn.status is not None:
        return str(_STAGE_TURNS[turn.stage, turn.status])
    task = _APPLICANT_READS.get(turn.reason) or _OFFICE_READS[turn.reason]
    return str(task)


def turn_sentence(turn: Turn, *, for_side: str, office_name: str = "", applicant_name: str = "") -> str:
    """Return whose turn it is as one sentence; `for_side` is applicant, office (the one that acts) or other."""
    task = turn_task(turn, office_name=office_name)
    if turn.who is Side.APPLICANT:
        if for_side == "applicant":
            return _("It is your turn: %(task)s", task=task)
        return _("It is the turn of %(name)s: %(task)s", name=applicant_name, task=task)
    if for_side == "office":
        return _("It is your turn: %(task)s", task=task)
    return _("It is the turn of %(name)s: %(task)s", name=office_name, task=task)


def clock_event_label(kind: str) -> str:
    """Return what happened to a clock."""
    return str(CLOCK_EVENTS[kind])
