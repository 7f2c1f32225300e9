"""One set of facts for each template, so that every mail can be looked at before anybody gets it."""

from collections.abc import Mapping
from typing import Any, Final

_OFFICE = {"en": "Embassy of Germany, Cairo", "ar": "سفارة ألمانيا في القاهرة", "fr": "Ambassade d’Allemagne au Caire"}
_STATEMENT = {
    "path": "/statements/7",
    "instrument": "Film Agreement Switzerland–France",
    "country_a": "CH",
    "country_b": "FR",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "version": 2,
}
_CASE = {"reference": "EG-DE-2027-000418-K", "path": "/stays/EG-DE-2027-000418-K"}

_REMINDER = _CASE | {
    "kind": "decision",
    "stage_kind": "visa",
    "owes": "The consulate decides on the application.",
    "consequence": "",
    "instrument": "Visa Code",
    "article": "23(1)",
    "owed_by": "office",
    "is_yours": False,
    "office_names": _OFFICE,
    "earliest_on": "2026-12-31",
    "latest_on": "2026-12-31",
    "planned_on": "2026-12-14",
    "today": "2026-12-14",
    "is_late": False,
    "collapsed": 0,
    "derivation": {},
}
_REPORT: Final = {
    "path": "/treaty-dates",
    "rule": "before_180",
    "kind": "report",
    "owes": "The party sends its periodic report.",
    "consequence": "The report is listed as overdue.",
    "instrument": "UNESCO 2005 Convention",
    "article": "9(a)",
    "programme_names": {"en": "Stage and Space", "ar": "خشبة وفضاء", "fr": "Scène et espace"},
    "earliest_on": "2027-06-30",
    "planned_on": "2027-01-01",
    "today": "2027-01-01",
    "is_late": False,
    "collapsed": 0,
}
_IN_DIGEST: Final = {"template": "reminder"}

SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "reminder": _REMINDER,
    "life_date": _REPORT,
    "digest": {
        "path": "/notices",
        "today": "2026-12-14",
        "unsubscribe": "/unsubscribe/sample",
        "items": [
            _IN_DIGEST
            | _REMINDER
            | {
                "stage_kind": "recognition",
                "owes": "The recognition body decides on the application.",
                "instrument": "Lisbon Recognition Convention",
                "article": "III.5",
                "earliest_on": "2026-12-17",
            },
            _IN_DIGEST | _REMINDER,
            _REPORT | {"template": "life_date"},
        ],
        "more": 0,
    },
    "case_submitted": _CASE | {"programme_names": {"en": "Stage and Space", "ar": "خشبة وفضاء"}},
    "case_admissible": _CASE | {"due_on": "2026-12-31"},
    "request_asked": _CASE | {"stage_kind": "visa", "answer_by": "2026-12-31", "office_names": _OFFICE},
    "request_answered": _CASE | {"stage_kind": "recognition", "answered_on": "2026-12-13"},
    "stage_moved": _CASE | {"stage_kind": "funding", "status": "assessed", "office_names": _OFFICE},
    "decision_made": _CASE
    | {"stage_kind": "visa", "status": "issued", "office_names": _OFFICE, "appeal_by": "2027-01-31"},
    "message_received": _CASE | {"office_names": _OFFICE},
    "date_moved": _CASE
    | {
        "stage_kind": "visa",
        "cause": "calendar",
        "owes": "The consulate decides on the application.",
        "instrument": "Visa Code",
        "article": "23(1)",
        "is_yours": False,
        "was_on": "2026-12-31",
        "earliest_on": "2027-01-04",
        "latest_on": "2027-01-05",
    },
    "case_closed": _CASE | {"status": "closed"},
    "statement_signed": _STATEMENT | {"side": "CH"},
    "statement_answered": _STATEMENT | {"side": "FR", "disputed": 2},
    "statement_remark": _STATEMENT | {"entry": "people_ab"},
    "threshold_crossed": {
        "path": "/reciprocity/report?instrument=film_agreement_ch_fr",
        "instrument": "Film Agreement Switzerland–France",
        "kind": "balance_outside",
        "country_a": "CH",
        "country_b": "FR",
        "level": 20,
        "measured": 48,
        "starts_on": "2024-01-01",
        "ends_on": "2026-12-31",
        "reviews": [
            {
                "owes": "The joint commission examines the balance of the co-productions.",
                "article": "12",
                "due_on": "2027-10-01",
            }
        ],
    },
    "confirm_address": {"path": "/confirm/sample", "valid_hours": 24},
    "address_known": {"path": "/sign-in"},
    "invitation": {"path": "/password/sample", "valid_days": 7},
    "reset_password": {"path": "/password/sample", "valid_minutes": 30},
    "password_changed": {"path": "/forgotten", "changed_on": "2026-12-14"},
}
"""The reminder is one of an office seventeen days before its last day, as the look's pages show it."""
