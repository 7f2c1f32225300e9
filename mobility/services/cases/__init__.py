"""What happens to a case as a whole, and the pages and lists that show it."""

from mobility.services.case_files import get_case
from mobility.services.cases.moving import (
    CaseNotReadyToClose,
    appeal_case,
    assign_officer,
    close_case,
    decide_appeal,
    declare_admissible,
    declare_ineligible,
    list_open_ends,
    return_case,
    withdraw_case,
)
from mobility.services.cases.opening import open_case

__all__ = [
    "CaseNotReadyToClose",
    "appeal_case",
    "assign_officer",
    "close_case",
    "decide_appeal",
    "declare_admissible",
    "declare_ineligible",
    "get_case",
    "list_open_ends",
    "open_case",
    "return_case",
    "withdraw_case",
]
