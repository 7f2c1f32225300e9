"""What happens to a case as a whole, and the pages and lists that show it."""

from mobility.services.case_files import get_case
from mobility.services.cases.desk import list_desk, list_desks, list_officers
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
from mobility.services.cases.pages import case_for_applicant, case_for_officer, list_my_cases
from mobility.services.cases.sealed import SEALED_FIELDS, open_sealed_of_case
from mobility.services.cases.views import CasePage, ClockView, DeskFilters, DeskGroup, DeskPage, Lamp, OfficeView

__all__ = [
    "SEALED_FIELDS",
    "CaseNotReadyToClose",
    "CasePage",
    "ClockView",
    "DeskFilters",
    "DeskGroup",
    "DeskPage",
    "Lamp",
    "OfficeView",
    "appeal_case",
    "assign_officer",
    "case_for_applicant",
    "case_for_officer",
    "close_case",
    "decide_appeal",
    "declare_admissible",
    "declare_ineligible",
    "get_case",
    "list_desk",
    "list_desks",
    "list_my_cases",
    "list_officers",
    "list_open_ends",
    "open_case",
    "open_sealed_of_case",
    "return_case",
    "withdraw_case",
]
