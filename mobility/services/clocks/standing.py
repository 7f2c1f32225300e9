"""What lists sort by: the next legal day of a case, and of each office that sees it.

Stored with every change of a clock in the same unit. Only days that somebody at hand has to keep count: effects,
validities and openings come by themselves, and what a party without a desk here owes presses nobody here.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.clocks import OWED_BY_NOBODY, ClockStatus
from mobility.services.clocks.terms import OWED_BY_APPLICANT, OWED_BY_PARTY
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.queries.clocks import list_clocks
from mobility.storage.scope import NO_DATE, CaseScope


def kind_of(clock: Clock) -> str:
    """Return the provision's kind without parsing all its terms."""
    terms: dict[str, Any] = clock.provision_version.terms
    return str(terms.get("kind", ""))


def is_kept_by_somebody(clock: Clock) -> bool:
    """Say whether an applicant or an office here has to keep this clock."""
    return clock.owed_by != OWED_BY_PARTY and kind_of(clock) not in OWED_BY_NOBODY


def refresh_next_due(session: Session, case: CaseFile, clocks: Sequence[Clock] | None = None) -> None:
    """Write the next day of the case and of each of its principals; call after any change of clocks or status."""
    held = list_clocks(session, case.id) if clocks is None else clocks
    kept = [clock for clock in held if is_kept_by_somebody(clock)]
    case.next_due_on = _earliest(clock for clock in kept if clock.state == ClockStatus.RUNNING.value)
    for scope in session.scalars(select(CaseScope).where(CaseScope.case_id == case.id)):
        own = [clock for clock in kept if scope.principal == f"o:{clock.office_id}" and _is_owed_by_office(clock)]
        scope.due_on = _next_for(own, case) or NO_DATE
        scope.is_open = case.is_open or any(clock.state in _LIVE for clock in own)
    session.flush()


_LIVE = frozenset({ClockStatus.RUNNING.value, ClockStatus.PAUSED.value})


def _is_owed_by_office(clock: Clock) -> bool:
    return clock.owed_by != OWED_BY_APPLICANT and clock.state in _LIVE


def _next_for(own: Sequence[Clock], case: CaseFile) -> date | None:
    """An office's own clocks come first; if all of them are stopped nothing presses it."""
    if own:
        return _earliest(clock for clock in own if clock.state == ClockStatus.RUNNING.value)
    return case.next_due_on


def _earliest(clocks: Iterable[Clock]) -> date | None:
    return min((clock.earliest_on for clock in clocks), default=None)
