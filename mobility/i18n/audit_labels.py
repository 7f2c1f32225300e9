"""Words for the codes of the audit log. A code without words is shown as it is."""

from typing import Any

from mobility.i18n.current import lazy_gettext as _l

AUDIT_CODES: dict[str, Any] = {
    # accounts
    "person_registered": _l("made an account"),
    "person_confirmed": _l("confirmed the address"),
    "person_added": _l("added a person"),
    "person_invited": _l("invited a person"),
    "person_signed_in": _l("signed in"),
    "sign_in_locked": _l("an account was locked after ten wrong passwords"),
    "password_set": _l("set a first password"),
    "password_reset": _l("set a new password by a link"),
    "password_changed": _l("changed the password"),
    "profile_changed": _l("changed their own details"),
    "sessions_ended": _l("ended all sessions of a person"),
    "role_granted": _l("gave a role"),
    "role_revoked": _l("took a role away"),
    "person_disabled": _l("disabled a person"),
    "person_enabled": _l("let a person in again"),
    # offices and calendars
    "office_created": _l("made an office"),
    "office_changed": _l("changed an office"),
    "override_entered": _l("entered a day in a calendar"),
    "message_requeued": _l("sent a message on its way again"),
    "message_uncertain": _l("a message was possibly sent twice"),
    # applications and cases
    "application_started": _l("started an application"),
    "application_withdrawn": _l("withdrew an application"),
    "application_sent": _l("sent an application"),
    "case_opened": _l("opened the case by sending the application"),
    "case_sent_again": _l("sent the completed application again"),
    "case_admitted": _l("declared the application admissible"),
    "case_returned": _l("returned the application for completion"),
    "case_declared_ineligible": _l("declared the application ineligible"),
    "case_withdrawn": _l("withdrew the case"),
    "case_closed": _l("closed the case"),
    "case_appealed": _l("appealed"),
    "appeal_upheld": _l("decided that the appeal succeeds"),
    "appeal_dismissed": _l("decided that the appeal fails"),
    # stages and clocks
    "stage_assigned": _l("gave a stage to an officer"),
    "stage_step_taken": _l("took a step in a stage"),
    "stage_step_proposed": _l("proposed a step that needs a second person"),
    "stage_step_confirmed": _l("confirmed a step as second person"),
    "stage_step_rejected": _l("rejected a proposed step"),
    "clock_extended": _l("extended a time limit"),
    "clock_resumed": _l("let a time limit go on"),
    "demo_copied": _l("copied demo cases"),
    "clocks_recomputed": _l("counted time limits again"),
    "trigger_corrected": _l("corrected the day from which a time limit counts"),
    "decision_deemed": _l("silence counted as a decision"),
    # flows from elsewhere
    "flows_staged": _l("checked a file of flows"),
    "flows_imported": _l("imported a file of flows"),
    "flows_undone": _l("took an import of flows back"),
    "flows_discarded": _l("gave up an import of flows"),
    # documents
    "document_sent": _l("sent a document"),
    "document_opened": _l("opened a document"),
    "document_removed": _l("removed a document"),
    # programmes and calls
    "programme_created": _l("made a programme"),
    "programme_changed": _l("changed a programme"),
    "route_created": _l("made a route of a programme"),
    "route_changed": _l("changed a route of a programme"),
    "call_created": _l("made a call"),
    "call_changed": _l("changed a call"),
    "call_published": _l("published a call"),
    "call_taken_back": _l("took a call back"),
    # messages
    "message_written": _l("wrote a message"),
    "note_written": _l("wrote an internal note"),
    # notices and calendars
    "notices_chosen": _l("chose what comes by mail"),
    "notices_put_off": _l("put off the notices about a date"),
    "notices_taken_up": _l("let the notices about a date come again"),
    "reminder_rules_changed": _l("changed when notices go out"),
    "treaty_start_entered": _l("entered when a duty of a treaty last took place"),
    "calendar_made": _l("made a calendar address"),
    "calendar_revoked": _l("revoked a calendar address"),
    # statements, published statistics, thresholds
    "statement_frozen": _l("froze a statement"),
    "statement_signed": _l("signed a statement for one side"),
    "statement_confirmed": _l("confirmed a statement for the other side"),
    "statement_disputed": _l("disputed entries of a statement"),
    "statement_remark_written": _l("wrote about an entry of a statement"),
    "statistics_released": _l("released statistics to the public"),
    "threshold_followed": _l("began to follow a threshold"),
    "threshold_left": _l("stopped following a threshold"),
    "threshold_crossed": _l("a followed threshold was crossed"),
    "review_triggered": _l("a review that the instrument foresees was called for"),
    # law and demonstration
    "demo_loaded": _l("loaded the demonstration data"),
    "treaties_loaded": _l("loaded the treaty files"),
}

SUBJECTS: dict[str, Any] = {
    "outbox": _l("outbox"),
    "person": _l("person"),
    "office": _l("office"),
    "calendar_override": _l("calendar entry"),
    "calendar_feed": _l("calendar address"),
    "application": _l("application"),
    "case": _l("case"),
    "case_file": _l("case"),
    "stage": _l("stage"),
    "stage_step": _l("step"),
    "clock": _l("time limit"),
    "document": _l("document"),
    "call": _l("call"),
    "programme": _l("programme"),
    "statement": _l("statement"),
    "statistics_release": _l("published statistics"),
    "threshold": _l("followed threshold"),
    "review": _l("review"),
    "treaties": _l("treaty files"),
}


def audit_words(code: str) -> str:
    """Return what happened in words; the code itself where it has none yet."""
    return str(AUDIT_CODES.get(code, code))


def subject_words(code: str) -> str:
    """Return what kind of thing an entry is about."""
    return str(SUBJECTS.get(code, code))
