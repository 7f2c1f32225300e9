"""Protected fields of an applicant, opened by an office of the case: each reading is kept, and the person sees it.

Only somebody at a desk of the case may; a manager may not, and the applicant reads their own with the application.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import NotPermitted
from mobility.services.case_files import get_case
from mobility.services.sealing import is_sealed, open_sealed
from mobility.services.threads import list_desks

SEALED_FIELDS: Final = ("birth_on", "passport_number")


def open_sealed_of_case(session: Session, actor: Actor, case_id: int, now: datetime) -> dict[str, str]:
    """Return the protected fields that were given, by code; every one of them is logged. Needs a write unit."""
    case = get_case(session, case_id)
    if actor.person_id == case.person_id or not list_desks(actor, case):
        raise NotPermitted(case=case_id, step="open_sealed")
    return {
        name: open_sealed(session, actor, case.person_id, name, now)
        for name in SEALED_FIELDS
        if is_sealed(session, case.person_id, name)
    }
