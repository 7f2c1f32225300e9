"""What lists sort by: the next legal day of a case, and of each office that sees it.

Stored with every change of a clock in the same unit. Only days that somebody at hand has to keep count: effects,
validities and openings come by themselves, and what a party without a desk here owes presses nobody here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.domain.clocks import OWED_BY_NOBODY, ClockStatus
from mobility.services.clocks.terms import OWED_BY_APPLICANT, OWED_BY_PARTY
from mobility.storage.many_rows import update_many
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
    return _is_kept(clock.owed_by, kind_of(clock))


def _is_kept(owed_by: str, kind: str) -> bool:
    return owed_by != OWED_BY_PARTY and kind not in OWED_BY_NOBODY


_LIVE: Final = frozenset({ClockStatus.RUNNING.value, ClockStatus.PAUSED.value})


@dataclass(frozen=True, slots=True)
class _Held:
    """What counts of a clock that somebody at hand has to keep; `owing` is the office that owes it still, if any."""

    state: str
    earliest_on: date
    owing: str

    @classmethod
    def of(cls, clock: Any) -> "_Held":
        """Read a clock, or its columns."""
        is_owed_by_office = clock.owed_by != OWED_BY_APPLICANT and clock.state in _LIVE
        return cls(clock.state, clock.earliest_on, f"o:{clock.office_id}" if is_owed_by_office else "")


def refresh_next_due(session: Session, case: CaseFile, clocks: Sequence[Clock] | None = None) -> None:
    """Write the next day of the case and of each of its principals; call after any change of clocks or status."""
    held = list_clocks(session, case.id) if clocks is None else clocks
    kept = [_Held.of(clock) for clock in held if is_kept_by_somebody(clock)]
    case.next_due_on = _next_of_case(kept)
    for scope in session.scalars(select(CaseScope).where(CaseScope.case_id == case.id)):
        scope.due_on, scope.is_open = _standing_of(scope.principal, kept, case.next_due_on, case_is_open=case.is_open)
    session.flush()


def refresh_next_dues(session: Session, case_ids: Collection[int], kinds: Mapping[int, str]) -> None:
    """The same for many cases, in a session that sees them all; `kinds` are those of the wordings, by id.

    Three statements read and two write what differs, however many cases there are.
    """
    ids = sorted(case_ids)
    kept = _kept_by_case(session, ids, kinds)
    cases = {row.id: row for row in session.execute(_CASES.where(CaseFile.id.in_(ids)))}
    days = {case_id: _next_of_case(kept.get(case_id, ())) for case_id in cases}
    update_many(
        session,
        CaseFile,
        [
            {"id": row.id, "row_version": row.row_version, "next_due_on": days[row.id]}
            for row in cases.values()
            if row.next_due_on != days[row.id]
        ],
    )
    moved: list[dict[str, Any]] = []
    for case_id, principal, *was in session.execute(_SCOPES.where(CaseScope.case_id.in_(ids))):
        held, case_is_open = kept.get(case_id, ()), cases[case_id].is_open
        due_on, is_open = _standing_of(principal, held, days[case_id], case_is_open=case_is_open)
        if [due_on, is_open] != was:
            moved.append({"case_id": case_id, "principal": principal, "due_on": due_on, "is_open": is_open})
    update_many(session, CaseScope, moved)


_CASES: Final = select(CaseFile.id, CaseFile.is_open, CaseFile.next_due_on, CaseFile.row_version).order_by(CaseFile.id)
_SCOPES: Final = select(CaseScope.case_id, CaseScope.principal, CaseScope.due_on, CaseScope.is_open)
_ALIKE: Final = (Clock.case_id, Clock.provision_version_id, Clock.state, Clock.owed_by, Clock.office_id)
_SOONEST: Final = select(*_ALIKE, func.min(Clock.earliest_on).label("earliest_on")).group_by(*_ALIKE)


def _kept_by_case(session: Session, case_ids: Sequence[int], kinds: Mapping[int, str]) -> dict[int, list[_Held]]:
    """Return what somebody at hand keeps, by case; of clocks that count alike only the soonest.

    The case is the only condition of the statement: with others SQLite would look for all clocks in a state instead.
    """
    kept: dict[int, list[_Held]] = {}
    for row in session.execute(_SOONEST.where(Clock.case_id.in_(case_ids))):
        if _is_kept(row.owed_by, kinds[row.provision_version_id]):
            kept.setdefault(row.case_id, []).append(_Held.of(row))
    return kept


def _next_of_case(kept: Iterable[_Held]) -> date | None:
    return min((clock.earliest_on for clock in kept if clock.state == ClockStatus.RUNNING.value), default=None)


def _standing_of(
    principal: str, kept: Iterable[_Held], next_of_case: date | None, *, case_is_open: bool
) -> tuple[date, bool]:
    """Return the next day of one principal of a case, and whether the case is open for it.

    An office's own clocks come first; if all of them are stopped nothing presses it.
    """
    own = [clock for clock in kept if clock.owing == principal]
    return (_next_of_case(own) if own else next_of_case) or NO_DATE, case_is_open or bool(own)
