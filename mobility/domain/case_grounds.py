"""Why a case as a whole is returned or found ineligible; the grounds of a stage stand with its kind.

Codes only: the words are made in `mobility.i18n.cases_labels`. Every one of them is said to the applicant.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mobility.domain.cases import CaseStep


class CaseGround(StrEnum):
    """What is wrong with an application as a whole. The values are stored."""

    INCOMPLETE = "incomplete"
    DOCUMENTS_MISSING = "documents_missing"
    CONDITIONS_NOT_MET = "conditions_not_met"
    OUTSIDE_CALL = "outside_call"
    NOT_COVERED = "not_covered"
    QUOTA_USED_UP = "quota_used_up"
    DUPLICATE = "duplicate"


_G = CaseGround
_REFUSING: Final = (_G.CONDITIONS_NOT_MET, _G.OUTSIDE_CALL, _G.NOT_COVERED, _G.QUOTA_USED_UP, _G.DUPLICATE)

CASE_GROUNDS: Final[Mapping[CaseStep, tuple[CaseGround, ...]]] = MappingProxyType(
    {
        CaseStep.RETURN: (_G.INCOMPLETE, _G.DOCUMENTS_MISSING, _G.OUTSIDE_CALL),
        CaseStep.DECLARE_INELIGIBLE: _REFUSING,
        CaseStep.CONFIRM_INELIGIBILITY: _REFUSING,
    }
)
"""The grounds that fit each step; what can be put right is returned, the rest is refused."""
