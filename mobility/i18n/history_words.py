"""What the history of a case tells: one sentence for each code of the audit log, with its facts as words."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.formats import format_date, format_money
from mobility.i18n.stages_labels import ground_label, milestone_label, stage_label, step_taken_label

HISTORY: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "application_sent": _l("Application sent"),
        "case_opened": _l("Application received, case opened"),
        "case_sent_again": _l("Application completed and sent again"),
        "case_admitted": _l("Application admissible"),
        "case_withdrawn": _l("Application withdrawn"),
        "case_appealed": _l("Appeal lodged"),
        "appeal_upheld": _l("Appeal upheld, application admissible"),
        "case_closed": _l("Case closed"),
        "request_withdrawn": _l("Question taken back"),
        "message_written": _l("Message written"),
        "message_requeued": _l("Message sent on its way again"),
        "message_uncertain": _l("Message possibly sent twice: the connection broke before the answer"),
        "note_written": _l("Internal note written"),
        "report_submitted": _l("Report sent"),
        "grant_set": _l("Grant set line by line"),
        "document_sent": _l("Document sent"),
        "document_accepted": _l("Document accepted"),
        "document_returned": _l("Document returned"),
        "document_opened": _l("Document opened"),
        "document_removed": _l("Document removed"),
        "sealed_read": _l("Sealed field opened"),
    }
)


def history_sentence(code: str, parameters: Mapping[str, Any]) -> str:
    """Return what an entry of the log says in the history of a case; the bare code where nobody gave it words."""
    if code in HISTORY:
        return str(HISTORY[code])
    teller = _TELLERS.get(code)
    return teller(parameters) if teller is not None else code


def _day(parameters: Mapping[str, Any], name: str) -> str:
    return format_date(date.fromisoformat(str(parameters[name])), "medium")


def _stage(parameters: Mapping[str, Any]) -> str:
    return stage_label(str(parameters.get("stage", "case")))


def _step_taken(parameters: Mapping[str, Any]) -> str:
    return _("%(stage)s: %(step)s", stage=_stage(parameters), step=step_taken_label(str(parameters["step"])))


def _step_proposed(parameters: Mapping[str, Any]) -> str:
    step = step_taken_label(str(parameters["step"]))
    return _("%(stage)s: proposed, awaits a second person: %(step)s", stage=_stage(parameters), step=step)


def _step_rejected(parameters: Mapping[str, Any]) -> str:
    step = step_taken_label(str(parameters["step"]))
    return _("%(stage)s: proposal rejected: %(step)s", stage=_stage(parameters), step=step)


def _turned_down(parameters: Mapping[str, Any]) -> str:
    ground = ground_label(str(parameters["ground"]))
    if parameters["case_status"] == "returned":
        return _("Application returned: %(ground)s", ground=ground)
    return _("Application not eligible: %(ground)s", ground=ground)


def _appeal_dismissed(parameters: Mapping[str, Any]) -> str:
    return _("Appeal dismissed: %(ground)s", ground=ground_label(str(parameters["ground"])))


def _asked(parameters: Mapping[str, Any]) -> str:
    return _(
        "%(stage)s: question to the applicant, to be answered by %(day)s",
        stage=_stage(parameters),
        day=_day(parameters, "answer_by"),
    )


def _answered(parameters: Mapping[str, Any]) -> str:
    return _("%(stage)s: question answered", stage=_stage(parameters))


def _assigned(parameters: Mapping[str, Any]) -> str:
    if parameters.get("officer"):
        return _("%(stage)s: given to an officer", stage=_stage(parameters))
    return _("%(stage)s: given to nobody", stage=_stage(parameters))


def _extended(parameters: Mapping[str, Any]) -> str:
    return _("%(stage)s: time limit extended", stage=_stage(parameters))


def _corrected(parameters: Mapping[str, Any]) -> str:
    day = _day(parameters, "day")
    return _("%(stage)s: time limit counted from %(day)s after all", stage=_stage(parameters), day=day)


def _recomputed(parameters: Mapping[str, Any]) -> str:
    return _("Time limits counted again")


def _resumed(parameters: Mapping[str, Any]) -> str:
    return _("%(stage)s: time allowed for the answer over, time limit resumed", stage=_stage(parameters))


def _deemed(parameters: Mapping[str, Any]) -> str:
    stage = _stage(parameters)
    if parameters["silence"] == "acceptance":
        return _("%(stage)s: no answer in time, which the law takes for consent", stage=stage)
    return _("%(stage)s: no answer in time, which the law takes for a refusal", stage=stage)


def _arrived(parameters: Mapping[str, Any]) -> str:
    return _("Arrived on %(day)s", day=_day(parameters, "on"))


def _departed(parameters: Mapping[str, Any]) -> str:
    return _("Departed on %(day)s", day=_day(parameters, "on"))


def _plan_changed(parameters: Mapping[str, Any]) -> str:
    planned = parameters["to"]
    return _("Plan changed: %(first)s to %(last)s", first=_day(planned, "arrival"), last=_day(planned, "departure"))


def _money(parameters: Mapping[str, Any]) -> dict[str, str]:
    amount = format_money(int(parameters["amount_minor"]), str(parameters["currency"]))
    return {"amount": amount, "milestone": milestone_label(str(parameters["milestone"]))}


def _payment_proposed(parameters: Mapping[str, Any]) -> str:
    return _("Payment proposed: %(amount)s, %(milestone)s", **_money(parameters))


def _payment_approved(parameters: Mapping[str, Any]) -> str:
    return _("Payment approved: %(amount)s, %(milestone)s", **_money(parameters))


def _payment_rejected(parameters: Mapping[str, Any]) -> str:
    return _("Payment rejected: %(amount)s, %(milestone)s", **_money(parameters))


def _payment_paid(parameters: Mapping[str, Any]) -> str:
    return _("Paid: %(amount)s, %(milestone)s", **_money(parameters))


_TELLERS: Final = {
    "stage_step_taken": _step_taken,
    "stage_step_confirmed": _step_taken,
    "stage_step_proposed": _step_proposed,
    "stage_step_rejected": _step_rejected,
    "stage_assigned": _assigned,
    "case_returned": _turned_down,
    "case_declared_ineligible": _turned_down,
    "appeal_dismissed": _appeal_dismissed,
    "request_asked": _asked,
    "request_answered": _answered,
    "clock_extended": _extended,
    "clock_resumed": _resumed,
    "clocks_recomputed": _recomputed,
    "trigger_corrected": _corrected,
    "decision_deemed": _deemed,
    "arrival_recorded": _arrived,
    "departure_recorded": _departed,
    "plan_changed": _plan_changed,
    "payment_proposed": _payment_proposed,
    "payment_approved": _payment_approved,
    "payment_rejected": _payment_rejected,
    "payment_paid": _payment_paid,
}
