"""What lists sort by: the next legal day of a case, and of each office that sees it.

Stored with every change of a clock in the same unit. Only days that somebody at hand has to keep count: effects,
validities and openings come by themselves, and what a party without a desk here owes presses nobody here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

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


@dataclass(frozen=True, slots=True)
class _Held:
    """What counts of a clock that somebody at hand has to keep."""

    state: str
    earliest_on: date
    owed_by: str
    office_id: int | None


def refresh_next_due(session: Session, case: CaseFile, clocks: Sequence[Clock] | None = None) -> None:
    """Write the next day of the case and of each of its principals; call after any change of clocks or status."""
    held = list_clocks(session, case.id) if clocks is None else clocks
    kept = [
        _Held(clock.state, clock.earliest_on, clock.owed_by, clock.office_id)
        for clock in held
        if is_kept_by_somebody(clock)
    ]
    scopes = session.scalars(select(CaseScope).where(CaseScope.case_id == case.id)).all()
    _write(case, scopes, kept)
    session.flush()


def refresh_next_dues(session: Session, case_ids: Collection[int], kinds: Mapping[int, str]) -> None:
    """The same for many cases after a flush, three statements to read; `kinds` are those of the wordings, by id."""
    ids = sorted(case_ids)
    kept: dict[int, list[_Held]] = {}
    columns = (
        Clock.case_id,
        Clock.provision_version_id,
        Clock.state,
        Clock.earliest_on,
        Clock.owed_by,
        Clock.office_id,
    )
    for row in session.execute(select(*columns).where(Clock.case_id.in_(ids))):
        if row.owed_by != OWED_BY_PARTY and kinds[row.provision_version_id] not in OWED_BY_NOBODY:
            kept.setdefault(row.case_id, []).append(_Held(row.state, row.earliest_on, row.owed_by, row.office_id))
    scopes: dict[int, list[CaseScope]] = {}
    for scope in session.scalars(select(CaseScope).where(CaseScope.case_id.in_(ids))):
        scopes.setdefault(scope.case_id, []).append(scope)
    few = load_only(CaseFile.is_open, CaseFile.next_due_on, CaseFile.row_version)  # the answers are long
    for case in session.scalars(select(CaseFile).where(CaseFile.id.in_(ids)).options(few)):
        _write(case, scopes.get(case.id, []), kept.get(case.id, []))
    session.flush()


def _write(case: CaseFile, scopes: Iterable[CaseScope], kept: Sequence[_Held]) -> None:
    case.next_due_on = _earliest(clock for clock in kept if clock.state == ClockStatus.RUNNING.value)
    for scope in scopes:
        own = [clock for clock in kept if scope.principal == f"o:{clock.office_id}" and _is_owed_by_office(clock)]
        scope.due_on = _next_for(own, case) or NO_DATE
        scope.is_open = case.is_open or any(clock.state in _LIVE for clock in own)


_LIVE = frozenset({ClockStatus.RUNNING.value, ClockStatus.PAUSED.value})


def _is_owed_by_office(clock: _Held) -> bool:
    return clock.owed_by != OWED_BY_APPLICANT and clock.state in _LIVE


def _next_for(own: Sequence[_Held], case: CaseFile) -> date | None:
    """An office's own clocks come first; if all of them are stopped nothing presses it."""
    if own:
        return _earliest(clock for clock in own if clock.state == ClockStatus.RUNNING.value)
    return case.next_due_on


def _earliest(clocks: Iterable[_Held]) -> date | None:
    return min((clock.earliest_on for clock in clocks), default=None)
