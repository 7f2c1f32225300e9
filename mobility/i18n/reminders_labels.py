"""The words for what leaves the house: stages as mails name them, states and reasons of messages, rules."""

from typing import Any

from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.current import ngettext

STAGES: dict[str, Any] = {
    "case": _l("Your stay"),
    "visa": _l("Visa"),
    "recognition": _l("Recognition"),
    "funding": _l("Funding"),
    "language": _l("Language"),
}

STATUSES: dict[str, Any] = {
    "pending": _l("waiting to leave"),
    "leased": _l("taken up"),
    "sending": _l("being sent"),
    "retry": _l("to be tried again"),
    "sent": _l("sent"),
    "dead": _l("given up"),
    "cancelled": _l("called off"),
}

REASONS: dict[str, Any] = {
    "": "",
    "relay_unavailable": _l("The mail server could not be reached."),
    "temporarily_refused": _l("The mail server asked to try again later."),
    "recipient_refused": _l("The mail server refused the address or the message for good."),
    "outcome_unknown": _l("The connection broke before the mail server answered: the message may have arrived."),
    "tries_exhausted": _l("All tries were used up."),
    "render_failed": _l("The message could not be written from its template."),
    "recipient_gone": _l("The recipient’s account is closed."),
    "clock_moved": _l("The date moved before the message left."),
    "clock_ended": _l("The duty was done or ended before the message left."),
    "clock_paused": _l("The period stood still when the message was to leave."),
    "case_gone": _l("The case no longer exists."),
    "collapsed": _l("A later notice about the same date went out in its place."),
    "replanned": _l("The notices of this date were planned anew."),
    "late": _l("It went out late."),
    "waits_for_morning": _l("It waits for its reader’s morning."),
    "waits_for_digest": _l("It waits for its reader’s next daily mail."),
    "snoozed": _l("Its reader put it off."),
    "unsubscribed": _l("Its reader wants no mail of this sort."),
    "date_moved": _l("The date moved before the message left."),
    "date_gone": _l("The date was gone before the message left."),
    "requeued": _l("An administrator sent it on its way again."),
    "provision_withdrawn": _l("The provision was withdrawn before the message left."),
    "language_replaced": _l("It went out in English: its language is not offered any more."),
    "demo": _l("It belongs to the past of the demonstration and never left."),
}

OUTCOMES: dict[str, Any] = {
    "sent": _l("accepted"),
    "retry": _l("not accepted, to be tried again"),
    "dead": _l("refused for good"),
    "unknown": _l("no answer; it may have arrived"),
    "requeued": _l("put back by an administrator"),
}

RULES: dict[str, Any] = {
    "opening": _l("at the start"),
    "before_60": _l("60 days before"),
    "before_30": _l("30 days before"),
    "before_14": _l("14 days before"),
    "before_7": _l("7 days before"),
    "before_3": _l("3 days before"),
    "before_1": _l("the day before"),
    "due_today": _l("on the day"),
    "overdue_1": _l("1 day late"),
    "overdue_7": _l("7 days late"),
    "overdue_14": _l("14 days late"),
    "overdue_30": _l("30 days late"),
}

TEMPLATES: dict[str, Any] = {
    "reminder": _l("Notice about a date"),
    "digest": _l("Dates of the day"),
    "life_date": _l("Notice about a treaty, a visa or a call"),
    "case_submitted": _l("Application received"),
    "case_admissible": _l("Application admissible"),
    "request_asked": _l("Something is asked for"),
    "request_answered": _l("An answer has come"),
    "stage_moved": _l("News about a stage"),
    "decision_made": _l("A decision"),
    "message_received": _l("A message in the case"),
    "case_closed": _l("Case closed"),
    "date_moved": _l("A date has moved"),
    "statement_signed": _l("A statement to answer"),
    "statement_answered": _l("A statement answered"),
    "statement_remark": _l("A message about a statement"),
    "threshold_crossed": _l("A threshold crossed"),
    "confirm_address": _l("Confirm an address"),
    "address_known": _l("The address has an account"),
    "invitation": _l("Invitation"),
    "reset_password": _l("New password"),
    "password_changed": _l("Password changed"),
}

PROBLEMS: dict[str, Any] = {
    "dispatcher_silent": _l("Nothing has been sent on its way for more than a minute: start `mobility scheduler`."),
    "messages_waiting": _l("Messages that are due have been waiting for more than five minutes."),
}


def stage_name(kind: str) -> str:
    """Return the name of a stage; "case" is the stay as a whole."""
    return str(STAGES[kind])


def words_for(table: dict[str, Any], code: str) -> str:
    """Return the words for a code; the code itself for one that an older version wrote."""
    return str(table.get(code, code))


def rule_words(code: str) -> str:
    """Return when a notice comes; every number of days has words, also one that only this installation has."""
    if code in RULES:
        return str(RULES[code])
    days = code.removeprefix("before_")
    if days.isdecimal():
        return ngettext("%(num)s day before", "%(num)s days before", int(days))
    return code


AUDIENCES: dict[str, Any] = {
    "owing": _l("Whoever owes"),
    "watching": _l("The office that waits"),
    "head": _l("The head of the office"),
    "manager": _l("The managers of the programme"),
    "other_side": _l("The other state’s office"),
}

OCCASIONS: dict[str, Any] = {
    "treaty": _l("A treaty"),
    "visa": _l("A visa"),
    "call": _l("A call"),
    "draft": _l("An application that was begun"),
}


def occasion_words(occasion: str) -> str:
    """Return what kind of thing a notice that is about no clock is about."""
    return words_for(OCCASIONS, occasion.partition(":")[0])
