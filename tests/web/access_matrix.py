"""Who reaches which address: one line for every endpoint and method, read by `test_access_matrix.py`.

Whoever stands in no column of a line is shown 404, as if the page did not exist; strangers are sent to sign in.
`refused` are readers of the case who see the page but must not do this (403). `sent_back` are readers of the case for
whom the form does not exist: they land on the case file. `case` is the case of `tests/web/world.py` whose state fits.
"""

from dataclasses import dataclass

PEOPLE = (
    "anonymous",
    "own",  # the applicant of the case
    "neighbour",  # another applicant, same programme, same offices
    "other",  # an applicant in another exchange
    "post",  # officer of the receiving state's post
    "sending",  # officer of the sending state's office on the route
    "recognition",
    "funder",
    "school",
    "uninvolved",  # officer of a state that has nothing to do with the case
    "powerless",  # officer of an office of the receiving state that was on the case and has no competence any more
    "manager",
    "other_manager",
    "administrator",
    "auditor",
)
People = frozenset[str]


def who(*names: str) -> People:
    """Return people by name; a misspelt one is an error."""
    assert set(names) <= set(PEOPLE), names
    return frozenset(names)


EVERYBODY = who(*PEOPLE)
ACCOUNTS = EVERYBODY - {"anonymous"}
APPLICANTS = who("own", "neighbour", "other")
OWN, POST, FUNDER, MANAGER = who("own"), who("post"), who("funder"), who("manager")
CASE_OFFICES = who("post", "sending", "recognition", "funder", "school")
READERS = CASE_OFFICES | MANAGER
OFFICERS = CASE_OFFICES | who("uninvolved", "powerless")
MANAGERS = who("manager", "other_manager")
SIDES = who("post", "sending", "manager")  # the manager of the exchange is based in the receiving state
ADMIN, AUDIT = who("administrator"), who("administrator", "auditor")
STAFF = OFFICERS | MANAGERS | AUDIT
NOBODY = who()


@dataclass(frozen=True, slots=True)
class Line:
    """One endpoint and method."""

    endpoint: str
    method: str
    admitted: People
    refused: People = NOBODY
    sent_back: People = NOBODY
    case: str = "main"
    status: int = 0  # where the one right answer is an error by design


def _only(office: People) -> tuple[People, People]:
    return office, CASE_OFFICES - office


MATRIX = (
    Line("accounts.change_password", "GET", ACCOUNTS),
    Line("accounts.confirm", "GET", EVERYBODY),
    Line("accounts.disable_person", "POST", ADMIN),
    Line("accounts.enable_person", "POST", ADMIN),
    Line("accounts.end_sessions", "POST", ACCOUNTS),
    Line("accounts.end_sessions_of", "POST", ADMIN),
    Line("accounts.forgotten", "GET", EVERYBODY),
    Line("accounts.grant_role", "POST", ADMIN),
    Line("accounts.invite", "GET", ADMIN),
    Line("accounts.invite_again", "POST", ADMIN),
    Line("accounts.people", "GET", ADMIN),
    Line("accounts.person", "GET", ADMIN),
    Line("accounts.profile", "GET", ACCOUNTS),
    Line("accounts.register", "GET", EVERYBODY),
    Line("accounts.registered", "GET", EVERYBODY),
    Line("accounts.resend", "GET", EVERYBODY),
    Line("accounts.reset_sent", "GET", EVERYBODY),
    Line("accounts.revoke_role", "POST", ADMIN),
    Line("accounts.send_change_password", "POST", ACCOUNTS),
    Line("accounts.send_confirm", "POST", EVERYBODY),
    Line("accounts.send_forgotten", "POST", EVERYBODY),
    Line("accounts.send_invite", "POST", ADMIN),
    Line("accounts.send_profile", "POST", ACCOUNTS),
    Line("accounts.send_register", "POST", EVERYBODY),
    Line("accounts.send_resend", "POST", EVERYBODY),
    Line("accounts.send_set_password", "POST", EVERYBODY),
    Line("accounts.send_sign_in", "POST", EVERYBODY),
    Line("accounts.set_password", "GET", EVERYBODY),
    Line("accounts.sign_in", "GET", EVERYBODY),
    Line("accounts.sign_out", "POST", ACCOUNTS),
    Line("accounts.signed_out", "GET", EVERYBODY),
    Line("applications.ask_withdraw", "GET", OWN),
    Line("applications.check", "GET", OWN),
    Line("applications.mine", "GET", ACCOUNTS),
    Line("applications.save", "POST", OWN),
    Line("applications.section", "GET", OWN),
    Line("applications.send", "POST", OWN),
    Line("applications.sent", "GET", OWN),
    Line("applications.show", "GET", OWN),
    Line("applications.start", "POST", APPLICANTS, refused=STAFF),
    Line("applications.withdraw", "POST", OWN),
    Line("audit.index", "GET", AUDIT),
    Line("ask.index", "GET", EVERYBODY),
    Line("calls.index", "GET", EVERYBODY),
    Line("calls.show", "GET", EVERYBODY),
    Line("cases.answer", "POST", OWN),
    Line("cases.appeal", "GET", OWN, case="ineligible"),
    Line("cases.arrival", "POST", OWN, case="ready"),
    Line("cases.departure", "POST", OWN, case="travelling"),
    Line("cases.document", "GET", OWN),
    Line("cases.message", "POST", OWN),
    Line("cases.mine", "GET", ACCOUNTS),
    Line("cases.report", "POST", OWN, case="travelling"),
    Line("cases.send_appeal", "POST", OWN, case="ineligible"),
    Line("cases.send_document", "POST", OWN),
    Line("cases.send_withdrawal", "POST", OWN),
    Line("cases.show", "GET", OWN),
    Line("cases.step", "GET", OWN),
    Line("cases.take", "POST", OWN),
    Line("cases.withdraw", "GET", OWN),
    Line("clocks.why", "GET", OWN | READERS),
    Line("desk.accept_document", "POST", CASE_OFFICES),
    Line("desk.application", "GET", READERS),
    Line("desk.approve_payment", "POST", *_only(FUNDER), case="paying"),
    Line("desk.arrival", "GET", POST, case="ready"),
    Line("desk.ask", "GET", POST),
    Line("desk.assign", "POST", *_only(POST)),
    Line("desk.case_step", "GET", POST, sent_back=CASE_OFFICES - POST, case="sent"),
    Line("desk.change_plan", "POST", *_only(POST)),
    Line("desk.confirm", "POST", *_only(FUNDER)),
    Line("desk.correct", "GET", POST),
    Line("desk.departure", "GET", POST, case="travelling"),
    Line("desk.extend", "GET", POST),
    Line("desk.grant", "GET", FUNDER),
    Line("desk.index", "GET", OFFICERS),
    Line("desk.mark_paid", "POST", *_only(FUNDER), case="paying"),
    Line("desk.message", "POST", CASE_OFFICES),
    Line("desk.note", "POST", CASE_OFFICES),
    Line("desk.paid", "GET", FUNDER, case="paying"),
    Line("desk.payment", "GET", FUNDER, case="paying"),
    Line("desk.plan", "GET", POST),
    Line("desk.propose_payment", "POST", *_only(FUNDER), case="paying"),
    Line("desk.record_arrival", "POST", *_only(POST), case="ready"),
    Line("desk.record_departure", "POST", *_only(POST), case="travelling"),
    Line("desk.reject", "POST", *_only(FUNDER)),
    Line("desk.reject_payment", "POST", *_only(FUNDER), case="paying"),
    Line("desk.return_document", "GET", CASE_OFFICES),
    Line("desk.sealed", "POST", CASE_OFFICES),
    Line("desk.send_back_document", "POST", CASE_OFFICES),
    Line("desk.send_correction", "POST", POST),
    Line("desk.send_extension", "POST", POST),
    Line("desk.send_question", "POST", *_only(POST)),
    Line("desk.set_grant", "POST", *_only(FUNDER)),
    Line("desk.show", "GET", READERS),
    Line("desk.step", "GET", POST, sent_back=CASE_OFFICES - POST),
    Line("desk.take", "POST", *_only(POST)),
    Line("desk.take_case_step", "POST", *_only(POST), case="sent"),
    Line("desk.withdraw_request", "POST", *_only(POST)),
    Line("documents.application", "GET", OWN),
    Line("documents.download", "GET", OWN | READERS),
    Line("documents.remove", "POST", OWN),
    Line("documents.send", "POST", OWN),
    Line("flow_imports.check", "POST", MANAGERS | ADMIN),
    Line("flow_imports.count", "POST", MANAGER | ADMIN),
    Line("flow_imports.discard", "POST", MANAGER | ADMIN),
    Line("flow_imports.index", "GET", MANAGERS | ADMIN),
    Line("flow_imports.new", "GET", MANAGERS | ADMIN),
    Line("flow_imports.show", "GET", MANAGER | ADMIN),
    Line("flow_imports.undo", "POST", MANAGER | ADMIN),
    Line("home.choose_language", "GET", EVERYBODY),
    Line("home.database", "GET", EVERYBODY),
    Line("home.live", "GET", EVERYBODY),
    Line("home.ready", "GET", EVERYBODY, status=503),  # nobody dispatches mail in a test
    Line("notices.ask_refusal", "GET", EVERYBODY),
    Line("notices.ask_snooze", "GET", POST),
    Line("notices.calendar", "GET", EVERYBODY, status=404),
    Line("notices.change_office_rules", "POST", ADMIN),
    Line("notices.change_programme_rules", "POST", MANAGER),
    Line("notices.choose", "POST", ACCOUNTS),
    Line("notices.end_snooze", "POST", POST),
    Line("notices.enter_treaty_start", "POST", MANAGERS),
    Line("notices.index", "GET", ACCOUNTS),
    Line("notices.make_calendar", "POST", ACCOUNTS),
    Line("notices.notice", "GET", OWN),
    Line("notices.office_rules", "GET", ADMIN),
    Line("notices.programme_rules", "GET", MANAGER),
    Line("notices.read_all", "POST", ACCOUNTS),
    Line("notices.refuse_by_link", "POST", EVERYBODY),
    Line("notices.revoke_calendar", "POST", OWN),
    Line("notices.settings", "GET", ACCOUNTS),
    Line("notices.snooze", "POST", POST),
    Line("notices.snoozed", "GET", OFFICERS),
    Line("notices.treaty_dates", "GET", MANAGERS),
    Line("offices.change", "POST", ADMIN),
    Line("offices.create", "POST", ADMIN),
    Line("offices.edit", "GET", ADMIN),
    Line("offices.enter_override", "POST", ADMIN),
    Line("offices.index", "GET", ADMIN),
    Line("offices.new", "GET", ADMIN),
    Line("offices.overrides", "GET", ADMIN),
    Line("programmes.change", "POST", MANAGER),
    Line("programmes.change_call", "POST", MANAGER),
    Line("programmes.change_route", "POST", MANAGER),
    Line("programmes.create", "POST", ADMIN),
    Line("programmes.create_call", "POST", MANAGER),
    Line("programmes.create_route", "POST", MANAGER),
    Line("programmes.edit", "GET", MANAGER),
    Line("programmes.edit_call", "GET", MANAGER),
    Line("programmes.edit_route", "GET", MANAGER),
    Line("programmes.index", "GET", MANAGERS | ADMIN),
    Line("programmes.new", "GET", ADMIN),
    Line("programmes.new_call", "GET", MANAGER),
    Line("programmes.new_route", "GET", MANAGER),
    Line("programmes.publish_call", "POST", MANAGER),
    Line("programmes.show", "GET", MANAGER),
    Line("programmes.take_call_back", "POST", MANAGER),
    Line("public_statistics.ask", "GET", MANAGERS),
    Line("public_statistics.data", "GET", EVERYBODY),
    Line("public_statistics.download", "GET", EVERYBODY),
    Line("public_statistics.draw", "GET", EVERYBODY),
    Line("public_statistics.index", "GET", EVERYBODY),
    Line("public_statistics.release", "POST", MANAGER),
    Line("public_statistics.show", "GET", EVERYBODY),
    Line("reciprocity.cases", "GET", MANAGER),
    Line("reciprocity.download", "GET", MANAGER),
    Line("reciprocity.index", "GET", MANAGERS),
    Line("reciprocity.show", "GET", MANAGER),
    Line("reciprocity.whole", "GET", MANAGER),
    Line("reminders.ahead", "GET", ADMIN),
    Line("reminders.message", "GET", ADMIN),
    Line("reminders.outbox", "GET", ADMIN),
    Line("reminders.preview_part", "GET", ADMIN),
    Line("reminders.requeue", "POST", ADMIN),
    Line("reminders.show_preview", "GET", ADMIN),
    Line("statements.answer", "POST", who("sending"), refused=who("post", "manager")),
    Line("statements.ask_answer", "GET", SIDES),
    Line("statements.ask_correct", "GET", MANAGER),
    Line("statements.check", "GET", EVERYBODY),
    Line("statements.correct", "POST", MANAGER),
    Line("statements.download", "GET", SIDES),
    Line("statements.entry", "GET", SIDES),
    Line("statements.freeze", "POST", MANAGERS),
    Line("statements.index", "GET", OFFICERS | MANAGERS),
    Line("statements.new", "GET", MANAGERS),
    Line("statements.show", "GET", SIDES),
    Line("statements.sign", "POST", SIDES),
    Line("statements.write_remark", "POST", SIDES),
    Line("static", "GET", EVERYBODY),
    Line("thresholds.follow", "POST", MANAGERS),
    Line("thresholds.index", "GET", MANAGERS),
    Line("thresholds.leave", "POST", MANAGER),
    Line("treaties.index", "GET", STAFF),
    Line("treaties.provision", "GET", STAFF),
    Line("treaties.show", "GET", STAFF),
)
